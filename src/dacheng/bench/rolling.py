"""Goal 5: facts to every node of a tree, and one edit in all ancestors; goal 18 asks it of ten times as much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from django.db import connections

from dacheng.bench.databases import rows_of
from dacheng.bench.measuring import Line, interleaved, milliseconds, same, times_faster
from dacheng.core.arrays import IntArray
from dacheng.core.tree import Tree

CHILDREN = 8
"""Units under each unit: 10,000 of them are six levels."""

NODES, FACTS, MONTHS, MEASURES = 10_000, 1_000_000, 12, 3

RECURSIVE = """
    WITH RECURSIVE above(node, top) AS (
        SELECT node, node FROM bench_tree
        UNION ALL SELECT a.node, t.parent FROM above a JOIN bench_tree t ON t.node = a.top WHERE t.parent <> 0)
    SELECT a.top, f.month, SUM(f.amount)
    FROM (SELECT node, month, SUM(amount) AS amount FROM bench_facts GROUP BY node, month) f
    JOIN above a ON a.node = f.node GROUP BY a.top, f.month"""


@dataclass(frozen=True)
class PlacedFacts:
    """Amounts placed at the nodes of a tree.

    Args:
        parents: shape (nodes,), the parent of node 1, 2, …
        node, month: shape (facts,). amounts: shape (facts, measures).
    """

    tree: Tree
    parents: IntArray
    node: IntArray
    month: IntArray
    amounts: IntArray

    @classmethod
    def drawn(cls, nodes: int, facts: int) -> Self:
        """Draw facts, the same in every run."""
        rng = np.random.default_rng(7)
        numbers = np.arange(1, nodes + 1, dtype=np.int64)
        parents = (numbers - 2) // CHILDREN + 1
        parents[0] = 0
        node, month = rng.integers(1, nodes + 1, facts), rng.integers(0, MONTHS, facts)
        return cls(Tree.of(numbers, parents), parents, node, month, rng.integers(1, 10**9, (facts, MEASURES)))

    def rolled_up(self) -> IntArray:
        """Return the sums at every node, shape (nodes, months × measures), by its position."""
        size = len(self.tree)
        cell = self.tree.position_of(self.node) * MONTHS + self.month
        sums = [_summed(cell, self.amounts[:, measure], size * MONTHS) for measure in range(MEASURES)]
        at_node = np.stack(sums, axis=-1).reshape(size, MONTHS * MEASURES)
        return self.tree.roll_up(at_node, np.arange(size))


def roll_up() -> list[Line]:
    """Measure goal 5 against a recursive query on PostgreSQL."""
    facts = PlacedFacts.drawn(NODES, FACTS)
    _fill(facts)
    rolled = facts.rolled_up()
    same(
        _cells(facts.tree, rolled), {(one[0], one[1]): int(one[2]) for one in rows_of("postgres", RECURSIVE)}, "roll-up"
    )
    contenders = {"ours": facts.rolled_up, "recursive": lambda: rows_of("postgres", RECURSIVE)}
    measured = interleaved(contenders, repeats=5)
    deep = int(facts.tree.unit_ids[np.argmax(facts.tree.depth)])

    def edit() -> None:
        path = facts.tree.position_of(np.array([deep, *facts.tree.ancestors(deep)]))
        rolled[path, 0] += 1

    edited = interleaved({"edit": edit})
    return [
        Line(
            "5",
            f"roll-up at {NODES:,} nodes, {MEASURES} measures",
            f"{FACTS:,} facts",
            milliseconds(measured["ours"]),
            f"PostgreSQL recursive CTE, one measure: {milliseconds(measured['recursive'])}",
            times_faster(measured["ours"], measured["recursive"]),
            "≥ 25×",
            f"one edit in all ancestors: {milliseconds(edited['edit'])}, goal ≤ 1 ms; all measures against their one",
        )
    ]


def _summed(cell: IntArray, amounts: IntArray, size: int) -> IntArray:
    """Return exact sums by cell: floats carry them exactly below 2^53."""
    return np.bincount(cell, weights=amounts, minlength=size).astype(np.int64)


def _cells(tree: Tree, rolled: IntArray) -> dict[tuple[int, int], int]:
    """Return the first measure of every node and month at which there is something."""
    first = rolled.reshape(len(tree), MONTHS, MEASURES)[:, :, 0]
    at, month = np.nonzero(first)
    keys = zip(tree.unit_ids[at].tolist(), month.tolist(), strict=True)
    return dict(zip(keys, first[at, month].tolist(), strict=True))


def _fill(facts: PlacedFacts) -> None:
    """Give PostgreSQL the same tree and the same facts."""
    with connections["postgres"].cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_tree; DROP TABLE IF EXISTS bench_facts")
        cursor.execute("CREATE TABLE bench_tree (node int PRIMARY KEY, parent int)")
        cursor.execute("CREATE TABLE bench_facts (node int, month int, amount bigint)")
        with cursor.cursor.copy("COPY bench_tree FROM STDIN") as copy:
            for node in enumerate(facts.parents.tolist(), 1):
                copy.write_row(node)
        with cursor.cursor.copy("COPY bench_facts FROM STDIN") as copy:
            for row in zip(facts.node.tolist(), facts.month.tolist(), facts.amounts[:, 0].tolist(), strict=True):
                copy.write_row(row)
        cursor.execute("ANALYZE")
