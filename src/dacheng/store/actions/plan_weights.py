"""Weighing the rows of a plan (设权重): their weights and what the factors counted, as one entry (R048)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checking import check_values
from dacheng.core.factors.choosing import check_counts
from dacheng.core.factors.schema import PLAN_FACTORS
from dacheng.core.plans.schema import UNIT
from dacheng.store.actions.plan_cells import CellChange, write_cells
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.plans import PlacedRow, require_editable, require_plan_units, rows_of_plan
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.standing import Key, Standing, record_table, standing_keys, standing_uid

CHOICE = PLAN_FACTORS.name


def weigh_plan(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    measure_id: int,
    cells: Sequence[CellChange],
    units: Sequence[int] = (),
    counts: Mapping[int, int] | None = None,
) -> int:
    """Set weights and other terms of rows, and keep what the factors counted; return how many records changed.

    What was chosen before for units below is taken back: the weights of their rows were made anew.

    Args:
        units: the topmost units that were weighed. counts: factor -> percent; None = nothing was chosen.

    Raises:
        RuleError: the factors do not come to 100 %. As ``set_plan_cells``.

    Source: R048.
    """
    with writing(actor, at, "plan.weighed") as entry:
        plan = standing_uid("plans", uid)
        require_editable(plan)
        changed = write_cells(entry, plan, cells)
        if counts is not None:
            require_plan_units(entry, "plan.edit", units)
            changed += _choose(entry, plan, measure_id, units, counts)
        return changed


def _choose(entry: Entry, plan: Standing, measure_id: int, units: Sequence[int], counts: Mapping[int, int]) -> int:
    check_counts(counts)
    wanted: dict[Key, int] = {
        (plan.record_id, unit, measure_id, factor): percent for unit in units for factor, percent in counts.items()
    }
    for percent in counts.values():
        check_values(PLAN_FACTORS, {"percent": percent})
    for key in _chosen(plan.record_id, measure_id, _units_below(rows_of_plan(plan.record_id), units)):
        wanted.setdefault(key, 0)
    found = standing_keys(CHOICE, wanted)
    news = [
        New({**dict(zip(PLAN_FACTORS.key, key, strict=True)), "percent": percent}, entry.day)
        for key, percent in wanted.items()
        if key not in found and percent
    ]
    create(entry, CHOICE, news)
    edits = [Edit(one.record_id, {"percent": wanted[key]}, max(entry.day, one.first_day)) for key, one in found.items()]
    return len(news) + len(change(entry, CHOICE, edits, {one.record_id: one for one in found.values()}))


def _units_below(rows: Mapping[int, PlacedRow], units: Sequence[int]) -> set[int]:
    """Return units and every unit below them in the plan."""
    found = set(units)
    reached = {one.row_id for one in rows.values() if one.kind == UNIT and one.unit_id in found}
    waiting = [one for one in rows.values() if one.kind == UNIT and one.row_id not in reached]
    while further := [one for one in waiting if one.parent_id in reached]:
        reached |= {one.row_id for one in further}
        found |= {one.unit_id for one in further}
        waiting = [one for one in waiting if one.row_id not in reached]
    return found


def _chosen(plan_id: int, measure_id: int, units: set[int]) -> list[Key]:
    """Return the keys of what was chosen for units of a plan."""
    met = [("plan_id = %s", plan_id), ("measure_id = %s", measure_id), among("unit_id", units), ("NOT removed", None)]
    return list(select_rows(record_table(CHOICE), list(PLAN_FACTORS.key), met))
