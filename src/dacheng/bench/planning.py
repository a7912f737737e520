"""Goal 8: a whole plan: cascade, months, proof and one pin, 5,000 people × 12 months × 4 measures."""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from dacheng.bench.contenders import installed, memory_for
from dacheng.bench.measuring import Line, interleaved, milliseconds
from dacheng.bench.months import SEASON
from dacheng.core.arrays import IntArray
from dacheng.core.targets.decomposing import Terms, cascade, proof_of
from dacheng.core.targets.feasibility import Stated
from dacheng.core.targets.rounding import round_months
from dacheng.core.tree import Tree

PEOPLE, MEASURES, PART = 5_000, 4, 20
LEVELS = (5, 10, 10)
"""Regions, departments of each and teams of each; people stand under teams."""

SMALL_LEVELS = (1, 5, 5)
AT_MOST_APART = 100
"""分: the library splits every month in floats on its own, so its rounding and ours differ by a few 分."""


@dataclass(frozen=True)
class Company:
    """Units and people with what each is measured by.

    Args:
        tree: of units and people. potential: shape (nodes,), of people, added up to the top.
        totals: shape (measures,), 分.
    """

    tree: Tree
    potential: IntArray
    totals: IntArray

    @classmethod
    def drawn(cls, people: int, levels: tuple[int, ...]) -> Self:
        """Draw a company, the same in every run."""
        ids, parents, level = [1], [0], [1]
        for children in (*levels, people // int(np.prod(levels))):
            under = [unit for unit in level for _ in range(children)]
            level = list(range(len(ids) + 1, len(ids) + 1 + len(under)))
            ids, parents = ids + level, parents + under
        tree = Tree.of(np.array(ids), np.array(parents))
        rng = np.random.default_rng(8)
        own = rng.integers(1, 1000, len(tree)) * (tree.ends == np.arange(len(tree)) + 1)
        return cls(tree, tree.roll_up(own, np.arange(len(tree))), rng.integers(10**10, 10**12, MEASURES))

    def plan(self, measure: int, pin: Stated | None = None) -> IntArray:
        """Return the cells of one measure, shape (nodes, months), with every sum proved.

        Raises:
            AssertionError: a sum is not true.
        """
        decomposed = cascade(self.tree, int(self.totals[measure]), Terms.of(self.potential, pin=pin))
        cells = round_months(self.tree.parent_position, decomposed.amount, SEASON).cells
        columns = [decomposed.proof(), *(proof_of(self.tree, cells[:, month]) for month in range(len(SEASON)))]
        if not all(proof.holds for proof in columns) or np.any(cells.sum(axis=1) != decomposed.amount):
            raise AssertionError("plan: a sum is not true")
        return cells

    def whole(self) -> list[IntArray]:
        """Return the plan of every measure, then the first again with one person pinned a tenth higher."""
        cells = [self.plan(measure) for measure in range(MEASURES)]
        person = len(self.tree) - 1
        more = Stated(np.full(len(self.tree), more_than(cells[0][person])), np.arange(len(self.tree)) == person)
        return [*cells, self.plan(0, more)]


def more_than(months: IntArray) -> int:
    """Return a year a tenth above the sum of its months, 分."""
    return int(months.sum()) * 11 // 10


def planning(people: int = PEOPLE) -> Iterator[Line]:
    """Measure goal 8, and a library that does the like at a twentieth of it, once."""
    company = Company.drawn(people, LEVELS)
    memory = memory_for(company.whole)
    measured = interleaved({"ours": company.whole})["ours"]
    theirs, note = "–", "cascade, months, every sum of every node and month proved, then one person pinned"
    if installed("b2b_revenue_forecasting"):
        small = Company.drawn(people // PART, SMALL_LEVELS)
        theirs = _peer(small)
        ours = milliseconds(interleaved({"ours": small.whole})["ours"])
        theirs, note = f"{theirs}; ours at that size {ours}", f"{note}; the library was run once"
    cells = len(SEASON) * MEASURES
    yield Line(
        "8",
        "whole plan: cascade, proof, one pin",
        f"{people:,} people × {cells} cells",
        f"{milliseconds(measured)}, {memory}",
        theirs,
        "–",
        "< 2 s",
        note,
    )


def _peer(company: Company) -> str:
    """Run the library once on a small company, compare its cells with ours, and tell its time and memory."""
    ours = company.whole()
    found: list[Any] = []
    begun = time.perf_counter()
    memory = memory_for(lambda: found.append(_their_plan(company, ours)))
    spent = (time.perf_counter() - begun) * 1000
    _compare(company, ours, found[0])
    return f"b2b-revenue-forecasting at 1/{PART}: {milliseconds(spent)}, {memory}"


def _their_plan(company: Company, ours: list[IntArray]) -> tuple[Any, Any]:
    """Return the library's plan as it came, and with the pin."""
    import b2b_revenue_forecasting as library
    import pandas

    people, paths = _paths(company)
    hierarchy = pandas.DataFrame(paths, columns=["company", "region", "department", "team", "person"])
    hierarchy["potential"] = company.potential[people].astype(float)
    targets = pandas.DataFrame(
        [
            {"company": "n0", "measure": measure, "month": month, "target": float(ours[measure][0, month])}
            for measure in range(MEASURES)
            for month in range(len(SEASON))
        ]
    )
    by_potential = [library.MetricSpec("potential", columns=["potential"], weight=1.0)]
    pin = library.Pin(f"n{len(company.tree) - 1}", float(more_than(ours[0][-1])), scope={"measure": 0})
    with _quiet():
        planned, _ = library.cascade_many(
            hierarchy, targets, ["company"], "target", list(hierarchy.columns[:5]), metrics=by_potential
        )
        proved = library.reconcile(planned, tolerance=AT_MOST_APART)
        pinned, _ = library.apply_pins(planned, [pin])
    if not proved.ok.all():
        raise AssertionError("plan: the library's own sums are not true")
    return planned, pinned


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _paths(company: Company) -> tuple[IntArray, list[list[str]]]:
    """Return the positions of people and the names from the top down to each."""
    tree = company.tree
    people = np.flatnonzero(tree.ends == np.arange(len(tree)) + 1)
    paths = []
    for person in people.tolist():
        path = [person]
        while tree.parent_position[path[-1]] >= 0:
            path.append(int(tree.parent_position[path[-1]]))
        paths.append([f"n{position}" for position in reversed(path)])
    return people, paths


def _compare(company: Company, ours: list[IntArray], theirs: tuple[Any, Any]) -> None:
    """Refuse cells that differ by more than rounding."""
    for frame, pinned in zip(theirs, (False, True), strict=True):
        for measure, month, node, amount in frame[["measure", "month", _node_column(frame), "base_quota"]].values:
            cells = ours[-1] if pinned and measure == 0 else ours[int(measure)]
            apart = abs(float(amount) - int(cells[int(str(node)[1:]), int(month)]))
            if apart > AT_MOST_APART:
                raise AssertionError(f"plan: {node} in month {month} differs by {apart} 分")


def _node_column(frame: Any) -> str:
    return next(name for name in ("node_id", "node", "id") if name in frame.columns)
