"""Targets of another system brought into a plan (导入方案): plan, rows and figures as one entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.plans.schema import KINDS, UNIT
from dacheng.core.schema import RELATIONS
from dacheng.store.actions.plan_cells import CellChange, write_cells
from dacheng.store.actions.plans import make_plan
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.plans import PlacedRow, require_editable, require_plan_units, rows_of_plan
from dacheng.store.standing import Columns, Standing, standing_uid


@dataclass(frozen=True, slots=True)
class RowKey:
    """A row by what it is of, so that one of a plan that is yet to be made can be named.

    Args:
        row_id: its number where it stands already; 0 = the row of that kind, unit and person.
    """

    kind: int
    unit_id: int
    person_id: int = 0
    row_id: int = 0


@dataclass(frozen=True, slots=True)
class BroughtCell:
    """A month of a row as it shall be."""

    row: RowKey
    measure_id: int
    ym: int
    values: Columns = field(hash=False)


def import_plan(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID | None,
    values: FROM_OUTSIDE,
    kept_back: Sequence[RowKey],
    cells: Sequence[BroughtCell],
    since: int,
) -> tuple[Saved, int]:
    """Bring figures into a plan, or into a new one, all or none; return the plan and how many cells changed.

    Args:
        uid: of the plan; None = a new one of ``values`` as for ``create_plan``.
        kept_back: rows for what is not assigned and for buffers, that are to be added below the row of their unit.
        since: the log sequence of the figures from which the cells were worked out.

    Raises:
        As ``create_plan`` and ``set_plan_cells``.
    """
    with writing(actor, at, "plan.imported") as entry:
        plan = standing_uid("plans", uid or make_plan(entry, values).uid)
        require_editable(plan)
        rows = {(one.kind, one.unit_id, one.person_id): one for one in rows_of_plan(plan.record_id).values()}
        for key in kept_back:
            rows[key.kind, key.unit_id, 0] = _added(entry, plan, key, rows)
        changes = [CellChange(_row(one.row, rows), one.measure_id, one.ym, one.values) for one in cells]
        return Saved(plan.uid, 1), write_cells(entry, plan, changes, since)


Rows = Mapping[tuple[int, int, int], PlacedRow]


def _row(key: RowKey, rows: Rows) -> int:
    if key.row_id:
        return key.row_id
    found = rows.get((key.kind, key.unit_id, key.person_id))
    if found is None:
        raise hidden(RELATIONS["plan_rows"].label)
    return found.row_id


def _added(entry: Entry, plan: Standing, key: RowKey, rows: Rows) -> PlacedRow:
    """Add a row below the row of its unit, where there is none of that kind yet."""
    there = rows.get((key.kind, key.unit_id, 0))
    if there is not None:
        return there
    above = _row(RowKey(UNIT, key.unit_id, 0, key.row_id), rows)
    require_plan_units(entry, "plan.edit", [key.unit_id])
    name = next(label.zh for number, _, label in KINDS if number == key.kind)
    placed = {"name": name, "kind": key.kind, "unit_id": key.unit_id, "plan_id": plan.record_id, "parent_id": above}
    made = add(entry, "plan_rows", placed, entry.day, prefix="FH")
    return PlacedRow(made.record_id, above, key.kind, key.unit_id, 0)
