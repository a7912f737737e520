"""From the contract to the bank: terms, deliveries that trigger them, invoices, receipts, recognition, bad debts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.cash.schema import (
    ACCEPTANCE_BILL,
    ADVANCE,
    AFTER_ACCEPTANCE,
    AFTER_DELIVERY,
    AFTER_SIGNING,
    BLUE,
    FIRST_DUE,
    OF_CUSTOMER,
    ON_ACCEPTANCE,
    ON_DELIVERY,
    OTHER_TERM,
    RETENTION,
    TRANSFER,
)
from dacheng.core.company import Frame
from dacheng.core.currency import OWN
from dacheng.core.delivery.schema import BY_FINANCE, BY_MILESTONE
from dacheng.core.money import MINOR_PER_UNIT, round_half_away, split_many
from dacheng.core.period import FAR_DAY
from dacheng.demo.contracts import Contracts
from dacheng.demo.deliveries import delivery_frames
from dacheng.demo.dunning import dunning_frames
from dacheng.demo.framing import cut, framed, missing_where
from dacheng.demo.histories import numbered
from dacheng.demo.terms import Agreed, Terms
from dacheng.demo.timeline import Timeline, stream

SMALL, MIDDLE, LARGE = 0, 1, 2
MIDDLE_FROM, LARGE_FROM = 200_000 * MINOR_PER_UNIT, 800_000 * MINOR_PER_UNIT

ON_SIGNING, ON_ARRIVAL, ON_APPROVAL = 0, 1, 2
"""What a term waits for."""


AGREED = {
    SMALL: (Agreed(100, ON_SIGNING, 30, OTHER_TERM, "全款"),),
    MIDDLE: (
        Agreed(30, ON_SIGNING, 10, ADVANCE, "预付30%"),
        Agreed(60, ON_ARRIVAL, 30, ON_DELIVERY, "到货60%"),
        Agreed(10, ON_APPROVAL, 365, RETENTION, "质保10%"),
    ),
    LARGE: (
        Agreed(30, ON_SIGNING, 10, ADVANCE, "预付30%"),
        Agreed(40, ON_ARRIVAL, 30, ON_DELIVERY, "到货40%"),
        Agreed(25, ON_APPROVAL, 30, ON_ACCEPTANCE, "终验25%"),
        Agreed(5, ON_APPROVAL, 365, RETENTION, "质保5%"),
    ),
}
FALLS_DUE = {ON_SIGNING: AFTER_SIGNING, ON_ARRIVAL: AFTER_DELIVERY, ON_APPROVAL: AFTER_ACCEPTANCE}

HABITS = (-2, 3, 12, 28, 55)
"""Days after the due day on which customers of a kind usually pay."""

NEVER, IN_TWO, BILLS = 0.015, 0.08, 0.1
"""Terms that are disputed and not paid; that are paid in two parts; that are paid by an acceptance bill."""

BILL_DAYS, SECOND_PART_AFTER, GIVEN_UP_AFTER = 90, 45, 300
ONE_IN_TOO_MUCH, TOO_MUCH = 67, 5_000 * MINOR_PER_UNIT
"""Every so many receipts bring so much more than is owed."""

ON_ARRIVAL_PART, SERVICE_PARTS, SERVICE_EVERY = 70, 4, 90
"""Percent of a delivery that is recognised on arrival; a service in so many parts, every so many days."""


def money_frames(seed: int, timeline: Timeline, contracts: Contracts, heads: dict[str, Frame]) -> dict[str, Frame]:
    """Return everything from the payment terms to the bank, and the contracts with what is recognised of them.

    Args:
        heads: the frames of the contracts; their codes name the terms.
    """
    codes = list(heads["contracts"].labels["code"])
    rng = stream(seed, "money")
    kind = np.where(contracts.amount >= LARGE_FROM, LARGE, np.where(contracts.amount >= MIDDLE_FROM, MIDDLE, SMALL))
    kind = np.where(contracts.deal == 0, SMALL, kind)
    arrived = timeline.on_or_after(contracts.effective + rng.integers(25, 100, len(contracts)))
    approved = timeline.on_or_after(arrived + rng.integers(15, 75, len(contracts)))
    terms = _terms(rng, timeline, contracts, kind, arrived, approved)
    receipts, allocations = _receipts(rng, timeline, contracts, terms)
    recognised = _recognitions(timeline, contracts, kind, arrived, approved)
    return {
        "contracts": _with_recognised(heads["contracts"], contracts, recognised),
        "recognitions": _recognition_frame(contracts, recognised),
        "payment_terms": _term_frame(contracts, terms, codes),
        "invoices": _invoice_frame(timeline, contracts, terms),
        "receipts": receipts,
        "allocations": allocations,
        "write_offs": _write_off_frame(contracts, terms),
        **dunning_frames(timeline, contracts, terms),
        **delivery_frames(
            seed, timeline, contracts, kind != SMALL, np.stack([arrived, approved], axis=1), codes, ON_ARRIVAL_PART
        ),
    }


def _terms(
    rng: np.random.Generator,
    timeline: Timeline,
    contracts: Contracts,
    kind: IntArray,
    arrived: IntArray,
    approved: IntArray,
) -> Terms:
    agreed = tuple(one for terms in AGREED.values() for one in terms)
    starts = np.cumsum([0, *(len(terms) for terms in AGREED.values())])[:-1]
    many = np.array([len(AGREED[one]) for one in (SMALL, MIDDLE, LARGE)])[kind]
    contract = np.repeat(np.arange(len(contracts)), many)
    number = np.arange(len(contract)) - np.repeat(np.cumsum(many) - many, many)
    which = starts[kind[contract]] + number
    shares, waits, days = (
        np.array([getattr(one, name) for one in agreed])[which] for name in ("share", "waits", "days")
    )
    amount = split_many(contracts.amount, shares, contract)
    happened = np.stack([contracts.effective, arrived, approved])[waits, contract]
    known = np.where(happened <= timeline.as_of, happened, FAR_DAY)
    due = happened + days
    never = rng.random(len(contract)) < NEVER
    habit = np.array(HABITS)[contracts.customer[contract] % len(HABITS)]
    first = timeline.on_or_after(np.maximum(due + habit + rng.integers(-4, 9, len(contract)), happened))
    twice = (rng.random(len(contract)) < IN_TWO) & (amount > 2 * MINOR_PER_UNIT)
    paid = np.stack([first, np.where(twice, timeline.on_or_after(first + SECOND_PART_AFTER), FAR_DAY)], axis=1)
    paid = np.where((paid <= timeline.as_of) & ~never[:, np.newaxis], paid, FAR_DAY)
    half = amount * 6 // 10
    parts = np.stack([np.where(twice, half, amount), np.where(twice, amount - half, 0)], axis=1)
    lost = never & (known < FAR_DAY) & (due + GIVEN_UP_AFTER <= timeline.as_of)
    given_up = np.where(lost, due + GIVEN_UP_AFTER, FAR_DAY)
    return Terms(contract, agreed, which, number, amount, known, due, never, paid, parts, given_up)


def _term_frame(contracts: Contracts, terms: Terms, codes: list[str]) -> Frame:
    effective = contracts.effective[terms.contract]
    row, begins, ends = cut(effective, terms.known, terms.paid[:, 0], terms.paid[:, 1], terms.given_up)
    contract, amount, which = terms.contract[row], terms.amount[row], terms.which[row]
    known = terms.known[row] <= begins
    allocated = (terms.parts[row] * (terms.paid[row] <= begins[:, np.newaxis])).sum(axis=1)
    written_off = np.where(terms.given_up[row] <= begins, terms.open_to[row], 0)
    disputed = (terms.never[row] & known).astype(np.int64)
    nothing = missing_where(np.ones(len(row), dtype=np.bool_), row)
    of = {name: np.array([getattr(one, name) for one in terms.agreed]) for name in ("kind", "share", "days", "waits")}
    falls = np.array([FALLS_DUE[one] for one in (ON_SIGNING, ON_ARRIVAL, ON_APPROVAL)])
    names = [terms.agreed[one].name for one in which.tolist()]
    numbers = terms.number[row] + 1
    return framed(
        {
            "term_id": row + 1,
            "contract_id": contract + 1,
            "customer_id": contracts.customer[contract],
            "kind": of["kind"][which],
            "share_bp": of["share"][which] * 100,
            "amount": amount,
            "falls_due": falls[of["waits"][which]],
            "days_after": of["days"][which],
            "due_day": missing_where(~known, terms.due[row]),
            "expected_day": nothing,
            "chance_bp": nothing,
            "disputed": disputed,
            "reason": missing_where(disputed == 0, np.full(len(row), OF_CUSTOMER)),
            "collector_id": nothing,
            "allocated": allocated,
            "written_off": written_off,
            "open": amount - allocated - written_off,
            "owner_id": contracts.owner[contract],
            "effective_day": contracts.effective[contract],
            "from_day": begins,
            "to_day": ends,
        },
        code=[f"{codes[one]}/{at}" for one, at in zip(contract.tolist(), numbers.tolist(), strict=True)],
        name=names,
        reason_note=["验收标准有争议" if one else "" for one in disputed.tolist()],
    )


def _receipts(rng: np.random.Generator, timeline: Timeline, contracts: Contracts, terms: Terms) -> tuple[Frame, Frame]:
    """Return receipts in the order of their days, and what they are set against."""
    term, part = np.nonzero(terms.paid < FAR_DAY)
    order = np.lexsort((term, part, terms.paid[term, part]))
    term, part = term[order], part[order]
    day, amount, contract = terms.paid[term, part], terms.parts[term, part], terms.contract[term]
    bill = rng.random(len(term)) < BILLS
    came = np.where(bill, np.maximum(timeline.on_or_before(day - BILL_DAYS), contracts.effective[contract]), day)
    too_much = np.where(np.arange(len(term)) % ONE_IN_TOO_MUCH == ONE_IN_TOO_MUCH - 1, TOO_MUCH, 0)
    forever = np.full(len(term), FAR_DAY)
    nothing = missing_where(np.ones(len(term), dtype=np.bool_), term)
    receipts = framed(
        {
            "receipt_id": np.arange(1, len(term) + 1),
            "customer_id": contracts.customer[contract],
            "owner_id": contracts.owner[contract],
            "day": came,
            "kind": np.where(bill, ACCEPTANCE_BILL, TRANSFER),
            "maturity_day": missing_where(~bill, day),
            "reverses_id": nothing,
            "currency": np.full(len(term), OWN),
            "foreign_amount": nothing,
            "amount": amount + too_much,
            "posted_day": day,
            "from_day": came,
            "to_day": forever,
        },
        code=numbered("SK", day),
        name=[""] * len(term),
        payer=[""] * len(term),
    )
    return receipts, _allocation_frame(contracts, contract, term, day, amount, too_much)


def _allocation_frame(
    contracts: Contracts, contract: IntArray, term: IntArray, day: IntArray, amount: IntArray, too_much: IntArray
) -> Frame:
    extra = np.flatnonzero(too_much)
    receipt = np.concatenate([np.arange(len(term)), extra])
    order = np.argsort(receipt, kind="stable")
    to_nothing = np.concatenate([np.zeros(len(term), dtype=np.bool_), np.ones(len(extra), dtype=np.bool_)])[order]
    receipt = receipt[order]
    value = np.where(to_nothing, too_much[receipt], amount[receipt])
    of = contract[receipt]
    return framed(
        {
            "allocation_id": np.arange(1, len(receipt) + 1),
            "receipt_id": receipt + 1,
            "term_id": missing_where(to_nothing, term[receipt] + 1),
            "contract_id": missing_where(to_nothing, of + 1),
            "customer_id": contracts.customer[of],
            "day": day[receipt],
            "posted_day": day[receipt],
            "way": np.full(len(receipt), FIRST_DUE),
            "amount": value,
            "received": value,
            "deal_id": missing_where(to_nothing | (contracts.deal[of] == 0), contracts.deal[of]),
            "owner_id": contracts.owner[of],
            "effective_day": np.where(to_nothing, day[receipt], contracts.effective[of]),
            "from_day": day[receipt],
            "to_day": np.full(len(receipt), FAR_DAY),
        },
        code=[f"HX-{number}" for number in range(1, len(receipt) + 1)],
        name=[""] * len(receipt),
    )


def _invoice_frame(timeline: Timeline, contracts: Contracts, terms: Terms) -> Frame:
    """Return an invoice of every term on the day it can be invoiced."""
    day = np.where(terms.known < FAR_DAY, timeline.on_or_after(np.minimum(terms.known, timeline.as_of)), FAR_DAY)
    term = np.flatnonzero(day <= timeline.as_of)
    term = term[np.lexsort((term, day[term]))]
    contract, day = terms.contract[term], day[term]
    amount = terms.amount[term]
    without = round_half_away(amount * contracts.amount_ex[contract], np.maximum(contracts.amount[contract], 1))
    return framed(
        {
            "invoice_id": np.arange(1, len(term) + 1),
            "contract_id": contract + 1,
            "customer_id": contracts.customer[contract],
            "term_id": term + 1,
            "day": day,
            "posted_day": day,
            "kind": np.full(len(term), BLUE),
            "reverses_id": missing_where(np.ones(len(term), dtype=np.bool_), term),
            "seller_id": missing_where(np.ones(len(term), dtype=np.bool_), term),
            "due_day": missing_where(np.ones(len(term), dtype=np.bool_), term),
            "amount": amount,
            "amount_ex": without,
            "owner_id": contracts.owner[contract],
            "effective_day": contracts.effective[contract],
            "from_day": day,
            "to_day": np.full(len(term), FAR_DAY),
        },
        code=numbered("FP", day),
        name=[""] * len(term),
    )


def _write_off_frame(contracts: Contracts, terms: Terms) -> Frame:
    term = np.flatnonzero(terms.given_up < FAR_DAY)
    term = term[np.lexsort((term, terms.given_up[term]))]
    contract, day = terms.contract[term], terms.given_up[term]
    return framed(
        {
            "write_off_id": np.arange(1, len(term) + 1),
            "term_id": term + 1,
            "contract_id": contract + 1,
            "day": day,
            "posted_day": day,
            "amount": terms.amount[term],
            "approver_id": missing_where(np.ones(len(term), dtype=np.bool_), term),
            "owner_id": contracts.owner[contract],
            "effective_day": contracts.effective[contract],
            "from_day": day,
            "to_day": np.full(len(term), FAR_DAY),
        },
        code=numbered("HZ", day),
        name=["验收争议，多次催收未果"] * len(term),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """Recognition by contract, shape (contracts, parts): days (``FAR_DAY`` = not yet) and amounts in minor units."""

    day: IntArray
    excl: IntArray
    incl: IntArray
    milestone: BoolArray


def _recognitions(
    timeline: Timeline, contracts: Contracts, kind: IntArray, arrived: IntArray, approved: IntArray
) -> Recognised:
    count = len(contracts)
    delivered = (kind != SMALL)[:, np.newaxis]
    service = np.array([SERVICE_EVERY * at for at in range(1, SERVICE_PARTS + 1)])
    never = np.full((count, SERVICE_PARTS - 2), FAR_DAY)
    days = np.where(
        delivered,
        np.concatenate([np.stack([arrived, approved], axis=1), never], axis=1),
        contracts.effective[:, np.newaxis] + service,
    )
    weights = np.where(delivered, np.array([ON_ARRIVAL_PART, 100 - ON_ARRIVAL_PART, 0, 0]), np.array([25] * 4))
    group = np.repeat(np.arange(count), SERVICE_PARTS)
    excl = split_many(contracts.amount_ex, weights.ravel(), group).reshape(count, SERVICE_PARTS)
    so_far = excl.cumsum(axis=1)
    whole = np.maximum(contracts.amount_ex, 1)[:, np.newaxis]
    tax = (contracts.amount - contracts.amount_ex)[:, np.newaxis]
    reached = so_far + round_half_away(so_far * tax, whole)
    incl = np.diff(reached, axis=1, prepend=0)
    day = np.where((days <= timeline.as_of) & (excl != 0), days, FAR_DAY)
    return Recognised(day, excl, incl, np.broadcast_to(delivered, day.shape))


def _with_recognised(heads: Frame, contracts: Contracts, recognised: Recognised) -> Frame:
    """Cut the contracts where something is recognised of them."""
    row, begins, ends = cut(contracts.effective, *recognised.day.T)
    by_then = recognised.day[row] <= begins[:, np.newaxis]
    kept = {name: np.asarray(values)[row] for name, values in heads.columns.items()}
    kept |= {"from_day": begins, "to_day": ends}
    kept |= {"recognised_ex": (recognised.excl[row] * by_then).sum(axis=1)}
    kept |= {"recognised": (recognised.incl[row] * by_then).sum(axis=1)}
    return framed(kept, **{name: np.asarray(texts, dtype=object)[row] for name, texts in heads.labels.items()})


def _recognition_frame(contracts: Contracts, recognised: Recognised) -> Frame:
    contract, part = np.nonzero(recognised.day < FAR_DAY)
    day = recognised.day[contract, part]
    order = np.lexsort((contract, part, day))
    contract, part, day = contract[order], part[order], day[order]
    return framed(
        {
            "recognition_id": np.arange(1, len(contract) + 1),
            "contract_id": contract + 1,
            "day": day,
            "posted_day": day,
            "way": np.where(recognised.milestone[contract, part], BY_MILESTONE, BY_FINANCE),
            "amount_ex": recognised.excl[contract, part],
            "amount": recognised.incl[contract, part],
            "cost": missing_where(np.ones(len(contract), dtype=np.bool_), contract),
            "owner_id": contracts.owner[contract],
            "effective_day": contracts.effective[contract],
            "from_day": day,
            "to_day": np.full(len(contract), FAR_DAY),
        },
        code=numbered("QS", day),
        name=[""] * len(contract),
    )
