"""Medians and percentiles of whole numbers, from integer counts: the same on every engine."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import IntArray


def percentile(values: IntArray, share: int) -> int:
    """Return the smallest value that at least ``share`` percent of the values do not exceed.

    Args:
        values: shape (n,), n > 0, whole numbers >= 0.
        share: 1 to 100.

    >>> percentile(np.array([3, 1, 2, 10]), 50), percentile(np.array([3, 1, 2, 10]), 90)
    (2, 10)
    """
    once, counts = np.unique(values, return_counts=True)
    needed = -(-len(values) * share // 100)
    return int(once[np.searchsorted(np.cumsum(counts), needed)])
