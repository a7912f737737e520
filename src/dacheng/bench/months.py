"""Goal 7: a tree of year amounts on months, exactly rounded, against a min-cost flow.

Cells of inner nodes are arcs between a node's and its parent's vertex of a month, the months of a leaf
end in one vertex. Taken less their floors, arcs carry nothing or one 分, and any flow that serves all
vertices is a rounding; costs make it the one nearest to the exact values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from dacheng.bench.contenders import installed, memory_for
from dacheng.bench.measuring import Line, interleaved, milliseconds, times_faster
from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.targets.rounding import round_months

NODES, CHILDREN = 100_000, 10
SEASON = np.array([713, 645, 902, 811, 799, 1102, 688, 720, 905, 843, 777, 1095])
"""Weights of the months."""

_COST = 1_000
"""Costs are whole: a thousandth of a 分."""


@dataclass(frozen=True)
class YearTree:
    """Years of the nodes of a tree, parents first.

    Args:
        parent: shape (nodes,), -1 at the top. years: shape (nodes,), 分. inner: shape (nodes,), has children.
    """

    parent: IntArray
    years: IntArray
    inner: BoolArray

    @classmethod
    def drawn(cls, nodes: int) -> Self:
        """Draw a tree, the same in every run."""
        parent = (np.arange(nodes) - 1) // CHILDREN
        parent[0] = -1
        inner = np.zeros(nodes, dtype=np.bool_)
        inner[parent[1:]] = True
        years = np.where(inner, 0, np.random.default_rng(7).integers(10**6, 10**9, nodes))
        for node in range(nodes - 1, 0, -1):
            years[parent[node]] += years[node]
        return cls(parent, years, inner)

    def rounded(self) -> IntArray:
        """Return our cells, shape (nodes, months)."""
        return round_months(self.parent, self.years, SEASON).cells

    def floors(self) -> tuple[IntArray, IntArray]:
        """Return each cell rounded down and what that leaves, shape (months, nodes)."""
        product = self.years * SEASON[:, np.newaxis]
        floor = product // SEASON.sum()
        return floor, product - floor * SEASON.sum()

    def check(self, cells: IntArray, who: str) -> None:
        """Refuse cells off by a 分 or more, or a sum that is not true."""
        below = np.zeros_like(cells)
        np.add.at(below, self.parent[1:], cells[1:])
        exact = self.years[:, np.newaxis] * (SEASON / SEASON.sum())
        faults = {
            "a year": np.any(cells.sum(axis=1) != self.years),
            "a parent": np.any((below != cells)[self.inner]),
            "a cell": np.any(np.abs(cells - exact) >= 1 + 1e-6),  # 10^12 分 in floats
        }
        if any(faults.values()):
            raise AssertionError(f"rounding of months, {who}: not true: {[name for name in faults if faults[name]]}")


def months(nodes: int = NODES) -> Iterator[Line]:
    """Measure goal 7."""
    tree = YearTree.drawn(nodes)
    memory = {"ours": memory_for(tree.rounded)}
    contenders: dict[str, Callable[[], Any]] = {"ours": tree.rounded}
    if installed("ortools"):
        for name, costs in (("OR-tools min-cost flow, nearest rounding,", True), ("OR-tools, any rounding,", False)):
            solve = _flow(tree, costs)
            memory[name] = memory_for(solve)
            contenders[name] = solve
    for name, work in contenders.items():
        tree.check(work(), name)
    measured = interleaved(contenders, repeats=5)
    for name in [*contenders][1:]:
        yield Line(
            "7",
            "exact rounding of a tree × 12 months",
            f"{nodes:,} nodes",
            f"{milliseconds(measured['ours'])}, {memory['ours']}",
            f"{name} {milliseconds(measured[name])}, {memory[name]}",
            times_faster(measured["ours"], measured[name]),
            "≥ 30×",
            "all sums true in both and every cell less than one 分 off; the network stands ready, its making is not"
            " counted",
        )


def _flow(tree: YearTree, nearest: bool) -> Callable[[], IntArray]:
    """Return a solver of the tree's network."""
    from ortools.graph.python import min_cost_flow

    floor, rest = tree.floors()
    tail, head, supply = _network(tree, floor)
    whole = int(SEASON.sum())
    costs = (whole - 2 * rest) * _COST // whole if nearest else np.zeros_like(rest)
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(tail, head, (rest > 0).astype(np.int64).ravel(), costs.ravel())
    flow.set_nodes_supplies(np.arange(len(supply)), supply)

    def solve() -> IntArray:
        if flow.solve() != flow.OPTIMAL:
            raise AssertionError("rounding of months: the flow was not found")
        return np.asarray((floor + flow.flows(arcs).reshape(floor.shape)).T)

    return solve


def _network(tree: YearTree, floor: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return where each cell's arc begins and ends, and what each vertex must pass on beyond the floors."""
    inner, leaves = np.flatnonzero(tree.inner), np.flatnonzero(~tree.inner)
    vertex = np.empty(floor.shape, dtype=np.int64)
    vertex[:, inner] = np.arange(len(inner) * len(SEASON)).reshape(len(SEASON), -1)
    last = len(inner) * len(SEASON) + len(leaves)
    vertex[:, leaves] = last - len(leaves) + np.arange(len(leaves))
    tail = np.where(tree.parent >= 0, vertex[:, np.maximum(tree.parent, 0)], last).ravel()
    supply = np.zeros(last + 1, dtype=np.int64)
    np.add.at(supply, vertex.ravel(), floor.ravel())
    np.subtract.at(supply, tail, floor.ravel())
    supply[last - len(leaves) : last] -= tree.years[leaves]
    supply[last] += tree.years[tree.parent < 0].sum()
    return tail, vertex.ravel(), supply
