"""What a factor counts of a row without a figure (没有数的行): as the row's other factors say, and not zero (R048).

Zero would take a part of the target from whoever's figure was not brought yet. So a row without a figure counts in
the factor as it does by the factors that are known of all its siblings; what is left of the factor is shared by the
figures of the others. Nothing else moves, and a page tells of which rows that is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray, WholeArray
from dacheng.core.money import group_sums
from dacheng.core.targets.factors import Factor, blend
from dacheng.core.targets.feasibility import Stated


def filled(factors: Sequence[Factor], taking: BoolArray, group: IntArray, groups: int) -> list[Factor]:
    """Return factors of which every row has a value where a sibling has one; shares among siblings are exact.

    Defined as::  known everywhere: as it is. Else, with b = the row's share by the factors that are known of all
                  siblings (each alike where there is none), a row without a figure has the share b, and one with
                  a figure v the share (1 − Σ b of those without) × v ÷ Σ v.

    Args:
        taking: shape (n,), rows that take part; a buffer does not. group: shape (n,), the row above each.

    Source: R048.
    """
    whole = [_is_whole(one.value, taking, group, groups) for one in factors]
    base = _base(factors, whole, taking, group, groups)
    return [_filled(one, base, taking, group, groups) for one in factors]


def _is_whole(stated: Stated, taking: BoolArray, group: IntArray, groups: int) -> BoolArray:
    """Return of which groups every row that takes part is known, shape (m,)."""
    lacking = np.bincount(group[taking & ~stated.known], minlength=groups)
    whole: BoolArray = lacking == 0
    return whole


def _base(
    factors: Sequence[Factor], whole: Sequence[BoolArray], taking: BoolArray, group: IntArray, groups: int
) -> WholeArray:
    """Return what each row weighs by the factors that are known of all its siblings; alike where that is nothing."""
    alike = taking.astype(np.int64).astype(object)
    own = [
        Factor(one.label, one.weight, Stated(np.where(each[group], one.value.value, 0), one.value.known))
        for one, each in zip(factors, whole, strict=True)
    ]
    weights = blend(own, group, groups).weights.astype(object)
    nothing = np.array([one == 0 for one in group_sums(weights, group, groups)], dtype=np.bool_)
    base: WholeArray = np.where(nothing[group], alike, weights)
    return base


def _filled(factor: Factor, base: WholeArray, taking: BoolArray, group: IntArray, groups: int) -> Factor:
    known = factor.value.known
    value = np.where(known, factor.value.value, 0).astype(object)
    sums = group_sums(value, group, groups).astype(object)
    lacking = taking & ~known & (sums[group] > 0)
    if not factor.weight or not np.any(lacking):
        return factor
    alike = taking.astype(np.int64).astype(object)
    left = group_sums(np.where(lacking, 0, base), group, groups).astype(object)
    usable = np.where(left[group] > 0, base, alike)  # those with figures weigh nothing otherwise: all alike
    rest = group_sums(np.where(lacking, 0, usable), group, groups).astype(object)
    touched = (np.bincount(group[lacking], minlength=groups) > 0)[group]
    own = np.where(lacking, usable * sums[group], value * np.where(touched, rest[group], 1))
    return Factor(factor.label, factor.weight, Stated(own, known | lacking))
