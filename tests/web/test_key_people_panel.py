"""Key people on the page of an opportunity: set in place, greyed where only the account says it; what is missing."""

from __future__ import annotations

import re

import pytest

from dacheng.core.access import SYSTEM


@pytest.fixture
def chen(company):
    from dacheng.store.actions.contacts import create_contact

    given = {"name": "陈立", "customer_id": company.uid("customers", "C1"), "title": "总工程师", "part": 3}
    return create_contact(actor=SYSTEM, at=company.AT, values=given).uid


def address(company, person="") -> str:
    return f"/deals/{company.uid('deals', 'D1')}/" + (f"key-people/{person}/" if person else "")


def panel(client, company, **query) -> str:
    page = client.get(address(company), query).content.decode()
    return page[
        page.index("<h2>关键人</h2>") : page.index("<h2>业绩分成</h2>" if "业绩分成" in page else "<h2>怎么算的")
    ]


def test_the_part_at_the_account_stands_greyed_until_the_deal_says_its_own(company, signed_in, chen):
    client = signed_in("li")

    before = panel(client, company)
    saved = client.post(address(company, chen), {"part": "eb", "version": 0}, follow=True)
    after = panel(client, company)

    assert re.search(r'class="edit ink3"[^>]*>技术把关者（客户层面）', before)
    assert "还缺：决策者、使用者、教练<" in before
    assert re.search(r'class="edit"[^>]*>决策者', after) and "还缺：使用者" in after
    assert saved.status_code == 200 and "已存" in saved.content.decode()


def test_what_is_missing_follows_in_the_page_without_loading_it_again(company, signed_in, chen):
    answer = signed_in("li").post(address(company, chen), {"part": "coach", "version": 0}, headers={"HX-Request": "1"})

    text = answer.content.decode()

    assert answer.status_code == 200 and 'hx-target="#uncovered"' in text
    assert "还缺：决策者、使用者、技术把关者<" in text and "教练" in text


def test_two_who_say_it_at_once_see_both_and_the_history_tells_who(company, signed_in, chen):
    signed_in("li").post(address(company, chen), {"part": "eb", "version": 0})

    met = signed_in("east").post(address(company, chen), {"part": "ub", "version": 0})
    history = panel(signed_in("east"), company)

    assert met.status_code == 409 and "使用者" in met.content.decode() and "决策者" in met.content.decode()
    assert "角色的历史" in history and "李雷" in history and "还原" in history


def test_who_only_looks_gets_no_control_and_a_past_day_is_as_it_was(company, signed_in, chen):
    signed_in("li").post(address(company, chen), {"part": "eb", "version": 0})

    finance = panel(signed_in("fin"), company)
    refused = signed_in("fin").post(address(company, chen), {"part": "ub", "version": 1})
    earlier = signed_in("li").get(address(company), {"as_of": "2026-06-14"}).content.decode()

    assert "data-edit" not in finance and "陈立" in finance and refused.status_code == 422
    assert "陈立" not in earlier


def test_who_does_not_see_the_deal_finds_nothing_there(company, signed_in, chen):
    client = signed_in("zhao")

    answers = [client.get(address(company, chen)), client.post(address(company, chen), {"part": "eb", "version": 0})]

    assert [one.status_code for one in answers] == [404, 404]


def test_the_page_of_a_contact_names_the_opportunities_that_the_reader_sees(company, signed_in, chen):
    from dacheng.store.actions.deals import edit_deal

    moved = {"customer_id": company.uid("customers", "C1")}
    edit_deal(actor=SYSTEM, at=company.AT, uid=company.uid("deals", "D3"), values=moved, version=None)
    signed_in("li").post(address(company, chen), {"part": "eb", "version": 0})
    other = f"/deals/{company.uid('deals', 'D3')}/key-people/{chen}/"
    signed_in("zhao").post(other, {"part": "ub", "version": 0})

    pages = {who: signed_in(who).get(f"/contacts/{chen}/").content.decode() for who in ("li", "zhao", "boss")}
    parts = {who: re.findall(r"/deals/[^>]*>([^<]+)</a></dt><dd>([^<]+)<", page) for who, page in pages.items()}

    assert parts["li"] == [("云平台一期", "决策者")] and parts["zhao"] == [("产线改造", "使用者")]
    assert parts["boss"] == [*parts["zhao"], *parts["li"]]
