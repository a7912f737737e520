"""A row without a figure counts as its other factors say, and not as zero (R048)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.errors import Text
from dacheng.core.factors.filling import filled
from dacheng.core.targets.factors import Factor, blend
from dacheng.core.targets.feasibility import Stated

NAME = Text("因子", "factor")


def weights(*factors: tuple[int, list[int | None]], taking: list[bool] | None = None) -> list[Fraction]:
    """Return the share of each row of one family by all factors."""
    rows = len(factors[0][1])
    group, part = np.zeros(rows, dtype=np.int64), np.array(taking or [True] * rows)
    whole = filled([Factor(NAME, count, Stated.of(values)) for count, values in factors], part, group, 1)
    found = blend(whole, group, 1).weights
    return [Fraction(int(one), int(found.sum())) for one in found]


def test_a_missing_figure_has_the_share_of_the_other_factors_and_the_rest_is_shared_by_figures():
    found = weights((40, [600, 300, 100]), (60, [90, 90, None]))

    assert found == [Fraction(51, 100), Fraction(39, 100), Fraction(10, 100)]


def test_zero_is_a_figure_and_takes_its_part_of_nothing():
    assert weights((40, [600, 300, 100]), (60, [90, 90, 0]))[2] == Fraction(4, 100)


def test_without_any_other_factor_rows_without_a_figure_count_alike():
    assert weights((100, [30, 10, None, None])) == [
        Fraction(3, 8),
        Fraction(1, 8),
        Fraction(1, 4),
        Fraction(1, 4),
    ]


def test_a_row_that_takes_no_part_is_given_nothing():
    assert weights((100, [30, 10, None]), taking=[True, True, False])[2] == 0


def test_a_factor_of_which_nobody_has_a_figure_drops_out():
    assert weights((50, [3, 1]), (50, [None, None])) == [Fraction(3, 4), Fraction(1, 4)]


def test_those_with_figures_and_nothing_else_share_with_the_missing_alike():
    assert weights((50, [0, 5]), (50, [10, None])) == [Fraction(1, 4), Fraction(3, 4)]


FAMILY = st.integers(2, 6).flatmap(
    lambda rows: st.tuples(
        st.lists(st.integers(1, 10**9), min_size=rows, max_size=rows),
        st.lists(st.none() | st.integers(0, 10**9), min_size=rows, max_size=rows),
        st.integers(1, 99),
    )
)


@given(FAMILY)
def test_a_row_without_a_figure_keeps_the_share_it_has_by_its_other_factor(family):
    known, figures, count = family
    found = weights((100 - count, known), (count, figures))

    assert sum(found) == 1
    if any(figures):
        for share, own, figure in zip(found, known, figures, strict=True):
            if figure is None:
                assert share == Fraction(own, sum(known))
