"""The organisation tree (组织树) as preorder positions: whatever is below a unit stands next to it.

A unit at position p has everything under it, itself included, at ``[p, ends[p])``.
So "is under" is a comparison and a roll-up is a difference of two prefix sums.
Positions are computed when a Book opens and never stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text

NO_PARENT = 0
"""The parent of the one unit at the top."""

UNKNOWN = -1
"""The position of a unit that is not in the tree, and of what is above the top."""

_NAMED_AT_MOST = 10

_DENSE = 1 << 22
"""Unit ids below this are looked up in an array by id, the others among the sorted ids."""


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Units in preorder, children by ascending unit id. Make it with ``Tree.of``.

    Args:
        unit_ids: shape (n,), the unit at each position.
        parent_position: shape (n,), always smaller than the unit's own; -1 at the top.
        depth: shape (n,), 0 at the top.
        ends: shape (n,), the position after the last unit below this one (exclusive).
    """

    unit_ids: IntArray
    parent_position: IntArray
    depth: IntArray
    ends: IntArray
    _known_ids: IntArray
    _known_positions: IntArray
    _by_id: IntArray | None

    @classmethod
    def of(cls, unit_ids: ArrayLike, parent_ids: ArrayLike) -> Tree:
        """Place every unit under its parent, or refuse: nobody falls out of the tree.

        Args:
            unit_ids: shape (n,), positive, in any order.
            parent_ids: shape (n,); 0 for the one unit at the top. No units at all is a tree too.

        Raises:
            RuleError: a unit stands twice, has an unknown parent, stands on a
                circle, or is a second top; names the units.

        >>> tree = Tree.of([1, 2, 3, 4], [0, 1, 1, 2])
        >>> tree.unit_ids.tolist(), tree.ends.tolist()
        ([1, 2, 4, 3], [4, 3, 3, 4])
        """
        units, parents = np.asarray(unit_ids, dtype=np.int64), np.asarray(parent_ids, dtype=np.int64)
        by_id = np.argsort(units, kind="stable")
        units, parents = units[by_id], parents[by_id]
        above = _rows_above(units, parents)
        levels = _levels(units, above)
        position, sizes = _preorder(above, levels)
        order = np.argsort(position)
        return cls(
            unit_ids=units[order],
            parent_position=np.where(above < 0, UNKNOWN, position[above])[order] if len(units) else above,
            depth=_depth(levels, len(units))[order],
            ends=(position + sizes)[order],
            _known_ids=units,
            _known_positions=position,
            _by_id=_by_id(units, position),
        )

    def __len__(self) -> int:
        return len(self.unit_ids)

    def __contains__(self, unit_id: int) -> bool:
        return self.position_of(unit_id) != UNKNOWN

    @overload
    def position_of(self, unit_ids: int) -> int: ...
    @overload
    def position_of(self, unit_ids: IntArray) -> IntArray: ...
    def position_of(self, unit_ids: Any) -> Any:
        """Return the position of each unit; -1 for one that is not in the tree."""
        wanted = np.asarray(unit_ids, dtype=np.int64)
        if self._by_id is not None:
            found = np.take(self._by_id, wanted, mode="clip")  # what lies outside falls on an end, where nobody is
        else:
            row = np.minimum(np.searchsorted(self._known_ids, wanted), len(self) - 1)
            found = np.where(self._known_ids[row] == wanted, self._known_positions[row], UNKNOWN)
        return found if found.ndim else int(found)

    def roll_up(self, values: IntArray, positions: IntArray) -> IntArray:
        """Sum each unit's own values and all below it.

        Args:
            values: shape (m,) or (m, k), whole numbers whose sums fit int64.
            positions: shape (m,), the unit each row belongs to.

        Returns:
            Shape (n,) or (n, k), one row a position, exact.

        Raises:
            RuleError: a row has no place in the tree; says how many.

        >>> tree = Tree.of([1, 2, 3], [0, 1, 1])
        >>> tree.roll_up(np.array([5, 7]), tree.position_of(np.array([2, 3]))).tolist()
        [12, 5, 7]
        """
        homeless = int(np.count_nonzero(positions < 0))
        if homeless:
            raise RuleError(
                Text(f"有 {homeless} 行不属于组织树中的任何单位。", f"{homeless} rows belong to no unit of the tree."),
                Text("请先给这些行指定单位。", "Give these rows a unit first."),
            )
        width = int(np.prod(values.shape[1:]))
        cell = positions[:, np.newaxis] * width + np.arange(width)
        own = np.zeros(len(self) * width, dtype=np.int64)
        np.add.at(own, cell.ravel(), values.ravel())
        up_to = np.zeros((len(self) + 1, width), dtype=np.int64)
        np.cumsum(own.reshape(len(self), width), axis=0, out=up_to[1:])
        return (up_to[self.ends] - up_to[:-1]).reshape(len(self), *values.shape[1:])

    @overload
    def is_under(self, unit_ids: int, head: int) -> bool: ...
    @overload
    def is_under(self, unit_ids: IntArray, head: int) -> BoolArray: ...
    def is_under(self, unit_ids: Any, head: int) -> Any:
        """Tell whether each unit is the head or stands below it; an unknown unit is under nothing."""
        top = self.position_of(head)
        if top == UNKNOWN:
            return np.zeros(np.shape(unit_ids), dtype=np.bool_) if np.ndim(unit_ids) else False
        position = self.position_of(unit_ids)
        return (position >= top) & (position < int(self.ends[top]))

    def subtree(self, unit_id: int) -> tuple[int, ...]:
        """Return a unit and all below it, in preorder.

        Raises:
            RuleError: the unit is not in the tree.
        """
        top = self._place(unit_id)
        return tuple(self.unit_ids[top : self.ends[top]].tolist())

    def ancestors(self, unit_id: int) -> tuple[int, ...]:
        """Return the units above a unit, the nearest first.

        Raises:
            RuleError: the unit is not in the tree.
        """
        above: list[int] = []
        at = int(self.parent_position[self._place(unit_id)])
        while at != UNKNOWN:
            above.append(int(self.unit_ids[at]))
            at = int(self.parent_position[at])
        return tuple(above)

    def _place(self, unit_id: int) -> int:
        position = self.position_of(unit_id)
        if position == UNKNOWN:
            raise RuleError(
                Text(f"组织树中没有单位 {unit_id}。", f"Unit {unit_id} is not in the tree."),
                Text("请选择当日存在的单位。", "Choose a unit that existed on that day."),
            )
        return position


def _rows_above(units: IntArray, parents: IntArray) -> IntArray:
    """Return the row of each unit's parent, -1 at the top; units ascending."""
    twice = units[1:][units[1:] == units[:-1]]
    if twice.size:
        raise RuleError(
            Text(f"单位 {_named(twice)} 出现了两次。", f"Units standing twice: {_named(twice)}."),
            Text("每个单位在一天里只能有一个上级。", "A unit has one parent on a day."),
        )
    row = np.minimum(np.searchsorted(units, parents), max(len(units) - 1, 0))
    lost = units[(parents != NO_PARENT) & (units[row] != parents)] if len(units) else units
    if lost.size:
        raise RuleError(
            Text(f"单位 {_named(lost)} 的上级不存在。", f"Units whose parent does not exist: {_named(lost)}."),
            Text("请给它们指定存在的上级；撤销的单位留在原处并标记为已关闭。", "Give them an existing parent."),
        )
    return np.where(parents == NO_PARENT, UNKNOWN, row)


def _by_id(units: IntArray, position: IntArray) -> IntArray | None:
    """Return the position of every id from 0 to one above the highest; None when ids are too high for that.

    Nobody has id 0, nor the one above the highest: both ends are unknown.
    """
    highest = int(units[-1]) if len(units) else 0
    if highest >= _DENSE:
        return None
    found = np.full(highest + 2, UNKNOWN, dtype=np.int64)
    found[units] = position
    return found


def _levels(units: IntArray, above: IntArray) -> list[IntArray]:
    """Return the rows of each depth, grouped by parent in order, siblings by unit id."""
    by_parent = np.argsort(above, kind="stable")
    children = np.bincount(above[above >= 0], minlength=len(units))
    first_child = np.count_nonzero(above < 0) + np.cumsum(children) - children
    level, levels = np.flatnonzero(above < 0), []
    while level.size:
        levels.append(level)
        level = by_parent[_stretches(first_child[level], children[level])]
    _check_reached(units, above, levels)
    return levels


def _stretches(starts: IntArray, counts: IntArray) -> IntArray:
    """Return ``start, start + 1, …`` of each start, one after the other."""
    offsets = np.cumsum(counts) - counts
    return np.repeat(starts - offsets, counts) + np.arange(int(counts.sum()))


def _check_reached(units: IntArray, above: IntArray, levels: list[IntArray]) -> None:
    reached = np.zeros(len(units), dtype=np.bool_)
    for level in levels:
        reached[level] = True
    if not reached.all():
        circle = " → ".join(str(unit) for unit in _circle(units, above, int(np.argmin(reached))))
        raise RuleError(
            Text(f"组织成环：{circle}。", f"The organisation runs in a circle: {circle}."),
            Text("请给其中一个单位换一个上级。", "Give one of these units another parent."),
        )
    if levels and len(levels[0]) > 1:
        tops = _named(units[levels[0]])
        raise RuleError(
            Text(f"有多个没有上级的单位：{tops}。", f"More than one unit has no parent: {tops}."),
            Text("只能有一个顶层单位，请给其余的指定上级。", "Keep one at the top and give the others a parent."),
        )


def _circle(units: IntArray, above: IntArray, row: int) -> list[int]:
    """Return the circle that a row leads up to, its first unit repeated at the end."""
    path: list[int] = []
    while row not in path:
        path.append(row)
        row = int(above[row])
    return [int(units[one]) for one in [*path[path.index(row) :], row]]


def _preorder(above: IntArray, levels: list[IntArray]) -> tuple[IntArray, IntArray]:
    """Return each row's position and the size of its subtree."""
    sizes = np.ones(len(above), dtype=np.int64)
    for level in reversed(levels[1:]):
        np.add.at(sizes, above[level], sizes[level])
    position = np.zeros(len(above), dtype=np.int64)
    for level in levels[1:]:
        parent = above[level]
        before = np.cumsum(sizes[level]) - sizes[level]
        eldest = np.concatenate(([True], parent[1:] != parent[:-1]))
        before_family = np.maximum.accumulate(np.where(eldest, before, 0))
        position[level] = position[parent] + 1 + before - before_family
    return position, sizes


def _depth(levels: list[IntArray], units: int) -> IntArray:
    depth = np.zeros(units, dtype=np.int64)
    for number, level in enumerate(levels):
        depth[level] = number
    return depth


def _named(units: Iterable[int]) -> str:
    """Return the first few unit ids and how many more there are."""
    named = [str(unit) for unit in units]
    more = len(named) - _NAMED_AT_MOST
    return ", ".join(named[:_NAMED_AT_MOST]) + (f" … (+{more})" if more > 0 else "")
