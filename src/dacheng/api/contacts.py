"""Contacts (联系人) of accounts: listed, shown, created, corrected; only of accounts that the caller deals with."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router
from pydantic import Field

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import (
    Limit,
    Offset,
    Saved,
    VersionedAct,
    edit_schema,
    listed_schema,
    new_schema,
    shown_schema,
)
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.errors import Text
from dacheng.service.contacts import namesakes_now
from dacheng.service.records import listed, one_record
from dacheng.store.actions import contacts as actions

router = Router(tags=["contacts"])

Contact = shown_schema("Contact", "contacts")
ContactList = listed_schema("ContactList", Contact)
NewContact = new_schema("NewContact", "contacts", made=("code",), leave=("left",), dated=True)
ContactEdit = edit_schema("ContactEdit", "contacts", leave=("customer_id", "code"), dated=True)
Of = Annotated[UUID | None, Query(description="public id of the account; left out: of all accounts")]


class ContactSaved(Saved):
    """The contact's public id, the version to edit next, and who else bears the name."""

    namesakes: list[str] = Field(
        description="contact numbers of the same name at this account: perhaps the same person"
    )


class LeaveContact(VersionedAct):
    """When somebody left."""


@operation(router, "GET", "/contacts", ContactList, Text("联系人清单", "List contacts"), right=SEEN)
def list_contacts(request: Call, customer: Of = None, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Contacts of the accounts that the caller deals with, at the end of a day, the first recorded first."""
    of = ("customer_id", customer) if customer else None
    page = listed("contacts", request.auth.book({"as_of": as_of}), offset=offset, limit=limit, of=of)
    return ContactList(count=page.count, rows=page.rows)


@operation(router, "GET", "/contacts/{uuid:uid}", Contact, Text("联系人", "Show a contact"), right=SEEN)
def show_contact(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One contact as it stood at the end of a day; the name of now, no version on a day that is over."""
    return Contact(**one_record("contacts", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/contacts",
    ContactSaved,
    Text("新建联系人", "Create a contact"),
    right="contact.edit",
    body=NewContact,
    status=201,
)
def create_contact(request: Call, body: Any) -> ContactSaved:
    """Create a contact of an account that the caller deals with; a code is made where none is given."""
    caller = request.auth
    done = actions.create_contact(actor=caller.viewer, at=caller.at, values=body.columns(), on=body.day)
    return ContactSaved(id=done.uid, version=done.version, namesakes=namesakes_now(done.uid, caller.at))


@operation(
    router,
    "PATCH",
    "/contacts/{uuid:uid}",
    Saved,
    Text("修改联系人", "Edit a contact"),
    right="contact.edit",
    body=ContactEdit,
)
def edit_contact(request: Call, uid: UUID, body: Any) -> Saved:
    """Change a contact; dated values hold from a day on, today unless given."""
    caller, values = request.auth, body.columns()
    with telling_conflicts("contacts", caller):
        done = actions.edit_contact(
            actor=caller.viewer, at=caller.at, uid=uid, values=values, version=body.version, on=body.day
        )
        return saved(done)


@operation(
    router,
    "POST",
    "/contacts/{uuid:uid}/leave",
    Saved,
    Text("联系人离开", "Mark that a contact left"),
    right="contact.edit",
)
def leave_contact(request: Call, uid: UUID, body: LeaveContact) -> Saved:
    """Mark that somebody is no longer with the account from a day on; the record stays."""
    caller = request.auth
    with telling_conflicts("contacts", caller):
        done = actions.mark_contact_left(actor=caller.viewer, at=caller.at, uid=uid, version=body.version, on=body.day)
        return saved(done)
