"""Weeks (周): Monday to Sunday, what was planned and done in each (R053, R054).

A week has the plan of the month its Monday is in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.activity.schema import KINDS
from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.filtering import EVERYTHING, Filter, between, equal

WEEK = 7
_MONDAY = 3
"""1970-01-01 was a Thursday."""

PLANNED = "SELECT unit_id, person_id, kind, ym, per_week FROM action_targets"
DONE = "SELECT unit_id, person_id, kind, day, times FROM actions_done"


def monday_of(day: int) -> int:
    """Return the Monday of a day's week.

    >>> monday_of(4), monday_of(10), monday_of(11)
    (4, 4, 11)
    """
    return day - (day + _MONDAY) % WEEK


@dataclass(frozen=True)
class Weeks:
    """What people planned and did in some weeks on end, of each action.

    Args:
        monday: of the last week. unit_id, person_id, kind: shape (n,), whose and of what, in order.
        planned, known: shape (n, weeks), a week, and where anything is planned.
        done: shape (n, weeks). today: shape (n,), on the as-of day.
    """

    monday: int
    unit_id: IntArray
    person_id: IntArray
    kind: IntArray
    planned: IntArray
    known: BoolArray
    done: IntArray
    today: IntArray

    def __len__(self) -> int:
        return len(self.kind)

    def only(self, keep: IntArray) -> Weeks:
        """Return some rows, in the order of ``keep``."""
        return Weeks(
            self.monday,
            self.unit_id[keep],
            self.person_id[keep],
            self.kind[keep],
            self.planned[keep],
            self.known[keep],
            self.done[keep],
            self.today[keep],
        )

    @property
    def streak(self) -> IntArray:
        """Return how many full weeks on end before the last one met their plan, shape (n,)."""
        met = self.known & (self.planned > 0) & (self.done >= self.planned)
        back = met[:, :-1][:, ::-1]
        run: IntArray = np.cumprod(back, axis=1).sum(axis=1)
        return run


def weeks_to(book: Book, weeks: int, wanted: Filter = EVERYTHING) -> Weeks:
    """Gather the weeks up to that of the as-of day, each as far as it has come.

    Args:
        weeks: how many, the last one included, >= 1.
        wanted: conditions on columns that plans and what was done both have.
    """
    monday = monday_of(book.as_of_day)
    mondays = monday - WEEK * np.arange(weeks)[::-1]
    months = book.months.ym_of(mondays)
    span = between("ym", int(months.min()), int(months.max()) + 1) & wanted
    plans = book.gather(f"{PLANNED} {span.where}", **span.params)
    plans = plans.only(plans.known("per_week"))
    days = between("day", int(mondays[0]), book.as_of_day + 1) & wanted
    done = book.gather(f"{DONE} {days.where}", **days.params)
    keys, at_plan, at_done = _together(plans, done)
    planned = np.zeros((len(keys), weeks), dtype=np.int64)
    known = np.zeros((len(keys), weeks), dtype=np.bool_)
    hits, week = np.nonzero(plans["ym"][:, np.newaxis] == months[np.newaxis, :])
    planned[at_plan[hits], week] = plans["per_week"][hits]
    known[at_plan[hits], week] = True
    times = np.zeros((len(keys), weeks), dtype=np.int64)
    np.add.at(times, (at_done, (done["day"] - mondays[0]) // WEEK), done["times"])
    today = np.zeros(len(keys), dtype=np.int64)
    np.add.at(today, at_done, done["times"] * (done["day"] == book.as_of_day))
    unit, person, kind = keys.T
    return Weeks(monday, unit, person, kind, planned, known, times, today)


def _together(plans: Rows, done: Rows) -> tuple[IntArray, IntArray, IntArray]:
    """Return the (unit, person, kind) of either, ascending, and where the rows of each are among them."""
    columns = ("unit_id", "person_id", "kind")
    both = np.stack([np.concatenate((plans[name], done[name])) for name in columns], axis=1)
    keys, at = np.unique(both, axis=0, return_inverse=True)
    at = at.reshape(-1)
    return keys.reshape(-1, len(columns)), at[: len(plans)], at[len(plans) :]


def share_gone(book: Book, monday: int) -> tuple[int, int]:
    """Return how many working days of a week have passed at the end of the as-of day, of how many.

    All days count where the calendar does not know the week, or it has no working day.
    """
    end, now, calendar = monday + WEEK, book.as_of_day + 1, book.calendar
    if calendar.first_day <= monday and end <= calendar.end_day and calendar.working_days(monday, end):
        return calendar.working_days(monday, now), calendar.working_days(monday, end)
    return now - monday, WEEK


def planned_now(book: Book, wanted: Filter) -> dict[int, int]:
    """Return what is planned a week in the as-of day's week, by kind; a kind without a plan is left out."""
    month = equal(ym=int(book.months.ym_of(monday_of(book.as_of_day)))) & wanted
    rows = book.gather(f"{PLANNED} {month.where}", **month.params)
    rows = rows.only(rows.known("per_week"))
    return {
        kind: int(rows["per_week"][rows["kind"] == kind].sum()) for kind, _, _ in KINDS if (rows["kind"] == kind).any()
    }
