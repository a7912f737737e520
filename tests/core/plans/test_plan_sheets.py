"""Plans broken down and edited: every sum of every month true, what stands stays, each refusal names its cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.plans.breaking_down import broken_down
from dacheng.core.plans.editing import WHOLE_YEAR, Edit, changes, edited, moved
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import BUFFER, PERSON, RESERVE
from dacheng.core.plans.sheet import Sheet
from tests.core.plans.sheets import sheet

REGION = (0, 1, 1, 2, 2, 3, 3)
"""A region of two offices of two people each."""


@st.composite
def trees(draw: st.DrawFn, most: int = 14) -> list[int]:
    """Return the parents of a tree of at least two rows."""
    count = draw(st.integers(2, most))
    return [0, *(draw(st.integers(1, row - 1)) for row in range(2, count + 1))]


@st.composite
def plans(draw: st.DrawFn) -> tuple[Sheet, int, list[int]]:
    """Return a sheet with weights and rows that begin later, a total, and the weights of the months."""
    parents = draw(trees())
    months = draw(st.sampled_from([1, 3, 12]))
    terms = {row: {"weight": draw(st.integers(1, 9))} for row in range(1, len(parents) + 1)}
    inner = set(parents)
    leaves = [row for row in range(2, len(parents) + 1) if row not in inner]
    # A row that begins later must have a sibling that is there before.
    later = [
        row
        for row in leaves
        if any(one not in inner and one < row and parents[one - 1] == parents[row - 1] for one in leaves)
    ]
    starts = {row: draw(st.integers(0, months - 1)) for row in later[:2]}
    season = draw(st.lists(st.integers(1, 20), min_size=months, max_size=months))
    return sheet(parents, months=months, terms=terms, starts=starts), draw(st.integers(0, 10**9)), season


@settings(max_examples=25)
@given(plans())
def test_every_sum_of_every_month_holds_and_a_row_has_nothing_before_it_begins(plan):
    one, total, season = plan

    try:
        found = broken_down(one, total, season)
    except RuleError:
        assert not np.all(one.present)  # only a row that is not there yet can leave nobody to take a month
        return

    assert sums_of(found).broken == 0
    assert found.year[0] == total
    assert not np.any(found.amount[~found.present])


@settings(max_examples=30)
@given(plans(), st.data())
def test_after_any_edits_every_sum_holds_and_what_was_set_stands(plan, data):
    one, total, season = plan
    if not np.all(one.present):
        return
    found = broken_down(one, total, season)
    cells = st.tuples(st.integers(0, len(one) - 1), st.integers(0, one.plan.months - 1))
    chosen = data.draw(st.lists(cells, min_size=1, max_size=4, unique=True))
    wanted = [Edit(row, month, data.draw(st.integers(0, 10**8))) for row, month in chosen]

    try:
        after = edited(found, wanted)
    except RuleError:
        assert len(wanted) > 1  # only edits of one family can contradict each other
        return

    assert sums_of(after).broken == 0
    assert all(after.amount[one.position, one.month] == one.amount for one in wanted)


@settings(max_examples=25)
@given(plans(), st.data())
def test_pinned_cells_stay_and_a_pinned_year_keeps_its_sum(plan, data):
    one, total, season = plan
    if not np.all(one.present) or len(one) < 3:
        return
    found = broken_down(one, total, season)
    held = data.draw(st.integers(1, len(one) - 1))
    found.years.pinned[held] = True
    leaf = data.draw(st.sampled_from([at for at in range(len(one)) if found.tree.ends[at] == at + 1]))

    try:
        after = edited(found, [Edit(leaf, 0, data.draw(st.integers(0, 10**6)))])
    except RuleError:
        return

    assert sums_of(after).broken == 0
    assert after.year[held] == found.year[held]


def test_g10_g11_a_region_is_broken_down_to_people_and_months():
    found = broken_down(sheet(REGION), 1000_00, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])

    assert found.year.tolist() == [1000_00, 500_00, 250_00, 250_00, 500_00, 250_00, 250_00]
    assert found.amount[0].tolist()[:3] == [1282, 2564, 3846]
    assert sums_of(found).broken == 0


def test_g12_a_buffer_is_a_row_below_zero_and_the_others_are_asked_for_more():
    one = sheet((0, 1, 1, 1), kinds={4: BUFFER}, terms={1: {"buffer_bp": 500}})

    found = broken_down(one, 100_00, [1, 1, 1, 1] * 3)

    assert found.year.tolist() == [100_00, 52_50, 52_50, -5_00]
    assert sums_of(found).broken == 0


def test_what_is_not_assigned_stays_where_it_was_pinned():
    cells = {(4, month): {"amount": 10_00} for month in range(12)}
    one = sheet((0, 1, 1, 1), kinds={4: RESERVE}, terms={4: {"pinned": 1}}, cells=cells)

    found = broken_down(one, 600_00, [1] * 12)

    assert found.year.tolist() == [600_00, 240_00, 240_00, 120_00]


def test_months_that_stand_are_not_touched_and_the_rest_takes_the_difference():
    """G45: a year that is raised in mid-year keeps its first six months."""
    first = broken_down(sheet((0, 1, 1)), 1200_00, [1] * 12)
    cells = {(row + 1, month): {"amount": int(first.amount[row, month])} for row in range(3) for month in range(12)}
    later = sheet((0, 1, 1), frozen=6, cells=cells)

    found = broken_down(later, 1800_00, [1] * 12)

    assert found.amount[0].tolist() == [100_00] * 6 + [200_00] * 6
    assert sums_of(found).broken == 0


def test_an_edit_goes_up_to_the_first_row_that_stands_and_its_other_children_take_the_rest():
    found = broken_down(sheet(REGION), 1200_00, [1] * 12)
    found.cells.pinned[0] = True

    after = edited(found, [Edit(2, 0, 35_00)])

    told = {(one.position, one.before, one.after) for one in changes(found, after)}
    assert told == {(2, 25_00, 35_00), (1, 50_00, 60_00), (4, 50_00, 40_00), (5, 25_00, 20_00), (6, 25_00, 20_00)}


def test_siblings_of_pinned_years_swap_months_with_the_edited_row():
    """The picture of the grid: the office's December is pinned and both people keep their years."""
    found = broken_down(sheet((0, 1, 1), months=3, kinds={2: PERSON, 3: PERSON}), 600_00, [1, 1, 1])
    found.years.pinned[1:] = True
    found.cells.pinned[0, 2] = True

    after = edited(found, [Edit(1, 1, 112_00), Edit(1, 2, 88_00)])

    assert after.amount.tolist() == [
        [200_00, 200_00, 200_00],
        [100_00, 112_00, 88_00],
        [100_00, 88_00, 112_00],
    ]


def test_a_family_in_which_everything_stands_is_refused_and_named():
    found = broken_down(sheet((0, 1, 1)), 240_00, [1] * 12)
    found.cells.pinned[:] = True

    with pytest.raises(RuleError, match=r"“第 1 份 2027-01”共 20\.00，固定值合计 21\.00，超出 1\.00：第 2 份、第 3 份"):
        edited(found, [Edit(1, 0, 11_00)])


def test_an_amount_outside_its_bounds_is_refused_with_the_bound():
    found = broken_down(sheet((0, 1, 1)), 240_00, [1] * 12)
    found.cells.cap.value[1, 0], found.cells.cap.known[1, 0] = 12_00, True

    with pytest.raises(RuleError, match=r"上限是 12\.00，填的是 13\.00"):
        edited(found, [Edit(1, 0, 13_00)])


def test_siblings_take_a_difference_only_within_their_bounds():
    found = broken_down(sheet((0, 1, 1, 1)), 360_00, [1] * 12)
    found.cells.floor.value[2, 0], found.cells.floor.known[2, 0] = 9_00, True
    found.cells.pinned[0] = True

    after = edited(found, [Edit(1, 0, 15_00)])

    assert after.amount[:, 0].tolist() == [30_00, 15_00, 9_00, 6_00]


def test_a_year_is_broken_back_over_the_months_that_may_move():
    found = broken_down(sheet((0, 1, 1)), 240_00, [1] * 12)
    found.cells.pinned[1, 0] = True

    after = edited(found, [Edit(1, WHOLE_YEAR, 230_00)])

    assert after.amount[1].tolist() == [10_00, *[20_00] * 11]


def test_nothing_is_taken_that_is_not_there():
    found = broken_down(sheet((0, 1, 1)), 240_00, [1] * 12)

    with pytest.raises(RuleError, match=r"只剩 120\.00，要调出 130\.00，差 10\.00"):
        moved(found, 1, 2, WHOLE_YEAR, 130_00)

    after = moved(found, 1, 2, WHOLE_YEAR, 20_00)
    assert after.year.tolist() == [240_00, 100_00, 140_00]
