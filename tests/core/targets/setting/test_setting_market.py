"""Market inputs and three years of history."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.targets.setting.history import history_of
from dacheng.core.targets.setting.market import MarketFact, faults_of_markets

FACT = MarketFact(
    "华东", "医疗", 2025, 1_150_000_000_00, Fraction(15, 100), Fraction(1, 10), (("甲", Fraction(9, 10)),), "行业协会"
)


def test_shares_of_exactly_100_percent_are_right() -> None:
    assert faults_of_markets([FACT]) == ()


def test_shares_above_100_percent_together_are_refused_with_the_sum() -> None:
    found = faults_of_markets([replace(FACT, own_share=Fraction(11, 100))])

    assert [one.message.zh for one in found] == ["市场「华东 医疗 2025」：各家份额合计 101%，超过 100%。"]
    assert found[0].severity == "block"


def test_a_missing_source_is_told_and_lets_the_row_in() -> None:
    found = faults_of_markets([replace(FACT, source=" ")])

    assert [(one.severity, one.message.zh) for one in found] == [("note", "市场「华东 医疗 2025」：未注明来源。")]


@pytest.mark.parametrize(
    ("fact", "column", "seen"),
    [
        (replace(FACT, own_share=Fraction(10)), "share", "10"),
        (replace(FACT, rivals=(("甲", Fraction(-1, 2)),)), "share", "-0.5"),
        (replace(FACT, size=-1), "size", "-0.01"),
        (replace(FACT, growth=Fraction(-1)), "growth", "-100%"),
    ],
)
def test_a_market_that_cannot_be_is_refused_with_what_was_seen(fact: MarketFact, column: str, seen: str) -> None:
    found = faults_of_markets([FACT, replace(fact, region="华南")])

    assert [(one.row, one.column, one.value) for one in found] == [(2, column, seen)]


def test_a_market_that_stands_twice_is_named() -> None:
    found = faults_of_markets([FACT, FACT])

    assert [(one.row, one.message.en) for one in found] == [
        (2, "Market “华东 医疗 2025”: It is the market and year of row 1.")
    ]


def contracts(*rows: tuple[int, int, int | None]) -> dict[str, np.ndarray]:
    """Return (customer, year, amount) as columns."""
    return {
        "customer_id": np.array([one[0] for one in rows], dtype=np.int64),
        "year": np.array([one[1] for one in rows], dtype=np.int64),
        "amount": np.array([one[2] or 0 for one in rows], dtype=np.int64),
        "known": np.array([one[2] is not None for one in rows], dtype=np.bool_),
    }


def test_churn_repurchase_and_ticket_of_each_year() -> None:
    rows = contracts((1, 2023, 100), (2, 2023, 300), (1, 2024, 100), (1, 2024, 300), (3, 2024, 200))

    earlier, later = history_of(**rows, first=2023, last=2024, enough=2).years

    assert (earlier.churn, earlier.repurchase, earlier.ticket, earlier.ticket_cv) == (None, 0, 200, 0.5)
    assert (later.churn, later.repurchase, later.ticket, later.growth) == (
        Fraction(1, 2),
        Fraction(1, 2),
        200,
        Fraction(1, 2),
    )


def test_the_year_before_the_first_tells_its_churn() -> None:
    rows = contracts((1, 2022, 100), (2, 2023, 100))

    found = history_of(**rows, first=2023, last=2023, enough=1).years

    assert found[0].churn == 1


def test_amounts_that_are_not_known_are_counted_and_not_zero() -> None:
    rows = contracts((1, 2023, None), (2, 2024, None), (2, 2024, 50))

    unknown, half = history_of(**rows, first=2023, last=2024, enough=2).years

    assert (unknown.amount, unknown.ticket, unknown.unpriced, half.growth) == (None, None, 1, None)
    assert (half.amount, half.ticket, half.unpriced) == (50, 50, 1)


def test_a_year_without_contracts_loses_all_customers() -> None:
    found = history_of(**contracts((1, 2023, 100)), first=2023, last=2024, enough=1).years

    assert (found[1].customers, found[1].amount, found[1].churn, found[1].repurchase) == (0, 0, 1, None)


def test_fewer_than_three_years_say_so() -> None:
    found = history_of(**contracts((1, 2025, 1)), first=2023, last=2025, enough=3)

    assert found.notes[0].text.zh.startswith("只有 1 年有合同，不到 3 年")


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from([2023, 2024]), st.integers(0, 10**12)), max_size=12))
def test_churn_and_repurchase_agree_with_sets(rows: list[tuple[int, int, int]]) -> None:
    found = history_of(**contracts(*rows), first=2023, last=2024, enough=2).years[1]

    before, now = ([who for who, year, _ in rows if year == one] for one in (2023, 2024))
    lost, again = set(before) - set(now), {who for who in now if now.count(who) > 1}
    assert found.churn == (Fraction(len(lost), len(set(before))) if before else None)
    assert found.repurchase == (Fraction(len(again), len(set(now))) if now else None)
