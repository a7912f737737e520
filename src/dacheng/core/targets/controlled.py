"""Rounding a table with both margins kept (受控舍入): least change, exact.

Each cell goes to its floor or its ceiling and every row and column keeps its sum. The start is each
row for itself, largest remainders first, which changes least and leaves columns off; then single
units move between columns on the cheapest ways, so the changes together stay the least there are
(successive shortest paths; Cox 1987 for the existence).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray

_NONE = np.iinfo(np.int64).max // 4
"""The cost of a move that no row can make."""


def round_table(parts: IntArray, bits: int) -> IntArray:
    """Round every cell of a table down or up so that all sums stay what they are.

    Defined as::  smallest Σ |rounded − exact|, ties to the earlier row and column

    Args:
        parts: shape (rows, columns), >= 0, in units of 2^-bits; each row and column adds up to a
            whole number, that is a multiple of 2^bits.
        bits: 0 to 50.

    Returns:
        Shape (rows, columns), whole numbers; a whole cell stays itself.

    Source: R044; golden case G60 "cents"; invariant I2.

    >>> round_table(np.array([[1, 3], [3, 1]]), 2).tolist()
    [[0, 1], [1, 0]]
    """
    floor, rest = parts >> bits, parts & ((1 << bits) - 1)
    raised = _largest_first(rest, rest.sum(axis=1) >> bits)
    need = (rest.sum(axis=0) >> bits) - raised.sum(axis=0)
    table = _Table.of(rest, raised)
    while need.any():
        way = table.cheapest_way(need)
        table.go(way)
        need[way[0]] += 1
        need[way[-1]] -= 1
    return floor + table.raised


def _largest_first(rest: IntArray, count: IntArray) -> BoolArray:
    """Mark in each row so many of its largest remainders, ties to the earlier column."""
    order = np.argsort(-rest, axis=1, kind="stable")
    raised = np.zeros(rest.shape, dtype=np.bool_)
    np.put_along_axis(raised, order, np.arange(rest.shape[1]) < count[:, np.newaxis], axis=1)
    return raised


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Remainders and which cells are raised, with the cheapest row for each move between two columns."""

    rest: IntArray
    raised: BoolArray
    cost: IntArray
    row: IntArray

    @classmethod
    def of(cls, rest: IntArray, raised: BoolArray) -> _Table:
        """Look at every pair of columns once."""
        columns = rest.shape[1]
        cost, row = np.full((columns, columns), _NONE), np.zeros((columns, columns), dtype=np.int64)
        # Columns are read far more often than rows.
        table = cls(np.asfortranarray(rest), np.asfortranarray(raised), cost, row)
        for give in range(columns):
            for take in range(columns):
                table._look(give, take)
        return table

    def _look(self, give: int, take: int) -> None:
        """Find the cheapest row that can lower one column and raise another, ties to the earlier."""
        can = self.raised[:, give] & ~self.raised[:, take] & (self.rest[:, take] > 0)
        rows = np.flatnonzero(can)
        self.cost[give, take] = _NONE
        if rows.size:
            cost = self.rest[rows, give] - self.rest[rows, take]
            best = int(cost.argmin())
            self.cost[give, take], self.row[give, take] = cost[best], rows[best]

    def _offer(self, row: int) -> None:
        """Take a row where it is cheaper than the one found before, or as cheap and earlier."""
        gives = np.flatnonzero(self.raised[row])
        takes = np.flatnonzero(~self.raised[row] & (self.rest[row] > 0))
        pairs = np.ix_(gives, takes)
        cost = self.rest[row, gives][:, np.newaxis] - self.rest[row, takes]
        better = (cost < self.cost[pairs]) | ((cost == self.cost[pairs]) & (row < self.row[pairs]))
        self.cost[pairs] = np.where(better, cost, self.cost[pairs])
        self.row[pairs] = np.where(better, row, self.row[pairs])

    def cheapest_way(self, need: IntArray) -> list[int]:
        """Return the columns of the cheapest way from one with too much to one with too little (Bellman–Ford)."""
        far = np.where(need < 0, 0, _NONE)
        came = np.full(len(need), -1, dtype=np.int64)
        while True:
            through = np.where(self.cost < _NONE, far[:, np.newaxis] + self.cost, _NONE)
            through[far == _NONE] = _NONE
            best = through.argmin(axis=0)
            nearer = through[best, np.arange(len(best))] < far
            if not nearer.any():
                break
            far[nearer] = through[best[nearer], nearer.nonzero()[0]]
            came[nearer] = best[nearer]
        way = [int(np.where(need > 0, far, _NONE).argmin())]
        while came[way[0]] >= 0:
            way.insert(0, int(came[way[0]]))
        return way

    def go(self, way: list[int]) -> None:
        """Move one unit along a way and look again where a row that it changed was the cheapest."""
        steps = [(give, take, int(self.row[give, take])) for give, take in pairwise(way)]
        for give, take, row in steps:
            self.raised[row, give], self.raised[row, take] = False, True
        changed = [row for _, _, row in steps]
        stale = np.argwhere(np.isin(self.row, changed) & (self.cost < _NONE))
        for give, take in stale.tolist():
            self._look(give, take)
        for row in changed:
            self._offer(row)
