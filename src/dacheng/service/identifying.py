"""Public ids beside the codes of a report's rows, so that a row leads to its record."""

from __future__ import annotations

from typing import Any

from dacheng.core.relation import csv_name
from dacheng.service.printing import labels_of
from dacheng.service.reports import Answer

ID = "_id"
"""Ending of the field that carries the public id beside a code."""


def with_ids(shown: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """Return the JSON of an answer with ``deal_id`` beside ``deal`` in every row; null where a record has no page."""
    table, labels = answer.table, labels_of(answer.table, answer.names)
    references = [column for column in table.columns if column.kind == "ref"]
    rows = [dict(row) for row in shown["rows"]]
    for column in references:
        named = labels.get(column.ref, {})
        for at, row in enumerate(rows):
            name = named.get(int(table.cell(column.name, at) or 0))
            row[csv_name(column.name) + ID] = name.uid or None if name else None
    return shown | {"rows": rows}
