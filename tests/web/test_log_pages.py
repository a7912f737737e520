"""The log as a page: in words, filtered, within what one sees, and verified."""

import re
from pathlib import Path

import pytest

from dacheng.web.words import ACTIONS

LOG = "/settings/log/"
ACTIONS_FOLDER = Path(__file__).parents[2] / "src" / "dacheng" / "store"


def raised(company, amount=120_000_00):
    """Let the manager of 华东 raise the amount of D1; return the entry's name outside."""
    from dacheng.store.actions.deals import edit_deal
    from dacheng.store.models import LogEntry

    uid = company.uid("deals", "D1")
    edit_deal(actor=company.actor("east"), at=company.AT, uid=uid, values={"amount": amount}, version=1)
    return LogEntry.objects.get(action="deal.edited").hash


def text_of(answer):
    """Return the words of a page's main part."""
    main = answer.content.decode().partition("<main")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_an_entry_says_who_did_what_before_and_after(company, signed_in):
    raised(company)

    answer = signed_in("ops").get(LOG)

    assert answer.status_code == 200
    assert "华东经理 修改商机 商机 D1 云平台一期 金额 原 10.00 → 新 12.00 自 2026-06-15" in text_of(answer)


@pytest.mark.parametrize("code", ["li", "east", "boss", "fin"])
def test_the_log_is_for_administrators_and_sales_operations(company, signed_in, code):
    client = signed_in(code)

    assert [client.get(LOG).status_code, client.post(LOG + "verify/").status_code] == [403, 403]
    assert "日志" not in text_of(client.get("/settings/"))


def test_an_administrator_reads_that_a_deal_changed_but_not_whose_nor_how(company, signed_in):
    entry = raised(company)
    client = signed_in("admin")

    for address in (LOG, f"{LOG}{entry}/"):
        text = text_of(client.get(address))
        assert "修改商机" in text and "商机 （不在你的范围）" in text
        assert "云平台" not in text and "12.00" not in text


def test_entries_are_found_by_person_action_and_day(company, signed_in):
    raised(company)
    client = signed_in("ops")

    def rows(**conditions):
        return client.get(LOG, conditions).content.decode().count('<td class="when">')

    assert [rows(), rows(person="east"), rows(person="王强")] == [2, 1, 0]
    assert [rows(action="deal.edited"), rows(action="company.loaded"), rows(action="period.closed")] == [1, 1, 0]
    assert [rows(day="2026-06-15"), rows(day="2026-06-14"), rows(day="2026-06-16")] == [1, 1, 0]


def test_the_log_is_read_page_by_page(company, signed_in, monkeypatch):
    raised(company)
    monkeypatch.setattr("dacheng.web.log_pages.PAGE_ENTRIES", 1)
    client = signed_in("ops")

    first = client.get(LOG).content.decode()
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = client.get(older).content.decode()

    assert "修改商机" in first and "载入公司" in second
    assert 'rel="next"' not in second and 'rel="prev"' in second


def test_an_entry_of_many_changes_shows_them_all_on_its_own_page(company, signed_in):
    from dacheng.store.models import LogEntry

    entry = LogEntry.objects.get(action="company.loaded")
    client = signed_in("ops")

    assert f"另有 {entry.changes - 4} 条记录" in text_of(client.get(LOG))
    page = client.get(f"{LOG}{entry.hash}/").content.decode()
    assert page.count('<p class="change">') == min(entry.changes, 100)
    assert entry.hash in page


def test_an_unknown_entry_is_not_found(signed_in):
    assert signed_in("ops").get(f"{LOG}abc/").status_code == 404


def test_a_rule_and_a_month_are_told_by_their_details(company, signed_in):
    from dacheng.service.ruling import set_rule
    from dacheng.store.actions.periods import close_period

    actor = company.actor("ops")
    set_rule(actor=actor, at=company.AT, name="deals.stalled_days", value=60, reason="新要求", on=None)
    close_period(actor=actor, at=company.AT, ym=company.month(5))

    text = text_of(signed_in("ops").get(LOG))

    assert "修改规则 规则名称 停留过久 值 60 从哪天起 2026-06-15 原因 新要求" in text
    assert "月份关账 月份 2026-05" in text


def test_a_whole_log_is_told_and_a_changed_one_too(company, signed_in):
    from django.db import connection

    raised(company)
    client = signed_in("ops")
    whole = text_of(client.post(LOG + "verify/"))

    with connection.cursor() as cursor:
        cursor.execute("UPDATE rec_deals SET amount = 1 WHERE code = 'D1'")
    broken = text_of(client.post(LOG + "verify/"))

    assert "日志完整，数据和日志一致。" in whole
    assert "日志或数据和写下时不一样。" in broken and "audit/record-differs" in broken


def test_every_action_there_is_has_words():
    named = {
        name
        for path in ACTIONS_FOLDER.rglob("*.py")
        for name in re.findall(r'writing\([^()]*?"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }

    assert {"deal.edited", "targets.set", "edit.undone"} <= named
    assert named - set(ACTIONS) == set()


def test_the_log_asks_the_database_few_questions(company, signed_in, django_assert_max_num_queries):
    raised(company)
    client = signed_in("ops")

    with django_assert_max_num_queries(26):
        client.get(LOG)
