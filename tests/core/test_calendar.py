"""The working calendar: counts by prefix sums."""

from __future__ import annotations

import doctest
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core import calendar
from dacheng.core.calendar import Calendar
from dacheng.core.errors import RuleError
from dacheng.core.period import day_of

WORKED = st.lists(st.booleans(), min_size=1, max_size=40)
START = 20_000


def calendar_of(worked: list[bool]) -> Calendar:
    return Calendar.of(np.arange(START, START + len(worked)), np.array(worked))


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(calendar).failed == 0


@given(WORKED, st.data())
def test_working_days_are_those_counted_one_by_one(worked: list[bool], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(worked)))
    end = data.draw(st.integers(first, len(worked)))

    counted = calendar_of(worked).working_days(START + first, START + end)

    assert counted == sum(worked[first:end])


def test_many_spans_are_counted_at_once() -> None:
    week = calendar_of([True, True, False, True])

    assert week.working_days(np.array([START, START + 2]), START + 4).tolist() == [3, 1]
    assert week.working_days(START, np.array([START, START + 3])).tolist() == [0, 2]


def test_rows_may_come_in_any_order() -> None:
    one = Calendar.of(np.array([12, 10, 11]), np.array([1, 0, 1]))

    assert one.working_days(10, 12) == 1
    assert (one.first_day, one.end_day) == (10, 13)


def test_a_day_outside_the_calendar_is_refused_with_what_it_covers() -> None:
    january = Calendar.of(np.arange(day_of(date(2026, 1, 1)), day_of(date(2026, 2, 1))), np.ones(31, dtype=np.bool_))

    with pytest.raises(RuleError, match="2026-01-01 至 2026-01-31，没有 2026-02-02"):
        january.working_days(day_of(date(2026, 1, 1)), day_of(date(2026, 2, 2)))
    with pytest.raises(RuleError, match="2025-12-31"):
        january.working_days(day_of(date(2025, 12, 31)), day_of(date(2026, 1, 2)))


def test_an_empty_calendar_says_so() -> None:
    with pytest.raises(RuleError, match="空的"):
        Calendar.of(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)).working_days(0, 1)


@pytest.mark.parametrize(("days", "said"), [([4, 5, 7], "缺少 1970-01-07"), ([4, 5, 5], "1970-01-06 出现了两次")])
def test_a_calendar_with_a_gap_or_a_double_day_is_refused(days: list[int], said: str) -> None:
    with pytest.raises(RuleError, match=said):
        Calendar.of(np.array(days), np.ones(len(days), dtype=np.bool_))
