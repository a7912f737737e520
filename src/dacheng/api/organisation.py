"""The organisation: units and people, each change from a day on."""

from __future__ import annotations

from typing import Any, Literal, cast
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import (
    MOST_ROWS,
    Dated,
    Day,
    Limit,
    Money,
    Month,
    Offset,
    Saved,
    Version,
    VersionedAct,
    VersionSeen,
    Words,
    edit_schema,
    end_of,
    listed_schema,
    new_schema,
    shown_schema,
)
from dacheng.api.me import Reference
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.api.rights import RoleCode
from dacheng.core.access import ROLE_NUMBER
from dacheng.core.errors import Text
from dacheng.service.organisation import organisation, require_org
from dacheng.service.orphans import orphans
from dacheng.service.records import listed, one_record
from dacheng.service.wire import amount_of, month_of
from dacheng.store.actions import joining, org, people
from dacheng.store.history import company_day
from dacheng.store.queries.organisation import PersonStanding, UnitStanding

router = Router(tags=["organisation"])

OrphanKind = Literal[
    "unmanaged",
    "managed-by-leaver",
    "leaver-deals",
    "leaver-targets",
    "closed-targets",
    "misplaced-targets",
    "closed-home",
    "no-role",
]
"""The kinds of ``service.orphans.KINDS``; a test compares them."""

Unit = shown_schema("Unit", "units")
UnitList = listed_schema("UnitList", Unit)
UnitEdit = edit_schema("UnitEdit", "units", leave=("parent_id", "closed"))
Person = shown_schema(
    "Person", "people", home_version=(VersionSeen, Field(description="for a move; null on a day that is over"))
)
PersonList = listed_schema("PersonList", Person)


class JoinersRole(Schema):
    """A role over a unit and everything under it, from the first day on; it takes the right to grant roles."""

    model_config = ConfigDict(extra="forbid")
    role: RoleCode
    unit_id: UUID


class JoinersTarget(Schema):
    """A total for some months on end, split evenly; it takes the right to set targets in the home unit."""

    model_config = ConfigDict(extra="forbid")
    measure_id: UUID
    first_month: Month
    last_month: Month
    amount: Money = Field(description="for all the months together")


NewPerson = new_schema(
    "NewPerson",
    "people",
    made=("code",),
    leave=("left",),
    dated=True,
    home_id=(UUID, ...),
    role=(JoinersRole | None, None),
    target=(JoinersTarget | None, None),
)
PersonEdit = edit_schema("PersonEdit", "people", leave=("left", "fte_bp"))


class NewUnit(Dated):
    """A unit under another; only the first of all has no parent."""

    name: Words
    code: Words = Field("", description="blank = one is made")
    parent_id: UUID | None = None


class UnitMove(VersionedAct):
    """The parent a unit moves under."""

    parent_id: UUID


class UnitClosing(VersionedAct):
    """Who takes over what is in a unit that closes."""

    people_to: UUID | None = Field(None, description="new home of everybody who works in it")
    units_to: UUID | None = Field(None, description="new parent of its open units")


class PersonMove(VersionedAct):
    """The home unit a person moves to, and the version of the home as somebody saw it."""

    version: Version = Field(description="the person's `home_version` that you saw; another one answers 409")
    unit_id: UUID
    until: Day | None = Field(None, description="the day after the last; default until the next recorded move")


@operation(router, "GET", "/units", UnitList, Text("组织清单", "List units"), right=SEEN)
def list_units(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = MOST_ROWS) -> Any:
    """Units that the caller looks after, as they stood at the end of a day; all of them to who edits them."""
    page = listed("units", request.auth.book({"as_of": as_of}, editing="org.edit"), offset=offset, limit=limit)
    return UnitList(count=page.count, rows=page.rows)


@operation(router, "GET", "/units/{uuid:uid}", Unit, Text("组织", "Show a unit"), right=SEEN)
def show_unit(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One unit as it stood at the end of a day."""
    return Unit(**one_record("units", uid, request.auth.book({"as_of": as_of}, editing="org.edit")))


@operation(
    router, "POST", "/units", Saved, Text("新建组织", "Create a unit"), right="org.edit", body=NewUnit, status=201
)
def create_unit(request: Call, body: NewUnit) -> Saved:
    """Create a unit under another from a day on."""
    caller = request.auth
    return saved(
        org.create_unit(
            actor=caller.viewer, at=caller.at, name=body.name, parent=body.parent_id, code=body.code, on=body.day
        )
    )


@operation(
    router, "PATCH", "/units/{uuid:uid}", Saved, Text("修改组织", "Rename a unit"), right="org.edit", body=UnitEdit
)
def edit_unit(request: Call, uid: UUID, body: Any) -> Saved:
    """Change a unit's name or code."""
    caller = request.auth
    with telling_conflicts("units", caller):
        return saved(
            org.edit_unit(actor=caller.viewer, at=caller.at, uid=uid, values=body.columns(), version=body.version)
        )


@operation(
    router, "POST", "/units/{uuid:uid}/move", Saved, Text("移动组织", "Move a unit"), right="org.edit", body=UnitMove
)
def move_unit(request: Call, uid: UUID, body: UnitMove) -> Saved:
    """Put a unit under another parent from a day on."""
    caller = request.auth
    with telling_conflicts("units", caller):
        return saved(
            org.move_unit(
                actor=caller.viewer, at=caller.at, uid=uid, parent=body.parent_id, version=body.version, on=body.day
            )
        )


@operation(
    router,
    "POST",
    "/units/{uuid:uid}/close",
    Saved,
    Text("撤销组织", "Close a unit"),
    right="org.edit",
    body=UnitClosing,
)
def close_unit(request: Call, uid: UUID, body: UnitClosing) -> Saved:
    """Close a unit from a day on; it stays where it stands, and its past with it."""
    caller = request.auth
    with telling_conflicts("units", caller):
        done = org.close_unit(
            actor=caller.viewer,
            at=caller.at,
            uid=uid,
            version=body.version,
            on=body.day,
            people_to=body.people_to,
            units_to=body.units_to,
        )
        return saved(done)


class OrphanFound(Schema):
    """One thing that nobody looks after."""

    kind: OrphanKind
    unit: Reference | None
    person: Reference | None
    count: int = Field(description="deals or target cells; 0: the unit or person itself")


class OrphanList(Schema):
    """Everything that nobody looks after today."""

    rows: list[OrphanFound]


@operation(router, "GET", "/orphans", OrphanList, Text("无主的", "List what nobody looks after"), right="org.edit")
def list_orphans(request: Call) -> OrphanList:
    """Units without a manager, people without a role, deals and targets left behind, as far as the caller sees."""
    caller = request.auth
    require_org(caller.viewer)
    found = orphans(organisation(company_day(caller.at)), caller.book({}))
    return OrphanList(
        rows=[
            OrphanFound(
                kind=cast(OrphanKind, one.kind),
                unit=_standing(one.unit.unit) if one.unit else None,
                person=_standing(one.person) if one.person else None,
                count=one.count,
            )
            for one in found
        ]
    )


def _standing(one: UnitStanding | PersonStanding) -> Reference:
    return Reference(id=one.uid, code=one.code, name=one.name)


@operation(router, "GET", "/people", PersonList, Text("人员清单", "List people"), right=SEEN)
def list_people(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """People at home in units that the caller looks after, and the caller; all of them to who edits them."""
    page = listed("people", request.auth.book({"as_of": as_of}, editing="person.edit"), offset=offset, limit=limit)
    return PersonList(count=page.count, rows=page.rows)


@operation(router, "GET", "/people/{uuid:uid}", Person, Text("人员", "Show a person"), right=SEEN)
def show_person(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One person with the home unit of a day."""
    return Person(**one_record("people", uid, request.auth.book({"as_of": as_of}, editing="person.edit")))


@operation(
    router,
    "POST",
    "/people",
    Saved,
    Text("新建人员", "Create a person"),
    right="person.edit",
    body=NewPerson,
    status=201,
)
def create_person(request: Call, body: Any) -> Saved:
    """Create a person from a day on, with a role and first targets where given, all or nothing.

    What is dated earlier counts in the same home unit.
    """
    caller = request.auth
    role = None if body.role is None else joining.FirstRole(ROLE_NUMBER[body.role.role], body.role.unit_id)
    target = None if body.target is None else _first_target(body.target)
    who = {"actor": caller.viewer, "at": caller.at, "values": body.columns(), "home": body.home_id, "on": body.day}
    return saved(joining.join_person(**who, role=role, target=target))


def _first_target(given: JoinersTarget) -> joining.FirstTarget:
    months = month_of(given.first_month), month_of(given.last_month)
    return joining.FirstTarget(given.measure_id, *months, amount_of(given.amount))


@operation(
    router,
    "PATCH",
    "/people/{uuid:uid}",
    Saved,
    Text("修改人员", "Edit a person"),
    right="person.edit",
    body=PersonEdit,
)
def edit_person(request: Call, uid: UUID, body: Any) -> Saved:
    """Change a person's name, number or e-mail."""
    caller = request.auth
    with telling_conflicts("people", caller):
        values = body.columns()
        return saved(
            people.edit_person(actor=caller.viewer, at=caller.at, uid=uid, values=values, version=body.version)
        )


@operation(
    router,
    "POST",
    "/people/{uuid:uid}/move",
    Saved,
    Text("调动人员", "Move a person"),
    right="person.edit",
    body=PersonMove,
)
def move_person(request: Call, uid: UUID, body: PersonMove) -> Saved:
    """Give a person another home unit from a day on; the version answered is that of the home."""
    caller = request.auth
    until = end_of(body.until)
    with telling_conflicts("assignments", caller):
        done = people.move_person(
            actor=caller.viewer,
            at=caller.at,
            uid=uid,
            unit=body.unit_id,
            version=body.version,
            on=body.day,
            until=until,
        )
        return saved(done)
