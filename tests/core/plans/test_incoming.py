"""Foreign targets in a plan: no money counts twice, both figures are kept, every sum holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.plans.incoming import Part, brought, spread
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import BUFFER, PERSON, RESERVE
from dacheng.core.targets.feasibility import Stated
from tests.core.plans.sheets import JANUARY, sheet

TREE = [0, 1, 2, 2, 1]
"""1 company ─ 2 department ─ 3, 4 people; 5 another department."""
KINDS = {3: PERSON, 4: PERSON}


def said(rows: dict[int, list[int | None]], count: int = 5, months: int = 2) -> Stated:
    found = Stated(np.zeros((count, months), dtype=np.int64), np.zeros((count, months), dtype=np.bool_))
    for row, amounts in rows.items():
        for month, amount in enumerate(amounts):
            if amount is not None:
                found.value[row - 1, month], found.known[row - 1, month] = amount, True
    return found


def test_a_department_that_equals_its_people_counts_once():
    found = brought(sheet(TREE, months=2, kinds=KINDS), said({2: [10, 20], 3: [4, 8], 4: [6, 12]}))

    assert found.sheet.amount[:, 0].tolist() == [10, 10, 4, 6, 0]
    assert found.kept_back == {} and found.once == 30
    assert [(one.own, one.under, one.apart) for one in found.doubles] == [(30, 30, ())]


def test_what_a_department_has_beyond_its_people_is_kept_back_and_what_it_lacks_is_a_buffer():
    found = brought(sheet(TREE, months=2, kinds=KINDS), said({2: [10, 20], 3: [4, 8], 4: [5, 15]}))

    assert found.sheet.amount[1].tolist() == [10, 20]
    assert found.kept_back[1].tolist() == [1, -3]
    assert found.doubles[0].apart == (0, 1)


def test_the_people_can_be_what_counts():
    found = brought(sheet(TREE, months=2, kinds=KINDS), said({2: [10, 20], 3: [4, 8], 4: [5, 15]}), take="below")

    assert found.sheet.amount[:, 1].tolist() == [23, 23, 8, 15, 0]
    assert found.kept_back == {}


def test_a_department_without_people_in_the_file_has_all_of_it_unassigned():
    found = brought(sheet(TREE, months=2, kinds=KINDS), said({2: [10, None]}))

    assert found.kept_back[1].tolist() == [10, 0]
    assert not found.sheet.cells.amount.known[2].any()


def test_what_somebody_changed_since_the_last_time_is_kept_and_what_both_changed_is_a_conflict():
    cells = {
        (3, 0): {"amount": 5, "automatic": 4},
        (4, 0): {"amount": 6, "automatic": 6},
        (2, 0): {"amount": 11},
        (1, 0): {"amount": 11},
    }
    before = sheet(TREE, months=2, kinds=KINDS, cells=cells)

    again = brought(before, said({3: [4, None], 4: [6, None]}))
    both = brought(before, said({3: [7, None]}))
    chosen = brought(before, said({3: [7, None]}), preferred={(3, JANUARY)})

    assert [one.outcome for one in again.cells] == ["theirs"] and again.sheet.amount[2, 0] == 5
    assert [one.outcome for one in both.cells] == ["conflict"] and both.sheet.amount[2, 0] == 5
    assert chosen.sheet.amount[:, 0].tolist() == [13, 13, 7, 6, 0]


def test_a_difference_goes_to_the_rows_that_are_there_for_it():
    kinds = {**KINDS, 6: RESERVE, 7: BUFFER}
    before = sheet([*TREE, 2, 2], months=2, kinds=kinds)

    found = brought(before, said({2: [10, 20], 3: [4, 8], 4: [5, 15]}, count=7))

    amount = {int(one): found.sheet.amount[at].tolist() for at, one in enumerate(found.sheet.tree.unit_ids)}
    assert (amount[6], amount[7]) == ([1, 0], [0, -3]) and found.kept_back == {}
    assert sums_of(found.sheet).broken == 0


def test_months_that_stand_and_pinned_cells_do_not_move_and_are_said():
    cells = {(4, 1): {"pinned": 1, "amount": 9, "automatic": 9}}
    before = sheet(TREE, months=2, frozen=1, kinds=KINDS, cells=cells)

    found = brought(before, said({3: [1, 2], 4: [3, 4]}))

    assert sorted(found.still) == [(3, JANUARY), (4, JANUARY), (4, JANUARY + 1)]
    assert found.sheet.amount[:, 0].tolist() == [0, 0, 0, 0, 0]


def test_a_figure_beyond_a_cap_is_refused():
    before = sheet(TREE, months=2, kinds=KINDS, cells={(3, 0): {"cap": 5}})

    with pytest.raises(RuleError, match="上限"):
        brought(before, said({3: [6, None]}))


amounts = st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**12)), min_size=2, max_size=2)


@given(st.dictionaries(st.integers(1, 5), amounts), st.sampled_from(["own", "below"]))
def test_every_sum_holds_with_what_is_kept_back_and_no_line_is_lost(rows, take):
    lines = said(rows)
    found = brought(sheet(TREE, months=2, kinds=KINDS), lines, take=take)

    sums = sums_of(found.sheet)
    for place, row in enumerate(sums.parents.tolist()):
        assert (sums.difference[place] == found.kept_back.get(row, 0)).all()
    if take == "own":
        assert (found.sheet.amount[lines.known] == lines.value[lines.known]).all()


@given(st.integers(-(10**12), 10**12), st.integers(1, 24), st.lists(st.integers(0, 9), min_size=12, max_size=12))
def test_a_part_is_spread_exactly(total, months, season):
    assert sum(spread([Part(JANUARY, months, total)], season).values()) == total
