"""The decomposition grid (目标分解): the rows of a plan that one page shows, and who may change them (R041)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

import numpy as np

from dacheng.core.access import Viewer, may
from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book
from dacheng.core.plans.placing import STAY
from dacheng.core.plans.schema import PLAN_ROWS, VACANCY
from dacheng.core.plans.sheet import Sheet
from dacheng.core.tree import UNKNOWN
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plan_listing import PlanShown, plan_shown
from dacheng.service.plans import OpenPlan, open_plan
from dacheng.service.questions import identified
from dacheng.service.target_grid import EXCL, MOST_ROWS
from dacheng.store.access import tree_on
from dacheng.store.identity import hidden
from dacheng.store.queries.plans import cell_versions, row_keys

Place = tuple[int, int]
"""A row of a plan and a month; month 0 = its whole year."""


@dataclass(frozen=True)
class PlanGrid:
    """One measure of a plan as a page shows it.

    Args:
        book: in which it was read.
        keys: the public id of each row, by position; empty for the row that only puts several together.
        top: position of the row that was asked for; None = all that the viewer sees.
        positions: of the rows that are shown; folded: those whose rows below are not.
        submittable: shape (n,), the rows for which the viewer may say what comes from below.
        editable: shape (n,), those that he may change: not what he is given himself.
        excl: amounts of the measure are without tax.
        versions: of the cells of the rows that are shown, as far as they were ever set.
    """

    shown: PlanShown
    book: Book
    opened: OpenPlan
    measure_id: int
    measure: Name
    measures: tuple[Name, ...]
    excl: bool
    keys: tuple[str, ...]
    top: int | None
    positions: tuple[int, ...]
    folded: frozenset[int]
    submittable: BoolArray
    editable: BoolArray
    versions: Mapping[Place, int]

    @property
    def sheet(self) -> Sheet:
        """Return the figures as they stand."""
        return self.opened.sheet

    @cached_property
    def places(self) -> dict[str, int]:
        """Return key -> position."""
        return {key: at for at, key in enumerate(self.keys) if key}

    @cached_property
    def heads(self) -> tuple[int, ...]:
        """Return the topmost rows that are shown."""
        shown = set(self.positions)
        return tuple(at for at in self.positions if int(self.sheet.tree.parent_position[at]) not in shown)

    def position(self, key: str) -> int:
        """Return the position of a row by its key.

        Raises:
            NotFound: this viewer's grid has no such row.
        """
        at = self.places.get(key)
        if at is None:
            raise hidden(PLAN_ROWS.label)
        return at

    def version(self, position: int, ym: int) -> int:
        """Return the version of a cell, or with month 0 of the terms of a row; 0 where nobody set it."""
        return self.versions.get((int(self.sheet.tree.unit_ids[position]), ym), 0)

    def has_below(self, position: int) -> bool:
        """Tell whether there are rows below one."""
        return int(self.sheet.tree.ends[position]) > position + 1

    def with_sheet(self, sheet: Sheet) -> PlanGrid:
        """Return the grid with other figures."""
        return replace(self, opened=replace(self.opened, sheet=sheet))


def plan_grid(viewer: Viewer, book: Book, uid: UUID, measure: str = "", row: str = "") -> PlanGrid:
    """Return the grid of a plan.

    Args:
        measure: its code; without one the first. row: the key of the row to begin at; without one all.

    Raises:
        NotFound: there is no such plan or row, or the viewer has no part in it.
    """
    shown = plan_shown(viewer, book, uid)
    measures = book.gather("SELECT measure_id, basis FROM measures ORDER BY measure_id")
    measure_id = identified("measures", measure, DatabaseNames()) if measure else int(measures["measure_id"][0])
    opened = open_plan(book, uid, measure_id)
    names = DatabaseNames().names("measures", measures["measure_id"].tolist())
    submittable = _submittable(viewer, book, opened)
    grid = PlanGrid(
        shown=shown,
        book=book,
        opened=opened,
        measure_id=measure_id,
        measure=names.get(measure_id, Name("", "")),
        measures=tuple(names[one] for one in sorted(names)),
        excl=measure_id in set(measures["measure_id"][measures["basis"] == EXCL].tolist()),
        keys=_keys(opened.sheet),
        top=None,
        positions=(),
        folded=frozenset(),
        submittable=submittable,
        editable=submittable & ~opened.given,
        versions={},
    )
    top = grid.position(row) if row else None
    positions, folded = rows_to_show(opened.sheet, top)
    opened.call(positions)
    rows = opened.sheet.tree.unit_ids[list(positions)].tolist()
    versions = cell_versions(opened.sheet.plan.plan_id, measure_id, rows)
    return replace(grid, top=top, positions=positions, folded=folded, versions=versions)


def may_be_taken(grid: PlanGrid, at: int) -> bool:
    """Tell whether a row may be taken under another unit: not what stays with its unit, nor the topmost row."""
    above = int(grid.sheet.tree.parent_position[at])
    topmost = above == UNKNOWN or (grid.sheet.shared_top and above == 0)
    return bool(grid.editable[at]) and int(grid.sheet.kind[at]) not in STAY and not topmost


def _keys(sheet: Sheet) -> tuple[str, ...]:
    keys = row_keys(sheet.plan.plan_id)
    return tuple(keys.get(one, "") for one in sheet.tree.unit_ids.tolist())


def _submittable(viewer: Viewer, book: Book, opened: OpenPlan) -> BoolArray:
    """Return the rows of units that a viewer may plan for."""
    sheet = opened.sheet
    if not sheet.plan.editable:
        return np.zeros(len(sheet), dtype=np.bool_)
    tree = book.tree if book.org_day == book.today else tree_on(book.today)
    units = {one: may(viewer, "plan.edit", tree, unit_id=one) for one in np.unique(sheet.unit_id).tolist()}
    return np.array([units[one] for one in sheet.unit_id.tolist()], dtype=np.bool_)


def rows_to_show(sheet: Sheet, top: int | None) -> tuple[tuple[int, ...], frozenset[int]]:
    """Return the rows to show in the tree's order, and those whose rows below would be too many."""
    first = 0 if top is None else top
    until = int(sheet.tree.ends[first]) if len(sheet) else 0
    positions = np.arange(first, until)
    if top is None and sheet.shared_top:
        positions = positions[1:]
    depth = sheet.tree.depth[positions]
    inner = sheet.tree.ends[positions] > positions + 1
    deepest = int(depth.max(initial=0))
    while len(positions) and int((depth <= deepest).sum()) > MOST_ROWS and deepest > int(depth.min()) + 1:
        deepest -= 1
    shown = depth <= deepest
    folded = positions[shown & inner & (depth == deepest) & (deepest < int(depth.max(initial=0)))]
    return tuple(positions[shown].tolist()), frozenset(folded.tolist())


def is_soft(sheet: Sheet, position: int) -> bool:
    """Tell whether a row is nobody's yet: a vacancy, a channel, a buffer, what is not assigned."""
    return int(sheet.kind[position]) >= VACANCY
