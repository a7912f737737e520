"""How far a target is reached and the pace it still needs (达成率、时间进度、所需节奏).

Every function takes arrays (or one number) that broadcast against each other and
returns values with a ``known`` array: where a figure is not known its value is 0
and must not be shown. Ratios are 0–1 and never capped; thresholds compare them unrounded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.money import round_half_away


class Ratios(NamedTuple):
    """Ratios and whether each is known, of equal shape."""

    value: FloatArray
    known: BoolArray


class Amounts(NamedTuple):
    """Minor units and whether each is known, of equal shape."""

    value: IntArray
    known: BoolArray


def attainment_ratio(done: ArrayLike, target: ArrayLike, known: ArrayLike = True) -> Ratios:
    """Return done / target (达成率); n/a where the target is zero.

    Not capped: 1.3 is 130 %, and a negative result stays negative.

    Args:
        done, target: minor units of one measure in one tax basis.
        known: False where a target has not been set, which is not a target of zero.

    Source: glossary 达成率; golden case G62.

    >>> attainment_ratio([130, -5, 7], [100, 100, 0])
    Ratios(value=array([ 1.3 , -0.05,  0.  ]), known=array([ True,  True, False]))
    """
    return _divided(done, target, np.asarray(known) & (np.asarray(target) != 0))


def linear_progress(elapsed: ArrayLike, total: ArrayLike) -> Ratios:
    """Return the share of the time gone by (时间进度), 0 to 1.

    Args:
        elapsed, total: periods of equal length (months, quarters, working days); n/a when
            ``total`` is 0.

    Source: glossary 时间进度; golden case G41.

    >>> linear_progress(2, 4).value.item()
    0.5
    """
    ratio, known = _divided(elapsed, total, np.asarray(total) > 0)
    return Ratios(np.clip(ratio, 0.0, 1.0), known)


def seasonal_progress(weights: IntArray, elapsed: int) -> Ratios:
    """Return the share of the year's weight that lies in the periods gone by (季节进度).

    Args:
        weights: shape (..., n), >= 0, the seasonal weights or the planned targets of n
            periods in order; n/a where they sum to 0.
        elapsed: how many of them have ended.

    Source: glossary 季节进度 = sum of the seasonal weights elapsed.

    >>> seasonal_progress(np.array([18, 24, 23, 35]), 2).value.item()
    0.42
    """
    whole = np.sum(weights, axis=-1, dtype=np.int64)
    return _divided(np.sum(weights[..., :elapsed], axis=-1, dtype=np.int64), whole, whole > 0)


def required_run_rate(target: ArrayLike, done: ArrayLike, remaining: ArrayLike, known: ArrayLike = True) -> Amounts:
    """Return what each remaining period must bring (所需节奏), rounded half away from zero.

    Zero or less means that the target is reached; n/a when no period remains.

    Defined as::  (target - done) / remaining periods

    Args:
        target, done: minor units.
        remaining: whole periods still to come.
        known: False where a target has not been set.

    Source: glossary 应有节奏; golden case G41.

    >>> required_run_rate(10_000, 3_990, 2).value.item()
    3005
    """
    missing, periods, asked = np.broadcast_arrays(_whole(target) - _whole(done), _whole(remaining), np.asarray(known))
    possible = asked & (periods > 0)
    rate = round_half_away(missing, np.where(possible, periods, 1))
    return Amounts(np.where(possible, rate, 0), possible)


def _whole(values: ArrayLike) -> IntArray:
    return np.asarray(values, dtype=np.int64)


def _divided(numerator: ArrayLike, denominator: ArrayLike, known: ArrayLike) -> Ratios:
    above, below, possible = np.broadcast_arrays(np.asarray(numerator), np.asarray(denominator), np.asarray(known))
    return Ratios(np.where(possible, above / np.where(possible, below, 1), 0.0), possible.copy())
