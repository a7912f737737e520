"""Drivers of a target, and which of them made a difference."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.targets.setting.attributing import chain, shapley, to_whole
from dacheng.core.targets.setting.drivers import UNKNOWN, Drivers, DriverSet, comparable, needed
from dacheng.core.targets.setting.outcome import rounded

factor = st.fractions(min_value=-50, max_value=10**6, max_denominator=1000)
sides = st.integers(1, 4).flatmap(lambda n: st.tuples(*[st.lists(factor, min_size=n, max_size=n)] * 2))
BEFORE = (Fraction(100), Fraction(50_000_00), Fraction(12, 10))
AFTER = (Fraction(120), Fraction(55_000_00), Fraction(11, 10))


def product(factors) -> Fraction:
    whole = Fraction(1)
    for one in factors:
        whole *= one
    return whole


def test_g20c_customers_then_ticket_then_repurchase() -> None:
    assert chain(BEFORE, AFTER) == (1_200_000_00, 720_000_00, -660_000_00)
    assert Drivers(*BEFORE).amount == 6_000_000_00 and Drivers(*AFTER).amount == 7_260_000_00


def test_g20c_order_free_is_exact_and_its_parts_round_to_the_cent_without_losing_one() -> None:
    parts = shapley(BEFORE, AFTER)

    assert [rounded(one) for one in parts] == [1_206_666_67, 631_666_67, -578_333_33]
    assert sum(parts) == 1_260_000_00
    assert to_whole(parts, 1_260_000_00) == (1_206_666_67, 631_666_67, -578_333_34), "rounded alone they sum to .01"


@given(sides)
def test_both_add_up_to_the_difference_in_any_order(both) -> None:
    before, after = both
    difference = product(after) - product(before)

    assert sum(shapley(before, after)) == difference
    assert all(sum(chain(before, after, order)) == difference for order in permutations(range(len(before))))


@given(sides, st.randoms(use_true_random=False))
def test_order_free_parts_follow_their_factor_wherever_it_stands(both, random) -> None:
    before, after = both
    order = list(range(len(before)))
    random.shuffle(order)

    moved = shapley([before[at] for at in order], [after[at] for at in order])

    assert list(moved) == [shapley(before, after)[at] for at in order]


@given(sides)
def test_a_factor_that_stands_still_gets_nothing_and_going_back_turns_every_sign(both) -> None:
    before, after = both
    after = [before[0], *after[1:]]

    assert shapley(before, after)[0] == 0 == chain(before, after)[0]
    assert shapley(after, before) == tuple(-one for one in shapley(before, after))


@given(factor, factor, factor)
def test_factors_that_change_alike_get_alike(low, high, third) -> None:
    parts = shapley((low, low, third), (high, high, third))

    assert parts[0] == parts[1]


@given(st.lists(factor, min_size=1, max_size=6), st.data())
def test_rounded_parts_sum_to_the_whole_and_are_less_than_two_cents_off(parts, data) -> None:
    exact = sum(parts, Fraction())
    whole = data.draw(st.sampled_from([exact.__floor__(), exact.__ceil__()]))

    found = to_whole(parts, whole)

    assert sum(found) == whole
    assert all(abs(one - part) <= 1 for one, part in zip(found, parts, strict=True))


def test_where_nobody_bought_everything_is_put_down_to_customers() -> None:
    nobody, some = Drivers(customers=Fraction()), Drivers(Fraction(5), Fraction(100), Fraction(2))

    before, after = comparable(nobody, some)
    back = comparable(some, nobody)

    assert shapley(before.values, after.values) == (1000, 0, 0) == chain(before.values, after.values)
    assert shapley(back[0].values, back[1].values) == (-1000, 0, 0)
    assert comparable(nobody, nobody)[0].amount == 0


def test_what_is_not_known_is_not_zero() -> None:
    half = Drivers(Fraction(5), None, Fraction(2))
    some = Drivers(Fraction(5), Fraction(100), Fraction(2))

    assert half.amount is None and half.lacking == ("ticket",)
    assert DriverSet(some, half).amount is None
    assert DriverSet(some, UNKNOWN).amount == 1000, "a group of which nothing is known is left out"
    assert DriverSet().amount is None


@pytest.mark.parametrize("wanted", [1001, 1500, 7777])
def test_each_driver_by_itself_meets_the_target(wanted: int) -> None:
    given_set = DriverSet(Drivers(Fraction(3), Fraction(100), Fraction(2)), Drivers(Fraction(1), Fraction(200), 2))

    found = needed(given_set, wanted)

    for at, group in enumerate(given_set.groups):
        other = given_set.groups[1 - at].amount
        for one in ("customers", "ticket", "purchases"):
            values = {name: getattr(group, name) for name in ("customers", "ticket", "purchases")}
            reached = Drivers(**values | {one: getattr(found[at], one)}).amount + other
            assert reached >= wanted
            if one == "purchases":
                assert reached == wanted


def test_nothing_is_needed_where_the_others_bring_it_and_nothing_is_told_of_what_is_not_known() -> None:
    rich = DriverSet(Drivers(Fraction(3), Fraction(100), Fraction(2)), Drivers(Fraction(1), Fraction(200), Fraction(9)))
    unknown = DriverSet(Drivers(Fraction(3), Fraction(100), Fraction(2)), Drivers(Fraction(1), None, Fraction(9)))

    assert needed(rich, 500)[0] == UNKNOWN
    assert needed(unknown, 500)[0] == UNKNOWN and needed(unknown, 5000)[1].ticket is not None
