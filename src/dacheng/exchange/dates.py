"""Cell to date or month; a text that two people could read differently is refused (日期解析)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Literal

from dacheng.core.errors import Text
from dacheng.core.period import ym_at
from dacheng.exchange.cells import Cell
from dacheng.exchange.problems import ValueProblem, present, problem, wrong_kind

DateOrder = Literal["", "day-first", "month-first", "year-first"]
"""How a column writes 1/5/26; empty = not declared."""

FIRST_YEAR = 1900
SERIAL_YEARS = range(1950, 2200)
"""A bare number is a day count only if it falls into these years: 2026 is no 1905-07-18."""

DAY_ZERO, DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)
LONGEST_DATE = 60
CENTURY = 2000

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
CHINESE_MONTHS = {name: number for number, name in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
}

NAME = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
TAIL = (
    r"(?:[\s(,]*(?:星期|周)[一二三四五六日天]\)?)?"
    r"(?:(?:\s*t\s*|\s+|(?<=[日号]))(?:上午|下午|中午|晚上|凌晨)?\s*"
    r"(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})秒?(?:[.,]\d+)?)?分?"
    r"\s*(?:am|pm)?\s*(?P<zone>z|utc|gmt|[-+]\d{2}:?\d{2})?)?"
)
"""A weekday and a time of day, which a date column may carry."""

YEAR_FIRST = re.compile(r"(\d{4})\s*(?:年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?|([-/.])(\d{1,2})\4(\d{1,2}))" + TAIL)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4}|\d{6})?" + TAIL)
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
DAY_NAME_YEAR = re.compile(WEEKDAY + r"(\d{1,2})(?:st|nd|rd|th)?[-\s./]*" + NAME + r"[-\s.,/]*(\d{4}|\d{2})" + TAIL)
NAME_DAY_YEAR = re.compile(WEEKDAY + NAME + r"[-\s]*(\d{1,2})(?:st|nd|rd|th)?\s*[,-]?\s*(\d{4})" + TAIL)
NUMBERS = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{1,2})" + TAIL)
SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
ZERO_DATES = ("0000-00-00", "0000/00/00", "0000-00-00 00:00:00")

YEAR_MONTH = re.compile(r"(\d{4})\s*(?:[-/.年]\s*m?|m)\s*(\d{1,2})\s*(?:月份?)?")
COMPACT_MONTH = re.compile(r"(\d{4})(\d{2})")
NAME_SHORT_YEAR = re.compile(NAME + r"[-\s']*\d{2}")
NAME_YEAR = re.compile(NAME + r"[-\s,/']*(\d{4})")
YEAR_NAME = re.compile(r"(\d{4})[-\s,/]*" + NAME)
MONTH_ALONE = re.compile(rf"(?:m?(\d{{1,2}})\s*(?:月份?)?|{NAME}|({'|'.join(CHINESE_MONTHS)})月份?)")
YEAR_CHINESE = re.compile(rf"(\d{{4}})年?\s*((?:{'|'.join(sorted(CHINESE_MONTHS, key=len, reverse=True))})月份?)")

DATE_WANTED = Text("日期", "a date")


# Dates ---------------------------------------------------------------------------------------


def parse_date(
    cell: Cell, *, order: DateOrder = "", from_1904: bool = False, zone: tzinfo | None = None
) -> date | None:
    """Return a cell as a date, or None where nothing is; a time of day is left off.

    Args:
        order: how the column writes day, month and year where the text itself does not say.
        from_1904: the workbook counts bare serial numbers from 1904-01-01.
        zone: where the date is wanted; a moment with its own zone is carried over to it first.

    Raises:
        ValueProblem: ambiguous, no date, no such day, or before 1900.

    >>> parse_date("2026年1月5日").isoformat(), parse_date("1/5/26", order="day-first").isoformat()
    ('2026-01-05', '2026-05-01')
    """
    value = present(cell)
    if value is None or value in ZERO_DATES:
        return None
    if isinstance(value, datetime):
        return _checked(cell, value.date())
    if isinstance(value, date):
        return _checked(cell, value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise wrong_kind("date/not-a-date", cell, DATE_WANTED)
    if not isinstance(value, str):
        return _checked(cell, _numbered(cell, value, from_1904))
    if len(value) > LONGEST_DATE:
        raise _no_date(cell)
    return _checked(cell, _written(cell, value.lower(), order, from_1904, zone))


def _written(cell: Cell, text: str, order: DateOrder, from_1904: bool, zone: tzinfo | None) -> date:
    """Return the date that a text writes."""
    if found := YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in found.groups()[:6] if part and part.isdigit())
        return _moved(_day(cell, year, month, day), found, zone, cell)
    if found := NAME_DAY_YEAR.fullmatch(text):
        return _moved(_day(cell, int(found[3]), MONTHS[found[1]], int(found[2])), found, zone, cell)
    if found := DAY_NAME_YEAR.fullmatch(text):
        return _moved(_day(cell, _year(found[3]), MONTHS[found[2]], int(found[1])), found, zone, cell)
    if found := NUMBERS.fullmatch(text):
        return _moved(_ordered(cell, found, order), found, zone, cell)
    if found := SERIAL.fullmatch(text):
        return _numbered(cell, int(found[1]), from_1904)
    raise _no_date(cell)


def _numbered(cell: Cell, value: int | Decimal, from_1904: bool) -> date:
    """Return the date of a bare number: 20260105, or Excel's count of days."""
    whole = int(value) if abs(Decimal(value)) < 10**8 else 0
    if value == whole and (found := COMPACT.fullmatch(str(whole))):
        return _day(cell, *(int(found[part]) for part in (1, 2, 3)))
    zero = DAY_ZERO_1904 if from_1904 else DAY_ZERO
    if 0 < whole < 10**6:
        counted = zero + timedelta(days=whole)
        if counted.year in SERIAL_YEARS:
            return counted
    raise problem(
        "date/not-plausible",
        cell,
        Text(
            "“{value}”不像日期，也不是合理的 Excel 日期序号。", "“{value}” is no date and no plausible Excel day count."
        ),
        Text("请写成 2026-01-05。", "Write 2026-01-05."),
    )


def _ordered(cell: Cell, found: re.Match[str], order: DateOrder) -> date:
    """Return the date of three small numbers as the declared order reads them, or by the only reading."""
    readings = _readings(found[1], found[3], found[4])
    if order:
        if order not in readings:
            raise _no_date(cell)
        return _day(cell, *readings[order])
    possible = sorted(set(_possible(readings.values())))
    if len(possible) == 1:
        return possible[0]
    raise _ambiguous(cell, possible)


def _readings(first: str, second: str, last: str) -> dict[str, tuple[int, int, int]]:
    """Return year, month and day by order; only two or four digits can be a year."""
    readings = {}
    if len(last) > 1:
        readings["day-first"] = (_year(last), int(second), int(first))
        readings["month-first"] = (_year(last), int(first), int(second))
    if len(first) == len("26") and len(last) <= len("05"):
        readings["year-first"] = (_year(first), int(second), int(last))
    return readings


def _possible(readings: Iterable[tuple[int, int, int]]) -> Iterator[date]:
    """Yield the dates that are in the calendar."""
    for parts in readings:
        with suppress(ValueError):
            yield date(*parts)


def _year(text: str) -> int:
    return int(text) if len(text) == len("2026") else CENTURY + int(text)


def _day(cell: Cell, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise problem(
            "date/no-such-day",
            cell,
            Text("日历上没有“{value}”这一天。", "There is no day “{value}” in the calendar."),
            Text("请核对年、月、日及其顺序。", "Check year, month and day, and their order."),
        ) from None


def _moved(day: date, found: re.Match[str], zone: tzinfo | None, cell: Cell) -> date:
    """Return the day on which a moment with a zone falls where the date is wanted."""
    if not found["hour"]:
        return day
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if hour > 24 or minute > 59 or second > 60:
        raise _no_date(cell)
    if zone is None or not found["zone"]:
        return day
    own = datetime(day.year, day.month, day.day, tzinfo=_offset(found["zone"]))
    return (own + timedelta(hours=hour, minutes=minute, seconds=second)).astimezone(zone).date()


def _offset(text: str) -> tzinfo:
    if text[0] not in "+-":
        return timezone.utc  # noqa: UP017 - the same object, named as the standard does
    hours, minutes = int(text[1:3]), int(text[-2:])
    away = timedelta(hours=min(hours, 23), minutes=min(minutes, 59))
    return timezone(-away if text[0] == "-" else away)


def _checked(cell: Cell, day: date) -> date:
    if day.year < FIRST_YEAR:
        raise problem(
            "date/too-early",
            cell,
            Text("“{value}”早于 1900 年。", "“{value}” is before 1900."),
            Text("请核对年份；没有日期则留空。", "Check the year; leave the cell empty if there is no date."),
        )
    return day


def _ambiguous(cell: Cell, possible: list[date]) -> ValueProblem:
    if not possible:
        return _no_date(cell)
    zh, en = (word.join(day.isoformat() for day in possible) for word in ("、", " or "))
    return problem(
        "date/ambiguous",
        cell,
        Text(f"“{{value}}”有歧义，可能是 {zh}。", f"“{{value}}” is ambiguous: {en}."),
        Text(
            "请写成 2026-01-05，或为该列声明“日在前”或“月在前”。",
            "Write 2026-01-05, or declare day-first or month-first for the column.",
        ),
    )


def _no_date(cell: Cell) -> ValueProblem:
    return problem(
        "date/not-a-date",
        cell,
        Text("“{value}”不是完整的日期。", "“{value}” is not a complete date."),
        Text("请写成 2026-01-05。", "Write 2026-01-05."),
    )


# Months --------------------------------------------------------------------------------------


def parse_month(cell: Cell, *, year: int | None = None, from_1904: bool = False) -> int | None:
    """Return a cell as ``ym`` (12·year + month − 1), or None where nothing is.

    Args:
        year: of a month written without one (“1月”, “Jan”); None refuses it.

    Raises:
        ValueProblem: no month, without a year, or ambiguous (“Jan-26”: a day or a year?).

    >>> parse_month("2026年1月") == parse_month("Jan 2026") == parse_month("1月", year=2026) == 24312
    True
    """
    value = present(cell)
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if 0 < len(text) <= LONGEST_DATE and (parts := _month_parts(cell, text, year)):
        return ym_at(*parts)
    try:
        day = parse_date(cell, from_1904=from_1904)
    except ValueProblem:
        raise _no_month(cell) from None
    return None if day is None else ym_at(day.year, day.month)


def written_month(cell: Cell) -> int | None:
    """Return the ``ym`` of a text that writes a year and a month and no day (“2027年3月”); None for anything else.

    >>> written_month("2027年3月") == ym_at(2027, 3), written_month("3月"), written_month("2027-03-05")
    (True, None, None)
    """
    value = present(cell)
    text = value.lower() if isinstance(value, str) and len(value) <= LONGEST_DATE else ""
    try:
        parts = _month_parts(cell, text, None) if text and not COMPACT_MONTH.fullmatch(text) else None
    except ValueProblem:
        return None
    return ym_at(*parts) if parts else None


def _month_parts(cell: Cell, text: str, year: int | None) -> tuple[int, int] | None:
    """Return year and month of a text that writes a month; None for any other text."""
    if found := YEAR_MONTH.fullmatch(text) or COMPACT_MONTH.fullmatch(text):
        return _valid_month(cell, int(found[1]), int(found[2]))
    if found := NAME_YEAR.fullmatch(text):
        return int(found[2]), MONTHS[found[1]]
    if found := YEAR_NAME.fullmatch(text):
        return int(found[1]), MONTHS[found[2]]
    if found := YEAR_CHINESE.fullmatch(text):
        return int(found[1]), CHINESE_MONTHS[found[2].rstrip("份").removesuffix("月")]
    if NAME_SHORT_YEAR.fullmatch(text):
        raise _day_or_year(cell)
    if found := MONTH_ALONE.fullmatch(text):
        if year is None:
            raise _no_year(cell)
        month = int(found[1]) if found[1] else MONTHS.get(found[2]) or CHINESE_MONTHS[found[3]]
        return _valid_month(cell, year, month)
    return None


def _valid_month(cell: Cell, year: int, month: int) -> tuple[int, int]:
    if not (1 <= month <= 12 and year >= FIRST_YEAR):
        raise _no_month(cell)
    return year, month


def _no_year(cell: Cell) -> ValueProblem:
    return problem(
        "month/no-year",
        cell,
        Text("“{value}”没有年份。", "“{value}” has no year."),
        Text("请写成 2026-01，或在导入时选择年度。", "Write 2026-01, or choose the year when importing."),
    )


def _day_or_year(cell: Cell) -> ValueProblem:
    return problem(
        "month/ambiguous",
        cell,
        Text(
            "“{value}”有歧义：后两位可能是日，也可能是年。",
            "“{value}” is ambiguous: its number may be a day or a year.",
        ),
        Text("请写成 2026-01。", "Write 2026-01."),
    )


def _no_month(cell: Cell) -> ValueProblem:
    return problem(
        "month/not-a-month",
        cell,
        Text("“{value}”不是月份。", "“{value}” is not a month."),
        Text("请写成 2026-01。", "Write 2026-01."),
    )
