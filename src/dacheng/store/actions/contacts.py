"""Contacts (联系人) of customers: created, edited, left, by those who see a deal or contract of the customer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.checking import refusal
from dacheng.core.customers.reporting import first_fault
from dacheng.core.customers.reporting import refusal as reporting_refusal
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import standing as values_on
from dacheng.store.access import Rights, require
from dacheng.store.actions.customers import sees_customer
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, day_not_after, revise, typed
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.standing import Columns, Standing, record_table, standing, standing_uid


def create_contact(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, on: int | None = None) -> Saved:
    """Create a contact of a customer that the actor deals with; without a code one is made.

    Args:
        on: the day from which he is known; default today.

    Raises:
        NotFound: the actor does not see the customer. RuleError: he sees no deal or contract of it, a value
            is not possible, or the reporting line is none of this customer.
    """
    with writing(actor, at, "contact.created") as entry:
        rights = require(entry, "contact.edit")
        columns = typed(rights, "contacts", values)
        _require_met(rights, columns.get("customer_id"))
        _refuse_stranger(columns, columns.get("customer_id"))
        made = add(entry, "contacts", columns, day_not_after(entry, on), prefix="L")
        _refuse_fault(int(columns["customer_id"]), day_not_after(entry, on))
        return Saved(made.uid, 1)


def edit_contact(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change a contact; dated values hold from a day on, today unless given.

    Raises:
        NotFound: the actor does not see him. Conflict: somebody changed him meanwhile.
        RuleError: a value is not possible, or another customer is given.
    """
    with writing(actor, at, "contact.edited") as entry:
        return _revised(entry, uid, values, version, on)


def mark_contact_left(*, actor: Viewer, at: datetime, uid: UUID, version: int | None, on: int | None = None) -> Saved:
    """Mark that a contact is no longer with the customer from a day on; nothing of him is deleted.

    Raises:
        NotFound, Conflict, RuleError: as ``edit_contact``.
    """
    with writing(actor, at, "contact.left") as entry:
        return _revised(entry, uid, {"left": 1}, version, on)


def _revised(entry: Entry, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None) -> Saved:
    rights = require(entry, "contact.edit")
    contact = standing_uid("contacts", uid)
    rights.require_on("contact.edit", "contacts", contact)
    columns = typed(rights, "contacts", values)
    _refuse_move(contact, columns)
    _refuse_stranger(columns, contact.row["customer_id"])
    day = day_not_after(entry, on)
    done = revise(entry, "contacts", contact, columns, version, day)
    if "reports_to_id" in columns:
        _refuse_fault(int(contact.row["customer_id"]), day)
    return done


def _require_met(rights: Rights, customer_id: int | None) -> None:
    """Refuse a customer that the actor does not deal with; one that he does not see as if it did not exist."""
    found = standing("customers", [customer_id] if customer_id else [])
    if not customer_id:
        return  # a missing customer is refused like any missing column
    if customer_id not in found or not sees_customer(rights, found[customer_id]):
        raise hidden(CONTACTS.column("customer_id").label)
    if not rights.meets(customer_id):
        raise RuleError(
            Text(
                f"你还没有 {found[customer_id].name} 的商机或合同，它的联系人不归你看。",
                f"You have no opportunity or contract of {found[customer_id].name}: its contacts are not yours to see.",
            ),
            Text("先为这个客户建一条商机。", "Create an opportunity of this account first."),
        )


def _refuse_move(contact: Standing, columns: Columns) -> None:
    """Refuse to let a contact belong to another customer: who changes jobs leaves here and is new there."""
    if columns.get("customer_id", contact.row["customer_id"]) != contact.row["customer_id"]:
        raise RuleError(
            Text(f"{contact.name} 不能改到另一个客户。", f"{contact.name} cannot be moved to another account."),
            Text(
                "在这里标记离开，到那个客户下新建。", "Mark the contact as left, and create one at the other account."
            ),
        )


def _refuse_stranger(columns: Columns, customer_id: int | None) -> None:
    """Refuse to report to somebody of another customer, without saying that there is such a person."""
    above = columns.get("reports_to_id")
    if above and standing("contacts", [above])[above].row["customer_id"] != customer_id:
        raise refusal(CONTACTS, CONTACTS.column("reports_to_id"), "", Text("请从列表中选择。", "Choose from the list."))


def _refuse_fault(customer_id: int, since_day: int) -> None:
    """Refuse reporting lines of a customer that form a circle from a day on."""
    contacts = contacts_of(customer_id)
    fault = first_fault({number: one.versions for number, one in contacts.items()}, since_day)
    if fault is not None:
        raise reporting_refusal(fault, {number: str(one.row["name"]) for number, one in contacts.items()})


def contacts_of(customer_id: int) -> Mapping[int, Standing]:
    """Return every contact that stands of a customer, by id."""
    ids = select_rows(record_table("contacts"), ["id"], [among("customer_id", [customer_id]), ("NOT removed", None)])
    return standing("contacts", (number for (number,) in ids))


def namesakes(uid: UUID, day: int) -> list[str]:
    """Return the codes of other contacts of the same customer, there on a day, who bear the same name."""
    own = standing_uid("contacts", uid)
    others = contacts_of(int(own.row["customer_id"])).values()
    return [
        str(one.row["code"])
        for one in others
        if one.record_id != own.record_id
        and one.row["name"].strip() == own.row["name"].strip()
        and values_on(one.versions, day) is not None
    ]
