"""Targets that are handed over from a day on: nothing is lost, and what is over stays where it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.book import Rows
from dacheng.core.handover.handing import Handover, Terms, below_zero, kept_and_passed, target_changes
from dacheng.core.period import Period, day_of, ym_at
from dacheng.core.targets.cascading import Grid, planned
from dacheng.core.tree import Tree

HQ, EAST, SHANGHAI, SOUTH = 1, 2, 3, 4
TREE = Tree.of([HQ, EAST, SHANGHAI, SOUTH], [0, HQ, EAST, HQ])
LI, WANG, ZHAO = 11, 12, 13
MEASURE = 1
YEAR = [ym_at(2026, month) for month in range(1, 13)]


def handover(day: date, targets: int = LI, **more) -> Handover:
    homes = {LI: SOUTH, WANG: SHANGHAI, ZHAO: SOUTH}
    return Handover(LI, SHANGHAI, SOUTH, day_of(day), False, LI, targets, LI, homes, **more)


def after(cells, plan):
    changed = {**cells, **target_changes(cells, TREE, plan)}
    return {cell: amount for cell, amount in changed.items() if amount is not None}


def sums(cells) -> dict[int, int]:
    """Return the target of every unit over the year."""
    names = ("unit_id", "person_id", "measure_id", "ym", "amount")
    rows = Rows.of(names, [(*cell, amount) for cell, amount in cells.items()])
    grid = Grid(np.array([MEASURE]), Period(YEAR[0], YEAR[-1] + 1))
    total = planned(TREE, grid, rows).target.value.sum(axis=1)
    return dict(zip(TREE.unit_ids.tolist(), total.tolist(), strict=True))


def test_a_territory_of_six_million_handed_over_at_half_year_leaves_its_giver_what_was_due_until_30_june():
    quarters = (1_080_000_00, 1_440_000_00, 1_380_000_00, 2_100_000_00)  # G46: 18/24/23/35 of 6.0m
    cells = {(SHANGHAI, LI, MEASURE, ym): quarters[at // 3] // 3 for at, ym in enumerate(YEAR)}

    found = after(cells, handover(date(2026, 7, 1), targets=WANG))

    kept = sum(amount for (_, person, *_), amount in found.items() if person == LI)
    passed = sum(amount for (_, person, *_), amount in found.items() if person == WANG)
    assert (kept, passed) == (2_520_000_00, 3_480_000_00)


def test_a_month_handed_over_midway_is_divided_by_its_days_and_the_day_itself_is_the_takers():
    plan = handover(date(2026, 4, 11))
    april = ym_at(2026, 4)

    assert kept_and_passed(30_00, april, plan) == (10_00, 20_00)
    assert kept_and_passed(30_00, april - 1, plan) == (30_00, 0)
    assert kept_and_passed(30_00, april + 1, plan) == (0, 30_00)
    assert kept_and_passed(30_00, april, replace(plan, terms=Terms(month="giver"))) == (30_00, 0)
    assert kept_and_passed(30_00, april, replace(plan, terms=Terms(month="taker"))) == (0, 30_00)


def test_own_targets_of_units_follow_up_to_where_both_sides_meet():
    july = ym_at(2026, 7)
    own = {(HQ, 0, MEASURE, july): 900, (EAST, 0, MEASURE, july): 500, (SOUTH, 0, MEASURE, july): 400}
    cells = {**own, (SHANGHAI, LI, MEASURE, july): 120}

    found = after(cells, handover(date(2026, 7, 1)))

    assert found == {
        (HQ, 0, MEASURE, july): 900,
        (EAST, 0, MEASURE, july): 380,
        (SOUTH, 0, MEASURE, july): 520,
        (SOUTH, LI, MEASURE, july): 120,
    }


def test_own_targets_stay_where_the_rule_says_so():
    july = ym_at(2026, 7)
    cells = {(EAST, 0, MEASURE, july): 500, (SHANGHAI, LI, MEASURE, july): 120}

    found = after(cells, handover(date(2026, 7, 1), terms=Terms(unit_targets=False)))

    assert found == {(EAST, 0, MEASURE, july): 500, (SOUTH, LI, MEASURE, july): 120}


def test_an_own_target_smaller_than_what_leaves_it_is_told():
    july = ym_at(2026, 7)
    cells = {(EAST, 0, MEASURE, july): 100, (SHANGHAI, LI, MEASURE, july): 120}

    changed = target_changes(cells, TREE, handover(date(2026, 7, 1)))

    assert below_zero(cells, changed) == [(EAST, 0, MEASURE, july)]


def test_a_target_of_zero_moves_as_well():
    july = ym_at(2026, 7)

    found = after({(SHANGHAI, LI, MEASURE, july): 0}, handover(date(2026, 7, 1)))

    assert found == {(SOUTH, LI, MEASURE, july): 0}


persons = st.sampled_from([LI, WANG, ZHAO])
grids = st.dictionaries(
    st.tuples(st.sampled_from([SHANGHAI, SOUTH, EAST]), persons, st.just(MEASURE), st.sampled_from(YEAR)),
    st.integers(0, 10**9),
    max_size=10,
)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
terms = st.builds(Terms, st.sampled_from(["days", "giver", "taker"]), st.booleans())


@given(grids, days, persons, terms)
def test_the_company_keeps_its_target_and_so_does_every_unit_that_both_sides_stand_under(cells, day, taker, how):
    found = after(cells, handover(day, taker, terms=how))

    assert sums(found)[HQ] == sums(cells)[HQ]
    if taker == WANG:  # stays in the same unit
        assert sums(found) == sums(cells)


@given(grids, days, persons, terms)
def test_months_that_ended_before_the_day_never_change(cells, day, taker, how):
    plan = handover(day, taker, terms=how)

    changed = target_changes(cells, TREE, plan)

    assert [ym for *_, ym in changed if ym < ym_at(day.year, day.month)] == []


@given(grids, days, persons)
def test_own_targets_that_were_broken_down_exactly_are_so_afterwards(cells, day, taker):
    whole = {(unit, 0, MEASURE, ym): 0 for unit in (EAST, SOUTH) for ym in YEAR}
    for (unit, _person, _measure, ym), amount in cells.items():
        whole[SOUTH if unit == SOUTH else EAST, 0, MEASURE, ym] += amount

    found = after({**cells, **whole}, handover(day, taker))

    people = {cell: amount for cell, amount in found.items() if cell[1]}
    assert {unit: sums(found)[unit] for unit in (EAST, SOUTH)} == {unit: sums(people)[unit] for unit in (EAST, SOUTH)}
