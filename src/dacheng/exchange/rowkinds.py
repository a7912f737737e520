"""Tell a row of records from one that sums up or explains, and a cell that names from one that counts (行的种类)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from dacheng.exchange.cells import Cell, ErrorCell, Row
from dacheng.exchange.texts import folded, is_placeholder

NUMBER_TEXT = re.compile(r"[\s\d.,%()+\-*¥$€£'元万亿千百]*\d[\s\d.,%()+\-*¥$€£'元万亿千百]*")
MONTH_TEXT = re.compile(r"\d{4}[-/.年]\d{1,2}月?")

TOTAL = re.compile(r"(本页|本年|全年|金额)?(合计|总计|小计|共计|总和|汇总|累计|合計|總計|小計|總和)(\(.{0,12}\))?:?")
PART_TOTAL = re.compile(
    r"(.{1,40}(合计|总计|小计|汇总|合計|總計|小計))|((.{1,40} )?((grand|sub) ?-? ?)?totals?( result)?:?)"
)
"""“华东 汇总”, “East Total”: also names of companies, so the rest of the row must be numbers."""

NOTE = re.compile(
    r"注|备注|说明|制表|填表|审核|打印|导出|数据来源|note|generated|printed|copyright|confidential|source"
)
"""How notes below a table begin."""

LONGEST_LABEL = 80
"""A longer text names no column and is no number; it is not even matched, so no pattern can take long."""

MOST_FOOTERS = 50


def is_label(cell: Cell) -> bool:
    """Tell whether a cell could name a column: a text that is no number, or a month."""
    if isinstance(cell, str):
        text = folded(cell) if len(cell) <= LONGEST_LABEL else ""
        return bool(text) and (MONTH_TEXT.fullmatch(text) is not None or NUMBER_TEXT.fullmatch(text) is None)
    return isinstance(cell, date)


def is_total(row: Row) -> bool:
    """Tell whether a row sums up others (合计, 小计, Total …).

    A bare Chinese word decides alone. “华东 汇总” or “Total” may be a customer's name, so there
    all other cells must be numbers.
    """
    for place, cell in enumerate(row.cells):
        if is_quantity(cell):
            continue
        if not isinstance(cell, str) or len(cell) > LONGEST_LABEL:
            return False
        label = folded(cell)
        if TOTAL.fullmatch(label.replace(" ", "")):
            return True
        return PART_TOTAL.fullmatch(label) is not None and _sums_up(row.cells[place + 1 :])
    return False


def _sums_up(rest: tuple[Cell, ...]) -> bool:
    return all(map(is_quantity, rest)) and any(cell is not None for cell in rest)


def is_quantity(cell: Cell) -> bool:
    """Tell whether a cell is empty, a number, or a text that writes one."""
    if isinstance(cell, str):
        return len(cell) <= LONGEST_LABEL and (is_placeholder(cell) or NUMBER_TEXT.fullmatch(folded(cell)) is not None)
    return cell is None or isinstance(cell, int | Decimal | ErrorCell)


def with_footers(rows: Iterable[Row], columns: int) -> Iterator[tuple[Row, bool]]:
    """Yield the rows in their order, each with whether it is a note below the table.

    Those are the rows after the last full one that hold a single text. Only after a blank row, or where the text
    begins as notes do: the last customer may well have a name and nothing else.
    """
    pending: list[Row] = []
    before: int | None = None
    for row in rows:
        apart = before is not None and row.number > before + 1
        before = row.number
        text = _single_text(row) if columns > 2 else None
        if text is not None and (pending or apart or NOTE.match(folded(text))):
            pending.append(row)
            if len(pending) > MOST_FOOTERS:
                yield pending.pop(0), False
            continue
        yield from ((one, False) for one in pending)
        pending = []
        yield row, False
    yield from ((one, True) for one in pending)


def _single_text(row: Row) -> str | None:
    """Return the text of a row that holds nothing else."""
    if len(row.cells) - row.cells.count(None) != 1:
        return None
    cell = next(cell for cell in row.cells if cell is not None)
    return cell if isinstance(cell, str) else None
