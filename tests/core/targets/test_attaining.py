"""Attainment, progress and required pace (golden cases G41, G62)."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.targets import attaining
from dacheng.core.targets.attaining import (
    attainment_ratio,
    linear_progress,
    required_run_rate,
    seasonal_progress,
)

TARGET, DONE = 100_000_000_00, 39_900_000_00
AMOUNT = st.integers(-(10**14), 10**14)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(attaining).failed == 0


def test_half_a_year_at_39_9_percent_is_behind_by_time_and_by_season() -> None:
    attained = attainment_ratio(DONE, TARGET)
    by_time = linear_progress(2, 4)
    by_season = seasonal_progress(np.array([18, 24, 23, 35]), 2)

    assert f"{attained.value * 100:.2f}" == "39.90"
    assert f"{by_time.value * 100:.2f}" == "50.00"
    assert f"{by_season.value * 100:.2f}" == "42.00"


def test_attainment_is_na_at_zero_target_and_neither_capped_nor_cut_at_zero() -> None:
    ratios = attainment_ratio([100_00, -50_000_00, 1_300_000_00], [0, 1_000_000_00, 1_000_000_00])

    assert ratios.known.tolist() == [False, True, True]
    assert ratios.value.tolist() == [0.0, -0.05, 1.30]


def test_a_missing_target_is_unknown_and_not_zero() -> None:
    ratios = attainment_ratio([5, 5], [10, 10], known=[True, False])
    needed = required_run_rate([10, 10], [5, 5], 1, known=[True, False])

    assert ratios.known.tolist() == needed.known.tolist() == [True, False]
    assert ratios.value.tolist() == [0.5, 0.0]
    assert needed.value.tolist() == [5, 0]


@given(st.integers(1, 10**12), st.integers(1, 10**4), st.integers(1, 10**4))
def test_a_ratio_meets_its_threshold_exactly(unit: int, above: int, below: int) -> None:
    ratio = attainment_ratio(unit * above, unit * below)

    assert ratio.value == above / below


@pytest.mark.parametrize(("elapsed", "total", "ratio"), [(0, 4, 0.0), (5, 4, 1.0), (-1, 4, 0.0), (3, 4, 0.75)])
def test_time_progress_stays_between_nothing_and_all(elapsed: int, total: int, ratio: float) -> None:
    assert linear_progress(elapsed, total).value == ratio


def test_progress_of_no_periods_or_no_weights_is_unknown() -> None:
    assert not linear_progress(0, 0).known
    assert not seasonal_progress(np.zeros(4, dtype=np.int64), 2).known


def test_seasonal_progress_is_taken_row_by_row() -> None:
    weights = np.array([[1, 1, 1, 1], [0, 0, 1, 3], [0, 0, 0, 0]])

    progress = seasonal_progress(weights, 3)

    assert progress.value.tolist() == [0.75, 0.25, 0.0]
    assert progress.known.tolist() == [True, True, False]


@given(AMOUNT, AMOUNT, st.integers(1, 400))
def test_the_required_rate_over_the_rest_makes_up_what_is_missing(target: int, done: int, remaining: int) -> None:
    rate = required_run_rate(target, done, remaining).value.item()

    assert abs(2 * (rate * remaining - (target - done))) <= remaining


def test_the_required_rate_is_rounded_half_away_from_zero() -> None:
    rates = required_run_rate([5, -5], 0, 2)

    assert rates.value.tolist() == [3, -3]


def test_the_required_rate_is_unknown_when_no_period_remains() -> None:
    rates = required_run_rate(10, 4, [0, -1, 3])

    assert rates.known.tolist() == [False, False, True]
    assert rates.value.tolist() == [0, 0, 2]
