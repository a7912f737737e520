"""The working calendar with the source of each day."""

from __future__ import annotations

from dataclasses import dataclass

from dacheng.store.bulk import fetch_rows, select_rows


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day, whether it is worked, and where that comes from."""

    day: int
    working: bool
    source: str


def calendar_days(first: int, end: int) -> dict[int, CalendarDay]:
    """Return the days of ``[first, end)`` that the calendar knows."""
    span = f"day >= {int(first)} AND day < {int(end)}"
    rows = select_rows("rec_calendar", ["day", "working", "source"], [(span, None), ("NOT removed", None)])
    return {day: CalendarDay(day, bool(working), source) for day, working, source in rows}


def calendar_span() -> tuple[int, int] | None:
    """Return the first day the calendar knows and the day after its last; None when it is empty."""
    [(first, last)] = fetch_rows("SELECT MIN(day), MAX(day) FROM rec_calendar WHERE NOT removed")
    return None if first is None else (int(first), int(last) + 1)
