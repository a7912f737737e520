"""One contact for its page, and the contacts of a customer: as they stood on a day, and what can be typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import POLICY, Viewer
from dacheng.core.book import Book
from dacheng.core.customers.schema import CONTACTS
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.store.actions import contacts as actions
from dacheng.store.actions.contacts import mark_contact_left, namesakes
from dacheng.store.actions.recording import Saved
from dacheng.store.history import company_day
from dacheng.store.identity import hidden
from dacheng.store.queries.labels import told_before
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Standing, standing, standing_uid

__all__ = [
    "ASKED", "EDITABLE", "ContactRow", "ContactView", "contact_rows", "contact_view", "create", "edit_field",
    "is_editable", "mark_contact_left", "namesakes_now",
]  # fmt: skip

ASKED = ("name", "title", "department", "phone", "email", "part", "reports_to_id", "note")
"""Columns of a new contact, in the order of its form."""

EDITABLE = ("name", "title", "department", "phone", "email", "part", "reports_to_id", "note", "left")
"""Columns that are edited in place."""

OF_CUSTOMER = "SELECT contact_id FROM contacts WHERE customer_id = :customer ORDER BY contact_id"
SEEN = "SELECT contact_id, customer_id FROM contacts WHERE contact_id = :contact ORDER BY contact_id"


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as it stood on the as-of day.

    Args:
        row: its columns of that day; the name is that of now.
        twin: another contact of the customer bears the same name.
    """

    uid: UUID
    record_id: int
    version: int
    row: Mapping[str, Any]
    twin: bool


@dataclass(frozen=True)
class ContactView:
    """A contact for its own page.

    Args:
        colleagues: everybody of the customer whom the viewer sees, himself too.
        names: relation -> id -> name of everything the page names.
    """

    contact: ContactRow
    customer_id: int
    editable: bool
    colleagues: Sequence[ContactRow]
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]


def contact_view(viewer: Viewer, uid: UUID, book: Book) -> ContactView:
    """Return a contact for its page.

    Raises:
        NotFound: there is none on that day, or the viewer does not deal with his customer.
    """
    record = standing_uid("contacts", uid)
    seen = book.gather(SEEN, contact=record.record_id)
    if not len(seen):
        raise hidden(CONTACTS.label)
    customer = int(seen["customer_id"][0])
    colleagues = contact_rows(book, customer)
    own = next(one for one in colleagues if one.record_id == record.record_id)
    history = events_of(CONTACTS, record, history_of("contacts", record.record_id), book.as_of_day)
    return ContactView(
        contact=own,
        customer_id=customer,
        editable=is_editable(viewer, book),
        colleagues=colleagues,
        history=history,
        names=_names(customer, colleagues, history),
    )


def contact_rows(book: Book, customer_id: int) -> list[ContactRow]:
    """Return the contacts of a customer whom the viewer sees, those who left last."""
    ids = book.gather(OF_CUSTOMER, customer=customer_id)["contact_id"].tolist()
    if not ids:
        return []
    found = standing("contacts", ids)
    rows = {number: _row_on(one, book.as_of_day) for number, one in found.items()}
    if book.as_of_day < book.today:
        for number, earlier in told_before(CONTACTS, ids, book.as_of_day).items():
            rows[number] |= earlier
    called = [rows[number]["name"] for number in ids]
    listed = [
        ContactRow(
            found[number].uid,
            number,
            int(found[number].row["version"]),
            rows[number],
            called.count(rows[number]["name"]) > 1,
        )
        for number in ids
    ]
    return sorted(listed, key=lambda one: (one.row["left"], one.row["part"] or len(ids) + 9, one.record_id))


def is_editable(viewer: Viewer, book: Book) -> bool:
    """Tell whether a viewer may edit the contacts that he sees; nobody may on a past day."""
    return book.as_of_day == book.today and viewer.holds(*POLICY["contact.edit"])


def create(actor: Viewer, at: datetime, customer: UUID, typed: Mapping[str, str]) -> Saved:
    """Create a contact of a customer from a form. Raises as the action."""
    values = {name: entered("contacts", name, text) for name, text in typed.items() if text.strip()}
    return actions.create_contact(actor=actor, at=at, values=values | {"customer_id": customer})


def edit_field(actor: Viewer, at: datetime, uid: UUID, *, name: str, text: str, version: int) -> Saved:
    """Change one column of a contact from today on, from what was typed. Raises as the action."""
    value = entered("contacts", name, text)
    return actions.edit_contact(actor=actor, at=at, uid=uid, values={name: value}, version=version)


def namesakes_now(uid: UUID, at: datetime) -> list[str]:
    """Return the codes of others at the same customer who bear a contact's name; perhaps they are the same person."""
    return namesakes(uid, company_day(at))


def _row_on(record: Standing, day: int) -> dict[str, Any]:
    return {**record.row, **record.on(CONTACTS, day)}


def _names(
    customer: int, colleagues: Sequence[ContactRow], history: Iterable[Event]
) -> Mapping[str, Mapping[int, Name]]:
    """Return the names of the customer, the contacts, and who wrote the history, in one query."""
    events = list(history)
    above = {one.row["reports_to_id"] for one in colleagues if one.row["reports_to_id"]}
    told = {value for one in events if one.name == "reports_to_id" for value in (one.before, one.after) if value}
    return DatabaseNames().names_of(
        {
            "customers": {customer},
            "contacts": {one.record_id for one in colleagues} | above | told,
            "people": {one.actor_id for one in events},
        }
    )
