"""Figures as people read them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.web import figures

AMOUNTS = st.integers(min_value=-(10**16), max_value=10**16)
STEPS = {"yuan": 100, "wan": 1_000_000, "yi": 10_000_000_000}


def shown_value(text: str) -> tuple[int, int]:
    """Read a shown figure back as (digits without point, decimals)."""
    plain = text.replace(",", "").replace("−", "-").replace("+", "")
    whole, _, part = plain.partition(".")
    return int(whole + part), len(part)


@given(AMOUNTS, st.sampled_from(figures.UNITS))
def test_a_shown_amount_is_never_more_than_half_a_step_away_from_the_amount(minor, unit):
    digits, places = shown_value(figures.money(minor, unit))

    assert places == 2
    assert abs(digits * STEPS[unit] - minor * 100) * 2 <= STEPS[unit]


@given(AMOUNTS, st.sampled_from(figures.UNITS))
def test_a_negative_amount_reads_like_the_positive_one_with_a_minus(minor, unit):
    positive, negative = figures.money(abs(minor), unit), figures.money(-abs(minor), unit)

    assert negative in (positive, "−" + positive)
    assert (negative == positive) == (positive == "0.00")


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_yuan_shows_every_minor_unit(minor):
    digits, _ = shown_value(figures.money(minor, "yuan"))

    assert digits == minor


@pytest.mark.parametrize(
    ("minor", "unit", "text"),
    [
        (25_320_730_000, "wan", "25,320.73"),
        (50_00, "wan", "0.01"),
        (-50_00, "wan", "−0.01"),
        (49_99, "wan", "0.00"),
        (-49_99, "wan", "0.00"),
        (123_456_789_01, "yi", "1.23"),
        (-99, "yuan", "−0.99"),
        (0, "wan", "0.00"),
        (None, "wan", "–"),
    ],
)
def test_amounts_round_half_away_and_tell_missing_from_zero(minor, unit, text):
    assert figures.money(minor, unit) == text


def test_a_change_carries_its_sign_unless_it_shows_as_zero():
    shown = [figures.money_delta(minor) for minor in (214_000_000, -386_000_000, 49_99, 0, None)]

    assert shown == ["+214.00", "−386.00", "0.00", "0.00", "–"]


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [
        (0.769, 1, "76.9%"),
        (0.0125, 1, "1.3%"),
        (1.30, 1, "130.0%"),
        (-0.05, 1, "−5.0%"),
        (0.345, 0, "35%"),
        (None, 1, "–"),
    ],
)
def test_a_share_is_a_percentage_that_is_not_capped(share, places, text):
    assert figures.ratio(share, places) == text


def test_a_difference_of_shares_is_in_points():
    assert [figures.points(value) for value in (-0.09, 0.03, 0.0, None)] == ["−9 pp", "+3 pp", "0 pp", "–"]


def test_a_day_is_short_only_in_the_year_of_the_page():
    as_of = date(2026, 11, 20)

    assert figures.day(date(2026, 1, 3), as_of) == "01-03"
    assert figures.day(date(2025, 10, 30), as_of) == "2025-10-30"
    assert figures.day(0) == "1970-01-01"


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(9999, 12, 31)))
def test_a_day_number_and_its_date_read_the_same(day):
    number = (day - date(1970, 1, 1)).days

    assert figures.day(number) == figures.day(day) == day.isoformat()


def test_the_unit_says_its_step_and_currency_in_both_languages():
    words = [
        figures.unit_words(unit, currency, language)
        for unit, currency, language in [
            ("wan", "CNY", "zh-hans"), ("yi", "CNY", "zh-hans"), ("yuan", "USD", "zh-hans"), ("wan", "USD", "zh-hans"),
            ("wan", "CHF", "zh-hans"), ("wan", "CNY", "en"), ("yi", "USD", "en-gb"), ("yuan", "CNY", "en"),
        ]
    ]  # fmt: skip

    assert words == ["万元", "亿元", "美元", "万美元", "万 CHF", "10k CNY", "100m USD", "CNY"]
