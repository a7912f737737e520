"""Goal 6: totals broken down among children with floors, caps and weights, against quadratic solvers.

Each child's amount is clip(price × weight, floor, cap), and that is the least sum of amount² ÷ weight
that adds up to the total within the bounds: the same question as a quadratic programme, asked in
shares of an even part so that solvers see numbers near one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from dacheng.bench.contenders import installed, memory_for
from dacheng.bench.measuring import Line, interleaved, milliseconds, same, times_faster
from dacheng.core.arrays import FloatArray, IntArray
from dacheng.core.targets.allocating import allocate
from dacheng.core.targets.feasibility import Breakdown, Stated

LEAVES, EACH = 100_000, 100
LOOSE, CLOSE = 1e-3, 1e-9
"""Tolerances of OSQP: as it comes, and near enough to compare amounts."""

SAME = 1e-6
"""Amounts are the same when they differ by less than this share of an even part, or by one 分."""


@dataclass(frozen=True)
class Question:
    """One breakdown, and the same in numbers for solvers.

    Args:
        even: shape (leaves,), an even part of each one's total, 分.
        low, high: shape (leaves,), shares of the even part; high is infinite without a cap.
    """

    breakdown: Breakdown
    even: FloatArray
    low: FloatArray
    high: FloatArray

    @classmethod
    def drawn(cls, parents: int, each: int) -> Self:
        """Draw a breakdown, the same in every run: half of the leaves have a floor, half a cap."""
        rng = np.random.default_rng(6)
        leaves = parents * each
        group = np.repeat(np.arange(parents), each)
        totals = rng.integers(10**6, 10**8, parents) * each
        even = totals[group] / each
        floor = Stated((even * rng.uniform(0, 0.6, leaves)).astype(np.int64), rng.random(leaves) < 0.5)
        cap = Stated((even * rng.uniform(1, 2.5, leaves)).astype(np.int64), rng.random(leaves) < 0.5)
        breakdown = Breakdown.of(totals, rng.integers(1, 1000, leaves), group, floor=floor, cap=cap)
        high = np.where(cap.known, cap.value / even, np.inf)
        return cls(breakdown, even, floor.value * floor.known / even, high)

    def amounts(self) -> IntArray:
        """Return our answer, 分."""
        return allocate(self.breakdown).amount

    def matrices(self) -> tuple[Any, Any, FloatArray]:
        """Return the costs, the sums and what they come to, for a solver."""
        from scipy import sparse

        totals, leaves = len(self.breakdown.totals), len(self.even)
        weights = self.breakdown.weights / self.breakdown.weights.mean()
        ones = (np.ones(leaves), (self.breakdown.group, np.arange(leaves)))
        added = sparse.csc_matrix(ones, shape=(totals, leaves))
        return sparse.diags(1 / weights, format="csc"), added, np.full(totals, leaves / totals)


def bounded() -> Iterator[Line]:
    """Measure goal 6: one total of 100,000 leaves, a thousand of a hundred, ten thousand of a hundred."""
    yield from _asked("100,000 leaves of one total", Question.drawn(1, LEAVES), 7)
    yield from _asked("1,000 totals × 100 leaves", Question.drawn(LEAVES // EACH, EACH), 7)
    yield from _asked("10,000 totals × 100 leaves", Question.drawn(10 * LEAVES // EACH, EACH), 3)


def _asked(scale: str, question: Question, repeats: int) -> list[Line]:
    memory = {"ours": memory_for(question.amounts)}
    check(question)
    contenders: dict[str, Callable[[], object]] = {"ours": question.amounts}
    off: dict[str, float] = {}
    for name, (needs, make) in SOLVERS.items():
        if installed(needs, "scipy"):
            memory[name] = memory_for(lambda name=name, make=make: contenders.update({name: make(question)}))  # type: ignore[misc]
            off[name] = _distance(question, contenders[name]())  # type: ignore[arg-type]
    for name in off:
        if CLOSE_IN_NAME in name and off[name] > SAME:
            raise AssertionError(f"allocation, {scale}: {name} differs by {off[name]:.2g} of an even part")
    measured = interleaved(contenders, repeats)
    return [_line(scale, name, measured, off, memory) for name in off]


def _line(scale: str, name: str, measured: dict[str, float], off: dict[str, float], memory: dict[str, str]) -> Line:
    return Line(
        "6",
        "allocate with floors, caps and weights, to the 分",
        scale,
        f"{milliseconds(measured['ours'])}, {memory['ours']}",
        f"{name} {milliseconds(measured[name])}, {memory[name]}; off by {off[name]:.1e} of an even part",
        times_faster(measured["ours"], measured[name]),
        "≥ 60×" if "Clarabel" in name else "≥ 15×",
        "solvers in real numbers, their set-up not counted; ours from the amounts as they stand, with the check that it"
        " can be done, and every sum true to the 分",
    )


def check(question: Question) -> None:
    """Refuse an answer that misses a total or a bound by a single 分."""
    amounts, asked = question.amounts(), question.breakdown
    sums = np.zeros(len(asked.totals), dtype=np.int64)
    np.add.at(sums, asked.group, amounts)
    same(sums.tolist(), asked.totals.tolist(), "allocation: the sums")
    outside = (asked.floor.known & (amounts < asked.floor.value)) | (asked.cap.known & (amounts > asked.cap.value))
    same(int(np.count_nonzero(outside)), 0, "allocation: amounts outside their bounds")


def _distance(question: Question, answer: FloatArray) -> float:
    """Return how far at most an answer in shares lies from ours beyond one 分, in shares of the even part."""
    apart = np.abs(answer * question.even - question.amounts())
    return float(np.max(np.maximum(apart - 1, 0) / question.even))


def _osqp(tolerance: float) -> Callable[[Question], Callable[[], FloatArray]]:
    def make(question: Question) -> Callable[[], FloatArray]:
        import osqp
        from scipy import sparse

        costs, added, sums = question.matrices()
        leaves = len(question.even)
        rows = sparse.vstack([added, sparse.identity(leaves)], format="csc")
        low, high = np.concatenate([sums, question.low]), np.concatenate([sums, question.high])
        solver = osqp.OSQP()
        limits = {"eps_abs": tolerance, "eps_rel": tolerance, "max_iter": 100_000}
        solver.setup(costs, np.zeros(leaves), rows, low, high, verbose=False, polishing=False, **limits)

        def solve() -> FloatArray:
            solver.warm_start(x=np.zeros(leaves), y=np.zeros(len(low)))
            return np.asarray(solver.solve().x)

        return solve

    return make


def _clarabel(question: Question) -> Callable[[], FloatArray]:
    import clarabel
    from scipy import sparse

    costs, added, sums = question.matrices()
    leaves, capped = len(question.even), np.isfinite(question.high)
    one = sparse.identity(leaves, format="csc")
    rows = sparse.vstack([added, -one, one[capped]], format="csc")
    limits = np.concatenate([sums, -question.low, question.high[capped]])
    cones = [clarabel.ZeroConeT(len(sums)), clarabel.NonnegativeConeT(len(limits) - len(sums))]
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solver = clarabel.DefaultSolver(costs, np.zeros(leaves), rows, limits, cones, settings)
    return lambda: np.asarray(solver.solve().x)


CLOSE_IN_NAME = "1e-9"
SOLVERS: dict[str, tuple[str, Callable[[Question], Callable[[], FloatArray]]]] = {
    "OSQP, its own tolerance 1e-3,": ("osqp", _osqp(LOOSE)),
    f"OSQP, tolerance {CLOSE_IN_NAME},": ("osqp", _osqp(CLOSE)),
    "Clarabel, its own tolerance,": ("clarabel", _clarabel),
}
