"""Choosing columns by hand in the browser: suggestions, fixed values, words, saved mappings."""

import re
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dacheng.store.models import Customer, Deal, SavedMapping
from dacheng.store.queries.import_mappings import saved_names, saved_versions

FREE = (
    "单子,甲方,跟单,进度,万元数,大概何时签\nX-1,沪东水务,li,报价中,12.5,2026-12-01\nX-2,华能电力,li,线索,3,2026-11-01\n"
)
"""A file whose titles nobody knows: N.B. the amounts are in 万元."""

ODOO = "商机,联系人姓名,电子邮件,销售人员,预期收入,预期结束,阶段,概率\n泵站,何涛,,li,1000,2026-09-30,新建,10\n"


@pytest.fixture
def uploads(settings, tmp_path):
    """Keep uploads in a folder of the test."""
    settings.UPLOADS = tmp_path / "uploads"
    return settings.UPLOADS


def upload(client, text=FREE, name="台账.csv", mapping=""):
    """Upload one file and return where that leads."""
    file = SimpleUploadedFile(name, text.encode())
    return client.post("/imports/", {"files": [file], "mapping": mapping})["Location"]


def chosen(**fields):
    """Return the form of one table that holds opportunities."""
    plain = {"tables": "1", "t0-label": "台账.csv", "t0-relation": "deals", "t0-was": "deals", "t0-unit": "万元"}
    given = {f"t0-c-{name}": column for name, column in fields.items()}
    return plain | given | {f"t0-f-{name}": "" for name in fields}


BY_HAND = chosen(
    code="单子", name="单子", owner="跟单", customer="甲方", stage="进度", amount="万元数", expected="大概何时签"
)


def test_a_file_that_nobody_knows_leads_to_the_choice_of_columns(company, signed_in, uploads):
    client = signed_in("ops")

    url = upload(client)
    page = client.get(url).content.decode()

    assert url.endswith("/columns/")
    assert "台账.csv" in page and "沪东水务" in page


def test_what_a_table_holds_is_suggested_by_its_content_once_one_says_what_it_is(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client)

    client.post(url, {"tables": "1", "t0-label": "台账.csv", "t0-relation": "deals", "t0-was": ""})
    page = client.get(url).content.decode()

    selects = re.findall(r'name="t0-c-(\w+)"(.*?)</select>', page, re.S)
    taken = {name: found[1] for name, inside in selects if (found := re.search(r'value="([^"]*)" selected', inside))}
    assert (taken["owner"], taken["expected"]) == ("跟单", "大概何时签")
    assert "按内容认的" in page


def test_a_table_without_numbers_is_found_again_by_its_names_and_no_number_is_asked_for(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client)

    client.post(url, {"tables": "1", "t0-label": "台账.csv", "t0-relation": "deals", "t0-was": ""})
    page = client.get(url).content.decode()

    (code,) = re.findall(r"<legend>商机号(.*?)</fieldset>", page, re.S)
    assert "必填" not in code and "没有编号就按名称认" in code


def test_columns_chosen_by_hand_bring_the_rows_and_new_customers_with_them(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client)
    look = url.removesuffix("columns/")

    assert client.post(url, BY_HAND | {"t0-creates": "on", "look": "1"})["Location"] == look
    page = client.get(look).content.decode()
    assert "「报价中」（1 行）像是「报价」" in page
    client.post(f"{look}spelling/", {"column": "进度", "value": "报价中", "meant": "报价"})
    client.post(f"{look}commit/", {"refused": "0"})

    made = Deal.objects.get(code="X-1")
    assert (made.amount, made.customer_id) == (12_500_000, Customer.objects.get(code="沪东水务").pk)


def test_a_fixed_value_stands_in_for_a_column_that_is_not_there(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client, "单子,金额\nY-1,100\n")
    form = chosen(code="单子", name="单子", owner="", stage="", amount="金额") | {
        "t0-f-owner": "li",
        "t0-f-stage": "线索",
    }

    client.post(url, form | {"look": "1", "t0-unit": "元"})
    client.post(f"{url.removesuffix('columns/')}commit/", {"refused": "0"})

    made = Deal.objects.get(code="Y-1")
    assert (made.amount, made.owner_id) == (10_000, company.number("people", "li"))


def test_a_table_that_lacks_a_field_says_which(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client)

    client.post(url, chosen(code="单子", name="单子", owner="跟单") | {"again": "1"})

    assert "还没有对上：阶段" in client.get(url).content.decode()


def test_a_table_without_a_code_or_a_name_stays_out_and_says_so(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client)

    client.post(url, chosen(owner="跟单", amount="万元数") | {"look": "1"})

    assert "还没有对上编码或名称" in client.get(url.removesuffix("columns/")).content.decode()


def test_the_system_of_a_file_is_suggested_and_read_by_one_button(company, signed_in, uploads):
    client = signed_in("ops")
    url = upload(client, ODOO, "export.csv")
    page = client.get(url).content.decode()
    assert "像是Odoo" in page

    look = client.post(f"{url.removesuffix('columns/')}read-by/", {"mapping": "odoo"})["Location"]
    client.post(f"{look}commit/", {"refused": "0"})

    assert Deal.objects.get(name="泵站").amount == 100_000


def test_a_saved_mapping_reads_the_next_file_with_its_words(company, signed_in, uploads):
    client = signed_in("ops")
    look = upload(client).removesuffix("columns/")
    client.post(f"{look}columns/", BY_HAND | {"t0-creates": "on"})
    client.get(look)
    client.post(f"{look}spelling/", {"column": "进度", "value": "报价中", "meant": "报价"})
    client.post(f"{look}save/", {"name": "老台账"})
    assert "老台账" in client.get("/imports/").content.decode()

    again = upload(client, FREE.replace("X-", "Z-"), "六月.csv", "老台账")
    client.post(f"{again}commit/", {"refused": "0"})

    assert set(Deal.objects.filter(code__startswith="Z-").values_list("code", flat=True)) == {"Z-1", "Z-2"}


def test_a_saved_mapping_is_deleted_from_the_list(company, signed_in, uploads):
    client = signed_in("ops")
    look = upload(client, ODOO).removesuffix("columns/")
    client.post(f"{look}read-by/", {"mapping": "odoo"})
    client.post(f"{look}save/", {"name": "我的 Odoo"})
    assert SavedMapping.objects.get().mapping == "odoo"

    client.post("/imports/mappings/我的 Odoo/drop/")

    assert saved_names() == []
    assert [one.dropped for one in saved_versions("我的 Odoo")] == [True, False]


def test_the_name_of_a_mapping_that_ships_is_taken(company, signed_in, uploads):
    client = signed_in("ops")
    look = upload(client, ODOO).removesuffix("columns/")

    page = client.post(f"{look}save/", {"name": "odoo"}, follow=True).content.decode()

    assert "不能用" in page and not SavedMapping.objects.exists()


@pytest.mark.parametrize("who", ["li", "boss"])
def test_only_who_may_import_chooses(company, signed_in, uploads, who):
    url = upload(signed_in("ops"))
    other = signed_in(who)

    answers = [other.get(url), other.post(url, BY_HAND), other.post("/imports/mappings/drop/", {"name": "x"})]

    assert [one.status_code for one in answers] == [404, 404, 403]


def saved_twice(client):
    """Save a mapping that reads by odoo, then by hand; return the address of its page."""
    look = upload(client, ODOO).removesuffix("columns/")
    client.post(f"{look}read-by/", {"mapping": "odoo"})
    client.post(f"{look}save/", {"name": "台账"})
    look = upload(client).removesuffix("columns/")
    client.post(f"{look}columns/", BY_HAND)
    client.post(f"{look}save/", {"name": "台账"})
    return "/imports/mappings/台账/"


def test_a_mapping_goes_back_to_an_old_version_on_its_page(company, signed_in, uploads):
    client = signed_in("ops")
    page = saved_twice(client)
    assert "回到第 1 版" in client.get(page).content.decode()

    client.post(f"{page}versions/1/back/", {"version": "2"})

    assert [(one.version, one.mapping) for one in saved_versions("台账")] == [(3, "odoo"), (2, ""), (1, "odoo")]


def test_going_back_over_a_version_that_somebody_just_saved_is_refused(company, signed_in, uploads):
    client = signed_in("ops")
    page = saved_twice(client)

    told = client.post(f"{page}versions/1/back/", {"version": "1"}, follow=True).content.decode()

    assert "现在是第 2 版" in told
    assert len(saved_versions("台账")) == 2


def test_a_dropped_mapping_reads_again_from_the_message_that_it_is_gone(company, signed_in, uploads):
    client = signed_in("ops")
    page = saved_twice(client)

    told = client.post(f"{page}drop/", follow=True).content.decode()
    client.post(f"{page}versions/2/back/")

    assert f'action="{quote(page)}versions/2/back/"' in told
    assert saved_names() == ["台账"] and len(saved_versions("台账")) == 4
