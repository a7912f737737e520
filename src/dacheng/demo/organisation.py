"""Units and people of the invented company, and what changed in its organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dacheng.core.access import ROLE_NUMBER
from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.org.schema import FULL_TIME
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.demo.framing import framed
from dacheng.demo.vocabulary import MAIL_DOMAIN

TOP = 1
"""The id of the company itself among its units."""

QUOTAS, RAMPING = (115, 90, 105, 80, 100), 60
"""How much a rep carries, in percent of a full quota: by seniority; a joiner is still learning."""

HANDOVER_DAYS = 10
"""A leaver's open deals are given away this long before the last day."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The tree of units; the id of a unit is its position + 1. Arrays have shape (n,) unless said.

    Args:
        parent: first parent's id, 0 for the top.
        founded: first day (FIRST_DAY: always); closed: day of closing (FAR_DAY: never).
        moved, moved_under: day from which the unit has another parent (FAR_DAY: never), and which.
        selling: shape (s,), ids of the units where reps are at home, ascending.
        told: shape (years, n + 1), by id: the attainment that is told of a selling unit, this year first.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    parent: IntArray
    founded: IntArray
    moved: IntArray
    moved_under: IntArray
    closed: IntArray
    selling: IntArray
    told: FloatArray

    def __len__(self) -> int:
        return len(self.codes)

    def parent_on(self, day: int) -> IntArray:
        """Return every unit's parent on a day, that of units to come too."""
        return np.where(self.moved <= day, self.moved_under, self.parent)

    def change_days(self) -> IntArray:
        """Return the days on which a unit was founded, moved or closed, ascending."""
        days = np.unique(np.concatenate([self.founded, self.moved, self.closed]))
        return days[(days > FIRST_DAY) & (days < FAR_DAY)]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Everybody; the id of a person is the position + 1. Arrays have shape (n,).

    Args:
        role, over: the role and the unit it is held over; a rep's is the home unit.
        home, moved, home_after: home unit until the day ``moved``, and from then on.
        joined, left: first day with us (FIRST_DAY: always), first day gone (FAR_DAY: never).
        capacity: share of a full quota in percent; 0 = does not sell.
        deputy: a rep of the same unit who was there all the time; reps only, else 0.
    """

    names: tuple[str, ...]
    role: IntArray
    over: IntArray
    home: IntArray
    moved: IntArray
    home_after: IntArray
    joined: IntArray
    left: IntArray
    capacity: IntArray
    deputy: IntArray

    def __len__(self) -> int:
        return len(self.names)

    @property
    def reps(self) -> IntArray:
        """Return the ids of those who sell."""
        return np.flatnonzero(self.capacity > 0) + 1

    def home_on(self, person: IntArray, day: IntArray | int) -> IntArray:
        """Return the home unit of each person on each day."""
        return np.where(day < self.moved[person - 1], self.home[person - 1], self.home_after[person - 1])

    def sells_on(self, day: int) -> BoolArray:
        """Tell who carries a quota on a day."""
        return (self.capacity > 0) & (self.joined <= day) & (day < self.left)


@dataclass(frozen=True, slots=True, eq=False)
class Hire:
    """One person as the builders of a company name him; days and units as in ``People``."""

    name: str
    role: str
    unit: int
    joined: int = FIRST_DAY
    left: int = FAR_DAY
    moved: int = FAR_DAY
    moved_to: int = 0

    @property
    def stays(self) -> bool:
        """Tell whether the person never joined, moved or left in the window."""
        return self.joined == FIRST_DAY and self.moved == FAR_DAY and self.left == FAR_DAY


def people_of(hires: Sequence[Hire], learning_from: int) -> People:
    """Return the people as columns; every rep gets a deputy who stays.

    Args:
        learning_from: who joined after this day is still learning.
    """
    selling = [hire.role == "rep" for hire in hires]
    columns = [
        (ROLE_NUMBER[hire.role], hire.unit, hire.moved, hire.moved_to or hire.unit, hire.joined, hire.left)
        for hire in hires
    ]
    role, home, moved, home_after, joined, left = np.array(columns, dtype=np.int64).T
    quota = np.where(joined > learning_from, RAMPING, np.array(QUOTAS)[np.arange(len(hires)) % len(QUOTAS)])
    return People(
        names=tuple(hire.name for hire in hires),
        role=role,
        over=home,
        home=home,
        moved=moved,
        home_after=home_after,
        joined=joined,
        left=left,
        capacity=np.where(selling, quota, 0),
        deputy=_deputies(hires),
    )


def _deputies(hires: Sequence[Hire]) -> IntArray:
    staying: dict[int, list[int]] = {}
    for person, hire in enumerate(hires, 1):
        if hire.role == "rep" and hire.stays:
            staying.setdefault(hire.unit, []).append(person)
    found = np.zeros(len(hires), dtype=np.int64)
    for person, hire in enumerate(hires, 1):
        if hire.role == "rep" and not hire.stays and hire.unit in staying:
            found[person - 1] = staying[hire.unit][person % len(staying[hire.unit])]
        elif hire.role == "rep":
            found[person - 1] = person
    return found


def units_frame(units: Units) -> Frame:
    """Return the units, a version from each day on which one changed."""
    rows = [row for unit in range(1, len(units) + 1) for row in _versions(units, unit)]
    whole, parent, closed, begins, ends = np.array(rows, dtype=np.int64).T
    return framed(
        {"unit_id": whole, "parent_id": parent, "closed": closed, "from_day": begins, "to_day": ends},
        code=[units.codes[one - 1] for one in whole],
        name=[units.names[one - 1] for one in whole],
    )


def _versions(units: Units, unit: int) -> list[tuple[int, ...]]:
    """Return (unit, parent, closed, from, to) of each version of a unit."""
    at = unit - 1
    moved, closed = int(units.moved[at]), int(units.closed[at])
    days = sorted({int(units.founded[at]), moved, closed, FAR_DAY})
    return [
        (unit, int(units.moved_under[at] if begins >= moved else units.parent[at]), int(begins >= closed), begins, ends)
        for begins, ends in pairwise(days)
    ]


def person_code(person: int) -> str:
    """Return the employee number."""
    return f"T{person:04d}"


def people_frame(people: People) -> Frame:
    """Return the people, a leaver with a version after the last day."""
    person = np.arange(1, len(people) + 1)
    gone = np.flatnonzero(people.left < FAR_DAY) + 1
    whole = np.concatenate([person, gone])
    order = np.argsort(whole, kind="stable")
    whole = whole[order]
    return framed(
        {
            "person_id": whole,
            "left": np.concatenate([np.zeros(len(person)), np.ones(len(gone))])[order],
            "fte_bp": np.full(len(whole), FULL_TIME),
            "from_day": np.concatenate([people.joined, people.left[gone - 1]])[order],
            "to_day": np.concatenate([people.left, np.full(len(gone), FAR_DAY)])[order],
        },
        code=[person_code(one) for one in whole],
        name=[people.names[one - 1] for one in whole],
        email=[f"{person_code(one).lower()}@{MAIL_DOMAIN}" for one in whole],
    )


def assignments_frame(people: People) -> Frame:
    """Return everybody's home units from first to forever."""
    person = np.arange(1, len(people) + 1)
    gone = np.flatnonzero(people.moved < FAR_DAY) + 1
    order = np.argsort(np.concatenate([person, gone]), kind="stable")
    return framed(
        {
            "person_id": np.concatenate([person, gone])[order],
            "unit_id": np.concatenate([people.home, people.home_after[gone - 1]])[order],
            "from_day": np.concatenate([np.full(len(person), FIRST_DAY), people.moved[gone - 1]])[order],
            "to_day": np.concatenate([people.moved, np.full(len(gone), FAR_DAY)])[order],
        }
    )


def roles_frame(people: People) -> Frame:
    """Return the roles: from joining to leaving, and over the new unit after a move."""
    person = np.arange(1, len(people) + 1)
    gone = np.flatnonzero(people.moved < FAR_DAY) + 1
    order = np.argsort(np.concatenate([person, gone]), kind="stable")
    return framed(
        {
            "person_id": np.concatenate([person, gone])[order],
            "role": np.concatenate([people.role, people.role[gone - 1]])[order],
            "unit_id": np.concatenate([people.over, people.home_after[gone - 1]])[order],
            "from_day": np.concatenate([people.joined, people.moved[gone - 1]])[order],
            "to_day": np.concatenate([np.minimum(people.moved, people.left), people.left[gone - 1]])[order],
        }
    )
