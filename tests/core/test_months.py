"""The days of months counted in weeks: every day in one month, years of 52 or 53 weeks, earlier years unmoved."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.months import (
    CALENDAR_MONTHS,
    LAST,
    NEAREST,
    USUAL,
    WEEKDAYS,
    WEEKS,
    Months,
    months_of,
    refuse_moved,
)
from dacheng.core.period import FAR_DAY, FIRST_DAY, FiscalYear, Period, date_of, day_of, first_day_of, ym_at, ym_of
from dacheng.core.rules import DatedRule
from dacheng.core.targets.spreading import spread
from dacheng.exchange.defaults import default_rules

PATTERNS, BEGINS = st.sampled_from(sorted(WEEKS)), st.sampled_from([NEAREST, LAST])
DAYS = st.integers(0, 30_000)


def divided(pattern: str = "4-4-5", weekday: str = "monday", begins: str = NEAREST, start: int = 1, since: int = 0):
    values = {"fiscal.pattern": pattern, "fiscal.weekday": weekday, "fiscal.begins": begins}
    return months_of(
        [DatedRule("fiscal.start_month", 0, start), *(DatedRule(name, since, one) for name, one in values.items())]
    )


def year_begins(year: int, weekday: str, begins: str, start: int) -> date:
    """Walk from the first of the month to the day on which the year begins."""
    first = date(year, start, 1)
    back = next(
        first - timedelta(at) for at in range(7) if (first - timedelta(at)).weekday() == WEEKDAYS.index(weekday)
    )
    ahead = back + timedelta(7)
    return back if begins == LAST or (first - back) <= (ahead - first) else ahead


def month_by_walking(day: date, pattern: str, weekday: str, begins: str, start: int) -> int:
    """Return the month of a day by counting weeks from the beginning of its year."""
    year = max(y for y in (day.year - 1, day.year, day.year + 1) if year_begins(y, weekday, begins, start) <= day)
    week = (day - year_begins(year, weekday, begins, start)).days // 7
    for month, weeks in enumerate(WEEKS[pattern] * 4):
        if week < weeks or month == 11:
            return ym_at(year, start) + month
        week -= weeks
    raise AssertionError


@given(DAYS, PATTERNS, st.sampled_from(WEEKDAYS), BEGINS, st.integers(1, 12))
def test_a_day_lies_in_the_month_to_which_its_week_is_counted(day, pattern, weekday, begins, start):
    months = divided(pattern, weekday, begins, start)
    shown = date_of(day + 800)

    assert months.ym_of(day + 800) == month_by_walking(shown, pattern, weekday, begins, start)


@given(PATTERNS, st.sampled_from(WEEKDAYS), BEGINS, st.integers(1, 12), st.integers(1971, 9990))
def test_months_follow_one_another_in_whole_weeks_and_a_year_has_52_or_53(pattern, weekday, begins, start, year):
    months = divided(pattern, weekday, begins, start)
    period = FiscalYear(start).year(year)

    lengths = np.diff(months.first_day_of(np.arange(period.from_ym, period.to_ym + 1))) // 7

    assert lengths[:11].tolist() == list((WEEKS[pattern] * 4)[:11])
    assert lengths[11] - WEEKS[pattern][2] in (0, 1)
    assert date_of(months.from_day(period)).weekday() == WEEKDAYS.index(weekday)
    assert abs(months.from_day(period) - first_day_of(period.from_ym)) <= (3 if begins == NEAREST else 6)


@given(st.lists(DAYS, min_size=1, max_size=40), PATTERNS, BEGINS, st.integers(1, 12), st.integers(0, 20_000))
def test_every_day_lies_in_exactly_one_month_whatever_is_divided_and_since_when(days, pattern, begins, start, since):
    months = divided(pattern, "sunday", begins, start, since)

    found = months.ym_of(np.array(days))

    assert (months.first_day_of(found) <= days).all() and (days < months.first_day_of(found + 1)).all()
    assert found.tolist() == [months.ym_of(day) for day in days]


@given(st.integers(0, 30_000), st.integers(1, 12), st.integers(0, 20_000))
def test_years_that_began_before_the_rule_keep_their_days_but_for_the_end_of_the_last(day, start, since):
    months = divided(start=start, since=since)
    first = next(
        ym for ym in range(ym_of(since), ym_of(since) + 14) if first_day_of(ym) >= since and ym % 12 == start - 1
    )

    if day < first_day_of(first) - 6:
        assert months.ym_of(day) == ym_of(day)


def test_without_a_pattern_months_are_those_of_the_calendar_to_the_last_day():
    days, yms = np.arange(0, FAR_DAY, 1_009), np.arange(ym_at(1970, 1), ym_at(9999, 12))

    assert months_of([DatedRule("fiscal.start_month", 0, 4)]) is CALENDAR_MONTHS
    assert (CALENDAR_MONTHS.ym_of(days) == ym_of(days)).all()
    assert (CALENDAR_MONTHS.first_day_of(yms) == first_day_of(yms)).all()


def test_a_53rd_week_goes_to_the_last_month():
    months = divided("4-4-5", "sunday", LAST)  # 2023 ends on Saturday 30 December, 2022 on the 31st
    last_months = {
        year: months.last_day_of(ym_at(year, 12)) - months.first_day_of(ym_at(year, 12)) + 1
        for year in range(2019, 2030)
    }

    assert {year for year, days in last_months.items() if days == 6 * 7} == {2022, 2028}
    assert {days for year, days in last_months.items() if year not in (2022, 2028)} == {5 * 7}


def test_eighteen_million_over_a_quarter_and_fifty_two_over_a_year_of_4_4_5():
    months, year = divided("4-4-5"), FiscalYear().year(2027)
    quarter = FiscalYear().quarter(2027, 1)

    assert spread(18_000_000_00, quarter, months).tolist() == [5_538_461_54, 5_538_461_54, 6_923_076_92]
    assert (spread(52_000_000_00, year, months) // 1_000_000_00).tolist() == [4, 4, 5] * 4
    assert spread(100, quarter, CALENDAR_MONTHS).tolist() == [34, 33, 33]


@given(st.integers(-(10**12), 10**12), PATTERNS, st.integers(1, 24))
def test_a_spread_target_adds_up(amount, pattern, length):
    period = Period(ym_at(2026, 5), ym_at(2026, 5) + length)

    assert spread(amount, period, divided(pattern)).sum() == amount


def test_a_division_that_moves_a_closed_month_is_refused_and_one_that_does_not_is_let_through():
    before, from_2027 = CALENDAR_MONTHS, divided(since=day_of(date(2027, 1, 1)))

    refuse_moved(before, from_2027, ym_at(2026, 11))
    with pytest.raises(RuleError, match="2026-12 起的月份已经关账"):
        refuse_moved(before, from_2027, ym_at(2026, 12))


def test_a_start_month_that_moves_within_a_year_of_weeks_leaves_no_month_without_a_day():
    rules = [DatedRule("fiscal.pattern", 0, "5-4-4"), DatedRule("fiscal.start_month", 0, 1)]
    later = [*rules, DatedRule("fiscal.start_month", day_of(date(2026, 3, 1)), 7)]

    months = months_of(later)

    yms = np.arange(ym_at(2024, 1), ym_at(2030, 1))
    assert (np.diff(months.first_day_of(yms)) > 0).all()


def test_what_holds_without_a_rule_is_what_ships():
    _, shipped = default_rules()

    assert {one.name: one.value for one in shipped if one.name in USUAL} == dict(USUAL)
    assert all(one.from_day == FIRST_DAY for one in shipped if one.name in USUAL)
    assert months_of(shipped) == Months()
