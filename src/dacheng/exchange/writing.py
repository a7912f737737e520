"""Write rows out as xlsx or csv with nothing altered and nothing live (导出).

An xlsx holds text as text: a cell that begins with ``= + - @`` stays what it is, because it
is written as a string and not as a formula. A csv has no types, so the only guard there
would be to put something before such a text, and then it is another text: what comes back
in is not what went out, phone numbers and negative amounts first. So csv carries every value
unaltered; whoever opens untrusted rows in a spreadsheet program takes the xlsx.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO

import xlsxwriter

from dacheng.core.errors import Text
from dacheng.core.money import to_decimal
from dacheng.core.period import FAR_DAY, date_of, ym_text
from dacheng.exchange.cells import ErrorCell

OutKind = Literal["text", "money", "count", "day", "month", "ratio", "number", "bp", "flag", "any"]
"""``money`` 分 · ``day`` days since 1970-01-01 or a date · ``month`` ym · ``ratio`` 0–1 · ``number`` one with a
fraction · ``bp`` basis points · ``flag`` 0/1 · ``any`` a cell as it was read (rejected rows)."""

OutValue = Any
"""An int for the number kinds, a str for text; None is an empty cell in each."""

EXACT_DIGITS = 15
"""Up to here a spreadsheet's number is exact; an amount with more is written as text."""

CELL_CHARACTERS = 32_767
CHOICE_CHARACTERS, CHOICE_ROWS = 255, 1_000
"""Excel holds a list of choices of so many characters; it is offered in so many rows."""
SHEET_ROWS = 1_048_576
NAME_CHARACTERS = 31
MEASURED_ROWS = 100
NARROWEST, WIDEST = 8, 60
FIRST_EXCEL_DAY = date(1900, 3, 1)
"""Before it Excel's count is off by one day (its 1900 has a 29 February), so such dates are text."""

CREATED = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands in the file's properties unless a moment is handed in: the same rows give the same bytes."""

NUMBER_FORMATS: Mapping[str, str] = {
    "text": "@",
    "money": "#,##0.00;[Red]-#,##0.00",
    "count": "#,##0;[Red]-#,##0",
    "day": "yyyy-mm-dd",
    "month": "@",
    "ratio": "0.0%",
    "number": "#,##0.00;[Red]-#,##0.00",
    "bp": "0.00%",
    "flag": "0",
    "any": "General",
    "moment": "yyyy-mm-dd hh:mm:ss",
}
BP_PER_WHOLE = Decimal(10_000)
MOST_NOTES = 1_000

NOTES_SHEET = Text("说明", "Notes")
NOTES_COLUMNS = (Text("工作表", "Sheet"), Text("说明", "Note"))
TOO_MANY_DIGITS = Text("{cell} 超过 15 位数字，按文本写出。", "{cell} has more than 15 digits and is written as text.")
CUT = Text(
    "{cell} 有 {count} 个字符，单元格容纳不下，已截断；完整内容请导出 csv。",
    "{cell} has {count} characters, more than a cell holds; it was cut. Export csv for the whole text.",
)

SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class OutColumn:
    """One column to write.

    Args:
        title: in the language of the reader.
        width: in characters; None = by the title and the first rows.
        choices: what a person may pick here; offered as a list as far as Excel holds one.
    """

    title: str
    kind: OutKind = "text"
    width: float | None = None
    choices: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class OutSheet:
    """One sheet to write.

    Args:
        rows: one value for each column, any number of rows; taken once.
        total: a row that sums up; it stands right below the header, so it is seen at once.
        notes: lines for the sheet 说明: formula, scope, as-of day, what was left out.
    """

    name: str
    columns: Sequence[OutColumn]
    rows: Iterable[Sequence[OutValue]] = ()
    total: Sequence[OutValue] | None = None
    notes: Sequence[str] = ()


Sheet = OutSheet


# csv -----------------------------------------------------------------------------------------


def write_csv(
    header: Sequence[str | OutColumn], rows: Iterable[Sequence[OutValue]], stream: TextIO, *, mark: bool = False
) -> int:
    """Write a header and rows as csv (RFC 4180); return the number of rows.

    Columns given as ``OutColumn`` are written for people: money in 元, ISO days and months,
    ratios as decimals; plain titles write each value's own text.

    Args:
        stream: text, opened with ``newline=""``.
        mark: begin with the byte order mark by which Excel knows UTF-8.
    """
    if mark:
        stream.write("\ufeff")
    columns = [OutColumn(column, "any") if isinstance(column, str) else column for column in header]
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.title for column in columns])
    count = 0
    for row in rows:
        writer.writerow([_csv_text(column.kind, value) for column, value in zip(columns, row, strict=True)])
        count += 1
    return count


def _csv_text(kind: OutKind, value: OutValue) -> str:
    plain = plain_value(kind, value)
    if plain is None:
        return ""
    if isinstance(plain, Decimal):
        return f"{plain:f}"
    return plain.isoformat() if isinstance(plain, date) else str(plain)


def plain_value(kind: OutKind, value: OutValue) -> str | int | Decimal | date | None:
    """Return a stored value as people read it: 元, dates, months as text, shares as decimals.

    >>> plain_value("money", -5), plain_value("month", 24312), plain_value("bp", 3550)
    (Decimal('-0.05'), '2026-01', Decimal('0.355'))
    """
    if value is None:
        return None
    if kind == "money":
        return to_decimal(value)
    if kind == "day":
        return _day(value)
    if kind == "month":
        return ym_text(int(value))
    if kind in ("ratio", "number"):
        return Decimal(repr(float(value))) if isfinite(value) else None
    if kind == "bp":
        return Decimal(int(value)) / BP_PER_WHOLE
    if kind in ("count", "flag"):
        return int(value)
    return _any_value(value) if kind == "any" else str(value)


def _day(value: OutValue) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return None if value >= FAR_DAY else date_of(value)


def _any_value(value: OutValue) -> str | int | Decimal | date:
    """Return a cell as it was read; what a file cannot hold becomes its text."""
    if isinstance(value, ErrorCell):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return Decimal(repr(value)) if isfinite(value) else str(value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.isoformat()
    return value if isinstance(value, str | int | Decimal | date) else str(value)


# xlsx ----------------------------------------------------------------------------------------


def write_xlsx(
    sheets: Sequence[OutSheet], path: str | Path | BinaryIO, *, language: str = "zh", created: datetime = CREATED
) -> int:
    """Write sheets with frozen headers and, where there are notes, a sheet 说明; return the number of rows.

    Rows go to disk as they come, so memory stays flat however many there are; beyond Excel's
    1,048,576 rows they go on on a following sheet. A text that no cell can hold is cut and
    an amount beyond 15 digits is written as text; both are said on the sheet 说明.

    Args:
        language: of what this function says itself; titles and notes come as they are.
        created: the moment for the file's properties.
    """
    target = str(path) if isinstance(path, str | Path) else path
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": created})
        writer = _BookWriter(book, language)
        count = sum(writer.write(sheet) for sheet in sheets)
        writer.write_notes()
    return count


class _BookWriter:
    """Formats, names and notes of one workbook while it is written."""

    def __init__(self, book: Any, language: str) -> None:
        self.book = book
        self.language = language
        self.names: set[str] = set()
        self.notes: list[tuple[str, str]] = []
        self.formats = {kind: book.add_format({"num_format": form}) for kind, form in NUMBER_FORMATS.items()}
        self.totals = {
            kind: book.add_format({"num_format": form, "bold": True, "top": 1}) for kind, form in NUMBER_FORMATS.items()
        }
        self.header = book.add_format(
            {
                "bold": True,
                "text_wrap": True,
                "valign": "vcenter",
                "bg_color": "#F2F4F7",
                "bottom": 1,
                "num_format": "@",
            }
        )

    def write(self, sheet: OutSheet) -> int:
        """Write one sheet, on as many pages as it needs; return the number of its rows."""
        self.notes += [(sheet.name, note) for note in sheet.notes]
        rows = iter(sheet.rows)
        ahead = list(islice(rows, MEASURED_ROWS))
        widths = _widths(sheet, ahead)
        whole = chain(ahead, rows)
        count, first = 0, next(whole, None)
        while True:
            page = self._page(sheet, widths)
            row_number = 1
            if sheet.total is not None and not count:
                self._write_row(page, row_number, sheet.columns, sheet.total, self.totals)
                row_number += 1
            while first is not None and row_number < SHEET_ROWS:
                self._write_row(page, row_number, sheet.columns, first, self.formats)
                row_number, count, first = row_number + 1, count + 1, next(whole, None)
            if first is None:
                return count

    def _page(self, sheet: OutSheet, widths: list[float]) -> Any:
        page = self.book.add_worksheet(self._free_name(sheet.name))
        page.freeze_panes(1, 0)
        for place, (column, width) in enumerate(zip(sheet.columns, widths, strict=True)):
            page.set_column(place, place, width)
            page.write_string(0, place, self._fitting(column.title, page, 0, place), self.header)
            _offer(page, place, column.choices)
        return page

    def _write_row(
        self, page: Any, number: int, columns: Sequence[OutColumn], row: Sequence[OutValue], formats: dict[str, Any]
    ) -> None:
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            self._write_cell(page, number, place, column.kind, value, formats)

    def _write_cell(
        self, page: Any, number: int, place: int, kind: OutKind, value: OutValue, formats: dict[str, Any]
    ) -> None:
        plain = plain_value(kind, value)
        if plain is None:
            return
        if isinstance(plain, date) and _excel_day(plain):
            form = "moment" if isinstance(plain, datetime) else "day"
            page.write_datetime(number, place, plain, formats[form])
        elif isinstance(plain, int | Decimal) and _exact(kind, plain):
            page.write_number(number, place, plain, formats[kind])
        else:
            if isinstance(plain, int | Decimal):
                self._note(page, TOO_MANY_DIGITS.filled(cell=_reference(number, place)))
            text = f"{plain:f}" if isinstance(plain, Decimal) else str(plain)
            page.write_string(number, place, self._fitting(text, page, number, place), formats["text"])

    def _fitting(self, text: str, page: Any, number: int, place: int) -> str:
        """Return the text that a cell can hold."""
        text = SURROGATES.sub("\ufffd", text)
        if len(text) > CELL_CHARACTERS:
            self._note(page, CUT.filled(cell=_reference(number, place), count=f"{len(text):,}"))
        return text[:CELL_CHARACTERS]

    def _note(self, page: Any, note: Text) -> None:
        if len(self.notes) < MOST_NOTES:
            self.notes.append((page.name, note.in_language(self.language)))

    def _free_name(self, wanted: str) -> str:
        """Return a sheet name that Excel accepts and that is not taken yet."""
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", SURROGATES.sub("", wanted)).strip().strip("'") or "Sheet"
        if plain.casefold() == "history":
            plain += " "
        name, number = plain[:NAME_CHARACTERS], 1
        while name.casefold() in self.names:
            number += 1
            end = f" ({number})"
            name = plain[: NAME_CHARACTERS - len(end)] + end
        self.names.add(name.casefold())
        return name

    def write_notes(self) -> None:
        """Write what was said about the sheets, if anything was."""
        if self.notes:
            columns = [OutColumn(title.in_language(self.language)) for title in NOTES_COLUMNS]
            self.write(OutSheet(NOTES_SHEET.in_language(self.language), columns, tuple(self.notes)))


def _offer(page: Any, place: int, choices: Sequence[str]) -> None:
    """Offer a list in the cells of a column; another text may still be typed, the import decides."""
    if choices and len(",".join(choices)) <= CHOICE_CHARACTERS and not any("," in one for one in choices):
        listed = {"validate": "list", "source": list(choices), "error_type": "warning"}
        page.data_validation(1, place, CHOICE_ROWS, place, listed)


def _excel_day(day: date) -> bool:
    return (day.date() if isinstance(day, datetime) else day) >= FIRST_EXCEL_DAY


def _exact(kind: OutKind, number: int | Decimal) -> bool:
    """Tell whether a spreadsheet's number holds it: all digits, or the same float that it came from."""
    if kind == "any" and isinstance(number, Decimal):
        return Decimal(repr(float(number))) == number
    return kind in ("ratio", "number", "bp") or len(Decimal(number).as_tuple().digits) <= EXACT_DIGITS


def _reference(number: int, place: int) -> str:
    return str(xlsxwriter.utility.xl_rowcol_to_cell(number, place))


def _widths(sheet: OutSheet, ahead: list[Sequence[OutValue]]) -> list[float]:
    """Return the width of each column: its own, or what its title and first rows need."""
    sample = [*ahead, sheet.total] if sheet.total is not None else ahead
    return [
        column.width
        if column.width is not None
        else _measured(column, (row[place] for row in sample if place < len(row)))
        for place, column in enumerate(sheet.columns)
    ]


def _measured(column: OutColumn, values: Iterator[OutValue]) -> float:
    texts = chain([column.title], (_shown(column.kind, value) for value in values))
    widest = max(max(map(text_width, text.splitlines()), default=0) for text in texts)
    return float(min(WIDEST, max(NARROWEST, widest + 2)))


def _shown(kind: OutKind, value: OutValue) -> str:
    plain = plain_value(kind, value)
    return f"{plain:,.2f}" if isinstance(plain, Decimal) and kind == "money" else "" if plain is None else str(plain)


def text_width(text: str) -> int:
    """Return the width of a line in Latin characters; a Chinese one counts double.

    >>> text_width("客户ID")
    6
    """
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
