"""Filling a table whose row and column sums are given (可行性): what fits, and who stands in the way.

A table with open and closed cells can be filled with amounts >= 0 exactly when no set of rows needs
more than all the columns it can reach hold (Gale; Ford and Fulkerson 1956). The search for a filling
ends in one, or in such a set, which names the conflict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Filling:
    """The most that fits.

    Args:
        amounts: shape (rows, columns), >= 0, 0 in closed cells, no sum above its margin.
        tight_rows: shape (rows,), rows that together need more than ``tight_columns`` hold, which are
            all they can reach; None is marked when the table is full.
    """

    amounts: IntArray
    tight_rows: BoolArray
    tight_columns: BoolArray

    @property
    def full(self) -> bool:
        """Tell whether every margin is met."""
        return not self.tight_rows.any()


def fill(is_open: BoolArray, rows: IntArray, columns: IntArray, start: IntArray | None = None) -> Filling:
    """Fill a table to its margins as far as that can be.

    Args:
        is_open: shape (rows, columns). rows, columns: margins, >= 0, of the same total below 2^62.
        start: amounts that stand already, 0 in closed cells, no sum above its margin.

    >>> found = fill(np.array([[True, False], [True, True]]), np.array([5, 1]), np.array([3, 3]))
    >>> found.tight_rows.tolist(), found.tight_columns.tolist()
    ([True, False], [True, False])
    """
    amounts = np.zeros(is_open.shape, dtype=np.int64) if start is None else start.copy()
    row_left, column_left = rows - amounts.sum(axis=1), columns - amounts.sum(axis=0)
    _fill_in_order(amounts, is_open, row_left, column_left)
    nothing = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(columns), dtype=np.bool_)
    while row_left.any():
        search = _Search(amounts, is_open, row_left, column_left)
        end = search.run()
        if end < 0:
            return Filling(amounts, search.row_seen, search.column_seen)
        search.send(end)
    return Filling(amounts, *nothing)


def can_hold(is_open: BoolArray, filling: IntArray) -> BoolArray:
    """Return the open cells that hold something in some filling with the same margins.

    A cell can when the columns that lead from its own, by giving in one row and taking in another,
    come back to a column in which its row holds something.
    """
    held = filling > 0
    leads = (held.T.astype(np.float64) @ is_open) > 0
    np.fill_diagonal(leads, True)
    while True:
        further = (leads.astype(np.float64) @ leads) > 0
        if np.array_equal(further, leads):
            break
        leads = further
    return is_open & ((held.astype(np.float64) @ leads.T) > 0)


def _fill_in_order(amounts: IntArray, is_open: BoolArray, row_left: IntArray, column_left: IntArray) -> None:
    """Give each column in turn to the rows in order, as much as each still needs."""
    for column in range(len(column_left)):
        wanted = np.where(is_open[:, column], row_left, 0)
        before = np.cumsum(wanted) - wanted
        given = np.clip(column_left[column] - before, 0, wanted)
        amounts[:, column] += given
        row_left -= given
        column_left[column] -= given.sum()


class _Search:
    """A breadth-first search for a way from a row that lacks to a column that has."""

    def __init__(self, amounts: IntArray, is_open: BoolArray, row_left: IntArray, column_left: IntArray) -> None:
        self.amounts, self.is_open = amounts, is_open
        self.row_left, self.column_left = row_left, column_left
        self.row_seen = row_left > 0
        self.column_seen = np.zeros(len(column_left), dtype=np.bool_)
        self.row_from = np.full(len(row_left), -1, dtype=np.int64)
        self.column_from = np.full(len(column_left), -1, dtype=np.int64)

    def run(self) -> int:
        """Return a column that has something left and is reached; -1 when there is none."""
        here = np.flatnonzero(self.row_seen)
        while here.size:
            reached = self.is_open[here]
            columns = np.flatnonzero(reached.any(axis=0) & ~self.column_seen)
            if not columns.size:
                return -1
            self.column_seen[columns] = True
            self.column_from[columns] = here[reached[:, columns].argmax(axis=0)]
            ends = columns[self.column_left[columns] > 0]
            if ends.size:
                return int(ends[0])
            held = self.amounts[:, columns] > 0
            here = np.flatnonzero(held.any(axis=1) & ~self.row_seen)
            self.row_seen[here] = True
            self.row_from[here] = columns[held[here].argmax(axis=1)]
        return -1

    def send(self, end: int) -> None:
        """Send as much as can go along the way that ends at a column."""
        takes: list[tuple[int, int]] = []
        gives: list[tuple[int, int]] = []
        column = end
        while column >= 0:
            row = int(self.column_from[column])
            takes.append((row, column))
            column = int(self.row_from[row])
            if column >= 0:
                gives.append((row, column))
        start = takes[-1][0]
        much = min(int(self.row_left[start]), int(self.column_left[end]), *(int(self.amounts[cell]) for cell in gives))
        for cell in takes:
            self.amounts[cell] += much
        for cell in gives:
            self.amounts[cell] -= much
        self.row_left[start] -= much
        self.column_left[end] -= much
