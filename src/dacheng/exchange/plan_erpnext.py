"""Targets of ERPNext: Target Detail of sales persons × Monthly Distribution (目标明细 × 月度分布)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dacheng.core.errors import Text
from dacheng.core.money import in_yuan
from dacheng.core.period import MONTHS_PER_YEAR
from dacheng.core.plans.incoming import Line, LineKind, Part
from dacheng.exchange.amounts import parse_ratio
from dacheng.exchange.cells import Cell
from dacheng.exchange.dates import MONTHS
from dacheng.exchange.layout import SheetTable, find_table
from dacheng.exchange.plan_line_cells import YEAR, Asked, Noticed, Reading, text_of
from dacheng.exchange.problems import ValueProblem
from dacheng.exchange.sheets import Sheet, Workbook
from dacheng.exchange.texts import folded

PERSON = ("sales person name", "sales_person_name", "territory name", "territory_name")
ABOVE = ("parent sales person", "parent_sales_person", "parent territory", "parent_territory")
IS_GROUP = ("is group", "is_group")
ITEMS = ("item group (targets)", "item_group", "item group")
YEARS = ("fiscal year (targets)", "fiscal_year", "fiscal year")
AMOUNT = ("target amount (targets)", "target_amount", "target amount")
QUANTITY = ("target qty (targets)", "target_qty", "target qty")
DISTRIBUTION = (
    "target distribution (targets)", "distribution_id (targets)", "distribution_id", "target distribution",
)  # fmt: skip
CALLED = ("distribution name", "distribution_id", "name", "id")
MONTH = ("month (percentages)", "month (monthly distribution percentages)", "month")
SHARE = (
    "percentage allocation (percentages)", "percentage_allocation", "percentage allocation",
    "percentage allocation (monthly distribution percentages)",
)  # fmt: skip
ALL_ITEMS = ("all item groups", "所有物料群组", "所有物料组", "")
WHOLE = Decimal(100)
HUNDREDTH = Decimal("0.01")
YES = ("1", "yes", "true", "是")


@dataclass(frozen=True)
class _Target:
    row: int
    who: str
    above: str
    group: bool
    items: str
    year: int
    amount: int
    distribution: str


def is_erpnext(keys: frozenset[str]) -> bool:
    """Tell whether titles are those of targets of sales persons or territories."""
    return all(keys & set(names) for names in (PERSON, YEARS, AMOUNT))


def is_distribution(keys: frozenset[str]) -> bool:
    """Tell whether titles are those of monthly distributions."""
    return all(keys & set(names) for names in (CALLED, MONTH, SHARE))


def read_erpnext(sheets: Sequence[tuple[Workbook, Sheet]], asked: Asked) -> Reading:
    """Read targets and spread them by their distributions; one that is not 100 % spreads nothing.

    Source: ERPNext checks a distribution at two decimals; an even one of exact twelfths is 100.
    """
    curves: dict[str, tuple[int, ...]] = {}
    lines: list[Line] = []
    noticed: list[Noticed] = []
    tables = [(sheet, find_table(sheet)) for _, sheet in sheets]
    for sheet, table in tables:
        if not is_erpnext(frozenset(table.keys)):
            noticed.append(_curves(sheet, table, curves))
    for sheet, table in tables:
        if is_erpnext(frozenset(table.keys)):
            one = Noticed(sheet.name)
            one.findings += table.findings
            lines += _lines(one, _targets(one, table), curves, asked)
            noticed.append(one)
    findings = tuple(one for each in noticed for one in each.findings)
    return Reading("erpnext", tuple(lines), findings, sum(one.left_out for one in noticed))


def _first(cells: Mapping[str, Cell], names: Sequence[str]) -> Cell:
    return next((cells[name] for name in names if cells.get(name) is not None), None)


def _curves(sheet: Sheet, table: SheetTable, curves: dict[str, tuple[int, ...]]) -> Noticed:
    """Read the distributions of a sheet; one that does not add up is kept as none."""
    noticed = Noticed(sheet.name)
    shares: dict[str, dict[int, Decimal]] = {}
    rows: dict[str, int] = {}
    called = ""
    for row in table.rows:
        called = text_of(_first(row.cells, CALLED)) or called
        month = MONTHS.get(folded(text_of(_first(row.cells, MONTH))))
        share = _number(noticed, _first(row.cells, SHARE), row.number)
        if called and month and share is not None:
            shares.setdefault(called, {})[month] = share
            rows.setdefault(called, row.number)
    for name, found in shares.items():
        total = sum(found.values(), Decimal(0))
        if len(found) == MONTHS_PER_YEAR and total.quantize(HUNDREDTH) == WHOLE and min(found.values()) >= 0:
            scale = 10 ** max(-int(one.as_tuple().exponent) for one in found.values())
            curves[name] = tuple(int(found[month] * scale) for month in range(1, MONTHS_PER_YEAR + 1))
            continue
        curves[name] = ()
        seen = f"{total.quantize(HUNDREDTH) if len(found) == MONTHS_PER_YEAR else total.normalize():f}"
        noticed.add(
            "distribution-not-whole",
            Text(
                f"月度分布“{name}”的 {len(found)} 个月合计 {seen}%，必须是 12 个月 100%；用它的目标没有导入。",
                f"The distribution {name} has {len(found)} months and adds up to {seen} %, not 12 months and 100 %; "
                "targets that go by it were left out.",
            ),
            Text(
                f"把差的 {WHOLE - total:f} 个百分点加到某个月；要平均分就清空目标的分布一栏。",
                f"Add the {WHOLE - total:f} points to a month; to spread evenly, clear the distribution of the target.",
            ),
            severity="block",
            row=rows[name],
            value=seen,
        )
    return noticed


def _number(noticed: Noticed, cell: Cell, row: int) -> Decimal | None:
    try:
        share = parse_ratio(cell, "percent")
    except ValueProblem as problem:
        noticed.findings.append(problem.finding(row=row, column="", sheet=noticed.sheet))
        return None
    return None if share is None else share * WHOLE


def _targets(noticed: Noticed, table: SheetTable) -> list[_Target]:
    """Return the targets of a sheet; on lines below the first of a person its columns are blank."""
    found: list[_Target] = []
    who, above, group = "", "", False
    for row in table.rows:
        if text_of(_first(row.cells, PERSON)):
            who, above = text_of(_first(row.cells, PERSON)), text_of(_first(row.cells, ABOVE))
            group = folded(text_of(_first(row.cells, IS_GROUP))) in YES
        amount = noticed.money(_first(row.cells, AMOUNT), row.number, "")
        year = YEAR.search(folded(text_of(_first(row.cells, YEARS))))
        quantity = text_of(_first(row.cells, QUANTITY))
        if not amount and quantity not in ("", "0", "0.0"):
            noticed.add(
                "quantity",
                Text(
                    f"“{who}”的目标是数量 {quantity}，没有导入。",
                    f"The target of {who} is a quantity; it was left out.",
                ),
                Text("填目标金额。", "Enter its amount."),
                severity="note",
                row=row.number,
            )
        if amount is None or (not amount and not year):
            continue
        if not who or year is None:
            noticed.add(
                "unread-line",
                Text(f"第 {row.number} 行没有人员或财年。", f"Row {row.number} has no sales person or fiscal year."),
                Text("补上后再导入。", "Add it and bring the file again."),
                severity="block",
                row=row.number,
                amount=amount,
            )
            continue
        items, curve = text_of(_first(row.cells, ITEMS)), text_of(_first(row.cells, DISTRIBUTION))
        found.append(_Target(row.number, who, above, group, items, int(year[1]), amount, curve))
    return found


def _lines(
    noticed: Noticed, targets: Sequence[_Target], curves: Mapping[str, tuple[int, ...]], asked: Asked
) -> list[Line]:
    by_person: dict[tuple[str, int], list[_Target]] = {}
    for one in targets:
        by_person.setdefault((one.who, one.year), []).append(one)
    found = []
    for (who, year), its in by_person.items():
        first = asked.fiscal.year(year).from_ym
        parts = [
            Part(first, MONTHS_PER_YEAR, one.amount, curves.get(one.distribution, ()))
            for one in _counted(noticed, its)
            if _has_curve(noticed, one, curves)
        ]
        kind: LineKind = "unit" if its[0].group else ""
        if parts:
            found.append(Line(kind, "", who, tuple(parts), above=its[0].above, sheet=noticed.sheet, row=its[0].row))
    return found


def _counted(noticed: Noticed, its: Sequence[_Target]) -> list[_Target]:
    """Return the targets of a person and year that count: one of all items before those of its groups."""
    whole = [one for one in its if folded(one.items) in ALL_ITEMS]
    parts = [one for one in its if one not in whole]
    for again in whole[1:]:
        noticed.add(
            "twice",
            Text(f"“{again.who}”{again.year} 有两条全部物料的目标。", f"{again.who} has two targets for {again.year}."),
            Text("留一条。", "Keep one."),
            severity="block",
            row=again.row,
            amount=again.amount,
        )
    if whole and parts:
        below = sum(one.amount for one in parts)
        noticed.add(
            "part-of-whole",
            Text(
                f"“{whole[0].who}”全部物料 {in_yuan(whole[0].amount)}，各物料组合计 {in_yuan(below)}，"
                f"差 {in_yuan(whole[0].amount - below)}：同一笔钱，按全部物料导入。",
                f"{whole[0].who} has {in_yuan(whole[0].amount)} for all items and {in_yuan(below)} for item groups, "
                f"{in_yuan(whole[0].amount - below)} apart: the same money; the one of all items is taken.",
            ),
            Text("无需处理；要按物料组，删去全部物料那一条。", "Nothing to do; delete it to take the groups."),
            row=whole[0].row,
            amount=below,
        )
    return whole[:1] or parts


def _has_curve(noticed: Noticed, one: _Target, curves: Mapping[str, tuple[int, ...]]) -> bool:
    """Tell whether a target can be spread: it names no distribution, or one that was brought and adds up."""
    if not one.distribution or curves.get(one.distribution):
        return True
    if one.distribution in curves:
        noticed.left_out += one.amount  # said with the distribution
        return False
    noticed.add(
        "no-distribution",
        Text(
            f"“{one.who}”按月度分布“{one.distribution}”分月，文件里没有它。",
            f"The target of {one.who} goes by the distribution {one.distribution}, which is in none of the files.",
        ),
        Text(
            "把 Monthly Distribution 的导出一起选上；要平均分就清空这一栏。",
            "Choose the export of Monthly Distribution with it; to spread evenly, clear the column.",
        ),
        severity="block",
        row=one.row,
        value=one.distribution,
        amount=one.amount,
    )
    return False
