"""Fairness of targets: spread and Gini of target ÷ potential (R049)."""

from __future__ import annotations

import doctest
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.targets import fairness as module
from dacheng.core.targets.fairness import Fairness, fairness


def compared(targets: list[int], base: list[int], known: list[bool] | None = None) -> Fairness:
    mask = np.array(known if known is not None else [True] * len(targets), dtype=bool)
    return fairness(np.array(targets, dtype=np.int64), np.array(base, dtype=np.int64), mask)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_equal_loads_have_a_spread_of_one_and_a_gini_of_zero() -> None:
    found = compared([200, 180, 90], [400, 360, 180])

    assert (found.spread, found.gini, found.off) == (1, 0, None)
    assert (found.lowest, found.highest) == (0, 0)


def test_spread_and_gini_of_four_people_by_hand() -> None:
    found = compared([10, 20, 30, 40], [10, 10, 10, 10])

    assert (found.spread, found.gini) == (4, Fraction(1, 4))
    assert (found.lowest, found.highest) == (0, 3)


def test_who_has_no_target_or_potential_is_left_out_and_not_zero() -> None:
    found = compared([10, 20, 30, 40], [10, 0, 10, 10], [True, True, True, False])

    assert found.ratios == (1, None, 3, None)
    assert (found.compared, found.spread) == (2, 3)


def test_without_anybody_to_compare_the_reason_is_told() -> None:
    found = compared([10], [0])

    assert (found.spread, found.gini, found.lowest) == (None, None, None)
    assert found.off is not None and "没有" in found.off.zh


def test_a_target_of_zero_leaves_no_multiple_but_a_gini() -> None:
    found = compared([0, 10], [10, 10])

    assert (found.spread, found.gini) == (None, Fraction(1, 2))
    assert found.off is not None and "零" in found.off.zh


def test_negative_targets_or_all_zero_leave_neither() -> None:
    negative, zero = compared([-10, 10], [10, 10]), compared([0, 0], [10, 10])

    assert (negative.spread, negative.gini, zero.spread, zero.gini) == (None, None, None, None)
    assert negative.off is not None and zero.off is not None


PEOPLE = st.lists(st.tuples(st.integers(0, 10**11), st.integers(1, 10**11)), min_size=1, max_size=7)


@settings(max_examples=40)
@given(PEOPLE.filter(lambda people: any(target for target, _ in people)))
def test_gini_is_the_mean_difference_of_all_pairs(people: list[tuple[int, int]]) -> None:
    found = compared([target for target, _ in people], [base for _, base in people])

    ratios = [Fraction(target, base) for target, base in people]
    differences = sum(abs(one - other) for one in ratios for other in ratios)
    assert found.gini == differences / (2 * len(ratios) * sum(ratios))
    assert 0 <= found.gini < 1
