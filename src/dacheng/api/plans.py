"""Plans (目标方案): made, broken down, edited with all that follows, moved on, locked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ninja import Router

from dacheng.api.asking import Call, Caller
from dacheng.api.fields import Month, Saved
from dacheng.api.operations import SEEN, operation
from dacheng.api.plan_fields import (
    Breakdown,
    ChangedCell,
    Effects,
    GivenEdit,
    GivenEdits,
    GivenTerms,
    MonthPart,
    Move,
    NewPlan,
    NewRow,
    Place,
    PlanApproval,
    PlanCopy,
    PlanLock,
    PlanSheet,
    PlanStep,
    RowLights,
    Shares,
    SheetRow,
    Terms,
    Weighing,
    WrittenBreakdown,
    WrittenCells,
)
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE, split
from dacheng.core.period import ym_text
from dacheng.core.plans.editing import WHOLE_YEAR, Change, Edit, changes
from dacheng.core.plans.fits import Fit
from dacheng.core.plans.health import LIGHTS, Lights, lights_of
from dacheng.core.plans.month_ways import Choice
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import KINDS, MONTH_WAYS, SEASON
from dacheng.core.report import number_of
from dacheng.service.plan_parts import require_right
from dacheng.service.plan_placing import place_row, placed
from dacheng.service.plan_shares import state_shares
from dacheng.service.plans import (
    Begun,
    BrokenDown,
    OpenPlan,
    break_down,
    edit_cells,
    effects,
    measure_named,
    move_amount,
    open_plan,
    row_kind,
    set_row_terms,
    weigh,
)
from dacheng.service.wire import amount_of, amount_text, month_of
from dacheng.store.actions import plans as actions
from dacheng.store.actions.plan_cells import add_plan_row

router = Router(tags=["plans"])


@operation(
    router, "POST", "/plans", Saved, Text("新建方案", "Create a plan"), right="plan.edit", body=NewPlan, status=201
)
def create_plan(request: Call, body: NewPlan) -> Saved:
    """Create a plan with a row for everything below a unit and for everybody there who carries a target."""
    first = month_of(body.first_month)
    values = {"name": body.name, "unit_id": body.unit_id, "from_ym": first, "until_ym": first + body.months}
    made = actions.create_plan(
        actor=request.auth.viewer, at=request.auth.at, values=values | ({"code": body.code} if body.code else {})
    )
    return Saved(id=made.uid, version=made.version)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/copies",
    Saved,
    Text("生成新版本", "Make the next version"),
    right="plan.edit",
    body=PlanCopy,
    status=201,
)
def copy_plan(request: Call, uid: UUID, body: PlanCopy) -> Saved:
    """Make the next version of a plan with all its figures; the earlier one stays as it is."""
    values = {"name": body.name} | ({"effective_ym": month_of(body.effective)} if body.effective else {})
    made = actions.copy_plan(actor=request.auth.viewer, at=request.auth.at, uid=uid, values=values)
    return Saved(id=made.uid, version=made.version)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/rows",
    Saved,
    Text("加一行", "Add a row"),
    right="plan.edit",
    body=NewRow,
    status=201,
)
def add_row(request: Call, uid: UUID, body: NewRow) -> Saved:
    """Add a vacancy, a channel partner, an account, all others, a buffer or what is not assigned below a unit."""
    caller = request.auth
    one = _opened(caller, uid, "contract")
    above = int(one.sheet.tree.unit_ids[one.position(body.parent)])
    values = {"kind": row_kind(body.kind), "name": body.name}
    values |= {"from_ym": month_of(body.first_month)} if body.first_month else {}
    values |= {"customer_id": body.customer_id} if body.customer_id else {}
    made = add_plan_row(actor=caller.viewer, at=caller.at, uid=uid, parent_id=above, values=values)
    return Saved(id=made.uid, version=made.version)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/steps",
    Saved,
    Text("提出或收回方案", "Propose a plan or take it back"),
    right="plan.edit",
    body=PlanStep,
)
def move_plan(request: Call, uid: UUID, body: PlanStep) -> Saved:
    """Propose a plan, so that everybody sees his own row, or take it back."""
    return _moved(request.auth, uid, body.step, body.version)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/approval",
    Saved,
    Text("批准方案或重新打开", "Approve a plan or open it again"),
    right="plan.approve",
    body=PlanApproval,
)
def approve_plan(request: Call, uid: UUID, body: PlanApproval) -> Saved:
    """Approve a plan, so that it changes no more, or open it again."""
    return _moved(request.auth, uid, body.step, body.version)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/lock",
    WrittenCells,
    Text("锁定方案", "Lock a plan"),
    right="plan.lock",
    body=PlanLock,
)
def lock_plan(request: Call, uid: UUID, body: PlanLock) -> WrittenCells:
    """Make the figures of an approved plan the targets from its first effective month on; say how many changed."""
    caller = request.auth
    done = actions.lock_plan(actor=caller.viewer, at=caller.at, uid=uid, version=body.version)
    return WrittenCells(written=done.created + done.changed)


def _moved(caller: Caller, uid: UUID, step: str, version: int | None) -> Saved:
    found = actions.move_plan(actor=caller.viewer, at=caller.at, uid=uid, step=step, version=version)
    return Saved(id=found.uid, version=found.version)


@operation(router, "GET", "/plans/{uuid:uid}/sheet", PlanSheet, Text("方案表", "Show a plan"), right=SEEN)
def show_plan(request: Call, uid: UUID, measure: str = "contract", as_of: str = "", *, lights: bool = False) -> Any:
    """Rows and months of one measure of a plan in the order of its tree, with the proof of its sums.

    With lights=true each row says whether it can be carried out, as plans/health does.
    """
    book = request.auth.book({"as_of": as_of})
    one = open_plan(book, uid, measure_named(measure))
    sheet, sums = one.sheet, sums_of(one.sheet)
    shining = lights_of(book, sheet) if lights else {}
    first, kinds = sheet.plan.from_ym, {number: code for number, code, _ in KINDS}
    return PlanSheet(
        first_month=ym_text(first),
        measure=measure,
        checked=sums.checked,
        broken=sums.broken,
        rows=[
            SheetRow(
                row=one.codes[at],
                name=one.name(at).zh,
                kind=kinds.get(int(sheet.kind[at]), ""),
                depth=int(sheet.tree.depth[at]),
                year=amount_text(int(sheet.year[at])),
                months=[
                    amount_text(int(sheet.amount[at, month])) if sheet.cells.amount.known[at, month] else None
                    for month in range(sheet.plan.months)
                ],
                pinned=[ym_text(first + month) for month in sheet.cells.pinned[at].nonzero()[0].tolist()],
                lights=_row_lights(shining.get(at)),
            )
            for at in range(1 if sheet.shared_top else 0, len(sheet))
        ],
    )


def _row_lights(lights: Lights | None) -> RowLights | None:
    codes = {number: code for number, code, _ in LIGHTS}
    return RowLights(**{name: codes[light] for name, light in lights._asdict().items()}) if lights else None


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/effects",
    Effects,
    Text("试算改动", "Try edits"),
    right=SEEN,
    body=GivenEdits,
)
def try_edits(request: Call, uid: UUID, body: GivenEdits) -> Effects:
    """Tell what edits would change, without writing anything."""
    one = _opened(request.auth, uid, body.measure)
    return _told(one, effects(one, _edits(one, body.edits), level_only=body.siblings_only))


@operation(
    router,
    "PUT",
    "/plans/{uuid:uid}/cells",
    Effects,
    Text("改方案格", "Edit cells of a plan"),
    right="plan.edit",
    body=GivenEdits,
)
def edit_plan_cells(request: Call, uid: UUID, body: GivenEdits) -> Effects:
    """Set cells and all that follows from them, as one entry of the log; every sum holds afterwards."""
    caller = request.auth
    book = caller.book({})
    one = open_plan(book, uid, measure_named(body.measure))
    edits = _edits(one, body.edits)
    seen = {
        (int(one.sheet.tree.unit_ids[edit.position]), (given.month and month_of(given.month)) or 0): given.version
        for edit, given in zip(edits, body.edits, strict=True)
        if given.version is not None
    }
    found = edit_cells(
        caller.viewer,
        caller.at,
        uid,
        one.sheet.measure_id,
        edits,
        seen,
        level_only=body.siblings_only,
        begun=Begun(book, one),
    )
    return _told(one, found.changes, found.written)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/breakdowns",
    WrittenBreakdown,
    Text("分解方案", "Break a plan down"),
    right="plan.edit",
    body=Breakdown,
)
def break_plan_down(request: Call, uid: UUID, body: Breakdown) -> WrittenBreakdown:
    """Break a total down to every row and month by weights, pins, bounds and buffers; what is impossible is named.

    The months follow what months_by says; it is kept with the plan.
    """
    caller = request.auth
    one = _opened(caller, uid, body.measure)
    months = body.season if body.season is not None else _chosen(body)
    found = break_down(caller.viewer, caller.at, uid, one.sheet.measure_id, amount_of(body.total), months)
    return _broken_down(one, found)


def _chosen(body: Breakdown) -> Choice:
    return Choice(
        by=number_of(MONTH_WAYS, body.months_by) or SEASON,
        spring=body.spring,
        lifts={month_of(given.month): given.bp for given in body.uplifts},
        shares=body.shares_bp,
    )


def _broken_down(one: OpenPlan, found: BrokenDown) -> WrittenBreakdown:
    plan, months = one.sheet.plan, found.months
    shares = split(BP_PER_WHOLE, months.weight[plan.frozen :]).tolist()
    return WrittenBreakdown(
        written=found.written,
        months_by=next(code for number, code, _ in MONTH_WAYS if number == months.by),
        told=[told.zh for told in months.told],
        months=[
            MonthPart(month=ym_text(plan.from_ym + month), share_bp=share, uplift_bp=int(months.lift_bp[month]))
            for month, share in enumerate(shares, plan.frozen)
        ],
    )


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/weights",
    WrittenCells,
    Text("设权重", "Weigh the rows of a plan"),
    right="plan.edit",
    body=Weighing,
)
def weigh_plan_rows(request: Call, uid: UUID, body: Weighing) -> WrittenCells:
    """Weigh rows by factors, times the fit of each row; amounts follow with a breakdown."""
    caller = request.auth
    one = _opened(caller, uid, body.measure)
    rows = one.sheet.tree.unit_ids
    fits = {int(rows[one.position(given.row)]): Fit(given.fit_bp, given.reason) for given in body.fits}
    return WrittenCells(written=weigh(caller.viewer, caller.at, uid, one.sheet.measure_id, body.counts, fits))


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/shares",
    WrittenCells,
    Text("按比例设权重", "State shares of rows"),
    right="plan.edit",
    body=Shares,
)
def state_plan_shares(request: Call, uid: UUID, body: Shares) -> WrittenCells:
    """Set the weights of the rows directly below one to stated shares; what is left unstated is asked for by name."""
    caller = request.auth
    book = caller.book({})
    one = open_plan(book, uid, measure_named(body.measure))
    head = one.position(body.under) if body.under else 0
    require_right(caller.viewer, book, one, head)  # before rows are looked for that he may not see
    shares = {one.position(given.row): given.share_bp for given in body.shares}
    return WrittenCells(written=state_shares(caller.viewer, caller.at, one, head, shares))


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/moves",
    Effects,
    Text("调剂", "Move an amount"),
    right="plan.edit",
    body=Move,
)
def move_plan_amount(request: Call, uid: UUID, body: Move) -> Effects:
    """Move an amount from one row to another; rows above both stay as they are."""
    caller = request.auth
    one = _opened(caller, uid, body.measure)
    giver, taker = (int(one.sheet.tree.unit_ids[one.position(code)]) for code in (body.giver, body.taker))
    month = _month(one, body.month)
    found = move_amount(
        caller.viewer, caller.at, uid, one.sheet.measure_id, giver, taker, month, amount_of(body.amount)
    )
    return _told(one, found.changes, found.written)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/places",
    Effects,
    Text("换上级", "Take a row under another unit"),
    right="plan.edit",
    body=Place,
)
def place_plan_row(request: Call, uid: UUID, body: Place) -> Effects:
    """Take a row under another unit with what is below it, every measure of it; months that stand stay as they are."""
    caller = request.auth
    book = caller.book({})
    one = open_plan(book, uid, measure_named(body.measure))
    row, under = one.position(body.row), one.position(body.under)
    found = changes(one.sheet, placed(book, one, row, under))
    if body.write:
        ids = one.sheet.tree.unit_ids
        place_row(caller.viewer, caller.at, uid, int(ids[row]), int(ids[under]))
    return _told(one, found, len(found) if body.write else 0)


@operation(
    router,
    "PUT",
    "/plans/{uuid:uid}/terms",
    WrittenCells,
    Text("设置分解条件", "Set terms of rows"),
    right="plan.edit",
    body=Terms,
)
def set_plan_terms(request: Call, uid: UUID, body: Terms) -> WrittenCells:
    """Set weights, pins, bounds, buffers and what was submitted; amounts follow with the next breakdown."""
    caller = request.auth
    one = _opened(caller, uid, body.measure)
    terms = [(one.position(given.row), _month(one, given.month), _values(given)) for given in body.terms]
    return WrittenCells(written=set_row_terms(caller.viewer, caller.at, one, terms))


def _month(one: OpenPlan, month: Month | None) -> int:
    return one.month(None if month is None else month_of(month))


def _opened(caller: Caller, uid: UUID, measure: str) -> OpenPlan:
    return open_plan(caller.book({}), uid, measure_named(measure))


def _edits(one: OpenPlan, given: Sequence[GivenEdit]) -> list[Edit]:
    return [Edit(one.position(edit.row), _month(one, edit.month), amount_of(edit.amount)) for edit in given]


def _values(given: GivenTerms) -> dict[str, int | str | None]:
    said = given.model_dump(exclude_unset=True, exclude={"row", "month"})
    nothing: dict[str, int | str] = {"fit_bp": BP_PER_WHOLE, "fit_reason": ""}
    said |= {name: usual for name, usual in nothing.items() if name in said and said[name] is None}
    return {
        name: amount_of(value) if name in ("floor", "cap", "submitted") and value is not None else value
        for name, value in said.items()
    }


def _told(one: OpenPlan, found: Sequence[Change], written: int = 0) -> Effects:
    return Effects(changes=[_changed(one, change) for change in found], written=written)


def _changed(one: OpenPlan, change: Change) -> ChangedCell:
    assert change.month != WHOLE_YEAR
    return ChangedCell(
        row=one.codes[change.position],
        name=one.name(change.position).zh,
        month=ym_text(one.sheet.plan.from_ym + change.month),
        before=amount_text(change.before),
        after=amount_text(change.after),
        asked=change.asked,
    )
