"""Plans (目标方案): made of the organisation, copied into versions, proposed, approved, locked (R031, R033, R041)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import ym_text
from dacheng.core.plans.schema import (
    ACCEPTED,
    APPROVED,
    DRAFT,
    LOCKED,
    PERSON,
    PROPOSED,
    REQUESTED,
    STATES,
    SUPERSEDED,
    UNIT,
    UNSAID,
)
from dacheng.core.tree import Tree
from dacheng.store.access import holds_on, rights_of, tree_on
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.actions.targets import SetCells, write_amounts
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.periods import closed_through
from dacheng.store.plan_answers import offer_all
from dacheng.store.plans import require_plan_units
from dacheng.store.queries.people import without_targets
from dacheng.store.saving import Edit, Made, New, change, create
from dacheng.store.standing import (
    RECORD_COLUMNS,
    Columns,
    Key,
    Standing,
    fact_table,
    record_table,
    standing,
    standing_uid,
)

MOST_MONTHS = 60

STEPS = {
    "propose": ("plan.edit", (DRAFT,), PROPOSED),
    "take_back": ("plan.edit", (PROPOSED,), DRAFT),
    "approve": ("plan.approve", (DRAFT, PROPOSED), APPROVED),
    "reopen": ("plan.approve", (APPROVED,), PROPOSED),
}
"""Step -> the right it needs, the states it starts from, the state it leads to; locking is apart."""


def create_plan(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a plan of a unit: one row for everything below it and for everybody there who carries a target.

    Args:
        values: name, unit_id, from_ym, until_ym; code and effective_ym may be left out.

    Raises:
        NotFound: the unit is out of reach. RuleError: the months are not possible, or nobody is there.

    Source: R041.
    """
    with writing(actor, at, "plan.created") as entry:
        return Saved(make_plan(entry, values).uid, 1)


def make_plan(entry: Entry, values: FROM_OUTSIDE) -> Made:
    """Create a plan and its rows within an entry; takes and raises as ``create_plan``."""
    given = typed(rights_of(entry), "plans", {"effective_ym": values.get("from_ym"), **values})
    _check_months(given)
    require_plan_units(entry, "plan.edit", [int(given.get("unit_id", 0))])
    made = add(entry, "plans", {**given, "state": DRAFT}, entry.day, prefix="FA")
    _draw_rows(entry, made.record_id, int(given["unit_id"]))
    return made


def copy_plan(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE) -> Saved:
    """Make the next version of a plan with all its figures (新版本); the earlier one stays as it is.

    Adjustments that wait for approval go with it: only a plan that may still change can take them.

    Args:
        values: name; effective_ym = the first month that may be changed.

    Raises:
        NotFound: there is no such plan in reach. RuleError: the month is not one of the plan's.

    Source: R033; golden case G45.
    """
    with writing(actor, at, "plan.copied") as entry:
        plan = standing_uid("plans", uid)
        require_plan_units(entry, "plan.edit", [int(plan.row["unit_id"])])
        kept = {name: plan.row[name] for name in ("name", "unit_id", "from_ym", "until_ym", "effective_ym")}
        given = {**kept, **typed(rights_of(entry), "plans", values)}
        _check_months(given)
        number = 1 + max(row[0] for row in select_rows("rec_plans", ["number"], [("unit_id = %s", kept["unit_id"])]))
        born = {**given, "state": DRAFT, "number": number, "base_id": plan.record_id}
        made = add(entry, "plans", born, entry.day, prefix="FA")
        _copy_rows(entry, plan.record_id, made.record_id)
        return Saved(made.uid, 1)


def edit_plan(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change the name of a plan."""
    with writing(actor, at, "plan.edited") as entry:
        plan = standing_uid("plans", uid)
        require_plan_units(entry, "plan.edit", [int(plan.row["unit_id"])])
        given = typed(rights_of(entry), "plans", {"name": values.get("name", plan.row["name"])})
        return revise(entry, "plans", plan, given, version, entry.day)


def move_plan(*, actor: Viewer, at: datetime, uid: UUID, step: str, version: int | None) -> Saved:
    """Propose a plan, take it back, approve it or open it again; proposing offers every target in it.

    Raises:
        NotFound: there is no such plan in reach. NotAllowed: the step is not the actor's.
        Conflict: somebody changed it meanwhile. RuleError: the plan is not in a state for the step.
    """
    with writing(actor, at, f"plan.{step}") as entry:
        plan = standing_uid("plans", uid)
        right, states, state = STEPS[step]
        require_plan_units(entry, right, [int(plan.row["unit_id"])])
        _require_state(plan, states)
        done = revise(entry, "plans", plan, {"state": state}, version, entry.day)
        if step == "propose":
            offer_all(entry, plan.record_id, int(plan.row["unit_id"]))
        return done


def lock_plan(*, actor: Viewer, at: datetime, uid: UUID, version: int | None) -> SetCells:
    """Lock a plan (锁定): its figures become the targets from its first effective month on, in one entry.

    Months that are closed or lie before the effective one keep the targets they have. A plan of the
    same unit and months that was locked before is superseded, and what it made where the new one has
    no row is no target any more: who moved would have two.

    Raises:
        NotFound: there is no such plan in reach. NotAllowed: locking is not the actor's.
        Conflict: somebody changed it meanwhile. RuleError: it is not approved, or has no figures.

    Source: R033; invariant I4.
    """
    with writing(actor, at, "plan.locked") as entry:
        plan = standing_uid("plans", uid)
        require_plan_units(entry, "plan.lock", [int(plan.row["unit_id"])])
        _require_state(plan, (APPROVED,))
        first, until = max(int(plan.row["effective_ym"]), closed_through().through + 1), int(plan.row["until_ym"])
        amounts = _amounts_of(plan.record_id, first, until)
        if not amounts:
            raise RuleError(
                Text(f"方案“{plan.row['name']}”还没有数。", f"The plan {plan.row['name']} has no figures."),
                Text("先分解，再批准和锁定。", "Break it down first, then approve and lock it."),
            )
        revise(entry, "plans", plan, {"state": LOCKED}, version, entry.day)
        gone = [key for one in _supersede(entry, plan) for key in _amounts_of(one, first, until)]
        return write_amounts(entry, dict.fromkeys(gone) | amounts, entry.day)


def _require_state(plan: Standing, states: Sequence[int]) -> None:
    label = {number: label for number, _, label in STATES}
    state = int(plan.row["state"])
    if state not in states:
        zh, en = "、".join(label[one].zh for one in states), " / ".join(label[one].en.lower() for one in states)
        raise RuleError(
            Text(
                f"方案“{plan.row['name']}”现在是{label[state].zh}。",
                f"The plan {plan.row['name']} is {label[state].en.lower()}.",
            ),
            Text(f"这一步只用于{zh}的方案。", f"This step is for plans that are {en}."),
        )


def _amounts_of(plan_id: int, first: int, until: int) -> dict[Key, int | None]:
    """Return the targets that a plan makes of its units and people in months, ``[first, until)``."""
    of_plan = [("plan_id = %s", plan_id), ("NOT removed", None)]
    kinds = {row[0]: row[1] for row in select_rows("rec_plan_rows", ["id", "kind"], of_plan)}
    columns = ["plan_row_id", "unit_id", "person_id", "measure_id", "ym", "amount"]
    months = f"ym >= {first} AND ym < {until} AND amount IS NOT NULL"
    cells = select_rows("rec_plan_cells", columns, [*of_plan, (months, None)])
    found: dict[Key, int | None] = {}
    for row, unit, person, measure, ym, amount in cells:
        if kinds.get(row) in (UNIT, PERSON):  # a row that goes on under another unit is there twice
            key = (unit, person, measure, ym)
            found[key] = (found.get(key) or 0) + amount
    return found


def _supersede(entry: Entry, plan: Standing) -> list[int]:
    """Supersede the plans of the same unit and months that are locked, and return their numbers."""
    conditions = [("unit_id = %s", plan.row["unit_id"]), (f"state = {LOCKED} AND NOT removed", None)]
    months = f"from_ym < {int(plan.row['until_ym'])} AND until_ym > {int(plan.row['from_ym'])}"
    locked = select_rows("rec_plans", ["id"], [*conditions, (months, None)])
    earlier = [row[0] for row in locked if row[0] != plan.record_id]
    change(entry, "plans", [Edit(one, {"state": SUPERSEDED}, entry.day) for one in earlier])
    return earlier


def _check_months(given: Mapping[str, int]) -> None:
    first, until = given.get("from_ym", 0), given.get("until_ym", 0)
    if not 0 < until - first <= MOST_MONTHS:
        raise RuleError(
            Text(
                f"方案从 {ym_text(first)} 到 {ym_text(until)} 之前，共 {until - first} 个月。",
                f"The plan has {until - first} months.",
            ),
            Text(f"请选 1 到 {MOST_MONTHS} 个月。", f"Choose 1 to {MOST_MONTHS} months."),
        )
    if not first <= given["effective_ym"] < until:
        raise RuleError(
            Text(
                f"生效月 {ym_text(given['effective_ym'])} 不在方案的月份里。",
                f"{ym_text(given['effective_ym'])} is no month of the plan.",
            ),
            Text(
                f"请选 {ym_text(first)} 到 {ym_text(until - 1)}。", f"Choose {ym_text(first)} to {ym_text(until - 1)}."
            ),
        )


def rows_to_draw(top: int, day: int) -> list[tuple[int, int, int, int]]:
    """Return (unit above, kind, unit, person) of the rows that a plan of a unit begins with, units by level first.

    There is one for every open unit at or below the top, and for the people who carry a target there.
    """
    tree = tree_on(day)
    closed = {row[0] for row in _on_day("units", ["unit_id"], day, "closed = 1")}
    units = [unit for unit in tree.subtree(top) if unit not in closed]
    levels = sorted(units, key=lambda unit: _depth(tree, unit))
    rows = [(_open_above(tree, unit, top, set(units)), UNIT, unit, 0) for unit in levels]
    return rows + [(unit, PERSON, unit, person) for unit, person in _sellers(units, day)]


def _draw_rows(entry: Entry, plan_id: int, top: int) -> None:
    rows, numbers, first = rows_to_draw(top, entry.day), {0: 0}, 0
    while first < len(rows):
        level = [row for row in rows[first:] if row[0] in numbers and row[1] == rows[first][1]]
        placed = [(numbers[above], kind, unit, person) for above, kind, unit, person in level]
        made = _create_rows(entry, plan_id, placed, first=first)
        numbers |= {row[2]: number for row, number in zip(level, made, strict=True) if row[1] == UNIT}
        first += len(level)


def _create_rows(entry: Entry, plan_id: int, rows: Sequence[tuple[int, int, int, int]], first: int) -> list[int]:
    """Create rows of (row above, kind, unit, person); return their numbers."""
    columns = ("parent_id", "kind", "unit_id", "person_id")
    units, people = (_names(name, {row[at] for row in rows}) for name, at in (("units", 2), ("people", 3)))
    codes = _row_codes(plan_id, first, len(rows))
    news = [
        New(
            {"code": code, "name": people.get(row[3]) or units[row[2]], "plan_id": plan_id}
            | dict(zip(columns, row, strict=True)),
            entry.day,
        )
        for code, row in zip(codes, rows, strict=True)
    ]
    return [one.record_id for one in create(entry, "plan_rows", news)]


def _names(name: str, ids: set[int]) -> dict[int, str]:
    """Return what units or people are called today: a row keeps the name under which it was drawn."""
    return dict(select_rows(record_table(name), ["id", "name"], [among("id", ids - {0})]))


def _row_codes(plan_id: int, first: int, count: int) -> list[str]:
    """Return the codes of further rows of a plan: its own code and where they come in it."""
    code = standing("plans", [plan_id])[plan_id].row["code"]
    return [f"{code}-{first + at + 1:05d}" for at in range(count)]


def _copy_rows(entry: Entry, plan_id: int, copy_id: int) -> None:
    """Create the rows, terms and cells of a plan once more for its copy."""
    rows = _records("plan_rows", plan_id)
    numbers: dict[int, int] = {0: 0}
    for level in _levels(rows):
        codes = _row_codes(copy_id, len(numbers) - 1, len(level))
        copied = [
            {**row, "code": code, "plan_id": copy_id, "parent_id": numbers[row["parent_id"]]}
            for code, row in zip(codes, level, strict=True)
        ]
        made = create(entry, "plan_rows", [New(_without_id(row), entry.day) for row in copied])
        numbers |= {row["id"]: one.record_id for row, one in zip(level, made, strict=True)}
    for name in ("plan_terms", "plan_cells"):
        kept = [row for row in _records(name, plan_id) if row["plan_row_id"] in numbers]
        placed = [
            {
                **row,
                "plan_id": copy_id,
                "plan_row_id": numbers[row["plan_row_id"]],
                "agreed": ACCEPTED if row["agreed"] == ACCEPTED else UNSAID,  # until an amount changes
            }
            for row in kept
        ]
        create(entry, name, [New(_without_id(row), entry.day) for row in placed])
    chosen = [{**row, "plan_id": copy_id} for row in _records("plan_factors", plan_id)]
    create(entry, "plan_factors", [New(_without_id(row), entry.day) for row in chosen])
    _carry_requests(entry, plan_id, copy_id, numbers)


def _carry_requests(entry: Entry, plan_id: int, copy_id: int, numbers: Mapping[int, int]) -> None:
    """Let adjustments that wait for approval be of the copy from now on."""
    waiting = [("plan_id = %s", plan_id), (f"state = {REQUESTED} AND NOT removed", None)]
    found = select_rows("rec_plan_adjustments", ["id", "plan_row_id", "other_row_id"], waiting)
    change(
        entry,
        "plan_adjustments",
        [
            Edit(line, {"plan_id": copy_id, "plan_row_id": numbers[row], "other_row_id": numbers[other]}, entry.day)
            for line, row, other in found
        ],
    )


def _records(name: str, plan_id: int) -> list[Columns]:
    columns = ["id", *RECORD_COLUMNS[name]]
    rows = select_rows(record_table(name), columns, [("plan_id = %s", plan_id), ("NOT removed", None)], order=("id",))
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _without_id(row: Columns) -> Columns:
    return {name: value for name, value in row.items() if name != "id"}


def _levels(rows: Sequence[Columns]) -> Iterable[list[Columns]]:
    """Return rows level by level, each after the one above it."""
    placed, waiting = {0}, list(rows)
    while waiting:
        level = [row for row in waiting if row["parent_id"] in placed]
        placed |= {row["id"] for row in level}
        waiting = [row for row in waiting if row["id"] not in placed]
        if not level:
            return
        yield level


def _on_day(name: str, columns: Sequence[str], day: int, condition: str) -> list[tuple[int, ...]]:
    return select_rows(fact_table(name), columns, [(condition, None), holds_on(day)])


def _sellers(units: Iterable[int], day: int) -> list[tuple[int, int]]:
    """Return (unit, person) of everybody at these units who has not left and carries a target, by unit."""
    gone = {row[0] for row in _on_day("people", ["person_id"], day, '"left" = 1')} | without_targets(day)
    homes = select_rows(fact_table("assignments"), ["unit_id", "person_id"], [among("unit_id", units), holds_on(day)])
    return sorted((unit, person) for unit, person in homes if person not in gone)


def _parent(tree: Tree, unit: int) -> int:
    return int(tree.unit_ids[tree.parent_position[tree.position_of(unit)]])


def _open_above(tree: Tree, unit: int, top: int, units: set[int]) -> int:
    """Return the nearest unit above one that has a row; 0 for the top."""
    while unit != top:
        unit = _parent(tree, unit)
        if unit in units:
            return unit
    return 0


def _depth(tree: Tree, unit: int) -> int:
    return int(tree.depth[tree.position_of(unit)])
