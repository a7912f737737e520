"""Organisation and people: who keeps them, what a change will do before it is done, roles, grants, the way in."""

import re

import pytest

from dacheng.core.access import MANAGER, REP
from dacheng.core.period import FAR_DAY, date_of
from dacheng.store.models import Account, Deal, Person, SignInLink, Unit

ORG, PEOPLE = "/settings/organisation/", "/settings/people/"


def unit_url(company, code, step=""):
    return f"{ORG}units/{company.uid('units', code)}/{step}"


def person_url(company, code, step=""):
    return f"{PEOPLE}{company.uid('people', code)}/{step}"


def iso(day):
    return date_of(day).isoformat()


def press(client, url, form):
    """Look at what a change will do, then do it; return both answers."""
    looked = client.post(url, form).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', looked))
    return looked, client.post(url, form | {name: hidden[name] for name in ("sure", "version") if name in hidden})


def home_on(company, person, day):
    return next(
        one["unit_id"]
        for one in company.facts("assignments", company.number("people", person))
        if one["from_day"] <= day < one["to_day"]
    )


# The tree ------------------------------------------------------------------------------------


def test_the_tree_shows_managers_and_people_of_a_day(company, signed_in, django_assert_max_num_queries):
    client = signed_in("admin")

    with django_assert_max_num_queries(9):
        page = client.get(ORG)

    text = page.content.decode()
    assert page.status_code == 200 and "<h1>组织</h1>" in text
    assert text.index(">集团<") < text.index(">华东<") < text.index(">上海组<") < text.index(">华南<")
    row = text[text.index(">上海组<") :].partition("</tr>")[0]
    assert "李雷" in row and "王强" in row
    assert all(unit_url(company, "SH", step) in row for step in ("move/", "close/")) and "?parent=" in row


def test_a_past_day_shows_the_tree_of_that_day(company, signed_in):
    client = signed_in("admin")
    press(client, unit_url(company, "SH", "close/"), {"on": "2026-09-01", "people_to": company.uid("units", "EAST")})

    before, after = (client.get(f"{ORG}?as_of={day}").content.decode() for day in ("2026-08-31", "2026-09-01"))

    assert ">已撤销<" not in before and ">已撤销<" in after


@pytest.mark.parametrize("who", ["li", "east", "boss", "fin"])
@pytest.mark.parametrize("path", [ORG, PEOPLE, f"{ORG}rights/", f"{ORG}units/new/", f"{PEOPLE}new/"])
def test_who_does_not_keep_the_organisation_is_told_who_does(company, signed_in, who, path):
    answer = signed_in(who).get(path)

    assert answer.status_code == 403
    assert "系统管理员" in answer.content.decode()


def test_the_pages_of_a_unit_and_a_person_are_closed_as_well(company, signed_in):
    client = signed_in("east")

    pages = [unit_url(company, "SH", step) for step in ("", "move/")]
    pages += [person_url(company, "li", step) for step in ("", "move/")]
    for url in pages:
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403


# Units ---------------------------------------------------------------------------------------


def test_a_unit_is_created_under_another(company, signed_in):
    form = {"name": "杭州组", "code": "HZ", "parent": company.uid("units", "EAST"), "on": "2026-07-01"}

    answer = signed_in("ops").post(f"{ORG}units/new/", form, follow=True)

    assert "<h1>杭州组</h1>" in answer.content.decode()
    made = Unit.objects.get(code="HZ")
    assert made.parent_id == company.number("units", "EAST") and iso(made.since_day) == "2026-07-01"


def test_a_unit_is_renamed_in_place(company, signed_in):
    signed_in("ops").post(unit_url(company, "SH", "value/name/"), {"name": "上海一组", "version": 1})

    assert Unit.objects.get(code="SH").name == "上海一组"


def test_a_move_says_what_it_does_and_then_does_it(company, signed_in):
    form = {"parent": company.uid("units", "SOUTH"), "on": "2026-12-01"}

    looked, done = press(signed_in("ops"), unit_url(company, "SH", "move/"), form)

    assert "从 2026-12-01 起 上海组 归 华南 管，之前归 华东" in looked
    assert "移动组织</button>" in looked
    assert "对各级组织的影响" in looked and "2 →" in looked.replace("</span>", "")
    assert done.status_code == 302
    assert Unit.objects.get(code="SH").parent_id == company.number("units", "SOUTH")


def test_looking_alone_changes_nothing_and_another_day_is_looked_at_again(company, signed_in):
    client, url = signed_in("ops"), unit_url(company, "SH", "move/")
    form = {"parent": company.uid("units", "SOUTH"), "on": "2026-12-01", "version": 1}
    looked = client.post(url, form).content.decode()
    sure = re.search(r'name="sure" value="([^"]*)"', looked)[1]

    again = client.post(url, form | {"on": "2026-12-02", "sure": sure})

    assert "从 2026-12-02 起" in again.content.decode()
    assert Unit.objects.get(code="SH").parent_id == company.number("units", "EAST")


def test_a_unit_cannot_be_moved_under_itself(company, signed_in):
    page = signed_in("ops").get(unit_url(company, "EAST", "move/")).content.decode()

    offered = re.findall(r"<option[^>]*>([^<]*)", page)
    assert [one.strip() for one in offered] == ["–", "集团", "华南"]


def test_closing_asks_who_takes_the_people_and_names_them(company, signed_in):
    client, url = signed_in("ops"), unit_url(company, "SH", "close/")

    assert client.post(url, {"on": "2026-12-01"}).status_code == 422
    looked, _done = press(client, url, {"on": "2026-12-01", "people_to": company.uid("units", "EAST")})

    assert "李雷、王强（2 人）从这天起归属 华东" in looked
    assert home_on(company, "li", company.on(12, 1)) == company.number("units", "EAST")
    assert home_on(company, "li", company.on(11, 30)) == company.number("units", "SH")
    assert Unit.objects.get(code="SH").closed == 1


def test_what_somebody_changed_meanwhile_is_asked_about(company, signed_in):
    client, url = signed_in("ops"), unit_url(company, "SH", "move/")
    form = {"parent": company.uid("units", "SOUTH"), "on": "2026-12-01", "version": 1}
    looked = client.post(url, form).content.decode()
    sure = re.search(r'name="sure" value="([^"]*)"', looked)[1]
    signed_in("admin").post(unit_url(company, "SH", "value/name/"), {"name": "上海一组", "version": 1})

    answer = client.post(url, form | {"sure": sure})

    assert answer.status_code == 409
    assert "刚被别人改过" in answer.content.decode()


# People --------------------------------------------------------------------------------------


def test_people_are_found_by_name_number_or_unit(company, signed_in, django_assert_max_num_queries):
    client = signed_in("admin")

    with django_assert_max_num_queries(8):
        everybody = client.get(PEOPLE).content.decode()
    found = client.get(f"{PEOPLE}?q=上海").content.decode()

    assert "赵敏" in everybody
    assert "李雷" in found and "赵敏" not in found


def test_a_person_is_created_with_a_home(company, signed_in):
    client = signed_in("ops")
    form = {"name": "孙悦", "code": "sun", "email": "", "home": company.uid("units", "SH"), "on": "2026-07-01"}

    assert client.post(f"{PEOPLE}new/", form | {"home": ""}).status_code == 422
    answer = client.post(f"{PEOPLE}new/", form, follow=True)

    assert "<h1>孙悦</h1>" in answer.content.decode()
    assert home_on(company, "sun", company.on(7, 1)) == company.number("units", "SH")


ALONG = {"deals": "person", "targets": "person", "credit": "person"}


def test_a_move_of_a_person_says_what_it_does_and_then_does_it(company, signed_in):
    form = {"unit": company.uid("units", "SOUTH"), "on": "2026-12-01"} | ALONG

    looked, _done = press(signed_in("ops"), person_url(company, "li", "move/"), form)

    assert "从 2026-12-01 起 李雷 归属 华南，之前归属 上海组" in looked
    assert home_on(company, "li", company.on(12, 1)) == company.number("units", "SOUTH")


def test_a_handover_shows_every_node_before_and_after_is_done_at_once_and_taken_back(company, signed_in):
    client, url = signed_in("ops"), person_url(company, "li", "move/")
    handed = {"deals": "taker", "targets": "unit", "credit": "person", "to": company.uid("people", "wang")}

    looked, done = press(client, url, {"unit": company.uid("units", "SOUTH"), "on": "2026-06-15"} | handed)
    page = client.get(done["Location"]).content.decode()
    undo = re.search(r'action="([^"]+/undo/[^"]+)"', page)[1]

    nodes = re.findall(r"<th[^>]*>([^<]+)</th>|<td[^>]*>([^<]+)</td>", looked[looked.index("对各级组织的影响") :])
    assert {"集团", "华东", "上海组", "华南"} <= {one for pair in nodes for one in pair}
    assert Deal.objects.get(code="D1").owner_id == company.number("people", "wang")
    assert home_on(company, "li", company.on(6, 15)) == company.number("units", "SOUTH")

    client.post(undo)

    assert Deal.objects.get(code="D1").owner_id == company.number("people", "li")
    assert home_on(company, "li", company.on(6, 15)) == company.number("units", "SH")


def test_who_takes_over_must_be_said_where_the_unit_has_no_manager(company, signed_in):
    form = {"unit": company.uid("units", "SOUTH"), "on": "2026-06-15"} | ALONG | {"deals": "unit"}

    answer = signed_in("ops").post(person_url(company, "li", "move/"), form)

    assert answer.status_code == 422 and "指定原组织的一个人接手" in answer.content.decode()


def test_an_administrator_moves_people_but_hands_nothing_over(company, signed_in):
    page = signed_in("admin").get(person_url(company, "li", "move/")).content.decode()

    assert 'name="unit"' in page and 'name="deals"' not in page


def test_leaving_says_what_stays_and_what_ends(company, signed_in):
    client = signed_in("ops")
    Account.objects.create(person_id=company.number("people", "li"), username="li-2")

    looked, _done = press(client, person_url(company, "li", "leave/"), {"on": "2026-06-20"} | ALONG)

    assert "名下还有 1 笔在途商机" in looked
    assert Person.objects.get(code="li").left == 1
    assert not Account.objects.get(username="li-2").is_active
    assert "2026-06-20 起离职" in client.get(person_url(company, "li")).content.decode()


def test_a_person_shows_homes_roles_and_account(company, signed_in, django_assert_max_num_queries):
    client = signed_in("admin")
    press(client, person_url(company, "li", "move/"), {"unit": company.uid("units", "SOUTH"), "on": "2099-12-01"})
    url = person_url(company, "li")

    with django_assert_max_num_queries(14):
        page = client.get(url).content.decode()

    assert "2099-12-01 起" in page and "将来" in page and "到 2099-11-30" in page
    assert "销售，上海组" in page
    assert "没有账号" in page


def test_email_is_edited_in_place(company, signed_in):
    signed_in("ops").post(person_url(company, "li", "value/email/"), {"email": "li@example.com", "version": 1})

    assert Person.objects.get(code="li").email == "li@example.com"


def test_what_nobody_looks_after_is_listed_with_the_way_out(company, signed_in, django_assert_max_num_queries):
    press(signed_in("ops"), person_url(company, "li", "leave/"), {"on": "2026-06-20"} | ALONG)
    client = signed_in("ops")

    with django_assert_max_num_queries(12):
        page = client.get(f"{ORG}orphans/").content.decode()

    assert (
        "没有自己的管理者的组织" in page and "离职的人名下的在途商机" in page and "离职的人之后各月的目标" not in page
    )
    assert "/reports/tables/pipeline/?owner=li" in page
    assert f"{company.uid('units', 'SH')}/manager/" not in page, "sales operations give no roles"
    assert f"{company.uid('units', 'SH')}/manager/" in signed_in("admin").get(f"{ORG}orphans/").content.decode()


def test_somebody_stands_in_as_manager_until_a_day(company, signed_in):
    form = {"person": company.uid("people", "wang"), "on": "2026-06-01", "last": "2026-06-30"}

    page = signed_in("admin").post(unit_url(company, "SH", "manager/"), form, follow=True)

    assert page.status_code == 200
    held = company.facts("roles", company.number("people", "wang"))
    assert (company.on(6, 1), company.on(7, 1)) in {(one["from_day"], one["to_day"]) for one in held}


# Roles and grants ----------------------------------------------------------------------------


def test_a_role_is_given_over_a_unit_and_taken_back(company, signed_in):
    client = signed_in("admin")
    form = {"role": MANAGER, "unit": company.uid("units", "SH"), "on": iso(company.TODAY), "last": ""}

    page = client.post(person_url(company, "li", "roles/new/"), form, follow=True).content.decode()
    assert "销售管理者，上海组" in page

    client.post(person_url(company, "li", "roles/end/"), {"role": MANAGER, "unit": company.uid("units", "SH")})
    page = client.get(person_url(company, "li")).content.decode()
    assert page.count("收回<span") == 1  # only the rep's own role is left to take


def test_a_role_with_a_last_day_ends_after_it(company, signed_in):
    form = {"role": REP, "unit": company.uid("units", "SOUTH"), "on": "2026-07-01", "last": "2026-07-31"}

    signed_in("admin").post(person_url(company, "li", "roles/new/"), form)

    page = signed_in("ops").get(person_url(company, "li")).content.decode()
    assert "2026-07-01 到 2026-07-31" in page


def test_sales_operations_keep_people_but_give_no_roles(company, signed_in):
    client = signed_in("ops")

    assert "roles/new/" not in client.get(person_url(company, "li")).content.decode()
    assert client.get(person_url(company, "li", "roles/new/")).status_code == 403
    assert client.post(person_url(company, "li", "invite/")).status_code == 403


def test_the_last_administrator_keeps_the_role(company, signed_in):
    client = signed_in("admin")

    answer = client.post(person_url(company, "admin", "roles/end/"), {"role": 5, "unit": company.uid("units", "HQ")})

    assert answer.status_code == 422
    assert "系统管理员，集团" in client.get(person_url(company, "admin")).content.decode()


def test_a_grant_needs_a_reason_and_shows_the_number_only(company, signed_in):
    client, url = signed_in("admin"), person_url(company, "li", "grants/new/")
    form = {"code": "D3", "reason": "联合投标", "on": iso(company.TODAY), "last": "2099-01-31"}

    assert client.post(url, form | {"reason": ""}).status_code == 422
    assert client.post(url, form | {"code": "D999"}).status_code == 422
    page = client.post(url, form, follow=True).content.decode()

    assert "商机 D3" in page and "联合投标" in page and "到 2099-01-31" in page
    assert "产线改造" not in page  # an administrator does not see the deal itself
    seen = signed_in("li").get(f"/deals/{company.uid('deals', 'D3')}/").content.decode()
    assert "因授权可见" in seen and "data-edit " not in seen


def test_a_grant_is_withdrawn(company, signed_in):
    client = signed_in("admin")
    form = {"code": "D3", "reason": "联合投标", "on": iso(company.TODAY), "last": ""}
    client.post(person_url(company, "li", "grants/new/"), form)

    client.post(person_url(company, "li", "grants/end/"), {"relation": "deals", "uid": company.uid("deals", "D3")})

    assert signed_in("li").get(f"/deals/{company.uid('deals', 'D3')}/").status_code == 404


# The way in ----------------------------------------------------------------------------------


def test_a_sign_in_link_is_shown_once_and_opens_the_account(company, signed_in, client):
    admin = signed_in("admin")

    page = admin.post(person_url(company, "li", "invite/"))
    link = re.search(r'value="(http://testserver/sign-in/[^"]+)"', page.content.decode())[1]

    assert page["Cache-Control"] == "no-store"
    assert link not in admin.get(person_url(company, "li")).content.decode()
    assert SignInLink.objects.filter(token_hash__contains=link.split("/")[-2]).count() == 0
    assert client.post(link, follow=True).status_code == 200
    assert client.post(link).status_code == 404


def test_a_disabled_account_is_out_at_the_next_request_and_can_come_back(company, signed_in):
    admin, li = signed_in("admin"), signed_in("li")
    assert li.get("/deals/", follow=True).status_code == 200

    admin.post(person_url(company, "li", "account/"), {"active": "0"})
    assert li.get("/").status_code == 302
    admin.post(person_url(company, "li", "account/"), {"active": "1"})

    assert Account.objects.get(person_id=company.number("people", "li")).is_active


def test_rights_are_shown_as_they_are_applied(company, signed_in):
    page = signed_in("admin").get(f"{ORG}rights/").content.decode()

    row = page[page.index(">转移商机<") :].partition("</tr>")[0]
    assert re.findall(r"<td[^>]*>([^<]*)", row) == ["–", "所管组织", "所管组织", "–", "–", "–"]


def test_changes_ask_little(company, signed_in, django_assert_max_num_queries):
    client = signed_in("admin")
    for url in (
        unit_url(company, "SH"),
        unit_url(company, "SH", "move/"),
        unit_url(company, "SH", "close/"),
        person_url(company, "li", "move/"),
        person_url(company, "li", "leave/"),
        person_url(company, "li", "roles/new/"),
        f"{ORG}units/new/",
        f"{PEOPLE}new/",
    ):
        with django_assert_max_num_queries(13):
            answer = client.get(url)
        assert answer.status_code == 200


def test_facts_end_where_a_grant_ends(company, signed_in):
    form = {"code": "D3", "reason": "一天", "on": iso(company.TODAY), "last": iso(company.TODAY)}

    signed_in("admin").post(person_url(company, "li", "grants/new/"), form)

    [held] = company.facts("grants", company.number("people", "li"))
    assert (held["from_day"], held["to_day"]) == (company.TODAY, company.TODAY + 1) and held["to_day"] < FAR_DAY
