"""Targets through the year: pro-rating, a new total (R030, R033; golden cases G44, G45)."""

from __future__ import annotations

import doctest
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.money import split
from dacheng.core.period import day_of, first_day_of, ym_at
from dacheng.core.targets import changing
from dacheng.core.targets.changing import presence, prorate, retarget

SEASON = [18, 24, 23, 35]
YEAR_TARGET = 6_000_000_00
QUARTERS = [day_of(date(2026, month, 1)) for month in (1, 4, 7, 10)] + [day_of(date(2027, 1, 1))]
MONTHS = [first_day_of(ym_at(2026, 1) + at) for at in range(13)]
APRIL_1, APRIL_15 = (day_of(date(2026, 4, day)) for day in (1, 15))
END = QUARTERS[-1]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(changing).failed == 0


def test_g44_a_joiner_of_april_carries_the_season_of_april_to_december() -> None:
    found = prorate(YEAR_TARGET, SEASON, presence(QUARTERS, [(APRIL_1, END)]))

    assert found.total == 4_920_000_00
    assert found.amounts.tolist() == [0, 1_440_000_00, 1_380_000_00, 2_100_000_00]
    assert (found.relief, found.share) == (1_080_000_00, Fraction(82, 100))


def test_g44_by_calendar_it_is_nine_of_twelve_months() -> None:
    found = prorate(YEAR_TARGET, [1] * 12, presence(MONTHS, [(APRIL_1, END)]))

    assert found.total == 4_500_000_00


def test_g44_a_ramp_of_half_in_the_second_quarter_halves_it() -> None:
    half, full = Fraction(1, 2), Fraction(1)

    found = prorate(YEAR_TARGET, SEASON, presence(QUARTERS, [(APRIL_1, END)]), [full, half, full, full])

    assert found.total == 4_200_000_00
    assert found.amounts.tolist() == [0, 720_000_00, 1_380_000_00, 2_100_000_00]


@pytest.mark.parametrize("bounds", [QUARTERS, MONTHS, [QUARTERS[0], END]])
def test_g44_by_days_it_is_261_of_365_whatever_the_periods(bounds: list[int]) -> None:
    days = np.diff(bounds)

    found = prorate(YEAR_TARGET, days, presence(bounds, [(APRIL_15, END)]))

    assert found.share == Fraction(261, 365)
    assert found.total == 4_290_410_96


def test_a_long_leave_relieves_its_days() -> None:
    leave = (day_of(date(2026, 5, 1)), day_of(date(2026, 8, 1)))

    found = presence(MONTHS, [(MONTHS[0], leave[0]), (leave[1], END)])

    assert [int(one) for one in found] == [1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1]


def test_somebody_who_is_never_there_carries_nothing() -> None:
    found = prorate(YEAR_TARGET, SEASON, presence(QUARTERS, []))

    assert (found.total, found.relief, found.amounts.tolist()) == (0, YEAR_TARGET, [0, 0, 0, 0])


@pytest.mark.parametrize("spans", [[(10, 5)], [(0, 10), (9, 20)], [(10, 20), (0, 5)]])
def test_spans_that_overlap_or_run_backwards_are_refused(spans: list[tuple[int, int]]) -> None:
    with pytest.raises(RuleError, match="重叠或颠倒"):
        presence([0, 30], spans)


@pytest.mark.parametrize(
    ("ramp", "seen"),
    [([Fraction(1)] * 3, "有 4 个期间，爬坡比例却有 3 个"), ([Fraction(3, 2)] * 4, "第 1 个期间的爬坡比例是 150.00%")],
)
def test_a_ramp_that_does_not_fit_is_refused(ramp: list[Fraction], seen: str) -> None:
    with pytest.raises(RuleError, match=seen):
        prorate(100, SEASON, [Fraction(1)] * 4, ramp)


SHARES = st.lists(st.fractions(0, 1, max_denominator=12), min_size=4, max_size=4)
WEIGHTS = st.lists(st.integers(0, 99), min_size=4, max_size=4).filter(any)


@settings(max_examples=25)
@given(st.integers(-(10**12), 10**12), WEIGHTS, SHARES, SHARES)
def test_what_is_carried_is_the_exact_share_rounded_once(
    target: int, weights: list[int], present: list[Fraction], ramp: list[Fraction]
) -> None:
    found = prorate(target, weights, present, ramp)

    carried = [weight * here * able for weight, here, able in zip(weights, present, ramp, strict=True)]
    exact = target * sum(carried) / sum(weights)
    assert abs(found.total - exact) <= Fraction(1, 2)
    assert found.total + found.relief == target
    assert all(amount == 0 for amount, part in zip(found.amounts, carried, strict=True) if not part)


def test_g45_from_july_the_second_half_takes_the_rest_of_110_million() -> None:
    before = split(100_000_000_00, SEASON)

    found = retarget(before, 110_000_000_00, SEASON, effective=2, closed=2)

    assert found.frozen_amount == 42_000_000_00
    assert found.after.tolist() == [18_000_000_00, 24_000_000_00, 26_965_517_24, 41_034_482_76]
    assert found.after.sum() == 110_000_000_00
    assert found.by_change.tolist() == [0, 0, 3_965_517_24, 6_034_482_76]


def test_the_delta_only_view_keeps_what_was_shifted_by_hand() -> None:
    before = np.array([100, 100, 300, 100])

    found = retarget(before, 800, [1, 1, 1, 1], effective=2, closed=0)

    assert found.after.tolist() == [100, 100, 300, 300]
    assert (found.before + found.by_change).tolist() == [100, 100, 400, 200]


@pytest.mark.parametrize(
    ("total", "effective", "closed", "seen", "way_out"),
    [
        (110, 1, 2, "从第 2 期起，而前 2 期已关账", "从第 3 期起"),
        (110, 1, 4, "前 4 期已关账", "下一年"),
        (110, 4, 0, "没有可变更的期间", "下一年"),
        (0, 2, 2, "要承担 -0.42 元", "0.42 元"),
        (30, 2, 2, "要承担 -0.12 元", "0.42 元"),
        (-10, 2, 2, None, None),
    ],
)
def test_a_change_that_cannot_be_is_refused_with_the_way_out(
    total: int, effective: int, closed: int, seen: str | None, way_out: str | None
) -> None:
    before = np.array(SEASON)
    if seen is None or way_out is None:
        assert retarget(before, total, SEASON, effective=effective, closed=closed).after.sum() == total
        return

    with pytest.raises(RuleError) as refused:
        retarget(before, total, SEASON, effective=effective, closed=closed)

    assert seen in refused.value.message.zh
    assert way_out in refused.value.remedy.zh


@pytest.mark.parametrize(("weights", "seen"), [([1, 1, 1], "权重却有 3 个"), ([1, 1, 0, 0], "权重全部为 0")])
def test_weights_that_do_not_reach_the_remaining_periods_are_refused(weights: list[int], seen: str) -> None:
    with pytest.raises(RuleError, match=seen):
        retarget(np.array(SEASON), 110, weights, effective=2, closed=2)


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 10**9), min_size=4, max_size=4),
    st.integers(0, 10**9),
    st.lists(st.integers(1, 99), min_size=4, max_size=4),
    st.integers(0, 3),
)
def test_closed_periods_stand_and_both_views_sum_to_the_new_total(
    before: list[int], more: int, weights: list[int], effective: int
) -> None:
    total = sum(before[:effective]) + more

    found = retarget(np.array(before), total, weights, effective=effective, closed=effective)

    assert found.after[:effective].tolist() == before[:effective]
    assert found.after.sum() == (found.before + found.by_change).sum() == total
    assert found.change.sum() == found.by_change.sum() == total - sum(before)
