"""Weeks of actions: Mondays and streaks."""

from __future__ import annotations

import doctest
from datetime import date

import numpy as np
import pytest

from dacheng.core.activity import weeks as module
from dacheng.core.activity.weeks import Weeks, monday_of
from dacheng.core.period import day_of


def of_weeks(planned: list[int], done: list[int]) -> Weeks:
    one = np.array([1])
    known = np.array([planned]) > 0
    return Weeks(0, one, one, one, np.array([planned]), known, np.array([done]), one)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_a_week_begins_on_its_monday_across_months_and_years() -> None:
    assert monday_of(day_of(date(2026, 1, 1))) == day_of(date(2025, 12, 29))
    assert {monday_of(day_of(date(2026, 11, 16)) + day) for day in range(7)} == {day_of(date(2026, 11, 16))}


@pytest.mark.parametrize(
    ("planned", "done", "streak"),
    [
        ([8, 8, 8, 8], [8, 9, 8, 0], 3),  # the running week does not break it
        ([8, 8, 8, 8], [8, 7, 8, 8], 1),
        ([0, 8, 8, 8], [5, 8, 8, 0], 2),  # a week without a plan ends it
        ([8, 8, 8, 8], [8, 8, 0, 9], 0),
    ],
)
def test_a_streak_counts_full_weeks_on_end_that_met_their_plan(planned, done, streak) -> None:
    assert of_weeks(planned, done).streak.tolist() == [streak]
