"""The array types of the core, and pairs of identities as one number; every docstring adds shape, unit and range."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

# int64, or Python integers (dtype object) where a figure does not fit 64 bits.
WholeArray: TypeAlias = NDArray[Any]

_SECOND = 2**31
"""Above every identity that stands second in a pair."""


def paired(first: IntArray, second: IntArray) -> IntArray:
    """Return one number for each pair of identities, in the order of the pairs; shape (n,).

    Sorting and finding one number is several times faster than a row of two.

    Args:
        first, second: shape (n,), 0 … 2³¹ − 1 each.
    """
    both: IntArray = first * _SECOND + second
    return both


def pairs_in(numbers: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first and the second of each pair that ``paired`` made one number."""
    first, second = np.divmod(numbers, _SECOND)
    return first, second
