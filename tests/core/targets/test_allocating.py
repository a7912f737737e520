"""Breaking totals down among children, with bounds and pins (golden case G10, peer cases)."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import split_many
from dacheng.core.targets import allocating, factors
from dacheng.core.targets.allocating import (
    AT_CAP,
    AT_FLOOR,
    GIVEN,
    NO_WEIGHT,
    PINNED,
    SHARED,
    allocate,
    allocate_rest,
)
from dacheng.core.targets.factors import Factor, blend
from dacheng.core.targets.feasibility import Breakdown, Stated, clashes

MAYBE = st.none() | st.integers(-40, 400)
CHILD = st.tuples(st.integers(0, 9) | st.integers(0, 10**13), MAYBE, MAYBE, st.none() | st.none() | st.integers(-9, 99))


def yuan(*texts: str) -> list[int]:
    return [int(Decimal(text) * 100) for text in texts]


def family(total: int, children: list[tuple[int, int | None, int | None, int | None]]) -> Breakdown:
    """One total and its children as (weight, floor, cap, pin)."""
    weights, floors, caps, pins = zip(*children, strict=True)
    stated = {"floor": Stated.of(floors), "cap": Stated.of(caps), "pin": Stated.of(pins)}
    return Breakdown.of([total], np.array(weights, dtype=object), **stated)


def slow(total: int, children: list[tuple[int, int | None, int | None, int | None]]) -> list[int] | None:
    """The same rule with fractions: every price at which something changes is tried; None when none adds up."""
    if total < 0:
        mirrored = [(w, *(None if b is None else -b for b in (cap, floor, pin))) for w, floor, cap, pin in children]
        found = slow(-total, mirrored)
        return found and [-one for one in found]
    prices = {Fraction(0), Fraction(10**15)}
    prices |= {Fraction(b, c[0]) for c in children if c[0] for b in c[1:3] if b is not None and b >= 0}
    price = price_of(total, children, sorted(prices))
    if any(c[1] is not None and c[2] is not None and c[1] > c[2] for c in children) or price is None:
        return None
    exact = [held(price, child) for child in children]
    parts = [int(one // 1) for one in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: total - sum(parts)]:
        parts[at] += 1
    return parts


def held(price: Fraction, child: tuple[int, int | None, int | None, int | None]) -> Fraction:
    weight, floor, cap, pin = child
    amount = price * weight if floor is None else max(price * weight, Fraction(floor))
    amount = amount if cap is None else min(amount, Fraction(cap))
    return amount if pin is None else Fraction(pin)


def price_of(total: int, children: list[tuple[int, int | None, int | None, int | None]], prices: list[Fraction]):
    """Between two neighbouring prices the sum is a straight line."""
    for left, right in pairwise(prices):
        at_left, at_right = (sum(held(price, child) for child in children) for price in (left, right))
        if at_left <= total <= at_right:
            return left if at_left == at_right else left + (right - left) * (total - at_left) / (at_right - at_left)
    return None


@pytest.mark.parametrize("module", [allocating, factors])
def test_the_examples_in_the_docstrings_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


def test_g10_regions_groups_and_people_in_one_go_each() -> None:
    regions = allocate(Breakdown.of([100_000_000_00], [40, 30, 30]))
    groups = allocate(Breakdown.of([40_000_000_00], [8 * 200, 12 * 180]))
    people = allocate(Breakdown.of(groups.amount, [1] * 20, np.repeat([0, 1], [8, 12])))

    assert regions.amount.tolist() == yuan("40000000.00", "30000000.00", "30000000.00")
    assert groups.amount.tolist() == yuan("17021276.60", "22978723.40")
    assert people.amount[:8].tolist() == yuan(*["2127659.58"] * 4, *["2127659.57"] * 4)
    assert people.amount[8:].tolist() == yuan(*["1914893.62"] * 8, *["1914893.61"] * 4)


def test_g32_a_total_by_the_four_quarters_of_ansoff() -> None:
    found = allocate(Breakdown.of([100_000_000_00], [60, 15, 18, 7]))

    assert found.amount.tolist() == yuan("60000000", "15000000", "18000000", "7000000")


def test_g10_thirds_odd_cent_negative_and_zero_weight() -> None:
    found = [
        allocate(Breakdown.of([total], weights)).amount.tolist()
        for total, weights in ((100_000_000_00, [1] * 3), (100_000_000_01, [1] * 3), (-5, [1] * 3), (10_00, [1, 0, 2]))
    ]

    assert found[0] == yuan("33333333.34", "33333333.33", "33333333.33")
    assert found[1] == yuan("33333333.34", "33333333.34", "33333333.33")
    assert found[2] == yuan("-0.02", "-0.02", "-0.01")
    assert found[3] == yuan("3.33", "0.00", "6.67")


def test_given_values_stay_a_given_zero_too_and_the_rest_is_spread_over_those_who_said_nothing() -> None:
    found = allocate_rest(Breakdown.of([100], [1] * 4), Stated.of([30, 0, None, None]))

    assert found.amount.tolist() == [30, 0, 35, 35]
    assert found.origin.tolist() == [GIVEN, GIVEN, SHARED, SHARED]


def test_a_pin_goes_before_what_its_child_said() -> None:
    pinned = Breakdown.of([100], [1, 1], pin=Stated.of([70, None]))

    found = allocate_rest(pinned, Stated.of([30, None]))

    assert found.amount.tolist() == [70, 30]
    assert found.origin.tolist() == [PINNED, SHARED]


def test_submissions_that_miss_the_total_are_refused_with_what_is_missing() -> None:
    with pytest.raises(RuleError, match="100.00，已固定 80.00，差 20.00"):
        allocate_rest(Breakdown.of([100_00], [1, 1]), Stated.of([30_00, 50_00]))


def test_a_cap_passes_what_it_cuts_off_to_the_others_and_a_floor_takes_it_from_them() -> None:
    bounded = family(100, [(5, None, 20, None), (3, None, None, None), (1, 30, None, None), (1, None, None, None)])

    found = allocate(bounded)

    assert found.amount.tolist() == [20, 38, 30, 12]
    assert found.origin.tolist() == [AT_CAP, SHARED, AT_FLOOR, SHARED]
    assert (found.shared.tolist(), found.sharing.tolist()) == ([50], [4])


def test_who_is_held_by_a_cap_can_be_freed_by_a_floor_elsewhere() -> None:
    # By weight alone the first would pass its cap; the floor of the second leaves too little for that.
    found = allocate(family(100, [(6, None, 55, None), (2, 60, None, None), (2, None, None, None)]))

    assert found.amount.tolist() == [30, 60, 10]
    assert found.origin.tolist() == [SHARED, AT_FLOOR, SHARED]


def test_under_a_negative_total_the_cap_is_what_a_child_takes_at_least() -> None:
    found = allocate(family(-100, [(1, None, -60, None), (1, -10, None, None), (1, None, None, None)]))

    assert found.amount.tolist() == [-60, -10, -30]
    assert found.origin.tolist() == [AT_CAP, AT_FLOOR, SHARED]


def test_a_zero_total_gives_zero_to_all() -> None:
    found = allocate(Breakdown.of([0], [3, 0, 1]))

    assert found.amount.tolist() == [0, 0, 0]


def test_a_zero_total_takes_back_what_a_credit_brings() -> None:
    found = allocate(family(0, [(1, None, None, -30), (1, None, None, None), (2, None, None, None)]))

    assert found.amount.tolist() == [-30, 10, 20]


def test_one_child_gets_all_and_a_weight_of_zero_nothing_but_its_floor() -> None:
    alone = allocate(Breakdown.of([77], [5]))
    floored = allocate(family(100, [(0, 30, None, None), (0, None, None, None), (1, None, None, None)]))

    assert alone.amount.tolist() == [77]
    assert floored.amount.tolist() == [30, 0, 70]
    assert floored.origin.tolist() == [AT_FLOOR, NO_WEIGHT, SHARED]


def test_shares_and_rounding_units_explain_an_amount() -> None:
    thirds = Breakdown.of([100], [1, 1, 1])

    found = allocate(thirds)

    assert found.unit.tolist() == [1, 0, 0]
    assert found.share_of(thirds, 0) == Fraction(1, 3)


def test_all_at_their_caps_is_a_breakdown_too() -> None:
    found = allocate(family(60, [(7, None, 10, None), (1, None, 20, None), (3, None, 30, None)]))

    assert found.amount.tolist() == [10, 20, 30]


def test_floats_that_cannot_tell_are_put_right_in_whole_numbers() -> None:
    # The first share is 5 and a part in 2^70 of it, above its cap by less than a float can hold.
    found = allocate(family(10, [(2**70 + 1, None, 5, None), (2**70 - 1, None, None, None)]))

    assert found.amount.tolist() == [5, 5]
    assert found.origin.tolist() == [AT_CAP, SHARED]


def test_floors_and_caps_can_take_all_between_them_so_that_nobody_shares() -> None:
    found = allocate(family(50, [(9, None, 20, None), (1, 30, None, None)]))

    assert found.amount.tolist() == [20, 30]
    assert found.origin.tolist() == [AT_CAP, AT_FLOOR]


HAIR = st.tuples(st.integers(1, 5), st.integers(-2, 2), st.sampled_from("fc-"))


@given(st.sampled_from([-1, 1]), st.integers(1, 10**12), st.lists(HAIR, min_size=2, max_size=5))
@settings(max_examples=40)
def test_bounds_less_than_a_float_away_from_the_share_are_decided_right(sign: int, each: int, hairs: list) -> None:
    shares = [sign * each * size for size, _, _ in hairs]
    bounds = [
        (share if which == "f" else None, share if which == "c" else None)
        for share, (_, _, which) in zip(shares, hairs, strict=True)
    ]
    children = [(size * 2**62 + hair, *bound, None) for (size, hair, _), bound in zip(hairs, bounds, strict=True)]

    breakdown = family(sum(shares), children)

    assert not clashes(breakdown)
    assert allocate(breakdown).amount.tolist() == slow(sum(shares), children)


@given(st.integers(-300, 500), st.lists(CHILD, min_size=1, max_size=6))
@settings(max_examples=80)
def test_it_is_the_slow_exact_one_and_possible_exactly_when_that_is(total: int, children: list) -> None:
    breakdown = family(total, children)
    outside = [c for c in children if c[3] is not None and held(Fraction(0), (0, c[1], c[2], None)) != c[3]]

    found = clashes(breakdown)
    expected = slow(total, children)

    if [one for one in found if one.kind == "fixed-outside-bounds"]:
        assert outside
    elif found:
        assert expected is None
    else:
        assert allocate(breakdown).amount.tolist() == expected


@given(st.integers(1, 500), st.lists(CHILD, min_size=1, max_size=6))
@settings(max_examples=30)
def test_a_negative_total_is_the_mirror_of_a_positive_one(total: int, children: list) -> None:
    breakdown = family(total, children)
    mirror = [(w, *(None if b is None else -b for b in (cap, floor, pin))) for w, floor, cap, pin in children]

    found = clashes(breakdown)

    assert [one.kind for one in clashes(family(-total, mirror))] == [one.kind for one in found]
    if not found:
        assert allocate(family(-total, mirror)).amount.tolist() == (-allocate(breakdown).amount).tolist()


@given(st.lists(st.tuples(st.integers(-(10**14), 10**14), st.lists(st.integers(1, 10**9), min_size=1)), min_size=1))
@settings(max_examples=40)
def test_without_bounds_and_pins_it_is_the_plain_split(families: list[tuple[int, list[int]]]) -> None:
    totals = np.array([total for total, _ in families])
    group = np.repeat(np.arange(len(families)), [len(weights) for _, weights in families])
    weights = np.array([weight for _, all_weights in families for weight in all_weights])

    found = allocate(Breakdown.of(totals, weights, group))

    assert found.amount.tolist() == split_many(totals, weights, group).tolist()


@given(st.lists(st.tuples(st.integers(-99, 300), st.lists(CHILD, min_size=1, max_size=4)), min_size=1, max_size=4))
@settings(max_examples=30)
def test_many_at_once_are_each_alone_whatever_order_their_children_stand_in(families: list) -> None:
    possible = [(total, children) for total, children in families if not clashes(family(total, children))]
    mixed = [
        (at, child) for place in range(4) for at, (_, them) in enumerate(possible) for child in them[place : place + 1]
    ]
    rows = [row for _, row in mixed] or [(1, None, None, None)]
    alone = family(0, rows)
    group = np.array([at for at, _ in mixed] or [0])
    together = Breakdown.of(
        [total for total, _ in possible] or [5], alone.weights, group, floor=alone.floor, cap=alone.cap, pin=alone.pin
    )

    found = allocate(together)

    for at, (total, children) in enumerate(possible):
        assert found.amount[group == at].tolist() == allocate(family(total, children)).amount.tolist()


def test_two_factors_blend_to_the_shares_that_a_peer_publishes() -> None:
    history, even = Stated.of([300, 700]), Stated.of([1, 1])

    found = blend([Factor(Text("历史", "History"), 10, history), Factor(Text("平均", "Even"), 5, even)])
    parts = allocate(Breakdown.of([1_000_000_00], found.weights)).amount

    assert parts.tolist() == yuan("366666.67", "633333.33")
    assert [found.share_of(0, 1), found.counts(0, 0)] == [Fraction(7, 10), Fraction(2, 3)]


def test_one_factor_alone_splits_300_to_700() -> None:
    found = blend([Factor(Text("历史", "History"), 1, Stated.of([300, 700]))])

    parts = allocate(Breakdown.of([1_000_000_00], found.weights)).amount

    assert parts.tolist() == yuan("300000.00", "700000.00")


def test_a_factor_nobody_has_a_value_in_drops_out_under_that_total_only_and_visibly() -> None:
    potential = Stated.of([None, None, 1, 3])
    history = Stated.of([20, 80, 1, 1])

    found = blend(
        [Factor(Text("潜力", "Potential"), 50, potential), Factor(Text("历史", "History"), 30, history)],
        np.array([0, 0, 1, 1]),
        2,
    )

    assert [found.counts(0, 0), found.counts(1, 0), found.counts(0, 1)] == [0, 1, Fraction(5, 8)]
    assert found.share_of(0, 0) is None
    assert found.weights.tolist() == [1, 4, 11, 21]
    assert not found.missing.any()


def test_a_child_without_a_value_is_told_apart_from_one_with_zero() -> None:
    found = blend([Factor(Text("潜力", "Potential"), 1, Stated.of([4, None, 0]))])

    assert found.missing.tolist() == [[False, True, False]]
    assert [found.share_of(0, 1), found.share_of(0, 2)] == [None, Fraction(0)]


def test_a_negative_factor_is_refused_by_name() -> None:
    with pytest.raises(RuleError, match="第 2 份的“潜力”是 -3"):
        blend([Factor(Text("潜力", "Potential"), 1, Stated.of([4, -3]))])
    with pytest.raises(RuleError, match="因子“潜力”的权重是 -1"):
        blend([Factor(Text("潜力", "Potential"), -1, Stated.of([4, 3]))])


@given(
    st.lists(
        st.tuples(st.integers(1, 99), st.lists(st.none() | st.integers(0, 10**14), min_size=3, max_size=3)),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=40)
def test_a_blended_weight_is_the_sum_of_factor_weight_times_share(columns: list) -> None:
    factors_of = [Factor(Text("x", "x"), weight, Stated.of(values)) for weight, values in columns]

    found = blend(factors_of)
    exact = [
        sum((found.share_of(at, child) or Fraction(0)) * found.counts(at, 0) for at in range(len(factors_of)))
        for child in range(3)
    ]

    whole = sum(found.weights.tolist())
    assert [Fraction(int(one), whole or 1) for one in found.weights] == exact


def test_many_children_get_the_same_whether_they_stand_together_or_not():
    rng = np.random.default_rng(1)
    group = np.repeat(np.arange(900), 100)
    weights, totals = rng.integers(0, 50, len(group)), rng.integers(-(10**9), 10**9, 900)
    weights[::100] = 1
    floor = Stated(np.full(len(group), 10_000), (rng.random(len(group)) < 0.3) & (totals > 10**7)[group])
    order = rng.permutation(len(group))

    together = allocate(Breakdown.of(totals, weights, group, floor=floor))
    apart = allocate(Breakdown.of(totals, weights[order], group[order], floor=floor.of_rows(order)))

    assert not np.any(together.amount[order] - apart.amount - together.unit[order] + apart.unit)
    assert np.array_equal(together.origin[order], apart.origin)
    assert np.array_equal(together.shared, apart.shared)


@given(st.lists(st.tuples(st.integers(-500, 2000), st.lists(CHILD, max_size=3)), min_size=1, max_size=5), st.data())
def test_families_broken_down_in_batches_get_what_they_get_alone(drawn, data) -> None:
    alone = [family(total, children) for total, children in drawn if children]
    possible = [one for one in alone if not clashes(one)]
    sizes = [len(one.weights) for one in possible]
    together = joined(possible, np.repeat(np.arange(len(possible)), sizes))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allocating, "_NEAR", data.draw(st.integers(2, 9)))
        found = allocate(together)

    assert found.amount.tolist() == [amount for one in possible for amount in allocate(one).amount.tolist()]
    assert found.origin.tolist() == [origin for one in possible for origin in allocate(one).origin.tolist()]
    assert found.shared.tolist() == [shared for one in possible for shared in allocate(one).shared.tolist()]


def test_an_impossible_family_far_behind_is_named_by_its_place(monkeypatch) -> None:
    monkeypatch.setattr(allocating, "_NEAR", 4)
    cap = Stated(np.full(40, 10), np.arange(40) >= 38)

    with pytest.raises(RuleError, match="第 20 个总额"):
        allocate(Breakdown.of([100] * 20, [1] * 40, np.repeat(np.arange(20), 2), cap=cap))


def joined(alone: list[Breakdown], group: np.ndarray) -> Breakdown:
    """Many breakdowns of one total as one of many totals."""
    if not alone:
        return Breakdown.of([], [], group.astype(np.int64))
    stated = {
        bound: Stated(
            *(np.concatenate([getattr(getattr(one, bound), part) for one in alone]) for part in ("value", "known"))
        )
        for bound in ("floor", "cap", "pin")
    }
    totals, weights = (np.concatenate([getattr(one, name) for one in alone]) for name in ("totals", "weights"))
    return Breakdown.of(totals, weights, group, **stated)
