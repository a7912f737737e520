"""What opportunities carry of the strategy (战略承接): goals linked, opportunities assigned and answered."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import Dated, Saved, Version, Words, new_schema
from dacheng.api.operations import operation
from dacheng.core.errors import Text
from dacheng.store.actions import assigning, goals, ogsm

router = Router(tags=["strategy"])
OF_ASSIGNMENT = ("deal_id", "assignee_id", "asked_day", "answer", "answered_day", "reason")


class Linked(Dated):
    """Opportunities that carry a goal from a day on."""

    deals: list[UUID] = Field(max_length=goals.MOST_DEALS)


class Unlinked(Schema):
    """An opportunity that carries a goal no more."""

    model_config = ConfigDict(extra="forbid")
    deal_id: UUID


class Ended(Schema):
    """A record that is to stand no more from today on."""

    model_config = ConfigDict(extra="forbid")
    version: Version


class HandedDown(Schema):
    """The unit below to whose page an S or M goes."""

    model_config = ConfigDict(extra="forbid")
    unit_id: UUID


class Answer(Schema):
    """Whether an assigned opportunity is taken over; a refusal says why."""

    model_config = ConfigDict(extra="forbid")
    answer: Literal["accepted", "refused"]
    reason: Words = ""


Attributes = new_schema("DealAttributes", "deal_strategy", leave=OF_ASSIGNMENT)
Assignment = new_schema("Assignment", "deal_strategy", leave=("came_from", *OF_ASSIGNMENT))


@operation(
    router,
    "POST",
    "/goals/{uuid:uid}/deals",
    Saved,
    Text("关联商机", "Link opportunities"),
    right="goal.edit",
    body=Linked,
)
def link_goal_deals(request: Call, uid: UUID, body: Any) -> Saved:
    """Let opportunities of the goal's unit carry it."""
    caller = request.auth
    return saved(goals.link_deals(actor=caller.viewer, at=caller.at, uid=uid, deals=body.deals, on=body.day))


@operation(
    router,
    "POST",
    "/goals/{uuid:uid}/deals/unlink",
    Saved,
    Text("取消关联", "Unlink an opportunity"),
    right="goal.edit",
    body=Unlinked,
)
def unlink_goal_deal(request: Call, uid: UUID, body: Any) -> Saved:
    """Let an opportunity carry the goal no more from today on."""
    caller = request.auth
    return saved(goals.unlink_deal(actor=caller.viewer, at=caller.at, uid=uid, deal=body.deal_id))


@operation(
    router,
    "POST",
    "/goals/{uuid:uid}/end",
    Saved,
    Text("撤销目标", "End a goal"),
    right="goal.edit",
    body=Ended,
)
def end_goal(request: Call, uid: UUID, body: Any) -> Saved:
    """Let a goal stand no more from today on; what it was before stays."""
    caller = request.auth
    return saved(goals.end_goal(actor=caller.viewer, at=caller.at, uid=uid, version=body.version))


@operation(
    router,
    "POST",
    "/ogsm-nodes/{uuid:uid}/end",
    Saved,
    Text("删除 OGSM 条目", "End an OGSM entry"),
    right="goal.edit",
    body=Ended,
)
def end_ogsm_node(request: Call, uid: UUID, body: Any) -> Saved:
    """Take an entry off its page from today on."""
    caller = request.auth
    return saved(ogsm.end_ogsm_node(actor=caller.viewer, at=caller.at, uid=uid, version=body.version))


@operation(
    router,
    "POST",
    "/ogsm-nodes/{uuid:uid}/hand-down",
    Saved,
    Text("交给下级", "Hand an OGSM entry down"),
    right="goal.edit",
    body=HandedDown,
    status=201,
)
def hand_down_ogsm_node(request: Call, uid: UUID, body: Any) -> Saved:
    """Let an S become an O, or an M a G, of a unit below."""
    caller = request.auth
    return saved(ogsm.hand_down(actor=caller.viewer, at=caller.at, uid=uid, unit=body.unit_id))


@operation(
    router,
    "PUT",
    "/deals/{uuid:uid}/strategy",
    Saved,
    Text("设战略属性", "Set strategic attributes"),
    right="deal.edit",
    body=Attributes,
)
def set_deal_strategy(request: Call, uid: UUID, body: Any) -> Saved:
    """State origin, strategic type and horizon of an opportunity from today on."""
    caller = request.auth
    return saved(assigning.set_strategy(actor=caller.viewer, at=caller.at, uid=uid, values=body.columns()))


@operation(
    router,
    "POST",
    "/deals/{uuid:uid}/assign",
    Saved,
    Text("指派商机", "Assign an opportunity"),
    right="deal.assign",
    body=Assignment,
)
def assign_deal(request: Call, uid: UUID, body: Any) -> Saved:
    """Ask the owner of an opportunity to take it over."""
    caller = request.auth
    return saved(assigning.assign_deal(actor=caller.viewer, at=caller.at, uid=uid, values=body.columns()))


@operation(
    router,
    "POST",
    "/deals/{uuid:uid}/assignment",
    Saved,
    Text("答复指派", "Answer an assignment"),
    right="deal.accept",
    body=Answer,
)
def answer_assignment(request: Call, uid: UUID, body: Any) -> Saved:
    """Take an assigned opportunity over, or refuse it with a reason; by whom it was assigned to."""
    caller = request.auth
    return saved(
        assigning.answer_assignment(
            actor=caller.viewer, at=caller.at, uid=uid, accepted=body.answer == "accepted", reason=body.reason
        )
    )
