"""The last 分 of a rounded tree (余分改道): ways through the whole network where one table has none.

The cell of a node and month is an arc from its parent's vertex of that month to its own; the months
of a leaf end in one vertex, and those of a top begin in one. A vertex that is given more than it
passes on sends the difference along arcs that are below their ceiling, or back along arcs above
their floor. As exact values satisfy all bounds, a way always exists (Hoffman's circulation theorem).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.tree import UNKNOWN

Vertex: TypeAlias = tuple[int, int]
"""Node and month."""

Change: TypeAlias = tuple[int, int, int]
"""Node, month, and +1 or −1."""

_BREADTHS = (4, 64)
"""How many of the children that are not on the way to a goal are looked into, before all are."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Cells of a tree with their bounds; ``cells`` is changed in place.

    Args:
        parent: shape (nodes,), -1 at the top.
        cells, low, high: shape (months, nodes), 分, low <= cells <= high.
    """

    parent: IntArray
    cells: IntArray
    low: IntArray
    high: IntArray
    order: IntArray = field(init=False)
    first: IntArray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", np.argsort(self.parent, kind="stable"))
        nodes = np.arange(len(self.parent) + 1)
        object.__setattr__(self, "first", np.searchsorted(self.parent[self.order], nodes))

    def children(self, node: int) -> IntArray:
        """Return the children of a node, ascending; none of a leaf."""
        return self.order[self.first[node] : self.first[node + 1]]

    def excess(self, node: int) -> IntArray:
        """Return by how much the months of a node exceed its children's, shape (months,)."""
        return np.asarray(self.cells[:, node] - self.cells[:, self.children(node)].sum(axis=1))

    def toward(self, goals: Iterable[int]) -> BoolArray:
        """Mark the goals and all nodes above them, shape (nodes,)."""
        marked = np.zeros(len(self.parent), dtype=np.bool_)
        for node in goals:
            while node != UNKNOWN and not marked[node]:
                marked[node] = True
                node = int(self.parent[node])
        return marked

    def ways(self, vertex: Vertex, marked: BoolArray, breadth: int) -> Iterator[tuple[Vertex, tuple[Change, ...]]]:
        """Yield where one 分 too much at a vertex can go, and what changes then.

        Args:
            marked: children to look into in any case; of the others at most ``breadth``.
        """
        node, month = vertex
        if self.cells[month, node] > self.low[month, node]:
            yield from self._upward(node, month)
        children = self.children(node)
        children = children[self.cells[month, children] < self.high[month, children]]
        leaf = self.first[children] == self.first[children + 1]
        inner = children[~leaf]
        for child in [*inner[marked[inner]].tolist(), *inner[~marked[inner]][:breadth].tolist()]:
            yield (child, month), ((child, month, 1),)
        leaves = children[leaf]
        can_fall = self.cells[:, leaves] > self.low[:, leaves]
        for other in np.flatnonzero(can_fall.any(axis=1)).tolist():
            through = int(leaves[can_fall[other].argmax()])
            yield (node, other), ((through, month, 1), (through, other, -1))

    def _upward(self, node: int, month: int) -> Iterator[tuple[Vertex, tuple[Change, ...]]]:
        above = int(self.parent[node])
        if above != UNKNOWN:
            yield (above, month), ((node, month, -1),)
            return
        for other in np.flatnonzero(self.cells[:, node] < self.high[:, node]).tolist():
            yield (node, other), ((node, month, -1), (node, other, 1))


def reroute(flow: Flow, unmet: Iterable[int]) -> None:
    """Change cells within their bounds until the children of all nodes meet them.

    Args:
        unmet: the nodes whose children do not; all others do.
    """
    excess = {(node, month): int(much) for node in unmet for month, much in enumerate(flow.excess(node)) if much}
    marked = flow.toward({node for node, _ in excess})
    for vertex in [vertex for vertex, much in excess.items() if much > 0]:
        while excess[vertex] > 0:
            end = _send_one(flow, vertex, excess, marked)
            excess[vertex] -= 1
            excess[end] += 1


def _send_one(flow: Flow, start: Vertex, excess: dict[Vertex, int], marked: BoolArray) -> Vertex:
    """Send one 分 to a vertex that lacks one, first looking at few of the many children; return that vertex."""
    for breadth in (*_BREADTHS, len(flow.parent)):
        end = _search(flow, start, excess, marked, breadth)
        if end is not None:
            return end
    raise AssertionError(f"no way for one unit from {start}: the bounds do not hold the exact values")


def _search(flow: Flow, start: Vertex, excess: dict[Vertex, int], marked: BoolArray, breadth: int) -> Vertex | None:
    came: dict[Vertex, tuple[Vertex, tuple[Change, ...]]] = {start: (start, ())}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if excess.get(here, 0) < 0:
            _apply(flow, came, here)
            return here
        for there, changes in flow.ways(here, marked, breadth):
            if there not in came:
                came[there] = (here, changes)
                waiting.append(there)
    return None


def _apply(flow: Flow, came: dict[Vertex, tuple[Vertex, tuple[Change, ...]]], end: Vertex) -> None:
    here, changes = came[end]
    while changes:
        for node, month, by in changes:
            flow.cells[month, node] += by
        here, changes = came[here]
