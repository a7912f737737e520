"""What the months of a plan follow: working days, weeks, the season with its festival, shares that are typed."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.calendar import Calendar
from dacheng.core.errors import RuleError
from dacheng.core.months import CALENDAR_MONTHS, Months, YearRule
from dacheng.core.period import day_of, ym_at
from dacheng.core.plans import month_ways
from dacheng.core.plans.breaking_down import broken_down
from dacheng.core.plans.days import BY_DAY, BY_WEEK, stretches
from dacheng.core.plans.month_ways import Choice, month_weights
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import ALIKE, PROFILE, SEASON, TYPED, WEEKS_445, WEEKS_454, WORKING
from dacheng.core.plans.sheet import Sheet
from dacheng.core.rules import Rules
from tests.core.plans.sheets import JANUARY, sheet


def calendar(off: tuple[str, ...] = (), on: tuple[str, ...] = ()) -> Calendar:
    """Return the days of 2026 to 2028 with weekdays worked, but for some."""
    first, end = day_of(date(2026, 1, 1)), day_of(date(2029, 1, 1))
    days = np.arange(first, end)
    working = (days + 3) % 7 < 5
    for text in off:
        working[day_of(date.fromisoformat(text)) - first] = False
    for text in on:
        working[day_of(date.fromisoformat(text)) - first] = True
    return Calendar.of(days, working)


def book(*, months: Months = CALENDAR_MONTHS, profile: list[int] | None = None, days: Calendar | None = None):
    """Return what a Book answers where there is no past."""
    rules = {"fiscal.start_month": 1, "fiscal.weekday": "monday", "history.years": 3}
    rules |= {f"season.month_{at}": one for at, one in enumerate(profile or [100] * 12, 1)}
    return SimpleNamespace(rules=Rules(rules), months=months, calendar=days or calendar())


@pytest.fixture
def no_past(monkeypatch):
    """Let no year be known."""
    history = SimpleNamespace(known=np.zeros((3, 12), dtype=np.bool_), amounts=np.zeros((3, 12), dtype=np.int64))
    monkeypatch.setattr(month_ways, "season_history", lambda *_args, **_kwargs: history)


def test_eighteen_million_over_a_quarter_of_4_4_5_are_the_golden_months():
    found = month_weights(book(), sheet([0], months=3), Choice(WEEKS_445))

    after = broken_down(sheet([0], months=3), 18_000_000_00, found.weight)
    assert after.amount[0].tolist() == [5_538_461_54, 5_538_461_54, 6_923_076_92]


def test_fifty_two_million_over_a_year_of_4_4_5_are_the_golden_months():
    found = month_weights(book(), sheet([0]), Choice(WEEKS_445))

    after = broken_down(sheet([0]), 52_000_000_00, found.weight)
    assert after.amount[0].tolist() == [4_000_000_00, 4_000_000_00, 5_000_000_00] * 4


def test_a_53rd_week_counts_where_the_company_itself_counts_in_these_weeks():
    weeks = Months((YearRule(0, "4-4-5", 0, "nearest", 1),))

    found = month_weights(book(months=weeks), of_year(2026), Choice(WEEKS_445))
    other = month_weights(book(months=weeks), of_year(2026), Choice(WEEKS_454))

    assert found.weight.tolist() == [4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 6]  # 2025-12-29 to 2027-01-03
    assert other.weight.tolist() == [4, 5, 4] * 4


def of_year(year: int) -> Sheet:
    one, first = sheet([0]), ym_at(year, 1)
    return replace(one, plan=replace(one.plan, from_ym=first, until_ym=first + 12, effective_ym=first))


def test_working_days_leave_out_holidays_and_count_days_made_up():
    spring = tuple(f"2027-02-{day:02d}" for day in range(5, 12))
    days = calendar(off=spring, on=("2027-02-13",))

    found = month_weights(book(days=days), sheet([0], months=2), Choice(WORKING))

    assert found.weight.tolist() == [21, 16]  # February 2027 has 20 weekdays, 5 of them off, one Saturday made up
    assert found.source.zh == "各月的工作日"


def test_a_calendar_that_does_not_reach_the_plan_says_which_day_is_missing():
    short = Calendar.of(np.arange(day_of(date(2026, 1, 1)), day_of(date(2027, 3, 1))), np.ones(424, dtype=np.bool_))

    with pytest.raises(RuleError, match="工作日历只有 2026-01-01 至 2027-02-28"):
        month_weights(book(days=short), sheet([0]), Choice(WORKING))


def test_a_short_past_leads_to_the_companys_profile_and_says_so(no_past):
    found = month_weights(book(profile=[60, 50, 90, 70, 80, 90, 60, 70, 90, 80, 110, 150]), sheet([0]), Choice(SEASON))

    assert found.by == PROFILE
    assert found.weight.tolist() == [6, 5, 9, 7, 8, 9, 6, 7, 9, 8, 11, 15]
    assert found.told[0].zh == "只有 0 年的历史，季节系数至少要 3 年。用公司季节曲线。"


def test_without_a_profile_of_its_own_the_months_are_alike_and_it_is_said(no_past):
    found = month_weights(book(), sheet([0]), Choice(SEASON))

    assert (found.by, found.weight.tolist()) == (ALIKE, [1] * 12)
    assert "各月相同" in found.told[0].zh


def test_a_profile_without_anything_is_refused_with_the_rules_to_change():
    with pytest.raises(RuleError, match="公司季节曲线的这些月份都是 0"):
        month_weights(book(profile=[0] * 12), sheet([0]), Choice(PROFILE))


def test_spring_festival_moves_what_january_and_february_have_together():
    days = calendar(off=tuple(f"2027-02-{day:02d}" for day in range(5, 13)))  # 21 days in January, 14 in February
    profile = [100, 40, *[100] * 10]

    found = month_weights(book(profile=profile, days=days), sheet([0]), Choice(PROFILE, spring=True))

    assert found.share(0) == Fraction(140 * 21, 35 * 1140)
    assert found.share(1) == Fraction(140 * 14, 35 * 1140)
    assert found.share(2) == Fraction(100, 1140)
    assert "春节" in found.source.zh


def test_spring_festival_is_refused_where_there_is_nothing_to_move_between():
    with pytest.raises(RuleError, match="春节移动用不上"):
        month_weights(book(), sheet([0], frozen=1), Choice(PROFILE, spring=True))


def test_an_uplift_of_thirty_percent_takes_from_the_others_in_proportion():
    found = month_weights(book(), sheet([0], months=2), Choice(ALIKE, lifts={JANUARY + 1: 3000}))

    assert (found.share(0), found.share(1)) == (Fraction(100, 230), Fraction(130, 230))
    assert found.lift_bp.tolist() == [0, 3000]


def test_an_uplift_of_a_month_that_stands_is_refused_by_name():
    with pytest.raises(RuleError, match="2027-01 不是方案还开放的月份"):
        month_weights(book(), sheet([0], frozen=1), Choice(ALIKE, lifts={JANUARY: 3000}))


def test_shares_that_are_no_whole_name_the_month_that_says_nothing():
    with pytest.raises(RuleError, match="还差 30%") as seen:
        month_weights(book(), sheet([0], months=3), Choice(TYPED, shares=[4000, 3000, None]))

    assert "2027-03" in seen.value.remedy.zh


def test_shares_of_the_open_months_make_the_whole():
    found = month_weights(book(), sheet([0], months=3, frozen=1), Choice(TYPED, shares=[None, 6000, 4000]))

    assert found.share(1, 1) == Fraction(3, 5)
    assert found.share(0, 1) == 0


WAYS = st.sampled_from([ALIKE, PROFILE, WORKING, WEEKS_445, WEEKS_454])


@given(
    WAYS,
    st.integers(-(10**13), 10**13),
    st.integers(0, 11),
    st.lists(st.integers(0, 10**5), min_size=12, max_size=12).filter(lambda one: all(one)),
    st.dictionaries(st.integers(0, 11), st.integers(-9_999, 100_000), max_size=3),
)
def test_whatever_the_months_follow_every_sum_holds_to_the_last_minor_unit(by, total, frozen, profile, lifts):
    empty = sheet([0, 1, 2, 2, 1], frozen=frozen)
    raised = {JANUARY + month: bp for month, bp in lifts.items() if month >= frozen}

    found = month_weights(book(profile=profile), empty, Choice(by, lifts=raised))

    after = broken_down(empty, total, found.weight)
    assert after.year[0] == total
    assert sums_of(after).broken == 0


@given(st.integers(-(10**13), 10**13), st.sampled_from([BY_WEEK, BY_DAY]), st.booleans())
def test_weeks_and_days_of_every_month_add_up_to_it(total, by, weeks):
    own = book(months=Months((YearRule(0, "4-4-5", 0, "nearest", 1),)) if weeks else CALENDAR_MONTHS)
    after = broken_down(sheet([0]), total, [1] * 12)

    found = list(stretches(own, after, 0, None, by))

    sums = {ym: sum(one.amount for one in found if one.ym == ym) for ym in {one.ym for one in found}}
    assert sums == {JANUARY + month: int(after.amount[0, month]) for month in range(12)}
    assert all(one.until - one.day <= 7 for one in found)


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(month_ways).failed == 0
