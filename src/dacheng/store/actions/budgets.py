"""Budgets (费用预算): drafted with their lines and months, approved, locked; project lines approved by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from dacheng.core.access import NOBODY, Viewer
from dacheng.core.budget.drafting import DraftedLine, check_span, refuse_overlap
from dacheng.core.budget.schema import APPROVED, DRAFT, LOCKED, PROJECT, VARIABLE
from dacheng.core.checking import check_values
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import Period
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import Saved, add, revise, saved
from dacheng.store.budgeting import cells_of_lines, lines_of, span_of
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import given_uid, hidden
from dacheng.store.saving import Becoming, Edit, New, become, change, check_version, corrected, create, end, touch
from dacheng.store.standing import Columns, Standing, ids_of_uids, standing_keys, standing_uid

LABEL = {DRAFT: Text("是草稿", "a draft"), APPROVED: Text("已批准", "approved"), LOCKED: Text("已锁定", "locked")}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a budget as it shall be.

    Args:
        drafted: kind, amount, months and what each month has.
        measure: of a variable line. rate_bp: its expense rate.
        code: of a project line that stands already; blank = a new one.
    """

    drafted: DraftedLine
    name: str
    purpose: int | None = None
    measure: UUID | None = None
    rate_bp: int | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A budget as it shall be.

    Args:
        unit: whose; measure: by whose attainment it is released. release_months: months of a release.
    """

    unit: UUID
    span: Period
    measure: UUID
    release_months: int
    lines: Sequence[Line]
    name: str = ""
    code: str = ""


class _Wanted(NamedTuple):
    """A line with what it is saved as."""

    line: Line
    columns: Columns


def draft_budget(*, actor: Viewer, at: datetime, draft: Draft) -> Saved:
    """Save a new budget as a draft, with its lines and months.

    Raises:
        NotFound, NotAllowed: the unit is out of reach. RuleError: the unit has a budget of these months, or a value
            is not possible.
    """
    with writing(actor, at, "budget.drafted") as entry:
        rights = rights_of(entry)
        unit = _unit(rights, draft.unit)
        check_span(draft.span, draft.release_months)
        refuse_overlap(draft.span, _spans(unit))
        columns = {"code": draft.code, "unit_id": unit, **_head(draft)}
        budget = standing_uid("budgets", add(entry, "budgets", columns, entry.day, prefix="YS").uid)
        _save_lines(entry, budget, draft.lines)
        return saved(budget)


def redraft_budget(*, actor: Viewer, at: datetime, uid: UUID, draft: Draft, version: int | None) -> Saved:
    """Save a draft again: what is not among the lines any more ends; a project that changes must be approved again.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he sees it only. Conflict: somebody changed it meanwhile.
        RuleError: it is approved or locked, or a value is not possible.
    """
    with writing(actor, at, "budget.redrafted") as entry:
        rights = rights_of(entry)
        budget = standing_uid("budgets", uid)
        rights.require_on("budget.edit", "budgets", budget)
        _refuse_unless(budget, DRAFT, Text("先退回草稿，再修改。", "Take it back to a draft first."))
        check_span(draft.span, draft.release_months)
        refuse_overlap(draft.span, _spans(int(budget.row["unit_id"]), budget.record_id))
        _refuse_moved_releases(budget, draft)
        head = _head(draft)
        check_version(RELATIONS["budgets"], budget, version, head)
        done = revise(entry, "budgets", budget, head, None, entry.day)
        if _save_lines(entry, budget, draft.lines) and done.version == version:
            touch("budgets", budget)
        return saved(budget)


def decide_budget(*, actor: Viewer, at: datetime, uid: UUID, state: int, version: int | None) -> Saved:
    """Approve a draft, lock an approved budget, or take an approved one back to a draft.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not approve. Conflict: somebody changed it meanwhile.
        RuleError: it is not in the state before.
    """
    with writing(actor, at, "budget.decided") as entry:
        rights = rights_of(entry)
        budget = standing_uid("budgets", uid)
        rights.require_on("release.approve", "budgets", budget)
        check_version(RELATIONS["budgets"], budget, version, {"state": state})
        before = {APPROVED: DRAFT, LOCKED: APPROVED, DRAFT: APPROVED}.get(state)
        if before is None:
            raise hidden(RELATIONS["budgets"].label)
        _refuse_unless(budget, before, Text("刷新页面，看它现在的状态。", "Reload to see how it stands."))
        columns: Columns = {"state": state, "approver_id": None if state == DRAFT else person_of(actor)}
        return revise(entry, "budgets", budget, columns, None, entry.day)


def approve_line(*, actor: Viewer, at: datetime, uid: UUID) -> Saved:
    """Approve a project line (项目预算): it counts from today on; nobody's attainment holds it back.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not approve.
        RuleError: it is no project line, or approved already.
    """
    with writing(actor, at, "budget.project_approved") as entry:
        rights = rights_of(entry)
        line = standing_uid("budget_lines", uid)
        rights.require_on("release.approve", "budget_lines", line)
        if line.row["kind"] != PROJECT or line.row["effective"]:
            raise RuleError(
                Text(f"预算行「{line.name}」已经生效。", f"The line “{line.name}” is effective already."),
                Text("无需再批准。", "There is nothing to approve."),
            )
        return revise(entry, "budget_lines", line, {"effective": 1, "approver_id": person_of(actor)}, None, entry.day)


def person_of(actor: Viewer) -> int | None:
    """Return who approves; the system itself is nobody."""
    return None if actor.person_id == NOBODY else actor.person_id


def _unit(rights: Rights, uid: UUID) -> int:
    label = RELATIONS["units"].label
    found = ids_of_uids("units", [given_uid(uid, label)])
    unit = next(iter(found.values()), 0)
    if not unit or (rights.role_may("budget.edit") and not rights.sees_unit(unit)):
        raise hidden(label)
    rights.require("budget.edit", unit_id=unit)
    return unit


def _head(draft: Draft) -> Columns:
    return {
        "name": draft.name.strip(),
        "first_ym": draft.span.from_ym,
        "last_ym": draft.span.to_ym - 1,
        "measure_id": _measure(draft.measure),
        "release_months": draft.release_months,
    }


def _measure(uid: UUID | None) -> int:
    label = RELATIONS["measures"].label
    found = ids_of_uids("measures", [given_uid(uid, label)])
    if not found:
        raise hidden(label)
    return next(iter(found.values()))


def _spans(unit: int, but: int = 0) -> list[Period]:
    """Return the months of a unit's other budgets."""
    conditions = [("unit_id = %s", unit), ("NOT removed", None)]
    rows = select_rows("rec_budgets", ["id", "first_ym", "last_ym"], conditions, order=("id",))
    return [Period(first, last + 1) for number, first, last in rows if number != but]


def _refuse_unless(budget: Standing, state: int, way_out: Text) -> None:
    seen = int(budget.row["state"])
    if seen != state:
        raise RuleError(
            Text(f"预算「{budget.name}」{LABEL[seen].zh}。", f"The budget “{budget.name}” is {LABEL[seen].en}."),
            way_out,
        )


def _refuse_moved_releases(budget: Standing, draft: Draft) -> None:
    """Refuse other months once something was released: the ledger names its periods."""
    conditions = [("budget_id = %s", budget.record_id), ("NOT removed", None)]
    same = span_of(budget) == draft.span and budget.row["release_months"] == draft.release_months
    if not same and select_rows("rec_releases", ["id"], conditions):
        raise RuleError(
            Text("已经有释放，不能改起止月份与释放间隔。", "Something is released: the months cannot change."),
            Text("保持原来的月份，只改金额与费用率。", "Keep the months and change amounts and rates only."),
        )


def _save_lines(entry: Entry, budget: Standing, lines: Sequence[Line]) -> bool:
    """Let the lines of a budget become those given; tell whether any did."""
    standing = lines_of(budget)
    known = {_name_of(one.row): one for one in standing.values()}
    wanted = [_Wanted(line, _columns(line)) for line in lines]
    names = [_wanted_name(one) for one in wanted]
    _refuse_twice([name for name in names if name[0] != PROJECT or name[1]])
    kept = {known[name].record_id: one for name, one in zip(names, wanted, strict=True) if name in known}
    gone = [number for number in standing if number not in kept]
    edits = [Edit(number, _changed(standing[number], one.columns), entry.day) for number, one in kept.items()]
    becoming = [corrected(RELATIONS["budget_lines"], Becoming(one.record_id, standing[one.record_id].versions), one)
                for one in edits]  # fmt: skip
    changed = become(entry, "budget_lines", standing, becoming) | end(entry, "budget_lines", gone, entry.day)
    new = [one for name, one in zip(names, wanted, strict=True) if name not in known]
    made = _create_lines(entry, budget, new, len(standing))
    numbered = [*kept.items(), *zip(made, new, strict=True)]
    cells = {(number, ym): amount for number, one in numbered for ym, amount in one.line.drafted.cells}
    moved = _save_cells(entry, budget, cells, list(kept), gone)
    return bool(changed or new or moved)


def _columns(line: Line) -> Columns:
    drafted = line.drafted
    columns: Columns = {
        "name": line.name.strip(),
        "kind": drafted.kind,
        "purpose": line.purpose,
        "measure_id": _measure(line.measure) if drafted.kind == VARIABLE else None,
        "rate_bp": line.rate_bp if drafted.kind == VARIABLE else None,
        "target": drafted.target,
        "amount": drafted.amount,
        "first_ym": drafted.period.from_ym,
        "last_ym": drafted.period.to_ym - 1,
    }
    check_values(RELATIONS["budget_lines"], columns)
    return columns


def _name_of(row: Mapping[str, object]) -> tuple[object, object]:
    """Return what makes a line the same one: its kind, with the measure or the code."""
    return row["kind"], row["measure_id"] if row["kind"] == VARIABLE else row["code"] if row["kind"] == PROJECT else ""


def _wanted_name(one: _Wanted) -> tuple[object, object]:
    return _name_of({**one.columns, "code": one.line.code})


def _refuse_twice(names: Sequence[tuple[object, object]]) -> None:
    if len(set(names)) < len(names):
        raise RuleError(
            Text("同一个指标的费用率写了两次。", "A measure has two expense rates."),
            Text("每个指标只写一个费用率。", "Give each measure one rate."),
        )


def _changed(line: Standing, columns: Columns) -> Columns:
    """Return the columns of a line; a project of another amount or time needs a new approval."""
    told = ("amount", "first_ym", "last_ym")
    if line.row["kind"] == PROJECT and any(line.row[name] != columns[name] for name in told):
        return {**columns, "effective": 0, "approver_id": None}
    return columns


def _create_lines(entry: Entry, budget: Standing, wanted: Sequence[_Wanted], before: int) -> list[int]:
    followed = {"budget_id": budget.record_id, "unit_id": budget.row["unit_id"]}
    first = before + 1 + _ended_lines(budget, before)
    news = [
        New(
            one.columns
            | followed
            | {"code": f"{budget.row['code']}-{number}", "effective": int(one.columns["kind"] != PROJECT)},
            entry.day,
        )
        for number, one in enumerate(wanted, first)
    ]
    return [one.record_id for one in create(entry, "budget_lines", news)]


def _ended_lines(budget: Standing, standing: int) -> int:
    """Return how many lines the budget had that ended: their codes stay taken."""
    rows = select_rows("rec_budget_lines", ["id"], [("budget_id = %s", budget.record_id)])
    return len(rows) - standing


def _save_cells(
    entry: Entry, budget: Standing, cells: Mapping[tuple[int, int], int], kept: Sequence[int], gone: Sequence[int]
) -> bool:
    """Let the months of lines have what is given; a month that is not among them has nothing."""
    rows = cells_of_lines([*kept, *gone])
    wanted = {**dict.fromkeys(rows, 0), **cells}
    found = standing_keys("budget_cells", wanted)
    edits = [Edit(one.record_id, {"amount": wanted[one.key[0], one.key[1]]}, entry.day) for one in found.values()]
    changed = change(entry, "budget_cells", edits, {one.record_id: one for one in found.values()})
    news = [
        New({"line_id": line, "ym": ym, "unit_id": budget.row["unit_id"], "amount": amount}, entry.day)
        for (line, ym), amount in wanted.items()
        if (line, ym) not in found
    ]
    create(entry, "budget_cells", news)
    return bool(changed or news)
