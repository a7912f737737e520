"""The bitemporal patch, against a model that keeps every column of every day."""

from __future__ import annotations

import doctest
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core import facts
from dacheng.core.errors import RuleError
from dacheng.core.facts import (
    Patch,
    Values,
    Version,
    apply,
    end_key,
    next_change,
    patch,
    standing,
)
from dacheng.core.period import FAR_DAY, day_of

HORIZON = 40
"""The model's days are 0 to 39; the last one stands for every day until forever."""

COLUMNS = 3
VALUE = st.one_of(st.none(), st.integers(1, 3))
VALUES = st.tuples(*[VALUE] * COLUMNS)
DAY = st.integers(0, HORIZON - 1)

Model = list[Values | None]


def real_day(day: int) -> int:
    return FAR_DAY if day >= HORIZON else day


def model_patch(model: Model, changes: dict[int, int | None], from_day: int, until_day: int) -> Model:
    """Set each column day by day until it meets a day on which that column had changed."""
    after = list(model)
    for column, value in changes.items():
        for day in range(from_day, until_day):
            before, now = model[day - 1] if day else None, model[day]
            recorded = before is None or now is None or before[column] != now[column]
            if day > from_day and recorded:
                break
            held = after[day]
            assert held is not None
            after[day] = (*held[:column], value, *held[column + 1 :])
    return after


def days_of(versions: list[Version]) -> Model:
    return [standing(versions, day if day < HORIZON - 1 else FAR_DAY - 1) for day in range(HORIZON)]


def begun(values: Values, day: int) -> Patch:
    return Patch(open=(Version(day, FAR_DAY, values),))


def known_after(log: list[Patch], day: int) -> Values | None:
    """Return what was known about a day once these patches, in order, had been made."""
    versions: list[Version] = []
    for change in log:
        versions = apply(versions, change)
    return standing(versions, day)


def check_shape(versions: list[Version]) -> None:
    assert versions == sorted(versions)
    assert all(one.from_day < one.to_day for one in versions)
    assert all(one.to_day <= other.from_day for one, other in pairwise(versions))


def check_smallest(before: list[Version], change: Patch) -> None:
    """No version is closed and opened again as it was; no two opened ones could be one."""
    assert set(change.close) <= {version.from_day for version in before}
    assert not set(change.open) & set(before)
    for one, other in pairwise(change.open):
        assert one.to_day < other.from_day or one.values != other.values


def a_step(data: st.DataObject, versions: list[Version], model: Model) -> tuple[Patch, Model]:
    """Draw what happens next to the key, and do it to the model as well."""
    day = data.draw(DAY)
    kind = data.draw(st.sampled_from(["correct", "correct", "correct", "end", "open"]))
    if kind == "open" and not any(model[day:]):
        values = data.draw(VALUES)
        return begun(values, day), [values if at >= day else held for at, held in enumerate(model)]
    if model[day] is None:
        with pytest.raises(RuleError):
            patch(versions, {0: 1}, day)
        return Patch(), model
    if kind == "end":
        return end_key(versions, day), [held if at < day else None for at, held in enumerate(model)]
    changes = data.draw(st.dictionaries(st.integers(0, COLUMNS - 1), VALUE))
    until_day = data.draw(st.integers(day + 1, HORIZON))
    return patch(versions, changes, day, real_day(until_day)), model_patch(model, changes, day, until_day)


@given(st.data())
def test_any_history_of_corrections_is_the_day_by_day_model(data: st.DataObject) -> None:
    versions: list[Version] = []
    model: Model = [None] * HORIZON
    log: list[Patch] = []
    snapshots: list[Model] = []

    for _ in range(data.draw(st.integers(1, 10))):
        change, model = a_step(data, versions, model)
        check_smallest(versions, change)
        versions = apply(versions, change)
        check_shape(versions)
        assert days_of(versions) == model
        log.append(change)
        snapshots.append(model)

    for known, snapshot in enumerate(snapshots):
        assert [known_after(log[: known + 1], day) for day in range(HORIZON - 1)] == snapshot[:-1]


@given(st.data())
def test_how_versions_are_cut_never_changes_what_a_correction_does(data: st.DataObject) -> None:
    values = [data.draw(VALUES) for _ in range(4)]
    joined = [Version(ten * 10, real_day(ten * 10 + 10), values[ten]) for ten in range(4)]
    cut = [Version(day, real_day(day + 1), values[day // 10]) for day in range(HORIZON)]
    day, column, value = data.draw(DAY), data.draw(st.integers(0, COLUMNS - 1)), data.draw(VALUE)

    coarse = apply(joined, patch(joined, {column: value}, day))
    fine = apply(cut, patch(cut, {column: value}, day))

    assert days_of(fine) == days_of(coarse)


@given(st.data())
def test_making_the_same_correction_twice_changes_nothing_the_second_time(data: st.DataObject) -> None:
    versions = apply([], begun((1, 1, 1), 0))
    for _ in range(3):
        versions = apply(versions, patch(versions, {data.draw(st.integers(0, 2)): data.draw(VALUE)}, data.draw(DAY)))
    day, column, value = data.draw(DAY), data.draw(st.integers(0, 2)), data.draw(VALUE)
    until_day = data.draw(st.integers(day + 1, HORIZON))

    once = apply(versions, patch(versions, {column: value}, day, until_day))

    assert not patch(once, {column: value}, day, min(until_day, next_change(versions, column, day)))


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(facts).failed == 0


def test_a_back_dated_owner_stops_at_the_next_recorded_owner_and_leaves_the_amount_alone() -> None:
    li, wang, zhao = 1, 2, 3
    known = [Version(0, 50, (li, 900)), Version(50, 80, (wang, 900)), Version(80, FAR_DAY, (wang, 700))]

    change = patch(known, {0: zhao}, from_day=20)

    assert change.close == (0,)
    assert change.open == (Version(0, 20, (li, 900)), Version(20, 50, (zhao, 900)))
    assert change.until == {0: 50}


def test_a_correction_passes_changes_of_other_columns() -> None:
    known = [Version(0, 50, (1, 900)), Version(50, FAR_DAY, (1, 700))]

    change = patch(known, {0: 2}, from_day=20)

    assert change.close == (0, 50)
    assert change.open == (
        Version(0, 20, (1, 900)),
        Version(20, 50, (2, 900)),
        Version(50, FAR_DAY, (2, 700)),
    )


def test_two_columns_of_one_correction_end_each_on_its_own_day() -> None:
    known = [Version(0, 30, (1, 1)), Version(30, 60, (2, 1)), Version(60, FAR_DAY, (2, 2))]

    change = patch(known, {0: 9, 1: 9}, from_day=10)

    assert change.until == {0: 30, 1: 60}
    assert apply(known, change) == [
        Version(0, 10, (1, 1)),
        Version(10, 30, (9, 9)),
        Version(30, 60, (2, 9)),
        Version(60, FAR_DAY, (2, 2)),
    ]


def test_the_end_given_stops_a_correction_before_the_next_change() -> None:
    known = [Version(0, 50, (1,)), Version(50, FAR_DAY, (2,))]

    early, late = patch(known, {0: 9}, 10, 20), patch(known, {0: 9}, 10, 70)

    assert early.open == (Version(0, 10, (1,)), Version(10, 20, (9,)), Version(20, 50, (1,)))
    assert late.until == {0: 50}


def test_a_correction_on_the_day_of_a_change_replaces_that_change() -> None:
    known = [Version(0, 50, (1,)), Version(50, 70, (2,)), Version(70, FAR_DAY, (3,))]

    change = patch(known, {0: 1}, from_day=50)

    assert (change.close, change.open) == ((50,), (Version(50, 70, (1,)),))


def test_a_value_becoming_missing_is_a_recorded_change() -> None:
    known = [Version(0, 50, (0,)), Version(50, FAR_DAY, (None,))]

    assert next_change(known, 0, 10) == 50
    assert patch(known, {0: None}, 10).open == (Version(0, 10, (0,)), Version(10, 50, (None,)))


def test_setting_what_already_holds_closes_and_opens_nothing() -> None:
    known = [Version(0, 50, (1, 5)), Version(50, FAR_DAY, (2, 5))]

    assert not patch(known, {0: 1, 1: 5}, from_day=20)


def test_versions_opened_together_are_merged_where_they_meet_and_are_equal() -> None:
    known = [Version(0, 50, (1, 5)), Version(50, FAR_DAY, (1, 6))]

    change = patch(known, {1: 6}, from_day=0)
    both = patch([Version(0, 50, (1, 5)), Version(50, FAR_DAY, (1, 5))], {1: 6}, from_day=0)

    assert change.open == (Version(0, 50, (1, 6)),)
    assert both.open == (Version(0, FAR_DAY, (1, 6)),)


def test_a_correction_does_not_leap_over_a_time_in_which_the_key_did_not_stand() -> None:
    known = [Version(0, 20, (1,)), Version(30, FAR_DAY, (1,))]

    assert patch(known, {0: 2}, 10).open == (Version(0, 10, (1,)), Version(10, 20, (2,)))


def test_a_correction_before_the_first_day_is_refused_with_that_day() -> None:
    known = [Version(day_of(date(2026, 3, 1)), FAR_DAY, (1,))]

    with pytest.raises(RuleError) as refused:
        patch(known, {0: 2}, day_of(date(2026, 2, 28)))

    assert "2026-03-01" in refused.value.message.zh and "2026-03-01" in refused.value.remedy.en


def test_a_correction_after_the_key_has_ended_is_refused_with_its_days() -> None:
    known = [Version(day_of(date(2026, 3, 1)), day_of(date(2026, 4, 1)), (1,))]

    with pytest.raises(RuleError, match="2026-03-01至2026-04-01"):
        patch(known, {0: 2}, day_of(date(2026, 4, 1)))


def test_an_end_on_or_before_the_first_day_is_refused() -> None:
    with pytest.raises(RuleError, match="1970-01-11"):
        patch([Version(0, FAR_DAY, (1,))], {0: 2}, 10, 10)


def test_a_key_without_any_version_is_refused() -> None:
    with pytest.raises(RuleError, match="没有任何版本"):
        patch([], {0: 2}, 10)


def test_ending_a_key_keeps_what_stood_before() -> None:
    known = [Version(0, 20, (1,)), Version(20, 50, (2,)), Version(60, FAR_DAY, (3,))]

    change = end_key(known, 30)

    assert apply(known, change) == [Version(0, 20, (1,)), Version(20, 30, (2,))]
