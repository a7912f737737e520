"""What comes from below: nothing said is not zero, and a sum is told once it is whole."""

from __future__ import annotations

from dacheng.core.plans.bottom_up import answered, from_below
from dacheng.core.plans.schema import PERSON, VACANCY
from tests.core.plans.sheets import sheet

TEAM = {"months": 1, "kinds": {2: PERSON, 3: PERSON, 4: VACANCY}}
PLANNED = {(4, 0): {"amount": 30}}


def test_a_unit_counts_as_what_all_below_it_submitted_and_a_vacancy_as_it_is_planned():
    found = sheet([0, 1, 1, 1], **TEAM, terms={2: {"submitted": 100}, 3: {"submitted": 0}}, cells=PLANNED)

    years = from_below(found)[1]

    assert (years.known[0], years.value[0]) == (True, 130)
    assert answered(found) == (2, 2)


def test_while_somebody_has_not_said_anything_nothing_is_known_of_the_unit():
    found = sheet([0, 1, 1, 1], **TEAM, terms={2: {"submitted": 100}}, cells=PLANNED)

    years = from_below(found)[1]

    assert years.known.tolist() == [False, True, False, True]
    assert answered(found) == (1, 2)


def test_what_a_unit_submitted_itself_goes_before_what_is_below_it():
    found = sheet([0, 1, 1, 1], **TEAM, terms={1: {"submitted": 90}, 2: {"submitted": 100}, 3: {"submitted": 5}})

    assert from_below(found)[1].value[0] == 90


def test_a_year_that_was_not_submitted_is_the_sum_of_months_that_all_were():
    found = sheet([0], months=2, cells={(1, 0): {"submitted": 4}, (1, 1): {"submitted": 5}})
    part = sheet([0], months=2, cells={(1, 0): {"submitted": 4}})

    assert from_below(found)[1].value[0] == 9
    assert not from_below(part)[1].known[0]
