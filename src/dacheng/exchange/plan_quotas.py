"""Quotas of one owner and one first day a row: Salesforce ForecastingQuota, AdventureWorks quota history (配额)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, pairwise

from dacheng.core.errors import Text
from dacheng.core.money import in_yuan
from dacheng.core.period import ym_at, ym_text
from dacheng.core.plans.incoming import Line, Part
from dacheng.exchange.cells import Cell, Row
from dacheng.exchange.dates import parse_date
from dacheng.exchange.layout import TableRow, find_table
from dacheng.exchange.plan_line_cells import Asked, Noticed, Reading, text_of
from dacheng.exchange.problems import ValueProblem
from dacheng.exchange.sheets import Sheet, Workbook

SALESFORCE = frozenset(("quotaownerid", "quotaamount", "startdate"))
GUID = re.compile(r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
QUARTER = 3
HISTORY_COLUMNS, FACT_COLUMNS = 5, 7
"""Of SalesPersonQuotaHistory (owner, day, amount, GUID, changed) and FactSalesQuota (…, owner, …, amount, day)."""

TURN = timedelta(days=4)
"""A quota of AdventureWorks that is dated into the last days of a month begins with the next one."""


@dataclass(frozen=True)
class _Quota:
    """A quota of a row; ``family`` and ``type`` say of what, empty = of all."""

    row: int
    owner: str
    from_ym: int
    amount: int
    family: str = ""
    type: str = ""


def is_salesforce(keys: frozenset[str]) -> bool:
    """Tell whether titles are those of ForecastingQuota."""
    return keys >= SALESFORCE


def read_salesforce(sheets: Sequence[tuple[Workbook, Sheet]], asked: Asked) -> Reading:
    """Read quotas, one a row; a quota of a product family is part of the whole one of the same period."""
    lines: list[Line] = []
    findings, left_out = [], 0
    for _, sheet in sheets:
        noticed = Noticed(sheet.name)
        table = find_table(sheet, SALESFORCE)
        noticed.findings += table.findings
        quotas = [one for row in table.rows if (one := _quota(noticed, row, asked)) is not None]
        every = asked.every or _every(noticed, quotas, asked)
        for owner, its in _by_owner(_whole(noticed, _one_type(noticed, quotas))).items():
            parts = _parts(noticed, owner, its, every)
            lines.append(Line("person", owner, "", parts, sheet=sheet.name, row=its[0].row))
        findings += noticed.findings
        left_out += noticed.left_out
    return Reading("salesforce", tuple(lines), tuple(findings), left_out)


def is_adventureworks(sheet: Sheet) -> bool:
    """Tell whether a sheet without titles is a quota history."""
    first = next(iter(sheet.rows), None)
    return first is not None and (_is_history(first) or _is_fact(first))


def read_adventureworks(sheets: Sequence[tuple[Workbook, Sheet]]) -> Reading:
    """Read quotas of three months each; one dated into the last days of a month begins with the next."""
    lines: list[Line] = []
    findings, left_out = [], 0
    for _, sheet in sheets:
        noticed = Noticed(sheet.name)
        quotas = [one for row in sheet.rows if (one := _historic(noticed, row)) is not None]
        for owner, its in _by_owner(quotas).items():
            parts = _parts(noticed, owner, its, QUARTER)
            lines.append(Line("person", owner, "", parts, sheet=sheet.name, row=its[0].row))
        findings += noticed.findings
        left_out += noticed.left_out
    return Reading("adventureworks", tuple(lines), tuple(findings), left_out)


def _quota(noticed: Noticed, row: TableRow, asked: Asked) -> _Quota | None:
    cells = row.cells
    owner = text_of(cells.get("quotaownerid"))
    amount = noticed.money(cells.get("quotaamount"), row.number, "QuotaAmount")
    if amount is None:
        if text_of(cells.get("quotaquantity")):
            noticed.add(
                "quantity",
                Text(
                    f"第 {row.number} 行是数量配额，没有导入。", f"Row {row.number} is a quota of quantity; left out."
                ),
                Text("只导入金额配额。", "Quotas of amounts are brought in."),
                severity="note",
                row=row.number,
            )
        return None
    currency = text_of(cells.get("currencyisocode")).upper()
    if currency and asked.currency and currency != asked.currency:
        noticed.add(
            "other-currency",
            Text(
                f"第 {row.number} 行是 {currency}，公司用 {asked.currency}。",
                f"Row {row.number} is in {currency}, the company's money is {asked.currency}.",
            ),
            Text("换算后再导入。", "Convert it and bring it again."),
            severity="block",
            row=row.number,
            value=currency,
        )
        return None
    from_ym = _month(noticed, cells.get("startdate"), row.number)
    if from_ym is None or not owner:
        noticed.add(
            "unread-line",
            Text(f"第 {row.number} 行没有归属人或开始日。", f"Row {row.number} has no owner or start date."),
            Text("补上后再导入。", "Add it and bring the file again."),
            severity="block",
            row=row.number,
            amount=amount,
        )
        return None
    kinds = text_of(cells.get("productfamily")), text_of(cells.get("forecastingtypeid"))
    return _Quota(row.number, owner, from_ym, amount, *kinds)


def _month(noticed: Noticed, cell: Cell, row: int, turn: timedelta = timedelta(0)) -> int | None:
    try:
        day = parse_date(cell)
    except ValueProblem as problem:
        noticed.findings.append(problem.finding(row=row, column="", sheet=noticed.sheet))
        return None
    if day is None:
        return None
    later = day + turn if (day + turn).month != day.month else day
    return ym_at(later.year, later.month)


def _by_owner(quotas: Sequence[_Quota]) -> dict[str, list[_Quota]]:
    found: dict[str, list[_Quota]] = {}
    for one in sorted(quotas, key=lambda one: one.from_ym):
        found.setdefault(one.owner, []).append(one)
    return found


def _every(noticed: Noticed, quotas: Sequence[_Quota], asked: Asked) -> int:
    """Return how many months a quota is for: three when all of them begin a quarter and no owner has two in one."""
    starts = {one.from_ym for one in quotas}
    if not starts or any((asked.fiscal.month_of(ym) - 1) % QUARTER for ym in starts):
        return 1
    noticed.add(
        "read-as-quarters",
        Text(
            "所有开始日都在季度的第一个月，按季度配额读，分到三个月。",
            "Every quota starts in the first month of a quarter; each is read as one of three months.",
        ),
        Text("若是月度配额，请选“每行一个月”。", "If they are monthly, say that a row is one month."),
        severity="note",
    )
    return QUARTER


def _one_type(noticed: Noticed, quotas: Sequence[_Quota]) -> list[_Quota]:
    """Return the quotas of the type that comes first for each owner: another type is the same money once more."""
    first: dict[str, str] = {}
    kept = []
    for one in quotas:
        if first.setdefault(one.owner, one.type) == one.type:
            kept.append(one)
            continue
        noticed.add(
            "quota-overlap",
            Text(
                f"“{one.owner}”{ym_text(one.from_ym)} 还有另一种预测类型 {one.type} 的配额 {in_yuan(one.amount)}，"
                f"与 {first[one.owner] or '未写类型'} 重叠，没有相加。",
                f"{one.owner} has another quota of {in_yuan(one.amount)} from {ym_text(one.from_ym)}, of the "
                f"forecasting type {one.type} beside {first[one.owner] or 'none'}; it was not added.",
            ),
            Text("每次只导出一种预测类型。", "Export one forecasting type at a time."),
            row=one.row,
            value=one.type,
            amount=one.amount,
        )
    return kept


def _whole(noticed: Noticed, quotas: Sequence[_Quota]) -> list[_Quota]:
    """Return one quota an owner and period: of all products where there is one, else the sum of its families."""
    grouped: dict[tuple[str, int], list[_Quota]] = {}
    for one in quotas:
        grouped.setdefault((one.owner, one.from_ym), []).append(one)
    found = []
    for its in grouped.values():
        whole = [one for one in its if not one.family]
        families = [one for one in its if one.family]
        if whole and families:
            _say_overlap(noticed, whole[0], families)
        for again in whole[1:]:
            _say_twice(noticed, whole[0], again)
        found += whole[:1] or [_sum_of(families)]
    return found


def _sum_of(families: Sequence[_Quota]) -> _Quota:
    first = families[0]
    return _Quota(first.row, first.owner, first.from_ym, sum(one.amount for one in families))


def _say_overlap(noticed: Noticed, whole: _Quota, families: Sequence[_Quota]) -> None:
    below = sum(one.amount for one in families)
    noticed.add(
        "quota-overlap",
        Text(
            f"“{whole.owner}”{ym_text(whole.from_ym)} 全部产品 {in_yuan(whole.amount)}，产品族合计 {in_yuan(below)}："
            "同一笔钱，按全部产品导入。",
            f"{whole.owner} has {in_yuan(whole.amount)} for all products from {ym_text(whole.from_ym)} and "
            f"{in_yuan(below)} for product families: the same money; the whole one is taken.",
        ),
        Text("无需处理。", "Nothing to do."),
        row=whole.row,
        amount=below,
    )


def _say_twice(noticed: Noticed, first: _Quota, again: _Quota) -> None:
    noticed.add(
        "quota-overlap",
        Text(
            f"“{again.owner}”{ym_text(again.from_ym)} 有两条配额：{in_yuan(first.amount)}（第 {first.row} 行）和 "
            f"{in_yuan(again.amount)}，没有相加，按前一条导入。",
            f"{again.owner} has two quotas from {ym_text(again.from_ym)}: {in_yuan(first.amount)} (row {first.row}) "
            f"and {in_yuan(again.amount)}; they were not added, the first is taken.",
        ),
        Text("留一条。", "Keep one."),
        row=again.row,
        amount=again.amount,
    )


def _parts(noticed: Noticed, owner: str, its: Sequence[_Quota], every: int) -> tuple[Part, ...]:
    """Return the periods of an owner; one that begins before the last has ended is said."""
    kept: list[_Quota] = list(its[:1])
    for before, one in pairwise(its):
        if one.from_ym - kept[-1].from_ym >= every:
            kept.append(one)
        else:
            _say_period(noticed, owner, before, one, every)
    return tuple(Part(one.from_ym, every, one.amount) for one in kept)


def _say_period(noticed: Noticed, owner: str, before: _Quota, one: _Quota, every: int) -> None:
    noticed.add(
        "quota-overlap",
        Text(
            f"“{owner}”{ym_text(one.from_ym)} 起的配额 {in_yuan(one.amount)} "
            f"落在 {ym_text(before.from_ym)} 起 {every} 个月里，没有相加。",
            f"The quota of {owner} from {ym_text(one.from_ym)}, {in_yuan(one.amount)}, lies within the {every} months "
            f"from {ym_text(before.from_ym)}; it was not added.",
        ),
        Text("核对两条的期间，留一条。", "Check their periods and keep one."),
        severity="block",
        row=one.row,
        amount=one.amount,
    )


def _is_history(row: Row) -> bool:
    cells = row.cells
    return len(cells) == HISTORY_COLUMNS and bool(GUID.fullmatch(text_of(cells[3]))) and text_of(cells[0]).isdigit()


def _is_fact(row: Row) -> bool:
    cells = row.cells
    return (
        len(cells) == FACT_COLUMNS
        and all(text_of(one).isdigit() for one in islice(cells, 5))
        and (text_of(cells[2])[:4] == text_of(cells[6])[:4])
    )


def _historic(noticed: Noticed, row: Row) -> _Quota | None:
    cells = row.cells
    places: Mapping[str, int] = (
        {"owner": 0, "day": 1, "amount": 2} if _is_history(row) else {"owner": 1, "day": 6, "amount": 5}
    )
    if not (_is_history(row) or _is_fact(row)):
        noticed.add(
            "unread-line",
            Text(f"第 {row.number} 行不是配额历史的一行。", f"Row {row.number} is none of a quota history."),
            Text("删去这一行。", "Delete it."),
            severity="block",
            row=row.number,
        )
        return None
    amount = noticed.money(cells[places["amount"]], row.number, "")
    from_ym = _month(noticed, cells[places["day"]], row.number, TURN)
    if amount is None or from_ym is None:
        return None
    return _Quota(row.number, text_of(cells[places["owner"]]), from_ym, amount)
