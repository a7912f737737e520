"""Roles, explicit grants and sign-in links: who holds what, given and taken away."""

from __future__ import annotations

from datetime import date
from typing import Literal, cast
from uuid import UUID

from django.urls import reverse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call, Caller
from dacheng.api.fields import Dated, Day, Done, Limit, Offset, Words, end_of
from dacheng.api.me import Reference, referred
from dacheng.api.operations import operation
from dacheng.core.access import ROLE_CODE, ROLE_NUMBER
from dacheng.core.errors import Text
from dacheng.core.period import FAR_DAY, FIRST_DAY, date_of
from dacheng.service.person import RELATION_OF_KIND
from dacheng.service.questions import asked_day
from dacheng.service.rights import grants_held_on, roles_held_on
from dacheng.store.actions import rights
from dacheng.store.actions.accounts import LINK_HOURS, invite_person
from dacheng.store.history import company_day

router = Router(tags=["rights"])

RoleCode = Literal["rep", "manager", "sales_ops", "executive", "admin", "finance"]
"""The codes of ``core.access.ROLE_NUMBER``; a test compares them."""

Granted = Literal["deals", "contracts"]
"""Relations of which one record can be granted."""


class RoleGiven(Dated):
    """A role over a unit and everything under it."""

    person_id: UUID
    role: RoleCode
    unit_id: UUID


class RoleGrant(RoleGiven):
    """A role to give, for somebody who stands in until a day."""

    until: Day | None = Field(None, description="the day after the last; default no end")


class GrantGiven(Dated):
    """A record that a person may see although it lies outside his units."""

    person_id: UUID
    relation: Granted
    record_id: UUID


class Grant(GrantGiven):
    """A grant to give, with its reason."""

    reason: Words
    until: Day | None = Field(None, description="the day after the last; default no end")


class RoleHeld(Schema):
    """A role somebody holds over a unit and everything under it."""

    person: Reference
    role: RoleCode
    unit: Reference
    on: Day | None = Field(description="the first day; null: from the beginning")
    until: Day | None = Field(description="the day after the last; null: no end")


class RoleList(Schema):
    """One page of the roles held on a day."""

    count: int = Field(description="records in all")
    rows: list[RoleHeld]


class GrantHeld(Schema):
    """A record that somebody may see although it lies outside his units."""

    person: Reference
    relation: Granted
    record_id: UUID
    record: str = Field(description="its number; its name only the record itself tells")
    reason: str
    on: Day | None = Field(description="the first day; null: from the beginning")
    until: Day | None = Field(description="the day after the last; null: no end")


class GrantList(Schema):
    """One page of the grants held on a day."""

    count: int = Field(description="records in all")
    rows: list[GrantHeld]


class Invitation(Schema):
    """Whom to invite."""

    model_config = ConfigDict(extra="forbid")
    person_id: UUID


class Invited(Schema):
    """A one-time sign-in link, shown once; a repeated call does not show it again."""

    person_id: UUID
    link: str | None
    hours: int


@operation(router, "GET", "/roles", RoleList, Text("角色清单", "List roles held"), right="person.edit")
def list_roles(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> RoleList:
    """Who holds which role on a day, by person."""
    caller = request.auth
    found = roles_held_on(caller.viewer, _day(caller, as_of), offset=offset, limit=limit)
    rows = [
        RoleHeld(
            person=referred(found.names["people"][one.person_id]),
            role=cast(RoleCode, ROLE_CODE[one.role]),
            unit=referred(found.names["units"][one.unit_id]),
            **_span(one.from_day, one.to_day),
        )
        for one in found.rows
    ]
    return RoleList(count=found.count, rows=rows)


@operation(
    router,
    "POST",
    "/roles/grant",
    Done,
    Text("授予角色", "Grant a role"),
    right="role.grant",
    body=RoleGrant,
)
def grant_role(request: Call, body: RoleGrant) -> Done:
    """Give a person a role over a unit from a day on."""
    caller = request.auth
    done = rights.grant_role(
        actor=caller.viewer,
        at=caller.at,
        person=body.person_id,
        role=ROLE_NUMBER[body.role],
        unit=body.unit_id,
        on=body.day,
        until=end_of(body.until),
    )
    return Done(changed=done)


@operation(
    router,
    "POST",
    "/roles/revoke",
    Done,
    Text("收回角色", "Revoke a role"),
    right="role.grant",
    body=RoleGiven,
)
def revoke_role(request: Call, body: RoleGiven) -> Done:
    """Take a role over a unit away from a day on."""
    caller = request.auth
    done = rights.revoke_role(
        actor=caller.viewer,
        at=caller.at,
        person=body.person_id,
        role=ROLE_NUMBER[body.role],
        unit=body.unit_id,
        on=body.day,
    )
    return Done(changed=done)


@operation(router, "GET", "/grants", GrantList, Text("授权清单", "List grants held"), right="person.edit")
def list_grants(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> GrantList:
    """Who may see which single deal or contract on a day, by person."""
    caller = request.auth
    found = grants_held_on(caller.viewer, _day(caller, as_of), offset=offset, limit=limit)
    rows = []
    for one in found.rows:
        relation = RELATION_OF_KIND[one.kind]
        record = found.names[relation][one.object_id]
        rows.append(
            GrantHeld(
                person=referred(found.names["people"][one.person_id]),
                relation=cast(Granted, relation),
                record_id=UUID(record.uid),
                record=record.code,
                reason=one.reason,
                **_span(one.from_day, one.to_day),
            )
        )
    return GrantList(count=found.count, rows=rows)


@operation(router, "POST", "/grants", Done, Text("授权查看", "Grant a record"), right="grant.give", body=Grant)
def give_grant(request: Call, body: Grant) -> Done:
    """Let a person see one deal or contract outside his units, with a reason."""
    caller = request.auth
    done = rights.give_grant(
        actor=caller.viewer,
        at=caller.at,
        person=body.person_id,
        relation=body.relation,
        uid=body.record_id,
        reason=body.reason,
        on=body.day,
        until=end_of(body.until),
    )
    return Done(changed=done)


@operation(
    router,
    "POST",
    "/grants/withdraw",
    Done,
    Text("收回授权", "Withdraw a grant"),
    right="grant.give",
    body=GrantGiven,
)
def withdraw_grant(request: Call, body: GrantGiven) -> Done:
    """Withdraw a grant from a day on."""
    caller = request.auth
    done = rights.withdraw_grant(
        actor=caller.viewer,
        at=caller.at,
        person=body.person_id,
        relation=body.relation,
        uid=body.record_id,
        on=body.day,
    )
    return Done(changed=done)


@operation(
    router,
    "POST",
    "/accounts/invite",
    Invited,
    Text("发登录链接", "Send a sign-in link"),
    right="account.invite",
    body=Invitation,
    status=201,
    secrets=("link",),
)
def invite_account(request: Call, body: Invitation) -> Invited:
    """Make a one-time sign-in link of a person; the account is made when there is none."""
    caller = request.auth
    issued = invite_person(actor=caller.viewer, at=caller.at, uid=body.person_id)
    path = reverse("web:sign-in-link", kwargs={"token": issued.secret})
    return Invited(person_id=body.person_id, link=request.build_absolute_uri(path), hours=LINK_HOURS)


def _day(caller: Caller, as_of: str) -> int:
    day = asked_day(as_of)
    return company_day(caller.at) if day is None else day


def _span(from_day: int, to_day: int) -> dict[str, date | None]:
    """Return the days of something held, as they are given when it is."""
    return {
        "on": None if from_day == FIRST_DAY else date_of(from_day),
        "until": None if to_day == FAR_DAY else date_of(to_day),
    }
