"""Fairness of targets (公平性): target ÷ potential and ÷ capacity of each person, their spread and Gini coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import Text


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly a target weighs on people.

    Args:
        ratios: per person target ÷ base, exact; None where either is unknown or the base is not positive.
        lowest, highest: positions of the persons with the smallest and the largest ratio, the earlier of equals;
            None without any.
        spread: largest ÷ smallest ratio, exact, 1 = all equal. gini: 0 = all equal, below 1, exact.
        off: why spread and Gini cannot be told; None where they can.
    """

    ratios: tuple[Fraction | None, ...]
    lowest: int | None
    highest: int | None
    spread: Fraction | None
    gini: Fraction | None
    off: Text | None

    @property
    def compared(self) -> int:
        """Return how many persons have a ratio."""
        return sum(ratio is not None for ratio in self.ratios)


def fairness(targets: IntArray, base: IntArray, known: BoolArray) -> Fairness:
    """Compare the targets of people with their potential or their capacity.

    Defined as::  spread = max ÷ min;  Gini = Σᵢ Σⱼ |rᵢ − rⱼ| ÷ (2 n² mean)

    Args:
        targets, base: shape (n,), minor units. known: shape (n,), False where target or base is not known.

    Returns:
        Spread needs every ratio above zero, Gini needs none below zero and not all zero.

    Source: R049 (spread max/min, Gini).

    >>> import numpy as np
    >>> found = fairness(np.array([10, 30, 5]), np.array([10, 10, 0]), np.array([True] * 3))
    >>> str(found.spread), str(found.gini), found.compared
    ('3', '1/4', 2)
    """
    usable = known & (base > 0)
    ratios = tuple(
        Fraction(int(target), int(of)) if use else None for target, of, use in zip(targets, base, usable, strict=True)
    )
    placed = sorted((ratio, place) for place, ratio in enumerate(ratios) if ratio is not None)
    if not placed:
        return Fairness(ratios, None, None, None, None, _NOBODY)
    ranked = [ratio for ratio, _ in placed]
    lowest, highest = placed[0][1], ratios.index(ranked[-1])
    if ranked[0] < 0 or not ranked[-1]:
        return Fairness(ratios, lowest, highest, None, None, _NOT_POSITIVE)
    spread = ranked[-1] / ranked[0] if ranked[0] else None
    return Fairness(ratios, lowest, highest, spread, gini(ranked), None if ranked[0] else _ZERO)


_NOBODY = Text("没有同时知道目标与潜力（或产能）的人。", "Nobody has both a target and a potential (or capacity).")
_NOT_POSITIVE = Text("有负的目标，或目标全为零。", "A target is negative, or all are zero.")
_ZERO = Text("有人的目标是零，倍数无法计算。", "Somebody's target is zero, so there is no multiple.")


def gini(ranked: Sequence[Fraction]) -> Fraction:
    """Return the Gini coefficient of numbers, exact.

    Defined as::  Σᵢ (2i − n − 1) rᵢ ÷ (n Σ rᵢ), i = 1 … n

    Args:
        ranked: n numbers >= 0, ascending, not all zero.
    """
    count = len(ranked)
    tilted = _sum([(2 * rank - count + 1) * one for rank, one in enumerate(ranked)])
    return tilted / (count * _sum(ranked))


def _sum(parts: Sequence[Fraction]) -> Fraction:
    """Add up by halves: with thousands of denominators one after the other takes minutes."""
    pairs = [(one.numerator, one.denominator) for one in parts]
    while len(pairs) > 1:
        odd = pairs[len(pairs) - len(pairs) % 2 :]
        pairs = [(a * d + c * b, b * d) for (a, b), (c, d) in zip(pairs[::2], pairs[1::2], strict=False)] + odd
    return Fraction(*pairs[0])
