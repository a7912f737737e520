"""An estimate as a workbook that goes on calculating: the weighted sum and the blend are formulas (测算导出)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

MONEY, PERCENT = "#,##0.00", "0.00%"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in the workbook, in the reader's language."""

    blend: str
    weighted: str
    heads: tuple[str, str, str, str]
    factors: tuple[str, str, str, str]
    base: str
    result: str
    total: str
    target: str


@dataclass(frozen=True, slots=True)
class EstimateSheet:
    """What is written; amounts in 元, shares 0–1, None = not known.

    Args:
        methods: name, result, weight. factors: name, growth, weight. base: of the weighted estimate. step: in 元.
    """

    methods: Sequence[tuple[str, float | None, float]]
    factors: Sequence[tuple[str, float | None, float]]
    base: float | None
    step: int


def estimate_workbook(sheet: EstimateSheet, words: Words) -> bytes:
    """Return the workbook: the blend first, then the weighted estimate; a changed weight or growth moves both."""
    body = io.BytesIO()
    with xlsxwriter.Workbook(body, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        money, percent = book.add_format({"num_format": MONEY}), book.add_format({"num_format": PERCENT})
        first, second = book.add_worksheet(words.blend), book.add_worksheet(words.weighted)
        last = _weighted(second, sheet, words, money, percent)
        _blend(first, sheet, words, money, percent, f"='{words.weighted}'!B{last}")
    return body.getvalue()


def _weighted(page: Any, sheet: EstimateSheet, words: Words, money: Any, percent: Any) -> int:
    """Write factors and their weighted sum; return the row of the result, 1-based."""
    write = _Writer(page)
    write.row(1, words.factors)
    for at, (name, growth, weight) in enumerate(sheet.factors, 2):
        write.row(at, (name,))
        write.number(at, 1, growth, percent)
        write.number(at, 2, weight, percent)
        write.formula(at, 3, f"=B{at}*C{at}", percent, (growth or 0.0) * weight)
    end = len(sheet.factors) + 1
    index = sum((growth or 0.0) * weight for _, growth, weight in sheet.factors)
    write.row(end + 1, (words.total,))
    write.formula(end + 1, 3, f"=SUM(D2:D{end})", percent, index)
    write.row(end + 2, (words.base,))
    write.number(end + 2, 1, sheet.base, money)
    write.row(end + 3, (words.result,))
    write.formula(end + 3, 1, f"=B{end + 2}*(1+D{end + 1})", money, (sheet.base or 0.0) * (1 + index))
    return end + 3


def _blend(page: Any, sheet: EstimateSheet, words: Words, money: Any, percent: Any, linked: str) -> None:
    write = _Writer(page)
    write.row(1, words.heads)
    last = len(sheet.methods) + 1
    whole = sum(weight for _, result, weight in sheet.methods if result is not None)
    total = 0.0
    for at, (name, result, weight) in enumerate(sheet.methods, 2):
        write.row(at, (name,))
        part = (result or 0.0) * weight / whole if whole and result is not None else 0.0
        total += part
        if at == 2 and result is not None:
            write.formula(at, 1, linked, money, result)
        else:
            write.number(at, 1, result, money)
        write.number(at, 2, weight, percent)
        on = f'SUMIF(B$2:B${last},"<>",C$2:C${last})'
        write.formula(at, 3, f'=IF(B{at}="",0,B{at}*C{at}/{on})', money, part)
    write.row(last + 1, (words.total,))
    write.formula(last + 1, 3, f"=SUM(D2:D{last})", money, total)
    write.row(last + 2, (words.target,))
    rounded = round(total / sheet.step) * sheet.step
    write.formula(last + 2, 3, f"=ROUND(D{last + 1}/{sheet.step},0)*{sheet.step}", money, rounded)


class _Writer:
    """Writes cells of a page by row, from 1, and column, from 0."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.page.set_column(0, 3, 18)

    def row(self, at: int, texts: Sequence[str]) -> None:
        """Write texts as they are."""
        for column, text in enumerate(texts):
            self.page.write_string(at - 1, column, text)

    def number(self, at: int, column: int, value: float | None, form: Any) -> None:
        """Write a number; nothing where it is not known."""
        if value is not None:
            self.page.write_number(at - 1, column, value, form)

    def formula(self, at: int, column: int, formula: str, form: Any, value: float) -> None:
        """Write a formula with the value that it has now."""
        self.page.write_formula(at - 1, column, formula, form, value)
