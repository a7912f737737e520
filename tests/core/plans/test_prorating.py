"""Pro-rating: how much of a year's amount falls into the months from a day on."""

from __future__ import annotations

import doctest
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.period import FAR_DAY, day_of
from dacheng.core.plans import prorating
from dacheng.core.plans.prorating import Span, prorated
from dacheng.core.plans.schema import BY_DAYS, BY_OWN, BY_SEASON, EVENLY, PRORATINGS, RAMPED, WHOLE

FIRST = np.array([day_of(date(2026 + at // 12, at % 12 + 1, 1)) for at in range(13)])
QUARTERS = [18] * 3 + [24] * 3 + [23] * 3 + [35] * 3
"""Weights of months by quarters 18 / 24 / 23 / 35."""

MILLION = 100_000_000
ALL = np.ones(12, dtype=np.bool_)


def from_day(month: int, day: int = 1) -> Span:
    return Span(FIRST, day_of(date(2026, month, day)), FAR_DAY)


def amount(how: int, span: Span, full: int = 6 * MILLION, ramp: tuple[int, ...] = ()) -> int:
    own = np.array([full // 300 * one for one in QUARTERS])
    return int(prorated(full, how, span, QUARTERS, own, ALL, ramp).sum())


def test_the_helpers_examples():
    assert doctest.testmod(prorating).failed == 0


@pytest.mark.parametrize(
    ("how", "span", "ramp", "expected"),
    [
        (BY_SEASON, from_day(4), (), 4_920_000_00),
        (EVENLY, from_day(4), (), 4_500_000_00),
        (RAMPED, from_day(4), (50, 50, 50), 4_200_000_00),
        (BY_DAYS, from_day(4, 15), (), 4_290_410_96),
    ],
)
def test_g44_somebody_who_joins_in_the_year_has_his_part_of_it(how, span, ramp, expected):
    assert amount(how, span, ramp=ramp) == expected


def test_g46_a_territory_that_is_handed_over_on_30_june_keeps_its_first_half():
    handed = prorated(-6 * MILLION, BY_OWN, from_day(7), QUARTERS, np.array([20_000_00 * q for q in QUARTERS]), ALL)

    assert int(-handed.sum()) == 3_480_000_00
    assert 6 * MILLION - int(-handed.sum()) == 2_520_000_00
    assert handed[:6].tolist() == [0] * 6


def test_a_month_that_is_partly_concerned_counts_by_its_days():
    found = prorated(1200, EVENLY, Span(FIRST, int(FIRST[1]) + 14, int(FIRST[2])), QUARTERS, ALL * 1, ALL)

    assert found.tolist() == [0, 50, *[0] * 10]


def test_the_whole_amount_falls_into_the_months_concerned():
    found = prorated(-700, WHOLE, Span(FIRST, int(FIRST[6]), int(FIRST[8])), [1] * 12, ALL * 1, ALL)

    assert found[6:8].tolist() == [-350, -350]


def test_months_in_which_the_row_is_not_there_get_nothing():
    late = np.arange(12) >= 9

    found = prorated(1200, EVENLY, from_day(4), QUARTERS, ALL * 1, late)

    assert found[:9].tolist() == [0] * 9 and int(found.sum()) == 300


def test_a_row_without_figures_has_nothing_to_go_by():
    with pytest.raises(RuleError, match="没有可以分摊的月份"):
        prorated(1200, BY_OWN, from_day(4), QUARTERS, ALL * 0, ALL)


@given(
    st.integers(-(10**13), 10**13),
    st.sampled_from([number for number, _, _ in PRORATINGS]),
    st.integers(0, 364),
    st.integers(1, 365),
)
def test_before_and_after_a_day_make_the_whole_and_nothing_moves_before(full, how, at, days):
    since = int(FIRST[0]) + at
    found = prorated(full, how, Span(FIRST, since, since + days), QUARTERS, np.array(QUARTERS), ALL)

    assert abs(int(found.sum())) <= abs(full)
    assert (found[FIRST[1:] <= since] == 0).all()
    assert (np.sign(found) * np.sign(full) >= 0).all()
