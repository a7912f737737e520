"""One value of a canonical CSV as text, and back: exact inverses, nothing guessed (规范 CSV).

Days are ISO, months 2026-01, money in 元 with two decimals, basis points as percent,
choices by code, flags 1 or 0, references by the code of what they point to. Blank is "not
known", or the column's default where it has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from dacheng.core.checking import range_of
from dacheng.core.errors import Text
from dacheng.core.money import MAX_MINOR, MINOR_PER_UNIT
from dacheng.core.period import FAR_DAY, FIRST_DAY, date_of, day_of, ym_at, ym_text
from dacheng.core.relation import Column, Kind
from dacheng.exchange.likeness import nearest
from dacheng.exchange.problems import ValueProblem

BP_PER_PERCENT = 100

Codes = Mapping[str, int]
"""Code -> id of one relation."""

_AMOUNT = re.compile(r"-?\d{1,13}(\.\d{1,2})?", re.ASCII)
_PERCENT = re.compile(r"(-?\d{1,6}(?:\.\d{1,2})?)%", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,13}", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def read_value(column: Column, text: str, codes: Codes | None = None) -> int | None:
    """Return the value that a cell's text means.

    Args:
        codes: for ``ref``: the codes it may be.

    Raises:
        ValueProblem: it means nothing; says what is possible.
    """
    if text == "":
        return _blank(column)
    if column.kind == "ref":
        return _reference(column, text, codes or {})
    if column.kind == "choice":
        return _choice(column, text)
    value = _READERS[column.kind](text)
    lowest, highest = range_of(column)
    if not lowest <= value <= highest:
        range_words = f"{write_value(column, lowest)} – {write_value(column, highest)}"
        way_out = Text(f"可取 {range_words}。", f"Allowed: {range_words}.")
        raise _problem("out-of-range", text, Text("超出范围", "is out of range"), way_out)
    return value


def write_value(column: Column, value: int | None, names: Mapping[int, str] | None = None) -> str:
    """Return the text of a value; a default that blank means is blank.

    Args:
        names: for ``ref``: the code of each id.
    """
    if value is None or (value == column.default and column.kind in ("ref", "day")):
        return ""
    if column.kind == "ref":
        return (names or {})[value]
    if column.kind == "choice":
        return next(code for number, code, _ in column.choices if number == value)
    return _WRITERS.get(column.kind, str)(value)


def read_start(text: str) -> int:
    """Return the first day of an interval; blank is the beginning. Raises ValueProblem."""
    return _read_day(text) if text else FIRST_DAY


def read_end(text: str) -> int:
    """Return the day an interval ends (exclusive); blank is forever. Raises ValueProblem."""
    return _read_day(text) if text else FAR_DAY


def write_edge(day: int) -> str:
    """Return a day of the interval; the beginning and forever are blank."""
    return "" if day in (FIRST_DAY, FAR_DAY) else date_of(day).isoformat()


def _blank(column: Column) -> int | None:
    if isinstance(column.default, int):
        return column.default
    if column.nullable:
        return None
    raise ValueProblem(
        "csv/required",
        Text("必须填写，却是空的。", "It is required but blank."),
        Text("填上，或删去这一行。", "Fill it in, or delete the row."),
    )


def _reference(column: Column, text: str, codes: Codes) -> int:
    if text in codes:
        return codes[text]
    near = nearest(text, codes)
    way_out = (
        Text(f"是不是「{near}」？", f"Did you mean “{near}”?")
        if near
        else Text(f"在 {column.ref}.csv 里加一行，或改编码。", f"Add a row to {column.ref}.csv, or correct the code.")
    )
    raise ValueProblem(
        "csv/unknown-reference",
        Text(f"{column.ref}.csv 里没有编码「{text}」。", f"There is no code “{text}” in {column.ref}.csv."),
        way_out,
        value=text,
    )


def _choice(column: Column, text: str) -> int:
    for number, code, _ in column.choices:
        if code == text:
            return number
    codes = "、".join(code for _, code, _ in column.choices)
    raise _problem(
        "not-a-choice",
        text,
        Text("不在可选之列", "is not one of the choices"),
        Text(f"可选：{codes}。", f"Choose one of: {codes}."),
    )


def _read_day(text: str) -> int:
    try:
        if _DAY.fullmatch(text):
            return day_of(date.fromisoformat(text))
    except ValueError:
        pass
    raise _problem("not-a-day", text, Text("不是日期", "is not a date"), Text("写成 2026-06-30。", "Write 2026-06-30."))


def _read_month(text: str) -> int:
    found = _MONTH.fullmatch(text)
    if not found:
        raise _problem(
            "not-a-month", text, Text("不是月份", "is not a month"), Text("写成 2026-06。", "Write 2026-06.")
        )
    return ym_at(int(found.group(1)), int(found.group(2)))


def _read_money(text: str) -> int:
    if not _AMOUNT.fullmatch(text) or abs(minor := int(Decimal(text) * MINOR_PER_UNIT)) > MAX_MINOR:
        raise _problem(
            "not-an-amount",
            text,
            Text("不是金额", "is not an amount"),
            Text("单位元，至多两位小数，不带千分位，例如 1200000.00。", "In 元, two decimals, no commas: 1200000.00."),
        )
    return minor


def _read_percent(text: str) -> int:
    found = _PERCENT.fullmatch(text)
    if not found:
        raise _problem(
            "not-a-percentage", text, Text("不是百分数", "is not a percentage"), Text("写成 12.5%。", "Write 12.5%.")
        )
    return int(Decimal(found.group(1)) * BP_PER_PERCENT)


def _read_whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        way_out = Text("写一个整数。", "Write a whole number.")
        raise _problem("not-a-number", text, Text("不是整数", "is not a whole number"), way_out)
    return int(text)


def _read_flag(text: str) -> int:
    if text not in ("0", "1"):
        raise _problem("not-a-flag", text, Text("不是 1 或 0", "is not 1 or 0"), Text("写 1 或 0。", "Write 1 or 0."))
    return int(text)


def _write_money(value: int) -> str:
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // MINOR_PER_UNIT}.{abs(value) % MINOR_PER_UNIT:02d}"


def _write_percent(value: int) -> str:
    sign, size = "-" if value < 0 else "", abs(value)
    decimals = f".{size % BP_PER_PERCENT:02d}".rstrip("0") if size % BP_PER_PERCENT else ""
    return f"{sign}{size // BP_PER_PERCENT}{decimals}%"


def _problem(rule: str, text: str, what: Text, way_out: Text) -> ValueProblem:
    message = Text(f"「{text}」{what.zh}。", f"“{text}” {what.en}.")
    return ValueProblem(f"csv/{rule}", message, way_out, value=text)


_READERS: Mapping[Kind, Callable[[str], int]] = {
    "day": _read_day,
    "ym": _read_month,
    "money": _read_money,
    "bp": _read_percent,
    "count": _read_whole,
    "flag": _read_flag,
    "id": _read_whole,
}
_WRITERS: Mapping[Kind, Callable[[int], str]] = {
    "day": lambda value: date_of(value).isoformat(),
    "ym": ym_text,
    "money": _write_money,
    "bp": _write_percent,
}
