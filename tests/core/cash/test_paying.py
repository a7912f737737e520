"""Paying habits: parts of what is there at each lag, shrunk to the company, given the age reached (R151)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.cash.paying import HIGHEST, LOWEST, Habits, Seen
from dacheng.core.cash.trying import CollectionTrial, wape


def seen(*rows: tuple[int, int, float]) -> Seen:
    """Return rows of (customer, lag, weight)."""
    customer, lag, weight = (list(one) for one in zip(*rows, strict=True)) if rows else ([], [], [])
    return Seen(np.array(customer, dtype=np.int64), np.array(lag, dtype=np.int64), np.array(weight, dtype=np.float64))


def part(habits: Habits, customer: int, age: int, later: int) -> float:
    return float(habits.paid_by(np.array([customer]), np.array([age]), np.array([[later]]))[0, 0])


def habits_of(paid: list[tuple[int, int]], still: list[tuple[int, int]], strength: int = 0, enough: int = 1) -> Habits:
    """Return habits of whole amounts, each watched from 30 days before its due day."""
    ended = [(customer, lag, 1.0) for customer, lag in paid], [(customer, lag, 1.0) for customer, lag in still]
    started = [(customer, -30, 1.0) for customer, _ in (*paid, *still)]
    found = Habits.of(seen(*started), seen(*ended[0]), seen(*ended[1]), strength=strength, enough=enough)
    assert found is not None
    return found


def test_what_is_still_open_lowers_the_part_that_is_paid_and_not_only_what_was_paid_counts():
    found = habits_of(paid=[(1, 5), (1, 10)], still=[(1, 7), (1, 40)])

    assert part(found, 1, 0, 4) == 0
    assert part(found, 1, 0, 5) == pytest.approx(1 / 4)
    assert part(found, 1, 0, 10) == pytest.approx(1 - 3 / 4 * 1 / 2)


def test_an_amount_that_has_reached_an_age_has_only_later_lags_ahead():
    found = habits_of(paid=[(1, 5), (1, 10)], still=[(1, 7), (1, 40)])

    assert part(found, 1, 5, 10) == pytest.approx(1 / 2)
    assert part(found, 1, 10, 400) == 0
    assert part(found, 1, 10, 5) == 0


def test_a_customer_without_history_pays_as_the_company_and_one_with_as_much_as_the_strength_half_so():
    found = habits_of(paid=[(1, 0), (1, 0), (2, 20)], still=[(2, 20)], strength=2)

    assert part(found, 9, -1, 0) == pytest.approx(2 / 4)
    assert part(found, 0, -1, 0) == pytest.approx(2 / 4)
    assert part(found, 1, -1, 0) == pytest.approx((1 + 2 / 4) / 2)
    assert part(found, 2, -1, 0) == pytest.approx((0 + 2 / 4) / 2)


def test_half_a_payment_is_half_of_it():
    found = Habits.of(seen((1, -30, 1.0)), seen((1, 3, 0.5)), seen((1, 9, 0.5)), strength=0, enough=1)

    assert found is not None
    assert part(found, 1, 0, 9) == pytest.approx(0.5)


def test_with_fewer_than_enough_at_every_lag_there_are_no_habits():
    assert Habits.of(seen((1, -30, 1.0)), seen((1, 3, 1.0)), seen(), strength=0, enough=2) is None


def test_where_fewer_than_enough_are_left_one_part_a_day_holds():
    found = habits_of(paid=[(1, 0), (1, 4)], still=[(1, 9)], enough=3)

    a_day = 1 / (4 * 2 + 5 * 1)
    assert part(found, 0, -1, 0) == pytest.approx(1 / 3)
    assert part(found, 0, 5, 7) == pytest.approx(1 - (1 - a_day) ** 2)
    assert part(found, 0, HIGHEST + 50, HIGHEST + 51) == pytest.approx(a_day)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-40, 900), st.booleans()), min_size=3, max_size=30),
    st.integers(0, 5),
    st.integers(LOWEST - 50, HIGHEST + 50),
)
def test_parts_lie_between_nothing_and_all_and_never_fall(amounts, strength, age):
    ends = ([one for one in amounts if one[2] is wanted] for wanted in (True, False))
    paid, still = (seen(*((customer, lag, 1.0) for customer, lag, _ in those)) for those in ends)
    started = seen(*((customer, min(lag, -30), 1.0) for customer, lag, _ in amounts))
    found = Habits.of(started, paid, still, strength=strength, enough=1)
    assert found is not None

    later = np.arange(age, age + 400, 7)[None, :]
    parts = found.paid_by(np.array([1]), np.array([age]), later)[0]

    assert parts[0] == 0
    assert (np.diff(parts) >= 0).all()
    assert ((parts >= 0) & (parts <= 1)).all()


def test_the_weighted_error_sums_before_it_divides():
    trials = [CollectionTrial(0, 30, 90, 130, 100), CollectionTrial(30, 60, 330, 330, 300)]

    assert float(wape([one.history_off or 0 for one in trials], [one.came for one in trials]) or 0) == 0.1
    assert float(wape([one.due_off for one in trials], [one.came for one in trials]) or 0) == 0.15
    assert CollectionTrial(0, 30, None, 5, 5).history_off is None
