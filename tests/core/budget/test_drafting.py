"""Lines of a budget and their months (R034, R035, R038; golden case G08; law: months = quarters = year)."""

from __future__ import annotations

import doctest
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.budget import drafting
from dacheng.core.budget.budgeting import ProjectLine, RatedTarget
from dacheng.core.budget.drafting import (
    MeasuredTarget,
    check_span,
    fixed_line,
    project_line,
    refuse_overlap,
    release_periods,
    variable_line,
)
from dacheng.core.errors import RuleError, Text
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import Period, parse_period

YEAR = parse_period("2026")
CONTRACTS = Text("合同额", "Contract value")
TARGETS = [6, 6, 6, 8, 8, 8, 7, 8, 8, 11, 12, 12]
AMOUNTS = st.integers(0, 10**12)
SPANS = st.tuples(st.integers(24_000, 24_100), st.integers(1, 24)).map(lambda one: Period(one[0], one[0] + one[1]))


def quarters(line: drafting.DraftedLine) -> list[int]:
    amounts = np.array([amount for _, amount in line.cells])
    return amounts.reshape(4, 3).sum(axis=1).tolist()


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(drafting).failed == 0


def test_g08_by_month_gives_the_quarters_of_the_catalogue() -> None:
    target = MeasuredTarget(np.array(TARGETS) * 1_000_000_00, np.ones(12, dtype=np.bool_))
    variable = variable_line(RatedTarget(CONTRACTS, Fraction(5, 100), target.whole), target, YEAR)
    fixed = fixed_line(3_000_000_00, YEAR, CALENDAR_MONTHS)

    assert quarters(fixed) == [750_000_00] * 4
    assert quarters(variable) == [900_000_00, 1_200_000_00, 1_150_000_00, 1_750_000_00]


def test_without_a_target_the_amount_is_not_known_and_a_negative_one_brings_nothing() -> None:
    unknown = MeasuredTarget(np.zeros(12, dtype=np.int64), np.zeros(12, dtype=np.bool_))
    negative = MeasuredTarget(np.full(12, -100), np.ones(12, dtype=np.bool_))

    assert variable_line(RatedTarget(CONTRACTS, Fraction(1, 20), unknown.whole), unknown, YEAR).amount is None
    assert variable_line(RatedTarget(CONTRACTS, Fraction(1, 20), negative.whole), negative, YEAR).amount == 0


@given(AMOUNTS, SPANS)
def test_months_of_a_fixed_line_and_of_a_project_sum_to_it_and_differ_by_one_unit(amount: int, span: Period) -> None:
    lines = fixed_line(amount, span, CALENDAR_MONTHS), project_line(ProjectLine("x", amount, span), CALENDAR_MONTHS)

    for line in lines:
        cells = [one for _, one in line.cells]
        assert (sum(cells), len(cells)) == (amount, len(span))
        assert max(cells) - min(cells) <= 1


@given(st.lists(st.integers(-(10**9), 10**9), min_size=12, max_size=12), st.integers(0, 10_000))
def test_months_and_quarters_of_the_variable_part_sum_to_rate_times_target(months: list[int], rate_bp: int) -> None:
    target = MeasuredTarget(np.array(months), np.ones(12, dtype=np.bool_))

    line = variable_line(RatedTarget(CONTRACTS, Fraction(rate_bp, 10_000), target.whole), target, YEAR)

    assert line.amount == sum(amount for _, amount in line.cells) == sum(quarters(line))
    assert line.amount >= 0 and all(amount >= 0 for _, amount in line.cells)


@given(SPANS, st.integers(1, 24))
def test_periods_of_release_follow_one_another_and_cover_the_budget(span: Period, months: int) -> None:
    periods = release_periods(span, months)

    assert [one.from_ym for one in periods[1:]] == [one.to_ym for one in periods[:-1]]
    assert (periods[0].from_ym, periods[-1].to_ym) == (span.from_ym, span.to_ym)


def test_a_budget_too_long_or_released_too_rarely_is_refused() -> None:
    with pytest.raises(RuleError, match="预算有 25 个月"):
        check_span(Period(0, 25), 3)
    with pytest.raises(RuleError, match="每 7 个月释放一次"):
        check_span(Period(0, 6), 7)


def test_two_budgets_may_touch_but_not_overlap() -> None:
    refuse_overlap(parse_period("2026-H1"), [parse_period("2026-H2")])

    with pytest.raises(RuleError, match="已有2026年二季度的预算"):
        refuse_overlap(parse_period("2026-H1"), [parse_period("2026-Q2")])
