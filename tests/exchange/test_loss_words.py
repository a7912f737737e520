"""What other systems write as the reason of a loss becomes a category of ours, or stays a text and is told."""

from __future__ import annotations

import pytest

from dacheng.exchange.defaults import default_loss_reasons, words_of
from dacheng.exchange.referring import KnownRecord
from tests.exchange.mapping_cases import staged_own
from tests.exchange.test_shipped_mappings import blocking, brought, history

CATEGORIES = {"loss_reasons": [KnownRecord("price", "价格"), KnownRecord("competition", "竞争")]}
LOST = (
    "编号,商机名称,客户名称,负责人名字,负责人的用户编号,商机状态组,商机状态,结束状态,结束时的备注,"
    "预计成交日期,商机总金额,创建时间,更新时间\n"
)
ROW = "9,泵站,北辰,李想,1,组,初步沟通,2,{reason},2026-09-01,100,2026-01-05,2026-06-01\n"


def lost(reason: str, **more):
    """Return the outcome of a deal that 芋道 exports as lost with a reason, and all that was noticed."""
    result = brought("yudao", known=CATEGORIES, csv=(LOST + ROW.format(reason=reason)).encode(), **more)
    return history(result, "9", "lost_reason", "loss_reason_id")[-1][1:], result


def test_every_word_that_ships_means_a_category_that_ships():
    codes = set(default_loss_reasons().labels["code"])

    assert set(words_of("loss_reasons").values()) == codes


@pytest.mark.parametrize("reason", ["价格太高", "Too expensive", "ＰＲＩＣＥ"])
def test_a_reason_of_the_list_is_read_as_its_category_and_its_text_stays(reason):
    outcome, result = lost(reason)

    assert outcome == (reason, "price")
    assert not [one for one in result.suggestions if one.column == "丢单类别"]


def test_an_unknown_reason_stays_a_text_and_is_told_once_and_keeps_no_row_out():
    outcome, result = lost("老板换人了")

    assert outcome == ("老板换人了", None)
    assert blocking(result) == []
    assert [(one.rule, one.severity, one.value) for one in result.findings if one.rule == "import/unread-word"] == [
        ("import/unread-word", "warn", "老板换人了")
    ]
    assert [(one.value, one.lenient) for one in result.suggestions] == [("老板换人了", True)]


def test_what_a_person_says_an_unknown_reason_is_goes_before_the_list():
    outcome, _ = lost("老板换人了", aliases={"丢单类别": {"老板换人了": "competition"}})
    corrected, _ = lost("价格太高", aliases={"丢单类别": {"价格太高": "竞争"}})

    assert outcome == ("老板换人了", "competition")
    assert corrected == ("价格太高", "competition")


def test_a_blank_reason_says_nothing_of_the_category():
    _, result = lost("")

    (deal,) = [one for one in result.batch.rows if one.relation == "deals"]
    assert all("loss_reason_id" not in values for values in (deal.values, *(one for _, one in deal.later)))


@pytest.mark.parametrize("title", ["丢单原因", "Lost reason"])
def test_a_file_of_our_titles_fills_the_category_as_mappings_do(title):
    text = f"商机号,名称,负责人,阶段,金额,关闭日,{title}\n"
    rows = "X-1,泵站,E1,丢单,0,2026-06-01,价格太高\nX-2,水厂,E1,丢单,0,2026-06-01,老板换人了\n"

    result = staged_own(text + rows, known=CATEGORIES)

    assert [history(result, code, "lost_reason", "loss_reason_id")[-1][1:] for code in ("X-1", "X-2")] == [
        ("价格太高", "price"), ("老板换人了", None),
    ]  # fmt: skip
    assert [one.value for one in result.findings if one.rule == "import/unread-word"] == ["老板换人了"]


def test_a_file_that_says_the_category_itself_is_read_by_that():
    text = "商机号,名称,负责人,阶段,金额,关闭日,丢单原因,丢单类别\nX-1,泵站,E1,丢单,0,2026-06-01,价格太高,竞争\n"

    result = staged_own(text, known=CATEGORIES)

    assert history(result, "X-1", "lost_reason", "loss_reason_id")[-1][1:] == ("价格太高", "competition")
