"""Dates and months in all their written forms; what two people could read differently is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.period import ym_at, ym_text
from dacheng.exchange.cells import Cell, ErrorCell
from dacheng.exchange.values import DateOrder, ValueProblem, parse_date, parse_month

JANUARY_5 = date(2026, 1, 5)
days = st.dates(date(1900, 1, 1), date(9999, 12, 31))


def rule_of(parse: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(ValueProblem) as caught:
        parse(*args, **kwargs)  # type: ignore[operator]
    assert caught.value.remedy.zh and caught.value.remedy.en
    return caught.value.rule


@pytest.mark.parametrize(
    "cell",
    [
        "2026/1/5",
        "2026-01-05",
        "2026.1.5",
        "20260105",
        20260105,
        46027,
        Decimal("46027.75"),
        "46027",
        "2026年1月5日",
        "2026年01月05日 星期一",
        "２０２６/１/５",
        "5-Jan-2026",
        "05 January 2026",
        "5-Jan-26",
        "Jan 5, 2026",
        "January 5th, 2026",
        "Mon, 05 Jan 2026 10:00",
        "2026-01-05 00:00:00",
        "2026-01-05T18:30:00Z",
        "2026-01-05T18:30:00.123+08:00",
        "2026年1月5日10:30",
        "2026/1/5 下午 3:20",
        "20260105103000",
        "26/1/5",
        "\ufeff2026-01-05 ",
        date(2026, 1, 5),
        datetime.fromisoformat("2026-01-05T23:59"),
    ],
)
def test_every_clear_form_of_a_date_is_read(cell: Cell) -> None:
    assert parse_date(cell) == JANUARY_5


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("1/5/26", "day-first", date(2026, 5, 1)),
        ("1/5/26", "month-first", date(2026, 1, 5)),
        ("01.05.2026", "day-first", date(2026, 5, 1)),
        ("26-1-5", "year-first", date(2026, 1, 5)),
        ("13/5/2026", "", date(2026, 5, 13)),
        ("5/13/2026", "", date(2026, 5, 13)),
        ("5/5/2026", "", date(2026, 5, 5)),
    ],
)
def test_small_numbers_are_read_as_declared_or_by_their_only_reading(
    cell: str, order: DateOrder, expected: date
) -> None:
    assert parse_date(cell, order=order) == expected


@pytest.mark.parametrize("cell", ["1/5/26", "1/5/2026", "01-05-26", "13/5/26", "1/5/2026 10:30 PM"])
def test_an_ambiguous_date_is_refused_with_its_readings(cell: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        parse_date(cell)

    assert caught.value.rule == "date/ambiguous"
    assert caught.value.message.en.count("20") >= 2
    assert "day-first" in caught.value.remedy.en


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("2026-02-30", "date/no-such-day"),
        ("20261305", "date/no-such-day"),
        ("31/4/2026", "date/not-a-date"),
        ("2026年1月", "date/not-a-date"),
        ("1月5日", "date/not-a-date"),
        ("明天", "date/not-a-date"),
        ("2026-01-05 99:99", "date/not-a-date"),
        ("2026-01-05" + "0" * 100, "date/not-a-date"),
        ("1/5/9", "date/not-a-date"),
        (2026, "date/not-plausible"),
        (-1, "date/not-plausible"),
        (Decimal("1e300"), "date/not-plausible"),
        ("1899-12-31", "date/too-early"),
        (date(1066, 10, 14), "date/too-early"),
        (time(12), "date/not-a-date"),
        (timedelta(hours=30), "date/not-a-date"),
        (True, "date/not-a-date"),
        (ErrorCell("#VALUE!"), "value/error-cell"),
    ],
)
def test_what_is_no_date_is_refused_with_its_rule(cell: Cell, rule: str) -> None:
    assert rule_of(parse_date, cell) == rule


@pytest.mark.parametrize("cell", [None, "", "-", "无", "N/A", "NULL", "0000-00-00", "0000-00-00 00:00:00"])
def test_no_date_is_missing(cell: Cell) -> None:
    assert parse_date(cell) is None


def test_bare_numbers_count_from_1904_where_the_workbook_does() -> None:
    assert parse_date(44565, from_1904=True) == JANUARY_5


def test_a_moment_with_its_zone_falls_on_the_day_of_the_zone_where_it_is_wanted() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")

    assert parse_date("2026-03-12T18:30:00Z", zone=shanghai) == date(2026, 3, 13)
    assert parse_date("2026-03-13T06:30:00+0800", zone=UTC) == date(2026, 3, 12)
    assert parse_date("2026-03-12T18:30:00", zone=shanghai) == date(2026, 3, 12)


@given(days)
def test_a_date_is_read_back_from_each_way_of_writing_it(day: date) -> None:
    forms = [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        day.isoformat().replace("-", ""),
        f"{day.day}-{day:%b}-{day.year}",
        f"{day:%B} {day.day}, {day.year}",
    ]

    assert {parse_date(form) for form in forms} == {day}
    assert parse_date(f"{day.day}/{day.month}/{day.year}", order="day-first") == day


@given(st.dates(date(1950, 1, 1), date(2199, 12, 31)))
def test_a_day_count_of_excel_is_that_day(day: date) -> None:
    assert parse_date((day - date(1899, 12, 30)).days) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_missing_or_refused(text: str) -> None:
    try:
        parse_date(text)
        parse_month(text, year=2026)
    except ValueProblem:
        pass


# Months ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["2026-01", "2026/1", "2026.01", "2026年1月", "2026年01月份", "2026M01", "202601", 202601, "Jan 2026",
     "January-2026", "2026 Jan", "2026年一月", "2026-01-05", 46027, date(2026, 1, 1),
     datetime.fromisoformat("2026-01-31T08:00")],
)  # fmt: skip
def test_every_clear_form_of_a_month_is_read(cell: Cell) -> None:
    assert parse_month(cell) == ym_at(2026, 1)


@pytest.mark.parametrize("cell", ["1月", "1月份", "一月", "Jan", "january", "1", 1, "M1"])
def test_a_month_alone_takes_the_year_that_is_given(cell: Cell) -> None:
    assert parse_month(cell, year=2026) == ym_at(2026, 1)
    assert rule_of(parse_month, cell) == "month/no-year"


@pytest.mark.parametrize(
    ("cell", "rule"),
    [("Jan-26", "month/ambiguous"), ("2026/13", "month/not-a-month"), ("13", "month/not-a-month"),
     ("Q1", "month/not-a-month"), ("1/5/26", "month/not-a-month"), (True, "month/not-a-month"),
     (ErrorCell("#REF!"), "value/error-cell")],
)  # fmt: skip
def test_what_is_no_month_is_refused(cell: Cell, rule: str) -> None:
    assert rule_of(parse_month, cell, year=2026) == rule


@given(st.integers(12 * 1900, 12 * 9999))
def test_a_month_is_read_back_from_its_text(ym: int) -> None:
    assert parse_month(ym_text(ym)) == ym


def test_no_month_is_missing() -> None:
    assert parse_month("—") is None
