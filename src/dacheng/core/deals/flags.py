"""Red flags (红旗) of open deals: overdue, stalled, pushed too often.

Each is known from the deal's own dates and the rules of the Book's day; the SQL
condition and the arrays below say the same thing.
"""

from __future__ import annotations

from typing import NamedTuple

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.filtering import EVERYTHING, Filter

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


def flags_of(book: Book, rows: Rows) -> Flags:
    """Return the red flags of open deals.

    - 逾期 overdue: the expected signing day has passed; on the day itself it has not.
    - 停留过久 stalled: as many days in the stage as the rule ``deals.stalled_days``, or more.
    - 多次推迟 pushed: pushed as often as the rule ``deals.pushed_limit``, or more.

    Args:
        rows: with ``expected_day``, ``stage_day`` and ``push_count``.
    """
    return Flags(
        overdue=rows.known("expected_day") & (rows["expected_day"] < book.as_of_day),
        stalled=book.as_of_day - rows["stage_day"] >= book.rules.stalled_days,
        pushed=rows["push_count"] >= book.rules.pushed_limit,
    )


def flag_limits(book: Book) -> dict[str, int]:
    """Return the parameters of the three SQL conditions."""
    return {
        "as_of": book.as_of_day,
        "stalled_since": book.as_of_day - book.rules.stalled_days,
        "pushed_limit": book.rules.pushed_limit,
    }


def flagged_only(book: Book, flagged: bool) -> Filter:
    """Keep deals that carry a red flag, when asked to."""
    return Filter((f"({OVERDUE} OR {STALLED} OR {PUSHED})",), flag_limits(book)) if flagged else EVERYTHING


def upcoming_only(book: Book, upcoming: bool) -> Filter:
    """Keep deals whose expected signing has not passed, when asked to; one without that day is not among them."""
    return Filter((UPCOMING,), {"as_of": book.as_of_day}) if upcoming else EVERYTHING
