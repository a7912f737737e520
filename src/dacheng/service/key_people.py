"""The key people of one deal (关键人): contacts of its customer, what part each has in it, and how it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from dacheng.core.book import Book
from dacheng.core.deals.schema import DEAL_CONTACTS, DEALS
from dacheng.core.deciding import WANTED, uncovered
from dacheng.service.contacts import ContactRow, contact_rows
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.service.wire import sent_value
from dacheng.store.actions.key_people import NOT_YET, set_key_person
from dacheng.store.identity import hidden
from dacheng.store.queries.key_people import parts_on
from dacheng.store.queries.records import histories_of
from dacheng.store.standing import Standing, named, standing_keys, standing_uid

__all__ = [
    "KeyPerson",
    "PartIn",
    "TheirHistory",
    "history_of_parts",
    "key_people",
    "missing_parts",
    "parts_of",
    "sent_key_people",
    "set_key_person",
]

PART = DEAL_CONTACTS.column("part")
SEEN_OF = "SELECT deal_id FROM deals WHERE deal_id IN (:deals) ORDER BY deal_id"
SEEN = "SELECT deal_id FROM deals WHERE deal_id = :deal ORDER BY deal_id"


@dataclass(frozen=True)
class KeyPerson:
    """A contact of the deal's customer, as he stood on the as-of day.

    Args:
        part: what the deal says of him; None = nothing, then ``contact.row["part"]`` is what the customer says.
        version: of what the deal says, to edit next; 0 = nothing was ever said.
    """

    contact: ContactRow
    part: int | None
    version: int
    record: Standing | None

    @property
    def ranked(self) -> tuple[bool, bool, int, int]:
        """Return his place in a list: who has a part in the deal first, who left last."""
        own = self.contact.row["part"]
        return (
            bool(self.contact.row["left"]),
            self.part is None,
            self.part or own or len(WANTED) + 2,
            self.contact.record_id,
        )


@dataclass(frozen=True, slots=True)
class PartIn:
    """The part that a contact has in a deal on the as-of day."""

    deal: Name
    part: int


@dataclass(frozen=True, slots=True)
class TheirHistory:
    """A part that changed, and whose."""

    name: str
    event: Event


def key_people(book: Book, deal_id: int, customer_id: int | None) -> list[KeyPerson]:
    """Return the contacts of a deal's customer whom the viewer sees, those with a part in the deal first.

    Who has left is listed only where the deal says something of him.
    """
    contacts = contact_rows(book, customer_id) if customer_id else []
    records = standing_keys("deal_contacts", {(deal_id, one.record_id) for one in contacts})
    found = [_key_person(one, records.get((deal_id, one.record_id)), book.as_of_day) for one in contacts]
    return sorted((one for one in found if one.part or not one.contact.row["left"]), key=lambda one: one.ranked)


def missing_parts(people: Sequence[KeyPerson]) -> list[int]:
    """Return the parts that nobody who is still there has, by the deal or else by the customer."""
    return uncovered(one.part or one.contact.row["part"] for one in people if not one.contact.row["left"])


def history_of_parts(people: Sequence[KeyPerson], as_of_day: int) -> list[TheirHistory]:
    """Return what was said of them up to a day, the latest first."""
    records = {one.record.record_id: one for one in people if one.record is not None}
    recorded = histories_of("deal_contacts", records)
    told = [
        TheirHistory(str(one.contact.row["name"]), event)
        for number, one in records.items()
        for event in _events(one.record, recorded.get(number, []), as_of_day)
    ]
    return sorted(told, key=lambda one: (one.event.from_day, one.event.at), reverse=True)


def parts_of(book: Book, contact_id: int) -> list[PartIn]:
    """Return the parts of a contact in the deals that the viewer sees, the latest recorded first."""
    found = parts_on(contact_id, book.as_of_day)
    seen = book.gather(SEEN_OF, deals=tuple(found))["deal_id"].tolist() if found else []
    names = DatabaseNames().names("deals", seen)
    return [PartIn(names[one], found[one]) for one in reversed(seen)]


def sent_key_people(uid: UUID, book: Book) -> dict[str, Any]:
    """Return the key people of a deal as they stand outside.

    Raises:
        NotFound: there is no such deal, or the viewer does not see it on the Book's day.
    """
    deal = standing_uid("deals", uid)
    if not len(book.gather(SEEN, deal=deal.record_id)):
        raise hidden(DEALS.label)
    people = key_people(book, deal.record_id, deal.on(DEALS, book.as_of_day)["customer_id"])
    over = book.as_of_day < book.today
    return {
        "id": str(deal.uid),
        "people": [_sent(one, over) for one in people],
        "missing": [sent_value(PART, one) for one in missing_parts(people)],
    }


def _key_person(contact: ContactRow, record: Standing | None, day: int) -> KeyPerson:
    on_day: Mapping[str, Any] = record.on(DEAL_CONTACTS, day) if record else {}
    return KeyPerson(contact, on_day.get("part"), int(record.row["version"]) if record else NOT_YET, record)


def _events(record: Standing | None, recorded: Sequence[Any], day: int) -> list[Event]:
    """Return the changes of one part; that it began is told as what it began with."""
    if record is None:
        return []
    first = named(DEAL_CONTACTS, record.versions[0].values)["part"]
    events = [
        one if one.name else replace(one, name="part", after=first)
        for one in events_of(DEAL_CONTACTS, record, recorded, day)
    ]
    return [one for one in events if one.from_day <= day]


def _sent(one: KeyPerson, over: bool) -> dict[str, Any]:
    row = one.contact.row
    return {
        "contact_id": str(one.contact.uid),
        "contact": row["code"],
        "contact_name": row["name"],
        "title": row["title"],
        "left": bool(row["left"]),
        "part": sent_value(PART, one.part),
        "part_at_account": sent_value(PART, row["part"]),
        "version": None if over else one.version,
    }
