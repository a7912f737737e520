"""A row of a plan split into named accounts, people or products and all others (80/20), as one entry (R046)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.plans.schema import CUSTOMER, PERSON, POOL, PRODUCT, SEGMENT, UNIT
from dacheng.core.schema import RELATIONS
from dacheng.store.actions.plan_cells import CellChange, write_cells
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import code_from, hidden, new_uids
from dacheng.store.plans import PlacedRow, check_sums, require_editable, require_plan_units, rows_of_plan
from dacheng.store.saving import Becoming, Made, New, become, create
from dacheng.store.standing import Standing, record_table, standing, standing_uid


@dataclass(frozen=True, slots=True)
class RowPart:
    """One part of a row: of an account, a person or a product; with none of them it is the row of all others.

    Args:
        name: of the row of all others. weight: among its siblings when the plan is broken down again.
        amounts: (measure, month) -> minor units. row_id: the row that a person has already; 0 = one is added.
    """

    name: str
    weight: int
    amounts: Mapping[tuple[int, int], int] = field(hash=False)
    customer_id: int = 0
    person_id: int = 0
    product_id: int = 0
    row_id: int = 0

    @property
    def kind(self) -> int:
        """Return the kind of its row."""
        whose = ((self.customer_id, CUSTOMER), (self.person_id, PERSON), (self.product_id, PRODUCT))
        return next((kind for one, kind in whose if one), POOL)


def split_plan_row(
    *, actor: Viewer, at: datetime, uid: UUID, row_id: int, parts: Sequence[RowPart], gone: Collection[int] = ()
) -> int:
    """Add a row for each part below a row of a plan that has none yet, with its figures; return how many were added.

    The months that stand are split too: the row itself keeps every figure.

    Args:
        gone: rows of people that the row of all others takes the place of.

    Raises:
        NotFound: the row is out of reach. NotAllowed: it is only seen.
        RuleError: the plan is settled, the row has other rows below it than those of people who are parts or gone,
            or of a person who is gone something was said already. Conflict: its figures changed meanwhile.

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
        has_row = {part.row_id for part in parts} - {0}
        _check_whole(row, rows, has_row | set(gone))
        _pool(entry, gone)
        news = [part for part in parts if not part.row_id]
        made = _create_rows(entry, plan, row, news)
        placed = {"plan_id": plan.record_id, "unit_id": row.unit_id}
        terms, cells = [], []
        for one, part in zip(made, news, strict=True):
            its = {**placed, "person_id": part.person_id, "plan_row_id": one.record_id}
            for measure in _measures([part]):
                terms.append(New({**its, "measure_id": measure, "weight": part.weight}, entry.day))
            for (measure, ym), amount in part.amounts.items():
                cell = {"measure_id": measure, "ym": ym, "amount": amount, "automatic": amount}
                cells.append(New({**its, **cell}, entry.day))
        create(entry, "plan_terms", terms)
        create(entry, "plan_cells", cells)
        write_cells(entry, plan, [cell for part in parts if part.row_id for cell in _cells_of(part)])
        for measure in _measures(parts):
            check_sums(measure, [row_id])
        return len(made)


def _measures(parts: Iterable[RowPart]) -> list[int]:
    return sorted({measure for part in parts for measure, _ in part.amounts})


def _cells_of(part: RowPart) -> list[CellChange]:
    """Return the figures of a part whose row is there already."""
    terms = [CellChange(part.row_id, measure, 0, {"weight": part.weight}) for measure in _measures([part])]
    months = [
        CellChange(part.row_id, measure, ym, {"amount": amount, "automatic": amount})
        for (measure, ym), amount in part.amounts.items()
    ]
    return [*terms, *months]


def _check_whole(row: PlacedRow, rows: Mapping[int, PlacedRow], people: Collection[int]) -> None:
    """Refuse a row that cannot be split; segments below a unit are a cut of their own and do not matter."""
    below = {one.row_id for one in rows.values() if one.parent_id == row.row_id and one.kind != SEGMENT}
    lower = any(one.parent_id in below for one in rows.values())
    if row.kind in (UNIT, PERSON) and below == set(people) and not lower:
        return
    raise RuleError(
        Text("这一行不能按 80/20 拆分。", "This row cannot be split by 80/20."),
        Text("请选下面还没有再分的组织或人员。", "Choose a unit or a person with no rows below."),
    )


def require_unsaid(gone: Collection[int]) -> None:
    """Refuse to take rows of people away of whose targets something was said, or that an adjustment concerns.

    Raises:
        RuleError: names one of them.
    """
    for relation, column in (
        ("plan_talks", "plan_row_id"),
        ("plan_adjustments", "plan_row_id"),
        ("plan_adjustments", "other_row_id"),
    ):
        said = select_rows(record_table(relation), [column], [among(column, gone), ("NOT removed", None)])
        if said:
            name = standing("plan_rows", [said[0][0]])[said[0][0]].row["name"]
            raise RuleError(
                Text(
                    f"“{name}”的目标已经协商或调整过。", f"The target of {name} was talked about or adjusted already."
                ),
                Text("人员要在方案提出之前拆；之后可以用调剂。", "Split people before proposing; later, move amounts."),
            )


def _pool(entry: Entry, gone: Collection[int]) -> None:
    """End the rows that the row of all others takes the place of, with their terms and figures."""
    if not gone:
        return
    require_unsaid(gone)
    for relation in ("plan_cells", "plan_terms"):
        own = select_rows(record_table(relation), ["id"], [among("plan_row_id", gone), ("NOT removed", None)])
        _remove(entry, relation, [row[0] for row in own])
    _remove(entry, "plan_rows", gone)


def _remove(entry: Entry, relation: str, ids: Collection[int]) -> None:
    become(entry, relation, standing(relation, ids), [Becoming(one, (), day=entry.day) for one in ids])


def _create_rows(entry: Entry, plan: Standing, row: PlacedRow, parts: Sequence[RowPart]) -> list[Made]:
    above = standing("plan_rows", [row.row_id])[row.row_id].row
    news = [
        New(
            {
                "code": code_from("FH", uid),
                "name": part.name,
                "plan_id": plan.record_id,
                "parent_id": row.row_id,
                "kind": part.kind,
                "unit_id": row.unit_id,
                "customer_id": part.customer_id,
                "person_id": part.person_id,
                "product_id": part.product_id,
                "from_ym": above["from_ym"],
                "until_ym": above["until_ym"],
            },
            entry.day,
        )
        for uid, part in zip(new_uids(entry.at, len(parts)), parts, strict=True)
    ]
    return create(entry, "plan_rows", news)
