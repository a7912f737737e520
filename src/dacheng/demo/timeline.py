"""The days of the invented company: its window, its working days and its season."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np

from dacheng.core.arrays import FloatArray, IntArray
from dacheng.core.period import date_of, first_day_of, ym_at, ym_of
from dacheng.demo.evenly import stratified

SEASON: IntArray = np.array([42, 34, 71, 66, 72, 100, 71, 73, 108, 77, 112, 174], dtype=np.int64)
"""Share of a year's signings by calendar month: quiet at Spring Festival, full at quarter ends and in December."""

EVEN: IntArray = np.full(12, 100, dtype=np.int64)
"""Months of equal weight, for what has no season: deals are lost all year."""

YEARS = 3
"""This fiscal year and the two before it are told."""

LEAD_DAYS = 150
"""Deals end from so long before the first of these years on; they begin up to a year before it."""

GROWTH = 1.12
"""So much more is signed every year."""


def stream(seed: int, topic: str) -> np.random.Generator:
    """Return the random numbers of one topic, so that one topic never shifts another."""
    return np.random.default_rng([seed, zlib.crc32(topic.encode())])


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The window ``[start, as_of]`` in days and the working days around it.

    Args:
        first: the first day on which a deal may begin.
        start: the first day on which one may end.
        worked: every working day of the calendar, ascending.
    """

    as_of: int
    first: int
    start: int
    year_start: int
    worked: IntArray

    @classmethod
    def until(cls, as_of: int, worked: IntArray) -> Timeline:
        """Return the window that ends on a day; the fiscal year is the calendar year."""
        year_start = first_day_of(ym_at(date_of(as_of).year, 1))
        told_from = first_day_of(ym_of(year_start) - 12 * (YEARS - 1))
        first = first_day_of(ym_of(told_from) - 12)
        return cls(as_of, int(worked[np.searchsorted(worked, first)]), told_from - LEAD_DAYS, year_start, worked)

    def fiscal_year(self, back: int) -> Timeline:
        """Return the window as it was at the end of the fiscal year so many years ago; 0 = the running one as it is."""
        if not back:
            return self
        year_start = first_day_of(self.year_ym - 12 * back)
        return replace(self, as_of=first_day_of(self.year_ym - 12 * (back - 1)) - 1, year_start=year_start)

    @property
    def year_ym(self) -> int:
        """Return the first month of the fiscal year."""
        return ym_of(self.year_start)

    def on_or_before(self, days: IntArray) -> IntArray:
        """Return the last working day that is not after each day."""
        return self.worked[np.searchsorted(self.worked, days, side="right") - 1]

    def on_or_after(self, days: IntArray) -> IntArray:
        """Return the first working day that is not before each day."""
        return self.worked[np.searchsorted(self.worked, days, side="left")]

    def month_start(self, months_back: int) -> int:
        """Return the first day of the month so many months before the as-of day's month."""
        return first_day_of(ym_of(self.as_of) - months_back)

    def seasonal_days(self, rng: np.random.Generator, count: int, first: int, season: IntArray) -> IntArray:
        """Draw working days of ``[first, as_of]``: by month's season, more of them late in the month."""
        days = self.worked[(self.worked >= first) & (self.worked <= self.as_of)]
        running = np.cumsum(self._pull(days, season))
        drawn = np.searchsorted(running, stratified(rng, count) * running[-1], side="right")
        return np.asarray(days[drawn], dtype=np.int64)

    def _pull(self, days: IntArray, season: IntArray) -> FloatArray:
        """Return how likely each working day is to be drawn."""
        months = ym_of(days)
        begins, ends = first_day_of(months), first_day_of(months + 1)
        ordered, worked = np.unique(ym_of(self.worked), return_counts=True)
        per_day = season[months % 12] / worked[np.searchsorted(ordered, months)]
        late = 1.0 + 1.5 * ((days - begins) / (ends - begins) > 0.66)
        years = (months - self.year_ym) // 12
        return np.asarray(per_day * late * GROWTH**years, dtype=np.float64)

    def elapsed_season(self) -> FloatArray:
        """Return how much of each month of the fiscal year has gone by, shape (12,), 0 to 1."""
        begins = first_day_of(self.year_ym + np.arange(13))
        return np.clip((self.as_of + 1 - begins[:-1]) / np.diff(begins), 0.0, 1.0)
