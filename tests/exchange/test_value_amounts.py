"""Amounts, shares and whole numbers: known forms are read, ambiguous ones are refused with a way out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.money import MAX_MINOR, to_decimal
from dacheng.exchange.cells import NOT_CALCULATED, Cell, ErrorCell
from dacheng.exchange.values import Notes, ValueProblem, parse_int, parse_money, parse_ratio

amounts = st.integers(-MAX_MINOR, MAX_MINOR)


def rule_of(parse: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(ValueProblem) as caught:
        parse(*args, **kwargs)  # type: ignore[operator]
    problem = caught.value
    assert problem.message.zh and problem.message.en and problem.remedy.zh and problem.remedy.en
    assert "{value}" not in str(problem.message)
    return problem.rule


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        (5, 500),
        (Decimal("1375.92"), 137592),
        (Decimal("0.30000000000000004"), 30),
        ("1234.5", 123450),
        ("1,234,567.89", 123456789),
        ("￥1,234.50", 123450),
        ("¥ 1,234.50", 123450),
        ("$125,000", 12500000),
        ("US$ 1,000", 100000),
        ("１，２３４．５", 123450),
        ("1，234", 123400),
        ("1.2亿", 12000000000),
        ("12,345万元", 12345000000),
        ("1亿2,000万元", 12000000000),
        ("3 千万", 3000000000),
        ("12元", 1200),
        ("人民币500元整", 50000),
        ("100万美元", 100000000),
        ("1.2M", 120000000),
        ("250K", 25000000),
        ("(1,234.00)", -123400),
        ("（1,234.00）", -123400),
        ("-¥1,234", -123400),
        ("¥-1,234", -123400),
        ("1,234.00-", -123400),
        ("−5", -500),
        ("'-500", -50000),
        ("+7", 700),
        (".5", 50),
        ("\u200b12\ufeff", 1200),
    ],
)
def test_known_forms_of_an_amount_are_read(cell: Cell, minor: int) -> None:
    assert parse_money(cell) == minor


@pytest.mark.parametrize(
    "cell",
    [None, "", "  ", "-", "--", "—", "——", "–", "/", "无", "暂无", "N/A", "n/a", "NULL", "null", "None", "Select",
     "--Select--", "请选择", "\u200b", "ＮＵＬＬ"],
)  # fmt: skip
def test_placeholders_are_missing_and_not_zero(cell: Cell) -> None:
    assert parse_money(cell) is None
    assert parse_int(cell) is None
    assert parse_ratio(cell) is None


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1,2", "money/ambiguous"),
        ("1.234,56", "money/ambiguous"),
        ("1,23,456", "money/ambiguous"),
        ("1 234", "money/ambiguous"),
        ("1,2345", "money/ambiguous"),
        ("nan", "money/not-finite"),
        ("-Infinity", "money/not-finite"),
        (Decimal("NaN"), "money/not-an-amount"),
        ("1e400", "money/scientific"),
        ("1.23457E+11", "money/scientific"),
        ("1万2", "money/not-an-amount"),
        ("2000万1亿", "money/not-an-amount"),
        ("三百万", "money/not-an-amount"),
        ("-(5)", "money/not-an-amount"),
        ("(5", "money/not-an-amount"),
        ("12个", "money/not-an-amount"),
        ("=1+1", "money/not-an-amount"),
        ("{0}", "money/not-an-amount"),
        ("元", "money/not-an-amount"),
        ("9" * 5000, "money/not-an-amount"),
        (True, "money/not-an-amount"),
        (date(2026, 1, 5), "money/not-an-amount"),
        ("999999999999999", "money/too-large"),
        (10**30, "money/too-large"),
        (Decimal("1E+308"), "money/too-large"),
        (ErrorCell("#REF!"), "value/error-cell"),
        (ErrorCell(NOT_CALCULATED), "value/not-calculated"),
    ],
)
def test_what_is_no_clear_amount_is_refused_with_its_rule(cell: Cell, rule: str) -> None:
    assert rule_of(parse_money, cell) == rule


@pytest.mark.parametrize(
    ("cell", "unit", "minor"),
    [
        (12, "万元", 12000000),
        ("1,234.5", "万元", 1234500000),
        (Decimal("1.5"), "亿元", 15000000000),
        ("5", "千元", 500000),
        ("1234", "分", 1234),
        ("12元", "万元", 1200),
        ("1.2亿", "万元", 12000000000),
    ],
)
def test_a_bare_number_counts_the_column_s_unit_and_a_written_unit_overrules_it(
    cell: Cell, unit: str, minor: int
) -> None:
    assert parse_money(cell, unit) == minor


@pytest.mark.parametrize(
    ("cell", "minor", "change"), [("1234.565", 123457, "+0.005"), ("-0.125", -13, "-0.005"), ("0.001", 0, "-0.001")]
)
def test_more_than_two_decimals_are_rounded_half_away_and_the_difference_is_told(
    cell: str, minor: int, change: str
) -> None:
    notes: Notes = []

    assert parse_money(cell, notes=notes) == minor

    finding = notes[0].finding(row=7, column="金额", sheet="数据")
    assert (finding.rule, finding.severity, finding.row, finding.column) == ("money/rounded", "note", 7, "金额")
    assert change in finding.message.zh and change in finding.message.en


def test_noise_of_a_float_is_not_told_as_a_difference() -> None:
    notes: Notes = []

    assert parse_money(Decimal(repr(1375.92 * 3)), notes=notes) == 412776
    assert notes == []


def test_another_currency_than_the_column_s_is_refused() -> None:
    assert rule_of(parse_money, "$5", currency="CNY") == "money/other-currency"
    assert parse_money("¥5", currency="CNY") == parse_money("5", currency="CNY") == 500
    assert parse_money("$5", currency="USD") == parse_money("5美元", currency="usd") == 500


@given(amounts)
def test_an_amount_written_with_or_without_separators_is_read_back(minor: int) -> None:
    text = to_decimal(minor)

    assert parse_money(f"{text:f}") == parse_money(f"{text:,}") == parse_money(f"¥{text:,}") == minor
    assert parse_money(f"({abs(text):,})") == -abs(minor)


@given(amounts)
def test_an_amount_as_a_number_cell_is_read_back(minor: int) -> None:
    as_float = float(to_decimal(minor))

    assert parse_money(Decimal(repr(as_float))) == minor


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_missing_or_refused(text: str) -> None:
    try:
        outcome = parse_money(text)
    except ValueProblem:
        return
    assert outcome is None or abs(outcome) <= MAX_MINOR


# Whole numbers and shares ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"), [("12", 12), ("1,234", 1234), ("１２", 12), ("12.0", 12), (Decimal("12"), 12), (-3, -3)]
)
def test_whole_numbers_are_read(cell: Cell, number: int) -> None:
    assert parse_int(cell) == number


@pytest.mark.parametrize(
    ("cell", "rule"),
    [("12.5", "count/not-whole"), ("12个", "count/not-whole"), ("1e5", "count/not-whole"), (True, "count/not-whole"),
     (Decimal("0.5"), "count/not-whole"), (10**10, "count/too-large"), ("9" * 40, "count/too-large"),
     (ErrorCell("#N/A"), "value/error-cell")],
)  # fmt: skip
def test_what_is_no_whole_number_is_refused(cell: Cell, rule: str) -> None:
    assert rule_of(parse_int, cell) == rule


@pytest.mark.parametrize(
    ("cell", "scale", "ratio"),
    [
        ("35%", "", "0.35"),
        ("35％", "percent", "0.35"),
        ("62.5 %", "", "0.625"),
        ("5‰", "", "0.005"),
        ("-5%", "", "-0.05"),
        ("0.35", "", "0.35"),
        (Decimal("0.35"), "", "0.35"),
        (1, "", "1"),
        (35, "percent", "0.35"),
        (1, "percent", "0.01"),
        ("1.5", "ratio", "1.5"),
        ("120%", "", "1.2"),
    ],
)
def test_shares_are_read_as_they_are_declared(cell: Cell, scale: str, ratio: str) -> None:
    assert parse_ratio(cell, scale) == Decimal(ratio)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [("35", "ratio/ambiguous"), (Decimal("62.5"), "ratio/ambiguous"), ("三成", "ratio/not-a-ratio"),
     ("35%%", "ratio/not-a-ratio"), ("100000%", "ratio/too-large"), (date(2026, 1, 5), "ratio/not-a-ratio")],
)  # fmt: skip
def test_a_bare_35_and_what_is_no_share_are_refused(cell: Cell, rule: str) -> None:
    assert rule_of(parse_ratio, cell) == rule


@pytest.mark.parametrize("written", ["约60万", "大约 60万", "60万左右", "≈600,000", "近60万元", "60万上下"])
def test_an_amount_that_is_about_is_taken_and_told(written):
    notes = []

    assert parse_money(written, notes=notes) == 60_000_000
    assert [one.rule for one in notes] == ["money/about"]


@pytest.mark.parametrize("written", ["约", "左右", "约约60万", "60万左右吧", "五六十万"])
def test_words_around_no_amount_are_refused(written):
    with pytest.raises(ValueProblem, match="不是金额"):
        parse_money(written)
