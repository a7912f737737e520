"""Weights made of several factors, such as potential, history and capacity (多因子权重).

Every factor's share of each child stays visible; the blend is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray, WholeArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import group_sums
from dacheng.core.targets.feasibility import UNCAPPED, Naming, Stated, nth_part


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """One thing that weights are made of, such as potential, history or capacity (分解因子).

    Args:
        weight: what it counts, a whole number >= 0, such as 50 of 100.
        value: shape (n,), whole numbers >= 0 in a unit of its own.
    """

    label: Text
    weight: int
    value: Stated

    def check(self, child: Naming) -> None:
        """Refuse a negative weight or value, by name."""
        value, known = self.value.value, self.value.known
        negative = np.flatnonzero(known & (value < 0)).tolist()
        if self.weight < 0:
            raise RuleError(
                Text(f"因子“{self.label.zh}”的权重是 {self.weight}。", f"Factor {self.label.en} weighs {self.weight}."),
                Text("权重请填 0 或正数。", "Enter a weight of zero or more."),
            )
        if negative:
            who, seen = child(negative[0]), int(value[negative[0]])
            raise RuleError(
                Text(f"{who.zh}的“{self.label.zh}”是 {seen}，不能为负。", f"{self.label.en} of {who.en} is {seen}."),
                Text("请改为 0 或正数；不知道的留空。", "Enter zero or more; leave blank what is not known."),
            )


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """Weights made of several factors, and how (多因子权重).

    Args:
        weights: shape (n,), whole numbers, to be handed to a ``Breakdown``.
        factors: as they were handed in.
        group: shape (n,), for each child the position of its total.
        wholes: shape (factors, m): the values of a group together, 0 where the factor drops out.
        missing: shape (factors, n): children without a value, of a factor that counts.
    """

    weights: WholeArray
    factors: tuple[Factor, ...]
    group: IntArray
    wholes: WholeArray
    missing: BoolArray

    def share_of(self, factor: int, child: int) -> Fraction | None:
        """Return a child's part of a factor, 0–1; None where the factor drops out or the child has no value."""
        stated, whole = self.factors[factor].value, int(self.wholes[factor, self.group[child]])
        return Fraction(int(stated.value[child]), whole) if whole and stated.known[child] else None

    def counts(self, factor: int, total: int) -> Fraction:
        """Return what a factor counts under a total, 0–1, once those that drop out have left."""
        weights = [one.weight if self.wholes[at, total] else 0 for at, one in enumerate(self.factors)]
        return Fraction(weights[factor], sum(weights)) if any(weights) else Fraction(0)


def blend(factors: Sequence[Factor], group: IntArray | None = None, groups: int = 1, child: Naming = nth_part) -> Blend:
    """Blend factors to one weight a child: the sum of factor weight × the child's share of the factor.

    A factor in which nobody under a total has a value above 0 drops out there, and the others
    count for more. A child without a value takes no part in that factor; it is in ``missing``, so
    that a screen can ask for it.

    Args:
        factors: at least one, all of n children. group: shape (n,), 0 to groups - 1; all 0 when left out.

    Raises:
        RuleError: a negative weight or value, by name.

    Source: R048; peer case 300/700 with an equal second metric.

    >>> value = [Stated.of([300, 700]), Stated.of([5, 5])]
    >>> blend([Factor(Text("a", "a"), 2, value[0]), Factor(Text("b", "b"), 1, value[1])]).weights.tolist()
    [11, 19]
    """
    for factor in factors:
        factor.check(child)
    known = np.array([one.value.known for one in factors])
    values = np.array([np.where(one.value.known, one.value.value, 0) for one in factors]).astype(object)
    below = np.zeros(known.shape[1], dtype=np.int64) if group is None else group
    wholes = np.array([group_sums(one, below, groups) for one in values]).astype(object)
    common = np.lcm.reduce(np.where(wholes > 0, wholes, 1), axis=0)
    counts = np.array([[one.weight] for one in factors], dtype=object)
    scale = counts * np.where(wholes > 0, common // np.where(wholes > 0, wholes, 1), 0)
    weights = np.sum(values * scale[:, below], axis=0)
    missing = ~known & (wholes > 0)[:, below]
    return Blend(in_lowest_terms(weights, below, groups), tuple(factors), below, wholes, missing)


def in_lowest_terms(weights: WholeArray, group: IntArray, groups: int) -> WholeArray:
    """Divide the weights of each group by what they have in common; int64 where they fit."""
    common = np.zeros(groups, dtype=object)
    np.gcd.at(common, group, weights)
    lowest = weights // np.where(common > 0, common, 1)[group]
    return lowest.astype(np.int64) if max(lowest, default=0) < UNCAPPED else lowest
