"""A report as a file: the table as seen, at full precision."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from dacheng.core.period import date_of
from dacheng.exchange.own_export import VERSION_TITLE
from dacheng.exchange.writing import write_csv
from dacheng.service.printing import counted, json_table, out_columns, text_rows
from dacheng.service.reports import Answer
from dacheng.service.workbooks import shown_version, title_of, write_workbook

BOM = "\ufeff"

RETURNING = "import.csv"
"""A csv to be worked on and brought back: titles for people, and each row says which data it shows."""

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    RETURNING: "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


Step = Callable[[int], None]
"""Told how many rows are written; it may raise to stop."""


def exported(answer: Answer, kind: str, *, columns: Iterable[str], language: str) -> bytes:
    """Return an answer as a file of a kind in ``FORMATS``; no columns chosen = all."""
    stream = io.BytesIO()
    write_export(answer, kind, stream, columns=columns, language=language)
    return stream.getvalue()


def write_export(
    answer: Answer,
    kind: str,
    stream: BinaryIO,
    *,
    columns: Iterable[str],
    language: str,
    step: Step = lambda rows: None,
) -> None:
    """Write an answer as a file of a kind in ``FORMATS``, row by row; no columns chosen = all."""
    writers = {"csv": _write_csv, RETURNING: _write_returning, "json": _write_json, "xlsx": write_workbook}
    writers[kind](answer, list(columns), language, stream, step)


def as_json(answer: Answer, columns: Iterable[str], language: str) -> dict[str, Any]:
    """Return an answer as the JSON of the API: standpoint, then the table."""
    book = answer.book
    standpoint = {"as_of": date_of(book.as_of_day).isoformat(), "basis": book.basis, "parameters": dict(answer.given)}
    return standpoint | json_table(answer.table, answer.names, language, columns)


def _write_csv(answer: Answer, columns: list[str], language: str, stream: BinaryIO, step: Step) -> None:
    """Write one header line and the rows; totals and notes are in JSON and on stderr."""
    text = io.TextIOWrapper(stream, "utf-8", newline="")
    header = [one.header for one in out_columns(answer.table, columns)]
    write_csv(header, counted(text_rows(answer.table, answer.names, columns), step), text)
    text.flush()
    text.detach()


def _write_returning(answer: Answer, columns: list[str], language: str, stream: BinaryIO, step: Step) -> None:
    """Write the rows with the titles of the workbook, the data version in the last column of each.

    A column stays when a file is renamed, sorted, cut or saved again by Excel; a file beside it or its
    name would be lost first. The mark at the beginning lets Excel read it as UTF-8.
    """
    text = io.TextIOWrapper(stream, "utf-8", newline="")
    text.write(BOM)
    header = [
        *(title_of(one, language) for one in out_columns(answer.table, columns)),
        VERSION_TITLE.in_language(language),
    ]
    version = shown_version(answer.book)
    rows = ([*row, version] for row in text_rows(answer.table, answer.names, columns))
    write_csv(header, counted(rows, step), text)
    text.flush()
    text.detach()


def _write_json(answer: Answer, columns: list[str], language: str, stream: BinaryIO, step: Step) -> None:
    stream.write((json.dumps(as_json(answer, columns, language), ensure_ascii=False, indent=1) + "\n").encode())
    step(len(answer.table))
