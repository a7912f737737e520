"""Individual fit (适配系数): what it makes of weights, and when it asks for a reason."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.plans.fits import LEAST_FIT_BP, MOST_FIT_BP, Fit, with_fits
from dacheng.core.plans.weighing import stored_weights
from tests.core.plans.sheets import sheet

LI = Text("李雷", "Li Lei")


def weights_with(fits: list[int], weights: list[int]) -> list[int]:
    one = sheet((0, *([1] * len(weights))), terms={at + 2: {"fit_bp": fit} for at, fit in enumerate(fits)})
    return stored_weights(one, np.array(weights, dtype=np.int64)).tolist()[1:]


def test_a_fit_multiplies_the_weight_among_siblings():
    assert weights_with([12_000, 10_000], [1, 1]) == [6, 5]


def test_a_fit_counts_where_nobody_has_anything_of_any_factor():
    assert weights_with([11_000, 10_000, 9_000], [0, 0, 0]) == [11, 10, 9]


def test_with_fits_names_rows_of_the_plan():
    one = with_fits(sheet((0, 1, 1)), {3: Fit(9_500)})

    assert one.years.fit_bp.tolist() == [BP_PER_WHOLE, BP_PER_WHOLE, 9_500]


@pytest.mark.parametrize("bp", [8_000, 12_000])
def test_a_fit_exactly_at_the_limit_needs_no_reason(bp):
    Fit(bp).check(LI, 2_000)


@pytest.mark.parametrize("bp", [7_999, 12_001])
def test_a_fit_beyond_the_limit_needs_a_reason_and_names_the_rule(bp):
    with pytest.raises(RuleError) as refused:
        Fit(bp, "  ").check(LI, 2_000)

    assert "李雷" in refused.value.message.zh and "plan.fit_without_reason_bp" in refused.value.remedy.en
    Fit(bp, "老客户多").check(LI, 2_000)


@pytest.mark.parametrize("bp", [LEAST_FIT_BP - 1, MOST_FIT_BP + 1, -100])
def test_a_fit_out_of_range_is_refused_even_with_a_reason(bp):
    with pytest.raises(RuleError):
        Fit(bp, "老客户多").check(LI, 2_000)


@given(st.lists(st.tuples(st.integers(1, 10**4), st.integers(LEAST_FIT_BP, MOST_FIT_BP)), min_size=2, max_size=6))
def test_weights_are_to_each_other_as_weight_times_fit(rows):
    weights, fits = zip(*rows, strict=True)
    found = weights_with(list(fits), list(weights))
    whole, asked = sum(found), sum(weight * fit for weight, fit in rows)

    for one, weight, fit in zip(found, weights, fits, strict=True):
        assert abs(Fraction(one, whole) - Fraction(weight * fit, asked)) <= Fraction(len(rows), 10**9 - len(rows))


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=6), st.integers(LEAST_FIT_BP, MOST_FIT_BP))
def test_a_fit_that_all_siblings_share_changes_nothing(weights, fit):
    assert weights_with([fit] * len(weights), weights) == weights_with([BP_PER_WHOLE] * len(weights), weights)
