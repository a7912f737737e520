"""Duplicates proposed and merged on the pages: seen before, done, followed by old addresses, taken back."""

from __future__ import annotations

import re

import pytest

from dacheng.store.actions.deals import create_deal


@pytest.fixture
def twin(company):
    """Create a second entry of the first deal, some months ago, and return its public id."""
    values = {
        "code": "D9", "name": "云平台（一期）", "owner_id": company.uid("people", "wang"), "amount": 90_000_00,
        "stage_id": company.uid("stages", "lead"), "customer_id": company.uid("customers", "C1"),
    }  # fmt: skip
    return create_deal(actor=company.actor("ops"), at=company.AT, values=values, on=company.on(2, 1)).uid


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def merging(company, goes, stays="D1", relation="deals"):
    goes = goes if not isinstance(goes, str) else company.uid(relation, goes)
    return f"/merge/{relation}/{goes}/?into={company.uid(relation, stays)}"


def versions(page):
    return dict(re.findall(r'name="((?:goes|stays)_version)" value="(\d+)"', page))


def test_a_manager_merges_two_deals_and_takes_it_back(company, signed_in, twin):
    client = signed_in("east")

    listed = client.get("/duplicates/deals/").content.decode()
    assert "云平台（一期）" in listed and merging(company, twin) in listed.replace("&amp;", "&")
    preview = client.get(merging(company, twin)).content.decode()
    assert ("把 D9 云平台（一期） 并入 D1 云平台一期" in preview and "90,000.00" in preview) or "9.00" in preview
    assert company.record("deals", "D9").merged_into == ""  # nothing is written yet

    page = client.post(merging(company, twin), versions(preview) | {"amount": "goes"}, follow=True)
    assert page.redirect_chain[-1][0] == f"/deals/{company.uid('deals', 'D1')}/"
    assert company.record("deals", "D1").amount == 90_000_00
    assert "并入的 D9 云平台（一期）" in text_of(page)
    old = client.get(f"/deals/{twin}/?show=yuan")
    assert old["Location"] == f"/deals/{company.uid('deals', 'D1')}/?show=yuan"
    assert client.get(f"/deals/{twin}/?as_of=2026-05-01").status_code == 200

    client.post(re.search(r'action="(/undo/[0-9a-f]{64}/)"', page.content.decode())[1])
    assert company.record("deals", "D9").merged_into == ""
    assert client.get(f"/deals/{twin}/").status_code == 200


def test_somebody_who_does_not_see_the_one_that_stays_is_not_led_to_it(company, signed_in, twin):
    signed_in("east").post(merging(company, twin), {"goes_version": "1", "stays_version": "1"})

    assert signed_in("south").get(f"/deals/{twin}/").status_code == 404


def test_a_refused_merge_says_why_and_offers_no_button(company, signed_in, twin):
    client = signed_in("ops")
    for uid in (twin, company.uid("deals", "D1")):
        client.post(f"/deals/{uid}/won/", {"amount": "5万", "version": "1", "on": "2026-06-01"})

    answer = client.get(merging(company, twin))

    assert answer.status_code == 422
    assert "合并不能改业绩" in text_of(answer) and "goes_version" not in answer.content.decode()


def test_which_one_it_is_merged_into_can_be_typed(company, signed_in):
    client, address = signed_in("ops"), f"/merge/customers/{company.uid('customers', 'C2')}/"

    assert client.post(address, {"into": "C1"})["Location"] == merging(company, "C2", "C1", "customers")
    assert client.post(address, {"into": "没有的"}).status_code == 422


def test_sales_operations_merge_customers_and_a_filter_follows(company, signed_in):
    client = signed_in("ops")
    preview = client.get(merging(company, "C2", "C1", "customers"))
    assert "商机 1" in text_of(preview)

    client.post(merging(company, "C2", "C1", "customers"), versions(preview.content.decode()))

    assert "产线改造" in client.get("/reports/deals/list/?customer=C2").content.decode()
    assert company.record("deals", "D3").customer_id == company.number("customers", "C1")


def test_what_was_changed_since_the_preview_is_not_merged(company, signed_in, twin):
    client = signed_in("east")
    seen = versions(client.get(merging(company, twin)).content.decode())
    client.post(f"/deals/{company.uid('deals', 'D1')}/amount/", {"amount": "3万", "version": 1})

    answer = client.post(merging(company, twin), seen)

    assert answer.status_code == 422 and "刚被别人改过" in text_of(answer)
    assert company.record("deals", "D9").merged_into == ""


def test_others_see_no_duplicates_and_merge_nothing(company, signed_in, twin):
    assert signed_in("li").get("/duplicates/deals/").status_code == 403
    assert signed_in("east").get("/duplicates/customers/").status_code == 403
    assert signed_in("south").get(merging(company, twin)).status_code == 404
    assert "云平台" not in text_of(signed_in("south").get("/duplicates/deals/"))
    assert signed_in("ops").get(merging(company, "C2", "C1", "customers").replace("C1", "x")).status_code == 200
