"""Sheets for tests: rows as (parent, kind, first month), months from January 2027."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dacheng.core.book import Rows
from dacheng.core.period import ym_at
from dacheng.core.plans.schema import UNIT
from dacheng.core.plans.sheet import Plan, Sheet, laid_out

JANUARY = ym_at(2027, 1)
TERMS = ("weight", "pinned", "floor", "cap", "buffer_bp", "fit_bp", "submitted", "agreed")
CELLS = ("amount", "automatic", "pinned", "floor", "cap", "submitted", "agreed")
DEFAULTS = {"weight": 1, "pinned": 0, "buffer_bp": 0, "fit_bp": 10_000, "agreed": 0}


def sheet(
    parents: Sequence[int],
    *,
    months: int = 12,
    frozen: int = 0,
    kinds: Mapping[int, int] | None = None,
    starts: Mapping[int, int] | None = None,
    terms: Mapping[int, Mapping[str, Any]] | None = None,
    cells: Mapping[tuple[int, int], Mapping[str, Any]] | None = None,
) -> Sheet:
    """Return a sheet of rows 1, 2, … by their parents' numbers; a first row has the parent 0.

    Args:
        starts: row -> its first month, 0 to months - 1. terms: row -> columns. cells: (row, month) -> columns.
    """
    count = len(parents)
    rows = Rows(
        {
            "plan_row_id": np.arange(1, count + 1),
            "parent_id": np.array(parents, dtype=np.int64),
            "kind": np.array([(kinds or {}).get(row, UNIT) for row in range(1, count + 1)]),
            "from_ym": np.array([JANUARY + starts[row] if row in (starts or {}) else 0 for row in range(1, count + 1)])
            if starts
            else np.zeros(count, dtype=np.int64),
            **{
                name: np.zeros(count, dtype=np.int64)
                for name in ("unit_id", "person_id", "customer_id", "segment_id", "product_id", "until_ym")
            },
        }
    )
    plan = Plan(1, 1, JANUARY, JANUARY + months, JANUARY + frozen, 1, 1, 0)
    stated = [(row, *_columns(TERMS, one)) for row, one in (terms or {}).items()]
    placed = [(row, JANUARY + month, *_columns(CELLS, one)) for (row, month), one in (cells or {}).items()]
    return laid_out(
        plan, 1, rows, Rows.of(("plan_row_id", *TERMS), stated), Rows.of(("plan_row_id", "ym", *CELLS), placed)
    )


def _columns(names: Sequence[str], given: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(given.get(name, DEFAULTS.get(name)) for name in names)
