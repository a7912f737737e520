"""The page of a customer and of its contacts: what stands there, for whom, edited in place and by keyboard."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from dacheng.core.access import SYSTEM


def new_contact(company, name="陈立", customer="C1", **values):
    from dacheng.store.actions.contacts import create_contact

    given = {"name": name, "customer_id": company.uid("customers", customer), "phone": "13900000001"} | values
    return create_contact(actor=SYSTEM, at=company.AT, values=given).uid


def customer_url(company, code="C1", step=""):
    return f"/customers/{company.uid('customers', code)}/{step}"


def test_the_page_shows_figures_deals_contacts_and_history(company, signed_in):
    new_contact(company, title="信息中心主任", part=1)

    page = signed_in("li").get(customer_url(company)).content.decode()

    assert all(word in page for word in ("华能电力", "陈立", "信息中心主任", "决策者", "13900000001", "云平台一期"))
    assert "产线改造" not in page and "累计赢单" in page and "历史" in page


def test_it_is_not_there_for_who_does_not_deal_with_it(company, signed_in):
    contact = new_contact(company)

    for address in (
        customer_url(company),
        "/customers/C1/",
        f"/contacts/{contact}/",
        customer_url(company, step="contacts/new/"),
    ):
        assert signed_in("zhao").get(address).status_code == 404
    assert signed_in("li").get("/customers/C1/").headers["Location"] == customer_url(company)


def test_who_created_it_is_told_to_begin_with_an_opportunity(company, signed_in):
    from dacheng.store.actions.customers import create_customer

    create_customer(actor=company.actor("li"), at=company.AT, values={"code": "K9", "name": "新客户"})

    page = signed_in("li").get(customer_url(company, "K9")).content.decode()

    assert "先建一条商机" in page and "新建联系人" not in page


def test_contacts_are_created_one_after_the_other(company, signed_in):
    client, url = signed_in("li"), customer_url(company, step="contacts/new/")

    again = client.post(url, {"name": "陈立", "phone": "139 0000 0001", "another": "1"})
    refused = client.post(url, {"name": "何涛", "phone": "问前台"})
    client.post(url, {"name": "陈立", "part": "coach"})

    assert (again.status_code, again.headers["Location"]) == (302, url)
    assert refused.status_code == 422 and "021-5555 0101" in refused.content.decode()
    page = client.get(customer_url(company)).content.decode()
    assert "还有同名的 陈立" in page and page.count("（有同名）") == 2


def test_a_value_is_edited_in_place_in_its_row_with_undo_and_conflict(company, signed_in):
    contact, client = new_contact(company), signed_in("li")
    url = f"/contacts/{contact}/value/title/?at=0"

    saved = client.post(url, {"title": "总工程师", "version": 1}, HTTP_HX_REQUEST="true").content.decode()
    clash = client.post(url, {"title": "副总", "version": 1}, HTTP_HX_REQUEST="true")

    assert 'id="edit-title-0"' in saved and "总工程师" in saved and "hx-partial" in saved
    assert clash.status_code == 409 and "总工程师" in clash.content.decode()


def test_a_contact_has_a_page_with_ways_to_reach_him_and_leaves_from_a_day(company, signed_in):
    contact, client = new_contact(company, email="chenli@example.com"), signed_in("li")

    page = client.get(f"/contacts/{contact}/").content.decode()
    form = {"on": "2026-06-15", "version": 1}
    left = client.post(f"/contacts/{contact}/leave/", form, follow=True).content.decode()

    assert 'href="tel:+8613900000001"' in page and 'href="mailto:chenli@example.com"' in page
    assert "已经不在这个客户了" in left
    assert "leave/" not in left


def test_a_past_day_only_shows(company, signed_in):
    new_contact(company)

    page = signed_in("li").get(f"{customer_url(company)}?as_of=2026-06-10").content.decode()

    assert "这是过去某天的样子" in page and "data-edit " not in page and "陈立" not in page


def test_lists_and_the_page_of_a_deal_lead_to_the_customer(company, signed_in):
    client, url = signed_in("li"), customer_url(company)

    for address in (
        "/reports/customers/accounts/",
        "/reports/tables/pipeline/",
        f"/deals/{company.uid('deals', 'D1')}/",
    ):
        assert f'href="{url}"' in client.get(address).content.decode(), address


def test_search_finds_contacts_by_name_sound_and_number_within_rights(company, signed_in):
    contact = new_contact(company)

    def results(who, text):
        answer = signed_in(who).get("/search/", {"q": text}, headers={"Accept": "application/json"}).json()
        return [one for group in answer["groups"] if group["label"] == "联系人" for one in group["results"]]

    for text in ("陈立", "cl", "139 0000", "+8613900000001"):
        assert [(one["label"], one["url"]) for one in results("li", text)] == [("陈立", f"/contacts/{contact}/")]
        assert results("zhao", text) == []


def test_the_workbook_of_contacts_comes_back_as_three_way_merge(company, signed_in, settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    contact, client = new_contact(company, title="主任"), signed_in("ops")
    book = load_workbook(io.BytesIO(client.get(customer_url(company, step="contacts/export.xlsx")).content))
    client.post(f"/contacts/{contact}/value/department/", {"department": "信息中心", "version": 1})
    sheet = book["联系人"]
    title = next(cell for cell in sheet[2] if cell.value == "主任")
    title.value = "总工程师"
    changed = io.BytesIO()
    book.save(changed)

    files = [SimpleUploadedFile("联系人.xlsx", changed.getvalue())]
    look = client.post("/imports/", {"files": files, "mapping": ""})["Location"].removesuffix("columns/")
    client.post(f"{look}commit/", {"refused": "0"})

    row = company.record("contacts", sheet.cell(2, 1).value)
    assert (row.title, row.department) == ("总工程师", "信息中心")


def test_the_log_tells_of_a_contact_only_to_who_sees_him(company, signed_in):
    new_contact(company, name="陈立", phone="13900007777")

    seen, hidden = (signed_in(who).get("/settings/log/").content.decode() for who in ("ops", "admin"))

    assert "13900007777" in seen
    assert "13900007777" not in hidden and "陈立" not in hidden


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_speaks_one_language(company, signed_in, language):
    new_contact(company, name="Li Chen", title="CIO", part=2)
    client = signed_in("boss", language)

    page = client.get(customer_url(company)).content.decode()

    words = set(re.findall("[\u4e00-\u9fff]{2,}", re.sub(r"<nav.*?</nav>", "", page, flags=re.S)))
    assert language != "en" or not words & {"联系人", "决策角色", "累计赢单", "客户资料"}
