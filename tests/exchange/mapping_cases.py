"""Files and mappings as texts, staged in one call: what the tests of mappings share."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from openpyxl import Workbook

from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.period import day_of
from dacheng.exchange.mapping_file import read_mapping
from dacheng.exchange.matching import match
from dacheng.exchange.own_headers import match_own
from dacheng.exchange.own_rows import StageSeen, Standpoint
from dacheng.exchange.reading import read_workbook
from dacheng.exchange.referring import KnownRecord, NothingKnown
from dacheng.exchange.staging import StagedFiles, stage

TODAY = day_of(date(2026, 7, 1))
STAGES = Standpoint(
    (
        StageSeen("need", "需求确认", 1, 1, OPEN),
        StageSeen("offer", "方案价值", 1, 2, OPEN),
        StageSeen("won", "赢单", 1, 3, WON),
        StageSeen("lost", "丢单", 1, 4, LOST),
    )
)
KNOWN = {
    "people": [KnownRecord("E1", "李想"), KnownRecord("E2", "王蕾"), KnownRecord("E3", "王蕾")],
    "stages": [KnownRecord(one.code, one.name) for one in STAGES.stages],
    "customers": [KnownRecord("C1", "北辰智造有限公司")],
    "units": [KnownRecord("HQ", "总部"), KnownRecord("EAST", "华东大区")],
    "measures": [KnownRecord("contract", "合同额")],
}


def day(text: str) -> int:
    """Return the day of an ISO date."""
    return day_of(date.fromisoformat(text))


def xlsx(*sheets: tuple[str, list[list[object]]]) -> bytes:
    """Return a workbook of (name, rows) sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def staged(mapping: str, known=None, aliases=None, **files: str) -> StagedFiles:
    """Return what csv texts bring by a mapping; a file is named by its keyword."""
    books = [read_workbook(text.encode(), f"{name}.csv") for name, text in files.items()]
    described = read_mapping(mapping)
    matched, findings = match(books, described)
    return stage(
        matched,
        described,
        name="files",
        known=NothingKnown("HQ", KNOWN if known is None else known),
        on_day=TODAY,
        currency="CNY",
        aliases=aliases,
        findings=findings,
    )


def staged_own(content: bytes | str, name: str = "export.csv", aliases=None, known=()) -> StagedFiles:
    """Return what one file brings without a mapping."""
    book = read_workbook(content.encode() if isinstance(content, str) else content, name)
    matched, findings, described = match_own([book], STAGES)
    return stage(
        matched,
        described,
        name=name,
        known=NothingKnown("HQ", {**KNOWN, **dict(known)}),
        on_day=TODAY,
        currency="CNY",
        aliases=aliases,
        findings=findings,
    )


def rows(result: StagedFiles, relation: str) -> list[tuple]:
    """Return (code, values, first day, later) of the staged rows of a relation."""
    return [
        (one.code, dict(one.values), one.from_day, list(one.later))
        for one in result.batch.rows
        if one.relation == relation
    ]


def told(result: StagedFiles, rule: str) -> list[tuple]:
    """Return (severity, row, column, value) of the findings of a rule."""
    return [(one.severity, one.row, one.column, one.value) for one in result.findings if one.rule == rule]
