"""Estimates of targets (目标测算): worked out, inputs typed, tiers chosen, submitted, adopted."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field, StrictInt

from dacheng.api.asking import Call
from dacheng.api.fields import Money, Version, Words
from dacheng.api.me import Reference, referred
from dacheng.api.operations import SEEN, operation
from dacheng.core.errors import Conflict, NotFound, Text
from dacheng.core.estimates.inputs import INPUTS
from dacheng.core.estimates.schema import SCHEMES, STATES
from dacheng.service.estimate_inputs import given_input, inputs_shown, sent_input
from dacheng.service.estimates import (
    TIERS,
    Asked,
    EstimateView,
    actions,
    estimate_view,
    question_by_uid,
    submit,
    view_of,
)
from dacheng.service.wire import amount_of, amount_text
from dacheng.store.actions.estimates import Estimated

router = Router(tags=["targets"])

Scheme = Literal["A", "B", "C"]
STATE_CODE = {number: code for number, code, _ in STATES}
SCHEME_NUMBER = {code: number for number, code, _ in SCHEMES}
CODES = ", ".join(one.code for one in INPUTS)


class ShownInput(Schema):
    """An input as it is used: one of amount, rate_bp and number, by its kind."""

    input: str
    line: int = Field(description="which year before, factor or step; 0 = the only one")
    amount: Money | None
    rate_bp: int | None
    number: int | None
    origin: Literal["typed", "market", "past", "rule", "none"]
    beside: str | None = Field(
        description="what a market fact, the past or the rule says where somebody typed another value"
    )
    source: str = Field(description="where it comes from, as typed; of a market fact with year and day")
    version: int = Field(description="to send with a change; 0 = nobody typed it")


class Estimate(Schema):
    """An estimate: what was chosen, what is proposed, and every input."""

    unit: Reference
    measure: Reference
    year: int
    scheme: str
    state: str
    floor: Money | None
    target: Money | None
    stretch: Money | None
    to_find: Money | None = Field(description="of the target beyond the inventory")
    reason: str
    asks: list[str] = Field(description="what must be answered in writing before it is submitted")
    plans: list[str]
    version: int
    inputs: list[ShownInput]


class Which(Schema):
    """Which estimate is meant."""

    model_config = ConfigDict(extra="forbid")
    unit_id: UUID
    measure_id: UUID
    year: Annotated[StrictInt, Field(ge=1970, le=9998, description="the fiscal year")]
    scheme: Scheme = "A"


class GivenInput(Schema):
    """An input as it shall be; all of amount, rate_bp and number null = as the past says."""

    model_config = ConfigDict(extra="forbid")
    input: str = Field(description=f"one of {CODES}")
    line: StrictInt = 0
    amount: Money | None = None
    rate_bp: StrictInt | None = None
    number: StrictInt | None = None
    source: Words | None = None
    version: Annotated[StrictInt, Field(ge=0)] | None = Field(None, description="you saw; null = whatever stands")


class GivenInputs(Which):
    """Inputs to type from today on, all or none."""

    inputs: list[GivenInput] = Field(min_length=1, max_length=actions.MOST_INPUTS)


class Tiers(Which):
    """Tiers that are chosen; null = as proposed, left out = as it was."""

    floor: Money | None = None
    target: Money | None = None
    stretch: Money | None = None
    reason: Words | None = None
    version: Version


class Act(Which):
    """An act on an estimate as somebody saw it."""

    version: Version


class CopyTo(Which):
    """To which plan it is copied."""

    to: Scheme


class Changed(Schema):
    """How many inputs really changed."""

    changed: int


class Versioned(Schema):
    """The version to send next."""

    version: int


@operation(router, "GET", "/targets/estimates", Estimate, Text("目标测算", "Show an estimate"), right=SEEN)
def show_estimate(
    request: Call, unit: str = "", period: str = "", measure: str = "", scheme: str = "", as_of: str = ""
) -> Any:
    """An estimate worked out; default the caller's topmost unit, the next fiscal year, contract value, plan A."""
    caller = request.auth
    asked = Asked(unit, period, measure, scheme)
    view = estimate_view(caller.viewer, caller.book({"as_of": as_of}), asked, caller.language)
    if view is None:
        raise NotFound(
            Text("你不管理任何组织。", "You look after no unit."),
            Text("请主管或销售运营查看。", "Ask a manager or sales operations."),
        )
    return _shown(view, caller.language)


@operation(
    router,
    "PUT",
    "/targets/estimates/inputs",
    Changed,
    Text("填测算输入", "Type inputs of an estimate"),
    right="estimate.edit",
    body=GivenInputs,
)
def set_estimate_inputs(request: Call, body: GivenInputs) -> Changed:
    """Type inputs from today on, all or none; a conflict names each input with both values."""
    caller = request.auth
    inputs = [given_input(one.dict()) for one in body.inputs]
    return Changed(changed=actions.set_inputs(actor=caller.viewer, at=caller.at, of=_of(request, body), inputs=inputs))


@operation(
    router,
    "PATCH",
    "/targets/estimates",
    Versioned,
    Text("定测算三档", "Choose the tiers of an estimate"),
    right="estimate.edit",
    body=Tiers,
)
def choose_estimate_tiers(request: Call, body: Tiers) -> Versioned:
    """Choose floor, target and stretch, or take them back with null, and say why."""
    caller = request.auth
    given = {name: getattr(body, name) for name in body.model_fields_set & {*TIERS, "reason"}}
    values = {name: amount_of(value) if name in TIERS and value is not None else value for name, value in given.items()}
    try:
        version = actions.choose_tiers(
            actor=caller.viewer, at=caller.at, of=_of(request, body), values=values, version=body.version
        )
    except Conflict as conflict:
        raise _said(conflict) from None
    return Versioned(version=version)


@operation(
    router,
    "POST",
    "/targets/estimates/submit",
    Versioned,
    Text("测算送审", "Submit an estimate"),
    right="estimate.edit",
    body=Act,
)
def submit_estimate(request: Call, body: Act) -> Versioned:
    """Submit an estimate with its tiers as they stand; where the methods are far apart a reason is asked for first."""
    caller = request.auth
    book = caller.book({})
    question = question_by_uid(book, _of(request, body), body.year)
    view = view_of(caller.viewer, book, question, caller.language)
    return Versioned(version=submit(caller.viewer, caller.at, view, body.version))


@operation(
    router,
    "POST",
    "/targets/estimates/adopt",
    Versioned,
    Text("采用测算", "Adopt an estimate"),
    right="estimate.adopt",
    body=Act,
)
def adopt_estimate(request: Call, body: Act) -> Versioned:
    """Adopt an estimate that was submitted."""
    caller = request.auth
    return Versioned(
        version=actions.adopt_estimate(
            actor=caller.viewer, at=caller.at, of=_of(request, body), version=body.version or None
        )
    )


@operation(
    router,
    "POST",
    "/targets/estimates/reopen",
    Versioned,
    Text("测算退回草稿", "Make an estimate a draft again"),
    right="estimate.edit",
    body=Act,
)
def reopen_estimate(request: Call, body: Act) -> Versioned:
    """Make a submitted estimate a draft again; an adopted one only by who may adopt."""
    caller = request.auth
    return Versioned(
        version=actions.reopen_estimate(
            actor=caller.viewer, at=caller.at, of=_of(request, body), version=body.version or None
        )
    )


@operation(
    router,
    "POST",
    "/targets/estimates/copy",
    Changed,
    Text("测算存为另一方案", "Copy an estimate to another plan"),
    right="estimate.edit",
    body=CopyTo,
)
def copy_estimate(request: Call, body: CopyTo) -> Changed:
    """Copy the inputs and tiers of an estimate to another plan, in place of what that held."""
    caller = request.auth
    return Changed(
        changed=actions.copy_estimate(
            actor=caller.viewer, at=caller.at, of=_of(request, body), to=SCHEME_NUMBER[body.to]
        )
    )


def _of(request: Call, which: Which) -> Estimated:
    """Return how actions name an estimate; its fiscal year by the rules of today."""
    year = request.auth.book({}).rules.fiscal.year(which.year)
    return Estimated(which.unit_id, year.from_ym, which.measure_id, SCHEME_NUMBER[which.scheme])


def _shown(view: EstimateView, language: str) -> Estimate:
    found = view.found
    return Estimate(
        unit=referred(view.unit),
        measure=referred(view.measure),
        year=view.asked.number,
        scheme=view.scheme,
        state=STATE_CODE[view.state],
        **{name: _money(getattr(found, name)) for name in (*TIERS, "to_find")},
        reason=view.reason,
        asks=[one.text.in_language(language) for one in found.asks],
        plans=list(view.plans),
        version=view.version,
        inputs=[ShownInput(**sent_input(one)) for one in inputs_shown(view)],
    )


def _money(amount: int | None) -> str | None:
    return None if amount is None else amount_text(amount)


def _said(conflict: Conflict) -> Conflict:
    """Return a conflict on tiers with its amounts as decimal text."""
    yours, theirs = (
        {name: amount_text(value) if isinstance(value, int) else value for name, value in side.items()}
        for side in (conflict.yours, conflict.theirs)
    )
    return Conflict(conflict.message, conflict.remedy, yours=yours, theirs=theirs)
