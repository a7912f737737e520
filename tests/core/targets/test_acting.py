"""Action targets (R053; golden case G13)."""

from __future__ import annotations

import doctest
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError, Text
from dacheng.core.targets import acting
from dacheng.core.targets.acting import PlannedAction, action_target, implied_conversions

VISITS, A_LEADS = PlannedAction(Text("拜访", "Visits"), 8), PlannedAction(Text("A类线索", "A-class leads"), 3)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(acting).failed == 0


def test_g13_ten_customers_a_month_imply_a_conversion_per_visit_and_per_lead() -> None:
    per_visit, per_lead = implied_conversions(10, 4, [VISITS, A_LEADS])

    assert (per_visit.planned, f"{float(per_visit.conversion or 0):.2%}") == (32, "31.25%")
    assert (per_lead.planned, f"{float(per_lead.conversion or 0):.2%}") == (12, "83.33%")


def test_g13_at_twenty_percent_it_takes_thirteen_visits_a_week() -> None:
    found = action_target(10, 4, converted=20, tried=100, prior=None, planned=VISITS)

    assert (found.wins_per_week, found.needed, found.whole) == (Fraction(5, 2), Fraction(25, 2), 13)
    assert (found.measured, found.rate, found.short, found.notes) == (True, Fraction(1, 5), 5, ())


def test_a_measured_conversion_of_zero_uses_the_prior_and_says_so() -> None:
    found = action_target(10, 4, converted=0, tried=40, prior=Fraction(1, 4))

    assert (found.measured, found.rate, found.whole) == (False, Fraction(1, 4), 10)
    assert "40 次动作没有一次转化" in found.notes[0].text.zh and "prior rate" in found.notes[0].text.en


def test_without_any_record_the_prior_is_used_too() -> None:
    found = action_target(10, 4, converted=0, tried=0, prior=Fraction(1, 4))

    assert found.whole == 10 and "还没有动作记录" in found.notes[0].text.zh


@pytest.mark.parametrize("prior", [None, Fraction(0)])
def test_without_a_rate_it_is_off_with_the_reason(prior: Fraction | None) -> None:
    found = action_target(10, 4, converted=0, tried=40, prior=prior, planned=VISITS)

    assert (found.needed, found.whole, found.short) == (None, None, None)
    assert found.off is not None and found.notes == ()


def test_a_plan_with_fewer_actions_than_wins_or_none_at_all_says_so() -> None:
    none = PlannedAction(Text("需求报告", "Requirement reports"), 0)

    too_few, nothing = implied_conversions(10, 2, [A_LEADS, none])

    assert too_few.conversion == Fraction(10, 6) and too_few.why is not None
    assert nothing.conversion is None and nothing.why is not None


@pytest.mark.parametrize(
    ("wins", "weeks", "converted", "tried", "prior", "seen"),
    [
        (-1, 4, 1, 2, None, "「要赢的数」是 -1"),
        (1, 0, 1, 2, None, "「周数」是 0"),
        (1, 4, 3, 2, None, "2 次动作里有 3 次转化"),
        (1, 4, -1, 2, None, "2 次动作里有 -1 次转化"),
        (1, 4, 0, 2, Fraction(20), "先验转化率是 2000.00%"),
    ],
)
def test_numbers_that_cannot_be_are_refused(
    wins: int, weeks: int, converted: int, tried: int, prior: Fraction | None, seen: str
) -> None:
    with pytest.raises(RuleError, match=seen):
        action_target(wins, weeks, converted=converted, tried=tried, prior=prior)


@settings(max_examples=40)
@given(st.integers(0, 500), st.integers(1, 52), st.integers(1, 100), st.integers(0, 400))
def test_the_whole_actions_reach_the_wins_and_one_less_does_not(
    wins: int, weeks: int, converted: int, failed: int
) -> None:
    whole = action_target(wins, weeks, converted=converted, tried=converted + failed, prior=None).whole

    assert whole is not None
    reached = Fraction(whole * weeks * converted, converted + failed)
    one_less = Fraction((whole - 1) * weeks * converted, converted + failed)
    assert one_less < wins <= reached
