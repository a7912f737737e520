"""A plan by the organisation of a day: no amount is lost, every sum holds, and what has no place is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import PERSON, RESERVE, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.standing import ABSENT, BEYOND, GONE, HERE, KEPT_BACK, Organisation, standing
from dacheng.core.tree import UNKNOWN, Tree
from tests.core.plans.sheets import sheet

DRAWN = [0, 1, 1, 2, 2, 3]
"""Company 1 over units 2 and 3; people 4 and 5 in unit 2, person 6 in unit 3."""
PEOPLE = {4: PERSON, 5: PERSON, 6: PERSON}
COMPANY = Tree.of([1, 2, 3, 9], [0, 1, 1, 1])


def plan(amounts: dict[int, int]) -> Sheet:
    one = sheet(DRAWN, months=1, kinds=PEOPLE, cells={(row, 0): {"amount": value} for row, value in amounts.items()})
    numbers = one.tree.unit_ids
    units = {1: 1, 2: 2, 3: 3, 4: 2, 5: 2, 6: 3}
    unit = np.array([units[row] for row in numbers.tolist()])
    return replace(one, unit_id=unit, person_id=np.where(one.kind == PERSON, numbers, 0))


def years(found):
    """Return (kind, unit, person) -> (year, how it stands)."""
    one = found.sheet
    return {
        (int(one.kind[at]), int(one.unit_id[at]), int(one.person_id[at])): (int(one.year[at]), int(found.how[at]))
        for at in range(found.first, len(one))
    }


SUMS = {1: 60, 2: 30, 3: 30, 4: 10, 5: 20, 6: 30}


def test_a_leaver_keeps_the_last_unit_and_is_marked():
    found = years(standing(plan(SUMS), Organisation(COMPANY, {4: 2, 5: 2, 6: 3}, left=frozenset({4}))))

    assert found[PERSON, 2, 4] == (10, GONE)
    assert found[UNIT, 2, 0] == (30, HERE)


def test_what_was_not_handed_down_stays_with_its_unit_as_a_row_of_its_own():
    found = years(standing(plan(SUMS | {2: 36, 1: 66}), Organisation(COMPANY, {4: 2, 5: 3, 6: 3})))

    assert found[RESERVE, 2, 0] == (6, KEPT_BACK)
    assert found[UNIT, 2, 0] == (16, HERE)
    assert found[UNIT, 3, 0] == (50, HERE)


def test_somebody_without_a_home_on_the_day_stays_as_drawn_and_is_told():
    found = years(standing(plan(SUMS), Organisation(COMPANY, {4: 2, 5: 2})))

    assert found[PERSON, 3, 6] == (30, ABSENT)


def test_whoever_leaves_what_a_viewer_sees_stands_on_top_without_saying_where():
    found = standing(plan(SUMS), Organisation(COMPANY, {4: 2, 6: 3}, within=frozenset({1, 2, 3})))

    assert years(found)[PERSON, 2, 5] == (20, BEYOND)
    assert int(found.sheet.year[found.sheet.tree.depth == 1].sum()) == 60


@given(
    st.lists(st.integers(-(10**9), 10**9), min_size=6, max_size=6),
    st.lists(st.sampled_from([1, 2, 3, 9, None]), min_size=3, max_size=3),
    st.sampled_from([(1, 1), (1, 2), (3, 1), (0, 1), (1, 0)]),
)
def test_no_amount_is_lost_and_every_sum_holds_wherever_people_and_units_go(values, homes, above):
    """Amounts need not add up as drawn: what is over or short stays with the unit it was at."""
    two, three = above
    tree = Tree.of([1, 2, 3, 9], [0, two, three, 1]) if 0 not in above else Tree.of([1, 2, 9], [0, 1, 1])
    if 0 in above:
        homes = [None if one == 3 else one for one in homes]
    drawn = plan(dict(zip(range(1, 7), values, strict=True)))
    where = {person: home for person, home in zip((4, 5, 6), homes, strict=True) if home is not None}

    found = standing(drawn, Organisation(tree, where))

    tops = found.sheet.tree.depth == found.first
    assert int(found.sheet.year[tops].sum()) == values[0]
    assert sums_of(found.sheet).broken == 0
    people = found.at_drawn != UNKNOWN
    same = found.sheet.kind == PERSON
    assert np.array_equal(found.sheet.year[people & same], drawn.year[found.at_drawn[people & same]])
    assert sorted(found.at_drawn[people].tolist()) == list(range(len(drawn)))
