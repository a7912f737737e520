"""Draws that look random and yet spread evenly, so that a small company is no plaything of luck."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from dacheng.core.arrays import FloatArray, IntArray

ALPHAS = (0.8191725133961645, 0.6710436067037893, 0.5497004779019703)
"""Powers of 1 / 1.2207440846, the root of x^4 = x + 1: their multiples modulo 1 fill a cube evenly.

Source: M. Roberts, The unreasonable effectiveness of quasirandom sequences (2018).
"""

_GRID: FloatArray = np.linspace(0.001, 0.999, 999)
_NORMAL: FloatArray = np.array([NormalDist().inv_cdf(float(one)) for one in _GRID])


def stratified(rng: np.random.Generator, count: int) -> FloatArray:
    """Return numbers in 0 to 1 in random order, one in each of ``count`` equal parts."""
    return (rng.permutation(count) + rng.random(count)) / max(count, 1)


def in_turn(rng: np.random.Generator, turn: IntArray, axis: int) -> FloatArray:
    """Return numbers in 0 to 1 that fill any stretch of turns evenly, also jointly over the axes.

    Args:
        turn: shape (n,), 0, 1, 2, …
        axis: 0, 1 or 2.
    """
    return np.asarray((rng.random() + turn * ALPHAS[axis]) % 1.0, dtype=np.float64)


def normal(ratio: FloatArray) -> FloatArray:
    """Return the standard normal values below which these ratios lie, within ±3.1."""
    return np.interp(ratio, _GRID, _NORMAL)
