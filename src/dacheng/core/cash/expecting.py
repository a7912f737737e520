"""Collections expected (预计回款) of what is open, of what is still to be signed, and of invoices to come (R151).

Two methods side by side, of the same amounts:

- **by paying history** (按付款历史): each amount comes as ``core.cash.paying`` says of its customer, given the age it
  has already reached;
- **by due date** (按应收日): each amount comes on the day it falls due, what is past due in the first days asked for.

A term without a due day counts from the day it is expected, and not at all without one. Of an open opportunity comes
amount × win rate, after its expected signing as contracts of late were paid, or fell due. An invoice without a
contract was never an opportunity: as much is expected a day as was invoiced of late.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.cash.paying import LOWEST, Habits
from dacheng.core.cash.watching import Watched, watched
from dacheng.core.crediting import part_of
from dacheng.core.deals.flags import upcoming_only
from dacheng.core.deals.schema import OPEN as OPEN_DEAL
from dacheng.core.deals.weighing import stages_of, win_rate
from dacheng.core.filtering import INSIDE, Filter, between, equal
from dacheng.core.money import BP_PER_WHOLE, round_half_away, share_of
from dacheng.core.targets.open_deals import COUNTED, OPEN_DEALS, whole_amount
from dacheng.core.targets.schema import CONTRACT

OPEN_TERMS = """
    SELECT term_id, contract_id, customer_id, owner_id, unit_id, kind, due_day, expected_day, open FROM payment_terms
    {where} ORDER BY term_id"""
STILL_OPEN = Filter(("open <> 0",))
INVOICED = """
    SELECT CAST(SUM(amount) AS BIGINT) AS amount, COUNT(*) AS there FROM payment_terms {where}"""
WITHOUT_CONTRACT = Filter(("contract_id IS NULL",))

BEFORE = -1
"""Lag at whose end nothing of a contract to come is signed yet."""


@dataclass(frozen=True, eq=False)
class Learned:
    """Habits of a day.

    Args:
        due: of terms, after their due day; None = not enough was seen.
        signed, agreed: of contracts, after signing: when paid, when due.
        invoiced, billed: the same of invoices without a contract.
    """

    due: Habits | None
    signed: Habits | None
    agreed: Habits | None
    invoiced: Habits | None
    billed: Habits | None


def learned(book: Book) -> Learned:
    """Return the habits that a Book shows by the end of its day."""
    seen: Watched = watched(book)
    strength, enough = book.rules.number("cash.shrink_terms"), book.rules.number("cash.enough_terms")
    return Learned(
        due=seen.after_due(strength=strength, enough=enough),
        signed=seen.after_signing(direct=False, strength=strength, enough=enough),
        agreed=seen.agreed(direct=False, strength=strength, enough=enough),
        invoiced=seen.after_signing(direct=True, strength=strength, enough=enough),
        billed=seen.agreed(direct=True, strength=strength, enough=enough),
    )


@dataclass(frozen=True, eq=False)
class Coming:
    """Amounts and what comes of them in stretches of days.

    Args:
        rows: as gathered. dated: shape (n,), which of them have a day to count from.
        history, by_due: shape (n, b), minor units.
        inside: shape (n,), what enters sums.
    """

    rows: Rows
    dated: BoolArray
    history: IntArray
    by_due: IntArray
    inside: BoolArray

    def summed(self, which: BoolArray | None = None) -> tuple[IntArray, IntArray]:
        """Return what comes of some of what enters sums, by history and by due date, shape (b,) each."""
        keep = self.inside if which is None else self.inside & which
        return self.history[keep].sum(axis=0), self.by_due[keep].sum(axis=0)


def terms_coming(book: Book, known: Learned, ends: IntArray, wanted: Filter, start: int | None = None) -> Coming:
    """Return what comes of open payment terms.

    Args:
        ends: shape (b,), the last day of each stretch, ascending; the first begins after ``start``.
        start: default the Book's day.
    """
    asked = wanted & STILL_OPEN
    rows = book.gather(OPEN_TERMS.format(where=asked.where), **asked.params)
    has_due = rows.known("due_day")
    dated = has_due | rows.known("expected_day")
    falls = np.where(has_due, rows["due_day"], rows["expected_day"])
    days = _from(book, start, ends)
    if known.due is None:
        history = np.zeros((len(rows), len(ends)), dtype=np.int64)
    else:
        parts = known.due.paid_by(rows["customer_id"], book.as_of_day - falls, days - falls[:, None])
        history = _between(rows["open"], parts * dated[:, None])
    return Coming(
        rows,
        dated,
        history,
        _between(rows["open"], _fallen(falls, days, book.as_of_day) * dated[:, None]),
        rows["unit_id"] != OUTSIDE,
    )


def deals_coming(book: Book, known: Learned, ends: IntArray, wanted: Filter, start: int | None = None) -> Coming:
    """Return what comes of open opportunities, each person's part: those not overdue and not left out of forecasts.

    Args:
        ends, start: as of ``terms_coming``.
    """
    until = between("expected_day", book.as_of_day, int(ends[-1]) + 1)
    asked = wanted & COUNTED & equal(state=OPEN_DEAL) & until & upcoming_only(book, True)
    rows = book.gather(f"{OPEN_DEALS} {asked.where} ORDER BY deal_id, part, owner_id", **asked.params)
    whole, has_amount = whole_amount(rows, CONTRACT, before_tax=False)
    rate, has_rate = win_rate(rows, stages_of(book))
    worth = np.where(has_amount & has_rate, share_of(whole, rate), 0)
    lags = _from(book, start, ends) - rows["expected_day"][:, None]
    return Coming(
        rows,
        has_amount & has_rate,
        _parts_between(rows, worth, _after(known.signed, rows["customer_id"], lags)),
        _parts_between(rows, worth, _after(known.agreed, rows["customer_id"], lags)),
        rows["unit_id"] != OUTSIDE,
    )


def invoices_coming(book: Book, known: Learned, ends: IntArray, wanted: Filter) -> tuple[IntArray, IntArray]:
    """Return what comes of invoices without a contract that are still to be posted, by history and by due date.

    Each day from the next one on is taken to bring the daily amount of the rule's days.
    """
    days = book.rules.number("cash.direct_days")
    nothing = np.zeros(len(ends), dtype=np.int64)
    asked = wanted & WITHOUT_CONTRACT & INSIDE & between("effective_day", book.as_of_day + 1 - days, book.as_of_day + 1)
    found = book.gather(INVOICED.format(where=asked.where), **asked.params)
    if not days or not found["there"][0]:
        return nothing, nothing
    amount = int(found["amount"][0])
    return _run_rate(amount, days, known.invoiced, ends - book.as_of_day), _run_rate(
        amount, days, known.billed, ends - book.as_of_day
    )


def _run_rate(amount: int, days: int, habits: Habits | None, ends: IntArray) -> IntArray:
    """Return what comes in stretches that end so many days from now, of an amount every so many days."""
    if habits is None or not len(ends):
        return np.zeros(len(ends), dtype=np.int64)
    lags = np.arange(int(ends[-1]), dtype=np.int64)
    parts = _after(habits, np.zeros(1, dtype=np.int64), lags[None, :])[0]
    by_then = np.concatenate(([0.0], np.cumsum(parts)))[ends]
    shares = np.rint(by_then * BP_PER_WHOLE).astype(np.int64).tolist()  # whole numbers of Python: they may exceed int64
    so_far = np.array([round_half_away(amount * one, BP_PER_WHOLE * days) for one in shares], dtype=np.int64)
    return np.diff(so_far, prepend=0)


def _from(book: Book, start: int | None, ends: IntArray) -> IntArray:
    """Return the days between which stretches lie, shape (1, b + 1)."""
    return np.concatenate(([book.as_of_day if start is None else start], ends))[None, :]


def _fallen(falls: IntArray, days: IntArray, today: int) -> FloatArray:
    """Return 1 where an amount fell due by a day after today, shape (n, b + 1); what is past due comes tomorrow."""
    found: FloatArray = ((np.maximum(falls, today + 1)[:, None]) <= days).astype(np.float64)
    return found


def _after(habits: Habits | None, customer: IntArray, lags: IntArray) -> FloatArray:
    """Return the part that has come by lags from an origin still ahead; nothing where nothing was learned."""
    if habits is None:
        return np.zeros(lags.shape)
    return habits.paid_by(customer, np.full(len(customer), BEFORE, dtype=np.int64), np.maximum(lags, LOWEST))


def _so_far(amounts: IntArray, parts: FloatArray) -> IntArray:
    """Return what has come by each day, to the 分, of the part that has come by it, shape (n, b + 1)."""
    return share_of(amounts[:, None], np.rint(parts * BP_PER_WHOLE).astype(np.int64))


def _between(amounts: IntArray, parts: FloatArray) -> IntArray:
    """Return what comes between days, shape (n, b): stretches add up to the days they cover."""
    return np.diff(_so_far(amounts, parts), axis=1)


def _parts_between(rows: Rows, amounts: IntArray, parts: FloatArray) -> IntArray:
    """Return each person's part of what comes of whole deals between days; it adds up over days and over people."""
    so_far = _so_far(amounts, parts)
    parted = np.stack([part_of(so_far[:, at], rows) for at in range(so_far.shape[1])], axis=1)
    found: IntArray = np.diff(parted, axis=1)
    return found
