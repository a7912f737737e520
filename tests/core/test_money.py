"""Money: rounding, shares, exact splits (golden cases G10, G11, G11b)."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core import money
from dacheng.core.errors import RuleError
from dacheng.core.money import (
    MAX_MINOR,
    check_minor,
    largest_remainders,
    round_half_away,
    share_of,
    split,
    split_many,
    to_decimal,
    to_minor,
    whole_weights,
)

AMOUNTS = st.integers(-MAX_MINOR, MAX_MINOR)
WEIGHTS = st.lists(st.integers(0, 10**14), min_size=1, max_size=12).filter(any)


def yuan(*texts: str) -> list[int]:
    return [int(Decimal(text) * 100) for text in texts]


def slow_split(total: int, weights: list[int]) -> list[int]:
    """Hamilton's method with fractions, one unit at a time."""
    exact = [Fraction(abs(total) * weight, sum(weights)) for weight in weights]
    parts = [int(one) for one in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: abs(total) - sum(parts)]:
        parts[at] += 1
    return [part if total >= 0 else -part for part in parts]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(money).failed == 0


def test_regions_split_one_hundred_million_by_40_30_30() -> None:
    parts = split(100_000_000_00, [40, 30, 30])

    assert parts.tolist() == yuan("40000000.00", "30000000.00", "30000000.00")


def test_east_china_splits_by_what_its_two_groups_can_carry() -> None:
    groups = split(40_000_000_00, [8 * 200, 12 * 180])

    assert groups.tolist() == yuan("17021276.60", "22978723.40")


def test_people_of_a_group_share_equally_and_the_earlier_ones_take_the_odd_cents() -> None:
    group_a = split(17_021_276_60, [1] * 8)
    group_b = split(22_978_723_40, [1] * 12)

    assert group_a.tolist() == yuan(*["2127659.58"] * 4, *["2127659.57"] * 4)
    assert group_b.tolist() == yuan(*["1914893.62"] * 8, *["1914893.61"] * 4)


def test_thirds_give_the_odd_cents_to_the_first() -> None:
    thirds = split(100_000_000_00, [1, 1, 1])
    odd_cent = split(100_000_000_01, [1, 1, 1])

    assert thirds.tolist() == yuan("33333333.34", "33333333.33", "33333333.33")
    assert odd_cent.tolist() == yuan("33333333.34", "33333333.34", "33333333.33")


def test_a_negative_total_is_split_as_its_mirror() -> None:
    assert split(-5, [1, 1, 1]).tolist() == yuan("-0.02", "-0.02", "-0.01")


def test_a_zero_weight_gets_nothing() -> None:
    assert split(10_00, [1, 0, 2]).tolist() == yuan("3.33", "0.00", "6.67")


def test_forty_million_follows_the_exact_seasonal_fractions() -> None:
    quarter_sums = [1200 + 1500 + 1800, 2000 + 2200 + 2400, 1800 + 2000 + 2200, 3000 + 3500 + 3600]

    parts = split(40_000_000_00, quarter_sums)

    assert parts.tolist() == yuan("6617647.06", "9705882.35", "8823529.41", "14852941.18")


def test_twelve_monthly_weights_give_months_and_quarters() -> None:
    months = split(100_000_000_00, [6, 5, 9, 7, 8, 9, 6, 7, 9, 8, 11, 15])

    assert months.tolist() == [weight * 1_000_000_00 for weight in (6, 5, 9, 7, 8, 9, 6, 7, 9, 8, 11, 15)]
    assert months.reshape(4, 3).sum(axis=1).tolist() == yuan("20000000.00", "24000000.00", "22000000.00", "34000000.00")


def test_ten_million_into_twelve_equal_months() -> None:
    months = split(10_000_000_00, [1] * 12)

    assert months.tolist() == yuan(*["833333.34"] * 4, *["833333.33"] * 8)


@given(AMOUNTS, WEIGHTS)
def test_a_split_is_the_slow_exact_one(total: int, weights: list[int]) -> None:
    assert split(total, weights).tolist() == slow_split(total, weights)


@pytest.mark.parametrize("whole", [3, 10**6, 2**70])
def test_the_largest_remainders_of_many_are_those_that_sorting_finds(whole: int) -> None:
    group = np.arange(3_000) % 4
    remainder = np.array(
        [(at * at * 7_919) % min(whole, 997) * (whole // 997 or 1) for at in range(3_000)], dtype=object
    )
    units = np.array([0, 750, 1, 333])

    gets = largest_remainders(remainder, np.array([whole] * 4, dtype=object), group, units)

    for at, served in enumerate(units.tolist()):
        order = sorted(np.flatnonzero(group == at).tolist(), key=lambda row: (-remainder[row], row))
        assert np.flatnonzero(gets & (group == at)).tolist() == sorted(order[:served])


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=6).filter(any))
def test_a_split_stays_exact_at_the_ends_of_int64(total: int, weights: list[int]) -> None:
    assert split(total, np.array(weights, dtype=np.int64)).tolist() == slow_split(total, weights)


@given(AMOUNTS, WEIGHTS, st.integers(1, 10**30))
def test_a_common_factor_of_the_weights_changes_nothing(total: int, weights: list[int], factor: int) -> None:
    scaled = [weight * factor for weight in weights]

    assert split(total, scaled).tolist() == split(total, weights).tolist()


def test_one_giant_among_many_small_weights_is_split_exactly() -> None:
    weights = [2**53] + [1] * 1000

    assert split(MAX_MINOR, weights).tolist() == slow_split(MAX_MINOR, weights)


def test_weights_too_large_for_int64_are_split_exactly() -> None:
    huge = [10**40, 10**40 + 1, 10**40 - 7]

    assert split(MAX_MINOR, huge).tolist() == slow_split(MAX_MINOR, huge)


@given(AMOUNTS, st.lists(st.decimals(0, 100, places=3), min_size=1, max_size=6).filter(any))
def test_decimal_weights_are_scaled_not_rounded(total: int, weights: list[Decimal]) -> None:
    assert split(total, weights).tolist() == slow_split(total, [int(weight * 1000) for weight in weights])


@given(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1, max_size=8))
def test_splitting_a_roll_up_by_its_parts_returns_the_parts(parts: list[int]) -> None:
    sizes = [abs(part) for part in parts]

    assert split(sum(sizes), sizes).tolist() == sizes


@given(st.data(), st.lists(AMOUNTS, min_size=1, max_size=5))
def test_many_totals_at_once_are_split_as_each_alone(data: st.DataObject, totals: list[int]) -> None:
    groups = list(range(len(totals))) + data.draw(st.lists(st.integers(0, len(totals) - 1), max_size=12))
    group = data.draw(st.permutations(groups))
    weights = [data.draw(st.integers(1, 10**14)) for _ in group]

    parts = split_many(np.array(totals), np.array(weights), np.array(group))

    for number, total in enumerate(totals):
        own = [at for at, one in enumerate(group) if one == number]
        assert parts[own].tolist() == slow_split(total, [weights[at] for at in own])


def test_a_negative_weight_is_refused_by_name() -> None:
    with pytest.raises(RuleError, match="第 2 份的权重是 -120"):
        split(100, [5, -120, 3])


@pytest.mark.parametrize("weights", [[0, 0], []])
def test_weights_that_are_all_zero_are_refused(weights: list[int]) -> None:
    with pytest.raises(RuleError, match="全部为 0"):
        split(0, weights)


def test_one_group_without_weight_is_refused_though_the_other_has_some() -> None:
    with pytest.raises(RuleError, match="全部为 0"):
        split_many(np.array([1, 1]), np.array([1, 0]), np.array([0, 1]))


def test_a_weight_in_floating_point_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        whole_weights([0.1, 0.2])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="float"):
        whole_weights(np.array([0.1, 0.2]))


def test_a_weight_that_is_no_number_is_refused() -> None:
    with pytest.raises(RuleError, match="NaN"):
        split(100, [Decimal("NaN"), Decimal(1)])


@given(st.integers(-(10**30), 10**30), st.integers(-(10**6), 10**6).filter(bool))
def test_rounding_is_half_away_from_zero_for_any_integer(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)
    away = int(abs(exact) + Fraction(1, 2))

    assert round_half_away(numerator, denominator) == (away if exact >= 0 else -away)


@given(st.lists(st.tuples(st.integers(-(2**63) + 1, 2**63 - 1), st.integers(1, 2**63 - 1)), min_size=1))
def test_rounding_an_array_is_rounding_each(pairs: list[tuple[int, int]]) -> None:
    above, below = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))

    assert round_half_away(above, below).tolist() == [round_half_away(*pair) for pair in pairs]


def test_dividing_by_zero_is_never_a_silent_zero() -> None:
    with pytest.raises(ZeroDivisionError):
        round_half_away(np.array([1, 2]), np.array([1, 0]))


@given(st.lists(AMOUNTS, min_size=1), st.integers(-(10**8), 10**8))
def test_a_share_in_basis_points_is_exact(amounts: list[int], bp: int) -> None:
    assert share_of(np.array(amounts), bp).tolist() == [round_half_away(amount * bp, 10_000) for amount in amounts]


@given(AMOUNTS)
def test_minor_units_and_decimals_are_each_other_s_inverse(amount: int) -> None:
    assert to_minor(to_decimal(amount)) == amount


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("0.005", 1),
        ("-0.005", -1),
        ("0.0049999999999999999999999999999999999", 0),
        ("1000000000000.0049999999999999999999999", MAX_MINOR),
        ("1e-999999999", 0),
        ("0e999", 0),
    ],
)
def test_yuan_become_minor_units_half_away_from_zero(text: str, minor: int) -> None:
    assert to_minor(Decimal(text)) == minor


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "-Infinity", "1e999999999", "1000000000000.01", "-1000000000000.005"]
)
def test_an_amount_that_cannot_be_recorded_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        to_minor(Decimal(text))


def test_an_amount_out_of_range_is_named() -> None:
    check_minor(np.array([MAX_MINOR, -MAX_MINOR]))

    with pytest.raises(RuleError, match=r"1,000,000,000,000\.01"):
        check_minor(np.array([5, -MAX_MINOR - 1]))
