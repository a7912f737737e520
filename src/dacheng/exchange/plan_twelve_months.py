"""Targets of 悟空CRM and 芋道 CRM (业绩目标): one row a department or person, twelve columns and the year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dacheng.core.errors import Text
from dacheng.core.money import in_yuan
from dacheng.core.period import ym_at
from dacheng.core.plans.incoming import Line, LineKind, Part
from dacheng.exchange.cells import Cell
from dacheng.exchange.layout import find_table
from dacheng.exchange.plan_line_cells import YEAR, Noticed, Reading, coded, text_of
from dacheng.exchange.sheets import Sheet, Workbook

ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True)
class System:
    """Where one of the systems keeps what, by header key.

    Args:
        kinds, measures: code or label of a row -> what it is of.
    """

    name: str
    code: str
    called: str
    kind: str
    kinds: Mapping[str, LineKind]
    measure: str
    measures: Mapping[str, str]
    months: tuple[str, ...]
    total: str

    @property
    def keys(self) -> frozenset[str]:
        """Return the titles by which its sheet is known."""
        return frozenset((self.code, self.kind, self.measure, *self.months))


MEASURES = {"销售目标": "contract", "合同金额": "contract", "回款目标": "cash", "回款金额": "cash"}
KINDS: Mapping[str, LineKind] = {"公司": "company", "部门": "unit", "员工": "person"}

WUKONG = System(
    "wukong", "obj_id", "obj_name", "type", {"1": "company", "2": "unit", "3": "person", **KINDS},
    "status", {"1": "contract", "2": "cash", **MEASURES}, ENGLISH, "yeartarget",
)  # fmt: skip
YUDAO = System(
    "yudao", "objectid", "objectname", "objecttype", {"2": "unit", "3": "person", **KINDS},
    "biztype", {"5": "contract", "7": "cash", **MEASURES},
    tuple(f"{one}targetprice" for one in ENGLISH), "yeartargetprice",
)  # fmt: skip


def read_twelve_months(sheets: Sequence[tuple[Workbook, Sheet]], system: System) -> Reading:
    """Read the targets of one of the systems; its years are calendar years."""
    lines: list[Line] = []
    noticed = [_read(sheet, system, lines) for _, sheet in sheets]
    findings = tuple(one for each in noticed for one in each.findings)
    return Reading(system.name, tuple(lines), findings, sum(one.left_out for one in noticed))


def _read(sheet: Sheet, system: System, lines: list[Line]) -> Noticed:
    noticed = Noticed(sheet.name)
    table = find_table(sheet, system.keys)
    noticed.findings += table.findings
    letters = {one.key: one.letters for one in table.headers}
    for row in table.rows:
        cells = row.cells
        code, called = text_of(cells.get(system.code)), text_of(cells.get(system.called))
        year = YEAR.fullmatch(text_of(cells.get("year")))
        kind, measure = coded(system.kinds, cells.get(system.kind)), coded(system.measures, cells.get(system.measure))
        amounts = [noticed.money(cells.get(key), row.number, letters.get(key, "")) for key in system.months]
        known = sum(one for one in amounts if one is not None)
        if not (code or called) or year is None or not kind or not measure:
            _refuse(noticed, system, row.number, cells, known)
            continue
        parts = tuple(
            Part(ym_at(int(year[1]), month), 1, amount) for month, amount in enumerate(amounts, 1) if amount is not None
        )
        total = noticed.money(cells.get(system.total), row.number, letters.get(system.total, ""))
        _check_year(noticed, row.number, called or code, total, known)
        lines.append(Line(_kind(kind), code, called, parts, measure=measure, sheet=sheet.name, row=row.number))
    return noticed


def _kind(text: str) -> LineKind:
    return "company" if text == "company" else "unit" if text == "unit" else "person"


def _refuse(noticed: Noticed, system: System, row: int, cells: Mapping[str, Cell], amount: int) -> None:
    seen = "，".join(
        f"{key}={text_of(cells.get(key)) or '空'}" for key in (system.code, "year", system.kind, system.measure)
    )
    kinds, measures = "/".join(system.kinds), "/".join(system.measures)
    noticed.add(
        "unread-line",
        Text(
            f"第 {row} 行读不出是谁、哪年、哪种目标（{seen}）。", f"Row {row} does not say whose target it is ({seen})."
        ),
        Text(
            f"{system.kind} 填 {kinds}，{system.measure} 填 {measures}，year 填四位年份。",
            f"{system.kind} is one of {kinds}, {system.measure} one of {measures}, year has four digits.",
        ),
        severity="block",
        row=row,
        amount=amount,
    )


def _check_year(noticed: Noticed, row: int, who: str, total: int | None, months: int) -> None:
    """Say where the year that the sheet states is not the sum of its months; the months count."""
    if total is None or total == months:
        return
    stated, added, off = in_yuan(total), in_yuan(months), in_yuan(total - months)
    noticed.add(
        "year-and-months",
        Text(
            f"“{who}”写的全年是 {stated}，十二个月合计 {added}，差 {off}；按月份导入。",
            f"The year of {who} is {stated}, its months add up to {added}, {off} apart; the months are taken.",
        ),
        Text("核对哪个对，改月份后再导入。", "Check which is right; change the months and bring it again."),
        row=row,
        value=stated,
    )
