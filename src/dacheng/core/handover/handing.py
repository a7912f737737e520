"""Handing over (移交): who gets the deals, targets and credit of somebody who moves or leaves, from a day on.

Before the day everything stays as it was: what was won, took effect or was due then counts for
the one who did it, in the unit he belonged to. From the day on each kind goes its own way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dacheng.core.errors import Text
from dacheng.core.money import split
from dacheng.core.months import CALENDAR_MONTHS, Months
from dacheng.core.tree import Tree

Way = Literal["person", "unit", "taker"]
WAYS: Mapping[Way, Text] = {
    "person": Text("随人走", "Go with the person"),
    "unit": Text("留在原组织", "Stay with the unit"),
    "taker": Text("交给指定的人", "Handed to somebody"),
}
KINDS = ("deals", "targets", "credit")
"""What is handed over, each its own way."""

OWN = 0
"""The person of a unit's own target."""

Cell = tuple[int, int, int, int]
"""Unit, person, measure and month of a target."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The company's rules about handing over, in force on the day.

    Args:
        month: how a target of the month in which the day lies is divided: by calendar days, or whole to one side.
        unit_targets: units' own targets change alike when a person's target goes to another unit.
    """

    month: Literal["days", "giver", "taker"] = "days"
    unit_targets: bool = True


USUAL = Terms()


@dataclass(frozen=True, slots=True)
class Handover:
    """A transfer or a leaving as it is done: ids throughout.

    Args:
        old: the home unit before the day; new: from the day on, the old one of a leaver.
        day: the first day of the new state; the day before still belongs to the giver.
        deals, targets, credit: who has each from the day on, the person himself where nothing is handed over.
        homes: home unit from the day on of the person and of everybody who takes over.
        months: the days of the company's months.
    """

    person: int
    old: int
    new: int
    day: int
    leaves: bool
    deals: int
    targets: int
    credit: int
    homes: Mapping[int, int]
    terms: Terms = USUAL
    months: Months = CALENDAR_MONTHS

    def takes(self, kind: str) -> int:
        """Return who has a kind from the day on."""
        return int(getattr(self, kind))

    def handed(self, kind: str) -> bool:
        """Tell whether a kind goes to somebody else."""
        return self.takes(kind) != self.person

    def place(self, kind: str) -> int:
        """Return the unit at which a kind counts from the day on."""
        return self.homes[self.takes(kind)]

    @property
    def takers(self) -> tuple[int, ...]:
        """Return who takes something over, each once."""
        return tuple(dict.fromkeys(self.takes(kind) for kind in KINDS if self.handed(kind)))

    def places(self) -> tuple[int, ...]:
        """Return the units that anything leaves or reaches, each once."""
        return tuple(dict.fromkeys((self.old, self.new, *(self.place(kind) for kind in KINDS))))


def kept_and_passed(amount: int, ym: int, plan: Handover) -> tuple[int, int]:
    """Divide the target of a month between giver and taker; the two add up to it.

    A month that ended before the day is all the giver's, one that begins on it or later all the taker's.

    >>> plan = Handover(1, 1, 2, 10, False, 1, 1, 1, {1: 2})        # 11 January 1970
    >>> kept_and_passed(31, 12 * 1970, plan)
    (10, 21)
    """
    first, end = plan.months.first_day_of(ym), plan.months.first_day_of(ym + 1)
    if plan.day >= end:
        return amount, 0
    if plan.day <= first or plan.terms.month == "taker":
        return 0, amount
    if plan.terms.month == "giver":
        return amount, 0
    kept, passed = split(amount, np.array([plan.day - first, end - plan.day])).tolist()
    return kept, passed


def passed_on(ym: int, plan: Handover) -> bool:
    """Tell whether the giver keeps nothing of a month."""
    first, end = plan.months.first_day_of(ym), plan.months.first_day_of(ym + 1)
    return plan.day <= first or (plan.day < end and plan.terms.month == "taker")


def target_changes(cells: Mapping[Cell, int], tree: Tree, plan: Handover) -> dict[Cell, int | None]:
    """Return the target cells that change from the day on, with what they become; None = no target.

    The person's targets at his old unit go to whoever takes them, at that one's home. Where this is
    another unit, own targets of units follow if the rule says so: less in those that only the old
    unit stands under, more in those that only the new one does, nothing where both meet.

    Args:
        cells: amounts that stand on the day; cells without an amount are left out.
        tree: the organisation of the day.
    """
    giver, taker = (plan.old, plan.person), (plan.place("targets"), plan.targets)
    if giver == taker:
        return {}
    giving, taking = _own_targets(tree, plan, taker[0])
    after: dict[Cell, int | None] = {}

    def add(cell: Cell, amount: int) -> None:
        after[cell] = (after.get(cell, cells.get(cell)) or 0) + amount

    for (unit, person, measure, ym), amount in sorted(cells.items()):
        kept, passed = kept_and_passed(amount, ym, plan)
        if (unit, person) != giver or (not passed and not passed_on(ym, plan)):
            continue
        after[unit, person, measure, ym] = None if passed_on(ym, plan) else kept
        add((*taker, measure, ym), passed)
        for units, sign in ((giving, -1), (taking, 1)):
            for own in ((one, OWN, measure, ym) for one in units):
                if own in cells:
                    add(own, sign * passed)
    return after


def below_zero(cells: Mapping[Cell, int], after: Mapping[Cell, int | None]) -> list[Cell]:
    """Return the units' own targets that would fall below zero though they were not."""
    return [cell for cell, amount in after.items() if cell[1] == OWN and (amount or 0) < 0 <= cells.get(cell, 0)]


def path_of(tree: Tree, unit: int) -> tuple[int, ...]:
    """Return a unit and those above it, the nearest first; nothing for a unit that does not stand."""
    return (unit, *tree.ancestors(unit)) if unit in tree else ()


def nodes_of(tree: Tree, units: Iterable[int]) -> list[int]:
    """Return units and all above them, in tree order."""
    found = {one for unit in units for one in path_of(tree, unit)}
    return sorted(found, key=tree.position_of)


def first_month(plan: Handover) -> int:
    """Return the first month whose targets may change."""
    return plan.months.ym_of(plan.day)


def _own_targets(tree: Tree, plan: Handover, reached: int) -> tuple[Sequence[int], Sequence[int]]:
    """Return the units whose own targets give, and those whose own targets take."""
    if not plan.terms.unit_targets:
        return (), ()
    left, entered = path_of(tree, plan.old), path_of(tree, reached)
    both = set(left) & set(entered)
    return [one for one in left if one not in both], [one for one in entered if one not in both]
