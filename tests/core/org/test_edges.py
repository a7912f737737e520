"""Parent edges through time: one tree on every day, a home for everybody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.errors import RuleError
from dacheng.core.facts import Version
from dacheng.core.org.edges import Fault, first_fault, homeless
from dacheng.core.period import FAR_DAY
from dacheng.core.tree import Tree

UNITS = 5


def edges(**parents: list[tuple[int, int]]) -> dict[int, list[Version]]:
    """Return versions from (day, parent) steps of units named u1, u2, …"""
    found = {}
    for name, steps in parents.items():
        ends = [day for day, _ in steps[1:]] + [FAR_DAY]
        found[int(name[1:])] = [Version(day, to, (parent,)) for (day, parent), to in zip(steps, ends, strict=True)]
    return found


def is_a_tree(parents: dict[int, int]) -> bool:
    try:
        Tree.of(list(parents), list(parents.values()))
    except RuleError:
        return False
    return True


@given(st.lists(st.integers(0, UNITS + 1), min_size=1, max_size=UNITS))
def test_a_fault_is_found_exactly_where_there_is_no_tree(parents):
    units = {unit: [Version(0, FAR_DAY, (parent,))] for unit, parent in enumerate(parents, 1)}

    assert (first_fault(units, 0, 0) is None) == is_a_tree(dict(enumerate(parents, 1)))


def test_a_circle_is_named_unit_by_unit_from_the_day_it_closes():
    units = edges(u1=[(0, 0)], u2=[(0, 1), (30, 3)], u3=[(0, 1), (20, 2)])

    fault = first_fault(units, 0, 0)

    assert fault is not None and (fault.kind, fault.day) == ("circle", 30)
    assert fault.units[0] == fault.units[-1] and set(fault.units) == {2, 3}


def test_days_before_the_change_are_not_looked_at():
    units = edges(u1=[(0, 0)], u2=[(0, 0), (10, 1)])

    assert first_fault(units, 0, 0) == Fault("tops", 0, (1, 2))
    assert first_fault(units, 0, 10) is None


def test_a_parent_that_begins_later_leaves_its_units_without_one():
    units = edges(u1=[(0, 0)], u2=[(20, 1)], u3=[(10, 2)])

    assert first_fault(units, 0, 0) == Fault("orphans", 10, (3,))


def test_a_home_must_cover_every_day_from_the_first_to_forever():
    people = {1: 10, 2: 10, 3: 10, 4: 10, 5: 10}
    homes = {
        1: [Version(10, 20, (7,)), Version(20, FAR_DAY, (8,))],
        2: [Version(11, FAR_DAY, (7,))],
        3: [Version(10, 20, (7,)), Version(21, FAR_DAY, (8,))],
        4: [Version(0, 500, (7,))],
    }

    assert homeless(people, homes) == (2, 3, 4, 5)
