"""Working days of mainland China, to seed the company's own calendar table (中国工作日历).

Years the State Council has announced come from ``chinesecalendar``, with 调休. Years it
does not know yet are weekdays less the statutory holidays of ``holidays``; each of their
rows says 「国务院未公布」, so that nobody takes them for the real thing.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import chinese_calendar
import holidays

from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of, day_of

ANNOUNCED = "国务院公布"
NOT_ANNOUNCED = "国务院未公布"

FIRST_YEAR, LAST_YEAR = 2004, 2099
"""The first year of ``chinesecalendar`` and the last of the lunar tables in ``holidays``."""


class CalendarRow(NamedTuple):
    """One day of the calendar table."""

    day: int
    working: bool
    source: str


def calendar_rows(first_year: int, last_year: int) -> list[CalendarRow]:
    """Return one row for every day of the years, both included, in order.

    Raises:
        RuleError: the years are swapped, or outside 2004 to 2099.

    Source: notices of the General Office of the State Council (``chinesecalendar``);
        全国年节及纪念日放假办法 (``holidays``).
    """
    if not FIRST_YEAR <= first_year <= last_year <= LAST_YEAR:
        raise RuleError(
            Text(f"没有 {first_year} 至 {last_year} 年的放假安排。", f"No holidays for {first_year} to {last_year}."),
            Text(f"请选 {FIRST_YEAR} 至 {LAST_YEAR} 年，起始年在前。", f"Choose years of {FIRST_YEAR} to {LAST_YEAR}."),
        )
    return [row for year in range(first_year, last_year + 1) for row in _rows_of(year)]


def _rows_of(year: int) -> list[CalendarRow]:
    days = range(day_of(date(year, 1, 1)), day_of(date(year + 1, 1, 1)))
    if is_announced(year):
        return [CalendarRow(day, bool(chinese_calendar.is_workday(date_of(day))), ANNOUNCED) for day in days]
    statutory = holidays.country_holidays("CN", years=year)
    return [CalendarRow(day, statutory.is_working_day(date_of(day)), NOT_ANNOUNCED) for day in days]


def is_announced(year: int) -> bool:
    """Tell whether the State Council's arrangement of a year is known here."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
