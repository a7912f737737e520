"""Find the table on a sheet: header row, columns, rows; titles, totals and notes are not rows (表格识别)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import NamedTuple

from dacheng.core.errors import Finding, Severity, Text
from dacheng.exchange.cells import Cell, Row, column_letters
from dacheng.exchange.refusal import FileRefused, refused
from dacheng.exchange.rowkinds import is_label, is_total, with_footers
from dacheng.exchange.sheets import Area, Sheet
from dacheng.exchange.texts import header_key

ROWS_LOOKED_AT = 40
"""The header is among the first rows that are not blank."""

HEADER_SHARE = 0.6
"""A header names at least this share of the most columns that any of those rows names."""

MOST_FINDINGS = 50
"""Of one kind; what is beyond is told as a number."""

LONGEST_TITLE = 200


class Header(NamedTuple):
    """One column of the table.

    Args:
        key: what mappings say: ``header_key`` of the title, the second of a name with ``#2``.
        title: as it is written.
        position: 0 is column A.
    """

    key: str
    title: str
    position: int

    @property
    def letters(self) -> str:
        """Return the column's letters."""
        return column_letters(self.position)


class TableRow(NamedTuple):
    """One row of the table.

    Args:
        number: the sheet's own row number, 1-based.
        cells: header key -> cell; every key is there, None where the cell is empty.
    """

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class SheetTable:
    """The table of one sheet.

    Args:
        header_row: the row number of its (last) header row.
        row_count: rows that ``rows`` yields; left_out: numbers of those that it does not; None = not counted yet.
        findings: totals, notes, hidden rows, merged cells, unnamed columns.
    """

    sheet: Sheet
    header_row: int
    headers: tuple[Header, ...]
    row_count: int = 0
    left_out: frozenset[int] | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of the columns, left to right."""
        return tuple(header.key for header in self.headers)

    @property
    def rows(self) -> Iterator[TableRow]:
        """Yield the rows anew each time; totals, repeated headers and notes are left out."""
        places = [(key, position) for key, _, position in self.headers]
        for row in self._below():
            if row.number in self.left_out if self.left_out is not None else self.reason_to_skip(row):
                continue
            number, cells = row
            width = len(cells)
            yield TableRow(number, {key: cells[at] if at < width else None for key, at in places})

    def _below(self) -> Iterator[Row]:
        return (row for row in self.sheet.rows if row.number > self.header_row)

    def reason_to_skip(self, row: Row) -> str:
        """Return the rule by which a row is no row of the table; empty for one that is."""
        if is_total(row):
            return "sheet/totals-row"
        if all(_title(_cell(row, position)) == title for _, title, position in self.headers):
            return "sheet/repeated-header"
        return ""


def find_table(sheet: Sheet, known: Collection[str] = (), *, header_row: int | None = None) -> SheetTable:
    """Return the table of a sheet, with its rows counted and what is odd about them.

    The header is the row that holds the most ``known`` keys, or, where none is known, the first
    row that names nearly as many columns as any of the first rows.

    Args:
        known: header keys that a mapping expects.
        header_row: its row number, where the person says so; 0 = there is none, the
            columns are named ``A``, ``B`` ….

    Raises:
        FileRefused: the sheet is empty or has no such row.
    """
    return _with_findings(find_header(sheet, known, header_row=header_row))


def find_header(sheet: Sheet, known: Collection[str] = (), *, header_row: int | None = None) -> SheetTable:
    """Return the table of a sheet by its first rows alone: what it holds is not counted yet.

    Raises:
        FileRefused: as ``find_table``.
    """
    if header_row == 0:
        letters = [column_letters(position) for position in range(sheet.column_count)]
        headers = tuple(Header(name, name, position) for position, name in enumerate(letters))
        return SheetTable(sheet, 0, headers)
    first = list(islice(sheet.rows, ROWS_LOOKED_AT))
    if header_row is not None:
        first = [row for row in sheet.rows if header_row <= row.number <= header_row + 1]
    place = 0 if header_row is not None else _header_place(first, frozenset(map(header_key, known)))
    if place is None or place >= len(first) or (header_row is not None and first[0].number != header_row):
        raise _no_header(sheet, header_row)
    header, titles = _titles(sheet, first[place : place + 2])
    return SheetTable(sheet, header, _headers(titles))


# Header --------------------------------------------------------------------------------------


def _header_place(rows: list[Row], known: frozenset[str]) -> int | None:
    """Return the place among the rows of the one that looks most like a header."""
    if known:
        matches = [len(known & {header_key(_title(cell)) for cell in row.cells}) for row in rows]
        if max(matches, default=0) >= min(2, len(known)):
            return matches.index(max(matches))
    named = [len({header_key(_title(cell)) for cell in row.cells if is_label(cell)}) for row in rows]
    widest = max(named, default=0)
    return next((place for place, count in enumerate(named) if count and count >= HEADER_SHARE * widest), None)


def _title(cell: Cell) -> str:
    """Return a header cell as text; a first day of a month names that month."""
    if isinstance(cell, date):
        day = cell.date() if isinstance(cell, datetime) else cell
        return day.isoformat()[:7] if day.day == 1 else day.isoformat()
    return " ".join(cell[:LONGEST_TITLE].split()) if isinstance(cell, str) else "" if cell is None else str(cell)


def _titles(sheet: Sheet, rows: list[Row]) -> tuple[int, list[str]]:
    """Return the header's row number and its titles; a merged title over named columns is joined with them."""
    top, *below = rows
    titles = [_title(cell) for cell in top.cells]
    groups = [area for area in sheet.merged if area.top == area.bottom == top.number and area.right > area.left]
    named = [area for area in groups if below and below[0].number == top.number + 1 and _names_all(below[0], area)]
    if not named:
        return top.number, titles
    width = max(len(titles), *(area.right + 1 for area in named))
    titles += [""] * (width - len(titles))
    for area in named:
        parent = titles[area.left]
        for position in range(area.left, area.right + 1):
            titles[position] = f"{parent}/{_title(_cell(below[0], position))}"
    return below[0].number, titles


def _names_all(row: Row, area: Area) -> bool:
    return all(is_label(_cell(row, position)) for position in range(area.left, area.right + 1))


def _headers(titles: list[str]) -> tuple[Header, ...]:
    seen: dict[str, int] = {}
    headers = []
    for position, title in enumerate(titles):
        key = header_key(title)
        if key:
            seen[key] = seen.get(key, 0) + 1
            headers.append(Header(key if seen[key] == 1 else f"{key}#{seen[key]}", title, position))
    return tuple(headers)


def _cell(row: Row, position: int) -> Cell:
    return row.cells[position] if position < len(row.cells) else None


# Findings ------------------------------------------------------------------------------------


class _Reported:
    """Findings of a sheet, at most ``MOST_FINDINGS`` of each rule."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.counts: dict[str, int] = {}
        self.findings: list[Finding] = []

    def add(self, rule: str, row: int | None, column: str = "", value: str = "") -> None:
        self.counts[rule] = self.counts.get(rule, 0) + 1
        if self.counts[rule] <= MOST_FINDINGS:
            message, remedy, severity = _SAID[rule]
            message = message.filled(row=row, column=column, value=value)
            self.findings.append(Finding(rule, message, remedy, severity, self.sheet, row, column, value))

    def add_count(self, rule: str, all_of_them: int) -> None:
        self.counts[rule] = max(self.counts.get(rule, 0), all_of_them)

    def closed(self) -> tuple[Finding, ...]:
        for rule, count in self.counts.items():
            if count > MOST_FINDINGS:
                more = Text(f"另有 {count - MOST_FINDINGS:,} 处相同。", f"{count - MOST_FINDINGS:,} more like this.")
                self.findings.append(Finding(rule, more, _SAID[rule][1], "note", self.sheet))
        return tuple(self.findings)


_SAID: dict[str, tuple[Text, Text, Severity]] = {
    "sheet/totals-row": (
        Text("第 {row} 行是合计行（{value}），未导入。", "Row {row} is a total ({value}); it was left out."),
        Text("若它是一条记录，请改写该行首个文本。", "If it is a record, change the first text of the row."),
        "note",
    ),
    "sheet/repeated-header": (
        Text("第 {row} 行重复了表头，未导入。", "Row {row} repeats the header; it was left out."),
        Text("无需处理。", "Nothing to do."),
        "note",
    ),
    "sheet/footer": (
        Text(
            "第 {row} 行是表后说明（{value}），未导入。",
            "Row {row} is a note below the table ({value}); it was left out.",
        ),
        Text("若它是一条记录，请删除它上方的空行。", "If it is a record, delete the blank row above it."),
        "note",
    ),
    "sheet/unnamed-column": (
        Text(
            "{column} 列有内容但没有表头，未读取（首见于第 {row} 行）。",
            "Column {column} has values but no header; it was not read (first in row {row}).",
        ),
        Text("需要时请为该列写上表头。", "Give the column a header if it is needed."),
        "warn",
    ),
    "sheet/merged-cells": (
        Text(
            "合并单元格 {value}：值只在第一格，其余按空白读取。",
            "Merged cells {value}: the value is in the first cell only, the others are blank.",
        ),
        Text("请取消合并并填满每一格。", "Unmerge them and fill every cell."),
        "warn",
    ),
    "sheet/hidden-rows": (
        Text(
            "第 {value} 行被隐藏或筛选掉，仍会导入。",
            "Rows {value} are hidden or filtered out; they are imported all the same.",
        ),
        Text("若不需要，请先删除隐藏行。", "Delete hidden rows first if they are not wanted."),
        "warn",
    ),
    "sheet/hidden-sheet": (
        Text("工作表“{value}”是隐藏的。", "Sheet “{value}” is hidden."),
        Text("请确认选对了工作表。", "Check that it is the right sheet."),
        "warn",
    ),
}


def _with_findings(table: SheetTable) -> SheetTable:
    """Pass once over the rows: count them, and say what is left out or odd."""
    reported = _Reported(table.sheet.name)
    _report_sheet(table, reported)
    named = {header.position for header in table.headers}
    unnamed: dict[int, int] = {}
    left_out: set[int] = set()
    count = 0
    for row, is_footer in with_footers(table._below(), len(table.headers)):
        reason = "sheet/footer" if is_footer else table.reason_to_skip(row)
        if reason:
            reported.add(reason, row.number, value=_first_text(row))
            left_out.add(row.number)
            continue
        count += 1
        for position in range(len(row.cells)):
            if position not in named and row.cells[position] is not None:
                unnamed.setdefault(position, row.number)
    for position, number in sorted(unnamed.items()):
        reported.add("sheet/unnamed-column", number, column_letters(position))
    return SheetTable(table.sheet, table.header_row, table.headers, count, frozenset(left_out), reported.closed())


def _report_sheet(table: SheetTable, reported: _Reported) -> None:
    sheet = table.sheet
    if sheet.hidden:
        reported.add("sheet/hidden-sheet", None, value=sheet.name)
    for area in sheet.merged:
        if (area.bottom > table.header_row and area.top != area.bottom) or area.top > table.header_row:
            reported.add("sheet/merged-cells", max(area.top, table.header_row), column_letters(area.left), str(area))
    for first, last in sheet.hidden_rows:
        if last > table.header_row:
            reported.add("sheet/hidden-rows", first, value=str(first) if first == last else f"{first}–{last}")
    if sheet.merged_count > len(sheet.merged):
        reported.add_count("sheet/merged-cells", sheet.merged_count)


def _first_text(row: Row) -> str:
    return next((cell for cell in row.cells if isinstance(cell, str)), "")[:40]


def _no_header(sheet: Sheet, header_row: int | None) -> FileRefused:
    if header_row is not None:
        message = Text(
            f"工作表“{sheet.name}”第 {header_row} 行是空行。", f"Row {header_row} of sheet “{sheet.name}” is blank."
        )
    else:
        message = Text(f"工作表“{sheet.name}”中找不到表头。", f"No header row was found on sheet “{sheet.name}”.")
    return refused(
        "sheet/no-header",
        message,
        Text("请指定表头所在的行，或选择另一张工作表。", "Say which row is the header, or choose another sheet."),
        sheet=sheet.name,
        row=header_row,
    )
