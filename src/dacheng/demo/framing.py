"""Columns of a generator as a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.period import FAR_DAY

ARRAYS_FROM_ROWS = 200_000
"""Larger frames stay NumPy arrays: a list of Python integers needs five times the memory."""


def framed(columns: Mapping[str, Any], **labels: Sequence[str] | NDArray[np.object_]) -> Frame:
    """Return a frame of integer columns (object arrays where a value is missing) and labels.

    Small frames hold plain lists, large ones NumPy arrays; ``tolist`` makes them equal.
    """
    arrays = {name: _column(values) for name, values in columns.items()}
    rows = len(next(iter(arrays.values()), ()))
    if rows >= ARRAYS_FROM_ROWS:
        return Frame(cast(Mapping[str, Sequence[int | None]], arrays), cast(Mapping[str, Sequence[str]], labels))
    return Frame({name: array.tolist() for name, array in arrays.items()}, {k: list(v) for k, v in labels.items()})


def _column(values: Any) -> NDArray[Any]:
    array = np.asarray(values)
    return array if array.dtype == np.dtype(object) else array.astype(np.int64, copy=False)


def missing_where(missing: BoolArray, values: IntArray) -> NDArray[Any]:
    """Return the values as objects, None where missing; unchanged when nothing is."""
    if not missing.any():
        return values
    objects = values.astype(object)
    objects[missing] = None
    return objects


def cut(first: IntArray, *changes: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return (row, from, to) of the versions of rows that begin on a day and change on others; ``FAR_DAY`` = never."""
    days = np.sort(np.stack([first, *(np.maximum(one, first) for one in changes)], axis=1), axis=1)
    ends = np.concatenate([days[:, 1:], np.full((len(days), 1), FAR_DAY)], axis=1)
    row, at = np.nonzero(days < ends)
    return row, days[row, at], ends[row, at]
