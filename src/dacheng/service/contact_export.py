"""Contacts as a workbook (联系人导出): those whom the viewer sees, in columns that an import reads back."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from dacheng.core.book import Book
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.errors import Text
from dacheng.core.relation import csv_name
from dacheng.exchange.mapping import typed_columns
from dacheng.exchange.writing import OutColumn, OutSheet, write_xlsx
from dacheng.service.records import listed
from dacheng.service.workbooks import version_line

PERSONAL = Text(
    "个人信息，只供看得到这些客户的人工作之用；用完请删。",
    "Personal data, for the work of those who deal with these accounts; delete it when done.",
)
WAY_BACK = Text(
    "改好后可以原样导入：只写入文件里改过的，两边都改的会列出来。",
    "Edit and import it again: only what the file changed is written, and what both sides changed is told.",
)

Row = Mapping[str, object]


def contacts_workbook(book: Book, language: str, customer: UUID | None = None) -> bytes:
    """Return the contacts that the viewer sees on the Book's day as xlsx.

    Args:
        customer: of one customer only.
    """
    rows = listed("contacts", book, of=("customer_id", customer) if customer else None).rows
    columns, shared = typed_columns(CONTACTS), _shared(rows)
    sheet = OutSheet(
        name=CONTACTS.label.in_language(language),
        columns=[OutColumn(one.label.in_language(language)) for one in columns.values()],
        rows=[[_text(name, row, shared, language) for name in columns] for row in rows],
        notes=[*version_line(book, language), WAY_BACK.in_language(language), PERSONAL.in_language(language)],
    )
    stream = io.BytesIO()
    write_xlsx([sheet], stream, language=language)
    return stream.getvalue()


def _shared(rows: Sequence[Row]) -> frozenset[object]:
    """Return the names that several customers bear: there the code must be written."""
    codes = {(row["customer"], row["customer_name"]) for row in rows}
    return frozenset(name for name, many in Counter(name for _, name in codes).items() if many > 1)


def _text(name: str, row: Row, shared: frozenset[object], language: str) -> str | None:
    column = typed_columns(CONTACTS)[name]
    if name == "customer":
        return str(row["customer"] if row["customer_name"] in shared else row["customer_name"])
    if column.kind == "ref":
        return str(row[csv_name(column.name)] or "") or None
    value = row[column.name]
    if column.kind == "choice":
        return next((label.in_language(language) for _n, code, label in column.choices if code == value), None)
    if column.kind == "flag":
        return "1" if value else "0"
    return str(value) if value else None
