"""The organisation for its pages: the tree of a day with its people and managers, and one unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import numpy as np

from dacheng.core.access import MANAGER, POLICY, Viewer, not_allowed
from dacheng.core.arrays import IntArray
from dacheng.core.book import OUTSIDE
from dacheng.core.errors import Text
from dacheng.core.handover.transfer import reparented
from dacheng.core.org.capacity import Staff, capacity_of
from dacheng.core.org.effects import When, close_unit_effects, move_unit_effects
from dacheng.core.org.schema import UNITS
from dacheng.core.table import Table
from dacheng.core.tree import NO_PARENT, Tree
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.store.actions.org import close_unit, create_unit, edit_unit, move_unit
from dacheng.store.identity import hidden
from dacheng.store.queries.organisation import (
    EngagementStanding,
    PersonStanding,
    RoleStanding,
    UnitStanding,
    engagements_on,
    people_on,
    roles_on,
    units_on,
)
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Standing, standing_uid

__all__ = [
    "Organisation", "UnitRow", "UnitView", "close_unit", "closing_effects", "create_unit", "edit_unit", "move_unit",
    "moving_effects", "moving_figures", "organisation", "require_org", "unit_view",
]  # fmt: skip

Row = TypeVar("Row")


@dataclass(frozen=True)
class UnitRow:
    """A unit in the tree of a day.

    Args:
        depth: 0 = the top. people: whose home it is, by code. managers: who manages it, by a role over it.
        working: people at work in it and below, fte_bp: what they work, by share, there and not elsewhere;
            units: open units below. guests: who works in it beside his home elsewhere.
    """

    unit: UnitStanding
    depth: int
    people: Sequence[PersonStanding]
    managers: Sequence[PersonStanding]
    working: int
    units: int
    fte_bp: int
    guests: Sequence[EngagementStanding]


@dataclass(frozen=True)
class Organisation:
    """The organisation of a day; rows from the top down, each before what is under it.

    Args:
        engaged: person -> what he does outside his home.
    """

    day: int
    rows: Sequence[UnitRow]
    people: Mapping[int, PersonStanding]
    roles: Sequence[RoleStanding]
    engaged: Mapping[int, Sequence[EngagementStanding]] = field(default_factory=dict)
    _by_id: Mapping[int, UnitRow] = field(default_factory=dict)

    def row(self, unit_id: int) -> UnitRow | None:
        """Return the row of a unit; None when it does not stand on the day."""
        return self._by_id.get(unit_id)

    def called(self, unit_id: int) -> str:
        """Return a unit's name; empty for none."""
        row = self._by_id.get(unit_id)
        return row.unit.name if row else ""

    def of_uid(self, uid: UUID | str) -> UnitRow | None:
        """Return the row of a unit's public id."""
        return next((one for one in self.rows if str(one.unit.uid) == str(uid)), None)

    def open_units(self) -> list[UnitRow]:
        """Return the units that are open on the day, in the order of the tree."""
        return [one for one in self.rows if not one.unit.closed]

    def below(self, unit_id: int) -> list[UnitRow]:
        """Return the units directly under one."""
        return [one for one in self.rows if one.unit.parent_id == unit_id]


@dataclass(frozen=True)
class UnitView:
    """A unit for its page.

    Args:
        above: the units over it, from the top down.
        names: of everything its history names.
    """

    record: Standing
    row: UnitRow | None
    above: Sequence[UnitStanding]
    children: Sequence[UnitRow]
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]

    @property
    def uid(self) -> UUID:
        """Return the public id."""
        return self.record.uid

    @property
    def version(self) -> int:
        """Return the version to edit next."""
        return int(self.record.row["version"])


def require_org(viewer: Viewer, action: str = "org.edit") -> None:
    """Refuse who keeps neither the organisation nor its people.

    Raises:
        NotAllowed: names the roles that may.
    """
    if not viewer.holds(*POLICY[action]):
        raise not_allowed(action)


def organisation(day: int) -> Organisation:
    """Return the organisation of a day: four queries at any size."""
    units, people, roles, engaged = units_on(day), people_on(day), roles_on(day), engagements_on(day)
    found = {one.person_id: one for one in people}
    managing = [one for one in roles if one.role == MANAGER and one.person_id in found]
    standing = _Standing(
        children=_grouped(units, lambda one: one.parent_id),
        homes=_grouped(people, lambda one: one.unit_id),
        managers=_grouped([(one.unit_id, found[one.person_id]) for one in managing], lambda one: one[0]),
        guests=_grouped(engaged, lambda one: one.host_id),
        capacity=_capacity(units, people, engaged),
    )
    rows = list(_rows(standing, NO_PARENT, 0))
    elsewhere = _grouped(engaged, lambda one: one.person_id)
    return Organisation(day, rows, found, roles, elsewhere, {one.unit.unit_id: one for one in rows})


def unit_view(uid: UUID, org: Organisation) -> UnitView:
    """Return a unit for its page.

    Raises:
        NotFound: there is none.
    """
    record = standing_uid("units", uid)
    history = events_of(UNITS, record, history_of("units", record.record_id), org.day)
    row = org.row(record.record_id)
    wanted: dict[str, set[int]] = {"people": {one.actor_id for one in history}, "units": {record.record_id}}
    for one in history:
        if one.name == "parent_id":
            wanted["units"].update(value for value in (one.before, one.after) if value)
    return UnitView(
        record=record,
        row=row,
        above=_above(org, row),
        children=org.below(record.record_id),
        history=history,
        names=DatabaseNames().names_of(wanted),
    )


def moving_effects(org: Organisation, unit: Standing, parent: UUID, when_day: int, today: int) -> list[Text]:
    """Return what moving a unit under a parent does."""
    row, new = org.row(unit.record_id), org.of_uid(parent)
    if row is None or new is None:
        raise hidden(UNITS.label)
    when = When(when_day, today, _next_change(unit, when_day))
    return move_unit_effects(
        row.unit.name, org.called(row.unit.parent_id), new.unit.name, (row.units, row.working), when
    )


def moving_figures(viewer: Viewer, at: datetime, unit: int, parent: int, day: int) -> Table:
    """Return what moving a unit does at every node at the end of a day, as far as the viewer sees."""
    return reparented(open_database(viewer, at=at, as_of_day=day), unit, parent)


def closing_effects(
    org: Organisation, unit: Standing, people_to: str, units_to: str, when_day: int, today: int
) -> list[Text]:
    """Return what closing a unit does."""
    row = org.row(unit.record_id)
    if row is None:
        raise hidden(UNITS.label)
    people = [one.name for one in row.people if not one.left]
    units = [one.unit.name for one in org.below(unit.record_id) if not one.unit.closed]
    takes_people, takes_units = (one.unit.name if one else "" for one in (org.of_uid(people_to), org.of_uid(units_to)))
    when = When(when_day, today, _next_change(unit, when_day))
    return close_unit_effects(row.unit.name, people, units, takes_people, takes_units, when)


@dataclass(frozen=True)
class _Standing:
    """What stands on a day by unit; ``capacity``: heads and FTE in basis points, units below included."""

    children: Mapping[int, Sequence[UnitStanding]]
    homes: Mapping[int, Sequence[PersonStanding]]
    managers: Mapping[int, Sequence[tuple[int, PersonStanding]]]
    guests: Mapping[int, Sequence[EngagementStanding]]
    capacity: Mapping[int, tuple[int, int]]


def _rows(there: _Standing, parent: int, depth: int) -> Iterable[UnitRow]:
    for unit in sorted(there.children.get(parent, ()), key=lambda one: (one.closed, one.unit_id)):
        below = list(_rows(there, unit.unit_id, depth + 1))
        heads, fte = there.capacity[unit.unit_id]
        yield UnitRow(
            unit,
            depth,
            there.homes.get(unit.unit_id, ()),
            [person for _unit, person in there.managers.get(unit.unit_id, ())],
            working=heads,
            units=sum(not one.unit.closed for one in below),
            fte_bp=fte,
            guests=there.guests.get(unit.unit_id, ()),
        )
        yield from below


def _capacity(
    units: Sequence[UnitStanding], people: Sequence[PersonStanding], engaged: Sequence[EngagementStanding]
) -> dict[int, tuple[int, int]]:
    """Return heads and FTE of each unit and all below it, as the report of capacity counts them."""
    tree = Tree.of(_column(one.unit_id for one in units), _column(one.parent_id for one in units))
    homes = {one.person_id: one.unit_id for one in people}
    working = [one for one in people if not one.left]
    staff = Staff(
        home=_column(one.unit_id for one in working),
        fte=_column(one.fte_bp for one in working),
        lender=_column(homes.get(one.person_id, OUTSIDE) for one in engaged),
        host=_column(one.host_id for one in engaged),
        share=_column(one.share_bp for one in engaged),
    )
    heads_and_fte = capacity_of(tree, staff)[:, :2].tolist()
    return {unit: (heads, fte) for unit, (heads, fte) in zip(tree.unit_ids.tolist(), heads_and_fte, strict=True)}


def _column(numbers: Iterable[int]) -> IntArray:
    return np.fromiter(numbers, dtype=np.int64)


def _grouped(rows: Iterable[Row], group: Callable[[Row], int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for one in rows:
        found.setdefault(group(one), []).append(one)
    return found


def _above(org: Organisation, row: UnitRow | None) -> list[UnitStanding]:
    path: list[UnitStanding] = []
    while row is not None and (row := org.row(row.unit.parent_id)) is not None:
        path.insert(0, row.unit)
    return path


def _next_change(record: Standing, day: int) -> int:
    """Return the day of the next version after a day; 0 = none."""
    return min((one.from_day for one in record.versions if one.from_day > day), default=0)
