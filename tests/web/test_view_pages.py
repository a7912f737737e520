"""Saved views: named, shared, pinned, opened with the opener's own rights."""

import re
from urllib.parse import unquote

from dacheng.store.models import SavedView

FILTER = "report=tables/pipeline&owner=li&sort=expected_day&col=deal_id&col=amount"


def save(client, name="李雷的单", unit="", query=FILTER, **more):
    """Save a view and return where that ends."""
    return client.post(f"/views/new/?{query}", {"name": name, "unit": unit, **more}, follow=True)


def address(name="李雷的单"):
    return f"/views/{SavedView.objects.get(name=name).uid}/"


def uid_of(name):
    return str(SavedView.objects.get(name=name).uid)


def views_of(page):
    """Return the names above the filter of a report, the current one in brackets."""
    bar = re.search(r'<div class="views".*?</div>', page, re.S)
    links = re.findall(r"<a [^>]*?(aria-current)?[^>]*>(?:<span[^>]*>★ </span>)?([^<]+)</a>", bar[0] if bar else "")
    return [name for _, name in links]


def test_a_filter_is_saved_with_its_order_and_columns_and_opens_again(company, signed_in):
    client = signed_in("east")

    opened = save(client)

    url = opened.redirect_chain[-1][0]
    assert url.startswith("/reports/tables/pipeline/?owner=li&sort=expected_day&col=deal_id&col=amount&view=")
    text = opened.content.decode()
    assert "已存为视图。" in text and re.search(r'aria-current="page"[^>]*>李雷的单</a>', text)
    assert "存为视图" not in views_of(text)  # it is one already


def test_the_day_and_the_unit_of_money_are_the_openers_own(company, signed_in):
    client = signed_in("east")
    save(client, query=FILTER + "&as_of=2026-06-10&show=yuan")

    assert SavedView.objects.get().query == "owner=li&sort=expected_day&col=deal_id&col=amount"
    assert "as_of=2026-06-11" in client.get(address() + "?as_of=2026-06-11")["Location"]


def pins(client):
    """Return the pinned views in the menu, in order."""
    menu = re.search(r'<ul class="pins".*?</ul>', client.get("/views/").content.decode(), re.S)
    return re.findall(r">([^<]+)</a>", menu[0]) if menu else []


def test_pinned_views_stand_in_ones_own_menu_and_are_put_in_order(company, signed_in):
    client = signed_in("east")
    for name in ("甲", "乙", "丙"):
        save(client, name, pinned="on", query="report=tables/pipeline&sort=amount")
    first = pins(client)

    client.post("/views/order/", {"move": uid_of("丙"), "by": "up"})
    moved = pins(client)
    client.post("/views/order/", {"view": [uid_of("丙"), uid_of("甲")]})
    dragged = pins(client)
    client.post(f"{address('甲')}pin/")

    page = client.get("/views/").content.decode()
    below = page[page.index('class="to-views"') : page.index("管理视图")]

    assert re.findall(r"<b>([^<]+)</b>", below) == pins(client) and 'aria-label="置顶的视图"' in below
    assert (first, moved, dragged) == (["甲", "乙", "丙"], ["甲", "丙", "乙"], ["丙", "甲", "乙"])
    assert pins(client) == ["丙", "乙"]
    assert pins(signed_in("li")) == []


def test_a_shared_view_that_is_shared_no_longer_leaves_the_menus(company, signed_in):
    save(signed_in("east"), "华东在途", unit=company.uid("units", "EAST"), query="report=tables/pipeline&sort=amount")
    li = signed_in("li")
    li.post(f"{address('华东在途')}pin/", {"pinned": "1"})
    shared = pins(li)

    signed_in("east").post(f"{address('华东在途')}edit/", {"name": "华东在途", "unit": ""})

    assert (shared, pins(li)) == (["华东在途"], [])


def test_a_shared_view_is_offered_to_the_unit_and_to_nobody_else(company, signed_in):
    save(signed_in("east"), "华东在途", unit=company.uid("units", "EAST"), query="report=tables/pipeline&sort=amount")

    seen = {who: "华东在途" in views_of(page(signed_in(who))) for who in ("east", "li", "wang", "zhao", "boss", "fin")}

    assert seen == {"east": True, "li": True, "wang": True, "zhao": False, "boss": True, "fin": True}
    assert signed_in("zhao").get(address("华东在途")).status_code == 404


def page(client, query=""):
    return client.get(f"/reports/tables/pipeline/{query}").content.decode()


def test_who_opens_a_shared_view_sees_his_own_rows_only(company, signed_in):
    unit = company.uid("units", "EAST")
    save(signed_in("east"), "华东在途", unit=unit, query="report=tables/pipeline&sort=amount")
    save(signed_in("east"), "王强的单", unit=unit, query="report=tables/pipeline&owner=wang")

    own = signed_in("li").get(address("华东在途"), follow=True).content.decode()
    others = signed_in("li").get(address("王强的单"))

    assert "云平台一期" in own and "运维续约" not in own
    assert others.status_code == 422 and "Location" not in others  # not even the words of the filter
    assert "owner=wang" not in unquote(others.content.decode())


def test_a_view_is_shared_with_ones_own_units_only(company, signed_in):
    refused = save(signed_in("li"), unit=company.uid("units", "SOUTH"))

    assert refused.status_code == 422 and not SavedView.objects.exists()


def test_a_pinned_view_stands_first_and_opens_from_the_cockpit(company, signed_in):
    client = signed_in("east")
    save(client, "乙")
    save(client, "甲")
    client.post(f"{address('乙')}pin/", {"pinned": "1"})

    assert views_of(page(client))[:3] == ["全部", "乙", "甲"]
    assert f'href="{address("乙")}"' in client.get("/").content.decode()
    client.post(f"{address('乙')}pin/", {})
    assert views_of(page(client))[:3] == ["全部", "乙", "甲"] or views_of(page(client))[:3] == ["全部", "甲", "乙"]
    assert address("乙") not in client.get("/").content.decode()


def test_a_view_is_renamed_and_deleted_by_whose_it_is(company, signed_in):
    owner, other = signed_in("east"), signed_in("li")
    save(owner, unit=company.uid("units", "EAST"), query="report=tables/pipeline&sort=amount")

    assert [other.post(address() + step, {"name": "x"}).status_code for step in ("edit/", "delete/")] == [403, 403]
    owner.post(address() + "edit/", {"name": "改了名", "unit": ""})
    assert "改了名" not in views_of(page(other))  # shared no longer
    owner.post(address("改了名") + "delete/")
    assert not SavedView.objects.filter(deleted_at=None).exists()


def test_two_views_of_a_report_have_two_names(company, signed_in):
    client = signed_in("east")
    save(client)

    refused = save(client)

    assert refused.status_code == 422 and "你已有一个叫" in refused.content.decode()


def test_a_changed_view_can_be_saved_as_another(company, signed_in):
    client = signed_in("east")
    save(client)

    assert "存为视图" in views_of(page(client, f"?owner=wang&view={SavedView.objects.get().uid}"))
    assert "存为视图" not in views_of(page(client))  # nothing to keep


def test_a_deleted_view_comes_back_with_its_sharing_and_pins(company, signed_in):
    client = signed_in("east")
    save(client, "华东在途", unit=company.uid("units", "EAST"), query="report=tables/pipeline&sort=amount", pinned="on")
    signed_in("li").post(f"{address('华东在途')}pin/", {"pinned": "1"})

    deleted = client.post(f"{address('华东在途')}delete/", follow=True).content.decode()
    gone = [client.get(address("华东在途")).status_code, "华东在途" in views_of(page(signed_in("li")))]
    back = client.post(re.search(r'action="(/views/[^"]*/restore/)"', deleted)[1], follow=True).content.decode()

    assert gone == [404, False] and "视图恢复了。" in back
    assert views_of(page(client))[1] == "华东在途" and views_of(page(signed_in("li")))[1] == "华东在途"


def test_a_view_is_not_restored_by_others_nor_over_one_of_its_name(company, signed_in):
    client = signed_in("east")
    save(client)
    old = address()
    client.post(f"{old}delete/")
    SavedView.objects.update(name="旧的")
    save(client, "旧的")

    assert signed_in("li").post(f"{old}restore/").status_code == 404
    assert client.post(f"{old}restore/").status_code == 422
    assert SavedView.objects.filter(deleted_at=None).count() == 1
