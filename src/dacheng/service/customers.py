"""One customer for its page: as it stood, its figures from the reports, its contracts, its contacts, its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import POLICY, Viewer
from dacheng.core.book import Book
from dacheng.core.customers.schema import CUSTOMERS
from dacheng.core.deals.schema import OPEN, STATES
from dacheng.core.facts import standing as values_on
from dacheng.core.history.schema import CUSTOMER
from dacheng.service.contacts import ContactRow, contact_rows
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.merging import moved_to
from dacheng.service.names import Name
from dacheng.service.plan_matrix import segments_of
from dacheng.service.record_history import Event, whole_history
from dacheng.service.reports import Answer, run_report
from dacheng.service.searching import SEEN
from dacheng.store.access import Rights
from dacheng.store.actions.customers import edit_customer, sees_customer
from dacheng.store.actions.recording import Saved
from dacheng.store.identity import hidden
from dacheng.store.queries.labels import told_before
from dacheng.store.standing import Standing, ids_of_codes, standing, standing_uid

__all__ = [
    "EDITABLE", "OPEN_STATE", "CustomerContract", "CustomerView", "customer_called", "customer_moved_to",
    "customer_view", "edit_field",
]  # fmt: skip

EDITABLE = ("name", "industry", "region", "segment_id", "partner_id")
"""Columns that are edited on the page, in its order."""

MERGED = "customer.merged"
"""The action whose entry says that something was merged into a customer."""

LIST = "deals/list"
MOST_DEALS, MOST_CONTRACTS = 20, 20
OPEN_STATE = next(code for number, code, _ in STATES if number == OPEN)

CONTRACTS = """
    SELECT contract_id, effective_day, amount FROM contracts WHERE customer_id = :customer
    ORDER BY effective_day DESC, contract_id LIMIT :rows
"""


@dataclass(frozen=True, slots=True)
class CustomerContract:
    """A contract of the customer that the viewer sees; amount in minor units."""

    contract_id: int
    effective_day: int
    amount: int


@dataclass(frozen=True)
class CustomerView:
    """A customer as it stood at the end of the as-of day.

    Args:
        row: its labels of that day; code and name are those of now.
        met: the viewer sees an opportunity or a contract of it on that day; otherwise he created it,
            and there are no figures and no contacts.
        editable: he may change it now.
        account: the customer's line of 客户一览; deals: its open ones; won, lost: all there ever were.
        names: relation -> id -> name of everything the page names beside the reports.
        types: the customer types that it may be of.
    """

    uid: UUID
    version: int
    row: Mapping[str, Any]
    met: bool
    editable: bool
    account: Answer | None
    deals: Answer | None
    won: Answer | None
    lost: Answer | None
    contracts: Sequence[CustomerContract]
    contacts: Sequence[ContactRow]
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]
    types: Mapping[int, Name]


def customer_view(viewer: Viewer, uid: UUID, book: Book) -> CustomerView:
    """Return a customer for its page.

    Raises:
        NotFound: it does not exist, did not on that day, or the viewer does not see it.
    """
    record = standing_uid("customers", uid)
    met = _is_met(book, record)
    if not met and not _is_own(viewer, book, record):
        raise hidden(CUSTOMERS.label)
    row = {**record.row, **record.on(CUSTOMERS, book.as_of_day)}
    if book.as_of_day < book.today:
        row |= told_before(CUSTOMERS, [record.record_id], book.as_of_day).get(record.record_id, {})
    contracts = _contracts(book, record.record_id) if met else []
    contacts = contact_rows(book, record.record_id) if met else []
    history = whole_history(CUSTOMERS, record, book.as_of_day, MERGED)
    return CustomerView(
        uid=record.uid,
        version=int(record.row["version"]),
        row=row,
        met=met,
        editable=book.as_of_day == book.today and viewer.holds(*POLICY["customer.edit"]),
        account=_asked(book, "customers/accounts", record) if met else None,
        deals=_asked(book, LIST, record, state=OPEN_STATE, sort="-amount", limit=str(MOST_DEALS)) if met else None,
        won=_asked(book, LIST, record, state="won", limit="1") if met else None,
        lost=_asked(book, LIST, record, state="lost", limit="1") if met else None,
        contracts=contracts,
        contacts=contacts,
        history=history,
        names=_names(record.record_id, contracts, contacts, history, _partners(row, history)),
        types=segments_of(book, CUSTOMER),
    )


def customer_moved_to(viewer: Viewer, uid: UUID, book: Book) -> UUID | None:
    """Return the customer that stays for one that was merged away, where the viewer sees it."""
    stays = moved_to("customers", uid, book)
    if stays is None:
        return None
    record = standing_uid("customers", stays)
    return stays if _is_met(book, record) or _is_own(viewer, book, record) else None


def customer_called(viewer: Viewer, code: str, book: Book) -> UUID:
    """Return the public id of the customer with a code.

    Raises:
        NotFound: there is none, or the viewer does not see it.
    """
    found = standing("customers", ids_of_codes("customers", [code]).values() if "\0" not in code else [])
    for record in found.values():
        if _is_met(book, record) or _is_own(viewer, book, record):
            return record.uid
    raise hidden(CUSTOMERS.label)


def edit_field(actor: Viewer, at: datetime, uid: UUID, *, name: str, text: str, version: int) -> Saved:
    """Change one label of a customer, from what was typed. Raises as the action."""
    value = entered("customers", name, text)
    return edit_customer(actor=actor, at=at, uid=uid, values={name: value}, version=version)


def _is_met(book: Book, record: Standing) -> bool:
    """Tell whether the viewer sees the customer on the Book's day: through a deal or contract, or as he sees all."""
    return bool(SEEN["customers"](book, [record.record_id]))


def _is_own(viewer: Viewer, book: Book, record: Standing) -> bool:
    """Tell whether he created it; on a past day that says nothing."""
    stands = values_on(record.versions, book.as_of_day) is not None
    return book.as_of_day == book.today and stands and sees_customer(Rights(viewer, book.today, book.tree), record)


class _Meant(DatabaseNames):
    """Names where the one customer that is asked about is known already."""

    def __init__(self, customer: int) -> None:
        self.customer = customer

    def find(self, relation: str, text: str) -> tuple[int, ...]:
        """Return the customer."""
        return (self.customer,)

    def stays(self, relation: str, record_id: int) -> int:
        """Return the record itself: it stands on the day of the page."""
        return record_id


def _asked(book: Book, report: str, record: Standing, **given: str) -> Answer:
    question = {"customer": str(record.row["code"]), **given}
    return run_report(report, question, book=book, names=_Meant(record.record_id))


def _contracts(book: Book, customer: int) -> list[CustomerContract]:
    rows = book.gather(CONTRACTS, customer=customer, rows=MOST_CONTRACTS)
    columns = (rows[name].tolist() for name in ("contract_id", "effective_day", "amount"))
    return [CustomerContract(*one) for one in zip(*columns, strict=True)]


def _partners(row: Mapping[str, Any], history: Sequence[Event]) -> set[int]:
    """Return the accounts that the customer belongs to, or did."""
    told = {value for one in history if one.name == "partner_id" for value in (one.before, one.after) if value}
    return {int(one) for one in {row["partner_id"], *told} if one}


def _names(
    customer: int,
    contracts: Sequence[CustomerContract],
    contacts: Sequence[ContactRow],
    history: Sequence[Event],
    also: Iterable[int],
) -> Mapping[str, Mapping[int, Name]]:
    """Return the names of everything the page shows beside the reports, in one query."""
    above = {one.row["reports_to_id"] for one in contacts if one.row["reports_to_id"]}
    return DatabaseNames().names_of(
        {
            "customers": {customer, *also},
            "contracts": {one.contract_id for one in contracts},
            "contacts": {one.record_id for one in contacts} | above,
            "people": {one.actor_id for one in history},
            "segments": None,
        }
    )
