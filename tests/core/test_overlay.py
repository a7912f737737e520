"""A history from outside laid over a key, against a model that keeps every column of every day."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.facts import Values, Version, apply, merged, overlay, standing
from dacheng.core.period import FAR_DAY

HORIZON = 30
COLUMNS = 3
VALUE = st.one_of(st.none(), st.integers(1, 3))
VALUES = st.tuples(*[VALUE] * COLUMNS)
DAYS = st.lists(st.integers(0, HORIZON - 1), min_size=1, max_size=5, unique=True).map(sorted)


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    """Draw versions of one key without gaps, from some day until forever."""
    days = [*draw(DAYS), FAR_DAY]
    return merged([Version(one, other, draw(VALUES)) for one, other in pairwise(days)])


@st.composite
def steps(draw: st.DrawFn) -> dict[int, list[tuple[int, int | None]]]:
    columns = draw(st.sets(st.integers(0, COLUMNS - 1)))
    return {column: [(day, draw(VALUE)) for day in draw(DAYS)] for column in columns}


def on(versions: list[Version], day: int) -> Values:
    """Return what holds on a day; before the first day, what holds on it."""
    held = standing(versions, max(day, versions[0].from_day))
    assert held is not None
    return held


def expected(versions: list[Version], told: dict[int, list[tuple[int, int | None]]], day: int) -> Values:
    held = list(on(versions, day))
    for column, history in told.items():
        spoken = [value for from_day, value in history if from_day <= day]
        if spoken:
            held[column] = spoken[-1]
    return tuple(held)


@given(histories(), steps(), st.integers(0, HORIZON - 1))
def test_columns_that_are_told_follow_it_and_the_others_keep_their_history(versions, told, first_day):
    after = apply(versions, overlay(versions, told, first_day))

    assert [standing(after, day) for day in range(HORIZON)] == [
        None if day < first_day else expected(versions, told, day) for day in range(HORIZON)
    ]
    assert (after[0].from_day, after[-1].to_day) == (first_day, FAR_DAY)
    assert after == merged(after)


@given(histories(), steps(), st.integers(0, HORIZON - 1))
def test_telling_the_same_history_again_changes_nothing(versions, told, first_day):
    once = apply(versions, overlay(versions, told, first_day))

    assert not overlay(once, told, first_day)


@given(histories())
def test_telling_a_key_its_own_history_changes_nothing(versions):
    own = {at: [(one.from_day, one.values[at]) for one in versions] for at in range(COLUMNS)}

    assert not overlay(versions, own, versions[0].from_day)


def test_an_earlier_first_day_is_filled_with_the_first_known_values():
    versions = [Version(10, 20, (1, 5)), Version(20, FAR_DAY, (1, 6))]

    change = overlay(versions, {0: [(0, 7)]}, first_day=0)

    assert change.open == (Version(0, 20, (7, 5)), Version(20, FAR_DAY, (7, 6)))


def test_a_later_first_day_ends_what_stood_before():
    versions = [Version(10, 20, (1,)), Version(20, FAR_DAY, (2,))]

    change = overlay(versions, {}, first_day=15)

    assert change.close == (10,)
    assert change.open == (Version(15, 20, (1,)),)


def test_a_key_that_had_ended_stands_again():
    versions = [Version(10, 20, (1,))]

    change = overlay(versions, {}, first_day=10)

    assert apply(versions, change) == [Version(10, FAR_DAY, (1,))]
