"""Which target cells make a target (目标汇总): a unit's own cell, else what is below it.

For each measure and month: a unit that has a target of its own has that target; one that
has none has the sum of its people's and its child units' targets. So a target set at the
top holds even where it was not broken down exactly, and a company that sets targets only
for people sees them summed at every unit. What lies below a unit with an own target is
its breakdown (分解合计), shown beside it and never added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.filtering import Filter, between
from dacheng.core.period import Period
from dacheng.core.tree import UNKNOWN, Tree

OWN = 0
"""The ``person_id`` of a unit's own target."""

CELLS = "SELECT unit_id, person_id, measure_id, ym, amount FROM targets"


def cells_of(book: Book, period: Period, wanted: Filter) -> Rows:
    """Gather the target cells of a period that hold an amount."""
    where = wanted & between("ym", period.from_ym, period.to_ym) & Filter(("amount IS NOT NULL",))
    return book.gather(f"{CELLS} {where.where} ORDER BY unit_id, person_id, measure_id, ym", **where.params)


@dataclass(frozen=True)
class Grid:
    """Where each cell goes: measure × month side by side in one row of columns.

    Args:
        measures: ascending.
    """

    measures: IntArray
    period: Period

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.measures) * len(self.period)

    def column(self, cells: Rows) -> IntArray:
        """Return the column of each cell; its measure must be among the measures."""
        measure = np.searchsorted(self.measures, cells["measure_id"])
        return measure * len(self.period) + cells["ym"] - self.period.from_ym

    def months(self, amounts: IntArray) -> IntArray:
        """Return amounts of shape (rows, columns) as (rows, measures, months)."""
        return amounts.reshape(len(amounts), len(self.measures), len(self.period))


@dataclass(frozen=True)
class Amounts:
    """Amounts by row and column of the grid, 0 where not known."""

    value: IntArray
    known: BoolArray

    def only(self, keep: BoolArray | IntArray) -> Amounts:
        """Return some rows, in the order of ``keep``."""
        return Amounts(self.value[keep], self.known[keep])

    def followed_by(self, other: Amounts) -> Amounts:
        """Return the rows of both."""
        return Amounts(np.concatenate((self.value, other.value)), np.concatenate((self.known, other.known)))

    def summed(self) -> Amounts:
        """Return one row: the sum of all, known where any is."""
        return Amounts(
            np.sum(self.value, axis=0, keepdims=True), np.logical_or.reduce(self.known, axis=0, keepdims=True)
        )

    @classmethod
    def of(cls, rows: int, grid: Grid, at: IntArray, cells: Rows) -> Amounts:
        """Return the amounts of cells at their rows, added where several meet."""
        value = np.zeros((rows, grid.width), dtype=np.int64)
        known = np.zeros((rows, grid.width), dtype=np.bool_)
        np.add.at(value, (at, grid.column(cells)), cells["amount"])
        known[at, grid.column(cells)] = True
        return cls(value, known)


@dataclass(frozen=True)
class Planned:
    """Targets of every unit of a tree, by position: the target itself and its breakdown."""

    target: Amounts
    below: Amounts


def planned(tree: Tree, grid: Grid, cells: Rows) -> Planned:
    """Add targets up the tree: own cell where there is one, else people and child units."""
    at = tree.position_of(cells["unit_id"])
    of_unit = cells["person_id"] == OWN
    own = Amounts.of(len(tree), grid, at[of_unit], cells.only(of_unit))
    below = Amounts.of(len(tree), grid, at[~of_unit], cells.only(~of_unit))
    target = Amounts(np.zeros_like(own.value), np.zeros_like(own.known))
    for level in range(int(np.max(tree.depth, initial=0)), -1, -1):
        here = np.flatnonzero(tree.depth == level)
        target.value[here] = np.where(own.known[here], own.value[here], below.value[here])
        target.known[here] = own.known[here] | below.known[here]
        _add_to_parents(tree, here, target, below)
    return Planned(target, below)


def _add_to_parents(tree: Tree, here: IntArray, target: Amounts, below: Amounts) -> None:
    parent = tree.parent_position[here]
    has_parent = parent != UNKNOWN
    np.add.at(below.value, parent[has_parent], target.value[here[has_parent]])
    np.logical_or.at(below.known, parent[has_parent], target.known[here[has_parent]])


def that_count(tree: Tree, grid: Grid, cells: Rows) -> BoolArray:
    """Return which cells make the target of all of them: those not below another one that does."""
    at = tree.position_of(cells["unit_id"])
    of_unit = cells["person_id"] == OWN
    own = Amounts.of(len(tree), grid, at[of_unit], cells.only(of_unit)).known
    above = np.zeros_like(own)  # whether a unit above has its own target
    for level in range(1, int(np.max(tree.depth, initial=0)) + 1):
        here = np.flatnonzero(tree.depth == level)
        parent = tree.parent_position[here]
        above[here] = above[parent] | own[parent]
    column = grid.column(cells)
    covered: BoolArray = above[at, column] | (~of_unit & own[at, column])
    return ~covered
