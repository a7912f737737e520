"""Shares of work elsewhere: never more than somebody works, whatever follows whatever."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.facts import Version
from dacheng.core.org.engaging import ended, engaged, first_overbooked

DAYS = st.integers(0, 30)
SHARES = st.integers(1, 10_000)
SPANS = st.tuples(DAYS, st.integers(1, 20), SHARES).map(lambda one: Version(one[0], one[0] + one[1], (one[2],)))


def share_on(versions: list[Version], day: int) -> int:
    return sum(one.values[0] or 0 for one in versions if one.from_day <= day < one.to_day)


@given(st.integers(1, 10_000), st.integers(1, 10_000), DAYS, st.lists(SPANS, max_size=5))
def test_the_first_day_on_which_shares_exceed_what_one_works_is_found_day_by_day(before, after, turn, taken):
    works = [Version(0, turn, (before,)), Version(turn, 99, (after,))] if turn else [Version(0, 99, (after,))]

    found = first_overbooked(works, taken)

    over = [day for day in range(60) if share_on(taken, day) > share_on(works, day)]
    assert (found.day if found else None) == (over[0] if over else None)


@given(st.lists(st.tuples(DAYS, st.integers(1, 20), SHARES), max_size=4))
def test_of_what_was_recorded_for_a_day_the_last_holds_and_no_day_has_two(stretches):
    versions: list[Version] = []
    by_hand = dict.fromkeys(range(60), 0)
    for first, length, share in stretches:
        versions = engaged(versions, share, first, first + length)
        by_hand |= dict.fromkeys(range(first, first + length), share)

    assert {day: share_on(versions, day) for day in range(60)} == by_hand
    assert all(one.to_day <= other.from_day for one, other in pairwise(versions))


@given(st.lists(SPANS, max_size=4), DAYS)
def test_what_ended_holds_before_the_day_as_it_did_and_never_after(versions, day):
    left = ended(versions, day)

    assert all(share_on(left, one) == (share_on(versions, one) if one < day else 0) for one in range(60))
