"""Paying habits (付款习惯): what part of an open amount comes by when, from what was seen of amounts like it (R151).

A *lag* is days from an origin: the due day of a term, the signing of a contract, the day of an invoice. Of everything
watched it is known from which lag on it could be paid, at which lags which part of it was paid, and at which lag the
watch ended for what was not (it is still open, or written off). The part paid at a lag of what was still there by then
(Kaplan & Meier 1958, of parts in place of lives) uses open amounts too: to count only what was paid would call every
company a quick payer. What is open at an age has survived all lags up to it, so only later ones count.

A customer's own parts are shrunk to the company's: each lag is judged as if ``strength`` further terms of his had been
paid as the company's are. With no history he pays as the company; with ``strength`` terms he counts half.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray, IntArray

LOWEST, HIGHEST = -365, 730
"""Lags in days that are told apart; an earlier one counts as the first, a later one as the last."""

_LAGS = HIGHEST - LOWEST + 1
_MOST = 1 - 1e-9
"""The most that is paid at a lag of what is there: what is open in spite of all habits still has later lags."""
_TOGETHER = 512
"""Customers whose curves are worked out together; it bounds the memory."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What was seen of amounts: shape (n,) each, one row for a part of one.

    Args:
        customer: ids, 0 = unknown. lag: days from the origin. weight: the part of its amount, 1 = the whole.
    """

    customer: IntArray
    lag: IntArray
    weight: FloatArray

    def sorted(self) -> Seen:
        """Return the rows by customer, lags within what is told apart, as their place from the lowest."""
        order = np.argsort(self.customer, kind="stable")
        return Seen(self.customer[order], np.clip(self.lag[order], LOWEST, HIGHEST) - LOWEST, self.weight[order])

    def joined(self, other: Seen) -> Seen:
        """Return the rows of both."""
        return Seen(
            np.concatenate((self.customer, other.customer)),
            np.concatenate((self.lag, other.lag)),
            np.concatenate((self.weight, other.weight)),
        )

    def only(self, keep: BoolArray) -> Seen:
        """Return some of the rows."""
        return Seen(self.customer[keep], self.lag[keep], self.weight[keep])

    def of(self, customers: IntArray) -> FloatArray:
        """Return the weights by customer and lag, shape (len(customers), lags); customers ascending, rows sorted."""
        found = np.zeros((len(customers), _LAGS))
        if len(customers) and len(self.customer):
            first, end = np.searchsorted(self.customer, [customers[0], customers[-1] + 1])
            own = self.customer[first:end]
            row = np.searchsorted(customers, own)
            there = customers[row] == own
            np.add.at(found, (row[there], self.lag[first:end][there]), self.weight[first:end][there])
        return found

    @property
    def whole(self) -> FloatArray:
        """Return the weights by lag, shape (lags,)."""
        return np.bincount(self.lag, weights=self.weight, minlength=_LAGS).astype(np.float64)


def _there(started: FloatArray, ended: FloatArray) -> FloatArray:
    """Return what is there at each lag: begun by it, and not ended before it."""
    before = np.cumsum(ended, axis=-1) - ended
    return np.maximum(np.cumsum(started, axis=-1) - before, 0.0)


@dataclass(frozen=True, eq=False)
class Habits:
    """How amounts are paid, for the company and for each customer.

    Args:
        started, paid, ended: sorted; ended are paid parts and those no longer watched.
        parts: shape (lags,), the part paid at each lag of what is there, of the company.
        tail: the same a day beyond all lags.
        strength: in terms, >= 0.
    """

    started: Seen
    paid: Seen
    ended: Seen
    parts: FloatArray
    tail: float
    strength: int

    @classmethod
    def of(cls, started: Seen, paid: Seen, unpaid: Seen, *, strength: int, enough: int) -> Habits | None:
        """Return the habits that were seen; None where at no lag enough was there.

        After the last lag at which enough was there one part a day holds: that of all later lags together.

        Args:
            paid, unpaid: how what was started ended; together they weigh as much.
            enough: amounts that must be there at a lag for it to count, > 0.
        """
        gone = paid.joined(unpaid).sorted()
        begun, came = started.sorted(), paid.sorted()
        there = _there(begun.whole, gone.whole)
        counting = np.flatnonzero(there >= enough)
        if not len(counting):
            return None
        after = counting[-1] + 1
        parts = np.divide(came.whole, there, out=np.zeros(_LAGS), where=there > 0)
        later = float(there[after:].sum())
        tail = min(max(float(came.whole[after:].sum()) / later, 0.0), _MOST) if later > 0 else 0.0
        parts[after:] = tail
        return cls(begun, came, gone, np.clip(parts, 0.0, _MOST), tail, strength)

    @cached_property
    def count(self) -> int:
        """Return how many amounts were watched."""
        return len(self.started.customer)

    def paid_by(self, customer: IntArray, age: IntArray, later: IntArray) -> FloatArray:
        """Return the part of amounts open at an age that is paid by later ones, 0 to 1.

        Args:
            customer: shape (n,); 0 or one that was never seen pays as the company does.
            age: shape (n,), the lag at whose end they are open.
            later: shape (n, b), lags; those up to the age give 0.
        """
        once, place = np.unique(customer, return_inverse=True)
        found = np.zeros(later.shape)
        for first in range(0, len(once), _TOGETHER):
            left = self._left(once[first : first + _TOGETHER])
            rows = np.flatnonzero((place >= first) & (place < first + _TOGETHER))
            own = place[rows] - first
            now = self._at(left, own[:, None], age[rows][:, None])
            then = self._at(left, own[:, None], np.maximum(later[rows], age[rows][:, None]))
            found[rows] = -np.expm1(then - now)
        return np.clip(found, 0.0, 1.0)

    def _left(self, customers: IntArray) -> FloatArray:
        """Return the logarithm of what is left after each lag, shape (c, lags)."""
        there = _there(self.started.of(customers), self.ended.of(customers))
        seen = there + self.strength
        own = np.divide(
            self.paid.of(customers) + self.strength * self.parts,
            seen,
            out=np.broadcast_to(self.parts, there.shape).copy(),
            where=seen > 0,
        )
        return np.cumsum(np.log1p(-np.clip(own, 0.0, _MOST)), axis=1)

    def _at(self, left: FloatArray, row: IntArray, lag: IntArray) -> FloatArray:
        """Return what is left after lags, before the first of all everything, beyond the last by the tail."""
        known = left[row, np.clip(lag, LOWEST, HIGHEST) - LOWEST]
        beyond = np.maximum(lag - HIGHEST, 0) * np.log1p(-self.tail)
        return np.where(lag < LOWEST, 0.0, known + beyond)
