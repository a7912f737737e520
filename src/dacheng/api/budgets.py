"""Budgets and their releases (费用预算与释放): made from targets, approved, released by attainment (R034–R038)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field, StrictBool, StrictInt

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import Limit, Money, Month, Offset, Saved, Version, Words, listed_schema, many, shown_schema
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.budget.schema import BUDGET_STATES, PURPOSES
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import Period
from dacheng.service import budgeting
from dacheng.service.budgeting import Project, Rate, Wish
from dacheng.service.records import listed, one_record, parts_of
from dacheng.service.wire import amount_of, month_of
from dacheng.store.actions.budgets import approve_line, decide_budget
from dacheng.store.actions.releases import decide_release

router = Router(tags=["budgets"])

PurposeCode = Literal["high-potential", "new-markets", "other"]
"""The codes of ``core.budget.schema.PURPOSES``; a test compares them."""

PURPOSE_NUMBER = {code: number for number, code, _ in PURPOSES}
STATE_NUMBER = {code: number for number, code, _ in BUDGET_STATES}
MOST_PROJECTS = 100

BudgetRow = shown_schema("BudgetRow", "budgets")
BudgetList = listed_schema("BudgetList", BudgetRow)
BudgetLine = shown_schema("BudgetLine", "budget_lines")
ShownRelease = shown_schema("ShownRelease", "releases")
Budget = shown_schema("Budget", "budgets", lines=(many(BudgetLine), ...), releases=(many(ShownRelease), ...))


class BudgetRate(Schema):
    """The expense rate of a measure: the variable part is rate × its target."""

    model_config = ConfigDict(extra="forbid")
    measure_id: UUID
    rate_bp: Annotated[StrictInt, Field(ge=0, le=BP_PER_WHOLE, description="of the target, in basis points")]
    purpose: PurposeCode | None = None


class BudgetProject(Schema):
    """A project line, which counts once it is approved and is never held back by attainment."""

    model_config = ConfigDict(extra="forbid")
    name: Words
    amount: Money
    first_month: Month
    last_month: Month
    purpose: PurposeCode | None = None
    code: Words = Field("", description="of a line that stands already; blank = a new one")


class BudgetDraft(Schema):
    """A budget as it shall be; amounts of the variable part come from the unit's targets of today."""

    model_config = ConfigDict(extra="forbid")
    unit_id: UUID
    measure_id: UUID = Field(description="by whose attainment it is released")
    first_month: Month
    last_month: Month
    fixed: Money
    fixed_purpose: PurposeCode | None = None
    rates: list[BudgetRate] = Field(default_factory=list, max_length=20)
    projects: list[BudgetProject] = Field(default_factory=list, max_length=MOST_PROJECTS)
    release_months: StrictInt = Field(3, ge=1, le=24, description="months of a release: 3 = quarterly")
    name: Words = ""
    code: Words = ""

    def wish(self) -> Wish:
        """Return the budget as the service takes it."""
        return Wish(
            unit=self.unit_id,
            span=_span(self.first_month, self.last_month),
            measure=self.measure_id,
            fixed=amount_of(self.fixed),
            rates=[Rate(one.measure_id, one.rate_bp, _purpose(one.purpose)) for one in self.rates],
            projects=[_project(one) for one in self.projects],
            release_months=self.release_months,
            fixed_purpose=_purpose(self.fixed_purpose),
            name=self.name,
            code=self.code,
        )


class BudgetRedraft(BudgetDraft):
    """A draft saved again: what is not among its lines any more ends."""

    version: Version


class BudgetDecision(Schema):
    """What becomes of a budget: draft → approved → locked, or approved → draft."""

    model_config = ConfigDict(extra="forbid")
    state: Literal["draft", "approved", "locked"]
    version: Version


class ReleaseProposal(Schema):
    """A proposal of the next release, as the rules and today's results say."""

    model_config = ConfigDict(extra="forbid")
    reason: Words = ""


class ReleaseException(Schema):
    """More for a period that is released already; an approver answers for it."""

    model_config = ConfigDict(extra="forbid")
    first_month: Month
    last_month: Month
    fixed: Money = "0.00"
    variable: Money = "0.00"
    project: Money = "0.00"
    reason: Words


class ReleaseDecision(Schema):
    """Whether a proposed release is approved."""

    model_config = ConfigDict(extra="forbid")
    approve: StrictBool
    variable: Money | None = Field(None, description="the variable part, where a person sets it, with a reason")
    reason: Words = ""
    version: Version


class LineApproval(Schema):
    """An approval has nothing to say beside itself."""

    model_config = ConfigDict(extra="forbid")


def _span(first: str, last: str) -> Period:
    return Period(month_of(first), month_of(last) + 1)


def _purpose(code: str | None) -> int | None:
    return None if code is None else PURPOSE_NUMBER[code]


def _project(one: BudgetProject) -> Project:
    span = _span(one.first_month, one.last_month)
    return Project(one.name, amount_of(one.amount), span, _purpose(one.purpose), one.code)


@operation(router, "GET", "/budgets", BudgetList, Text("预算清单", "List budgets"), right=SEEN)
def list_budgets(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Budgets of the units that the caller looks after, as they stood at the end of a day."""
    page = listed("budgets", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return BudgetList(count=page.count, rows=page.rows)


@operation(router, "GET", "/budgets/{uuid:uid}", Budget, Text("预算", "Show a budget"), right=SEEN)
def show_budget(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One budget with its lines and releases as it stood at the end of a day."""
    book = request.auth.book({"as_of": as_of})
    lines, releases = (parts_of(name, "budget_id", uid, book) for name in ("budget_lines", "releases"))
    return Budget(**one_record("budgets", uid, book), lines=lines, releases=releases)


@operation(
    router,
    "POST",
    "/budgets",
    Saved,
    Text("编制预算", "Make a budget"),
    right="budget.edit",
    body=BudgetDraft,
    status=201,
)
def draft_budget(request: Call, body: BudgetDraft) -> Saved:
    """Make a budget from the unit's targets: fixed + rate × target + project lines, as a draft."""
    caller = request.auth
    return saved(budgeting.save(caller.viewer, caller.at, caller.book({}), body.wish()))


@operation(
    router,
    "PUT",
    "/budgets/{uuid:uid}",
    Saved,
    Text("修改预算", "Save a draft again"),
    right="budget.edit",
    body=BudgetRedraft,
)
def redraft_budget(request: Call, uid: UUID, body: BudgetRedraft) -> Saved:
    """Save a draft again, with the targets of today."""
    caller = request.auth
    with telling_conflicts("budgets", caller):
        book = caller.book({})
        return saved(budgeting.save(caller.viewer, caller.at, book, body.wish(), uid=uid, version=body.version))


@operation(
    router,
    "POST",
    "/budgets/{uuid:uid}/decide",
    Saved,
    Text("批准、锁定或退回预算", "Approve, lock or take back a budget"),
    right="release.approve",
    body=BudgetDecision,
)
def decide_on_budget(request: Call, uid: UUID, body: BudgetDecision) -> Saved:
    """Approve a draft, lock an approved budget, or take an approved one back to a draft."""
    caller, state = request.auth, STATE_NUMBER[body.state]
    with telling_conflicts("budgets", caller):
        return saved(decide_budget(actor=caller.viewer, at=caller.at, uid=uid, state=state, version=body.version))


@operation(
    router,
    "POST",
    "/budget-lines/{uuid:uid}/approve",
    Saved,
    Text("批准项目预算", "Approve a project line"),
    right="release.approve",
    body=LineApproval,
)
def approve_project(request: Call, uid: UUID, body: LineApproval) -> Saved:
    """Approve a project line: it counts from today on."""
    return saved(approve_line(actor=request.auth.viewer, at=request.auth.at, uid=uid))


@operation(
    router,
    "POST",
    "/budgets/{uuid:uid}/releases",
    Saved,
    Text("提议费用释放", "Propose a release"),
    right="budget.edit",
    body=ReleaseProposal,
    status=201,
)
def propose_release(request: Call, uid: UUID, body: ReleaseProposal) -> Saved:
    """Propose the next release of a budget by its rules: the band of the attainment decides the variable part."""
    caller = request.auth
    return saved(budgeting.propose(caller.viewer, caller.at, caller.book({}), uid, body.reason))


@operation(
    router,
    "POST",
    "/budgets/{uuid:uid}/exceptions",
    Saved,
    Text("例外释放", "Release by exception"),
    right="release.approve",
    body=ReleaseException,
    status=201,
)
def release_by_exception(request: Call, uid: UUID, body: ReleaseException) -> Saved:
    """Release more of a period that is released already, with a reason, never more than the budget."""
    caller = request.auth
    amounts = amount_of(body.fixed), amount_of(body.variable), amount_of(body.project)
    span = _span(body.first_month, body.last_month)
    return saved(budgeting.release_more(caller.viewer, caller.at, uid, span, amounts, body.reason))


@operation(
    router,
    "POST",
    "/releases/{uuid:uid}/decide",
    Saved,
    Text("批准或驳回释放", "Approve or reject a release"),
    right="release.approve",
    body=ReleaseDecision,
)
def decide_on_release(request: Call, uid: UUID, body: ReleaseDecision) -> Saved:
    """Approve or reject a proposed release; of two at once one wins and the other is told who."""
    caller = request.auth
    with telling_conflicts("releases", caller):
        return saved(
            decide_release(
                actor=caller.viewer,
                at=caller.at,
                uid=uid,
                approve=body.approve,
                version=body.version,
                variable=None if body.variable is None else amount_of(body.variable),
                reason=body.reason,
            )
        )
