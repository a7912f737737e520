"""The expense ledger: postings, commitments, warnings (R037, I5, I20)."""

from __future__ import annotations

import doctest
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.budget import spending
from dacheng.core.budget.spending import Expense, Spent, check_expense, post, spent_by, usage
from dacheng.core.closing import Closed
from dacheng.core.errors import Text
from dacheng.core.period import day_of, ym_at

EAST = Text("华东 2026年二季度", "East Q2 2026")
WARN = [8_000, 10_000]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(spending).failed == 0


def test_an_expense_of_a_closed_period_counts_in_the_next_open_one_and_keeps_its_day() -> None:
    closed = Closed(ym_at(2026, 3))

    late, timely = post(day_of(date(2026, 3, 20)), closed), post(day_of(date(2026, 4, 2)), closed)

    assert (late.day, late.posted_day) == (day_of(date(2026, 3, 20)), day_of(date(2026, 4, 1)))
    assert late.why is not None and "2026-03-20" in late.why.zh and "2026-04-01" in late.why.en
    assert (timely.posted_day, timely.why) == (timely.day, None)


def test_a_refund_lowers_what_was_spent_and_opens_no_commitment_again() -> None:
    lines = [
        Expense("P1", 0, 100, committed=True),
        Expense("E1", 1, 100, settles="P1"),
        Expense("E2", 2, -30, settles="P1"),
    ]

    assert spent_by(lines) == Spent(actual=70, committed=0)


def test_a_commitment_is_open_as_far_as_nothing_settled_it_and_never_below_zero() -> None:
    lines = [
        Expense("P1", 0, 100, committed=True),
        Expense("P1", 5, -20, committed=True),
        Expense("P2", 0, 50, committed=True),
        Expense("E1", 6, 30, settles="P1"),
        Expense("E2", 7, 70, settles="P2"),
        Expense("E3", 8, 5),
    ]

    assert spent_by(lines) == Spent(actual=105, committed=50)


def test_usage_tells_what_is_left_which_shares_are_reached_and_what_is_overspent() -> None:
    found = usage(100, 0, [0, 79, 80, 99, 100, 101, -5], WARN)

    assert found.left.tolist() == [100, 21, 20, 1, 0, -1, 105]
    assert found.reached.tolist() == [0, 0, 1, 1, 2, 2, 0]
    assert found.overspent.tolist() == [False, False, False, False, False, True, False]


def test_any_use_of_nothing_released_reaches_every_share() -> None:
    found = usage([0, 0, -10], 0, [0, 1, 1], WARN)

    assert found.reached.tolist() == [0, 2, 2]
    assert found.overspent.tolist() == [False, True, True]


@settings(max_examples=60)
@given(st.integers(0, 10**15), st.integers(0, 10**15), st.integers(0, 20_000))
def test_a_share_is_reached_exactly(released: int, used: int, share: int) -> None:
    found = usage(released, 0, used, [share])

    assert bool(found.reached) == (used > 0 and used >= released * Fraction(share, 10_000))


def test_a_share_that_is_newly_reached_warns_once() -> None:
    near = check_expense(EAST, 100_00, 70_00, 10_00, WARN)
    again = check_expense(EAST, 100_00, 80_00, 10_00, WARN)
    full = check_expense(EAST, 100_00, 90_00, 10_00, WARN)

    assert [(one.rule, one.severity) for one in near + again + full] == [("budget/nearly-used", "warn")] * 2
    assert "80%" in near[0].message.zh and "100%" in full[0].message.en


def test_overspending_is_told_each_time_with_the_way_out() -> None:
    found = check_expense(EAST, 100_00, 120_00, 5_00, WARN)

    assert [one.rule for one in found] == ["budget/overspent"]
    assert found[0].message.zh == "「华东 2026年二季度」已释放 100.00 元，这样将用到 125.00 元，超支 25.00 元。"
    assert "批准人" in found[0].remedy.zh and "approver" in found[0].remedy.en


def test_a_refund_warns_of_nothing() -> None:
    assert check_expense(EAST, 100_00, 120_00, -5_00, WARN) == []
