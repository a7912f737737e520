"""A plan as a workbook that comes back (方案工作簿): one row a row of the plan, one column a month.

What it was exported from stands on its sheet of notes, so that what others changed meanwhile is told
from what was changed in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from dacheng.core.errors import Finding, RuleError, Text
from dacheng.core.period import ym_text
from dacheng.exchange.amounts import parse_money
from dacheng.exchange.cells import Cell, column_letters
from dacheng.exchange.dates import parse_month
from dacheng.exchange.own_export import ExportedVersion, exported_version
from dacheng.exchange.problems import ValueProblem
from dacheng.exchange.reading import Source, read_workbook
from dacheng.exchange.sheets import Sheet, Workbook
from dacheng.exchange.writing import OutColumn, OutSheet, write_xlsx

CODE = Text("行号", "Row no.")
NAME = Text("名称", "Name")
KIND = Text("类别", "Kind")
YEAR = Text("全年", "Whole year")
MEASURED = re.compile(r"(?:指标|Measure) ([A-Za-z0-9_.-]+)")
"""The line of the notes that says which measure the months are of."""

MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of a plan as it is written: its code, how it is called, and its months in minor units."""

    code: str
    name: str
    kind: str
    months: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A workbook that came back.

    Args:
        version: what it was exported from; None for one that does not say so.
        amounts: (row code, month) -> minor units; None where the cell is blank.
        findings: cells that are no amounts, by sheet, row and column; they are left out.
        measure: code of the measure that its notes name; empty where they name none.
    """

    version: ExportedVersion | None
    amounts: Mapping[tuple[str, int], int | None]
    findings: tuple[Finding, ...]
    measure: str = ""


def measure_line(code: str, language: str) -> str:
    """Return the line of the notes that says which measure the months are of."""
    return f"{'Measure' if language.startswith('en') else '指标'} {code}"


def write_plan(
    stream: BinaryIO, title: str, from_ym: int, rows: Iterable[PlanRow], notes: Sequence[str], language: str
) -> None:
    """Write a plan as xlsx: code, name, kind, the whole year, and each month under its name."""
    listed = list(rows)
    months = len(listed[0].months) if listed else 0
    titles = [one.in_language(language) for one in (CODE, NAME, KIND, YEAR)]
    columns = [OutColumn(titles[0]), OutColumn(titles[1]), OutColumn(titles[2]), OutColumn(titles[3], "money")]
    columns += [OutColumn(ym_text(from_ym + at), "money") for at in range(months)]
    values = [[one.code, one.name, one.kind, _sum(one.months), *(one.months)] for one in listed]
    write_xlsx([OutSheet(title, columns, values, notes=notes)], stream, language=language)


def read_plan(source: Source, name: str = "") -> PlanFile:
    """Read a plan that came back; columns are found by their titles, rows by their codes.

    Raises:
        FileRefused: hostile or damaged. RuleError: it has no column of row numbers or no months.
    """
    workbook = read_workbook(source, name)
    for sheet in workbook.sheets:
        found = _read(sheet)
        if found is not None:
            return PlanFile(exported_version(workbook), *found, measure=_measure(workbook))
    raise RuleError(
        Text("文件里没有“行号”一列和月份列。", "The file has no column “Row no.” with months beside it."),
        Text("请用这里导出的方案工作簿修改。", "Change a workbook of a plan that was exported here."),
    )


def _sum(months: Sequence[int | None]) -> int | None:
    known = [one for one in months if one is not None]
    return sum(known) if known else None


def _read(sheet: Sheet) -> tuple[dict[tuple[str, int], int | None], tuple[Finding, ...]] | None:
    rows = iter(sheet.rows)
    header = next(rows, None)
    if header is None:
        return None
    place = next((at for at, cell in enumerate(header.cells) if str(cell).strip() in (CODE.zh, CODE.en)), None)
    months = {at: ym for at, cell in enumerate(header.cells) if (ym := _month(cell)) is not None}
    if place is None or not months:
        return None
    amounts: dict[tuple[str, int], int | None] = {}
    findings: list[Finding] = []
    for row in rows:
        code = str(row.cells[place] or "").strip() if place < len(row.cells) else ""
        if not code:
            continue
        for at, ym in months.items():
            try:
                amounts[code, ym] = parse_money(row.cells[at] if at < len(row.cells) else None)
            except ValueProblem as problem:
                findings.append(problem.finding(row=row.number, column=column_letters(at), sheet=sheet.name))
    return amounts, tuple(findings)


def _measure(workbook: Workbook) -> str:
    for sheet in workbook.sheets:
        if sheet.column_count > 3:
            continue
        for row in islice(sheet.rows, MOST_NOTES):
            found = [MEASURED.fullmatch(cell) for cell in row.cells if isinstance(cell, str)]
            if code := next((one[1] for one in found if one), ""):
                return code
    return ""


def _month(cell: Cell) -> int | None:
    try:
        return parse_month(cell)
    except ValueProblem:
        return None
