"""Two versions of a plan: the same rows and months beside each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.plans.comparing import ABSENT, compared
from dacheng.core.plans.schema import PERSON, VACANCY
from dacheng.core.plans.sheet import Sheet
from tests.core.plans.sheets import JANUARY, sheet

TEAM = [0, 1, 1]


def whose(one: Sheet, units: list[int], people: list[int]) -> Sheet:
    return replace(one, unit_id=np.array(units), person_id=np.array(people))


def test_a_row_is_found_again_by_whose_it_is_wherever_it_stands():
    people = {2: PERSON, 3: PERSON}
    before = whose(sheet(TEAM, months=1, kinds=people, cells={(2, 0): {"amount": 5}}), [1] * 3, [0, 7, 8])
    after = whose(sheet(TEAM, months=1, kinds=people, cells={(3, 0): {"amount": 9}}), [1] * 3, [0, 8, 7])

    found = compared(before, after)

    assert found.at_before.tolist() == [0, 2, 1]
    assert found.difference[:, 0].tolist() == [0, 0, 4]


def test_who_joins_or_leaves_is_in_one_version_only():
    before = whose(sheet([0, 1], months=1, kinds={2: PERSON}, cells={(2, 0): {"amount": 5}}), [1, 1], [0, 7])
    after = whose(sheet([0, 1], months=1, kinds={2: PERSON}, cells={(2, 0): {"amount": 3}}), [1, 1], [0, 8])

    found = compared(before, after)

    assert found.at_before.tolist() == [0, ABSENT, 1]
    assert found.at_after.tolist() == [0, 1, ABSENT]
    assert found.difference[:, 0].tolist() == [0, 3, -5]
    assert found.touched.tolist() == [2, 1, 1]


def test_vacancies_that_are_alike_follow_one_another():
    before = sheet(TEAM, months=1, kinds={2: VACANCY, 3: VACANCY}, cells={(2, 0): {"amount": 1}, (3, 0): {"amount": 2}})
    after = sheet(TEAM, months=1, kinds={2: VACANCY, 3: VACANCY}, cells={(2, 0): {"amount": 1}, (3, 0): {"amount": 5}})

    assert compared(before, after).difference[:, 0].tolist() == [0, 0, 3]


def test_months_are_compared_by_their_own_name():
    before = sheet([0], months=2, cells={(1, 0): {"amount": 3}, (1, 1): {"amount": 4}})
    moved = sheet([0], months=2, cells={(1, 0): {"amount": 4}, (1, 1): {"amount": 1}})
    after = replace(moved, plan=replace(moved.plan, from_ym=JANUARY + 1, until_ym=JANUARY + 3))

    assert compared(before, after).difference.tolist() == [[0, 1]]


amounts = st.lists(st.integers(-(10**9), 10**9), min_size=8, max_size=8)


@given(amounts, amounts)
def test_the_difference_of_a_row_is_what_those_below_it_differ(was, now):
    def two_people(values: list[int]) -> Sheet:
        cells = {(row, month): {"amount": values[(row - 2) * 4 + month]} for row in (2, 3) for month in range(4)}
        cells |= {(1, month): {"amount": values[month] + values[4 + month]} for month in range(4)}
        return sheet(TEAM, months=4, kinds={2: PERSON, 3: PERSON}, cells=cells)

    found = compared(two_people(was), two_people(now)).difference

    assert (found[0] == found[1] + found[2]).all()
