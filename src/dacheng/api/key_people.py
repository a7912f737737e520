"""Key people of an opportunity (关键人): shown and set."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from dacheng.api.asking import Call
from dacheng.api.fields import Version, VersionedAct
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.errors import Text
from dacheng.core.report import number_of
from dacheng.service.key_people import PART, sent_key_people
from dacheng.store.actions import key_people as actions

router = Router(tags=["deals"])

Part = Literal["eb", "ub", "tb", "coach", "other"]


class KeyPart(VersionedAct):
    """What part a contact has in the opportunity from a day on."""

    part: Part | None = Field(description="null = the opportunity says nothing of him")
    version: Version = Field(description="the version you saw; 0 where nothing was said")


class KeyPerson(Schema):
    """A contact of the account; ``part`` is what the opportunity says, null = nothing, the account's part holds."""

    contact_id: UUID
    contact: str
    contact_name: str
    title: str
    left: bool
    part: Part | None
    part_at_account: Part | None
    version: int | None = Field(description="the version to edit, 0 = nothing was said; null on a day that is over")


class KeyPeople(Schema):
    """Contacts of the opportunity's account, and which parts it says of nobody."""

    id: UUID
    people: list[KeyPerson]
    missing: list[Part]


class PartSaved(Schema):
    """The contact, and the version to edit next."""

    contact_id: UUID
    version: int


@operation(router, "GET", "/deals/{uuid:uid}/key-people", KeyPeople, Text("关键人", "Show key people"), right=SEEN)
def show_key_people(request: Call, uid: UUID, as_of: str = "") -> Any:
    """Contacts of an opportunity's account whom the caller sees, at the end of a day, with their part in it."""
    return KeyPeople(**sent_key_people(uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "PUT",
    "/deals/{uuid:uid}/key-people/{uuid:contact}",
    PartSaved,
    Text("设关键人", "Set a key person"),
    right="deal.edit",
    body=KeyPart,
)
def set_key_person(request: Call, uid: UUID, contact: UUID, body: Any) -> PartSaved:
    """Say what part a contact of the account has in an opportunity, from a day on."""
    caller, part = request.auth, number_of(PART.choices, body.part)
    with telling_conflicts("deal_contacts", caller):
        done = actions.set_key_person(
            actor=caller.viewer, at=caller.at, deal=uid, contact=contact, part=part, version=body.version, on=body.day
        )
    return PartSaved(contact_id=contact, version=done.version if done else actions.NOT_YET)
