"""The calendar a company begins with: that of China where it counts in CNY, elsewhere Monday to Friday."""

from __future__ import annotations

from datetime import date

from dacheng.core.company import Frame
from dacheng.core.period import FAR_DAY, FIRST_DAY, date_of, day_of, ym_of
from dacheng.exchange.holidays_cn import CalendarRow, calendar_rows

WITH_KNOWN_HOLIDAYS = "CNY"
WEEKDAYS = "周一至周五"
"""Why a day is worked in a company that does not count in CNY: no public holidays are known for it."""

SATURDAY = 5


def first_calendar(currency: str, first_year: int, last_year: int) -> Frame:
    """Return every day of the years, both included, and whether it is worked. Raises as ``calendar_rows``."""
    of = calendar_rows if currency == WITH_KNOWN_HOLIDAYS else weekday_rows
    rows = of(first_year, last_year)
    days = [row.day for row in rows]
    return Frame(
        {
            "day": days,
            "ym": [ym_of(day) for day in days],
            "working": [int(row.working) for row in rows],
            "from_day": [FIRST_DAY] * len(days),
            "to_day": [FAR_DAY] * len(days),
        },
        {"source": [row.source for row in rows]},
    )


def weekday_rows(first_year: int, last_year: int) -> list[CalendarRow]:
    """Return every day of the years, both included, worked from Monday to Friday."""
    days = range(day_of(date(first_year, 1, 1)), day_of(date(last_year + 1, 1, 1)))
    return [CalendarRow(day, date_of(day).weekday() < SATURDAY, WEEKDAYS) for day in days]
