"""The figures of a plan (方案格): set together as one entry, after which every sum still holds (R031, R041)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checking import check_values
from dacheng.core.errors import Conflict, RuleError, Text
from dacheng.core.period import ym_text
from dacheng.core.plans.cutting import no_segments
from dacheng.core.plans.schema import BUFFER, RESERVE, SEGMENT, UNIT, VACANCY
from dacheng.core.schema import RELATIONS
from dacheng.store.access import rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, typed
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.plan_answers import take_back_agreement
from dacheng.store.plans import (
    PlacedRow,
    changed_by,
    check_sums,
    require_editable,
    require_plan_units,
    rows_of_plan,
)
from dacheng.store.saving import Edit, Made, New, change, create
from dacheng.store.standing import Columns, Key, Standing, standing_keys, standing_uid


class CellChange(NamedTuple):
    """Columns of one cell of a plan as they shall be.

    Args:
        row_id: the row of the plan. ym: the month; 0 = the terms of the whole year.
        values: column -> value; amounts in minor units.
    """

    row_id: int
    measure_id: int
    ym: int
    values: Columns

    @property
    def relation(self) -> str:
        """Return where the cell is kept."""
        return "plan_cells" if self.ym else "plan_terms"

    @property
    def key(self) -> Key:
        """Return the key of its record."""
        return (self.row_id, self.measure_id, self.ym) if self.ym else (self.row_id, self.measure_id)


def add_plan_row(*, actor: Viewer, at: datetime, uid: UUID, parent_id: int, values: FROM_OUTSIDE) -> Saved:
    """Add a row below another one: a vacancy, a channel partner, a named account, a buffer, what is kept back.

    Args:
        values: kind, and what the kind needs: name, from_ym, customer_id.

    Raises:
        NotFound: the row above is out of reach. RuleError: the plan is settled, a vacancy has no first
            month, or the row above has a buffer already.

    Source: R019, R031, R046.
    """
    with writing(actor, at, "plan.row_added") as entry:
        plan = standing_uid("plans", uid)
        require_editable(plan)
        above = rows_of_plan(plan.record_id, [parent_id]).get(parent_id)
        if above is None:
            raise hidden(RELATIONS["plan_rows"].label)
        require_plan_units(entry, "plan.edit", [above.unit_id])
        given = typed(rights_of(entry), "plan_rows", values)
        _check_row(plan, above, given)
        placed = {**given, "plan_id": plan.record_id, "parent_id": parent_id, "unit_id": above.unit_id}
        return Saved(add(entry, "plan_rows", placed, entry.day, prefix="FH").uid, 1)


def add_segments(*, actor: Viewer, at: datetime, uid: UUID, dimension: int) -> int:
    """Add a row for every segment of a dimension below every lowest unit, where there is none; return how many.

    Raises:
        NotFound: a unit is out of reach. RuleError: the plan is settled, or there are no such segments.

    Source: R043, R044.
    """
    with writing(actor, at, "plan.cut") as entry:
        plan = standing_uid("plans", uid)
        require_editable(plan)
        rows = rows_of_plan(plan.record_id)
        segments = _segments_of(dimension)
        inner = {one.parent_id for one in rows.values() if one.kind == UNIT}
        lowest = [one for one in rows.values() if one.kind == UNIT and one.row_id not in inner]
        require_plan_units(entry, "plan.edit", {one.unit_id for one in lowest})
        there = _segments_there(plan.record_id)
        wanted = [(one, segment) for one in lowest for segment in segments if (one.row_id, segment) not in there]
        return len(_create_segments(entry, plan, wanted, len(rows)))


def _segments_of(dimension: int) -> list[int]:
    found = select_rows("rec_segments", ["id"], [("dimension = %s", dimension), ("NOT removed", None)], order=("id",))
    if not found:
        raise no_segments()
    return [row[0] for row in found]


def _segments_there(plan_id: int) -> set[tuple[int, int]]:
    conditions = [("plan_id = %s", plan_id), ("segment_id <> 0 AND NOT removed", None)]
    return set(select_rows("rec_plan_rows", ["parent_id", "segment_id"], conditions))


def _create_segments(entry: Entry, plan: Standing, wanted: Sequence[tuple[PlacedRow, int]], first: int) -> list[Made]:
    news = [
        New(
            {
                "code": f"{plan.row['code']}-{first + at + 1:05d}",
                "plan_id": plan.record_id,
                "parent_id": one.row_id,
                "kind": SEGMENT,
                "unit_id": one.unit_id,
                "segment_id": segment,
            },
            entry.day,
        )
        for at, (one, segment) in enumerate(wanted)
    ]
    return create(entry, "plan_rows", news)


def set_plan_cells(
    *, actor: Viewer, at: datetime, uid: UUID, cells: Sequence[CellChange], since: int | None = None
) -> int:
    """Set cells of a plan, all or none, as one entry; every sum must hold afterwards. Return how many changed.

    A target that was accepted or imposed is offered anew when an amount of it changes; its thread keeps what was.

    Args:
        since: the log sequence of the figures from which the cells were worked out; None = whatever stands.

    Raises:
        NotFound: there is no such plan or row in reach. NotAllowed: a row is seen only.
        Conflict: somebody changed a cell meanwhile (both values travel with it), or the sums no longer hold.
        RuleError: the plan is settled, a month stands, a cell stands twice or is not possible.

    Source: R031, R041.
    """
    with writing(actor, at, "plan.set") as entry:
        plan = standing_uid("plans", uid)
        require_editable(plan)
        return write_cells(entry, plan, cells, since)


def write_cells(
    entry: Entry, plan: Standing, cells: Sequence[CellChange], since: int | None = None, right: str = "plan.edit"
) -> int:
    """Set cells of a plan within an entry; takes, returns and raises as ``set_plan_cells``.

    Args:
        right: what the actor needs at the unit of each row.
    """
    rows = rows_of_plan(plan.record_id, {one.row_id for one in cells})
    _check_rows(entry, cells, rows, right)
    _check_months_open(plan, cells)
    changed = 0
    for relation in ("plan_terms", "plan_cells"):
        wanted = _by_key([one for one in cells if one.relation == relation])
        changed += _write(entry, plan, relation, wanted, rows, since)
    for measure in sorted({one.measure_id for one in cells if one.ym}):
        touched = [one.row_id for one in cells if one.measure_id == measure and one.ym]
        check_sums(measure, sorted({*touched, *(rows[one].parent_id for one in touched)}))
    return changed


def _check_row(plan: Standing, above: PlacedRow, given: Columns) -> None:
    """Refuse a row that could not be broken down."""
    if above.kind != UNIT:
        raise RuleError(
            Text("只能加在组织下面。", "A row is added below a unit."), Text("请选组织那一行。", "Choose a unit's row.")
        )
    if given.get("kind") == VACANCY and not given.get("from_ym"):
        raise RuleError(
            Text("待招没有到岗月份。", "A vacancy needs its first month."),
            Text("填预计到岗的月份；空岗不算人。", "Enter the month it begins; before, it counts as nobody."),
        )
    siblings = [one for one in rows_of_plan(plan.record_id).values() if one.parent_id == above.row_id]
    if given.get("kind") in (BUFFER, RESERVE) and any(one.kind == given["kind"] for one in siblings):
        raise RuleError(
            Text("这里已经有一行了。", "There is such a row here already."),
            Text("请直接改那一行。", "Change that one."),
        )


def _check_rows(entry: Entry, cells: Sequence[CellChange], rows: Mapping[int, PlacedRow], right: str) -> None:
    if any(one.row_id not in rows for one in cells):
        raise hidden(RELATIONS["plan_rows"].label)
    require_plan_units(entry, right, {rows[one.row_id].unit_id for one in cells})


def _check_months_open(plan: Standing, cells: Sequence[CellChange]) -> None:
    first, until = int(plan.row["effective_ym"]), int(plan.row["until_ym"])
    for one in cells:
        if one.ym and not first <= one.ym < until and {"amount", "pinned"} & set(one.values):
            raise RuleError(
                Text(f"{ym_text(one.ym)} 不在方案还能改的月份里。", f"{ym_text(one.ym)} cannot be changed any more."),
                Text(
                    f"可改 {ym_text(first)} 到 {ym_text(until - 1)}。", f"{ym_text(first)} to {ym_text(until - 1)} can."
                ),
            )


def _by_key(cells: Sequence[CellChange]) -> dict[Key, CellChange]:
    found: dict[Key, CellChange] = {}
    for one in cells:
        if one.key in found:
            raise RuleError(
                Text("同一格出现了两次。", "A cell stands twice."), Text("每格只填一次。", "Set each cell once.")
            )
        check_values(RELATIONS[one.relation], one.values)
        found[one.key] = one
    return found


def _write(
    entry: Entry,
    plan: Standing,
    relation: str,
    wanted: Mapping[Key, CellChange],
    rows: Mapping[int, PlacedRow],
    since: int | None,
) -> int:
    found = standing_keys(relation, wanted)
    if since is not None:
        _refuse_stale(wanted, found, changed_by(plan.record_id, relation, range(since + 1, entry.seq)))
    names = RELATIONS[relation].key
    news = []
    for key, one in wanted.items():
        if key in found:
            continue
        row = rows[one.row_id]
        placed = {"plan_id": plan.record_id, "unit_id": row.unit_id, "person_id": row.person_id}
        news.append(New({**dict(zip(names, key, strict=True)), **placed, **one.values}, entry.day))
    create(entry, relation, news)
    edits = [
        Edit(record.record_id, wanted[key].values, max(entry.day, record.first_day)) for key, record in found.items()
    ]
    other = {key for key, one in wanted.items() if "amount" in one.values and _differs(one, found.get(key))}
    changed = change(entry, relation, edits, {one.record_id: one for one in found.values()})
    take_back_agreement(entry, plan.record_id, other)
    return len(news) + len(changed)


def _differs(one: CellChange, record: Standing | None) -> bool:
    return record is None or record.row["amount"] != one.values["amount"]


def _refuse_stale(wanted: Mapping[Key, CellChange], found: Mapping[Key, Standing], changed: set[Key]) -> None:
    """Refuse cells that somebody set meanwhile, each with both values."""
    stale = {key: wanted[key] for key in changed if key in wanted}
    if stale:
        raise Conflict(
            Text(f"有 {len(stale)} 格刚被别人改过。", f"{len(stale)} cells were changed by somebody else meanwhile."),
            Text("看一下两个值，再决定保留哪个。", "Compare both values, then choose one."),
            yours={_called(one): one.values.get("amount") for one in stale.values()},
            theirs={_called(one): found[key].row.get("amount") if key in found else None for key, one in stale.items()},
        )


def _called(one: CellChange) -> str:
    return f"{one.row_id} · {ym_text(one.ym) if one.ym else '全年'}"
