"""Secondment, part-time work elsewhere and working shares: who works where beside his home, for how much."""

from __future__ import annotations

from typing import Annotated, Literal, cast
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import Dated, Day, Done, Limit, Offset, Saved, VersionedAct, Words, end_of
from dacheng.api.me import Reference, referred
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.book import OUTSIDE
from dacheng.core.errors import Text
from dacheng.core.org.capacity import ENGAGEMENTS
from dacheng.core.org.schema import ENGAGED_AS, FULL_TIME
from dacheng.service.labels import DatabaseNames
from dacheng.store.actions import engagements

router = Router(tags=["organisation"])

KindCode = Literal["secondment", "part-time"]
"""The codes of ``core.org.schema.ENGAGED_AS``; a test compares them."""

KIND_NUMBER = {code: number for number, code, _ in ENGAGED_AS}
KIND_CODE = {number: code for number, code, _ in ENGAGED_AS}

Share = Annotated[int, Field(ge=1, le=FULL_TIME, description="of full time, in basis points: 5000 is half")]


class EngagementEnd(Dated):
    """Who works where no longer."""

    person_id: UUID
    host_id: UUID
    kind: KindCode


class EngagementStart(EngagementEnd):
    """Who works where beside his home, for how much."""

    share_bp: Share
    reason: Words = ""
    until: Day | None = Field(None, description="the day after the last; default no end")


class WorkingShare(VersionedAct):
    """How much of full time a person works from a day on."""

    share_bp: Share


class Engagement(Schema):
    """Work in a unit beside the home; the home is told to who sees it."""

    person: Reference
    home: Reference | None
    host: Reference
    kind: KindCode
    share_bp: int


class EngagementList(Schema):
    """One page of the engagements of a day."""

    count: int = Field(description="records in all")
    rows: list[Engagement]


@operation(
    router, "GET", "/engagements", EngagementList, Text("借调与兼职清单", "List engagements elsewhere"), right=SEEN
)
def list_engagements(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> EngagementList:
    """Who works beside his home on a day: from or to units that the caller looks after, and the caller himself."""
    rows = request.auth.book({"as_of": as_of}, editing="person.edit").gather(ENGAGEMENTS)
    found = list(zip(*(rows[name].tolist() for name in rows.columns), strict=True))
    page = found[offset : offset + limit]
    units = {one for _, home, host, *_ in page for one in (home, host)} - {OUTSIDE}
    names = DatabaseNames().names_of({"people": {person for person, *_ in page}, "units": units})
    return EngagementList(
        count=len(found),
        rows=[
            Engagement(
                person=referred(names["people"][person]),
                home=referred(names["units"][home]) if home != OUTSIDE else None,
                host=referred(names["units"][host]),
                kind=cast(KindCode, KIND_CODE[kind]),
                share_bp=share,
            )
            for person, home, host, kind, share in page
        ],
    )


@operation(
    router,
    "POST",
    "/engagements",
    Done,
    Text("开始借调或兼职", "Start an engagement elsewhere"),
    right="person.edit",
    body=EngagementStart,
)
def start_engagement(request: Call, body: EngagementStart) -> Done:
    """Let a person work in another unit from a day on; the home and every sum stay as they are."""
    caller = request.auth
    done = engagements.start_engagement(
        actor=caller.viewer,
        at=caller.at,
        person=body.person_id,
        host=body.host_id,
        kind=KIND_NUMBER[body.kind],
        share_bp=body.share_bp,
        reason=body.reason,
        on=body.day,
        until=end_of(body.until),
    )
    return Done(changed=done)


@operation(
    router,
    "POST",
    "/engagements/end",
    Done,
    Text("结束借调或兼职", "End an engagement elsewhere"),
    right="person.edit",
    body=EngagementEnd,
)
def end_engagement(request: Call, body: EngagementEnd) -> Done:
    """Let a person work in another unit no longer from a day on."""
    caller = request.auth
    done = engagements.end_engagement(
        actor=caller.viewer,
        at=caller.at,
        person=body.person_id,
        host=body.host_id,
        kind=KIND_NUMBER[body.kind],
        on=body.day,
    )
    return Done(changed=done)


@operation(
    router,
    "POST",
    "/people/{uuid:uid}/share",
    Saved,
    Text("改工作比例", "Set a working share"),
    right="person.edit",
    body=WorkingShare,
)
def set_working_share(request: Call, uid: UUID, body: WorkingShare) -> Saved:
    """Say how much of full time a person works from a day on."""
    caller = request.auth
    with telling_conflicts("people", caller):
        done = engagements.set_working_share(
            actor=caller.viewer, at=caller.at, uid=uid, share_bp=body.share_bp, version=body.version, on=body.day
        )
        return saved(done)
