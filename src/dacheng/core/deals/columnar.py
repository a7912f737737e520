"""Derived columns of many deals at once: the same rules as ``derive_deal``, over columns (R149)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Rows
from dacheng.core.deals.schema import OPEN
from dacheng.core.period import FAR_DAY


def cut_at(rows: Rows, starts: Mapping[int, int]) -> tuple[IntArray, IntArray, IntArray]:
    """Cut the version of each deal that its day of a first contract falls into.

    Args:
        rows: versions with ``deal_id, from_day, to_day``.
        starts: deal -> day from which it has a contract.

    Returns:
        For each version after the cut, in the same order: the row it came from, its
        ``from_day`` and its ``to_day``.
    """
    start = np.array([starts.get(deal, FAR_DAY) for deal in rows["deal_id"].tolist()], dtype=np.int64)
    inside = (rows["from_day"] < start) & (start < rows["to_day"])
    source = np.repeat(np.arange(len(rows)), 1 + inside)
    second = np.concatenate(([False], source[1:] == source[:-1])) if len(source) else inside
    first = np.concatenate((second[1:], [False])) if len(source) else inside
    from_day = np.where(second, start[source], rows["from_day"][source])
    to_day = np.where(first, start[source], rows["to_day"][source])
    return source, from_day, to_day


def derived_columns(rows: Rows, stage_state: Mapping[int, int], starts: Mapping[int, int]) -> Rows:
    """Return the derived columns of versions, in their order.

    The rules are those of ``derive_deal``; ``contracted`` is 1 from the day of ``starts`` on.

    Args:
        rows: ``deal_id, stage_id, expected_day, from_day`` of versions sorted by deal and
            day; no version reaches over the day of ``starts`` (see ``cut_at``).
        stage_state: stage id -> state.
        starts: deal -> day from which it has a contract.
    """
    state = np.array([stage_state[stage] for stage in rows["stage_id"].tolist()], dtype=np.int64)
    start = np.array([starts.get(deal, FAR_DAY) for deal in rows["deal_id"].tolist()], dtype=np.int64)
    begins = _begins(rows["deal_id"])
    stage_begins = begins | _begins(rows["stage_id"])
    closing = _carried(rows["from_day"], begins | _begins(state))
    first_expected, first_known = _first_known(rows["expected_day"], rows.known("expected_day"), begins)
    return Rows(
        {
            "stage_day": _carried(rows["from_day"], stage_begins),
            "state": state,
            "created_day": _carried(rows["from_day"], begins),
            "closed_day": np.where(state == OPEN, FAR_DAY, closing),
            "first_expected_day": first_expected,
            "push_count": _pushes(rows, state, begins),
            "contracted": (rows["from_day"] >= start).astype(np.int64),
        },
        {"first_expected_day": first_known},
    )


def _begins(values: IntArray) -> BoolArray:
    """Return where a value differs from the one before; the first begins too."""
    return np.concatenate((np.ones(min(len(values), 1), dtype=np.bool_), values[1:] != values[:-1]))


def _carried(values: IntArray, begins: BoolArray) -> IntArray:
    """Return the value at the beginning of each run."""
    return values[np.maximum.accumulate(np.where(begins, np.arange(len(values)), 0))]


def _first_known(values: IntArray, known: BoolArray, begins: BoolArray) -> tuple[IntArray, BoolArray]:
    """Return the first known value of each deal, from its day on."""
    before = np.concatenate(([0], np.cumsum(known)))[:-1] if len(known) else known.astype(np.int64)
    is_first = known & (before == _carried(before, begins))
    run = np.maximum.accumulate(np.where(begins | is_first, np.arange(len(values)), 0))
    return np.where(is_first[run], values[run], 0), is_first[run]


def _pushes(rows: Rows, state: IntArray, begins: BoolArray) -> IntArray:
    """Count the moves of the expected day to a later one while open, up to each version."""
    expected, known = rows["expected_day"], rows.known("expected_day")
    later = np.zeros(len(rows), dtype=np.int64)
    later[1:] = (expected[1:] > expected[:-1]) & known[1:] & known[:-1]
    total = np.cumsum(np.where(begins | (state != OPEN), 0, later))
    return total - _carried(total, begins)
