"""Key people (关键人) of a deal: what part a contact of its customer has in deciding it, from a day on (R095)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.deals.schema import DEAL_CONTACTS, DEALS
from dacheng.core.errors import Conflict, RuleError, Text
from dacheng.core.facts import Version, apply, patch
from dacheng.store.access import rights_of
from dacheng.store.actions.recording import Saved, day_not_after, saved, typed
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.saving import Becoming, New, become, check_version, create
from dacheng.store.standing import Columns, Standing, standing_keys, standing_uid

NOT_YET = 0
"""The version of what nobody has said yet."""


def set_key_person(
    *,
    actor: Viewer,
    at: datetime,
    deal: UUID,
    contact: UUID,
    part: int | None,
    version: int | None,
    on: int | None = None,
) -> Saved | None:
    """Say what part a contact has in deciding a deal, from a day on until the next recorded change.

    Args:
        part: one of ``PARTS``; None = the deal says nothing of him, the part at the customer holds.
        version: of what the deal says of him, as the editor saw it; ``NOT_YET`` = nothing was said.
        on: the first day, today unless an earlier one is given; never before deal and contact began.

    Returns:
        What the deal says of him; None where nothing was said before and nothing is now.

    Raises:
        NotFound: the actor does not see the deal, or the contact. NotAllowed: he may not edit the deal.
            Conflict: somebody said something else meanwhile. RuleError: the contact is of another customer.
    """
    with writing(actor, at, "deal.key_person_set") as entry:
        rights = rights_of(entry)
        sold, met = standing_uid("deals", deal), standing_uid("contacts", contact)
        rights.require_on("deal.edit", "deals", sold)
        if not rights.sees("contacts", met):
            raise hidden(CONTACTS.label)
        day = max(day_not_after(entry, on), sold.first_day, met.first_day)
        _refuse_stranger(sold, met, day)
        columns = typed(rights, "deal_contacts", {"part": part})
        key = sold.record_id, met.record_id
        record = standing_keys("deal_contacts", [key]).get(key)
        if record is None:
            return _begun(entry, {"deal_id": sold.record_id, "contact_id": met.record_id, **columns}, version, day)
        check_version(DEAL_CONTACTS, record, version, columns)
        versions = _with_part(record, part, day)
        become(entry, "deal_contacts", {record.record_id: record}, [Becoming(record.record_id, versions, day=day)])
        return saved(record)


def _begun(entry: Entry, columns: Columns, version: int | None, day: int) -> Saved | None:
    if version:
        raise Conflict(
            Text("这位联系人的角色刚被别人撤掉。", "Somebody has just taken this part back."),
            Text("再看一眼，需要就重新设。", "Look again, and set it anew where it is wanted."),
            yours={"part": columns["part"]},
            theirs={"part": None},
        )
    if columns["part"] is None:
        return None
    (made,) = create(entry, "deal_contacts", [New(columns, day)])
    return Saved(made.uid, 1)


def _with_part(record: Standing, part: int | None, day: int) -> list[Version]:
    """Return the versions with a part from a day on; one before the first begins the record earlier."""
    if day < record.first_day:
        return [Version(day, record.first_day, (part,)), *record.versions]
    return apply(record.versions, patch(record.versions, {DEAL_CONTACTS.positions["part"]: part}, day))


def _refuse_stranger(deal: Standing, contact: Standing, day: int) -> None:
    """Refuse a contact of another customer than that of the deal."""
    customer = deal.on(DEALS, day).get("customer_id")
    if not customer or contact.on(CONTACTS, day).get("customer_id") != customer:
        raise RuleError(
            Text(
                f"{contact.row['name']} 不是商机 {deal.row['code']} 的客户的联系人。",
                f"{contact.row['name']} is no contact of the account of opportunity {deal.row['code']}.",
            ),
            Text(
                "从这个客户的联系人里选，或先给商机选对客户。",
                "Choose a contact of that account, or set the account first.",
            ),
        )
