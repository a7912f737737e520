"""Days, months, fiscal years and periods (R029)."""

from __future__ import annotations

import calendar
import doctest
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core import period
from dacheng.core.errors import RuleError
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import (
    FAR_DAY,
    FiscalYear,
    Period,
    date_of,
    day_of,
    first_day_of,
    last_day_of,
    parse_period,
    ym_at,
    ym_of,
    ym_text,
)

DAYS = st.integers(0, FAR_DAY)
MONTHS = st.integers(ym_at(1972, 1), ym_at(9990, 12))  # whichever month it begins in, the fiscal year is 1971 or later
FISCAL_YEARS = st.builds(FiscalYear, st.integers(1, 12), st.sampled_from(["start", "end"]))


def spelled(one: Period) -> str:
    return f"{ym_text(one.from_ym)}..{ym_text(one.to_ym - 1)}"


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(period).failed == 0


@given(DAYS)
def test_a_day_is_a_date_is_a_day(day: int) -> None:
    when = date_of(day)

    assert day_of(when) == day
    assert ym_of(day) == ym_at(when.year, when.month)
    assert ym_text(ym_of(day)) == when.isoformat()[:7]


@given(st.lists(DAYS, min_size=1))
def test_months_of_many_days_are_the_months_of_each(days: list[int]) -> None:
    assert ym_of(np.array(days)).tolist() == [ym_of(day) for day in days]


@given(MONTHS)
def test_a_month_runs_from_its_first_day_to_its_last(ym: int) -> None:
    year, month = divmod(ym, 12)

    assert date_of(first_day_of(ym)) == date(year, month + 1, 1)
    assert date_of(last_day_of(ym)) == date(year, month + 1, calendar.monthrange(year, month + 1)[1])
    assert last_day_of(np.array([ym])).tolist() == [last_day_of(ym)]


@given(MONTHS)
def test_the_calendar_year_is_the_fiscal_year_that_starts_in_january(ym: int) -> None:
    for fiscal in (FiscalYear(), FiscalYear(named_by="end")):
        assert fiscal.year_of(ym) == ym // 12
        assert fiscal.month_of(ym) == ym % 12 + 1
        assert fiscal.quarter_of(ym) == ym % 12 // 3 + 1
        assert fiscal.half_of(ym) == ym % 12 // 6 + 1


def test_a_fiscal_year_from_april_is_named_by_its_start_or_its_end() -> None:
    march, april = ym_at(2026, 3), ym_at(2026, 4)

    by_start, by_end = FiscalYear(4), FiscalYear(4, "end")

    assert by_start.year_of(np.array([march, april])).tolist() == [2025, 2026]
    assert by_end.year_of(np.array([march, april])).tolist() == [2026, 2027]
    assert by_start.year(2026) == by_end.year(2027) == Period(april, april + 12)
    assert (by_start.quarter_of(march), by_start.quarter_of(april)) == (4, 1)
    assert (by_start.half_of(march), by_start.month_of(march)) == (2, 12)


@given(FISCAL_YEARS, MONTHS)
def test_every_month_lies_in_the_year_half_and_quarter_it_is_counted_in(fiscal: FiscalYear, ym: int) -> None:
    year = fiscal.year_of(ym)

    assert ym in fiscal.year(year)
    assert ym in fiscal.half(year, fiscal.half_of(ym))
    assert ym in fiscal.quarter(year, fiscal.quarter_of(ym))
    assert fiscal.year(year).from_ym + fiscal.month_of(ym) - 1 == ym


@pytest.mark.parametrize(("month", "named_by"), [(0, "start"), (13, "start"), (4, "middle")])
def test_a_fiscal_year_that_does_not_exist_is_refused(month: int, named_by: str) -> None:
    with pytest.raises(RuleError, match="财年"):
        FiscalYear(month, named_by)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026", "2026-01..2026-12"),
        ("2026-H1", "2026-01..2026-06"),
        ("2026-h2", "2026-07..2026-12"),
        ("2026-Q3", "2026-07..2026-09"),
        ("2026-03", "2026-03..2026-03"),
        (" 2026-3 ", "2026-03..2026-03"),
        ("2026-01..2026-06", "2026-01..2026-06"),
        ("2025-Q4 .. 2026-Q1", "2025-10..2026-03"),
    ],
)
def test_each_form_of_a_period_is_read(text: str, meant: str) -> None:
    assert spelled(parse_period(text)) == meant


def test_years_halves_and_quarters_are_fiscal_and_months_are_not() -> None:
    fiscal = FiscalYear(4)

    assert spelled(parse_period("2026", fiscal)) == "2026-04..2027-03"
    assert spelled(parse_period("2026-H2", fiscal)) == "2026-10..2027-03"
    assert spelled(parse_period("2026-Q1", fiscal)) == "2026-04..2026-06"
    assert spelled(parse_period("2026-03", fiscal)) == "2026-03..2026-03"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "2026-",
        "2026-00",
        "2026-13",
        "2026-Q5",
        "2026-H3",
        "2026-Q0",
        "1970",
        "9999",
        "２０２６",
        "2026-01..",
        "..2026",
        "2026年",
    ],
)
def test_a_text_that_is_no_period_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse_period(text)

    assert f"「{text}」" in refused.value.message.zh
    for form in ("2026-H1", "2026-Q1", "2026-03", "2026-01..2026-06"):
        assert form in refused.value.remedy.zh and form in refused.value.remedy.en


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(RuleError, match="终点 2026-01 早于起点 2026-06"):
        parse_period("2026-06..2026-01")


@given(FISCAL_YEARS, MONTHS, st.integers(1, 30))
def test_the_code_of_a_period_is_read_back_as_the_period(fiscal: FiscalYear, ym: int, months: int) -> None:
    one = Period(ym, ym + months)

    assert parse_period(one.code(fiscal), fiscal) == one


@pytest.mark.parametrize(
    ("text", "start_month", "zh", "en"),
    [
        ("2026", 1, "2026年", "2026"),
        ("2026", 4, "2026财年", "FY2026"),
        ("2026-H1", 1, "2026年上半年", "H1 2026"),
        ("2026-Q4", 4, "2026财年四季度", "Q4 FY2026"),
        ("2026-03", 4, "2026年3月", "Mar 2026"),
        ("2026-01..2026-05", 1, "2026年1月至5月", "Jan–May 2026"),
        ("2026-11..2027-02", 1, "2026年11月至2027年2月", "Nov 2026 – Feb 2027"),
    ],
)
def test_a_period_is_labelled_in_both_languages(text: str, start_month: int, zh: str, en: str) -> None:
    fiscal = FiscalYear(start_month)

    label = parse_period(text, fiscal).label(fiscal)

    assert (label.zh, label.en) == (zh, en)


def test_a_period_knows_its_days_and_months() -> None:
    february = parse_period("2028-02")

    assert (date_of(CALENDAR_MONTHS.from_day(february)), date_of(CALENDAR_MONTHS.to_day(february))) == (
        date(2028, 2, 1),
        date(2028, 3, 1),
    )
    assert parse_period("2026-Q1").months().tolist() == [ym_at(2026, month) for month in (1, 2, 3)]
    assert len(parse_period("2026")) == 12


@pytest.mark.parametrize(
    ("as_of", "months"),
    [
        (date(2025, 12, 30), 0),
        (date(2025, 12, 31), 0),
        (date(2026, 1, 1), 0),
        (date(2026, 1, 30), 0),
        (date(2026, 1, 31), 1),
        (date(2026, 6, 30), 6),
        (date(2026, 12, 31), 12),
        (date(2028, 1, 1), 12),
    ],
)
def test_months_gone_by_count_through_the_end_of_the_day(as_of: date, months: int) -> None:
    year = parse_period("2026")

    assert CALENDAR_MONTHS.elapsed(year, day_of(as_of)) == months
