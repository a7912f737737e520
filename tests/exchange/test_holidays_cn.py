"""Working days of mainland China: announced years with 调休, later ones flagged."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from dacheng.core.calendar import Calendar
from dacheng.core.errors import RuleError
from dacheng.core.period import day_of
from dacheng.exchange.holidays_cn import ANNOUNCED, NOT_ANNOUNCED, calendar_rows, is_announced

UNKNOWN_YEAR = next(year for year in range(2026, 2100) if not is_announced(year))


def test_an_announced_year_knows_holidays_and_worked_weekends() -> None:
    rows = {row.day: row for row in calendar_rows(2025, 2025)}

    assert not rows[day_of(date(2025, 10, 8))].working  # a Wednesday of the national holiday
    assert rows[day_of(date(2025, 10, 11))].working  # the Saturday worked for it
    assert not rows[day_of(date(2025, 10, 12))].working
    assert {row.source for row in rows.values()} == {ANNOUNCED}
    assert (len(rows), sum(row.working for row in rows.values())) == (365, 248)


def test_a_year_not_yet_announced_keeps_the_statutory_days_and_is_flagged() -> None:
    rows = {row.day: row for row in calendar_rows(UNKNOWN_YEAR, UNKNOWN_YEAR)}

    assert {row.source for row in rows.values()} == {NOT_ANNOUNCED}
    for holiday in (date(UNKNOWN_YEAR, 1, 1), date(UNKNOWN_YEAR, 5, 1), date(UNKNOWN_YEAR, 10, 1)):
        assert not rows[day_of(holiday)].working


def test_weekends_of_a_year_not_yet_announced_are_free() -> None:
    first = date(UNKNOWN_YEAR, 1, 1)
    weekends = {day_of(first + timedelta(at)) for at in range(365) if (first + timedelta(at)).weekday() >= 5}

    worked = {row.day for row in calendar_rows(UNKNOWN_YEAR, UNKNOWN_YEAR) if row.working}

    assert not worked & weekends
    assert 240 <= len(worked) <= 252


def test_the_rows_of_several_years_make_a_calendar_without_a_gap() -> None:
    rows = calendar_rows(UNKNOWN_YEAR - 1, UNKNOWN_YEAR)

    made = Calendar.of(np.array([row.day for row in rows]), np.array([row.working for row in rows]))

    assert made.first_day == day_of(date(UNKNOWN_YEAR - 1, 1, 1))
    assert made.end_day == day_of(date(UNKNOWN_YEAR + 1, 1, 1))


@pytest.mark.parametrize("years", [(2026, 2025), (2003, 2005), (2090, 2100)])
def test_years_without_a_source_are_refused(years: tuple[int, int]) -> None:
    with pytest.raises(RuleError) as refused:
        calendar_rows(*years)

    assert "2004 至 2099" in refused.value.remedy.zh
