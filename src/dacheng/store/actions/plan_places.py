"""Where a row of a plan stands (换上级): moved with all that is set of it and of what is below, as one entry (R041).

A row with amounts in months that stand is not taken away from them: it ends where they end, and goes on under the
other unit as a row of its own, with what was set of the months that may still change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.plans.placing import STAY
from dacheng.core.plans.schema import REQUESTED, SEGMENT, UNIT, UNSAID
from dacheng.core.schema import RELATIONS
from dacheng.store.actions.plan_cells import CellChange, write_cells
from dacheng.store.bulk import Condition, among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.plan_answers import take_back_agreement
from dacheng.store.plans import PlacedRow, check_sums, require_editable, require_plan_units, rows_of_plan
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.standing import RECORD_COLUMNS, Columns, Standing, record_table, standing, standing_uid

OF_A_ROW = ("plan_cells", "plan_terms", "plan_talks", "plan_adjustments")
"""What is kept of a row and is seen by whoever looks after its unit: it goes with the row."""

NO_MORE: Columns = {
    "amount": 0,
    "automatic": None,
    "pinned": 0,
    "floor": None,
    "cap": None,
    "submitted": None,
    "agreed": UNSAID,
}
"""A month of a row that goes on elsewhere."""

KEPT_OF_TERMS = ("measure_id", "plan_id", "person_id", "weight", "buffer_bp", "fit_bp", "fit_reason")
"""What holds of the rest of a year too; a bound, a pin or a submission of the whole year does not."""

Rows = Mapping[int, PlacedRow]


def place_plan_row(
    *, actor: Viewer, at: datetime, uid: UUID, row_id: int, parent_id: int, cells: Sequence[CellChange], since: int
) -> None:
    """Take a row of a plan under another unit, with what is below it and the amounts of the rows above that follow.

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
        branch = _branch(rows, row_id)
        require_plan_units(entry, "plan.edit", [rows[one].unit_id for one in (*branch, parent_id)])
        _check_place(rows, row_id, parent_id, branch)
        if _past(plan, branch):
            _go_on_elsewhere(entry, plan, rows, branch, parent_id)
        else:
            _take(entry, rows, branch, parent_id)
        write_cells(entry, plan, cells, since)
        for measure in sorted({one.measure_id for one in cells if one.ym}):
            check_sums(measure, sorted({rows[row_id].parent_id, parent_id}))


def _check_place(rows: Rows, row_id: int, parent_id: int, branch: Sequence[int]) -> None:
    row, above = rows[row_id], rows[parent_id]
    if row.kind in STAY or not row.parent_id or above.kind != UNIT or parent_id in branch:
        raise RuleError(
            Text("这一行不能放到那里。", "The row cannot be taken there."),
            Text(
                "下级组织、人员、待招、渠道、客户可以放到别的组织下面。",
                "Units below, people, vacancies, partners and accounts can be taken under another unit.",
            ),
        )
    if row.kind == UNIT and any(one.parent_id == parent_id and one.kind == SEGMENT for one in rows.values()):
        raise RuleError(
            Text(
                "那个组织已经按划分项切开，不能再有下级组织。",
                "That unit is cut by segments; it cannot have units below it as well.",
            ),
            Text("请选一个有下级组织的组织。", "Choose a unit that has units below it."),
        )


def _branch(rows: Rows, row_id: int) -> list[int]:
    """Return a row and all below it, each after the one above it."""
    below: dict[int, list[int]] = {}
    for one in rows.values():
        below.setdefault(one.parent_id, []).append(one.row_id)
    found = [row_id]
    for number in found:
        found += below.get(number, [])
    return found


def _past(plan: Standing, branch: Sequence[int]) -> bool:
    """Tell whether there are amounts in months that stand."""
    stands = f"amount <> 0 AND ym < {int(plan.row['effective_ym'])} AND NOT removed"
    return bool(select_rows(record_table("plan_cells"), ["id"], [among("plan_row_id", branch), (stands, None)]))


def _take(entry: Entry, rows: Rows, branch: Sequence[int], parent_id: int) -> None:
    """Let a row stand elsewhere; of rows below anybody but a unit all goes to the unit above."""
    top = branch[0]
    if rows[top].kind == UNIT:
        _correct(entry, "plan_rows", [top], {"parent_id": parent_id})
        return
    unit = rows[parent_id].unit_id
    _correct(entry, "plan_rows", [top], {"parent_id": parent_id, "unit_id": unit})
    _correct(entry, "plan_rows", branch[1:], {"unit_id": unit})
    for relation in OF_A_ROW:
        _correct(entry, relation, _ids(relation, branch), {"unit_id": unit})


def _go_on_elsewhere(entry: Entry, plan: Standing, rows: Rows, branch: Sequence[int], parent_id: int) -> None:
    """End a row and those below it where the months that stand end, and let them go on under another unit."""
    first = int(plan.row["effective_ym"])
    own = rows[branch[0]].kind == UNIT
    records = standing("plan_rows", branch)
    going_on = [one for one in branch if not 0 < int(records[one].row["until_ym"]) <= first]
    begun = [one for one in going_on if int(records[one].row["from_ym"]) < first]
    number = len(select_rows(record_table("plan_rows"), ["id"], [("plan_id = %s", plan.record_id)]))
    now: dict[int, int] = {rows[branch[0]].parent_id: parent_id}
    for row in going_on:
        unit = rows[row].unit_id if own else rows[parent_id].unit_id
        placed = {"parent_id": now[rows[row].parent_id], "unit_id": unit}
        if row not in begun:
            _correct(entry, "plan_rows", [row], placed)
            for relation in OF_A_ROW:
                _correct(entry, relation, _ids(relation, [row]), {"unit_id": unit})
            now[row] = row
            continue
        number += 1
        code = f"{plan.row['code']}-{number:05d}"
        as_it_was = {name: records[row].row[name] for name in RECORD_COLUMNS["plan_rows"]}
        born = {**as_it_was, **placed, "code": code, "from_ym": first}
        now[row] = create(entry, "plan_rows", [New(born, entry.day)])[0].record_id
    _correct(entry, "plan_rows", begun, {"until_ym": first})
    units = {now[row]: rows[row].unit_id if own else rows[parent_id].unit_id for row in begun}
    _hand_on(entry, plan, {row: now[row] for row in begun}, units, first)


def _hand_on(entry: Entry, plan: Standing, now: Mapping[int, int], units: Mapping[int, int], first: int) -> None:
    """Let what is set of open months be of the rows that go on, and requests that wait too."""
    ended = among("plan_row_id", now)
    cells = _records("plan_cells", [ended, (f"ym >= {first}", None)])
    terms = _records("plan_terms", [ended])

    def placed(row: Columns) -> Columns:
        goes_on = now[int(row["plan_row_id"] or 0)]
        return {"plan_row_id": goes_on, "unit_id": units[goes_on]}

    kept = [name for name in RECORD_COLUMNS["plan_cells"] if name != "agreed"]
    create(
        entry,
        "plan_cells",
        [New({**{name: row[name] for name in kept}, **placed(row)}, entry.day) for _, row in cells],
    )
    create(
        entry,
        "plan_terms",
        [New({**{name: row[name] for name in KEPT_OF_TERMS}, **placed(row)}, entry.day) for _, row in terms],
    )
    _correct(entry, "plan_cells", [number for number, row in cells if row["amount"] is not None], NO_MORE)
    names = RELATIONS["plan_cells"].key
    changed = {tuple(int(row[name] or 0) for name in names) for _, row in cells if row["amount"]}
    take_back_agreement(entry, plan.record_id, changed)
    waiting = _records("plan_adjustments", [("plan_id = %s", plan.record_id), (f"state = {REQUESTED}", None)])
    for line, row in waiting:
        of_row, other = int(row["plan_row_id"] or 0), int(row["other_row_id"] or 0)
        if of_row in now or other in now:
            values: dict[str, int] = {"other_row_id": now.get(other, other)}
            values |= {"plan_row_id": now[of_row], "unit_id": units[now[of_row]]} if of_row in now else {}
            _correct(entry, "plan_adjustments", [line], values)


def _records(name: str, conditions: Sequence[Condition]) -> list[tuple[int, Columns]]:
    columns = ["id", *RECORD_COLUMNS[name]]
    found = select_rows(record_table(name), columns, [*conditions, ("NOT removed", None)], order=("id",))
    return [(int(row[0]), dict(zip(columns[1:], row[1:], strict=True))) for row in found]


def _ids(relation: str, rows: Iterable[int]) -> list[int]:
    found = select_rows(record_table(relation), ["id"], [among("plan_row_id", rows), ("NOT removed", None)])
    return [int(one[0]) for one in found]


def _correct(entry: Entry, relation: str, ids: Sequence[int], values: Columns) -> None:
    found = standing(relation, ids)
    edits = [Edit(one.record_id, values, max(entry.day, one.first_day)) for one in found.values()]
    change(entry, relation, edits, found)
