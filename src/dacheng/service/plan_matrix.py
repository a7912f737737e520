"""The second cut of a plan as one page shows it (切分表): units × segments with both margins (R043, R044)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

import numpy as np

from dacheng.core.access import Viewer, may
from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.history.schema import CUSTOMER, DIMENSIONS
from dacheng.core.money import split
from dacheng.core.plans.cutting import (
    CutChange,
    CutTable,
    cut_changes,
    cut_down,
    cut_seed,
    cut_table,
    recut,
    sheet_to_cut,
)
from dacheng.core.plans.motion import DefaultCut, accounts_by_segment, default_cut
from dacheng.core.plans.schema import SEGMENT, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.tree import UNKNOWN
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plan_grid import PlanGrid
from dacheng.service.plan_naming import position_named
from dacheng.service.plans import OpenPlan, open_plan, opened_sheet
from dacheng.store.access import tree_on
from dacheng.store.queries.plans import row_keys
from dacheng.store.standing import standing_uid

WEIGHT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?%?")
PARTS = 10_000
"""Of a weight, which may have four decimals."""

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
    return Matrix(dimension, opened, segments_of(book, dimension), _keys(opened), may_cut(viewer, book, opened))


def _keys(opened: OpenPlan) -> tuple[str, ...]:
    known = row_keys(opened.sheet.plan.plan_id)
    return tuple(known.get(one, "") for one in opened.sheet.tree.unit_ids.tolist())


def may_cut(viewer: Viewer, book: Book, opened: OpenPlan) -> bool:
    """Tell whether a viewer may cut a plan and change its cuts: all that he sees of it is below one unit of his."""
    tree = book.tree if book.org_day == book.today else tree_on(book.today)
    top = int(opened.sheet.unit_id[0])
    return opened.sheet.plan.editable and not opened.sheet.shared_top and may(viewer, "plan.edit", tree, unit_id=top)


def segments_of(book: Book, dimension: int) -> dict[int, Name]:
    """Return the segments of a dimension with how they are called, by id ascending."""
    found = book.gather(SEGMENTS)
    ids = found["segment_id"][found["dimension"] == dimension].tolist()
    names = DatabaseNames().names("segments", ids)
    return {one: names[one] for one in ids if one in names}


def segment_named(segments: Mapping[int, Name], text: str) -> int:
    """Return the segment of a code or a name.

    Raises:
        NotFound: none is called so; names those that there are.
    """
    for number, name in segments.items():
        if text in (name.code, name.name, name.in_language("en")):
            return number
    raise NotFound(
        Text(f"没有划分项“{text}”。", f"There is no segment {text}."),
        Text(
            f"有：{'、'.join(one.name for one in segments.values())}。",
            f"There are: {', '.join(one.in_language('en') for one in segments.values())}.",
        ),
    )


def cell_named(one: OpenPlan, segments: Mapping[int, Name], unit: str, segment: str) -> int:
    """Return the position of a unit's segment in a cut by the names of both.

    Raises:
        RuleError: no row, or several, are called as the unit. NotFound: there is no such segment, or the unit
            is not cut by it.
    """
    above, wanted = position_named(one, unit), segment_named(segments, segment)
    sheet = one.sheet
    below = (sheet.tree.parent_position == above) & (sheet.segment_id == wanted)
    if not below.any():
        raise NotFound(
            Text(f"“{one.name(above).zh}”没有按“{segment}”切分。", f"{one.name(above).en} is not cut by {segment}."),
            Text("先切分；能改的是最下级的组织。", "Cut the plan first; cells of the lowest units can be set."),
        )
    return int(np.flatnonzero(below)[0])


@dataclass(frozen=True)
class CutLook:
    """A cut that is looked at and not written.

    Args:
        opened: with rows for all segments, of which new ones have no figures. after: as it would be.
    """

    opened: OpenPlan
    after: Sheet

    @property
    def changes(self) -> list[CutChange]:
        """Return the years that would be other ones."""
        return cut_changes(self.opened.sheet, self.after)


def look_at_cut(
    book: Book, uid: UUID, measure_id: int, dimension: int, weights: Mapping[int, int] | None = None
) -> CutLook:
    """Return what cutting a plan would make of it; nothing is written. Takes and raises as ``cut``.

    Args:
        weights: segment -> what its total is weighed by; None = as the year before.
    """
    plan = standing_uid("plans", uid)
    begun = opened_sheet(uid, sheet_to_cut(book, plan.record_id, measure_id, dimension))
    totals = totals_by(begun.sheet, weights) if weights is not None else None
    return CutLook(begun, cut_down(begun.sheet, cut_seed(book, begun.sheet), totals, begun.name))


def begun_matrix(matrix: Matrix, look: CutLook) -> Matrix:
    """Return a matrix as a page shows a cut that is looked at: nothing of it can be edited yet."""
    return replace(matrix, opened=look.opened, keys=_keys(look.opened), may_edit=False)


def weights_before(book: Book, matrix: Matrix) -> dict[int, int]:
    """Return what each segment brought in the year before, in the units of the plan."""
    found = dict.fromkeys(matrix.segments, 0)
    for (_, segment), amount in cut_seed(book, matrix.sheet, matrix.segments).items():
        if segment in found:
            found[segment] += amount
    return found


def accounts_before(book: Book, matrix: Matrix) -> dict[int, int]:
    """Return how many accounts each customer type had in the year before; nothing for another dimension (R056)."""
    return accounts_by_segment(book, matrix.sheet) if matrix.dimension == CUSTOMER else {}


def weight_typed(text: str) -> int:
    """Return a weight as people type it, 45 or 12.5%, in ten-thousandths; a blank is none: the segment is left out.

    Raises:
        RuleError: it is none.
    """
    if not text.strip():
        return 0
    if not WEIGHT.fullmatch(text.strip()):
        raise RuleError(
            Text(f"「{text}」不是权重。", f"“{text}” is no weight."),
            Text(
                "填不小于 0 的数，例如 45 或 12.5；空着就不切。", "Enter a number of at least 0; blank leaves it out."
            ),
        )
    whole, _mark, part = text.strip().rstrip("%").partition(".")
    return int(whole) * PARTS + int(part.ljust(4, "0") or 0)


def weights_typed(segments: Mapping[int, Name], texts: Sequence[str]) -> dict[int, int] | None:
    """Return weights of segments, typed as 设备=75; a segment left out is not cut by. None where none are given.

    Raises:
        RuleError: a weight is none, or a segment stands twice. NotFound: there is no such segment.
    """
    found: dict[int, int] = {}
    for text in texts:
        name, _mark, weight = text.rpartition("=")
        segment = segment_named(segments, name.strip())
        if segment in found:
            raise RuleError(
                Text(f"“{name}”的权重出现了两次。", f"The weight of {name} stands twice."),
                Text("每个划分项只写一次。", "Write each segment once."),
            )
        found[segment] = weight_typed(weight)
    return dict.fromkeys(segments, 0) | found if texts else None


def totals_by(sheet: Sheet, weights: Mapping[int, int]) -> dict[int, int]:
    """Return the total of each segment of the plan by weights.

    Raises:
        RuleError: all weights are zero, or one is negative.
    """
    whole = int(sheet.year[_lowest_units(sheet)].sum())
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
