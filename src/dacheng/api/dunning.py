"""Dunning (催收): steps and promises of payment terms; listed, shown, recorded (R151)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import Limit, Offset, Saved, listed_schema, new_schema, shown_schema
from dacheng.api.operations import SEEN, operation
from dacheng.core.errors import Text
from dacheng.service.records import listed, one_record
from dacheng.store.actions import dunning

router = Router(tags=["cash"])

StepRow = shown_schema("DunningStepRow", "dunning_steps")
StepList = listed_schema("DunningStepList", StepRow)
NewStep = new_schema("NewDunningStep", "dunning_steps", made=("code", "day"), leave=("person_id",))
PromiseRow = shown_schema("PromiseRow", "promises")
PromiseList = listed_schema("PromiseList", PromiseRow)
NewPromise = new_schema("NewPromise", "promises", made=("code", "day", "amount"), leave=("person_id",))


@operation(router, "GET", "/dunning-steps", StepList, Text("催收清单", "List dunning steps"), right=SEEN)
def list_dunning_steps(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """What was done to collect by the end of a day, the first recorded first."""
    page = listed("dunning_steps", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return StepList(count=page.count, rows=page.rows)


@operation(router, "GET", "/dunning-steps/{uuid:uid}", StepRow, Text("催收记录", "Show a dunning step"), right=SEEN)
def show_dunning_step(request: Call, uid: UUID, as_of: str = "") -> Any:
    """What was done once to collect a term, as it stood at the end of a day."""
    return StepRow(**one_record("dunning_steps", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/dunning-steps",
    Saved,
    Text("记催收", "Record a dunning step"),
    right="terms.edit",
    body=NewStep,
    status=201,
)
def record_dunning_step(request: Call, body: Any) -> Saved:
    """Record what was done to collect a payment term; without a day it is of today."""
    caller = request.auth
    return saved(dunning.record_step(actor=caller.viewer, at=caller.at, values=body.columns()))


@operation(router, "GET", "/promises", PromiseList, Text("承诺清单", "List promises"), right=SEEN)
def list_promises(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """What was promised by the end of a day; the report dunning/promises tells what was kept."""
    page = listed("promises", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return PromiseList(count=page.count, rows=page.rows)


@operation(router, "GET", "/promises/{uuid:uid}", PromiseRow, Text("回款承诺", "Show a promise"), right=SEEN)
def show_promise(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One promise, as it stood at the end of a day."""
    return PromiseRow(**one_record("promises", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/promises",
    Saved,
    Text("记承诺", "Record a promise"),
    right="terms.edit",
    body=NewPromise,
    status=201,
)
def record_promise(request: Call, body: Any) -> Saved:
    """Record what was promised of a payment term: today and all that is open, unless told."""
    caller = request.auth
    return saved(dunning.record_promise(actor=caller.viewer, at=caller.at, values=body.columns()))
