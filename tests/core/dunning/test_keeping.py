"""Promises are kept by postings, none of them twice (R151, ADR 0015)."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.dunning import keeping
from dacheng.core.dunning.keeping import BROKEN, KEPT, PART, PENDING, Promise, kept_of

DAYS = st.integers(1, 60)
PROMISES = st.lists(
    st.tuples(DAYS, st.integers(0, 30), st.integers(1, 500)).map(lambda one: (one[0], one[0] + one[1], one[2])),
    max_size=5,
)
POSTINGS = st.lists(st.tuples(DAYS, st.integers(-300, 500)), max_size=8).map(sorted)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(keeping).failed == 0


def test_a_promise_is_due_until_its_day_is_over() -> None:
    one = Promise(1, 10, 20, 300)

    assert [one.state(kept, day) for kept, day in ((0, 20), (100, 20), (0, 21), (100, 21), (300, 12))] == [
        PENDING,
        PENDING,
        BROKEN,
        PART,
        KEPT,
    ]


@given(PROMISES, POSTINGS)
def test_no_posting_keeps_two_promises_and_none_is_kept_beyond_what_it_says(promises, postings) -> None:
    told = [Promise(number, *one) for number, one in enumerate(promises)]

    kept = kept_of(told, postings)

    assert sum(kept.values()) <= sum(amount for _, amount in postings if amount > 0)
    assert all(0 <= kept[one.number] <= one.amount for one in told)
    for one in told:
        assert kept[one.number] <= sum(amount for day, amount in postings if one.made <= day <= one.by and amount > 0)


@given(PROMISES, POSTINGS, DAYS)
def test_what_was_kept_by_a_day_is_told_by_the_postings_up_to_it(promises, postings, today) -> None:
    told = [Promise(number, *one) for number, one in enumerate(promises)]
    by_then = [(day, amount) for day, amount in postings if day <= today and amount > 0]

    assert sum(kept_of(told, by_then).values()) <= sum(kept_of(told, [one for one in postings if one[1] > 0]).values())
