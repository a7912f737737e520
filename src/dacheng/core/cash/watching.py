"""What was seen of paying, drawn from the Book: terms after their due day, contracts after signing (R151).

Contracts in force and invoices posted within the look-back are watched to the end of the Book's day, and nothing after
it: what is open then is watched until then. Everything that the viewer sees counts, whatever a report is narrowed to,
so that a customer is judged alike in every view; rows seen only by a grant do not count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.paying import Habits, Seen
from dacheng.core.filtering import INSIDE, Filter, between

TERMS = """
    SELECT term_id, contract_id, customer_id, due_day, expected_day, effective_day, amount, open FROM payment_terms
    {where} ORDER BY term_id"""
PAID = """
    SELECT term_id, posted_day, CAST(SUM(amount) AS BIGINT) AS amount FROM allocations
    {where} GROUP BY term_id, posted_day ORDER BY term_id, posted_day"""
LOST = """
    SELECT term_id, posted_day, CAST(SUM(amount) AS BIGINT) AS amount FROM write_offs
    {where} GROUP BY term_id, posted_day ORDER BY term_id, posted_day"""
OF_A_TERM = Filter(("term_id IS NOT NULL",))
ABOVE_ZERO = Filter(("amount > 0",))


@dataclass(frozen=True, eq=False)
class Watched:
    """Payment terms within the look-back with what was paid and written off of them.

    Args:
        terms: by id. paid, lost: postings of them, with ``row`` the place of the term.
        day: the last one watched.
    """

    terms: Rows
    paid: Rows
    lost: Rows
    day: int

    @property
    def direct(self) -> BoolArray:
        """Return which terms are of an invoice without a contract."""
        return ~self.terms.known("contract_id")

    def after_due(self, *, strength: int, enough: int) -> Habits | None:
        """Return how terms are paid after their due day; those that wait for their event are left out."""
        weight = np.where(self.terms.known("due_day"), 1.0, 0.0)
        return self._paid_after(self.terms["due_day"], weight, strength, enough, from_origin=False)

    def after_signing(self, *, direct: bool, strength: int, enough: int) -> Habits | None:
        """Return how contracts, or invoices without one, are paid after the day they count from: each counts once."""
        return self._paid_after(self.terms["effective_day"], self._of_contract(direct), strength, enough)

    def agreed(self, *, direct: bool, strength: int, enough: int) -> Habits | None:
        """Return when contracts, or invoices without one, fall due after that day; what waits is watched until now."""
        dated = self.terms.known("due_day")
        weight = self._of_contract(direct)
        origin = self.terms["effective_day"]
        until = np.where(dated, self.terms["due_day"], self.day) - origin
        rows = self._seen(np.arange(len(self.terms)), np.maximum(until, 0), weight)
        started = self._seen(np.arange(len(self.terms)), np.zeros(len(self.terms), dtype=np.int64), weight)
        return Habits.of(
            started.only(weight > 0),
            rows.only(dated & (weight > 0)),
            rows.only(~dated & (weight > 0)),
            strength=strength,
            enough=enough,
        )

    def _of_contract(self, direct: bool) -> FloatArray:
        """Return what part each term is of its contract, or of itself; 0 of the other kind."""
        if direct:
            return np.where(self.direct, 1.0, 0.0)
        _, place = np.unique(self.terms["contract_id"], return_inverse=True)
        whole = np.bincount(place, weights=self.terms["amount"].astype(np.float64))
        return np.where(self.direct, 0.0, self.terms["amount"] / np.maximum(whole[place], 1.0) if len(place) else 0.0)

    def _paid_after(
        self, origin: IntArray, weight: FloatArray, strength: int, enough: int, *, from_origin: bool = True
    ) -> Habits | None:
        """Return habits by lags from an origin.

        Args:
            weight: of each term, 0 = not watched.
            from_origin: nothing is paid before it: an advance counts on its day.
        """
        every = np.arange(len(self.terms))
        counts = weight > 0
        amount = self.terms["amount"].astype(np.float64)

        def ended(rows: Rows) -> Seen:
            lag = rows["posted_day"] - origin[rows["row"]]
            part = weight[rows["row"]] * rows["amount"] / amount[rows["row"]]
            seen = self._seen(rows["row"], np.maximum(lag, 0) if from_origin else lag, part)
            return seen.only(counts[rows["row"]])

        paid, lost = ended(self.paid), ended(self.lost)
        still = self._seen(every, self.day - origin, weight * self.terms["open"] / amount).only(counts)
        begins = np.minimum(self.terms["effective_day"], self.day) - origin
        if not from_origin:
            np.minimum.at(begins, self.paid["row"], self.paid["posted_day"] - origin[self.paid["row"]])
        return Habits.of(
            self._seen(every, begins, weight).only(counts), paid, lost.joined(still), strength=strength, enough=enough
        )

    def _seen(self, row: IntArray, lag: IntArray, weight: FloatArray) -> Seen:
        return Seen(self.terms["customer_id"][row], lag, weight)


def watched(book: Book) -> Watched:
    """Gather what was seen of paying within the look-back of the Book's day."""
    first = book.as_of_day + 1 - book.rules.number("cash.lookback_days")
    since = between("effective_day", first, book.as_of_day + 1) & INSIDE
    wanted = since & ABOVE_ZERO
    terms = book.gather(TERMS.format(where=wanted.where), **wanted.params)
    posted = since & OF_A_TERM & Filter(("posted_day <= :today",), {"today": book.as_of_day})
    paid, lost = (
        _with_row(book.gather(sql.format(where=posted.where), **posted.params), terms["term_id"])
        for sql in (PAID, LOST)
    )
    return Watched(terms, paid, lost, book.as_of_day)


def _with_row(postings: Rows, term_ids: IntArray) -> Rows:
    """Return the postings of these terms, ascending ids, each with the place of its term."""
    row = np.searchsorted(term_ids, postings["term_id"])
    there = row < len(term_ids)
    there[there] = term_ids[row[there]] == postings["term_id"][there]
    return Rows({**postings.only(there).columns, "row": row[there]})
