"""Roles, explicit grants and sign-in links."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.urls import reverse
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import Dated, Day, Done, Words
from dacheng.api.operations import operation
from dacheng.core.access import ROLE_NUMBER
from dacheng.core.errors import Text
from dacheng.core.period import FAR_DAY, day_of
from dacheng.store.actions import rights
from dacheng.store.actions.accounts import LINK_HOURS, invite_person

router = Router(tags=["rights"])

RoleCode = Literal["rep", "manager", "sales_ops", "executive", "admin", "finance"]
"""The codes of ``core.access.ROLE_NUMBER``; a test compares them."""


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
    relation: Literal["deals", "contracts"]
    record_id: UUID


class Grant(GrantGiven):
    """A grant to give, with its reason."""

    reason: Words
    until: Day | None = Field(None, description="the day after the last; default no end")


class Invitation(Schema):
    """Whom to invite."""

    model_config = ConfigDict(extra="forbid")
    person_id: UUID


class Invited(Schema):
    """A one-time sign-in link, shown once; a repeated call does not show it again."""

    person_id: UUID
    link: str | None
    hours: int


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
        until=_end(body.until),
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
        until=_end(body.until),
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


def _end(until: Day | None) -> int:
    return FAR_DAY if until is None else day_of(until)
