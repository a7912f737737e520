"""Ageing, days outstanding, terms, allocation, currencies and support of cash (G21–G24b, G42)."""

from __future__ import annotations

import doctest
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core import currency
from dacheng.core.cash import ageing, allocating, outstanding, supporting, terms
from dacheng.core.cash.ageing import Ageing, is_due, is_overdue, weighted_days
from dacheng.core.cash.allocating import TO_NOTHING, OpenTerm, by_hand, first_due_first
from dacheng.core.cash.outstanding import MonthOfSales, days_counted_back, simple_days
from dacheng.core.cash.supporting import Expected, cash_support
from dacheng.core.cash.terms import Waiting, amounts_of, collection_days, finance_cost, untold
from dacheng.core.currency import OWN, booked, check_foreign, settled
from dacheng.core.errors import RuleError
from dacheng.core.period import day_of

DEFAULT = Ageing((30, 60, 90, 180, 365), (0, 100, 300, 500, 1_000, 3_000, 10_000))


@pytest.mark.parametrize("module", [ageing, allocating, currency, outstanding, supporting, terms])
def test_the_examples_in_the_docstrings_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


def test_g24_bands_overdue_rate_weighted_days_and_provision() -> None:
    amounts = np.array([100_000, 200_000, 150_000, 80_000, 60_000, 40_000, 20_000]) * 100
    days = np.array([-10, 15, 45, 75, 120, 200, 400])

    assert DEFAULT.band_of(days).tolist() == [0, 1, 2, 3, 4, 5, 6]
    late = int(amounts[is_overdue(days)].sum())
    assert (late, int(amounts.sum())) == (550_000_00, 650_000_00)
    assert round(late / int(amounts.sum()) * 100, 2) == 84.62
    assert round(float(weighted_days(amounts, days) or 0), 4) == 70.8182
    assert int(DEFAULT.provision(amounts, days).sum()) == 48_500_00


def test_what_falls_due_today_is_due_and_not_overdue() -> None:
    assert (is_due(np.array([0]))[0], is_overdue(np.array([0]))[0], DEFAULT.band_of(np.array([0]))[0]) == (
        True,
        False,
        0,
    )
    assert weighted_days(np.array([500]), np.array([0])) is None


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), st.integers(-900, 900)), max_size=30))
def test_bands_sum_to_what_is_open(rows) -> None:
    amounts, days = (
        (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
        if rows
        else (np.zeros(0, dtype=np.int64),) * 2
    )

    bands = np.bincount(DEFAULT.band_of(days), minlength=len(DEFAULT.labels))

    assert bands.sum() == len(rows)
    assert (
        sum(int(amounts[DEFAULT.band_of(days) == band].sum()) for band in range(len(DEFAULT.labels))) == amounts.sum()
    )


def test_bands_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(RuleError, match="30、30"):
        Ageing((30, 30), (0, 1, 2, 3))


MONTHS = [MonthOfSales(*one) for one in ((2500, 30), (1750, 31), (2250, 31), (2500, 30), (2000, 31), (2250, 30))]


def test_g24b_days_outstanding_simple_and_counted_back() -> None:
    assert simple_days(12_000_000, 60_000_000, 365).days == 73
    assert round(float(days_counted_back(12_000, MONTHS).days or 0), 2) == 166.33
    assert round(float(days_counted_back(13_000, MONTHS).days or 0), 2) == 179.67
    assert days_counted_back(13_250, MONTHS).days == 183


def test_g24b_more_than_all_months_sold_or_a_month_without_sales_gives_the_reason() -> None:
    more, stopped = days_counted_back(13_251, MONTHS), days_counted_back(5_000, [*MONTHS[:1], MonthOfSales(0, 31)])

    assert more.days is None and more.why and "超过" in more.why.zh
    assert stopped.days is None and stopped.why and "没有销售额" in stopped.why.zh
    assert simple_days(5, 0, 30).why is not None


def test_g23_days_and_cost_of_payment_terms() -> None:
    whole = 1_130_000_00
    days = (0, 90, 180, 545)
    agreed = [Waiting(*one) for one in zip(amounts_of([3_000, 4_000, 2_500, 500], whole), days, strict=True)]
    better = [Waiting(*one) for one in zip(amounts_of([5_000, 4_000, 1_000], whole), days[:3], strict=True)]

    assert collection_days(agreed) == Fraction(10825, 100)
    assert finance_cost(agreed, 600) == 20_107_81
    assert collection_days(better) == 54
    assert collection_days([]) is None


def test_terms_leave_a_rest_untold_and_never_come_to_more_than_the_contract() -> None:
    assert untold(1_000, [300, 400]) == 300
    assert untold(-1_000, [-300]) == -700
    with pytest.raises(RuleError, match="超过"):
        untold(1_000, [700, 400])
    with pytest.raises(RuleError, match="90%"):
        amounts_of([5_000, 4_000], 1_000)


def test_g21_a_receipt_pays_what_is_due_first() -> None:
    due = [day_of(date.fromisoformat(one)) for one in ("2026-01-10", "2026-04-10", "2026-08-01", "2027-08-01")]
    amounts = amounts_of([3_000, 4_000, 2_500, 500], 1_130_000_00)
    owed = [OpenTerm(at, day, amount) for at, (day, amount) in enumerate(zip(due, amounts, strict=True), 1)]

    assert amounts == [339_000_00, 452_000_00, 282_500_00, 56_500_00]
    assert first_due_first(700_000_00, owed) == {1: 339_000_00, 2: 361_000_00}
    assert first_due_first(1_200_000_00, owed)[TO_NOTHING] == 70_000_00


Terms = st.lists(
    st.tuples(st.none() | st.integers(0, 50), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=8
).map(lambda rows: [OpenTerm(at, due, opened, paid) for at, (due, opened, paid) in enumerate(rows, 1)])


@given(st.integers(-(10**7), 10**7), Terms)
def test_the_parts_of_a_receipt_are_the_receipt_and_no_term_gets_more_than_is_open(amount, owed) -> None:
    parts = first_due_first(amount, owed)

    assert sum(parts.values()) == amount
    for term in owed:
        part = parts.get(term.term_id, 0)
        assert -term.allocated <= part <= term.open_amount


def test_parts_by_hand_are_at_most_the_receipt_and_what_is_open() -> None:
    owed = [OpenTerm(1, 10, 300, name="HT-1/1"), OpenTerm(2, 20, 400, allocated=100, name="HT-1/2")]

    assert by_hand(500, {2: 400}, owed) == {2: 400, TO_NOTHING: 100}
    assert by_hand(-100, {2: -100}, owed) == {2: -100}
    with pytest.raises(RuleError, match="超过收款"):
        by_hand(500, {1: 300, 2: 300}, owed)
    with pytest.raises(RuleError, match=r"HT-1/1 最多可收 3\.00"):
        by_hand(500, {1: 400}, owed)
    with pytest.raises(RuleError, match="可退"):
        by_hand(-500, {2: -200}, owed)


def test_g42_a_dollar_settles_at_the_booked_rate_and_the_difference_stands_apart() -> None:
    contract = booked(100_000_00, Fraction("7.10"))
    collected = booked(100_000_00, Fraction("7.05"))

    assert (contract, collected) == (710_000_00, 705_000_00)
    assert collected - settled(100_000_00, contract, 100_000_00) == -5_000_00


def test_an_amount_in_another_currency_is_told_in_both() -> None:
    check_foreign(OWN, 100, None)
    check_foreign(840, 710, 100)
    with pytest.raises(RuleError, match="USD"):
        check_foreign(840, 710, None)
    with pytest.raises(RuleError, match="不同"):
        check_foreign(OWN, 100, 200)
    with pytest.raises(RuleError, match="汇率"):
        booked(100, Fraction(0))


def test_g22_cash_support() -> None:
    expected = [Expected(20_000_000_00, 8_500), Expected(30_000_000_00, 6_000), Expected(25_000_000_00, 3_000)]

    support = cash_support(40_000_000_00, expected, 91_800_000_00)

    assert round(float(support or 0) * 100, 2) == 89.87
    assert cash_support(1, expected, 0) is None
    assert cash_support(1, expected, None) is None
