"""A row of a plan split into named accounts and all others (80/20): rows and figures as one entry (R046)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.plans.schema import CUSTOMER, PERSON, POOL, SEGMENT, UNIT
from dacheng.core.schema import RELATIONS
from dacheng.store.history import Entry, writing
from dacheng.store.identity import code_from, hidden, new_uids
from dacheng.store.plans import PlacedRow, check_sums, require_editable, require_plan_units, rows_of_plan
from dacheng.store.saving import Made, New, create
from dacheng.store.standing import Standing, standing, standing_uid


@dataclass(frozen=True, slots=True)
class RowPart:
    """One part of a row.

    Args:
        customer_id: the named account; 0 = the row of all others. name: of that row.
        weight: among its siblings when the plan is broken down again.
        amounts: (measure, month) -> minor units.
    """

    customer_id: int
    name: str
    weight: int
    amounts: Mapping[tuple[int, int], int] = field(hash=False)


def split_plan_row(*, actor: Viewer, at: datetime, uid: UUID, row_id: int, parts: Sequence[RowPart]) -> int:
    """Add a row for each part below a row of a plan, with its figures; return how many rows were added.

    The months that stand are split too: the row itself keeps every figure.

    Raises:
        NotFound: the row is out of reach. NotAllowed: it is only seen.
        RuleError: the plan is settled, or the row has rows below it. Conflict: its figures changed meanwhile.

    Source: R046.
    """
    with writing(actor, at, "plan.row_split") as entry:
        plan = standing_uid("plans", uid)
        require_editable(plan)
        rows = rows_of_plan(plan.record_id)
        if row_id not in rows:
            raise hidden(RELATIONS["plan_rows"].label)
        row = rows[row_id]
        require_plan_units(entry, "plan.edit", [row.unit_id])
        _check_whole(row, rows)
        made = _create_rows(entry, plan, row, parts)
        placed = {"plan_id": plan.record_id, "unit_id": row.unit_id}
        terms, cells = [], []
        for one, part in zip(made, parts, strict=True):
            for measure in sorted({measure for measure, _ in part.amounts}):
                term = {"plan_row_id": one.record_id, "measure_id": measure, "weight": part.weight}
                terms.append(New({**placed, **term}, entry.day))
            for (measure, ym), amount in part.amounts.items():
                cell = {"plan_row_id": one.record_id, "measure_id": measure, "ym": ym, "amount": amount}
                cells.append(New({**placed, **cell, "automatic": amount}, entry.day))
        create(entry, "plan_terms", terms)
        create(entry, "plan_cells", cells)
        for measure in sorted({measure for part in parts for measure, _ in part.amounts}):
            check_sums(measure, [row_id])
        return len(made)


def _check_whole(row: PlacedRow, rows: Mapping[int, PlacedRow]) -> None:
    """Refuse a row that cannot be split; segments below a unit are a cut of their own and do not matter."""
    if row.kind in (UNIT, PERSON) and not any(
        one.parent_id == row.row_id and one.kind != SEGMENT for one in rows.values()
    ):
        return
    raise RuleError(
        Text("这一行不能按 80/20 拆分。", "This row cannot be split by 80/20."),
        Text("请选下面还没有再分的组织或人员。", "Choose a unit or a person with no rows below."),
    )


def _create_rows(entry: Entry, plan: Standing, row: PlacedRow, parts: Sequence[RowPart]) -> list[Made]:
    above = standing("plan_rows", [row.row_id])[row.row_id].row
    news = [
        New(
            {
                "code": code_from("FH", uid),
                "name": part.name,
                "plan_id": plan.record_id,
                "parent_id": row.row_id,
                "kind": CUSTOMER if part.customer_id else POOL,
                "unit_id": row.unit_id,
                "customer_id": part.customer_id,
                "from_ym": above["from_ym"],
                "until_ym": above["until_ym"],
            },
            entry.day,
        )
        for uid, part in zip(new_uids(entry.at, len(parts)), parts, strict=True)
    ]
    return create(entry, "plan_rows", news)
