"""A tree on months, to the 分: golden G11b and G68, the laws for any tree, what is refused."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.arrays import IntArray
from dacheng.core.errors import RuleError
from dacheng.core.money import split
from dacheng.core.targets import rerouting, rounding
from dacheng.core.targets.rounding import MonthCells, months_by_own_weights, round_months


def yuan(*texts: str) -> list[int]:
    return [int(Decimal(text) * 100) for text in texts]


def summed(parent: list[int], leaf_years: list[int]) -> IntArray:
    """Return the years of all nodes; those of inner nodes in the list are not read."""
    years = [year if at not in parent else 0 for at, year in enumerate(leaf_years)]
    for at in range(len(parent) - 1, 0, -1):
        if parent[at] >= 0:
            years[parent[at]] += years[at]
    return np.array(years, dtype=np.int64)


def assert_true_everywhere(parent: list[int], found: MonthCells) -> None:
    cells = found.cells.tolist()
    assert [sum(row) for row in cells] == found.years.tolist()
    for node, row in enumerate(cells):
        children = [at for at, above in enumerate(parent) if above == node]
        if children:
            assert row == [sum(cells[child][month] for child in children) for month in range(len(row))]
        for month, cell in enumerate(row):
            exact = found.exact(node, month)
            assert floor(exact) <= cell <= ceil(exact)
            assert abs(found.rounding(node, month)) < 1


@st.composite
def trees(draw: st.DrawFn, most: int = 14) -> list[int]:
    nodes = draw(st.integers(1, most))
    return [-1, *(draw(st.integers(0, at - 1)) for at in range(1, nodes))]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(rounding).failed == 0


def test_one_hundred_million_by_monthly_weights_gives_the_golden_months_and_quarters() -> None:
    weights = [6, 5, 9, 7, 8, 9, 6, 7, 9, 8, 11, 15]

    months = round_months(np.array([-1]), np.array([100_000_000_00]), weights).cells[0]

    assert months.tolist() == [weight * 1_000_000_00 for weight in weights]
    assert months.reshape(4, 3).sum(axis=1).tolist() == yuan("20000000", "24000000", "22000000", "34000000")


def test_ten_million_over_twelve_months_leaves_the_extra_cents_to_the_earlier_ones() -> None:
    months = round_months(np.array([-1]), np.array([10_000_000_00]), [1] * 12).cells[0]

    assert months.tolist() == yuan(*["833333.34"] * 4, *["833333.33"] * 8)


def test_a_quarter_and_a_year_of_4_4_5_weeks() -> None:
    quarter = round_months(np.array([-1]), np.array([18_000_000_00]), [4, 4, 5]).cells[0]
    year = round_months(np.array([-1]), np.array([52_000_000_00]), [4, 4, 5] * 4).cells[0]

    assert quarter.tolist() == yuan("5538461.54", "5538461.54", "6923076.92")
    assert year.tolist() == yuan("4000000", "4000000", "5000000") * 4


def test_two_halves_of_an_odd_month_take_turns() -> None:
    found = round_months(np.array([-1, 0, 0]), np.array([12, 6, 6]), [1] * 12)

    assert found.cells[0].tolist() == [1] * 12
    assert (found.cells[1] + found.cells[2]).tolist() == [1] * 12


def test_a_parent_gives_way_where_its_largest_remainders_cannot_be_met() -> None:
    # 6 and 4 by 1/4, 1/4, 1/6, 1/6, 1/6: the first child can only raise months 1 and 2, the second the others,
    # but the largest remainders of their sum of 10 are all in months 3 to 5.
    weights = [3, 3, 2, 2, 2]
    parent = [-1, 0, 0]

    found = round_months(np.array(parent), np.array([10, 6, 4]), weights)

    assert split(10, weights).tolist() == [2, 2, 2, 2, 2]
    assert found.cells[0].tolist() != split(10, weights).tolist()
    assert_true_everywhere(parent, found)


def test_the_same_deep_in_a_tree_takes_a_way_through_other_branches() -> None:
    parent = [-1, 0, 0, 1, 1, 2, 2]
    years = summed(parent, [0, 0, 0, 6, 4, 6, 4])

    found = round_months(np.array(parent), years, [3, 3, 2, 2, 2])

    assert_true_everywhere(parent, found)


@settings(max_examples=60, deadline=None)
@given(st.data(), trees(), st.lists(st.integers(0, 12), min_size=1, max_size=12).filter(any))
def test_every_node_is_true_across_and_down_and_every_cell_is_floor_or_ceiling(
    data: st.DataObject, parent: list[int], weights: list[int]
) -> None:
    leaf_years = data.draw(st.lists(st.integers(-60, 60), min_size=len(parent), max_size=len(parent)))

    found = round_months(np.array(parent), summed(parent, leaf_years), weights)

    assert_true_everywhere(parent, found)


@settings(max_examples=15, deadline=None)
@given(st.data(), trees(6), st.integers(2**62, 2**70))
def test_large_amounts_and_fine_weights_stay_exact(data: st.DataObject, parent: list[int], fine: int) -> None:
    years = data.draw(st.lists(st.integers(-(10**13), 10**13), min_size=len(parent), max_size=len(parent)))
    weights = [Fraction(1, 3), Fraction(fine - 1, fine), Fraction(1), Fraction(0)]

    found = round_months(np.array(parent), summed(parent, years), weights)

    assert_true_everywhere(parent, found)


def test_weights_between_one_machine_word_and_its_half_stay_exact() -> None:
    parent = [-1, 0, 0, 0]
    years = summed(parent, [0, 10**13 + 1, -(10**13) + 7, 5])

    found = round_months(np.array(parent), years, [10**11 + 3, 10**11, 7, 3 * 10**11])

    assert_true_everywhere(parent, found)


def test_more_months_than_bits_of_a_word_work_as_well() -> None:
    parent = [-1, *[0] * 9]
    years = summed(parent, list(range(31, 41)))

    for periods in (16, 17, 52, 63, 64, 70):
        assert_true_everywhere(parent, round_months(np.array(parent), years, [1 + at % 3 for at in range(periods)]))


def test_a_total_below_zero_is_the_mirror_image() -> None:
    parent, years = np.array([-1, 0, 0, 1, 1]), np.array([100, 61, 39, 30, 31])

    above = round_months(parent, years, [1, 2, 4]).cells
    below = round_months(parent, -years, [1, 2, 4]).cells

    assert below.tolist() == (-above).tolist()


def test_a_wide_family_meets_its_parent() -> None:
    parent = [-1, *[0] * 3_000]
    years = summed(parent, [at * 7919 % 100_003 for at in range(3_001)])

    found = round_months(np.array(parent), years, [6, 5, 9, 7, 8, 9, 6, 7, 9, 8, 11, 15])

    exact = years[:, np.newaxis] * found.weights / 100
    assert (found.cells.sum(axis=1) == years).all()
    assert (found.cells[1:].sum(axis=0) == found.cells[0]).all()
    assert (np.abs(found.cells - exact) < 1).all()


def test_nodes_may_stand_in_any_order_below_their_parents_and_tops_may_be_several() -> None:
    parent = [-1, -1, 1, 0, 1, 3, 0]
    years = summed(parent, [0, 0, 17, 0, 5, 8, 9])

    found = round_months(np.array(parent), years, [3, 3, 2, 2, 2])

    assert_true_everywhere(parent, found)


def test_no_nodes_have_no_months() -> None:
    nothing = np.zeros(0, dtype=np.int64)

    assert round_months(nothing, nothing, [1, 1]).cells.shape == (0, 2)


def test_the_last_cents_look_at_every_branch_when_the_first_few_have_no_way() -> None:
    # Branches 1 to 9 are whole in every month; only the last can take what the first must give.
    parent = np.array([-1, *[0] * 11, *range(1, 12)])
    cells = np.zeros((2, 23), dtype=np.int64)
    low, high = cells.copy(), cells.copy()
    high[:, [0, 1, 11, 12, 22]] = 1
    cells[0, [1, 22]] = 1
    cells[1, [11, 12]] = 1
    cells[:, 0] = 1

    flow = rerouting.Flow(parent, cells, low, high)
    rerouting.reroute(flow, [1, 11])

    assert all(not flow.excess(node).any() for node in range(12))
    assert ((low <= cells) & (cells <= high)).all()


def test_leaves_with_weights_of_their_own_make_their_parents() -> None:
    parent = np.array([-1, 0, 1, 1, 0])
    weights = np.array([[0, 0, 0], [0, 0, 0], [1, 1, 1], [0, 1, 1], [5, 3, 2]])

    cells = months_by_own_weights(parent, np.array([0, 0, 100, 11, -10]), weights)

    assert cells[2:].tolist() == [[34, 33, 33], [0, 6, 5], [-5, -3, -2]]
    assert cells[1].tolist() == [34, 39, 38]
    assert cells[0].tolist() == [29, 36, 36]


def test_a_year_that_its_children_do_not_make_is_refused_with_both_amounts() -> None:
    with pytest.raises(RuleError, match=r"第 1 个节点的全年是 1.00 元，下级合计 0.99 元") as refused:
        round_months(np.array([-1, 0, 0]), np.array([100, 50, 49]), [1, 1])

    assert "超配" in refused.value.remedy.zh


@pytest.mark.parametrize(("weights", "said"), [([0, 0], "权重全部为 0"), ([3, -1], "第 2 份的权重是 -1")])
def test_weights_that_split_nothing_are_refused(weights: list[int], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        round_months(np.array([-1]), np.array([0]), weights)
