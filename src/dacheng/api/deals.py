"""Opportunities (商机): listed, shown, created, edited, moved through stages, closed, handed over."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import (
    Dated,
    Day,
    Money,
    Saved,
    Version,
    VersionedAct,
    Words,
    edit_schema,
    end_of,
    new_schema,
    shown_schema,
)
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.api.reports import register as register_report
from dacheng.core.errors import Text
from dacheng.core.report import report_named
from dacheng.service.records import one_record
from dacheng.service.wire import amount_of
from dacheng.store.actions import deals as actions
from dacheng.store.actions import losses
from dacheng.store.actions.recording import Saved as SavedRecord

router = Router(tags=["deals"])

Deal = shown_schema("Deal", "deals")
NewDeal = new_schema("NewDeal", "deals", made=("code",), dated=True)
UNTIL = Field(None, description="the day after the last; default until the next recorded change")
DealEdit = edit_schema("DealEdit", "deals", dated=True, until=(Day | None, UNTIL))


class StageMove(VersionedAct):
    """The stage a deal moves to; a lost one needs a reason."""

    stage_id: UUID
    reason: Words = ""
    loss_reason_id: UUID | None = Field(None, description="the category of loss, when the stage is a lost one")


class DealClosing(VersionedAct):
    """How a deal ends: won with its amount, or lost with a reason."""

    outcome: Literal["won", "lost"]
    amount: Money | None = None
    reason: Words = ""
    loss_reason_id: UUID | None = Field(None, description="the category of loss; a lost one needs it")


class LossReview(Schema):
    """The category of loss that a review found; null takes it back."""

    model_config = ConfigDict(extra="forbid")
    verified_reason_id: UUID | None
    version: Version


class Handover(Dated):
    """Open deals and who owns them from now on."""

    deals: list[UUID] = Field(min_length=1, max_length=1000)
    to: UUID = Field(description="the new owner")


class Changed(Schema):
    """How many records changed."""

    model_config = ConfigDict(extra="forbid")
    changed: int


register_report(router, report_named("deals/list"), "/deals", "list_deals")


@operation(router, "GET", "/deals/{uuid:uid}", Deal, Text("商机", "Show an opportunity"), right=SEEN)
def show_deal(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One opportunity as it stood at the end of a day; the name of now, no version on a day that is over."""
    return Deal(**one_record("deals", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/deals",
    Saved,
    Text("新建商机", "Create an opportunity"),
    right="deal.create",
    body=NewDeal,
    status=201,
)
def create_deal(request: Call, body: Any) -> Saved:
    """Create an opportunity; without a code one is made."""
    caller = request.auth
    return saved(actions.create_deal(actor=caller.viewer, at=caller.at, values=body.columns(), on=body.day))


@operation(
    router,
    "PATCH",
    "/deals/{uuid:uid}",
    Saved,
    Text("修改商机", "Edit an opportunity"),
    right="deal.edit",
    body=DealEdit,
)
def edit_deal(request: Call, uid: UUID, body: Any) -> Saved:
    """Change columns from a day on, each until its next recorded change."""
    caller = request.auth
    until = end_of(body.until)
    with telling_conflicts("deals", caller):
        return saved(
            actions.edit_deal(
                actor=caller.viewer,
                at=caller.at,
                uid=uid,
                values=body.columns(),
                version=body.version,
                on=body.day,
                until=until,
            )
        )


@operation(
    router,
    "POST",
    "/deals/{uuid:uid}/stage",
    Saved,
    Text("推进阶段", "Move to a stage"),
    right="deal.edit",
    body=StageMove,
)
def move_deal(request: Call, uid: UUID, body: StageMove) -> Saved:
    """Move an opportunity to another stage from a day on."""
    caller = request.auth
    with telling_conflicts("deals", caller):
        return saved(
            actions.move_stage(
                actor=caller.viewer,
                at=caller.at,
                uid=uid,
                stage=body.stage_id,
                version=body.version,
                on=body.day,
                reason=body.reason,
                category=body.loss_reason_id,
            )
        )


@operation(
    router,
    "POST",
    "/deals/{uuid:uid}/close",
    Saved,
    Text("关闭商机", "Close as won or lost"),
    right="deal.edit",
    body=DealClosing,
)
def close_deal(request: Call, uid: UUID, body: DealClosing) -> Saved:
    """Close an opportunity as won, with its amount, or as lost, with its reason."""
    caller = request.auth
    amount = None if body.amount is None else amount_of(body.amount)
    with telling_conflicts("deals", caller):
        return saved(
            actions.close_deal(
                actor=caller.viewer,
                at=caller.at,
                uid=uid,
                outcome=body.outcome,
                version=body.version,
                on=body.day,
                amount=amount,
                reason=body.reason,
                category=body.loss_reason_id,
            )
        )


@operation(
    router,
    "POST",
    "/deals/{uuid:uid}/verified-loss",
    Saved,
    Text("核实丢单类别", "Verify why it was lost"),
    right="deal.verify_loss",
    body=LossReview,
)
def verify_loss(request: Call, uid: UUID, body: LossReview) -> Saved:
    """Set the category of loss that a review found."""
    caller = request.auth
    with telling_conflicts("deals", caller):
        return saved(
            losses.verify_loss(
                actor=caller.viewer, at=caller.at, uid=uid, category=body.verified_reason_id, version=body.version
            )
        )


@operation(
    router,
    "POST",
    "/deals/reassign",
    Changed,
    Text("转移商机", "Reassign opportunities"),
    right="deal.reassign",
    body=Handover,
)
def reassign_deals(request: Call, body: Handover) -> Changed:
    """Hand open opportunities to another owner from a day on, all or none."""
    caller = request.auth
    changed = actions.reassign_deals(actor=caller.viewer, at=caller.at, uids=body.deals, to=body.to, on=body.day)
    return Changed(changed=changed)


def saved(record: SavedRecord) -> Saved:
    """Return what an action answers."""
    return Saved(id=record.uid, version=record.version)
