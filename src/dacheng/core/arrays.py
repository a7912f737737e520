"""The three array types of the core; every docstring adds shape, unit and range."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]

# int64, or Python integers (dtype object) where a figure does not fit 64 bits.
WholeArray: TypeAlias = NDArray[Any]
