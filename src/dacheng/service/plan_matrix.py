"""The second cut of a plan as one page shows it (切分表): units × segments with both margins (R043, R044)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dacheng.core.access import Viewer, may
from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book
from dacheng.core.history.schema import CUSTOMER, DIMENSIONS
from dacheng.core.money import split
from dacheng.core.plans.cutting import CutTable, cut_seed, cut_table, recut
from dacheng.core.plans.motion import DefaultCut, accounts_by_segment, default_cut
from dacheng.core.plans.schema import SEGMENT, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.tree import UNKNOWN
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plan_grid import PlanGrid
from dacheng.service.plans import OpenPlan, open_plan
from dacheng.store.access import tree_on
from dacheng.store.queries.plans import row_keys

SEGMENTS = "SELECT segment_id, dimension FROM segments ORDER BY segment_id"


@dataclass(frozen=True)
class Matrix:
    """A cut of a plan.

    Args:
        dimension: of its segments. segments: all of the dimension, by id. keys: of rows, by position.
        may_edit: the viewer may change it.
    """

    dimension: int
    opened: OpenPlan
    segments: Mapping[int, Name]
    keys: tuple[str, ...]
    may_edit: bool

    @property
    def sheet(self) -> Sheet:
        """Return the figures as they stand."""
        return self.opened.sheet

    @cached_property
    def table(self) -> CutTable:
        """Return the years by unit and segment."""
        return cut_table(self.sheet)

    @property
    def is_cut(self) -> bool:
        """Tell whether anything stands in it."""
        return bool(np.any(self.sheet.cells.amount.known[self.sheet.kind == SEGMENT]))

    def position(self, key: str) -> int | None:
        """Return the position of a row by its key; None where there is none."""
        return self.keys.index(key) if key and key in self.keys else None

    def edited(self, wanted: Mapping[int, int]) -> Sheet:
        """Return the sheet with years of segments' rows, by position, as they were asked for."""
        return recut(self.sheet, wanted, self.opened.name)


def dimensions_there(book: Book) -> list[int]:
    """Return the dimensions that have segments, ascending."""
    return sorted({int(one) for one in book.gather(SEGMENTS)["dimension"].tolist()})


def cut_by_default(book: Book, sheet: Sheet) -> DefaultCut:
    """Return by what a plan is cut unless somebody says otherwise, and why (R056)."""
    return default_cut(book, sheet, dimensions_there(book))


def plan_matrix(viewer: Viewer, book: Book, grid: PlanGrid, dimension: int) -> Matrix:
    """Return a cut of the plan of a grid."""
    opened = open_plan(book, grid.shown.uid, grid.measure_id, dimension)
    found = book.gather(SEGMENTS)
    ids = found["segment_id"][found["dimension"] == dimension].tolist()
    names = DatabaseNames().names("segments", ids)
    known = row_keys(opened.sheet.plan.plan_id)
    keys = tuple(known.get(one, "") for one in opened.sheet.tree.unit_ids.tolist())
    tree = book.tree if book.org_day == book.today else tree_on(book.today)
    top = int(opened.sheet.unit_id[0])
    right = opened.sheet.plan.editable and not opened.sheet.shared_top and may(viewer, "plan.edit", tree, unit_id=top)
    return Matrix(dimension, opened, {one: names[one] for one in ids if one in names}, keys, right)


def weights_before(book: Book, matrix: Matrix) -> dict[int, int]:
    """Return what each segment brought in the year before, in the units of the plan."""
    found = dict.fromkeys(matrix.segments, 0)
    for (_, segment), amount in cut_seed(book, matrix.sheet).items():
        if segment in found:
            found[segment] += amount
    return found


def accounts_before(book: Book, matrix: Matrix) -> dict[int, int]:
    """Return how many accounts each customer type had in the year before; nothing for another dimension (R056)."""
    return accounts_by_segment(book, matrix.sheet) if matrix.dimension == CUSTOMER else {}


def totals_by(matrix: Matrix, weights: Mapping[int, int]) -> dict[int, int]:
    """Return the total of each segment of the plan by weights.

    Raises:
        RuleError: all weights are zero, or one is negative.
    """
    lowest = _lowest_units(matrix.sheet)
    whole = int(matrix.sheet.year[lowest].sum())
    parts = split(whole, np.array(list(weights.values()), dtype=np.int64))
    return dict(zip(weights, parts.tolist(), strict=True))


def _lowest_units(sheet: Sheet) -> BoolArray:
    """Return the units below which there are no others: what a cut divides."""
    units = sheet.kind == UNIT
    above = sheet.tree.parent_position[units]
    inner = np.zeros(len(sheet), dtype=np.bool_)
    inner[above[above != UNKNOWN]] = True
    found: BoolArray = units & ~inner
    return found


def dimension_called(code: str) -> int | None:
    """Return the number of a dimension by its code."""
    return next((number for number, known, _ in DIMENSIONS if known == code), None)


def dimension_code(dimension: int) -> str:
    """Return the code of a dimension."""
    return next(code for number, code, _ in DIMENSIONS if number == dimension)
