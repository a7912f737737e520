"""A report as a file: the table as seen, at full precision."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from typing import Any

from dacheng.core.period import date_of
from dacheng.exchange.writing import write_csv
from dacheng.service.printing import csv_rows, json_table
from dacheng.service.reports import Answer
from dacheng.service.workbooks import workbook

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def exported(answer: Answer, kind: str, *, columns: Iterable[str], language: str) -> bytes:
    """Return an answer as a file of a kind in ``FORMATS``; no columns chosen = all."""
    writers: dict[str, Callable[[Answer, list[str], str], bytes]] = {"csv": _csv, "json": _json, "xlsx": workbook}
    return writers[kind](answer, list(columns), language)


def as_json(answer: Answer, columns: Iterable[str], language: str) -> dict[str, Any]:
    """Return an answer as the JSON of the API: standpoint, then the table."""
    book = answer.book
    standpoint = {"as_of": date_of(book.as_of_day).isoformat(), "basis": book.basis, "parameters": dict(answer.given)}
    return standpoint | json_table(answer.table, answer.names, language, columns)


def _csv(answer: Answer, columns: list[str], language: str) -> bytes:
    """Return one header line and the rows; totals and notes are in JSON and on stderr."""
    stream = io.StringIO()
    header, rows = csv_rows(answer.table, answer.names, columns)
    write_csv(header, rows, stream)
    return stream.getvalue().encode()


def _json(answer: Answer, columns: list[str], language: str) -> bytes:
    return (json.dumps(as_json(answer, columns, language), ensure_ascii=False, indent=1) + "\n").encode()
