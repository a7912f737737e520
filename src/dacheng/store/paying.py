"""What a receipt may pay: the open terms of its account, in its own currency, and what they get (R151, ADR 0015)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from dacheng.core.cash.allocating import TO_NOTHING, Allocation, OpenTerm, by_hand, first_due_first
from dacheng.core.currency import OWN, check_foreign, settled
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import split, to_decimal
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights
from dacheng.store.bulk import select_rows
from dacheng.store.posting import seen
from dacheng.store.standing import Columns, Standing, record_table, standing

Parts = Mapping[UUID, int]
"""Public id of a payment term -> minor units in the currency of the receipt."""


@dataclass(frozen=True, slots=True)
class Paying:
    """A receipt as it pays: in its own currency, and what that is worth.

    Args:
        currency: number of ISO 4217. paid: minor units of it. worth: minor units of the company's own.
    """

    currency: int
    paid: int
    worth: int

    def received(self, found: Allocation, offered: Mapping[int, Offered]) -> dict[int, tuple[int, int]]:
        """Return of each part what was paid and what it is worth; all parts of a receipt are worth the receipt.

        A term of the company's own currency that is paid in full takes what is open of it, to the minor unit.
        """
        exact = {term: offered[term].own_open for term, part in found.items() if self._closes(offered, term, part)}
        others = {term: abs(part) for term, part in found.items() if term not in exact}
        left = self.worth - sum(exact.values())
        if not others or left * self.worth <= 0:
            exact, others, left = {}, {term: abs(part) for term, part in found.items()}, self.worth
        worths = exact | _shared(left, others)
        return {term: (part, worths[term]) for term, part in found.items()}

    def moved(
        self, found: Allocation, offered: Mapping[int, Offered], left: tuple[int, int]
    ) -> dict[int, tuple[int, int]]:
        """Return the same of parts that move within a receipt: what is over stays set against nothing.

        Args:
            found: what terms get, below zero what they give back. left: what is set against nothing before and what
                that is worth; all of it moved is worth all of it, to the minor unit.
        """
        back = {term: offered[term].given_back(part, self) for term, part in found.items() if part * self.paid < 0}
        there, worth = left[0] - sum(found[term] for term in back), left[1] - sum(back.values())
        onward = {term: abs(part) for term, part in found.items() if term not in back}
        paid = sum(onward.values()) * (1 if self.paid > 0 else -1)
        total = worth if paid == there else settled(paid, self.worth, self.paid)
        total = max(min(total, max(worth, 0)), min(worth, 0))
        worths = back | _shared(total, onward)
        moved = {term: (part, worths[term]) for term, part in found.items()}
        return moved | {TO_NOTHING: (-sum(found.values()), -sum(worths.values()))}

    def _closes(self, offered: Mapping[int, Offered], term: int, part: int) -> bool:
        """Tell whether money of another currency pays all that is open of a term of the company's own."""
        if self.currency == OWN or term == TO_NOTHING:
            return False
        return offered[term].rate is None and part == offered[term].term.open_amount


def _shared(whole: int, parts: Mapping[int, int]) -> dict[int, int]:
    """Return what each part is of a whole, in proportion, the parts coming to it."""
    return dict(zip(parts, map(int, split(whole, list(parts.values()))), strict=True)) if parts else {}


@dataclass(frozen=True, slots=True)
class Offered:
    """A term that a receipt may pay.

    Args:
        rate: the contract's amount in the company's own and in the receipt's currency; None = the same, or another.
        own_open, own_allocated: what is open and what can be given back in the company's own currency, minor units.
        got: what the receipt gave it, in its own currency and what that is worth. deal_id: of the contract.
    """

    record: Standing
    term: OpenTerm
    rate: tuple[int, int] | None
    own_open: int
    own_allocated: int
    got: tuple[int, int] = (0, 0)
    deal_id: int | None = None

    def given_back(self, part: int, paying: Paying) -> int:
        """Return what a part is worth that goes back to the receipt: all that came where all of it does."""
        paid, worth = self.got
        asked = settled(part, paying.worth, paying.paid)
        return -worth if part == -paid else max(-abs(worth), min(asked, abs(worth)))

    def settles(self, paid: int, worth: int) -> int:
        """Return what a part settles of the term at the booked rate: all there is where it pays or takes back all.

        Rounding of another currency never settles more than there is; the rest is a difference of exchange.
        """
        most = abs(self.own_open if paid > 0 else self.own_allocated)
        if self.rate is None:
            asked = worth
        elif paid in (self.term.open_amount, -self.term.allocated):
            asked = most if paid > 0 else -most
        else:
            asked = settled(paid, *self.rate)
        return max(-most, min(asked, most))


def paying_of(columns: Columns) -> Paying:
    """Return how a receipt of some columns pays.

    Raises:
        RuleError: it comes to nothing, or an amount in a currency is told half.
    """
    amount, currency = int(columns.get("amount") or 0), int(columns.get("currency") or OWN)
    if amount == 0:
        raise RuleError(
            Text("收款金额是 0。", "The receipt comes to nothing."),
            Text("填实收的本位币金额，退款写负数。", "Enter what came, a refund below zero."),
        )
    check_foreign(currency, amount, columns.get("foreign_amount"))
    return Paying(currency, amount if currency == OWN else int(columns["foreign_amount"]), amount)


def offered_to(
    rights: Rights, customer: int | None, paying: Paying, day: int, parts: Parts | None, receipt: int = 0
) -> dict[int, Offered]:
    """Return the terms that a receipt may pay: those chosen, or all of its account that the actor sees.

    Args:
        day: on which it posts; a term offers what is open on every day from then on.
    """
    if parts is not None:
        records = [seen(rights, "payment_terms", uid) for uid in parts]
    elif customer:
        conditions = [("customer_id = %s", customer), ("NOT removed", None)]
        numbers = [row[0] for row in select_rows(record_table("payment_terms"), ["id"], conditions)]
        records = [one for one in standing("payment_terms", numbers).values() if rights.sees("payment_terms", one)]
    else:
        records = []
    contracts = standing("contracts", {one.row["contract_id"] for one in records} - {None})
    got = _got(receipt) if receipt and paying.paid > 0 else None  # a refund takes back what others paid
    return {
        one.record_id: _as_offered(
            one,
            contracts.get(one.row["contract_id"]),
            paying,
            day,
            None if got is None else got.get(one.record_id, (0, 0)),
        )
        for one in records
    }


def _as_offered(
    term: Standing, contract: Standing | None, paying: Paying, day: int, got: tuple[int, int] | None
) -> Offered:
    """Return a term as the receipt meets it, in the currency of the receipt.

    Args:
        got: what was settled of it by this very receipt and what that was worth; None = by none in particular.
    """
    row, rate, relation = term.row, None, RELATIONS["payment_terms"]
    if contract is not None and paying.currency != OWN and contract.row["currency"] == paying.currency:
        rate = (int(contract.row["amount"]), int(contract.row["foreign_amount"]))
    own_open, own_allocated = (term.least(relation, column, day) for column in ("open", "allocated"))
    if got is not None:
        own_allocated = got[0]
    open_amount, allocated = own_open, own_allocated
    if rate is not None:
        open_amount, allocated = (settled(one, rate[1], rate[0]) for one in (open_amount, allocated))
    elif paying.currency != OWN:
        open_amount, allocated = (settled(one, paying.paid, paying.worth) for one in (open_amount, allocated))
    came = (_in_currency(got[1], paying), got[1]) if got is not None else (0, 0)
    if got is not None:
        allocated = came[0]
    found = OpenTerm(term.record_id, row["due_day"], open_amount, allocated, str(row["code"]))
    deal = contract.row["deal_id"] if contract is not None else None
    return Offered(term, found, rate, own_open, own_allocated, came, deal)


def allocation_of(paid: int, offered: Mapping[int, Offered], parts: Parts | None) -> Allocation:
    """Return what terms get of a new receipt: first due first, or as chosen; the rest is set against nothing.

    Raises:
        RuleError: parts come to more than the receipt, or than is open of a term.
    """
    terms = [one.term for one in offered.values()]
    if parts is None:
        return first_due_first(paid, terms)
    return by_hand(paid, _numbered(offered, parts), terms)


def moved_of(left: int, offered: Mapping[int, Offered], parts: Parts | None) -> Allocation:
    """Return what terms get of what is left of a receipt, and give back to it.

    Raises:
        RuleError: they get more than is left, or a term takes or gives back no such amount.
    """
    terms = [one.term for one in offered.values()]
    if parts is None:
        return {term: part for term, part in first_due_first(left, terms).items() if term != TO_NOTHING}
    chosen = _numbered(offered, parts)
    asked = sum(chosen.values())
    if asked > max(left, 0) or (left < 0 and (asked < left or max(chosen.values(), default=0) > 0)):
        told, there = to_decimal(asked), to_decimal(left)
        raise RuleError(
            Text(f"要核销 {told}，收款只剩 {there} 未核销。", f"{told} shall be allocated, {there} is left."),
            Text(f"减少 {to_decimal(abs(asked - left))}。", "Lower a part, or give another one back."),
        )
    for number, part in chosen.items():
        by_hand(part, {number: part}, [offered[number].term])
    return {number: part for number, part in chosen.items() if part}


def _numbered(offered: Mapping[int, Offered], parts: Parts) -> dict[int, int]:
    of_uid = {one.record.uid: number for number, one in offered.items()}
    return {of_uid[uid]: part for uid, part in parts.items()}


def unallocated(receipt: int, paying: Paying) -> tuple[int, int]:
    """Return what of a receipt is set against nothing, in its own currency and what it is worth."""
    worth = _got(receipt).get(None, (0, 0))[1]
    return _in_currency(worth, paying), worth


def got_of(receipt: int, paying: Paying) -> dict[int, int]:
    """Return what each term got of a receipt, in its currency."""
    return {term: _in_currency(worth, paying) for term, (_, worth) in _got(receipt).items() if term}


def _got(receipt: int) -> dict[int | None, tuple[int, int]]:
    """Return what was settled of each term by a receipt and what that was worth; None = against nothing."""
    conditions = [("receipt_id = %s", receipt), ("NOT removed", None)]
    found: dict[int | None, tuple[int, int]] = {}
    for term, amount, worth in select_rows(record_table("allocations"), ["term_id", "amount", "received"], conditions):
        so_far = found.get(term, (0, 0))
        found[term] = (so_far[0] + amount, so_far[1] + worth)
    return found


def _in_currency(worth: int, paying: Paying) -> int:
    return worth if paying.currency == OWN else settled(worth, paying.paid, paying.worth)
