"""Who calls: the person, today's roles, and what they allow."""

from __future__ import annotations

from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from dacheng.api.asking import Call
from dacheng.api.operations import OWN, operation
from dacheng.core.errors import Text
from dacheng.service.introducing import introduced_now
from dacheng.service.names import Name
from dacheng.service.settings import company_name, currency, time_zone

router = Router(tags=["me"])


class Reference(Schema):
    """A record by its public id, code and name."""

    id: UUID
    code: str
    name: str


class HeldRole(Schema):
    """A role held today over a unit and everything under it."""

    code: str
    label: str
    unit: Reference


class Company(Schema):
    """The company."""

    name: str
    currency: str = Field(examples=["CNY"])
    time_zone: str = Field(examples=["Asia/Shanghai"])


class Me(Schema):
    """The caller."""

    person: Reference
    roles: list[HeldRole]
    actions: list[str] = Field(description="what the roles allow somewhere; the scope decides where")
    language: str
    today: str = Field(description="the company's own day")
    company: Company


def referred(name: Name) -> Reference:
    """Return a record by its public id, code and name."""
    return Reference(id=UUID(name.uid), code=name.code, name=name.name)


@operation(router, "GET", "/me", Me, Text("我是谁", "Who calls"), right=OWN)
def me(request: Call) -> Me:
    """The caller with today's roles."""
    caller = request.auth
    found = introduced_now(caller.viewer, caller.at, caller.language)
    return Me(
        person=referred(found.person),
        roles=[
            HeldRole(
                code=one.code,
                label=one.label,
                unit=referred(one.unit),
            )
            for one in found.roles
        ],
        actions=list(found.actions),
        language=caller.language,
        today=found.today,
        company=Company(name=company_name(), currency=currency(), time_zone=time_zone()),
    )
