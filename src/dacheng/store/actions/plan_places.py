"""Where a row of a plan stands (换上级): moved with all that is set of it, as one entry (R041)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.plans.placing import STAY
from dacheng.core.plans.schema import UNIT
from dacheng.core.schema import RELATIONS
from dacheng.store.actions.plan_cells import CellChange, write_cells
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.plans import check_sums, require_editable, require_plan_units, rows_of_plan
from dacheng.store.saving import Edit, change
from dacheng.store.standing import standing, standing_uid

OF_A_ROW = ("plan_cells", "plan_terms", "plan_talks", "plan_adjustments")
"""What is kept of a row and is seen by whoever looks after its unit: it goes with the row."""


def place_plan_row(
    *, actor: Viewer, at: datetime, uid: UUID, row_id: int, parent_id: int, cells: Sequence[CellChange], since: int
) -> None:
    """Take a row of a plan under another unit, with the amounts of the rows above that follow.

    Args:
        since: the log sequence of the figures from which the cells were worked out.

    Raises:
        NotFound: the row or the unit is out of reach. NotAllowed: it is only seen.
        Conflict: somebody changed one of the cells meanwhile. RuleError: the plan is settled, or the row stays.

    Source: R041.
    """
    with writing(actor, at, "plan.row_placed") as entry:
        plan = standing_uid("plans", uid)
        require_editable(plan)
        rows = rows_of_plan(plan.record_id)
        if row_id not in rows or parent_id not in rows:
            raise hidden(RELATIONS["plan_rows"].label)
        row, above = rows[row_id], rows[parent_id]
        require_plan_units(entry, "plan.edit", [row.unit_id, above.unit_id])
        if row.kind in STAY or above.kind != UNIT or any(one.parent_id == row_id for one in rows.values()):
            raise RuleError(
                Text("这一行不能放到那里。", "The row cannot be taken there."),
                Text("人员、待招、渠道、客户可以放到组织下面。", "Only people, vacancies, partners, accounts can."),
            )
        _correct(entry, "plan_rows", [row_id], {"parent_id": parent_id, "unit_id": above.unit_id})
        for relation in OF_A_ROW:
            found = select_rows(f"rec_{relation}", ["id"], [("plan_row_id = %s", row_id), ("NOT removed", None)])
            _correct(entry, relation, [one[0] for one in found], {"unit_id": above.unit_id})
        write_cells(entry, plan, cells, since)
        for measure in sorted({one.measure_id for one in cells if one.ym}):
            check_sums(measure, sorted({row.parent_id, parent_id}))


def _correct(entry: Entry, relation: str, ids: Sequence[int], values: dict[str, int]) -> None:
    found = standing(relation, ids)
    edits = [Edit(one.record_id, values, max(entry.day, one.first_day)) for one in found.values()]
    change(entry, relation, edits, found)
