"""The values of a compared day, row by row beside those of the as-of day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dacheng.core.relation import csv_name
from dacheng.core.table import Table
from dacheng.service.printing import csv_rows, written
from dacheng.service.reports import Answer


def compared_json(answer: Answer) -> dict[str, Any]:
    """Return rows and totals of the compared day as JSON, in the rows' order; null where a row was not there."""
    earlier = _earlier(answer.table)
    header, rows = csv_rows(earlier, answer.names)
    there = [any(earlier.known(name)[at] for name in earlier.key) for at in range(len(earlier))]
    return {
        "rows": [
            {name: value or None for name, value in zip(header, row, strict=True)} if present else None
            for row, present in zip(rows, there, strict=True)
        ],
        "totals": _totals(earlier),
    }


def _earlier(table: Table) -> Table:
    """Return the compared values as a table of their own."""
    assert table.before is not None
    return replace(table, values=table.before, masks=table.before_masks, totals=table.before_totals)


def _totals(table: Table) -> dict[str, str | None]:
    return {csv_name(name): written(table.column(name), value, {}) or None for name, value in table.totals.items()}
