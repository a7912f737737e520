"""Undoing one save of a plan, or a row added, split or taken elsewhere (撤销一次编制、加行、拆分或换上级) (R041, R046).

Whoever may change all of it may undo it; every sum must hold afterwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.plans import check_sums, require_editable, require_plan_units
from dacheng.store.standing import standing_uid
from dacheng.store.undoing import undo_entry

CAN_BE_UNDONE = (
    "plan.set",
    "plan.row_added",
    "plan.row_split",
    "plan.row_placed",
    "plan.weighed",
    "plan.set_undone",
)
"""An undo can be undone too: that is how one takes it back. A split goes with the rows that it added."""

CELLS = ("plan_cells", "plan_terms")


def undo_plan_cells(*, actor: Viewer, at: datetime, uid: UUID, entry_hash: str) -> int:
    """Let what one save, new row or split changed be as it was before, its rows too; return how many records changed.

    Args:
        entry_hash: the save's name outside.

    Raises:
        NotFound: there is no such save of this plan, or a cell of it is not the actor's to see.
        NotAllowed: he sees them only. RuleError: the plan is settled, a cell was set again since, or something newer
            refers to a row that was added.
        Conflict: somebody changed rows beside them, so that a sum would not hold.
    """
    with writing(actor, at, "plan.set_undone", undone=entry_hash) as entry:
        plan = standing_uid("plans", uid)
        require_editable(plan)
        seq = _save_named(entry_hash)
        places, rows = _places(seq), _rows(seq)
        above = _parents(rows)
        choices = _choices(seq)
        if {plan_id for plan_id, *_ in (*places, *rows.values(), *choices)} != {plan.record_id}:
            raise hidden(RELATIONS["plans"].label)
        _require(entry, places, rows)
        require_plan_units(entry, "plan.edit", {unit for _, unit in choices})
        undo_entry(entry, seq)
        if rows:
            _require(entry, _places(seq), _rows(seq))
        for measure in sorted({one[3] for one in places}):
            touched = {row for _, _, row, its in places if its == measure}
            check_sums(measure, sorted({*touched, *above, *_parents({*touched, *rows})}))
        return len(entry.changes)


def entry_of_save(actor: Viewer, micros: int) -> str:
    """Return the name outside of the save that somebody wrote at a moment; empty when there is none."""
    conditions = [("at = %s", micros), ("actor_id = %s", actor.person_id)]
    rows = select_rows("log", ["hash", "action"], conditions, order=("seq",))
    return str(rows[-1][0]) if rows and rows[-1][1] in CAN_BE_UNDONE else ""


def _save_named(entry_hash: str) -> int:
    found = select_rows("log", ["seq", "action"], [("hash = %s", entry_hash)])
    if not found or found[0][1] not in CAN_BE_UNDONE:
        raise hidden(RELATIONS["plans"].label)
    return int(found[0][0])


def _require(entry: Entry, places: Iterable[tuple[int, int, int, int]], rows: Mapping[int, tuple[int, int]]) -> None:
    units = {unit for _, unit, _, _ in places} | {unit for _, unit in rows.values()}
    require_plan_units(entry, "plan.edit", units)


def _rows(seq: int) -> dict[int, tuple[int, int]]:
    """Return plan and unit of every row that an entry made or took elsewhere."""
    changed = select_rows("log_change", ["record_id"], [(f"seq = {int(seq)} AND relation = 'plan_rows'", None)])
    ids = {row[0] for row in changed}
    found = select_rows("rec_plan_rows", ["id", "plan_id", "unit_id"], [among("id", ids)]) if ids else []
    return {row: (plan_id, unit) for row, plan_id, unit in found}


def _places(seq: int) -> set[tuple[int, int, int, int]]:
    """Return plan, unit, row and measure of every cell that an entry changed."""
    changed = select_rows("log_change", ["relation", "record_id"], [(f"seq = {int(seq)}", None)])
    found: set[tuple[int, int, int, int]] = set()
    for relation in CELLS:
        ids = {number for name, number in changed if name == relation}
        columns = ["plan_id", "unit_id", "plan_row_id", "measure_id"]
        found |= set(select_rows(f"rec_{relation}", columns, [among("id", ids)])) if ids else set()
    return found


def _choices(seq: int) -> set[tuple[int, int]]:
    """Return plan and unit of what an entry chose that factors count."""
    changed = select_rows("log_change", ["record_id"], [(f"seq = {int(seq)} AND relation = 'plan_factors'", None)])
    ids = {row[0] for row in changed}
    return set(select_rows("rec_plan_factors", ["plan_id", "unit_id"], [among("id", ids)])) if ids else set()


def _parents(rows: Collection[int]) -> set[int]:
    found = select_rows("rec_plan_rows", ["parent_id"], [among("id", set(rows))]) if rows else []
    return {row[0] for row in found if row[0]}
