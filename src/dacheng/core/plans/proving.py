"""The proof of a plan (分解证明): every sum of every month, added up anew, however the amounts came about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.money import group_sums
from dacheng.core.plans.sheet import Sheet
from dacheng.core.tree import UNKNOWN


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What rows have and what is below them.

    Args:
        parents: shape (k,), positions of the rows that have others below.
        amount, below: shape (k, months), minor units.
    """

    parents: IntArray
    amount: IntArray
    below: IntArray

    @property
    def difference(self) -> IntArray:
        """Return the row less what is below it, shape (k, months): 0 where the sum holds."""
        return self.amount - self.below

    @property
    def checked(self) -> int:
        """Return how many sums were added up: each month of each such row, and its year."""
        return len(self.parents) * (int(self.amount.shape[1]) + 1)

    @property
    def broken(self) -> int:
        """Return how many sums do not hold."""
        return int(np.count_nonzero(self.difference)) + int(np.count_nonzero(self.difference.sum(axis=1)))


def sums_of(sheet: Sheet) -> Sums:
    """Return every sum of a sheet; what only puts several rows together proves nothing and is left out.

    Source: R041; invariant I1.
    """
    above, amount = sheet.tree.parent_position, sheet.amount
    inner = np.flatnonzero(sheet.tree.ends > np.arange(len(sheet)) + 1)
    if sheet.shared_top:
        inner = inner[inner != 0]
    months = amount.shape[1]
    rows = np.flatnonzero(above != UNKNOWN)
    group = (above[rows][:, np.newaxis] * months + np.arange(months)).ravel()
    below = group_sums(amount[rows].ravel(), group, len(sheet) * months).reshape(len(sheet), months)
    return Sums(inner, amount[inner], below[inner].astype(np.int64))
