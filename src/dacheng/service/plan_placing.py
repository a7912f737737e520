"""Taking a row of a plan under another unit (换上级): every measure follows, as one entry (R041)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.plans.placing import chains, check_place, re_homed
from dacheng.core.plans.schema import UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.service.books import open_database, sequence_of
from dacheng.service.plan_changes import cell_changes
from dacheng.service.plans import OpenPlan, cuts_that_follow, open_plan
from dacheng.store.actions.plan_cells import CellChange
from dacheng.store.actions.plan_places import place_plan_row

SEGMENTS_BELOW = "SELECT plan_row_id FROM plan_rows WHERE parent_id = :row AND segment_id <> 0 ORDER BY plan_row_id"


def placed(book: Book, one: OpenPlan, row: int, under: int) -> Sheet:
    """Return a measure of a plan as it is once a row stands under another unit.

    Args:
        row, under: positions.

    Raises:
        NotAllowed: a row that was given from above would change. RuleError: as ``re_homed``.
    """
    check_place(one.sheet, row, under, one.name)
    _refuse_below_segments(book, one, row, under)
    one.refuse_given(at for chain in chains(one.sheet, row, under) for at in chain)
    return re_homed(one.sheet, row, under, one.name)


def place_row(viewer: Viewer, at: datetime, uid: UUID, row_id: int, parent_id: int) -> None:
    """Take a row under another unit with its amounts of every measure; sums above both places follow.

    Raises:
        Conflict: somebody changed one of the cells meanwhile. Else as ``placed``; nothing is written.
    """
    book = open_database(viewer, at=at)
    cells: list[CellChange] = []
    for measure in book.gather("SELECT measure_id FROM measures ORDER BY measure_id")["measure_id"].tolist():
        one = open_plan(book, uid, measure)
        row = one.sheet.position(row_id)
        after = placed(book, one, row, one.sheet.position(parent_id))
        cells += cell_changes(one.sheet, after, anew=False)
        if int(one.sheet.kind[row]) != UNIT:  # a unit takes its segments along, and no unit above it has any
            cells += cuts_that_follow(book, one, after)
    place_plan_row(
        actor=viewer,
        at=at,
        uid=uid,
        row_id=row_id,
        parent_id=parent_id,
        cells=cells,
        since=sequence_of(book),
    )


def _refuse_below_segments(book: Book, one: OpenPlan, row: int, under: int) -> None:
    """Refuse to take a unit below one that is cut by segments: these are what it is divided into."""
    if int(one.sheet.kind[row]) != UNIT:
        return
    if len(book.gather(SEGMENTS_BELOW, row=int(one.sheet.tree.unit_ids[under]))):
        where = one.name(under)
        raise RuleError(
            Text(
                f"“{where.zh}”已经按划分项切开，不能再有下级组织。",
                f"{where.en} is cut by segments; it cannot have units below it as well.",
            ),
            Text("请选一个有下级组织的组织。", "Choose a unit that has units below it."),
        )
