"""Red flags (红旗) of open deals: overdue, stalled, pushed too often.

Each is known from the deal's own dates and the rules of the Book's day; the SQL
condition and the arrays below say the same thing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.filtering import EVERYTHING, Filter
from dacheng.core.period import FAR_DAY

OVERDUE = "expected_day < :as_of"
UPCOMING = "expected_day >= :as_of"
STALLED = "stage_day <= :stalled_since"
PUSHED = "push_count >= :pushed_limit"


class Flags(NamedTuple):
    """Which deals carry which flag, shape (n,) each."""

    overdue: BoolArray
    stalled: BoolArray
    pushed: BoolArray

    @property
    def number(self) -> IntArray:
        """Return the number of flags of each deal, 0 to 3."""
        flags: IntArray = self.overdue.astype(int) + self.stalled + self.pushed
        return flags


def stalled_after(book: Book, stages: Rows, stage_id: IntArray) -> IntArray:
    """Return the days in its stage from which each deal is stalled (停留过久).

    The rule ``deals.stalled_days``, or 1.5 times the stage's usual days where they are
    known and that is sooner.

    Args:
        stages: by id, with ``benchmark_days``.

    Source: R119; golden case G58.
    """
    limit = np.full(len(stage_id), book.rules.stalled_days, dtype=np.int64)
    if not len(stages):
        return limit
    row = np.minimum(np.searchsorted(stages["stage_id"], stage_id), len(stages) - 1)
    usual = stages.known("benchmark_days")[row] & (stages["stage_id"][row] == stage_id)
    sooner = np.where(usual, -(-3 * stages["benchmark_days"][row] // 2), FAR_DAY)
    return np.minimum(limit, sooner)


def flags_of(book: Book, rows: Rows, stages: Rows) -> Flags:
    """Return the red flags of open deals.

    - 逾期 overdue: the expected signing day has passed; on the day itself it has not.
    - 停留过久 stalled: as many days in the stage as ``stalled_after`` says, or more.
    - 多次推迟 pushed: pushed as often as the rule ``deals.pushed_limit``, or more.

    Args:
        rows: with ``expected_day``, ``stage_id``, ``stage_day`` and ``push_count``.
        stages: by id, with ``benchmark_days``.
    """
    return Flags(
        overdue=rows.known("expected_day") & (rows["expected_day"] < book.as_of_day),
        stalled=book.as_of_day - rows["stage_day"] >= stalled_after(book, stages, rows["stage_id"]),
        pushed=rows["push_count"] >= book.rules.pushed_limit,
    )


def flag_limits(book: Book) -> dict[str, int]:
    """Return the parameters of the three SQL conditions."""
    return {
        "as_of": book.as_of_day,
        "stalled_since": book.as_of_day - book.rules.stalled_days,
        "pushed_limit": book.rules.pushed_limit,
    }


def flagged_only(book: Book, flagged: bool, stages: Rows) -> Filter:
    """Keep deals that carry a red flag, when asked to."""
    if not flagged:
        return EVERYTHING
    usual = stages.only(stages.known("benchmark_days"))
    since = book.as_of_day - stalled_after(book, stages, usual["stage_id"])
    slow = [f"(stage_id = :slow_stage_{at} AND stage_day <= :slow_since_{at})" for at in range(len(usual))]
    limits = {f"slow_stage_{at}": int(one) for at, one in enumerate(usual["stage_id"])}
    limits |= {f"slow_since_{at}": int(one) for at, one in enumerate(since)}
    return Filter((f"({' OR '.join([OVERDUE, STALLED, PUSHED, *slow])})",), flag_limits(book) | limits)


def upcoming_only(book: Book, upcoming: bool) -> Filter:
    """Keep deals whose expected signing has not passed, when asked to; one without that day is not among them."""
    return Filter((UPCOMING,), {"as_of": book.as_of_day}) if upcoming else EVERYTHING
