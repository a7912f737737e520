"""Who is credited with what of a deal (业绩分成): relations of parts, and how an amount is parted exactly.

The engine makes two relations that no table holds. ``credits`` has one row for each deal and
person credited with it: the owner's, ``part`` 0, and one for each of those it is shared with,
``part`` 1. A row is *placed* by the home of its own person, its ``amount`` is that person's
part, ``whole`` the deal's. ``contract_credits`` parts contracts by the split of their deal on
their effective day.

The rule: of a ``whole`` each person has what all shares up to and with his own come to, rounded
half away from zero to the 分, less what those before him have; the owner is last and takes the
rest. So parts always add up, and one partner has ``whole × share`` rounded. Figures computed of
a deal (weighted, before tax, margin) are computed of the whole and parted by the same rule.

Deals are counted with their owner: a view that has only a part of a deal sums it and does not
count it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Rows
from dacheng.core.deals.schema import WHOLE_BP
from dacheng.core.money import share_of

SHARES = ("part", "share_bp", "before_bp")
"""What a gather of credits needs to pool and part, beside ``unit_id`` and the key."""


def part_of(values: IntArray, rows: Rows) -> IntArray:
    """Return each person's part of values of whole deals, exactly.

    Args:
        values: shape (n,), of the whole deal of each row.
        rows: with ``share_bp`` and ``before_bp``.

    >>> third = Rows.of(("share_bp", "before_bp"), [(3333, 0), (3333, 3333), (3334, 6666)])
    >>> part_of(np.array([100, 100, 100]), third).tolist()
    [33, 34, 33]
    """
    shared = rows["share_bp"] != WHOLE_BP
    if not shared.any():
        return values
    parts = values.copy()
    whole, before = values[shared], rows["before_bp"][shared]
    parts[shared] = share_of(whole, before + rows["share_bp"][shared]) - share_of(whole, before)
    return parts


@dataclass(frozen=True)
class Pool:
    """The credits of a view drawn together to one row a deal (or contract).

    Args:
        keep: positions, ascending, of the rows that stand for a deal: its owner's where the
            view has it, inside before what only a grant shows.
        place: shape (n,), where the deal of each row is among ``keep``; -1 for one left out.
        counted: shape (len(keep),), whether the view has the owner's part, so that the deal counts.
    """

    keep: IntArray
    place: IntArray
    counted: BoolArray

    @classmethod
    def of(cls, rows: Rows, key: str = "deal_id") -> Pool:
        """Return how credits pool.

        Args:
            rows: with the key, ``unit_id``, ``part`` and ``share_bp``.
        """
        every = np.arange(len(rows))
        shared = np.flatnonzero((rows["share_bp"] != WHOLE_BP) | (rows["part"] == 1))
        if not len(shared):
            return cls(every, every, np.ones(len(rows), dtype=np.bool_))
        outside = rows["unit_id"] == OUTSIDE
        order = shared[np.lexsort((rows["part"][shared], outside[shared], rows[key][shared]))]
        first = np.concatenate(([True], rows[key][order][1:] != rows[key][order][:-1]))
        standing = every.copy()
        standing[order] = order[first][np.cumsum(first) - 1]
        keep = np.unique(standing)
        place = np.where(outside == outside[standing], np.searchsorted(keep, standing), -1)
        return cls(keep, place, rows["part"][keep] == 0)

    def sum(self, values: IntArray) -> IntArray:
        """Return the sum of the parts of each deal."""
        total = np.zeros(len(self.keep), dtype=np.int64)
        inside = self.place >= 0
        np.add.at(total, self.place[inside], values[inside])
        return total

    def rows(self, rows: Rows, *amounts: str) -> Rows:
        """Return one row a deal, with its amounts and its share summed; a missing amount stays missing."""
        kept = rows.only(self.keep)
        if len(kept) == len(rows):
            return kept
        summed = {name: self.sum(np.where(rows.known(name), rows[name], 0)) for name in (*amounts, "share_bp")}
        return replace(kept, columns={**kept.columns, **summed})


def pooled(rows: Rows, *amounts: str) -> Rows:
    """Return one row a deal with summed amounts; those with ``part`` 0 count."""
    return Pool.of(rows).rows(rows, *amounts)
