"""A Table as plain rows: what CSV, spreadsheets and JSON carry, at full precision.

One place for how a value is written outside: money in 元 with two decimals, days ISO,
months 2026-01, ratios as percent with two decimals, refs by code with the name in a
column of its own beside it, choices by code. Missing is empty, never 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from dacheng.core.money import to_decimal
from dacheng.core.period import date_of, ym_text
from dacheng.core.relation import csv_name
from dacheng.core.table import Table, TableColumn
from dacheng.service.names import Name, Names

Labels = Mapping[str, Mapping[int, Name]]
Value = int | float | None
ROWS_AT_ONCE = 10_000
TOLD_EVERY = 1_000
NAME = "_name"
"""Ending of the column that carries the name beside a code."""


@dataclass(frozen=True, slots=True)
class OutColumn:
    """One column outside: its header, the table column it comes from, and whether it is the name of a ref."""

    header: str
    column: TableColumn
    is_name: bool = False


def out_columns(table: Table, chosen: Iterable[str] = ()) -> list[OutColumn]:
    """Return the columns outside, in table order; all of them unless some are chosen."""
    wanted = set(chosen)
    found = []
    for column in table.columns:
        if wanted and column.name not in wanted:
            continue
        header = csv_name(column.name)
        found.append(OutColumn(header, column))
        if column.kind == "ref":
            found.append(OutColumn(header + NAME, column, is_name=True))
    return found


def labels_of(table: Table, names: Names) -> Labels:
    """Return the names of all ids in a table: one question per relation."""
    ids: dict[str, set[int]] = {}
    for column in table.columns:
        if column.kind == "ref":
            ids.setdefault(column.ref, set()).update(table.values[column.name].tolist())
    return names.names_of(ids)


def written(column: TableColumn, value: Value, labels: Labels, *, is_name: bool = False) -> str:
    """Return one value as text; empty when it is missing."""
    if value is None:
        return ""
    if column.kind == "ref":
        name = labels.get(column.ref, {}).get(int(value))
        return "" if name is None else name.name if is_name else name.code
    if column.kind == "money":
        return f"{to_decimal(int(value)):.2f}"
    if column.kind in ("ratio", "pp"):
        return percent(float(value)) + ("%" if column.kind == "ratio" else "")
    if column.kind == "number":
        return hundredths(float(value))
    if column.kind == "day":
        return date_of(int(value)).isoformat()
    if column.kind == "ym":
        return ym_text(int(value))
    if column.kind == "choice":
        return next((code for number, code, _ in column.choices if number == value), "")
    return str(int(value))


def percent(value: float) -> str:
    """Return 100 × a ratio with two decimals, half away from zero.

    >>> percent(0.399), percent(-0.05), percent(1.3)
    ('39.90', '-5.00', '130.00')
    """
    return str((Decimal(repr(float(value))) * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def hundredths(value: float) -> str:
    """Return a number with two decimals, half away from zero.

    >>> hundredths(7.345), hundredths(12.0)
    ('7.35', '12.00')
    """
    return str(Decimal(repr(float(value))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def csv_rows(table: Table, names: Names, chosen: Iterable[str] = ()) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a table as text."""
    chosen = list(chosen)
    return [one.header for one in out_columns(table, chosen)], list(text_rows(table, names, chosen))


def text_rows(table: Table, names: Names, chosen: Iterable[str] = ()) -> Iterator[list[str]]:
    """Yield the rows of a table as text; names are asked for piece by piece, so memory stays flat."""
    columns = out_columns(table, chosen)
    for start in range(0, len(table), ROWS_AT_ONCE):
        piece = table.piece(start, start + ROWS_AT_ONCE)
        labels = labels_of(piece, names)
        texts = (
            [written(one.column, value, labels, is_name=one.is_name) for value in piece.cells(one.column.name)]
            for one in columns
        )
        yield from map(list, zip(*texts, strict=True))


def counted(rows: Iterable[Any], step: Callable[[int], None]) -> Iterator[Any]:
    """Yield rows as they are, telling now and then how many went by."""
    at = 0
    for at, row in enumerate(rows, 1):
        if at % TOLD_EVERY == 0:
            step(at)
        yield row
    step(at)


def json_table(table: Table, names: Names, language: str, chosen: Iterable[str] = ()) -> dict[str, Any]:
    """Return a table as JSON: columns described, rows as objects, totals, notes; money as decimal text."""
    header, rows = csv_rows(table, names, chosen)
    columns = out_columns(table, chosen)
    totals = {csv_name(name): written(table.column(name), value, {}) or None for name, value in table.totals.items()}
    return {
        "report": table.name,
        "title": table.title.in_language(language),
        "columns": [_described(one, language) for one in columns],
        "rows": [_object(header, row) for row in rows],
        "totals": totals,
        "count": table.count,
        "notes": [
            {"code": note.code, "text": note.text.in_language(language), "count": note.count} for note in table.notes
        ],
        "help": table.help.in_language(language),
    }


def _object(header: Sequence[str], row: Sequence[str]) -> dict[str, str | None]:
    return {name: value or None for name, value in zip(header, row, strict=True)}


def _described(one: OutColumn, language: str) -> dict[str, str]:
    kind = "text" if one.is_name else "code" if one.column.kind in ("ref", "choice") else one.column.kind
    return {
        "name": one.header,
        "kind": kind,
        "label": one.column.label.in_language(language),
        "help": one.column.help.in_language(language),
    }
