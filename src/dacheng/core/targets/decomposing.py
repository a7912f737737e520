"""A total broken down a whole tree, proved, and edited afterwards (逐级分解、分解证明、回填与调剂).

Nodes are the positions of a ``Tree``; weights, bounds and pins may stand at any of them. What is
fixed or bounded below holds upwards too, so that a plan that is possible is found at the first go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from dacheng.core.arrays import BoolArray, IntArray, WholeArray
from dacheng.core.errors import Text
from dacheng.core.money import group_sums
from dacheng.core.targets.allocating import (
    AT_CAP,
    AT_FLOOR,
    HELD_BELOW,
    ORIGIN_LABELS,
    SHARED,
    Allocation,
    allocate_possible,
)
from dacheng.core.targets.feasibility import (
    UNCAPPED,
    Breakdown,
    Clash,
    Naming,
    Room,
    Stated,
    clashes,
    faults_of,
    nth_part,
    put_right,
    refusal_of,
)
from dacheng.core.tree import Tree

_TOO_MUCH = ("fixed-beyond-total", "least-beyond-total")


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """What a decomposition goes by, one row a position of the tree (分解条件).

    Args:
        weights: shape (n,), whole numbers >= 0, among siblings; that of the top counts for nothing.
        floor, cap, pin: shape (n,), minor units with their sign.
    """

    weights: WholeArray
    floor: Stated
    cap: Stated
    pin: Stated

    @classmethod
    def of(
        cls,
        weights: WholeArray | Sequence[int],
        *,
        floor: Stated | None = None,
        cap: Stated | None = None,
        pin: Stated | None = None,
    ) -> Terms:
        """Return terms; what is left out is not stated anywhere."""
        one = Breakdown.of([0], weights, floor=floor, cap=cap, pin=pin)
        return cls(one.weights, one.floor, one.cap, one.pin)

    def family(self, family: Family, totals: IntArray) -> Breakdown:
        """Return the breakdown of the families of a level."""
        rows = family.rows
        bounds = (self.floor.of_rows(rows), self.cap.of_rows(rows), self.pin.of_rows(rows))
        return Breakdown(totals, family.group, self.weights[rows], *bounds)

    def mirrored(self) -> Terms:
        """Return the terms of the negated total."""
        every = np.ones(len(self.weights), dtype=np.bool_)
        return replace(
            self,
            floor=self.floor.mirrored_where(every, self.cap),
            cap=self.cap.mirrored_where(every, self.floor),
            pin=self.pin.mirrored_where(every, self.pin),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """All nodes of a depth by their parents.

    Args:
        parents: shape (m,), ascending positions. rows: shape (k,), ascending positions.
        group: shape (k,), for each row the index of its parent among the parents.
    """

    parents: IntArray
    rows: IntArray
    group: IntArray

    @classmethod
    def at(cls, tree: Tree, rows: IntArray) -> Family:
        """Return some nodes of one depth by their parents; siblings must be there together."""
        parents, group = np.unique(tree.parent_position[rows], return_inverse=True)
        return cls(parents, rows, group)


def families(tree: Tree) -> list[Family]:
    """Return the levels of a tree below the top, the highest first."""
    levels = range(1, int(np.max(tree.depth, initial=0)) + 1)
    return [Family.at(tree, np.flatnonzero(tree.depth == level)) for level in levels]


@dataclass(frozen=True, slots=True)
class Cell:
    """How one amount came about (来历).

    Args:
        share: of what was shared by weight among its siblings; None for one that did not share.
        unit: -1, 0 or 1 minor unit that rounding added.
    """

    amount: int
    origin: Text
    weight: int
    share: Fraction | None
    unit: int


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """Every sum of a decomposition, one row a node that has children (分解证明).

    Args:
        parents: shape (k,), positions. amount, below: shape (k,), minor units: the node's own, its children's.
    """

    parents: IntArray
    amount: IntArray
    below: IntArray

    @property
    def difference(self) -> IntArray:
        """Return the node's amount less its children's, shape (k,): 0 where the sum holds."""
        return self.amount - self.below

    @property
    def holds(self) -> bool:
        """Tell whether every sum is true to the minor unit."""
        return not np.any(self.difference)


def proof_of(tree: Tree, amount: IntArray) -> Proof:
    """Add up every node's children anew, however the amounts were made.

    Args:
        amount: shape (n,), minor units, by position.
    """
    below = np.zeros(len(tree), dtype=np.int64)
    np.add.at(below, tree.parent_position[1:], amount[1:])
    parents = np.flatnonzero(tree.ends > np.arange(len(tree)) + 1)
    return Proof(parents, amount[parents], below[parents])


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """A total broken down a tree, by position.

    Args:
        amount, origin, unit: shape (n,), as in ``Allocation``; the top counts as shared.
        sharing: shape (n,), whole: the weights together of the node's siblings, itself included, that share.
    """

    tree: Tree
    terms: Terms
    amount: IntArray
    origin: NDArray[np.int8]
    unit: IntArray
    sharing: WholeArray

    def cell(self, position: int) -> Cell:
        """Return how the amount of a node came about."""
        weight, sharing = int(self.terms.weights[position]), int(self.sharing[position])
        shares = self.origin[position] == SHARED and sharing > 0
        return Cell(
            int(self.amount[position]),
            ORIGIN_LABELS[int(self.origin[position])],
            weight,
            Fraction(weight, sharing) if shares else None,
            int(self.unit[position]),
        )

    def proof(self) -> Proof:
        """Return every sum and whether it holds."""
        return proof_of(self.tree, self.amount)


def cascade(tree: Tree, total: int, terms: Terms, name: Naming = nth_part) -> Decomposition:
    """Break a total down a tree level by level, every split exact (逐级分解).

    A pin or bound below holds upwards: a node takes at least what is fixed or bounded below it.

    Args:
        tree: at least one node. total: minor units, of the top. name: of a node by its position.

    Raises:
        RuleError: impossible; names the first conflicting cells and says how many conflicts there are.

    Source: R041; golden case G10.

    >>> tree = Tree.of([1, 2, 3, 4], [0, 1, 1, 2])
    >>> cascade(tree, 100, Terms.of([1, 1, 1, 1], pin=Stated.of([None, None, 70, None]))).amount.tolist()
    [100, 70, 70, 30]
    """
    found, descent = _decomposed(tree, total, terms)
    if found:
        raise refusal_of(found, name, name)
    return Decomposition(tree, terms, descent.amount, descent.origin, descent.unit, descent.sharing)


def clashes_of_tree(tree: Tree, total: int, terms: Terms) -> list[Clash]:
    """Return what makes a cascade impossible; groups and children are positions.

    Where a node is held by what stands below it, those below are named. What shows only once
    amounts have come down (no weight under a node that gets something, a cell of the other sign
    than the total) is returned of the highest level that has it, when nothing else is wrong.
    """
    return _decomposed(tree, total, terms)[0]


def bounds_from_below(tree: Tree, total: int, terms: Terms) -> Terms:
    """Return the terms with the floors and caps that pins and bounds further down amount to."""
    return _upward(tree, total, terms)[1]


def _decomposed(tree: Tree, total: int, terms: Terms) -> tuple[list[Clash], _Descent]:
    at_top = np.zeros(len(tree), dtype=np.int64)
    everywhere = terms.family(Family(at_top[:1], np.arange(len(tree)), at_top), at_top[:1])
    found = [replace(one, group=max(int(tree.parent_position[one.children[0]]), 0)) for one in faults_of(everywhere)]
    if found:
        sound = put_right(everywhere)
        terms = Terms(sound.weights, sound.floor, sound.cap, sound.pin)
    found += _top_clashes(total, terms)
    further, effective, below = _upward(tree, total, terms)
    found += further
    descent = _Descent.of(tree, total)
    return found or descent.down(effective, below), descent


def _top_clashes(total: int, terms: Terms) -> list[Clash]:
    """Return the clashes of the total with what is stated of the top itself."""
    top = np.zeros(1, dtype=np.int64)
    alone = terms.family(Family(top, top, top), np.array([total], dtype=np.int64))
    return clashes(replace(alone, weights=np.ones(1, dtype=np.int64)))


def _upward(tree: Tree, total: int, terms: Terms) -> tuple[list[Clash], Terms, BoolArray]:
    """Return the clashes with what comes from below, the terms with it, and where it is what holds."""
    upward = _Upward.of(tree, terms.mirrored() if total < 0 else terms, abs(total))
    found = [_unmirrored(one, total) for one in upward.climb()]
    effective = upward.effective()
    return found, effective.mirrored() if total < 0 else effective, upward.from_below


def _unmirrored(clash: Clash, total: int) -> Clash:
    return replace(clash, seen=-clash.seen, limit=-clash.limit) if total < 0 else clash


@dataclass(slots=True, eq=False)
class _Upward:
    """Bounds carried upwards, for a total of zero or more; arrays of shape (n,), filled level by level."""

    tree: Tree
    terms: Terms
    least: Stated
    most: Stated
    floor: Stated
    cap: Stated
    from_below: BoolArray

    @classmethod
    def of(cls, tree: Tree, terms: Terms, total: int) -> _Upward:
        least, most = terms.pin.or_else(terms.floor), terms.pin.or_else(terms.cap)
        for one in (least, most):
            one.value[0], one.known[0] = total, True
        floor = Stated(terms.floor.value.copy(), terms.floor.known.copy())
        cap = Stated(terms.cap.value.copy(), terms.cap.known.copy())
        return cls(tree, terms, least, most, floor, cap, np.zeros(len(tree), dtype=np.bool_))

    def effective(self) -> Terms:
        """Return the terms with the bounds that come from below."""
        return replace(self.terms, floor=self.floor, cap=self.cap)

    def climb(self) -> list[Clash]:
        """Carry the bounds up to the top; return where what is below does not fit."""
        found: list[Clash] = []
        for family in reversed(families(self.tree)):
            found += self._level(family)
        return found

    def _level(self, family: Family) -> Iterator[Clash]:
        parents = family.parents
        room = Room.of(self.effective().family(family, np.zeros(len(parents), dtype=np.int64)))
        free = room.high == UNCAPPED
        least = group_sums(room.low, family.group, len(parents))
        most = group_sums(np.where(free, 0, room.high), family.group, len(parents))
        # Children without weight bound nothing: that a weight is lacking is said, not gone around.
        pinned, weighing = self.terms.pin.known[family.rows], self.terms.weights[family.rows] > 0
        settled = np.bincount(family.group[~pinned], minlength=len(parents)) == 0
        weighed = np.bincount(family.group[weighing & ~pinned], minlength=len(parents)) > 0
        bounded = (np.bincount(family.group[free], minlength=len(parents)) == 0) & (settled | weighed)
        # A node that must be negative is the mirror of its own children: they are looked at on the way down.
        upright = ~(self.most.known[parents] & (self.most.value[parents] < 0))
        much = upright & self.most.known[parents] & (least > self.most.value[parents])
        little = upright & bounded & self.least.known[parents] & (most < self.least.value[parents])
        yield from self._clashes(family, much, self.most)
        yield from self._clashes(family, little, self.least)
        fits = upright & ~much & ~little
        self._raise_floor(parents[fits & (least > 0)], least[fits & (least > 0)])
        self._lower_cap(parents[fits & bounded], most[fits & bounded])

    def _clashes(self, family: Family, where: BoolArray, limit: Stated) -> Iterator[Clash]:
        if not np.any(where):
            return
        totals = np.where(where, limit.value[family.parents], 0)
        too_much = limit is self.most
        for clash in clashes(self.effective().family(family, totals)):
            if where[clash.group] and (clash.kind in _TOO_MUCH) == too_much:
                yield self._in_tree(clash, family, too_much)

    def _in_tree(self, clash: Clash, family: Family, too_much: bool) -> Clash:
        cells = [cell for child in clash.children for cell in self._stated(int(family.rows[child]), too_much)]
        return replace(clash, group=int(family.parents[clash.group]), children=tuple(cells))

    def _stated(self, position: int, too_much: bool) -> list[int]:
        """Return the cells that hold a node: those below it where the bound comes from there, else itself."""
        if not self.from_below[position] or self.terms.pin.known[position]:
            return [position]
        bound = self.terms.floor if too_much else self.terms.cap
        under = np.arange(position + 1, self.tree.ends[position])
        return under[(bound.known | self.terms.pin.known)[under]].tolist() or [position]

    def _raise_floor(self, at: IntArray, least: WholeArray) -> None:
        higher = ~self.floor.known[at] | (least > self.floor.value[at])
        at, least = at[higher], least[higher]
        self.floor.value[at], self.floor.known[at], self.from_below[at] = least, True, True

    def _lower_cap(self, at: IntArray, most: WholeArray) -> None:
        lower = ~self.cap.known[at] | (most < self.cap.value[at])
        at, most = at[lower], most[lower]
        self.cap.value[at], self.cap.known[at], self.from_below[at] = most, True, True


@dataclass(slots=True, eq=False)
class _Descent:
    """Amounts on their way down; arrays of shape (n,), filled level by level."""

    tree: Tree
    amount: IntArray
    origin: NDArray[np.int8]
    unit: IntArray
    sharing: WholeArray

    @classmethod
    def of(cls, tree: Tree, total: int) -> _Descent:
        amount, unit = np.zeros((2, len(tree)), dtype=np.int64)
        amount[0] = total
        return cls(tree, amount, np.full(len(tree), SHARED, dtype=np.int8), unit, np.zeros(len(tree), dtype=object))

    def down(self, effective: Terms, below: BoolArray) -> list[Clash]:
        """Break every level down from the one above it; stop at the first that cannot be, and return why."""
        for family in families(self.tree):
            breakdown = effective.family(family, self.amount[family.parents])
            room = Room.of(breakdown)
            found = clashes(breakdown, room)
            if found:
                return [_placed(one, family) for one in found]
            self._take(family, allocate_possible(breakdown, room), below[family.rows])
        return []

    def _take(self, family: Family, found: Allocation, below: BoolArray) -> None:
        rows = family.rows
        held = below & ((found.origin == AT_FLOOR) | (found.origin == AT_CAP))
        self.amount[rows], self.unit[rows] = found.amount, found.unit
        self.origin[rows] = np.where(held, HELD_BELOW, found.origin)
        self.sharing[rows] = found.sharing[family.group]


def _placed(clash: Clash, family: Family) -> Clash:
    """Return a clash of a level in positions of the tree."""
    children = tuple(int(family.rows[child]) for child in clash.children)
    return replace(clash, group=int(family.parents[clash.group]), children=children)
