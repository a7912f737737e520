"""How many deals of one size a pipeline is worth (等效商机数), the inverse of its concentration (R122)."""

from __future__ import annotations

from dacheng.core.arrays import IntArray

FEW_LARGE = 10
"""Below this a few large deals decide: rates and averages say little (R122)."""


def effective_number(amounts: IntArray) -> float:
    """Return the effective number of deals, (Σa)² ÷ Σa², computed in exact integers; 0 for none.

    Args:
        amounts: minor units; zero and less are left out.

    >>> import numpy as np
    >>> effective_number(np.array([5, 5, 5, 5])), round(effective_number(np.array([97, 1, 1, 1])), 2)
    (4.0, 1.06)
    """
    counted = [one for one in amounts.tolist() if one > 0]
    squares = sum(one * one for one in counted)
    return sum(counted) ** 2 / squares if squares else 0.0
