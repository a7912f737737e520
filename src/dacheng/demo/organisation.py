"""Units and people of the invented company, and what changed in its organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.access import ROLE_NUMBER
from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.company import Frame
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
    """The tree of units; the id of a unit is its position + 1.

    Args:
        parent: shape (n,), first parent's id, 0 for the top.
        moved, moved_under, moved_day: the unit that got another parent, and when.
        closed, closed_day: the unit that was closed, and when.
        selling: ids of the units where reps are at home.
        told: shape (n + 1,), by id: the attainment of the plan to date that is told of a selling unit.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    parent: IntArray
    moved: int
    moved_under: int
    moved_day: int
    closed: int
    closed_day: int
    selling: IntArray
    told: FloatArray

    def __len__(self) -> int:
        return len(self.codes)

    def parent_on(self, day: int) -> IntArray:
        """Return every unit's parent on a day."""
        parent = self.parent.copy()
        if day >= self.moved_day:
            parent[self.moved - 1] = self.moved_under
        return parent


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


def people_of(hires: Sequence[Hire]) -> People:
    """Return the people as columns; every rep gets a deputy who stays."""
    selling = [hire.role == "rep" for hire in hires]
    columns = [
        (ROLE_NUMBER[hire.role], hire.unit, hire.moved, hire.moved_to or hire.unit, hire.joined, hire.left)
        for hire in hires
    ]
    role, home, moved, home_after, joined, left = np.array(columns, dtype=np.int64).T
    quota = np.where(joined == FIRST_DAY, np.array(QUOTAS)[np.arange(len(hires)) % len(QUOTAS)], RAMPING)
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
    """Return the units, the closed and the moved one with two versions."""
    count = len(units)
    unit = np.arange(1, count + 1)
    parent, closed = units.parent.copy(), np.zeros(count, dtype=np.int64)
    begins, ends = np.full(count, FIRST_DAY), np.full(count, FAR_DAY)
    ends[units.moved - 1], ends[units.closed - 1] = units.moved_day, units.closed_day
    later = np.array([units.moved, units.closed])
    order = np.argsort(np.concatenate([unit, later]), kind="stable")
    whole = np.concatenate([unit, later])[order]
    return framed(
        {
            "unit_id": whole,
            "parent_id": np.concatenate([parent, [units.moved_under, parent[units.closed - 1]]])[order],
            "closed": np.concatenate([closed, [0, 1]])[order],
            "from_day": np.concatenate([begins, [units.moved_day, units.closed_day]])[order],
            "to_day": np.concatenate([ends, [FAR_DAY, FAR_DAY]])[order],
        },
        code=[units.codes[one - 1] for one in whole],
        name=[units.names[one - 1] for one in whole],
    )


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
