"""A cell as the value of one of our columns: the column's kind says how it is read (按列取值)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import date_of, day_of, last_day_of
from dacheng.core.relation import Column
from dacheng.exchange.cells import Cell
from dacheng.exchange.mapping import ColumnRule
from dacheng.exchange.problems import Notes, ValueProblem, problem
from dacheng.exchange.texts import folded
from dacheng.exchange.values import (
    parse_date,
    parse_int,
    parse_money,
    parse_month,
    parse_ratio,
    parse_text,
    written_month,
)

LABEL_LIMIT = 300
"""Characters of a text column; a code is a text too."""

YES = frozenset({"1", "1.0", "true", "yes", "y", "是", "√", "✓", "有"})
NO = frozenset({"0", "0.0", "false", "no", "n", "否", "×", "无", ""})
PLAIN = ColumnRule("", ())


def typed(
    column: Column,
    cell: Cell,
    rule: ColumnRule | None = None,
    *,
    currency: str = "",
    from_1904: bool = False,
    notes: Notes | None = None,
) -> int | str | None:
    """Return a cell as a value of a column: a reference still as text, None where nothing is.

    Raises:
        ValueProblem: the cell is not what the column holds.
    """
    rule = rule or PLAIN
    if column.kind in ("text", "ref"):
        return parse_text(cell, limit=LABEL_LIMIT, notes=notes)
    if column.kind == "money":
        return parse_money(cell, rule.unit, currency=currency, notes=notes)
    if column.kind == "day":
        return _day(column, cell, rule, from_1904, notes)
    if column.kind == "ym":
        return parse_month(cell, from_1904=from_1904)
    if column.kind == "bp":
        return _basis_points(column, cell, rule)
    if column.kind == "flag":
        return _flag(cell)
    if column.kind == "choice":
        return _choice(column, cell)
    return parse_int(cell, limit=column.limit)


def _day(column: Column, cell: Cell, rule: ColumnRule, from_1904: bool, notes: Notes | None) -> int | None:
    try:
        day = parse_date(cell, order=rule.dates, from_1904=from_1904)
    except ValueProblem:
        month = written_month(cell) if column.month_end else None
        if month is None:
            raise
        end = date_of(last_day_of(month))
        if notes is not None:
            notes.append(
                problem(
                    "date/end-of-month",
                    cell,
                    Text(
                        f"“{{value}}”只写到月，按月末 {end} 导入。",
                        f"“{{value}}” is a month; its last day {end} was taken.",
                    ),
                    Text("有准日子时再改。", "Change it when the day is known."),
                    "note",
                )
            )
        return day_of(end)
    return None if day is None else day_of(day)


def _basis_points(column: Column, cell: Cell, rule: ColumnRule) -> int | None:
    ratio = parse_ratio(cell, "percent" if rule.percent else "", limit=column.limit // BP_PER_WHOLE)
    if ratio is None:
        return None
    return int((ratio * BP_PER_WHOLE).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _flag(cell: Cell) -> int | None:
    if cell is None:
        return None
    word = folded(parse_text(cell, placeholders=False) or "")
    if word in YES | NO:
        return int(word in YES) if word else None
    raise problem(
        "flag/not-yes-or-no",
        cell,
        Text("“{value}”不是“是”或“否”。", "“{value}” is not a yes or a no."),
        Text("请写 是/否、1/0 或 true/false。", "Write yes/no, 1/0 or true/false."),
    )


def _choice(column: Column, cell: Cell) -> int | None:
    text = parse_text(cell)
    if text is None:
        return None
    word = folded(text)
    for number, code, label in column.choices:
        if word in (folded(code), folded(label.zh), folded(label.en)):
            return number
    codes = [code for _, code, _ in column.choices]
    labels = "、".join(f"{label.zh}（{code}）" if label.zh != code else code for _, code, label in column.choices)
    raise problem(
        "choice/unknown",
        cell,
        Text(f"“{{value}}”不是{column.label.zh}的可选值。", f"“{{value}}” is no {column.label.en.lower()}."),
        Text(f"可用：{labels}；或在映射里加别名。", f"Possible: {', '.join(codes)}; or add an alias to the mapping."),
    )
