"""Budget from the target and its spread over the year (R034, R035, R038; golden case G08)."""

from __future__ import annotations

import doctest
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.budget import budgeting
from dacheng.core.budget.budgeting import Budget, ProjectLine, RatedTarget, budget_of, spread_budget
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import Period, parse_period

CONTRACTS, MARGIN = Text("合同额", "Contracts"), Text("毛利", "Margin")
FIVE_PERCENT = Fraction(5, 100)
QUARTERS = [parse_period(f"2026-Q{number}") for number in (1, 2, 3, 4)]
SEASON = np.array([18, 24, 23, 35])


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(budgeting).failed == 0


def test_g08_three_million_and_five_percent_of_a_hundred_million_over_four_quarters() -> None:
    budget = budget_of(3_000_000_00, [RatedTarget(CONTRACTS, FIVE_PERCENT, 100_000_000_00)])

    plan = spread_budget(budget, QUARTERS, SEASON)

    assert budget.from_target == 8_000_000_00
    assert plan.fixed.tolist() == [750_000_00] * 4
    assert plan.variable.tolist() == [900_000_00, 1_200_000_00, 1_150_000_00, 1_750_000_00]
    assert plan.from_target.tolist() == [1_650_000_00, 1_950_000_00, 1_900_000_00, 2_500_000_00]
    assert budget.notes == plan.notes == ()


def test_a_negative_or_zero_target_brings_no_variable_budget_and_says_so() -> None:
    targets = [(CONTRACTS, -5_000_00), (MARGIN, 0)]

    budget = budget_of(100, [RatedTarget(measure, FIVE_PERCENT, target) for measure, target in targets])

    assert [part.amount for part in budget.parts] == [0, 0]
    assert all(part.why and "按 0 计" in part.why.zh for part in budget.parts)
    assert budget.from_target == 100
    assert [(note.code, note.count) for note in budget.notes] == [("budget/target-not-positive", 2)]


def test_a_target_that_is_not_set_is_unknown_and_not_zero() -> None:
    budget = budget_of(0, [RatedTarget(CONTRACTS, FIVE_PERCENT, None), RatedTarget(MARGIN, FIVE_PERCENT, 200_00)])

    assert [part.amount for part in budget.parts] == [None, 10_00]
    assert [(note.code, note.count) for note in budget.notes] == [("budget/target-unknown", 1)]


def test_each_measure_is_rounded_half_away_from_zero_once() -> None:
    budget = budget_of(0, [RatedTarget(CONTRACTS, Fraction(1, 2), 5), RatedTarget(MARGIN, Fraction(1, 2), 5)])

    assert [part.amount for part in budget.parts] == [3, 3]


def test_fixed_weights_spread_the_fixed_part_by_working_days() -> None:
    plan = spread_budget(budget_of(100, []), QUARTERS, SEASON, fixed_weights=[58, 61, 66, 61])

    assert plan.fixed.tolist() == [23, 25, 27, 25]


def test_a_project_over_two_years_counts_only_this_years_months() -> None:
    across = ProjectLine("灯塔客户", 1_800_00, parse_period("2025-11..2026-04"), approver="王总")

    plan = spread_budget(budget_of(0, [], [across]), QUARTERS, SEASON)

    assert plan.project.tolist() == [900_00, 300_00, 0, 0]
    assert plan.outside == 600_00
    assert [note.code for note in plan.notes] == ["budget/project-in-other-years"]


def test_a_project_without_an_approver_is_not_effective_and_told() -> None:
    line = ProjectLine("POC", 500_00, parse_period("2026-Q2"), approver=" ")

    budget = budget_of(0, [], [line])

    assert (budget.projects, budget.waiting) == ((), (line,))
    assert spread_budget(budget, QUARTERS, SEASON).project.sum() == 0
    assert "500.00 元" in budget.notes[0].text.zh and "500.00" in budget.notes[0].text.en


@pytest.mark.parametrize(
    ("fixed", "rate", "project", "named"),
    [(-1, 0, 0, "固定预算"), (0, -1, 0, "合同额"), (0, 0, -1, "灯塔客户")],
)
def test_a_negative_part_is_refused_by_name(fixed: int, rate: int, project: int, named: str) -> None:
    line = ProjectLine("灯塔客户", project, QUARTERS[0], "王总")

    with pytest.raises(RuleError) as refused:
        budget_of(fixed, [RatedTarget(CONTRACTS, Fraction(rate, 100), 100)], [line])

    assert named in refused.value.message.zh and "不能为负" in refused.value.message.zh
    assert refused.value.remedy.zh and refused.value.remedy.en


@pytest.mark.parametrize(
    ("periods", "season", "seen"),
    [
        (QUARTERS[:3], [1, 1, 1, 1], "有 3 个期间，季节权重却有 4 个"),
        ([QUARTERS[0], QUARTERS[2]], [1, 1], "2026年一季度之后是2026年三季度"),
        (QUARTERS, [0, 0, 0, 0], "权重全部为 0"),
    ],
)
def test_periods_and_weights_that_do_not_fit_are_refused(periods: list[Period], season: list[int], seen: str) -> None:
    with pytest.raises(RuleError) as refused:
        spread_budget(budget_of(100, [RatedTarget(CONTRACTS, FIVE_PERCENT, 100)]), periods, season)

    assert seen in refused.value.message.zh


LINES = st.builds(
    ProjectLine,
    st.just("项目"),
    st.integers(0, 10**9),
    st.tuples(st.integers(24_300, 24_340), st.integers(1, 30)).map(lambda at: Period(at[0], at[0] + at[1])),
    st.sampled_from(["", "王总"]),
)


@settings(max_examples=30)
@given(
    st.integers(0, 10**10),
    st.lists(st.tuples(st.integers(0, 2_000), st.none() | st.integers(-(10**9), 10**12)), max_size=3),
    st.lists(LINES, max_size=3),
    st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any),
)
def test_every_part_of_the_year_adds_up_to_its_whole(
    fixed: int, rated: list[tuple[int, int | None]], lines: list[ProjectLine], season: list[int]
) -> None:
    budget = budget_of(fixed, [RatedTarget(CONTRACTS, Fraction(bp, 10_000), target) for bp, target in rated], lines)

    plan = spread_budget(budget, QUARTERS, season)

    assert (plan.fixed.sum(), plan.variable.sum()) == (budget.fixed, budget.variable)
    assert plan.project.sum() + plan.outside == sum(line.amount for line in budget.projects)
    assert plan.project.tolist() == _project_month_by_month(budget)
    assert min(plan.fixed.min(), plan.variable.min(), plan.project.min(), plan.outside) >= 0


def _project_month_by_month(budget: Budget) -> list[int]:
    """The same by handing out one month after the other: the odd units go to the first months."""
    spent = [0, 0, 0, 0]
    for line in budget.projects:
        each, odd = divmod(line.amount, len(line.period))
        for at, ym in enumerate(line.period.months()):
            quarter = next((number for number, one in enumerate(QUARTERS) if ym in one), None)
            if quarter is not None:
                spent[quarter] += each + (at < odd)
    return spent
