"""Rows that stay out go back as the same workbook, with the reason beside them (退回的行)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from itertools import islice
from pathlib import PurePath

from dacheng.core.errors import Text
from dacheng.exchange.layout import SheetTable
from dacheng.exchange.matching import Matched
from dacheng.exchange.noticing import Place
from dacheng.exchange.writing import OutColumn, OutSheet, write_xlsx

REASON = Text("不能导入的原因", "Why it was not imported")
"""No mapping reads a column of this title, so a corrected workbook can come back as it is."""

REASON_WIDTH = 60.0


def rejected_workbook(
    matched: Sequence[Matched], refused: Mapping[Place, Sequence[Text]], language: str = "zh"
) -> bytes:
    """Return an xlsx of the refused rows: their columns as they were read, then the reason.

    Args:
        refused: row -> why it stays out; a table without any is left out.
    """
    reasons: dict[int, dict[int, str]] = {}
    for place, texts in refused.items():
        said = dict.fromkeys(text.in_language(language) for text in texts)
        reasons.setdefault(place.table, {})[place.row] = "\n".join(said)
    sheets = [_sheet(one, reasons[number], language) for number, one in enumerate(matched) if number in reasons]
    target = BytesIO()
    write_xlsx(sheets, target, language=language)
    return target.getvalue()


def told_rows(
    matched: Sequence[Matched], refused: Mapping[Place, Sequence[Text]], most: int
) -> Iterator[tuple[str, int, dict[str, str], list[Text]]]:
    """Yield (table, row number, title -> what was read, reasons) of the first refused rows, in their order."""
    left = most
    for number, one in enumerate(matched):
        titles = {header.key: header.title for header in one.table.headers}
        reasons = {place.row: list(dict.fromkeys(texts)) for place, texts in refused.items() if place.table == number}
        rows = (row for row in one.table.rows if row.number in reasons) if reasons and left else iter(())
        for row in islice(rows, left):
            left -= 1
            cells = {title: "" if row.cells[key] is None else str(row.cells[key]) for key, title in titles.items()}
            yield one.label, row.number, cells, reasons[row.number]


def _sheet(matched: Matched, reasons: Mapping[int, str], language: str) -> OutSheet:
    columns = [OutColumn(header.title, "any") for header in matched.table.headers]
    columns.append(OutColumn(REASON.in_language(language), "text", REASON_WIDTH))
    name = matched.table.sheet.name or PurePath(matched.label).stem
    return OutSheet(name, columns, _rows(matched.table, reasons))


def _rows(table: SheetTable, reasons: Mapping[int, str]) -> Iterator[list[object]]:
    keys = [header.key for header in table.headers]
    for row in table.rows:
        if row.number in reasons:
            yield [*(row.cells[key] for key in keys), reasons[row.number]]
