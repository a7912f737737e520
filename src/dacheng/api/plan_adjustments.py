"""The register of adjustments of a plan (调整登记): asked for, with the effect at every row, decided by another one."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import Day, Money, Saved, Words
from dacheng.api.operations import SEEN, operation
from dacheng.api.plan_fields import MeasureCode
from dacheng.core.errors import Text
from dacheng.core.period import FAR_DAY, date_of, day_of
from dacheng.core.plans.comparing import ABSENT
from dacheng.core.plans.schema import ADJUSTMENTS, DECISIONS, PRORATINGS
from dacheng.core.report import number_of
from dacheng.service.plan_adjustments import (
    LineShown,
    Register,
    Wish,
    approve,
    ask_for,
    effect_of,
    line_called,
    register_of,
)
from dacheng.service.plans import measure_named, open_plan
from dacheng.service.wire import amount_of, amount_text
from dacheng.store.actions import plan_adjustments as actions

router = Router(tags=["plans"])

_KIND = {number: code for number, code, _ in ADJUSTMENTS}
_STATE = {number: code for number, code, _ in DECISIONS}
_RULE = {number: code for number, code, _ in PRORATINGS}
LineCode = Annotated[str, Field(max_length=100, description="编号 · no. of the line, TZ-…")]


class NewAdjustment(Schema):
    """A dated signed line; it has no effect before another one approves it."""

    model_config = ConfigDict(extra="forbid")
    row: Words = Field(description="code of the row")
    measure: MeasureCode = "contract"
    kind: Literal[
        "ramp", "vacancy", "territory", "mega_deal", "policy", "product", "leave", "backlog", "transfer", "leaver"
    ]
    start: Day = Field(description="the first day")
    end: Day | None = Field(None, description="the last day; null: to the end of the plan")
    full: Money | None = Field(None, description="signed, of all months; null: the row's own target, taken away")
    prorating: Literal["season", "ramped", "own", "evenly", "days", "whole"] | None = Field(
        None, description="null: as the rules say of the kind"
    )
    other_row: Words = Field("", description="code of the row that takes it; empty: the totals above change")
    reason: Annotated[str, Field(max_length=300)]
    evidence: Annotated[str, Field(max_length=300)] = ""


class Decision(Schema):
    """What is decided about a line."""

    model_config = ConfigDict(extra="forbid")
    line: LineCode
    kind: Literal["approve", "reject"]
    said: Annotated[str, Field(max_length=300)] = ""
    version: int | None = Field(None, ge=1, description="null = whatever stands")


class Withdrawal(Schema):
    """Which line is taken back, or gets its evidence."""

    model_config = ConfigDict(extra="forbid")
    line: LineCode
    kind: Literal["withdraw", "complete"]
    evidence: Annotated[str, Field(max_length=300)] = ""
    version: int | None = Field(None, ge=1, description="null = whatever stands")


class RowEffect(Schema):
    """What a line that waits changes of a row over all months, and of how many people."""

    row: str
    name: str
    before: Money
    after: Money
    difference: Money
    people: int


class LineTold(Schema):
    """A line of the register."""

    line: str
    row: str
    kind: str
    start: Day
    end: Day | None
    prorating: str
    full: Money
    amount: Money
    state: str
    reason: str
    evidence: str
    requested_by: str = Field(description="name; empty = the system")
    approver: str = Field(description="name; empty = nobody yet, or the system")
    part_of: str = Field(description="line of a unit that this is a part of; empty = asked for itself")
    version: int
    effect: list[RowEffect] = Field(description="of a line that waits: every row that it would change")


class LinesTold(Schema):
    """The register of a plan, the latest line first."""

    lines: list[LineTold]


@operation(
    router,
    "GET",
    "/plans/{uuid:uid}/adjustments",
    LinesTold,
    Text("调整登记", "Show the register of adjustments"),
    right=SEEN,
)
def show_adjustments(request: Call, uid: UUID, line: str = "") -> Any:
    """The lines of a plan; with ``line`` one of them with its effect at every row before it is approved."""
    caller = request.auth
    book = caller.book({})
    register = register_of(caller.viewer, book, uid)
    if not line:
        return LinesTold(lines=[_told(register, one, []) for one in register.lines])
    shown = line_called(register, line)
    effect = effect_of(book, uid, shown.line) if shown.may else None
    found = effect.found if effect else None
    rows = []
    if effect and found:
        was, now = found.was.sum(axis=1).tolist(), found.now.sum(axis=1).tolist()
        rows = [
            RowEffect(
                row=effect.one.codes[position],
                name=effect.one.name(position).zh,
                before=amount_text(was[at]),
                after=amount_text(now[at]),
                difference=amount_text(now[at] - was[at]),
                people=int(found.touched[at]),
            )
            for at, position in enumerate(found.at_after.tolist())
            if position != ABSENT and found.moved[at]
        ]
    return LinesTold(lines=[_told(register, shown, rows)])


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/adjustments",
    Saved,
    Text("登记调整", "Ask for an adjustment"),
    right="plan.answer",
    body=NewAdjustment,
    status=201,
)
def request_adjustment(request: Call, uid: UUID, body: NewAdjustment) -> Saved:
    """Ask for a dated signed line of a row; what it comes to follows from the rule of its kind."""
    caller = request.auth
    book = caller.book({})
    one = open_plan(book, uid, measure_named(body.measure))
    wish = Wish(
        row=one.position(body.row),
        kind=number_of(ADJUSTMENTS, body.kind) or 0,
        start=day_of(body.start),
        end=day_of(body.end) + 1 if body.end else FAR_DAY,
        full=None if body.full is None else amount_of(body.full),
        how=number_of(PRORATINGS, body.prorating) if body.prorating else None,
        other=one.position(body.other_row) if body.other_row else None,
        reason=body.reason,
        evidence=body.evidence,
    )
    made = ask_for(caller.viewer, caller.at, book, one, wish)
    return Saved(id=made.uid, version=made.version)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/adjustments/decisions",
    Saved,
    Text("批准或驳回调整", "Approve or reject an adjustment"),
    right="plan.approve",
    body=Decision,
)
def decide_adjustment(request: Call, uid: UUID, body: Decision) -> Saved:
    """Approve a line, which writes it into the plan, or reject it with a reason."""
    caller = request.auth
    line = line_called(register_of(caller.viewer, caller.book({}), uid), body.line).uid
    if body.kind == "approve":
        done = approve(caller.viewer, caller.at, uid, line, body.said, body.version)
    else:
        done = actions.reject_adjustment(
            actor=caller.viewer, at=caller.at, uid=line, said=body.said, version=body.version
        )
    return Saved(id=done.uid, version=done.version)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/adjustments/changes",
    Saved,
    Text("补依据或撤回调整", "Complete or withdraw an adjustment"),
    right="plan.answer",
    body=Withdrawal,
)
def change_adjustment(request: Call, uid: UUID, body: Withdrawal) -> Saved:
    """Add the evidence of a line that waits, or take the line back."""
    caller = request.auth
    who: dict[str, Any] = {"actor": caller.viewer, "at": caller.at, "version": body.version}
    line = line_called(register_of(caller.viewer, caller.book({}), uid), body.line).uid
    if body.kind == "withdraw":
        done = actions.withdraw_adjustment(**who, uid=line)
    else:
        done = actions.edit_adjustment(**who, uid=line, values={"evidence": body.evidence})
    return Saved(id=done.uid, version=done.version)


def _told(register: Register, one: LineShown, effect: list[RowEffect]) -> LineTold:
    line, names = one.line, register.names
    people, rows = names["people"], names["plan_rows"]
    asked, decided = (people.get(number) for number in (line.requested_by_id, line.decided_by_id))
    row, whole = rows.get(line.plan_row_id), register.whole_of(line)
    return LineTold(
        line=one.code,
        part_of=whole.code if whole else "",
        row=row.code if row else "",
        kind=_KIND[line.kind],
        start=date_of(line.start_day),
        end=None if line.end_day == FAR_DAY else date_of(line.end_day - 1),
        prorating=_RULE[line.prorating],
        full=amount_text(line.full_amount),
        amount=amount_text(line.amount),
        state=_STATE[line.state],
        reason=one.words("name"),
        evidence=one.words("evidence"),
        requested_by=asked.name if asked else "",
        approver=decided.name if decided else "",
        version=int(one.record.row["version"]),
        effect=effect,
    )
