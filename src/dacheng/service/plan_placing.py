"""Taking a row of a plan under another unit (换上级): every measure follows, as one entry (R041)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer, not_allowed
from dacheng.core.plans.placing import chains, check_place, re_homed
from dacheng.core.plans.sheet import Sheet
from dacheng.service.books import open_database, sequence_of
from dacheng.service.plan_changes import cell_changes
from dacheng.service.plans import OpenPlan, cuts_that_follow, open_plan
from dacheng.store.actions.plan_cells import CellChange
from dacheng.store.actions.plan_places import place_plan_row


def placed(one: OpenPlan, row: int, under: int) -> Sheet:
    """Return a measure of a plan as it is once a row stands under another unit.

    Args:
        row, under: positions.

    Raises:
        NotAllowed: a row that was given from above would change. RuleError: as ``re_homed``.
    """
    check_place(one.sheet, row, under, one.name)
    given = 1 if one.sheet.shared_top else 0
    if one.held and any(
        int(one.sheet.tree.depth[at]) <= given for chain in chains(one.sheet, row, under) for at in chain
    ):
        raise not_allowed("plan.edit")
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
        after = placed(one, one.sheet.position(row_id), one.sheet.position(parent_id))
        cells += cell_changes(one.sheet, after, anew=False)
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
