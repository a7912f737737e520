"""Receipts (收款): recorded with what they are set against; later moves are postings of their own (R151, ADR 0015)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.cash.allocating import TO_NOTHING, Allocation, held_until
from dacheng.core.cash.deriving import ON_MATURITY, cash_day
from dacheng.core.cash.schema import CHOSEN, FIRST_DUE, RECEIPTS, TAKEN_BACK, TRANSFER
from dacheng.core.errors import RuleError, Text
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, saved, typed
from dacheng.store.history import Entry, company_day, writing
from dacheng.store.identity import code_from, new_uids
from dacheng.store.paying import (
    Offered,
    Parts,
    allocation_of,
    got_of,
    moved_of,
    offered_to,
    paying_of,
    unallocated,
)
from dacheng.store.periods import closed_through
from dacheng.store.posting import place_of, posted, seen
from dacheng.store.saving import New, create, touch
from dacheng.store.settling import recount_terms, rule_on
from dacheng.store.standing import Columns, Standing, standing, standing_uid


def record_receipt(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, parts: Parts | None = None) -> Saved:
    """Record a receipt and set it against the account's open terms: first due first, or as chosen.

    It is cash on its day, an acceptance bill when it matures (rule ``cash.bills``). What no term takes stays
    unallocated. A refund (amount below zero) takes back what was paid last.

    Args:
        values: columns; account, owner and what it gives back as public ids. The owner defaults to that of the first
            term it pays.
        parts: what each term gets; None = first due first among the account's terms that the actor sees.

    Raises:
        NotAllowed: receipts of the owner are out of reach. NotFound: a term or the account is not seen.
        RuleError: parts come to more than the receipt or than is open, an amount in a currency is told half, nobody
            is told whose it is, or a value is missing or not possible.
    """
    with writing(actor, at, "receipt.recorded") as entry:
        rights = rights_of(entry)
        columns = typed(rights, "receipts", values)
        paying = paying_of(columns)
        columns["posted_day"] = posted(entry, _cash_day(columns, entry.day), RECEIPTS.label)
        offered = offered_to(rights, columns.get("customer_id"), paying, int(columns["posted_day"]), parts)
        found = allocation_of(paying.paid, offered, parts)
        columns["owner_id"] = columns.get("owner_id") or _owner(offered, found)
        rights.require("cash.record", owner_id=columns["owner_id"])
        made = add(entry, "receipts", columns, int(columns["day"]), prefix="SK")
        receipt = standing_uid("receipts", made.uid)
        way = FIRST_DUE if parts is None else CHOSEN
        _post(entry, receipt, offered, paying.received(found, offered), way, int(columns["posted_day"]))
        return saved(receipt)


def allocate(*, actor: Viewer, at: datetime, receipt: UUID, parts: Parts | None = None) -> Saved:
    """Set what is left of a receipt against terms: first due first among its account's, or as chosen.

    A part below zero gives back to the receipt what a term got of it. Both sides are postings of today, or of the
    day the receipt is cash.

    Raises:
        NotFound: the actor does not see the receipt or a term. NotAllowed: it is out of reach.
        RuleError: nothing is left of it, parts come to more, or a term takes or gives back no such amount.
    """
    with writing(actor, at, "receipt.allocated") as entry:
        rights = rights_of(entry)
        record = seen(rights, "receipts", receipt)
        rights.require_on("cash.record", "receipts", record)
        paying = paying_of(record.row)
        day = posted(entry, max(entry.day, int(record.row["posted_day"])), RECEIPTS.label)
        offered = offered_to(rights, record.row["customer_id"], paying, day, parts, record.record_id)
        left = unallocated(record.record_id, paying)
        found = moved_of(left[0], offered, parts)
        if not found:
            raise RuleError(
                Text(f"收款 {record.row['code']} 没有可核销的。", f"Nothing of {record.row['code']} can be allocated."),
                Text("它已全部核销，或客户没有未收的款。", "It is allocated in full, or the account owes nothing."),
            )
        way = FIRST_DUE if parts is None else CHOSEN
        _post(entry, record, offered, paying.moved(found, offered, left), way, day)
        touch("receipts", record)
        return saved(record)


@dataclass(frozen=True, slots=True)
class PayableTerm:
    """A term that a receipt may pay, minor units of the receipt's currency.

    Args:
        due_day: None = it waits for its event. open: what is not collected of it. got: what it has of this receipt
            already. part: what first due first gives it.
    """

    uid: UUID
    code: str
    contract_id: int | None
    due_day: int | None
    open: int
    got: int
    part: int


@dataclass(frozen=True, slots=True)
class Payable:
    """What a receipt would pay first due first: nothing is written.

    Args:
        left: what is set against nothing before. rest: what no term takes. Minor units of the receipt's currency.
    """

    left: int
    rest: int
    terms: Sequence[PayableTerm]


def payable_by(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Payable:
    """Tell what a receipt that is not recorded yet would pay; the values are those of ``record_receipt``.

    Raises:
        NotAllowed: the actor records no receipts. NotFound, RuleError: as ``record_receipt``.
    """
    rights = _looking(actor, at)
    columns = typed(rights, "receipts", values)
    paying = paying_of(columns)
    day = max(_cash_day(columns, company_day(at)) or company_day(at), closed_through().open_day)
    offered = offered_to(rights, columns.get("customer_id"), paying, day, None)
    return _payable(paying.paid, offered, allocation_of(paying.paid, offered, None))


def payable_of(*, actor: Viewer, at: datetime, receipt: UUID) -> Payable:
    """Tell what the rest of a receipt would pay, and what terms have of it.

    Raises:
        NotAllowed: the actor records no receipts. NotFound: he does not see it.
    """
    rights = _looking(actor, at)
    record = seen(rights, "receipts", receipt)
    paying = paying_of(record.row)
    day = max(company_day(at), int(record.row["posted_day"]), closed_through().open_day)
    offered = offered_to(rights, record.row["customer_id"], paying, day, None, record.record_id)
    also = [one for one in got_of(record.record_id, paying) if one not in offered]
    offered = offered | offered_to(rights, None, paying, day, _uids(also), record.record_id)
    left, _ = unallocated(record.record_id, paying)
    return _payable(left, offered, moved_of(left, offered, None), got_of(record.record_id, paying))


def _cash_day(columns: Columns, today: int) -> int | None:
    """Return the day a receipt is cash; None where it has no day."""
    if not columns.get("day"):
        return None
    bills = str(rule_on("cash.bills", today, ON_MATURITY))
    return cash_day(int(columns.get("kind") or TRANSFER), int(columns["day"]), columns.get("maturity_day"), bills)


def _looking(actor: Viewer, at: datetime) -> Rights:
    rights = rights_of(Entry(0, actor, at, company_day(at), "receipt.looked"))
    if not actor.holds(*POLICY["cash.record"]):
        raise not_allowed("cash.record")
    return rights


def _uids(terms: Sequence[int]) -> Parts:
    return {one.uid: 0 for one in standing("payment_terms", terms).values()}


def _payable(
    left: int, offered: Mapping[int, Offered], found: Allocation, got: Mapping[int, int] | None = None
) -> Payable:
    has = got or {}
    terms = [
        PayableTerm(
            uid=one.record.uid,
            code=str(one.record.row["code"]),
            contract_id=one.record.row["contract_id"],
            due_day=one.term.due_day,
            open=one.term.open_amount,
            got=has.get(number, 0),
            part=found.get(number, 0),
        )
        for number, one in offered.items()
        if one.term.open_amount or has.get(number)
    ]
    paid = sum(part for number, part in found.items() if number != TO_NOTHING)
    return Payable(left, left - paid, sorted(terms, key=lambda one: (one.due_day is None, one.due_day or 0, one.code)))


def _owner(offered: Mapping[int, Offered], found: Allocation) -> int:
    """Return whose a receipt is that names nobody: the owner of the first term it pays."""
    first = next((offered[term] for term in found if term != TO_NOTHING), None)
    if first is None:
        raise RuleError(
            Text("不知道这笔收款算谁的：没有要核销的款。", "Nobody is told whose receipt it is, and it pays no term."),
            Text("请选负责人。", "Choose the owner."),
        )
    return int(first.record.row["owner_id"])


def _post(
    entry: Entry,
    receipt: Standing,
    offered: Mapping[int, Offered],
    received: Mapping[int, tuple[int, int]],
    way: int,
    day: int,
) -> None:
    """Write where the parts of a receipt go, and let the terms know; a term is not paid before it begins."""
    terms = [term for term in received if term != TO_NOTHING]
    posts = {term: max(day, offered[term].record.first_day) for term in terms}
    to_nothing = Counter(held_until(day, [(posts[term], received[term][1]) for term in terms]))
    to_nothing[day] += received.get(TO_NOTHING, (0, 0))[1]
    told = [_to_term(offered[term], posts[term], *received[term]) | {"way": way} for term in terms]
    told += [_to_nothing(receipt, on, worth, way) for on, worth in sorted(to_nothing.items()) if worth]
    news = [
        New(one | {"receipt_id": receipt.record_id, "code": code_from("HX", uid)}, one["day"])
        for one, uid in zip(told, new_uids(entry.at, len(told)), strict=True)
    ]
    create(entry, "allocations", news)
    recount_terms(entry, terms)


def _to_term(offered: Offered, day: int, paid: int, worth: int) -> Columns:
    row = offered.record.row
    told = {"term_id": offered.record.record_id, "contract_id": row["contract_id"], "customer_id": row["customer_id"]}
    told |= {"deal_id": offered.deal_id, "amount": offered.settles(paid, worth), "received": worth}
    return place_of(offered.record) | told | {"day": day, "posted_day": day}


def _to_nothing(receipt: Standing, day: int, worth: int, way: int) -> Columns:
    taken = worth < 0 < int(receipt.row["amount"])
    told = {"owner_id": receipt.row["owner_id"], "effective_day": day, "customer_id": receipt.row["customer_id"]}
    told |= {"amount": worth, "received": worth, "way": TAKEN_BACK if taken else way}
    return told | {"day": day, "posted_day": day}
