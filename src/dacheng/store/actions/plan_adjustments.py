"""Adjusting a plan by dated signed lines (调整登记): asked for, then approved, rejected or withdrawn (R030).

Approving writes the line into the figures in the same entry. Who asked does not approve; a line without evidence
is not approved; months that are closed or stand already are refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import NOBODY, Viewer
from dacheng.core.errors import Conflict, NotAllowed, RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import ym_text
from dacheng.core.plans.schema import DECISIONS, GRANTED, REJECTED, REQUESTED, SEGMENT, SUPERSEDED, WHOLE, WITHDRAWN
from dacheng.core.schema import RELATIONS
from dacheng.store.access import rights_of
from dacheng.store.actions.plan_cells import CellChange, write_cells
from dacheng.store.actions.plan_talks import row_in_reach
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.history import Entry, writing
from dacheng.store.identity import code_from, hidden, new_uids
from dacheng.store.periods import closed_through
from dacheng.store.plan_answers import Target, months_of
from dacheng.store.plans import PlacedRow, require_editable, require_plan_units, rows_of_plan
from dacheng.store.saving import New, create
from dacheng.store.standing import Standing, standing, standing_uid

NAME = "plan_adjustments"
PREFIX = "TZ"

Months = Mapping[Target, Mapping[int, int]]
"""Row and measure -> month -> minor units."""


def request_adjustment(
    *, actor: Viewer, at: datetime, uid: UUID, row: UUID, values: FROM_OUTSIDE, months: Mapping[int, int]
) -> Saved:
    """Ask for an adjustment of a row of a plan (登记调整); it has no effect before it is approved.

    Args:
        values: name (the reason), kind, measure_id, start_day, prorating, full_amount; end_day, other_row_id,
            evidence may be left out.
        months: month -> minor units, signed: what it comes to from its first day on.

    Raises:
        NotFound: the plan or a row is out of reach. NotAllowed: the row is seen only.
        RuleError: the reason is missing, a month stands already or is closed, the rows are not possible,
            or it comes to nothing.

    Source: R030.
    """
    with writing(actor, at, "plan.adjustment_requested") as entry:
        rights = rights_of(entry)
        plan = standing_uid("plans", uid)
        placed = row_in_reach(rights, plan, row)
        rights.require("plan.answer", unit_id=placed.unit_id, owner_id=placed.person_id)
        _refuse_superseded(plan)
        given = typed(rights, NAME, values)
        _check_rows(placed, int(given.get("other_row_id", 0)), _rows(plan))
        if given.get("other_row_id"):
            row_in_reach(rights, plan, standing("plan_rows", [given["other_row_id"]])[given["other_row_id"]].uid)
        _check_months(plan, months)
        _check_words(str(given.get("name", "")), Text("没有写原因。", "No reason is given."))
        evidence = str(given.get("evidence", "")).strip()
        born = {
            **given,
            "plan_id": plan.record_id,
            "plan_row_id": placed.row_id,
            "unit_id": placed.unit_id,
            "person_id": placed.person_id,
            "amount": sum(months.values()),
            "evidence": evidence,
            "evidenced": int(bool(evidence)),
            "state": REQUESTED,
            "requested_by_id": actor.person_id,
        }
        return Saved(add(entry, NAME, born, entry.day, prefix=PREFIX).uid, 1)


def edit_adjustment(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Complete the reason or the evidence of a line that waits (补依据), by whoever may answer for its row.

    Raises:
        NotFound: it is out of reach. NotAllowed: it is another one's. Conflict: somebody changed it meanwhile.
        RuleError: it is decided already.
    """
    with writing(actor, at, "plan.adjustment_edited") as entry:
        line, _ = _waiting(entry, uid)
        unit, person = int(line.row["unit_id"]), int(line.row["person_id"])
        rights_of(entry).require("plan.answer", unit_id=unit, owner_id=person)
        given = typed(rights_of(entry), NAME, {key: values[key] for key in ("name", "evidence") if key in values})
        if "evidence" in given:
            given["evidenced"] = int(bool(str(given["evidence"]).strip()))
        return revise(entry, NAME, line, given, version, entry.day)


def approve_adjustment(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    cells: Sequence[CellChange],
    since: int,
    said: str = "",
    version: int | None = None,
) -> Saved:
    """Approve a line (批准) and write it into the plan, as one entry; every sum holds afterwards.

    Args:
        cells: every cell of the plan that the line changes, as it shall be.
        since: the log sequence of the figures from which they were worked out.

    Raises:
        NotFound: it is out of reach. NotAllowed: approving is not the actor's, or he asked for it himself.
        Conflict: somebody changed the line or a cell meanwhile. RuleError: it is decided already, lacks evidence, the
            plan is settled, a month stands or is closed.

    Source: R030 "adjustment without approver/evidence not effective", R033.
    """
    with writing(actor, at, "plan.adjustment_approved") as entry:
        line, plan = _waiting(entry, uid)
        require_plan_units(entry, "plan.approve", [int(plan.row["unit_id"])])
        _refuse_own(entry, line)
        if not line.row["evidenced"]:
            raise RuleError(
                Text(f"调整 {line.row['code']} 没有依据，不能生效。", f"{line.row['code']} has no evidence."),
                Text("先补上依据，例如批假单、客户取消函。", "Add it first, such as a leave slip or a letter."),
            )
        require_editable(plan)
        row, other, measure = (int(line.row[name]) for name in ("plan_row_id", "other_row_id", "measure_id"))
        rows = _rows(plan)
        lowest = _lowest(rows, [one for one in (row, other) if one])
        before = months_of(plan.record_id, {row, *lowest})
        write_cells(entry, plan, cells, since, "plan.approve")
        after = months_of(plan.record_id, {row, *lowest})
        moved = _moved(before, after, (row, measure))
        _check_months(plan, moved)
        _check_amount(line, sum(moved.values()))
        year = sum(before.get((row, measure), {}).values())
        saved = _decide(entry, line, GRANTED, {"base_amount": year, "decided": said.strip()}, version)
        if set(lowest) - {row, other}:
            changed = {one: sum(_moved(before, after, (one, measure)).values()) for one in lowest}
            parts = [rows[one] for one in lowest if changed[one]]
            years = {one: sum(before.get((one, measure), {}).values()) for one in lowest}
            _add_parts(entry, line, parts, changed, years)
        return saved


def _rows(plan: Standing) -> dict[int, PlacedRow]:
    """Return the rows of a plan that carry targets of people: segments divide them once more."""
    return {row: one for row, one in rows_of_plan(plan.record_id).items() if one.kind != SEGMENT}


def _moved(before: Months, after: Months, target: Target) -> dict[int, int]:
    """Return month -> by how much a target differs, where it does."""
    was, now = before.get(target, {}), after.get(target, {})
    return {ym: amount - was.get(ym, 0) for ym, amount in now.items() if amount != was.get(ym, 0)}


def _add_parts(
    entry: Entry, line: Standing, rows: Sequence[PlacedRow], amounts: Mapping[int, int], years: Mapping[int, int]
) -> None:
    """Enter what a line of a unit came to for each lowest row: approved by the same decision."""
    kept = ("plan_id", "measure_id", "kind", "start_day", "end_day", "name", "evidence", "evidenced", "requested_by_id")
    news = []
    uids = new_uids(entry.at, len(rows))
    for row, uid in zip(rows, uids, strict=True):
        part = {name: line.row[name] for name in kept} | {
            "code": code_from(PREFIX, uid),
            "plan_row_id": row.row_id,
            "unit_id": row.unit_id,
            "person_id": row.person_id,
            "prorating": WHOLE,
            "full_amount": amounts[row.row_id],
            "amount": amounts[row.row_id],
            "base_amount": years[row.row_id],
            "state": GRANTED,
            "decided_by_id": entry.actor.person_id,
            "part_of_id": line.record_id,
        }
        news.append(New(part, entry.day))
    create(entry, NAME, news)


def reject_adjustment(*, actor: Viewer, at: datetime, uid: UUID, said: str, version: int | None = None) -> Saved:
    """Reject a line (驳回) with a reason; the plan stays as it is.

    Raises:
        NotFound: it is out of reach. NotAllowed: deciding is not the actor's. Conflict: somebody changed it meanwhile.
        RuleError: it is decided already, or no reason is given.
    """
    with writing(actor, at, "plan.adjustment_rejected") as entry:
        line, plan = _waiting(entry, uid)
        require_plan_units(entry, "plan.approve", [int(plan.row["unit_id"])])
        _check_words(said, Text("驳回要写原因。", "A rejection needs a reason."))
        return _decide(entry, line, REJECTED, {"decided": said.strip()}, version)


def withdraw_adjustment(*, actor: Viewer, at: datetime, uid: UUID, version: int | None = None) -> Saved:
    """Take back a line that waits (撤回), by who asked for it or works on the plan; raises as the edit."""
    with writing(actor, at, "plan.adjustment_withdrawn") as entry:
        line, _ = _waiting(entry, uid)
        _require_requester(entry, line)
        return revise(entry, NAME, line, {"state": WITHDRAWN}, version, entry.day)


def _waiting(entry: Entry, uid: UUID) -> tuple[Standing, Standing]:
    """Return a line that waits for a decision, with its plan.

    Raises:
        NotFound: it is out of reach. RuleError: it is decided already.
    """
    line = standing_uid(NAME, uid)
    plan_id, row_id = int(line.row["plan_id"]), int(line.row["plan_row_id"])
    plan = standing("plans", [plan_id])[plan_id]
    row_in_reach(rights_of(entry), plan, standing("plan_rows", [row_id])[row_id].uid)
    state = int(line.row["state"])
    if state != REQUESTED:
        label = next(label for number, _, label in DECISIONS if number == state)
        raise RuleError(
            Text(f"调整 {line.row['code']} {label.zh}。", f"{line.row['code']} is {label.en.lower()} already."),
            Text("要改就再登记一行反向的调整。", "Enter another line that takes it back."),
        )
    return line, plan


def _decide(entry: Entry, line: Standing, state: int, columns: Mapping[str, object], version: int | None) -> Saved:
    by = entry.actor.person_id
    return revise(entry, NAME, line, {**columns, "state": state, "decided_by_id": by}, version, entry.day)


def _require_requester(entry: Entry, line: Standing) -> None:
    if entry.actor.person_id == NOBODY or entry.actor.person_id != line.row["requested_by_id"]:
        rights_of(entry).require("plan.edit", unit_id=int(line.row["unit_id"]))


def _refuse_own(entry: Entry, line: Standing) -> None:
    if entry.actor.person_id != NOBODY and entry.actor.person_id == line.row["requested_by_id"]:
        raise NotAllowed(
            Text("申请人不能批准自己的调整。", "Whoever asked for an adjustment does not approve it."),
            Text("请由另一位有批准权的人批准。", "Let another one who may approve plans do it."),
        )


def _refuse_superseded(plan: Standing) -> None:
    if plan.row["state"] == SUPERSEDED:
        raise RuleError(
            Text(f"方案“{plan.row['name']}”已被替代。", f"The plan {plan.row['name']} is superseded."),
            Text("登记到替代它的版本上。", "Enter the line in the version that took its place."),
        )


def _check_rows(row: PlacedRow, other: int, rows: Mapping[int, PlacedRow]) -> None:
    """Refuse a row that gives to itself, to one below it, or to one above it."""
    if other == row.row_id:
        raise RuleError(
            Text("对方行就是这一行。", "The other row is the row itself."), Text("换一行。", "Choose another one.")
        )
    if other and (other in _up(rows, row.row_id) or row.row_id in _up(rows, other)):
        raise RuleError(
            Text("对方行和这一行在同一支上下级里。", "One of the two rows stands below the other."),
            Text("请选不在同一支的另一行。", "Choose a row that does not stand below the other."),
        )


def _up(rows: Mapping[int, PlacedRow], row: int) -> list[int]:
    """Return the rows above a row, the nearest first."""
    found = []
    while (row := rows[row].parent_id) in rows:
        found.append(row)
    return found


def _lowest(rows: Mapping[int, PlacedRow], tops: Sequence[int]) -> list[int]:
    """Return the rows at or below some that have none below them."""
    inner = {one.parent_id for one in rows.values()}
    return [row for row in rows if row not in inner and any(top in (row, *_up(rows, row)) for top in tops)]


def _check_months(plan: Standing, months: Mapping[int, int]) -> None:
    """Refuse an adjustment of nothing, and of months that stand already or are closed."""
    moved = sorted(ym for ym, amount in months.items() if amount)
    if not moved:
        raise RuleError(
            Text("这一行调整的结果是 0。", "The adjustment comes to nothing."),
            Text("检查金额、生效日和分摊规则。", "Check the amount, the first day and the rule."),
        )
    first, until = max(int(plan.row["effective_ym"]), closed_through().through + 1), int(plan.row["until_ym"])
    for ym in (moved[0], moved[-1]):
        if not first <= ym < until:
            raise RuleError(
                Text(
                    f"{ym_text(ym)} 已关账或在方案生效之前，不能再调。", f"{ym_text(ym)} is closed or stands already."
                ),
                Text(f"生效日最早 {ym_text(first)} 1 日。", f"The first day is not before {ym_text(first)}-01."),
            )


def _check_words(said: str, message: Text) -> None:
    if not said.strip():
        raise RuleError(message, Text("写一句为什么，对方看得到。", "Say why: the other one reads it."))


def _check_amount(line: Standing, moved: int) -> None:
    """Refuse figures that are not what was asked for: somebody changed the row meanwhile."""
    amount = int(line.row["amount"])
    if moved != amount:
        raise Conflict(
            Text(
                f"这一行要变 {in_yuan(amount)}，算出来变了 {in_yuan(moved)}：刚被别人改过。",
                f"The row is to change by {in_yuan(amount)}, not by {in_yuan(moved)}: somebody changed it meanwhile.",
            ),
            Text("刷新后再批准。", "Reload, then approve."),
            yours={"amount": moved},
            theirs={"amount": amount},
        )


def refuse_elsewhere(line: Standing, plan: UUID) -> None:
    """Refuse a line of another plan than the address says, as if it did not exist."""
    number = int(line.row["plan_id"])
    if standing("plans", [number])[number].uid != plan:
        raise hidden(RELATIONS[NAME].label)
