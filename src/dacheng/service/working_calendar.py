"""The working calendar (工作日历) as people look at it and change it: a month, a year at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of
from dacheng.exchange.holidays_cn import calendar_rows
from dacheng.store.actions.calendar import set_calendar_days
from dacheng.store.periods import company_months
from dacheng.store.queries.calendar import CalendarDay, calendar_days, calendar_span

__all__ = ["CalendarDay", "CalendarMonth", "fill_year", "missing_year", "month_shown", "set_days"]


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month of the calendar.

    Args:
        days: every day of the month in order; None where the calendar does not know it.
    """

    ym: int
    days: Mapping[int, CalendarDay | None]

    @property
    def working_days(self) -> int | None:
        """Return how many days are worked; None when one is not known."""
        if any(day is None for day in self.days.values()):
            return None
        return sum(day.working for day in self.days.values() if day is not None)


def month_shown(ym: int) -> CalendarMonth:
    """Return a month of the calendar."""
    months = company_months()
    first, end = months.first_day_of(ym), months.first_day_of(ym + 1)
    known = calendar_days(first, end)
    return CalendarMonth(ym, {day: known.get(day) for day in range(first, end)})


def missing_year(ym: int) -> int | None:
    """Return the year that can be filled at once so that the calendar comes nearer to a month; None when it is there.

    The calendar has no gaps, so the year is the next one on the month's side.
    """
    span = calendar_span()
    if span is None:
        return ym // 12
    first, end = span
    months = company_months()
    begins, ends = months.first_day_of(ym), months.first_day_of(ym + 1)
    if first <= begins and ends <= end:
        return None
    return date_of(first - 1).year if begins < first else date_of(end).year


def set_days(actor: Viewer, at: datetime, days: Mapping[int, bool], source: str) -> int:
    """Say for days whether they are worked, with the reason; return how many changed.

    Raises:
        RuleError: no source is given, or a day would be missing in between. NotAllowed: the actor may not.
    """
    if not source.strip():
        raise RuleError(
            Text("没有写依据。", "No source is given."),
            Text("写明依据，例如「公司通知 2026-12」。", "Say where it comes from, for example a notice and its date."),
        )
    return set_calendar_days(actor=actor, at=at, days=days, source=source.strip())


def fill_year(actor: Viewer, at: datetime, year: int) -> int:
    """Fill the days of a year that are not known yet from the arrangement of the State Council; return how many.

    A year that is not announced yet is weekdays less the statutory holidays, and says so.

    Raises:
        RuleError: no arrangement is known, or a day would be missing in between. NotAllowed: the actor may not.
    """
    rows = calendar_rows(year, year)
    known = calendar_days(rows[0].day, rows[-1].day + 1)
    days = {row.day: row.working for row in rows if row.day not in known}
    return set_calendar_days(actor=actor, at=at, days=days, source=rows[0].source)
