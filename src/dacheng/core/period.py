"""Days, months, fiscal years and periods as whole numbers (期间).

A day counts from 1970-01-01; a month is ``ym = 12 * year + month - 1``; every span is
half-open. The functions on days and months take one number or an array of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NoReturn, TypeVar, overload

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.errors import RuleError, Text

FIRST_DAY = 0
"""1970-01-01: the day from which an undated fact holds."""

FAR_DAY = 2_932_896
"""9999-12-31: the open end of a fact, never null."""

FIRST_YM = 12 * 1970
FIRST_YEAR, LAST_YEAR = 1971, 9998
"""The years a period may name: a fiscal year reaches into the year before or after."""

MONTHS_PER_YEAR = 12

Months = TypeVar("Months", int, IntArray)

_EPOCH = date(1970, 1, 1).toordinal()


def day_of(when: date) -> int:
    """Return the day number of a date.

    >>> day_of(date(1970, 1, 2)), day_of(date(9999, 12, 31)) == FAR_DAY
    (1, True)
    """
    return when.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """Return the date of a day number, 0 to FAR_DAY."""
    return date.fromordinal(int(day) + _EPOCH)


def ym_at(year: int, month: int) -> int:
    """Return the month number of a year and a month of 1 to 12."""
    return MONTHS_PER_YEAR * year + month - 1


@overload
def ym_of(day: int) -> int: ...
@overload
def ym_of(day: IntArray) -> IntArray: ...
def ym_of(day: Any) -> Any:
    """Return the calendar month of each day; a company's own is ``core.months``.

    >>> ym_of(day_of(date(2026, 3, 31))) == ym_at(2026, 3)
    True
    """
    months = np.asarray(day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + FIRST_YM
    return int(months) if np.isscalar(day) else months


@overload
def first_day_of(ym: int) -> int: ...
@overload
def first_day_of(ym: IntArray) -> IntArray: ...
def first_day_of(ym: Any) -> Any:
    """Return the first day of each calendar month; a company's own is ``core.months``.

    >>> date_of(first_day_of(ym_at(2026, 3))).isoformat()
    '2026-03-01'
    """
    days = (np.asarray(ym) - FIRST_YM).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return int(days) if np.isscalar(ym) else days


def last_day_of(ym: Months) -> Months:
    """Return the last day of each month, inclusive."""
    return first_day_of(ym + 1) - 1


def ym_text(ym: int) -> str:
    """Return a month as people and files write it.

    >>> ym_text(ym_at(2026, 3))
    '2026-03'
    """
    return f"{ym // MONTHS_PER_YEAR:04d}-{ym % MONTHS_PER_YEAR + 1:02d}"


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """The company's fiscal year (财年): the month it starts in and how it is named.

    Args:
        start_month: 1 to 12; 1 is the calendar year.
        named_by: the year that starts in April 2026 is 2026 by its ``start`` (our
            default) and 2027 by its ``end``. A calendar year is named the same either way.

    Raises:
        RuleError: no such month, or no such way of naming.

    Source: R029; which year names a fiscal year differs between companies, so it is a setting.
    """

    start_month: int = 1
    named_by: Literal["start", "end"] = "start"

    def __post_init__(self) -> None:
        if not 1 <= self.start_month <= MONTHS_PER_YEAR:
            raise RuleError(
                Text(f"财年起始月不能是 {self.start_month}。", f"No fiscal year starts in month {self.start_month}."),
                Text("请填写 1 到 12。", "Enter 1 to 12."),
            )
        if self.named_by not in ("start", "end"):
            raise RuleError(
                Text(f"财年命名不能是 {self.named_by}。", f"A fiscal year cannot be named by its {self.named_by}."),
                Text("可取 start（按起始年）或 end（按结束年）。", "Allowed: start or end."),
            )

    @property
    def is_calendar_year(self) -> bool:
        """Tell whether the fiscal year is the calendar year."""
        return self.start_month == 1

    @property
    def _name_shift(self) -> int:
        return int(self.named_by == "end" and not self.is_calendar_year)

    def year_of(self, ym: Months) -> Months:
        """Return the fiscal year of each month, by its name."""
        return (ym - (self.start_month - 1)) // MONTHS_PER_YEAR + self._name_shift

    def month_of(self, ym: Months) -> Months:
        """Return the month's place in its fiscal year, 1 to 12."""
        return (ym - (self.start_month - 1)) % MONTHS_PER_YEAR + 1

    def quarter_of(self, ym: Months) -> Months:
        """Return the quarter of the fiscal year, 1 to 4."""
        return (self.month_of(ym) - 1) // 3 + 1

    def half_of(self, ym: Months) -> Months:
        """Return the half of the fiscal year, 1 or 2."""
        return (self.month_of(ym) - 1) // 6 + 1

    def year(self, year: int) -> Period:
        """Return the fiscal year of that name."""
        return self._part(year, months=MONTHS_PER_YEAR, number=1)

    def half(self, year: int, number: int) -> Period:
        """Return half 1 or 2 of a fiscal year."""
        return self._part(year, months=6, number=number)

    def quarter(self, year: int, number: int) -> Period:
        """Return quarter 1 to 4 of a fiscal year."""
        return self._part(year, months=3, number=number)

    def _part(self, year: int, *, months: int, number: int) -> Period:
        first = ym_at(year - self._name_shift, self.start_month) + months * (number - 1)
        return Period(first, first + months)


CALENDAR_YEAR = FiscalYear()


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole months in a row, ``[from_ym, to_ym)``; which days they have, ``core.months`` tells.

    Raises:
        RuleError: the period ends before it has begun.
    """

    from_ym: int
    to_ym: int

    def __post_init__(self) -> None:
        if self.from_ym >= self.to_ym:
            first, last = ym_text(self.from_ym), ym_text(self.to_ym - 1)
            raise RuleError(
                Text(f"期间的终点 {last} 早于起点 {first}。", f"The period ends ({last}) before it begins ({first})."),
                Text("请把起点写在前面，例如 2026-01..2026-06。", "Write the earlier month first: 2026-01..2026-06."),
            )

    def months(self) -> IntArray:
        """Return the months in order."""
        return np.arange(self.from_ym, self.to_ym, dtype=np.int64)

    def __len__(self) -> int:
        return self.to_ym - self.from_ym

    def __contains__(self, ym: int) -> bool:
        return self.from_ym <= ym < self.to_ym

    def code(self, fiscal: FiscalYear = CALENDAR_YEAR) -> str:
        """Return the shortest text that ``parse_period`` reads back as this period.

        >>> Period(ym_at(2026, 4), ym_at(2026, 7)).code()
        '2026-Q2'
        """
        year, part = self._named(fiscal)
        if part == "range":
            return f"{ym_text(self.from_ym)}..{ym_text(self.to_ym - 1)}"
        if part == "month":
            return ym_text(self.from_ym)
        return f"{year:04d}" if part == "year" else f"{year:04d}-{part}"

    def label(self, fiscal: FiscalYear = CALENDAR_YEAR) -> Text:
        """Return the period as it stands in a heading.

        >>> Period(ym_at(2026, 1), ym_at(2026, 7)).label().zh
        '2026年上半年'
        """
        year, part = self._named(fiscal)
        if part == "month":
            return _month_label(self.from_ym)
        if part == "range":
            return _range_label(self.from_ym, self.to_ym - 1)
        named = Text(f"{year}年", f"{year}") if fiscal.is_calendar_year else Text(f"{year}财年", f"FY{year}")
        return Text(named.zh + _PART_ZH[part], named.en if part == "year" else f"{part} {named.en}")

    def _named(self, fiscal: FiscalYear) -> tuple[int, str]:
        """Return the fiscal year and the part of it: year, H1, H2, Q1 to Q4, month or range."""
        year, half, quarter = (one(self.from_ym) for one in (fiscal.year_of, fiscal.half_of, fiscal.quarter_of))
        if len(self) == 1:
            return year, "month"
        if self == fiscal.year(year):
            return year, "year"
        if self == fiscal.half(year, half):
            return year, f"H{half}"
        return year, f"Q{quarter}" if self == fiscal.quarter(year, quarter) else "range"


_PART_ZH = {
    "year": "",
    "H1": "上半年",
    "H2": "下半年",
    "Q1": "一季度",
    "Q2": "二季度",
    "Q3": "三季度",
    "Q4": "四季度",
}
_MONTH_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _month_label(ym: int) -> Text:
    year, month = divmod(ym, MONTHS_PER_YEAR)
    return Text(f"{year}年{month + 1}月", f"{_MONTH_EN[month]} {year}")


def _range_label(first: int, last: int) -> Text:
    begin, end = _month_label(first), _month_label(last)
    if first // MONTHS_PER_YEAR != last // MONTHS_PER_YEAR:
        return Text(f"{begin.zh}至{end.zh}", f"{begin.en} – {end.en}")
    month = last % MONTHS_PER_YEAR
    return Text(f"{begin.zh}至{month + 1}月", f"{begin.en.split()[0]}–{end.en}")


_FORM = re.compile(r"(\d{4})(?:-(?:H([12])|Q([1-4])|(0?[1-9]|1[0-2])))?", re.ASCII | re.IGNORECASE)


def parse_period(text: str, fiscal: FiscalYear = CALENDAR_YEAR) -> Period:
    """Read a period; a year, half or quarter is fiscal, a month is always that month.

    Forms: ``2026``, ``2026-H1``, ``2026-Q1``, ``2026-03`` and, from the first of one
    to the end of the other, ``2026-01..2026-06``.

    Raises:
        RuleError: none of these forms, or the end lies before the beginning.

    >>> parse_period("2026-H1") == parse_period("2026-01..2026-06")
    True
    """
    first, dots, last = text.strip().partition("..")
    begin = _parse_one(first, text, fiscal)
    return Period(begin.from_ym, _parse_one(last, text, fiscal).to_ym) if dots else begin


def _parse_one(part: str, text: str, fiscal: FiscalYear) -> Period:
    form = _FORM.fullmatch(part.strip())
    if form is None or not FIRST_YEAR <= int(form[1]) <= LAST_YEAR:
        _refuse_text(text)
    year, half, quarter, month = (int(group or 0) for group in form.groups())
    if month:
        return Period(ym_at(year, month), ym_at(year, month) + 1)
    if half:
        return fiscal.half(year, half)
    return fiscal.quarter(year, quarter) if quarter else fiscal.year(year)


def _refuse_text(text: str) -> NoReturn:
    raise RuleError(
        Text(f"看不懂期间「{text}」。", f"“{text}” is not a period."),
        Text(
            "可写：2026（年）、2026-H1（半年）、2026-Q1（季度）、2026-03（月）、2026-01..2026-06（起止月）；"
            f"年份 {FIRST_YEAR}–{LAST_YEAR}。",
            "Write 2026 (year), 2026-H1 (half), 2026-Q1 (quarter), 2026-03 (month) or 2026-01..2026-06 (range); "
            f"years {FIRST_YEAR}–{LAST_YEAR}.",
        ),
    )
