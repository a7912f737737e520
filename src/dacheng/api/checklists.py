"""Checklists (清单): started from a template, ticked together; their items are records of the catalogue."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import Day, Done, Saved, Version, Words
from dacheng.api.operations import operation
from dacheng.api.strategy import Ended
from dacheng.core.checklists.schema import KINDS
from dacheng.core.errors import Text
from dacheng.core.period import day_of
from dacheng.service import checklists as service
from dacheng.store.actions import checklists

router = Router(tags=["checklists"])
MOST_ITEMS = 200


class NewChecklist(Schema):
    """What a checklist is about: a plan, or a person, or a unit and a year."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["foundations", "opening", "worksheet", "calendar"]
    plan_id: UUID | None = None
    person_id: UUID | None = None
    unit_id: UUID | None = None
    year: int | None = Field(default=None, ge=2000, le=2100)
    start_day: Day | None = None
    like: UUID | None = None


class Ticked(Schema):
    """Whether an item is done, and what there is to say of it."""

    model_config = ConfigDict(extra="forbid")
    item_id: UUID
    done: bool
    note: Words = ""
    version: Version


class Ticks(Schema):
    """Items ticked together, all or none."""

    model_config = ConfigDict(extra="forbid")
    items: list[Ticked] = Field(min_length=1, max_length=MOST_ITEMS)


class Started(Schema):
    """The items of a checklist that was started, in order."""

    items: list[UUID]


@operation(
    router,
    "POST",
    "/checklists",
    Started,
    Text("开清单", "Start a checklist"),
    right="checklist.edit",
    body=NewChecklist,
    status=201,
)
def start_checklist(request: Call, body: Any) -> Started:
    """Start a checklist with the items of its template, or of an earlier list like it."""
    caller = request.auth
    kind = next(number for number, code, _ in KINDS if code == body.kind)
    given = {name: getattr(body, name) for name in ("plan_id", "person_id", "unit_id") if getattr(body, name)}
    values = {"kind": kind, "year": body.year or 0, "start_day": body.start_day and day_of(body.start_day), **given}
    return Started(items=service.start(caller.viewer, caller.at, caller.book({}), values, like=body.like))


@operation(
    router,
    "POST",
    "/checklists/ticks",
    Done,
    Text("勾清单", "Tick items of checklists"),
    right="checklist.edit",
    body=Ticks,
)
def tick_checklist(request: Call, body: Any) -> Done:
    """Tick items or take ticks back, each with its note; who does it is recorded."""
    caller = request.auth
    ticks = [checklists.Tick(one.item_id, one.done, one.note, one.version) for one in body.items]
    return Done(changed=checklists.check_items(actor=caller.viewer, at=caller.at, ticks=ticks) > 0)


@operation(
    router,
    "POST",
    "/checklist-items/{uuid:uid}/end",
    Saved,
    Text("删除清单事项", "End an item of a checklist"),
    right="checklist.edit",
    body=Ended,
)
def end_checklist_item(request: Call, uid: UUID, body: Any) -> Saved:
    """Take an item off its checklist from today on."""
    caller = request.auth
    return saved(checklists.end_item(actor=caller.viewer, at=caller.at, uid=uid, version=body.version))
