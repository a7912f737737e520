"""What the months of a plan followed when it was broken down (月份来源), as it was kept with its rows (R042).

It stands with the row that was broken down and holds for everything below it, until a row further down
is broken down by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.plans.month_ways import source_in_words
from dacheng.core.plans.schema import UNCHOSEN
from dacheng.core.plans.sheet import Sheet
from dacheng.core.tree import UNKNOWN

KEPT_PARTS = 10**9
"""Weights of months are kept as parts of it, together exactly so many."""

CHOSEN = """
    SELECT plan_row_id, months_by, spring, season_from, season_to FROM plan_terms
    WHERE plan_id = :plan AND measure_id = :measure AND months_by <> 0 ORDER BY plan_row_id"""
PARTS = """
    SELECT plan_row_id, ym, month_weight, lift_bp FROM plan_cells
    WHERE plan_id = :plan AND measure_id = :measure AND (month_weight <> 0 OR lift_bp <> 0)
    ORDER BY plan_row_id, ym"""


@dataclass(frozen=True, slots=True, eq=False)
class MonthSource:
    """What the months below a row followed.

    Args:
        by: one of ``MONTH_WAYS``. years: the first and last fiscal year of its season, 0 without one.
        part: shape (months,), of ``KEPT_PARTS``; 0 for months that stood. lift_bp: shape (months,).
    """

    by: int
    spring: bool
    years: tuple[int, int]
    part: IntArray
    lift_bp: IntArray

    @property
    def words(self) -> Text:
        """Return what they followed in words."""
        return source_in_words(self.by, self.years, spring=self.spring)

    def share(self, month: int) -> Fraction | None:
        """Return a month's part of the months that were open, 0–1; None where it stood."""
        return Fraction(int(self.part[month]), KEPT_PARTS) if self.part[month] else None


def month_sources(book: Book, sheet: Sheet) -> Mapping[int, MonthSource]:
    """Return what months followed, by the position of the row that was broken down."""
    asked = {"plan": sheet.plan.plan_id, "measure": sheet.measure_id}
    chosen, parts = book.gather(CHOSEN, **asked), book.gather(PARTS, **asked)
    at, month = sheet.tree.position_of(parts["plan_row_id"]), parts["ym"] - sheet.plan.from_ym
    there = (at != UNKNOWN) & (month >= 0) & (month < sheet.plan.months)
    found = {}
    for row in chosen.records():
        position = int(sheet.tree.position_of(int(row["plan_row_id"])))
        if position == UNKNOWN or row["months_by"] == UNCHOSEN:
            continue
        own = there & (at == position)
        columns = np.zeros((2, sheet.plan.months), dtype=np.int64)
        columns[0, month[own]], columns[1, month[own]] = parts["month_weight"][own], parts["lift_bp"][own]
        years = (int(row["season_from"]), int(row["season_to"]))
        found[position] = MonthSource(int(row["months_by"]), bool(row["spring"]), years, *columns)
    return found


def source_for(sources: Mapping[int, MonthSource], sheet: Sheet, position: int) -> MonthSource | None:
    """Return what the months of a row followed: its own, or that of the nearest row above that was broken down."""
    at = position
    while at != UNKNOWN:
        if at in sources:
            return sources[at]
        at = int(sheet.tree.parent_position[at])
    return None
