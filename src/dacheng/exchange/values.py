"""Turn cells into values: text, money, numbers, shares, dates, months (取值).

Every parser is pure, returns None for an empty cell or a placeholder (missing is not zero),
and raises a ``ValueProblem`` with rule, message and remedy; the importer knows the row and
the column and makes the finding. What was changed without being refused goes to ``notes``.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from dacheng.core.errors import Text
from dacheng.exchange.amounts import (
    CURRENCIES,
    MONEY_UNITS,
    RatioScale,
    parse_int,
    parse_money,
    parse_ratio,
)
from dacheng.exchange.cells import Cell, ErrorCell
from dacheng.exchange.dates import DateOrder, parse_date, parse_month, written_month
from dacheng.exchange.problems import Notes, ValueProblem, cell_error, problem
from dacheng.exchange.texts import folded, header_key, is_placeholder, visible, without_guard

__all__ = [
    "parse_text", "parse_money", "parse_int", "parse_ratio", "parse_date", "parse_month",
    "written_month",
    "ValueProblem", "Notes", "MONEY_UNITS", "CURRENCIES", "RatioScale", "DateOrder",
    "folded", "header_key", "is_placeholder",
]  # fmt: skip

SAFE_DIGITS = 10**15
"""From here on a number cell cannot hold every digit."""


def parse_text(cell: Cell, *, limit: int = 500, placeholders: bool = True, notes: Notes | None = None) -> str | None:
    """Return a cell as text without invisible characters, or None where nothing is.

    Widths and case stay as they are typed: compare with ``folded``. Numbers are written out
    without an exponent, dates as ISO.

    Args:
        limit: most characters.
        placeholders: read “无”, “N/A”, “NULL”, “Select” … as nothing.

    Raises:
        ValueProblem: an error cell, or too long.

    >>> parse_text("'+86 138 0000 0000"), parse_text(20260105), parse_text("无")
    ('+86 138 0000 0000', '20260105', None)
    """
    if isinstance(cell, ErrorCell):
        raise cell_error(cell)
    text = _as_text(cell, notes)
    if not text or (placeholders and isinstance(cell, str) and is_placeholder(text)):
        return None
    if len(text) > limit:
        raise problem(
            "text/too-long",
            cell,
            Text(
                f"文本有 {len(text):,} 个字符，上限 {limit:,}。",
                f"The text has {len(text):,} characters; at most {limit:,}.",
            ),
            Text("请缩短该单元格的内容。", "Shorten the text of this cell."),
        )
    return text


def _as_text(cell: Cell, notes: Notes | None) -> str:
    if isinstance(cell, str):
        return without_guard(visible(cell))
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | Decimal):
        _note_lost_digits(cell, notes)
        return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
    return str(cell)


def _note_lost_digits(cell: int | Decimal, notes: Notes | None) -> None:
    if notes is not None and abs(Decimal(cell)) >= SAFE_DIGITS:
        notes.append(
            problem(
                "text/lost-digits",
                cell,
                Text(
                    "“{value}”是数字单元格，15 位以后的数字已丢失。",
                    "“{value}” is a number cell; digits after the 15th are lost.",
                ),
                Text("请把该列设为文本格式后重新导出。", "Format the column as text and export again."),
                "warn",
            )
        )
