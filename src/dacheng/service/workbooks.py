"""A report as a workbook: numbers as numbers, text as text, a 说明 sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from dacheng.core.book import Book
from dacheng.core.period import date_of
from dacheng.core.table import CellKind, Table
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.opening import EngineSource
from dacheng.engine.replica import ReplicaEngine
from dacheng.exchange.own_export import VERSION_TITLE
from dacheng.exchange.writing import OutColumn as Column
from dacheng.exchange.writing import OutKind, OutSheet, write_xlsx
from dacheng.service.printing import ROWS_AT_ONCE, Labels, OutColumn, counted, labels_of, out_columns, written
from dacheng.service.reports import Answer
from dacheng.store.queries.versions import version_name

KINDS: Mapping[CellKind, OutKind] = {
    "money": "money",
    "count": "count",
    "days": "count",
    "day": "day",
    "ym": "month",
    "year": "any",
    "ratio": "ratio",
    "pp": "ratio",
    "number": "number",
    "flag": "flag",
}


def write_workbook(
    answer: Answer, columns: list[str], language: str, stream: BinaryIO, step: Callable[[int], None]
) -> None:
    """Write the table of an answer as xlsx, same columns and order as on the page."""
    write_xlsx([sheet_of(answer, columns, language, step)], stream, language=language)


def sheet_of(
    answer: Answer, columns: list[str], language: str, step: Callable[[int], None] = lambda rows: None
) -> OutSheet:
    """Return the table of an answer as a sheet; no columns chosen = all."""
    table = answer.table
    shown = out_columns(table, columns)
    return OutSheet(
        name=table.title.in_language(language),
        columns=[Column(title_of(one, language), _kind(one)) for one in shown],
        rows=counted(_rows(answer, shown), step),
        total=_totals(table, shown, language) if table.totals else None,
        notes=_notes(answer, language),
    )


def _rows(answer: Answer, shown: list[OutColumn]) -> Iterator[list[Any]]:
    for start in range(0, len(answer.table), ROWS_AT_ONCE):
        piece = answer.table.piece(start, start + ROWS_AT_ONCE)
        labels = labels_of(piece, answer.names)
        for row in range(len(piece)):
            yield [_value(piece, one, row, labels) for one in shown]


def title_of(one: OutColumn, language: str) -> str:
    """Return how a column is called for people; an import knows it again by this title."""
    label = one.column.label.in_language(language)
    if one.column.kind != "ref" or one.is_name:
        return label
    return f"{label} {'no.' if language.startswith('en') else '编码'}"


def _kind(one: OutColumn) -> OutKind:
    return KINDS.get(one.column.kind, "text")


def _value(table: Table, one: OutColumn, row: int, labels: Labels) -> Any:
    value = table.cell(one.column.name, row)
    if one.column.kind in KINDS or value is None:
        return value
    return written(one.column, value, labels, is_name=one.is_name)


def _total(table: Table, one: OutColumn) -> Any:
    return table.totals.get(one.column.name) if one.column.kind in KINDS else None


def _totals(table: Table, shown: list[OutColumn], language: str) -> list[Any]:
    """Return the row of totals; it says so, also to whoever reads the file again."""
    word = "Total" if language.startswith("en") else "合计"
    totals = [_total(table, one) for one in shown]
    return [word, *totals[1:]] if totals and _kind(shown[0]) == "text" else totals


def _notes(answer: Answer, language: str) -> list[str]:
    """Return what the 说明 sheet says: report, standpoint, conditions, formula, what was left out."""
    english = language.startswith("en")
    book, table = answer.book, answer.table
    basis = {"then": ("当时口径", "organisation of that day"), "today": ("今日口径", "today's organisation")}[
        book.basis
    ]
    lines = [
        f"{'As of' if english else '截至'} {date_of(book.as_of_day).isoformat()}, {basis[english]}",
        *(f"{name} = {value}" for name, value in answer.given.items() if value and name not in ("limit", "offset")),
        *version_line(book, language),
        table.help.in_language(language),
    ]
    return [*lines, *(note.text.in_language(language) for note in table.notes)]


def version_line(book: Book, language: str) -> list[str]:
    """Return which version of the data a file of a Book shows, so that it can come back and be compared."""
    told = shown_version(book)
    return [f"{VERSION_TITLE.in_language(language)} {told}"] if told else []


def shown_version(book: Book) -> str:
    """Return the name of the version of the data that a Book shows, and its day; empty of a folder."""
    source = book.source
    ours = isinstance(source, EngineSource) and isinstance(source.engine, ConnectionEngine | ReplicaEngine)
    name = version_name(source.known_at) if ours and source.known_at else ""  # type: ignore[attr-defined]
    return f"{name} @ {date_of(book.as_of_day).isoformat()}" if name else ""
