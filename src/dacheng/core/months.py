"""Which days each month of a company has: calendar months, or weeks counted 4-4-5 (R029).

A month keeps its number ``ym`` whatever its days are. A fiscal year whose pattern is ``months`` has
calendar months; one of weeks begins on a weekday near the first of its month and counts whole weeks,
the last month taking what is left, so that a 53rd week is its. A pattern is chosen for the fiscal
years that begin from a day on: the days of earlier years, and so closed months, never move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, overload

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FIRST_DAY, FIRST_YM, MONTHS_PER_YEAR, Period, date_of, first_day_of, ym_of, ym_text
from dacheng.core.rules import DatedRule, RuleValue

WEEK = 7
BY_MONTHS = "months"
WEEKS: Mapping[str, tuple[int, ...]] = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}
"""Pattern -> weeks of the three months of a quarter."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEAREST, LAST = "nearest", "last"
USUAL: Mapping[str, RuleValue] = {
    "fiscal.pattern": BY_MONTHS,
    "fiscal.weekday": WEEKDAYS[0],
    "fiscal.begins": NEAREST,
    "fiscal.start_month": 1,
}
"""The rules that decide, with the values that hold where none is given; a test compares the shipped defaults."""

_FIRST, _END = FIRST_YM - MONTHS_PER_YEAR, MONTHS_PER_YEAR * 10_000 + MONTHS_PER_YEAR
_THURSDAY = 3
"""Weekday of 1970-01-01, Monday being 0."""


@dataclass(frozen=True, slots=True)
class YearRule:
    """How fiscal years are divided that begin from a day on.

    Args:
        pattern: ``months`` or one of ``WEEKS``; weekday: on which such a year begins, Monday 0.
        begins: ``nearest`` to the first of the start month, or ``last`` on or before it.
    """

    from_day: int
    pattern: str
    weekday: int
    begins: str
    start_month: int


@dataclass(frozen=True, slots=True)
class Months:
    """The days of every month; without rules, calendar months.

    >>> weeks = Months((YearRule(0, "4-4-5", 0, NEAREST, 1),))
    >>> date_of(weeks.first_day_of(12 * 2026)).isoformat(), date_of(weeks.last_day_of(12 * 2026)).isoformat()
    ('2025-12-29', '2026-01-25')
    """

    rules: tuple[YearRule, ...] = ()

    @overload
    def first_day_of(self, ym: int) -> int: ...
    @overload
    def first_day_of(self, ym: IntArray) -> IntArray: ...
    def first_day_of(self, ym: Any) -> Any:
        """Return the first day of each month, years 1970 to 9999."""
        if not self.rules:
            return first_day_of(ym)
        found = _table(self.rules)[np.asarray(ym) - _FIRST]
        return found if found.ndim else int(found)

    @overload
    def last_day_of(self, ym: int) -> int: ...
    @overload
    def last_day_of(self, ym: IntArray) -> IntArray: ...
    def last_day_of(self, ym: Any) -> Any:
        """Return the last day of each month, inclusive."""
        return self.first_day_of(ym + 1) - 1

    @overload
    def ym_of(self, day: int) -> int: ...
    @overload
    def ym_of(self, day: IntArray) -> IntArray: ...
    def ym_of(self, day: Any) -> Any:
        """Return the month in which each day lies."""
        if not self.rules:
            return ym_of(day)
        found = np.searchsorted(_table(self.rules), np.asarray(day), side="right") - 1 + _FIRST
        return found if found.ndim else int(found)

    def from_day(self, period: Period) -> int:
        """Return the first day of a period."""
        return self.first_day_of(period.from_ym)

    def to_day(self, period: Period) -> int:
        """Return the day after the last one of a period."""
        return self.first_day_of(period.to_ym)

    def elapsed(self, period: Period, as_of_day: int) -> int:
        """Return how many months of a period have ended at the end of a day, 0 to all."""
        return min(max(self.ym_of(as_of_day + 1) - period.from_ym, 0), len(period))


CALENDAR_MONTHS = Months()


def months_of(rules: Iterable[DatedRule]) -> Months:
    """Return the months that a company's dated rules make, those of every day together.

    Raises:
        RuleError: two of them leave a month without a day; the month is named.
    """
    own = sorted((one for one in rules if one.name in USUAL), key=lambda one: one.from_day)
    if all(one.value == BY_MONTHS for one in own if one.name == "fiscal.pattern"):
        return CALENDAR_MONTHS
    days = sorted({FIRST_DAY, *(one.from_day for one in own)})
    found = Months(tuple(_year_rule(own, day) for day in days))
    _table(found.rules)
    return found


def refuse_moved(before: Months, after: Months, closed_through: int) -> None:
    """Refuse another division that would change the days of a closed month.

    Args:
        closed_through: the last closed month.

    Raises:
        RuleError: names the first month whose days would change.
    """
    closed = np.arange(FIRST_YM, closed_through + 2)
    moved = np.flatnonzero(before.first_day_of(closed) != after.first_day_of(closed))
    if moved.size:
        month = ym_text(max(int(closed[moved[0]]) - 1, FIRST_YM))
        raise RuleError(
            Text(
                f"{month} 起的月份已经关账，这样分月会改它们的日子。", f"Months from {month} are closed and would move."
            ),
            Text(
                "让新的分法从关账之后开始的财年起生效，或请财务重新打开这些月份。",
                "Let it hold for fiscal years that begin after the closed months, or ask finance to reopen them.",
            ),
        )


def _year_rule(own: list[DatedRule], day: int) -> YearRule:
    values = {**USUAL, **{one.name: one.value for one in own if one.from_day <= day}}
    weekday, begins = str(values["fiscal.weekday"]), str(values["fiscal.begins"])
    return YearRule(
        day, str(values["fiscal.pattern"]), WEEKDAYS.index(weekday), begins, int(values["fiscal.start_month"])
    )


@lru_cache(maxsize=1)
def _calendar() -> tuple[IntArray, IntArray]:
    """Return every month of 1969 to 10000 and its first day in the calendar, to be read only."""
    months = np.arange(_FIRST, _END)
    return months, first_day_of(months)


@lru_cache(maxsize=64)
def _table(rules: tuple[YearRule, ...]) -> IntArray:
    """Return the first day of every month of 1969 to 10000, shape (n,), ascending."""
    months, calendar = _calendar()
    found = calendar.copy()
    for at, rule in enumerate(rules):
        until = rules[at + 1].from_day if at + 1 < len(rules) else calendar[-MONTHS_PER_YEAR] + 1
        if rule.pattern in WEEKS:
            first = (rule.start_month - 1 - _FIRST) % MONTHS_PER_YEAR
            years = np.arange(first, len(months) - MONTHS_PER_YEAR + 1, MONTHS_PER_YEAR)
            years = years[(calendar[years] >= rule.from_day) & (calendar[years] < until)]
            weeks = np.cumsum((0, *WEEKS[rule.pattern] * 4))[:MONTHS_PER_YEAR]
            found[years[:, np.newaxis] + np.arange(MONTHS_PER_YEAR)] = (
                _year_begins(calendar[years], rule)[:, np.newaxis] + WEEK * weeks
            )
    _check_ascending(months, found)
    return found


def _year_begins(first: IntArray, rule: YearRule) -> IntArray:
    """Return the day on which each year begins, by the first of its month."""
    back = (first + _THURSDAY - rule.weekday) % WEEK
    if rule.begins == LAST:
        return first - back
    return np.where(back <= WEEK // 2, first - back, first - back + WEEK)


def _check_ascending(months: IntArray, first: IntArray) -> None:
    wrong = np.flatnonzero(np.diff(first) <= 0)
    if wrong.size:
        year, month = divmod(int(months[wrong[0]]), MONTHS_PER_YEAR)
        day = date_of(max(int(first[wrong[0]]), FIRST_DAY))
        raise RuleError(
            Text(
                f"这样 {year}-{month + 1:02d} 没有一天（从 {day} 起）。",
                f"This leaves {year}-{month + 1:02d} without a day (from {day}).",
            ),
            Text("让新的划分从一个财年的开始起。", "Let the new pattern hold from the beginning of a fiscal year."),
        )
