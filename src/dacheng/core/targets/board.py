"""The board behind the attainment report: units and people with what is planned and done.

A *subject* is a unit or a person at a unit. Arrays have one row a subject, and one column
a measure or, for plans, a measure and month.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray, paired, pairs_in
from dacheng.core.book import Book, Rows
from dacheng.core.filtering import in_unit
from dacheng.core.org.branches import branch_of, topmost
from dacheng.core.period import Period
from dacheng.core.targets.cascading import OWN, Amounts, Grid, cells_of, planned
from dacheng.core.targets.results import COUNTS, counting, results
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN, Tree

UNITS = "SELECT unit_id, closed FROM units ORDER BY unit_id"


@dataclass(frozen=True)
class Board:
    """Subjects with what is planned and done.

    Args:
        unit_id, person_id: shape (s,); ``person_id`` 0 for the unit itself.
        target, below: amounts of shape (s, m · months); the target and its breakdown.
        done: shape (s, m), 0 where nothing is done.
        there, counted: shape (s, m), parts of results, and those with a known amount.
        own, left_out: shape (s, m), results at their owner, and those of them without a known amount.
        measured: the measures whose results are known.
    """

    grid: Grid
    measured: tuple[int, ...]
    unit_id: IntArray
    person_id: IntArray
    target: Amounts
    below: Amounts
    done: IntArray
    there: IntArray
    counted: IntArray
    own: IntArray
    left_out: IntArray

    def __len__(self) -> int:
        return len(self.unit_id)

    @property
    def done_known(self) -> BoolArray:
        """Return where done is known: measures with results, unless no result tells its amount."""
        with_results = np.isin(self.grid.measures, self.measured)[np.newaxis, :]
        known: BoolArray = with_results & ((self.there == 0) | (self.counted > 0))
        return known

    @property
    def sums(self) -> tuple[IntArray, ...]:
        """Return what is done and its counts."""
        return self.done, self.there, self.counted, self.own, self.left_out

    def only(self, keep: BoolArray | IntArray) -> Board:
        """Return some subjects, in the order of ``keep``."""
        return Board(
            self.grid,
            self.measured,
            self.unit_id[keep],
            self.person_id[keep],
            self.target.only(keep),
            self.below.only(keep),
            *(one[keep] for one in self.sums),
        )

    def followed_by(self, other: Board) -> Board:
        """Return the subjects of both."""
        return Board(
            self.grid,
            self.measured,
            np.concatenate((self.unit_id, other.unit_id)),
            np.concatenate((self.person_id, other.person_id)),
            self.target.followed_by(other.target),
            self.below.followed_by(other.below),
            *(np.concatenate(both) for both in zip(self.sums, other.sums, strict=True)),
        )

    def summed(self) -> Board:
        """Return one subject that is the sum of all; its unit and person are 0."""
        nobody = np.zeros(1, dtype=np.int64)
        sums = (one.sum(axis=0, keepdims=True) for one in self.sums)
        return Board(self.grid, self.measured, nobody, nobody, self.target.summed(), self.below.summed(), *sums)


@dataclass(frozen=True)
class Gathered:
    """Target cells and results that have a place in the tree, how many have none, and the measures with results."""

    cells: Rows
    sums: Rows
    homeless: int
    measured: tuple[int, ...]


def gathered(book: Book, period: Period, unit: int | None, measure: int | None) -> Gathered:
    """Gather target cells, and results by unit and owner, in at most five gathers."""
    wanted, counts = in_unit(book, unit), counting(book, period)
    cells = cells_of(book, period, wanted)
    sums = results(book, counts, ("unit_id", "owner_id"), wanted, None if measure is None else (measure,))
    if measure is not None:
        cells, sums = (rows.only(rows["measure_id"] == measure) for rows in (cells, sums))
    placed = [book.tree.position_of(rows["unit_id"]) != UNKNOWN for rows in (cells, sums)]
    homeless = sum(int((~one).sum()) for one in placed)
    return Gathered(cells.only(placed[0]), sums.only(placed[1]), homeless, counts.known)


def with_owners(found: Gathered, rows: Rows, measure: int | None) -> Gathered:
    """Return what was gathered with an empty result for each owner of a deal, so that he gets a row.

    Args:
        rows: with ``unit_id`` and ``owner_id``.
    """
    units, owners = pairs_in(np.unique(paired(rows["unit_id"], rows["owner_id"])))
    nothing = np.zeros(len(units), dtype=np.int64)
    more = {
        "unit_id": units,
        "owner_id": owners,
        "measure_id": np.full(len(units), CONTRACT if measure is None else measure, dtype=np.int64),
        "amount": nothing,
        **dict.fromkeys(COUNTS, nothing),
    }
    sums = Rows({name: np.concatenate((found.sums[name], column)) for name, column in more.items()})
    return Gathered(found.cells, sums, found.homeless, found.measured)


def places_of(tree: Tree, board: Board, rows: Rows) -> list[IntArray]:
    """Return for each subject where its rows are, ascending: a unit's with all below it, a person's own at his unit.

    Args:
        rows: with ``unit_id`` and ``owner_id``, every one of them in the tree.
    """
    position = tree.position_of(rows["unit_id"])
    order = np.argsort(position, kind="stable")
    whose = paired(rows["unit_id"], rows["owner_id"])
    by_pair = np.argsort(whose, kind="stable")
    pairs, begins = np.unique(whose[by_pair], return_index=True)
    own = dict(zip(pairs.tolist(), np.split(by_pair, begins[1:]) if len(pairs) else [], strict=True))
    subjects = paired(board.unit_id, board.person_id).tolist()
    none = np.zeros(0, dtype=np.int64)
    found = []
    for unit, person, subject in zip(board.unit_id.tolist(), board.person_id.tolist(), subjects, strict=True):
        top = tree.position_of(unit)
        first, end = np.searchsorted(position[order], [top, int(tree.ends[top])])
        found.append(np.sort(order[first:end]) if person == OWN else own.get(subject, none))
    return found


def laid_out(book: Book, grid: Grid, found: Gathered, unit: int | None, people: bool) -> Board:
    """Return the units to show and people, in tree order.

    Args:
        people: everybody; else only those at units that have no row.
    """
    units, persons = units_of(book.tree, grid, found), people_of(grid, found)
    units = units.only(units_to_show(book, unit, units, persons))
    elsewhere = ~np.isin(persons.unit_id, units.unit_id)
    return in_tree_order(book.tree, units.followed_by(persons if people else persons.only(elsewhere)))


def measures_in(found: Gathered) -> IntArray:
    """Return the measures that have a target or something done, ascending."""
    done = found.sums["measure_id"][found.sums["counted"] > 0]
    return np.union1d(found.cells["measure_id"], done)


def units_of(tree: Tree, grid: Grid, found: Gathered) -> Board:
    """Return every unit of the tree, by position, with everything below it."""
    plan = planned(tree, grid, found.cells)
    at = tree.position_of(found.sums["unit_id"])
    sums = [tree.roll_up(one, np.arange(len(tree))) for one in _sums(len(tree), at, grid, found.sums)]
    return Board(grid, found.measured, tree.unit_ids, np.full(len(tree), OWN), plan.target, plan.below, *sums)


def people_of(grid: Grid, found: Gathered) -> Board:
    """Return everybody with a target or a result, once for each unit at which he has one."""
    cells = found.cells.only(found.cells["person_id"] != OWN)
    sums = found.sums.only(np.isin(found.sums["measure_id"], grid.measures))
    units = np.concatenate((cells["unit_id"], sums["unit_id"]))
    persons = np.concatenate((cells["person_id"], sums["owner_id"]))
    pairs, at = np.unique(paired(units, persons), return_inverse=True)
    target = Amounts.of(len(pairs), grid, at[: len(cells)], cells)
    nothing = Amounts(np.zeros_like(target.value), np.zeros_like(target.known))
    totals = _sums(len(pairs), at[len(cells) :], grid, sums)
    return Board(grid, found.measured, *pairs_in(pairs), target, nothing, *totals)


def _sums(rows: int, at: IntArray, grid: Grid, sums: Rows) -> list[IntArray]:
    """Return amounts and their counts, shape (rows, measures) each."""
    in_grid = np.isin(sums["measure_id"], grid.measures)
    column = np.searchsorted(grid.measures, sums["measure_id"][in_grid])
    found = []
    for name in ("amount", *COUNTS):
        total = np.zeros((rows, len(grid.measures)), dtype=np.int64)
        np.add.at(total, (at[in_grid], column), sums[name][in_grid])
        found.append(total)
    return found


def units_to_show(book: Book, unit: int | None, units: Board, persons: Board) -> BoolArray:
    """Return which units get a row: the viewer's, without closed ones that have nothing and nobody.

    Who stands at a unit without a row would be counted beside the units above it.
    """
    seen = np.isin(units.unit_id, np.array(book.scope.units, dtype=np.int64))
    if unit is not None:
        seen &= book.tree.is_under(units.unit_id, unit)
    rows = book.gather(UNITS)
    closed = np.isin(units.unit_id, rows["unit_id"][rows["closed"] == 1])
    empty = ~units.target.known.any(axis=1) & ~units.there.any(axis=1) & ~np.isin(units.unit_id, persons.unit_id)
    shown: BoolArray = seen & ~(closed & empty)
    return shown


def tops_of(book: Book, unit: int | None) -> IntArray:
    """Return the units the board begins with: the one asked for, else the viewer's topmost ones."""
    return topmost(book) if unit is None else np.array([unit], dtype=np.int64)


def heads_of(tops: IntArray, board: Board) -> BoolArray:
    """Return the subjects whose sum is everything on the board, each counted once.

    These are the units it begins with, and people at units that have no row.
    """
    of_unit = board.person_id == OWN
    shown = board.unit_id[of_unit]
    heads: BoolArray = np.where(of_unit, np.isin(board.unit_id, tops), ~np.isin(board.unit_id, shown))
    return heads


def depth_of(tree: Tree, tops: IntArray, board: Board) -> IntArray:
    """Return how far each subject stands below the unit it is shown under; a person is one below his unit.

    Counted from what the viewer sees: the place in the whole tree is not his to know.
    """
    begin = branch_of(tree, tops[tree.position_of(tops) != UNKNOWN], board.unit_id)
    below = tree.depth[tree.position_of(board.unit_id)] - tree.depth[tree.position_of(begin)]
    under_row = (board.person_id != OWN) & np.isin(board.unit_id, board.unit_id[board.person_id == OWN])
    depth: IntArray = below + under_row
    return depth


def in_tree_order(tree: Tree, board: Board) -> Board:
    """Return units in tree order, each followed by its people by id."""
    return board.only(np.lexsort((board.person_id, tree.position_of(board.unit_id))))
