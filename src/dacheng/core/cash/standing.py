"""Open terms on one day (应收): how far past due each is, and in which state (R151, settled decision "Receivable")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.cash.ageing import Ageing, is_due, is_overdue
from dacheng.core.errors import Text
from dacheng.core.filtering import EVERYTHING, Filter

WAITING, NOT_YET, TODAY, OVERDUE, SETTLED = range(1, 6)
STATES = (
    (WAITING, "waiting", Text("待触发", "Waiting")),
    (NOT_YET, "not-due", Text("未到期", "Not due")),
    (TODAY, "today", Text("今日到期", "Due today")),
    (OVERDUE, "overdue", Text("逾期", "Overdue")),
    (SETTLED, "settled", Text("已收清", "Settled")),
)
DUE, FALLEN = 6, 7
ASKED = (
    *STATES,
    (DUE, "due", Text("应收未收", "Due and open")),
    (FALLEN, "fallen", Text("已到期", "Fallen due, collected or not")),
)
"""What a list of terms may be narrowed to: a state, or several together."""
BANDS = tuple((number, f"band-{number}", Text(f"账龄第 {number} 段", f"Ageing band {number}")) for number in range(7))
"""Ageing bands by number; what they are called follows the rules of the day."""

OPEN = Filter(("open <> 0",))
OF_STATE: Mapping[int, tuple[str, ...]] = {
    WAITING: ("open <> 0", "due_day IS NULL"),
    NOT_YET: ("open <> 0", "due_day > :today"),
    TODAY: ("open <> 0", "due_day = :today"),
    OVERDUE: ("open <> 0", "due_day < :today"),
    DUE: ("open <> 0", "due_day <= :today"),
    FALLEN: ("due_day <= :today",),
    SETTLED: ("open = 0",),
}


def in_state(book: Book, state: int | None) -> Filter:
    """Keep terms in one of ``ASKED`` on the Book's day; None keeps what is open."""
    if state is None:
        return OPEN
    conditions = OF_STATE[state]
    return Filter(conditions, {"today": book.as_of_day} if any(":today" in one for one in conditions) else {})


def in_band(book: Book, band: int | None) -> Filter:
    """Keep overdue terms of an ageing band, or with band 0 what is not past due; None does not filter."""
    if band is None:
        return EVERYTHING
    limits = Ageing.of(book.rules).limits
    if band == 0:
        return Filter(("due_day >= :band_from",), {"band_from": book.as_of_day})
    latest = book.as_of_day - (0, *limits)[band - 1]
    if band > len(limits):
        return Filter(("due_day < :band_to",), {"band_to": latest})
    earliest = book.as_of_day - limits[band - 1]
    return Filter(("due_day >= :band_from", "due_day < :band_to"), {"band_from": earliest, "band_to": latest})


@dataclass(frozen=True, eq=False)
class Standing:
    """Terms as they stand on a day, shape (n,) each.

    Args:
        rows: as gathered, with ``due_day``, ``open`` and ``unit_id``.
        days: past due, below zero before; where ``dated``.
        state: numbers of ``STATES``. band: of the ageing, where something is open and dated.
        provision: minor units, rounded by itself; 0 of what waits.
        inside: which terms enter sums.
    """

    rows: Rows
    dated: BoolArray
    days: IntArray
    state: IntArray
    band: IntArray
    provision: IntArray
    inside: BoolArray

    @property
    def due(self) -> BoolArray:
        """Return which terms are 应收未收: open and due, today included."""
        due: BoolArray = (self.state == TODAY) | (self.state == OVERDUE)
        return due

    def total(self, which: BoolArray, name: str = "open") -> int:
        """Return the sum of a column over some of the terms that enter sums."""
        return int(self.rows[name][which & self.inside].sum())

    def count(self, which: BoolArray) -> int:
        """Return how many of some terms enter sums."""
        return int((which & self.inside).sum())


def stand(book: Book, rows: Rows) -> Standing:
    """Return how terms stand on the Book's day.

    Args:
        rows: with ``due_day``, ``open`` and ``unit_id``.
    """
    ageing = Ageing.of(book.rules)
    dated = rows.known("due_day")
    days = np.where(dated, book.as_of_day - rows["due_day"], 0)
    settled = rows["open"] == 0
    state = np.select(
        [settled, ~dated, is_overdue(days), is_due(days)], [SETTLED, WAITING, OVERDUE, TODAY], NOT_YET
    ).astype(np.int64)
    provision = np.where(dated & ~settled, ageing.provision(rows["open"], days), 0)
    return Standing(
        rows=rows,
        dated=dated & ~settled,
        days=np.where(settled, 0, days),
        state=state,
        band=ageing.band_of(days),
        provision=provision,
        inside=rows["unit_id"] != OUTSIDE,
    )
