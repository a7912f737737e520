"""A target sheet as people lay it out (自由格式): the header found, months and quarters known by their titles,
totals checked rather than counted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import in_yuan
from dacheng.core.period import MONTHS_PER_YEAR, ym_at
from dacheng.core.plans.incoming import Line, LineKind, Part
from dacheng.exchange.amounts import MONEY_UNITS
from dacheng.exchange.cells import Cell, Row, column_letters
from dacheng.exchange.dates import parse_month
from dacheng.exchange.layout import SheetTable, find_table
from dacheng.exchange.plan_line_cells import Asked, Noticed, Reading, no_year, text_of, year_in
from dacheng.exchange.problems import ValueProblem
from dacheng.exchange.refusal import FileRefused
from dacheng.exchange.rowkinds import TOTAL, is_total
from dacheng.exchange.sheets import Sheet, Workbook
from dacheng.exchange.texts import folded

WORDS: Mapping[str, str] = {
    word: whose
    for whose, words in (
        ("unit", "部门 团队 大区 区域 组织 分公司 事业部 销售部门 所属部门 所在部门 小组"),
        ("unit", "department team region unit territory division group"),
        ("person", "人员 姓名 员工 员工姓名 负责人 业务员 销售 销售员 销售人员 销售经理 客户经理"),
        ("person", "person owner rep salesperson sales_person sales_rep employee seller"),
        ("name", "名称 对象 责任主体 单位 部门/人员 部门/员工 组织/人员 name who"),
        ("code", "编码 编号 工号 代码 行号 id code no. row_no. employee_id employee_no."),
        ("above", "上级 上级部门 上级组织 parent reports_to"),
        ("measure", "指标 目标类型 类型 measure metric kpi"),
    )
    for word in (one.replace("_", " ") for one in words.split())
}
"""What titles say whose a row is."""

NOISE = re.compile(
    r"目标值?|计划|配额|指标|预算|任务|金额|销售额|target|plan|quota|amount|\((?:万|千|百万|亿)?元\)|[:：]"
)
UNIT_TOLD = re.compile(
    r"(?:单位|金额单位|unit)\s*[:：]?\s*(?:人民币)?\s*(百万元|千万元|万元|千元|亿元|元|百万|千万|万|亿)"
)
UNIT_IN_TITLE = re.compile(r"\((百万元|千万元|万元|千元|亿元|元|万)\)")
NUMERALS = {one: at for at, one in enumerate("一二三四", 1)} | {str(at): at for at in range(1, 5)}
QUARTER = re.compile(
    r"(?:(?P<before>\d{4})\s*年?[-/ ]*)?"
    r"(?:q(?P<q>[1-4])|第?(?P<zh>[一二三四1-4])季度?|(?P<en>[1-4])q)(?:[-/ ]*(?P<after>\d{4}))?"
)
HALF = re.compile(r"(?:(?P<before>\d{4})\s*年?[-/ ]*)?(?:h(?P<h>[12])|(?P<zh>[上下])半年)(?:[-/ ]*(?P<after>\d{4}))?")
WHOLE_YEAR = re.compile(
    r"(?:(?P<year>\d{4})\s*年?)?\s*"
    r"(?:合计|总计|共计|小计|全年|年度?|年合计|全年合计|年度合计|year|full year|annual|total|fy)?"
)
ANY_YEAR = 2000
"""Stands for the year of a title that has none, while it is read."""


@dataclass(frozen=True)
class _Column:
    """A column of amounts: ``year`` is None for a title without one; ``number`` counts months, quarters or halves."""

    position: int
    span: int
    number: int
    year: int | None
    unit: str = ""


@dataclass
class _Layout:
    """Which column is what."""

    whose: dict[str, int] = field(default_factory=dict)
    amounts: list[_Column] = field(default_factory=list)
    periods: dict[int, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Total:
    row: Row
    label: str
    until: int


def read_free(sheets: Sequence[tuple[Workbook, Sheet]], asked: Asked) -> Reading:
    """Read every sheet that has a column of names and columns of periods.

    Raises:
        RuleError: there is none, or months have no year.
    """
    lines: list[Line] = []
    findings, left_out, read = [], 0, 0
    for book, sheet in sheets:
        try:
            table = find_table(sheet)
        except FileRefused:
            continue
        layout = _layout(table)
        if not layout.amounts or not {"unit", "person", "name", "code"} & set(layout.whose):
            continue
        read += 1
        noticed = Noticed(sheet.name)
        noticed.findings += [one for one in table.findings if one.rule != "sheet/totals-row"]
        _place(layout, _year(book, sheet, table, asked), asked, book.name or sheet.name)
        lines += _lines(noticed, sheet, table, layout)
        findings += noticed.findings
        left_out += noticed.left_out
    if not read:
        raise RuleError(
            Text(
                "没有一张工作表既有名称列又有月份、季度或全年列。",
                "No sheet has both a column of names and columns of months, quarters or the year.",
            ),
            Text(
                "表头写部门或姓名，以及 2027-01、1月、Q1、全年。",
                "Title the columns Department or Name, and 2027-01, Jan, Q1, Year.",
            ),
        )
    return Reading("free", tuple(lines), tuple(findings), left_out)


# Columns -------------------------------------------------------------------------------------


def _layout(table: SheetTable) -> _Layout:
    found = _Layout()
    for header in table.headers:
        title = folded(header.title)
        column = _amount_column(title, header.position)
        if column is not None:
            found.amounts.append(column)
        elif (word := WORDS.get(NOISE.sub("", title).strip() or title) or WORDS.get(title)) is not None:
            found.whose.setdefault(word, header.position)
    return found


def _amount_column(title: str, position: int) -> _Column | None:
    """Return the period that a title names; of a title over another one both are tried."""
    unit = UNIT_IN_TITLE.search(title)
    told = _unit(unit[1]) if unit else ""
    plain = NOISE.sub("", title).strip()
    last = plain.rpartition("/")[2]
    above = plain.rpartition("/")[0]
    if above and WHOLE_YEAR.fullmatch(last) and not WHOLE_YEAR.fullmatch(above):
        last = above  # 一季度/小计
    for text in dict.fromkeys((plain.replace("/", ""), plain, last)):
        for span, number, year in _period(text):
            if year is None and above:
                year = year_in([above])
            return _Column(position, span, number, year, told)
    if title and not plain and title in ("目标", "年度目标", "target", "quota"):
        return _Column(position, MONTHS_PER_YEAR, 1, None, told)
    return None


def _period(text: str) -> Iterable[tuple[int, int, int | None]]:
    """Yield months, number and year of what a title names, at most once."""
    if not text:
        return
    if found := QUARTER.fullmatch(text):
        yield 3, NUMERALS[found["q"] or found["zh"] or found["en"]], _said_year(found)
    elif found := HALF.fullmatch(text):
        yield 6, int(found["h"] or {"上": 1, "下": 2}[found["zh"]]), _said_year(found)
    elif (found := WHOLE_YEAR.fullmatch(text)) and text:
        yield MONTHS_PER_YEAR, 1, int(found["year"]) if found["year"] else None
    elif month := _month(text):
        yield 1, *month


def _said_year(found: re.Match[str]) -> int | None:
    year = found["before"] or found["after"]
    return int(year) if year else None


def _month(text: str) -> tuple[int, int | None] | None:
    """Return number and year of a title that names a month."""
    try:
        ym = parse_month(text)
        return (ym % MONTHS_PER_YEAR + 1, ym // MONTHS_PER_YEAR) if ym is not None else None
    except ValueProblem as problem:
        if problem.rule != "month/no-year":
            return None
    try:
        ym = parse_month(text, year=ANY_YEAR)
    except ValueProblem:
        return None
    return (ym % MONTHS_PER_YEAR + 1, None) if ym is not None else None


def _unit(text: str) -> str:
    return text if text in MONEY_UNITS else f"{text}元"


def _year(book: Workbook, sheet: Sheet, table: SheetTable, asked: Asked) -> int | None:
    """Return the year of months without one: as asked, or as title rows, the sheet or the file say."""
    if asked.year is not None:
        return asked.year
    above = [text_of(cell) for row in sheet.rows if row.number < table.header_row for cell in row.cells]
    return year_in([*above, sheet.name, book.name.rpartition("/")[2]])


def _place(layout: _Layout, year: int | None, asked: Asked, name: str) -> None:
    """Give every column of amounts its first month; without a year in the title months run on from the first."""
    months = [one for one in layout.amounts if one.span == 1]
    before, shift = 0, 0
    for one in months:
        own = one.year if one.year is not None else _known(year, name)
        shift += 1 if one.year is None and one.number < before else 0
        before = one.number if one.year is None else before
        layout.periods[one.position] = (ym_at(own + (shift if one.year is None else 0), one.number), 1)
    if year is None and months:
        year = int(asked.fiscal.year_of(min(first for first, _ in layout.periods.values())))
    for one in sorted(layout.amounts, key=lambda one: one.span):
        if one.span == 1:
            continue
        if one.span == MONTHS_PER_YEAR and one.year is None and layout.periods:
            layout.periods[one.position] = _all_of(layout.periods.values())
            continue
        own = one.year if one.year is not None else _known(year, name)
        layout.periods[one.position] = (asked.fiscal.year(own).from_ym + (one.number - 1) * one.span, one.span)


def _known(year: int | None, name: str) -> int:
    if year is None:
        raise no_year(name)
    return year


def _all_of(periods: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Return the months of a total without a year: from the first to the last of the columns beside it."""
    listed = list(periods)
    first, until = min(one for one, _ in listed), max(one + span for one, span in listed)
    return first, until - first


# Rows ----------------------------------------------------------------------------------------


def _lines(noticed: Noticed, sheet: Sheet, table: SheetTable, layout: _Layout) -> list[Line]:
    unit = _told_unit(noticed, sheet, table)
    merged = [area for area in sheet.merged if area.left == area.right]
    above: dict[int, Cell] = {}
    lines: list[Line] = []
    totals: list[_Total] = []
    values: dict[int, dict[int, int]] = {}
    skipped = table.left_out or frozenset()
    for row in (one for one in sheet.rows if one.number > table.header_row):
        if is_total(row):
            label = next((text_of(cell) for cell in row.cells if isinstance(cell, str)), "")
            totals.append(_Total(row, label, len(lines)))
            continue
        if row.number in skipped:
            continue
        for area in merged:
            if area.top < row.number <= area.bottom:
                row = _filled(row, area.left, above.get(area.left))
        above |= {at: cell for at, cell in enumerate(row.cells) if cell is not None}
        line, amounts = _line(noticed, row, layout, unit)
        if line is not None:
            values[len(lines)] = amounts
            lines.append(line)
    _check_totals(noticed, totals, lines, values, layout, unit)
    return lines


def _told_unit(noticed: Noticed, sheet: Sheet, table: SheetTable) -> str:
    """Return what a bare number counts, as the rows above the header say."""
    for row in sheet.rows:
        if row.number > table.header_row:
            break
        for cell in row.cells:
            found = UNIT_TOLD.search(folded(text_of(cell)))
            if found and _unit(found[1]) != "元":
                noticed.add(
                    "money-unit",
                    Text(
                        f"表头说单位是{_unit(found[1])}，金额按它读。",
                        f"Amounts are read in {_unit(found[1])}, as told.",
                    ),
                    Text("无需处理。", "Nothing to do."),
                    severity="note",
                    row=row.number,
                    value=_unit(found[1]),
                )
                return _unit(found[1])
    return "元"


def _filled(row: Row, position: int, cell: Cell) -> Row:
    cells = list(row.cells) + [None] * (position + 1 - len(row.cells))
    cells[position] = cells[position] if cells[position] is not None else cell
    return Row(row.number, tuple(cells))


def _cell(row: Row, position: int | None) -> Cell:
    return row.cells[position] if position is not None and position < len(row.cells) else None


def _line(noticed: Noticed, row: Row, layout: _Layout, unit: str) -> tuple[Line | None, dict[int, int]]:
    text = {word: text_of(_cell(row, at)) for word, at in layout.whose.items()}
    amounts: dict[int, int] = {}
    for one in layout.amounts:
        value = noticed.money(_cell(row, one.position), row.number, column_letters(one.position), one.unit or unit)
        if value is not None:
            amounts[one.position] = value
    if not amounts:
        return None, {}
    who = text.get("person") or text.get("name") or text.get("unit", "")
    kind: LineKind = "person" if text.get("person") else "" if text.get("name") else "unit" if text.get("unit") else ""
    parts, checked = _parts(layout, amounts)
    total = sum(one.amount for one in parts)
    if not (who or text.get("code")):
        noticed.add(
            "unread-line",
            Text(f"第 {row.number} 行有金额，没有名称。", f"Row {row.number} has amounts and no name."),
            Text("填部门或姓名。", "Enter a department or a name."),
            severity="block",
            row=row.number,
            amount=total,
        )
        return None, {}
    for position, stated, added in checked:
        _say_off(noticed, row.number, column_letters(position), who, stated, added)
    above = text.get("above") or (text.get("unit", "") if kind != "unit" else "")
    line = Line(
        kind, text.get("code", ""), who, tuple(parts), text.get("measure", ""), above, noticed.sheet, row.number
    )
    return line, amounts


def _parts(layout: _Layout, amounts: Mapping[int, int]) -> tuple[list[Part], list[tuple[int, int, int]]]:
    """Return the finest amounts of a row as parts, and the coarser ones that are not their sum."""
    parts: list[Part] = []
    off: list[tuple[int, int, int]] = []
    for position, amount in sorted(amounts.items(), key=lambda one: layout.periods[one[0]][1]):
        first, span = layout.periods[position]
        inside = [one for one in parts if first <= one.from_ym and one.from_ym + one.months <= first + span]
        if not inside:
            parts.append(Part(first, span, amount))
        elif (added := sum(one.amount for one in inside)) != amount:
            off.append((position, amount, added))
    return parts, off


def _say_off(noticed: Noticed, row: int, column: str, who: str, stated: int, added: int) -> None:
    noticed.add(
        "row-total",
        Text(
            f"“{who}”的合计写 {in_yuan(stated)}，各期相加 {in_yuan(added)}，差 {in_yuan(stated - added)}；按各期导入。",
            f"The total of {who} is {in_yuan(stated)}, its periods add up to {in_yuan(added)}, "
            f"{in_yuan(stated - added)} apart; the periods are taken.",
        ),
        Text("核对哪个对，改后再导入。", "Check which is right, change it and bring it again."),
        row=row,
        column=column,
        value=in_yuan(stated),
    )


# Totals --------------------------------------------------------------------------------------


def _check_totals(
    noticed: Noticed,
    totals: Sequence[_Total],
    lines: Sequence[Line],
    values: Mapping[int, Mapping[int, int]],
    layout: _Layout,
    unit: str,
) -> None:
    """Check rows that sum up: they are no lines, and say where the sheet itself counts twice."""
    since = 0
    for one in totals:
        grand = TOTAL.fullmatch(folded(one.label).replace(" ", "")) is not None and "小计" not in one.label
        its = range(0 if grand else since, one.until)
        since = one.until if not grand else since
        stated = [
            (column.position, amount)
            for column in layout.amounts
            if (amount := _total_amount(noticed, one.row, column, unit)) is not None
        ]
        sums = {position: _sums(its, lines, values, position) for position, _ in stated}
        twice = [(position, amount) for position, amount in stated if _is_twice(amount, sums[position])]
        if twice:
            position, amount = max(twice, key=lambda one: one[1])
            _say_twice(noticed, one, position, amount, sums[position])
        off = [(position, amount) for position, amount in stated if amount not in sums[position].values()]
        if off:
            position, amount = max(off, key=lambda each: each[1])
            _say_total(noticed, one, position, amount, sums[position], len(off) - 1)


def _total_amount(noticed: Noticed, row: Row, column: _Column, unit: str) -> int | None:
    letters = column_letters(column.position)
    return noticed.money(_cell(row, column.position), row.number, letters, column.unit or unit)


def _sums(
    its: Iterable[int], lines: Sequence[Line], values: Mapping[int, Mapping[int, int]], position: int
) -> dict[str, int]:
    """Return what all rows, people and departments above a total add up to in a column."""
    found = {"": 0, "person": 0, "unit": 0}
    for at in its:
        amount = values[at].get(position, 0)
        found[""] += amount
        if lines[at].kind in ("person", "unit"):
            found[lines[at].kind] += amount
    return found


def _is_twice(stated: int, sums: Mapping[str, int]) -> bool:
    return bool(sums["unit"] and sums["person"]) and stated == sums[""]


def _say_twice(noticed: Noticed, total: _Total, position: int, stated: int, sums: Mapping[str, int]) -> None:
    units, people = sums["unit"], sums["person"]
    noticed.add(
        "total-counts-twice",
        Text(
            f"第 {total.row.number} 行“{total.label}”{in_yuan(stated)} 把部门 {in_yuan(units)} 和人员 "
            f"{in_yuan(people)} 加在一起，同一笔钱算了两遍；合计行不导入。",
            f"Row {total.row.number}, {total.label}, {in_yuan(stated)}, adds departments {in_yuan(units)} and people "
            f"{in_yuan(people)}: the same money twice. Totals are not brought in.",
        ),
        Text("合计只加部门，或只加人员。", "Add up departments or people, not both."),
        row=total.row.number,
        column=column_letters(position),
        value=in_yuan(stated),
    )


def _say_total(
    noticed: Noticed, total: _Total, position: int, stated: int, sums: Mapping[str, int], others: int
) -> None:
    """Say where a total is none; of several columns the one with the most, and how many others."""
    zh, en = (f"，另有 {others} 列不等", f", and {others} other columns differ") if others else ("", "")
    near = min((one for one in sums.values() if one or one == sums[""]), key=lambda one: abs(one - stated))
    noticed.add(
        "column-total",
        Text(
            f"第 {total.row.number} 行“{total.label}”写 {in_yuan(stated)}，各行相加 {in_yuan(near)}，"
            f"差 {in_yuan(stated - near)}{zh}；合计行不导入。",
            f"Row {total.row.number}, {total.label}, states {in_yuan(stated)}, the rows add up to {in_yuan(near)}, "
            f"{in_yuan(stated - near)} apart{en}. Totals are not brought in.",
        ),
        Text("核对是否漏了行，或公式没有算全。", "Check whether a row or a formula is missing."),
        row=total.row.number,
        column=column_letters(position),
        value=in_yuan(stated),
    )
