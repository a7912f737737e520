"""A whole tree of year amounts on months, to the 分 (组织 × 月份 整分).

The exact value of a cell is *the year of its node × the share of its month*. Every cell of every
node, at all levels, becomes the floor or the ceiling of its exact value, the months of a node add up
to its year, and the children of a node add up to it in every month. Such a rounding always exists:
cells, nodes and years are the arcs of a flow network, whose bounds are whole numbers and which the
exact values satisfy. It need not exist for one given rounding of the parent, so a parent's months
are chosen first and changed where its children cannot meet them.

Steps: floors and remainders as whole numbers; each row by differences of rounded running sums; then
level by level single 分 are moved between two months of one row until the children meet their
parent, all parents of a level at once; what is left is rerouted through the whole network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray, WholeArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import Weights, floor_shares, in_yuan, split, split_many, whole_weights
from dacheng.core.targets.rerouting import Flow, reroute
from dacheng.core.tree import UNKNOWN

_DIRECT = 2**62
"""Products below this fit int64 with room for one addition."""

_GOLDEN = (5**0.5 - 1) / 2
_START_BITS = 20
_NARROW, _WIDE = 16, 63

Masks: TypeAlias = WholeArray
"""Shape (rows,), bit m set when it holds in month m."""


@dataclass(frozen=True, slots=True, eq=False)
class MonthCells:
    """Months of every node of a tree, with what they were rounded from.

    Args:
        cells: shape (nodes, months), 分.
        years: shape (nodes,), 分.
        weights: shape (months,), whole numbers, the same for all nodes.
    """

    cells: IntArray
    years: IntArray
    weights: WholeArray

    def exact(self, node: int, month: int) -> Fraction:
        """Return what a cell was before it was rounded: the year of its node × the share of its month."""
        whole = sum(int(weight) for weight in self.weights)
        return Fraction(int(self.years[node]) * int(self.weights[month]), whole)

    def rounding(self, node: int, month: int) -> Fraction:
        """Return what rounding added to a cell, between −1 and 1 分 exclusive."""
        return int(self.cells[node, month]) - self.exact(node, month)


def round_months(parent: IntArray, years: IntArray, weights: Weights) -> MonthCells:
    """Spread the year of every node over months by the same weights, true across and down.

    Defined as::  exact = year of the node × weight of the month ÷ all weights
    A node at the top has its months by largest remainder, ties to the earlier month, unless its
    children cannot add up to that. Amounts may have any sign; a total below zero is mirrored.

    Args:
        parent: shape (nodes,), the position of the node above each, smaller than its own; -1 at the top.
        years: shape (nodes,), 分, of every node; a node with children has their sum.
        weights: shape (months,), >= 0, not all zero; integers, Decimal or Fraction.

    Returns:
        Cells of shape (nodes, months): each the floor or the ceiling of its exact value, rows and
        children exact.

    Raises:
        RuleError: a weight is negative or all are zero, or a node is not the sum of its children.

    Source: R042, R044; performance goal 7; golden cases G11b, G68.

    >>> round_months(np.array([-1, 0, 0]), np.array([10, 5, 5]), [1, 1, 1, 1]).cells.tolist()
    [[3, 3, 2, 2], [2, 1, 1, 1], [1, 2, 1, 1]]
    """
    whole = whole_weights(weights)
    split(0, whole)  # refuses weights that split nothing
    _check_sums(parent, years)
    sign = -1 if int(years[parent == UNKNOWN].sum()) < 0 else 1
    order = np.concatenate([*_levels(parent), np.zeros(0, dtype=np.int64)])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    above = np.where(parent[order] == UNKNOWN, UNKNOWN, place[parent[order]])
    cells = np.empty((len(order), len(whole)), dtype=np.int64)
    cells[order] = sign * _rounded(above, sign * years[order], whole).T
    return MonthCells(cells, years, whole)


def months_by_own_weights(parent: IntArray, years: IntArray, weights: WholeArray) -> IntArray:
    """Spread each leaf by weights of its own; a node above has the sum of what is below it.

    Free are the years and weights of the leaves. The months of a parent follow from them, so there
    is nothing to force and the weights of a parent are not read.

    Args:
        parent: as in ``round_months``. years: shape (nodes,), 分; only those of leaves are read.
        weights: shape (nodes, months), whole numbers; each leaf's >= 0 and not all zero.

    Returns:
        Shape (nodes, months), 分.

    Raises:
        RuleError: a weight of a leaf is negative or all are zero.

    >>> months_by_own_weights(np.array([-1, 0, 0]), np.array([0, 3, 4]), np.array([[0, 0], [2, 1], [1, 3]])).tolist()
    [[3, 4], [2, 1], [1, 3]]
    """
    leaves = np.flatnonzero(~_has_children(parent))
    months = weights.shape[1]
    cells = np.zeros(weights.shape, dtype=np.int64)
    group = np.repeat(np.arange(len(leaves)), months)
    cells[leaves] = split_many(years[leaves], weights[leaves].ravel(), group).reshape(-1, months)
    for level in reversed([*_levels(parent)][1:]):
        np.add.at(cells, parent[level], cells[level])
    return cells


def _rounded(parent: IntArray, years: IntArray, weights: WholeArray) -> IntArray:
    """Return the cells of nodes that stand level by level, siblings together, shape (months, nodes)."""
    cells, raised, free = _each_alone(years, weights)
    unmet: list[int] = []
    for number, level in enumerate(_stretches(parent)):
        if number == 0:
            _tops(level, years, weights, cells, raised)
            continue
        above = parent[level]
        first = np.flatnonzero(np.concatenate(([True], above[1:] != above[:-1])))
        need = cells[:, above[first]] - np.add.reduceat(cells[:, level], first, axis=1)
        families = _Families(raised[level], free[level], first, np.diff(first, append=len(above)), need.T.copy())
        before = raised[level].copy()
        unmet += above[first[families.settle()]].tolist()
        _follow(cells[:, level], before, raised[level])
    if unmet:
        floor = cells - _opened(raised, len(weights))
        reroute(Flow(parent, cells, floor, floor + _opened(free, len(weights))), unmet)
    return cells


def _each_alone(years: IntArray, weights: WholeArray) -> tuple[IntArray, Masks, Masks]:
    """Return cells true across, and the months in which each stands at its ceiling or has a choice.

    A cell is raised where the running sum of the remainders passes one. Each row begins at another
    place of the golden sequence: no month is favoured and columns come out almost even.
    """
    whole = sum(int(weight) for weight in weights)
    passed = _starts(len(years), whole)
    cells = np.empty((len(weights), len(years)), dtype=np.int64)
    kind = _mask_kind(len(weights))
    raised: Masks = np.zeros(len(years), dtype=kind)
    free: Masks = np.zeros(len(years), dtype=kind)
    for month, weight in enumerate(weights.tolist()):
        floor, rest = _floors(years, weight, whole)
        passed = passed + rest
        over = passed >= whole
        passed = passed - over.astype(passed.dtype) * whole
        cells[month] = floor + over
        raised |= over.astype(kind) << _bit(month, kind)
        free |= (rest > 0).astype(kind) << _bit(month, kind)
    return cells, raised, free


def _starts(rows: int, whole: int) -> WholeArray:
    """Return a place below the whole for each row, by the golden sequence, in a type that holds the whole."""
    fine = 1 << _START_BITS
    part = (((np.arange(rows) * _GOLDEN + 0.5) % 1) * fine).astype(np.int64)
    part = part if whole < _DIRECT else part.astype(object)
    return part * (whole // fine) + part * (whole % fine) // fine


def _floors(years: IntArray, weight: int, whole: int) -> tuple[IntArray, WholeArray]:
    """Return floor(year × weight / whole) and the remainders, shape (nodes,), exactly."""
    if max(int(np.max(np.abs(years), initial=0)), 1) * whole < _DIRECT:
        product = years * weight
        floor = product // whole
        return floor, product - floor * whole
    kind = np.int64 if whole < _DIRECT else object
    each, wholes = np.full(len(years), weight, dtype=kind), np.full(len(years), whole, dtype=kind)
    size, rest = floor_shares(np.abs(years), each, wholes)
    below = (years < 0) & (rest > 0)
    return np.where(years < 0, -size, size) - below, np.where(below, whole - rest, rest)


def _tops(level: slice, years: IntArray, weights: WholeArray, cells: IntArray, raised: Masks) -> None:
    """Give each node at the top its months by largest remainder."""
    for node in range(level.start, level.stop):
        before = cells[:, node] - _opened(raised[node : node + 1], len(weights))[:, 0]
        cells[:, node] = split(int(years[node]), weights)
        raised[node] = sum(1 << month for month in np.flatnonzero(cells[:, node] > before).tolist())


def _follow(cells: IntArray, before: Masks, after: Masks) -> None:
    """Bring cells of shape (months, rows) to the masks that were changed."""
    rows = np.flatnonzero(before != after)
    cells[:, rows] += _opened(after[rows], len(cells)) - _opened(before[rows], len(cells))


def _opened(masks: Masks, months: int) -> IntArray:
    """Return masks as 0 and 1, shape (months, rows)."""
    return np.array([(masks >> month & 1).astype(np.int64) for month in range(months)])


def _mask_kind(months: int) -> type:
    return np.uint16 if months <= _NARROW else np.int64 if months <= _WIDE else object


def _bit(month: int, kind: type) -> Any:
    return month if kind is object else kind(month)


def _stretches(parent: IntArray) -> Iterator[slice]:
    """Yield where each level stands, the tops first, when nodes stand level by level."""
    start, stop = 0, int(np.count_nonzero(parent == UNKNOWN))
    while start < stop:
        yield slice(start, stop)
        start, stop = stop, int(np.searchsorted(parent, stop))


@dataclass(frozen=True, slots=True, eq=False)
class _Families:
    """Rows of one level, those of a parent side by side; settled in place.

    Args:
        raised: the months in which a row stands at its ceiling; free: those in which it has a choice.
        first: shape (families,), its first row. size: shape (families,), its rows.
        need: shape (families, months), what its rows lack to meet the parent; each row adds up to 0.
    """

    raised: Masks
    free: Masks
    first: IntArray
    size: IntArray
    need: IntArray

    def settle(self) -> IntArray:
        """Move until nothing is needed; return the families for which that cannot be.

        Each round moves between the months of greatest surplus and greatest need; a family in which
        no row can do that takes one step of a shortest way over other months. Ways get shorter and
        needs smaller, so it ends.
        """
        unmet: list[int] = []
        active = np.flatnonzero(self.need.any(axis=1))
        while active.size:
            need = self.need[active]
            much = np.minimum(-need.min(axis=1), need.max(axis=1))
            moved = self._move(active, need.argmin(axis=1), need.argmax(axis=1), much)
            blocked = active[moved == 0]
            if blocked.size:
                found, give, take = self._step(blocked)
                self._move(blocked[found], give[found], take[found], np.ones(int(found.sum()), dtype=np.int64))
                unmet += blocked[~found].tolist()
                active = np.setdiff1d(active, blocked[~found], assume_unique=True)
            active = active[self.need[active].any(axis=1)]
        return np.array(unmet, dtype=np.int64)

    def _rows(self, families: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return the rows of families, their first places among these, and the family's place of each."""
        size = self.size[families]
        first = np.cumsum(size) - size
        rows = np.repeat(self.first[families] - first, size) + np.arange(int(size.sum()))
        return rows, first, np.repeat(np.arange(len(families)), size)

    def _move(self, families: IntArray, give: IntArray, take: IntArray, much: IntArray) -> IntArray:
        """Lower month ``give`` and raise month ``take`` in up to ``much`` rows of each family; return how many."""
        rows, first, place = self._rows(families)
        bits = np.array([1 << month for month in range(self.need.shape[1])], dtype=self.raised.dtype)
        lower, higher = bits[give][place], bits[take][place]
        raised = self.raised[rows]
        able = (raised & (lower | higher) == lower) & (self.free[rows] & higher != 0)
        hits = np.flatnonzero(able)
        rank = np.arange(len(hits)) - np.searchsorted(hits, first)[place[hits]]
        chosen = hits[rank < much[place[hits]]]
        self.raised[rows[chosen]] ^= (lower | higher)[chosen]
        moved = np.bincount(place[chosen], minlength=len(families))
        self.need[families, give] += moved
        self.need[families, take] -= moved
        return moved

    def _step(self, families: IntArray) -> tuple[BoolArray, IntArray, IntArray]:
        """Return whether a way from a surplus to a need exists, and its first step (give, take)."""
        reach = self._reach(families)
        need = self.need[families]
        near = need > 0
        found = np.zeros(len(families), dtype=np.bool_)
        give, take = np.zeros((2, len(families)), dtype=np.int64)
        seen = near.copy()
        while near.any():
            toward = reach & near[:, np.newaxis, :]
            nearer = toward.any(axis=2) & ~seen
            starts = nearer & (need < 0) & ~found[:, np.newaxis]
            here = np.flatnonzero(starts.any(axis=1))
            give[here] = starts[here].argmax(axis=1)
            take[here] = toward[here, give[here]].argmax(axis=1)
            found[here] = True
            near = nearer & ~found[:, np.newaxis]
            seen |= nearer
        return found, give, take

    def _reach(self, families: IntArray) -> BoolArray:
        """Tell whether some row can give from one month to another, shape (families, months, months)."""
        rows, first, _ = self._rows(families)
        raised, may_rise = self.raised[rows], self.free[rows] & ~self.raised[rows]
        months = self.need.shape[1]
        reach = np.zeros((len(families), months, months), dtype=np.bool_)
        for give in range(months):
            taking = np.bitwise_or.reduceat(np.where(raised >> give & 1, may_rise, 0 * may_rise), first)
            for take in range(months):
                reach[:, give, take] = (taking >> take & 1).astype(np.bool_)
        return reach


def _has_children(parent: IntArray) -> BoolArray:
    found = np.zeros(len(parent), dtype=np.bool_)
    found[parent[parent != UNKNOWN]] = True
    return found


def _levels(parent: IntArray) -> Iterator[IntArray]:
    """Yield the nodes of each depth, the tops first, those of one parent together in order."""
    order = np.argsort(parent, kind="stable")
    children = np.bincount(parent[parent != UNKNOWN], minlength=len(parent))
    tops = int(np.count_nonzero(parent == UNKNOWN))
    first = tops + np.cumsum(children) - children
    level = order[:tops]
    while level.size:
        yield level
        count = children[level]
        before = np.cumsum(count) - count
        level = order[np.repeat(first[level] - before, count) + np.arange(int(count.sum()))]


def _check_sums(parent: IntArray, years: IntArray) -> None:
    below = np.zeros(len(parent), dtype=np.int64)
    inner = np.flatnonzero(parent != UNKNOWN)
    np.add.at(below, parent[inner], years[inner])
    wrong = np.flatnonzero(_has_children(parent) & (below != years))
    if wrong.size:
        node = int(wrong[0])
        own, summed = in_yuan(years[node]), in_yuan(below[node])
        raise RuleError(
            Text(
                f"第 {node + 1} 个节点的全年是 {own} 元，下级合计 {summed} 元。",
                f"The year of node {node + 1} is {own}, its children add up to {summed}.",
            ),
            Text(
                "先分平全年，再分到月；超配另列一层。",
                "Balance the years first; keep over-assignment as its own layer.",
            ),
        )
