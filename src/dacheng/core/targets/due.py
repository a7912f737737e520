"""What is due by a day (应到): the planned months gone by and the part of the current one.

The plan itself is the seasonal curve: months that have ended count in full, the current
month by the share of its working days that have passed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.calendar import Calendar
from dacheng.core.money import round_half_away
from dacheng.core.months import Months
from dacheng.core.period import Period


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How much of a period has gone by at the end of a day.

    Args:
        months: months that have ended.
        days, of_days: days of the current month that have passed, of all its days;
            ``of_days`` is 0 when no month of the period is current.
        by_working_days: days are working days; False where the calendar does not know
            the month (or it has none), then all days count.
    """

    months: int
    days: int = 0
    of_days: int = 0
    by_working_days: bool = True


def elapsed_of(period: Period, as_of_day: int, calendar: Calendar, months: Months) -> Elapsed:
    """Return how much of a period has gone by at the end of a day.

    Source: R196 (seasonal plan), settled decision "Rounding".
    """
    ended = months.elapsed(period, as_of_day)
    current = months.ym_of(as_of_day + 1)
    if current not in period:
        return Elapsed(ended)
    first, end, now = months.first_day_of(current), months.first_day_of(current + 1), as_of_day + 1
    if calendar.first_day <= first and end <= calendar.end_day and calendar.working_days(first, end):
        return Elapsed(ended, calendar.working_days(first, now), calendar.working_days(first, end))
    return Elapsed(ended, now - first, end - first, by_working_days=False)


def due_amount(months: IntArray, elapsed: Elapsed) -> IntArray:
    """Return what is due, rounded half away from zero once.

    Defined as::  months ended + current month * days passed / days of the month

    Args:
        months: shape (..., n), the planned amount of each month of the period.

    >>> due_amount(np.array([100, 101, 300]), Elapsed(1, 11, 22)).item()
    151
    """
    due: IntArray = np.sum(months[..., : elapsed.months], axis=-1, dtype=np.int64)
    if elapsed.of_days:
        due = due + round_half_away(months[..., elapsed.months] * elapsed.days, elapsed.of_days)
    return due
