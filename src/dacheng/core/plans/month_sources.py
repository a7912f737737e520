"""What the months of a plan followed when it was broken down (月份来源), as it was kept with its rows (R042).

It stands with every unit and person that was broken down; what else is below a unit followed what the unit did.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.plans.month_ways import source_in_words
from dacheng.core.plans.sheet import Sheet
from dacheng.core.tree import UNKNOWN

KEPT_PARTS = 10**9
"""Weights of months are kept as parts of it, together exactly so many."""

CHOSEN = """
    SELECT plan_row_id, months_by, spring, season_from, season_to FROM plan_terms
    WHERE plan_id = :plan AND measure_id = :measure AND plan_row_id IN (:rows) AND months_by <> 0
    ORDER BY plan_row_id"""
PARTS = """
    SELECT plan_row_id, ym, month_weight, lift_bp FROM plan_cells
    WHERE plan_id = :plan AND measure_id = :measure AND plan_row_id IN (:rows) AND (month_weight <> 0 OR lift_bp <> 0)
    ORDER BY plan_row_id, ym"""


@dataclass(frozen=True, slots=True, eq=False)
class MonthSource:
    """What the months of a row followed.

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


def source_of(book: Book, sheet: Sheet, position: int) -> MonthSource | None:
    """Return what the months of a row followed: as it was kept with it, or with the nearest row above it that has any.

    Every unit and person keeps its own, so that whoever sees only rows below the one that was broken down is told too.

    Source: R042.
    """
    chain = [int(sheet.tree.unit_ids[at]) for at in _upwards(sheet, position)]
    asked = {"plan": sheet.plan.plan_id, "measure": sheet.measure_id}
    chosen = {int(row["plan_row_id"] or 0): row for row in book.gather(CHOSEN, rows=chain, **asked).records()}
    row = next((one for one in chain if one in chosen), None)
    if row is None:
        return None
    parts = book.gather(PARTS, rows=[row], **asked)
    month = parts["ym"] - sheet.plan.from_ym
    there = (month >= 0) & (month < sheet.plan.months)
    columns = np.zeros((2, sheet.plan.months), dtype=np.int64)
    columns[0, month[there]], columns[1, month[there]] = parts["month_weight"][there], parts["lift_bp"][there]
    one = chosen[row]
    return MonthSource(
        int(one["months_by"]), bool(one["spring"]), (int(one["season_from"]), int(one["season_to"])), *columns
    )


def _upwards(sheet: Sheet, position: int) -> Iterator[int]:
    """Yield a row and those above it, the nearest first."""
    while position != UNKNOWN:
        yield position
        position = int(sheet.tree.parent_position[position])
