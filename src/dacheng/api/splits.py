"""Splits of an opportunity (业绩分成): shown and set."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field, StrictInt

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import Money, Saved, VersionedAct, VersionSeen
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.deals.schema import WHOLE_BP
from dacheng.core.errors import Text
from dacheng.service.splitting import sent_splits
from dacheng.store.actions import splits as actions

router = Router(tags=["deals"])

ShareBp = Annotated[StrictInt, Field(ge=1, le=WHOLE_BP, description="比例 · share (基点 · basis points)")]


class Share(Schema):
    """A person an opportunity is shared with, and his share."""

    model_config = ConfigDict(extra="forbid")
    person_id: UUID
    share_bp: ShareBp


class Splits(VersionedAct):
    """Everybody the opportunity is shared with from a day on; the owner has the rest."""

    shares: Annotated[list[Share], Field(max_length=actions.MOST_PARTNERS)]


class Credit(Schema):
    """What one person is credited with; the owner comes first."""

    person_id: UUID
    person: str
    person_name: str
    share_bp: int
    amount: Money | None
    owner: bool


class Credits(Schema):
    """Who is credited with what of an opportunity."""

    id: UUID
    version: VersionSeen
    credits: list[Credit]


@operation(router, "GET", "/deals/{uuid:uid}/splits", Credits, Text("业绩分成", "Show how it is shared"), right=SEEN)
def show_splits(request: Call, uid: UUID, as_of: str = "") -> Any:
    """Who is credited with what of an opportunity at the end of a day; the amounts add up to its own."""
    return Credits(**sent_splits(uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "PUT",
    "/deals/{uuid:uid}/splits",
    Saved,
    Text("设置业绩分成", "Share an opportunity"),
    right="deal.reassign",
    body=Splits,
)
def split_deal(request: Call, uid: UUID, body: Splits) -> Saved:
    """Share an opportunity from a day on, in place of any split that follows; no shares = all is the owner's."""
    caller = request.auth
    with telling_conflicts("deals", caller):
        return saved(
            actions.split_deal(
                actor=caller.viewer,
                at=caller.at,
                uid=uid,
                shares=[(one.person_id, one.share_bp) for one in body.shares],
                version=body.version,
                on=body.day,
            )
        )
