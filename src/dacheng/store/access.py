"""Who is asking: roles held today, and today's organisation, read at the head of the log.

Rights are read after the lock, so that a role taken away a moment ago is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from dacheng.core.access import NOBODY, POLICY, REP, Held, Viewer, allow, may, refuse_unseen, sees
from dacheng.core.org.schema import GRANTED
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.core.tree import Tree
from dacheng.store.bulk import Condition, among, select_rows
from dacheng.store.company import company_with
from dacheng.store.history import Entry, day_in
from dacheng.store.identity import hidden
from dacheng.store.models import FAR_SEQ
from dacheng.store.standing import Columns, Standing, record_table, standing

GRANT_KIND = {f"{code}s": number for number, code, _ in GRANTED}
"""Relation -> the number under which its records are granted."""

MET_THROUGH = ("deals", "contracts")
"""Relations through whose records a customer, and who works there, is seen."""


def viewer_at(person_id: int, at: datetime) -> Viewer:
    """Return a person with the roles held at a moment; the company's day of it is read with them, in one query."""
    met = f"fact_roles.person_id = %s AND fact_roles.seq_to = {FAR_SEQ}"
    setting, rows = company_with("fact_roles", ["from_day", "to_day", "role", "unit_id"], met, [person_id])
    day = day_in(at, setting.time_zone)
    return _viewer(person_id, day, [(role, unit) for begins, ends, role, unit in rows if begins <= day < ends])


def viewer_of(person_id: int, day: int) -> Viewer:
    """Return a person with the roles held on a day."""
    rows = select_rows("fact_roles", ["role", "unit_id"], [holds_on(day), ("person_id = %s", person_id)])
    return _viewer(person_id, day, rows)


def _viewer(person_id: int, day: int, rows: Iterable[tuple[int, int]]) -> Viewer:
    """Somebody without a role is a sales rep of his own rows; one who has left is nobody."""
    held = tuple(Held(role, unit) for role, unit in sorted(rows))
    if not held and works_here(person_id, day):
        held = (Held(REP, home_of(person_id, day)),)
    return Viewer(person_id, held)


def tree_on(day: int) -> Tree:
    """Return the organisation of a day, as known now."""
    rows = select_rows("fact_units", ["unit_id", "parent_id"], [holds_on(day)], order=("unit_id",))
    units, parents = zip(*rows, strict=True) if rows else ((), ())
    return Tree.of(np.array(units, dtype=np.int64), np.array(parents, dtype=np.int64))


def homes_of(people: Iterable[int], day: int) -> dict[int, int]:
    """Return the home unit of each person on a day; somebody without one is left out."""
    rows = select_rows("fact_assignments", ["person_id", "unit_id"], [holds_on(day), among("person_id", people)])
    return dict(rows)


def homes_on(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Return the home unit of each (person, day); where there is none it is left out. One query."""
    pairs = set(wanted)
    conditions = [among("person_id", {person for person, _ in pairs}), (f"seq_to = {FAR_SEQ}", None)]
    homes: dict[int, list[tuple[int, int, int]]] = {}
    for person, *home in select_rows("fact_assignments", ["person_id", "unit_id", "from_day", "to_day"], conditions):
        homes.setdefault(person, []).append(tuple(home))
    return {
        (person, day): unit for person, day in pairs for unit, first, end in homes.get(person, ()) if first <= day < end
    }


def home_of(person_id: int, day: int) -> int:
    """Return the home unit of a person on a day; 0 when there is none."""
    return homes_of([person_id], day).get(person_id, 0)


def holds_on(day: int) -> Condition:
    """Return the condition of facts that hold on a day, as known now."""
    return f"from_day <= {int(day)} AND to_day > {int(day)} AND seq_to = {FAR_SEQ}", None


@dataclass
class Rights:
    """What the actor of an entry may see and do, as of the lock.

    Args:
        tree: today's organisation.
    """

    viewer: Viewer
    day: int
    tree: Tree
    _homes: dict[tuple[int, int], int] = field(default_factory=dict)
    _met: dict[int, bool] = field(default_factory=dict)
    _passed: set[tuple[str, int, int, int]] = field(default_factory=set)
    _grants: dict[int, set[int]] = field(default_factory=dict)

    def require(self, action: str, *, unit_id: int = 0, owner_id: int = 0) -> None:
        """Refuse an action on something at a unit; without one, at its owner's home of today.

        Raises:
            NotAllowed: names the roles that may.
        """
        place = unit_id or (self.home(owner_id, self.day) if owner_id and not self.viewer.whole else 0)
        allow(self.viewer, action, self.tree, unit_id=place, owner_id=owner_id)

    def require_on(self, action: str, name: str, record: Standing) -> None:
        """Refuse an action on a record: as if it did not exist to who may not see it.

        Raises:
            NotFound: the actor may not see it. NotAllowed: he may see it only.
        """
        relation = RELATIONS[name]
        unit, owner = self.place(relation, record.row)
        asked = (action, unit, owner, _customer_of(relation, record.row))
        if asked in self._passed:
            return
        if not self.sees(name, record):
            raise hidden(relation.label)
        allow(self.viewer, action, self.tree, unit_id=unit, owner_id=owner)
        self._passed.add(asked)

    def require_columns(self, name: str, columns: Iterable[str]) -> None:
        """Refuse to write columns of a relation that the actor may not read.

        Raises:
            NotAllowed: names the column and the roles that may.
        """
        refuse_unseen(self.viewer, RELATIONS[name], columns)

    def sees(self, name: str, record: Standing) -> bool:
        """Tell whether the actor sees a record: as owner, by its unit, a grant, a part, or its customer."""
        if RELATIONS[name].place == "customer":
            return self.meets(_customer_of(RELATIONS[name], record.row))
        if RELATIONS[name].place == "deal":
            number = int(record.row[RELATIONS[name].place_column])
            return self.sees("deals", standing("deals", [number])[number])
        unit, owner = self.place(RELATIONS[name], record.row)
        if sees(self.viewer, self.tree, unit_id=unit, owner_id=owner):
            return True
        if name not in GRANT_KIND:
            return False
        return self._granted(GRANT_KIND[name], record.record_id) or self._has_part(RELATIONS[name], record)

    def meets(self, customer: int) -> bool:
        """Tell whether the actor sees a deal or contract of a customer that stands today, or the whole company."""
        if customer not in self._met:
            top = int(self.tree.unit_ids[0]) if len(self.tree) else NOBODY
            self._met[customer] = self.sees_unit(top) or any(
                one.versions and one.versions[-1].to_day > self.day and self.sees(name, one)
                for name in MET_THROUGH
                for one in standing(name, _of_customer(name, customer)).values()
            )
        return self._met[customer]

    def sees_unit(self, unit_id: int) -> bool:
        """Tell whether the actor looks after a unit, and so after everything in it."""
        return sees(self.viewer, self.tree, unit_id=unit_id, owner_id=0)

    def role_may(self, action: str) -> bool:
        """Tell whether one of the actor's roles may do this somewhere."""
        return self.viewer.holds(*POLICY[action])

    def may(self, action: str, *, unit_id: int = 0, owner_id: int = 0) -> bool:
        """Tell whether the actor may do something."""
        return may(self.viewer, action, self.tree, unit_id=unit_id, owner_id=owner_id)

    def place(self, relation: Relation, row: Columns) -> tuple[int, int]:
        """Return the unit a row counts at and whose it is; 0 for nowhere and nobody."""
        if relation.place == "unit":
            owner = int(row.get("person_id", 0)) if relation.seen_by_person else NOBODY
            return int(row[relation.place_column]), owner
        if relation.place != "owner":
            return 0, 0
        owner, day = self._placing(relation, row)
        return (0 if self.viewer.whole else self.home(owner, day)), owner

    def home(self, person_id: int, day: int) -> int:
        """Return the home unit of a person on a day; 0 when there is none."""
        key = (person_id, day)
        if key not in self._homes:
            self._homes[key] = home_of(person_id, day)
        return self._homes[key]

    def read_homes(self, owners: Iterable[int], day: int) -> None:
        """Read the homes of many people on a day at once."""
        wanted = set(owners)
        found: Mapping[int, int] = homes_of(wanted, day)
        self._homes |= {(person, day): found.get(person, 0) for person in wanted}

    def read_places(self, name: str, records: Iterable[Standing], also: Iterable[int] = ()) -> None:
        """Read at once where the owners of many records have their homes, on the days on which these count.

        Args:
            also: people whose homes of today are wanted as well.
        """
        relation = RELATIONS[name]
        wanted = {(person, self.day) for person in also}
        wanted |= {self._placing(relation, one.row) for one in records} if relation.place == "owner" else set()
        self._homes |= dict.fromkeys(wanted, 0) | homes_on(wanted)

    def _placing(self, relation: Relation, row: Columns) -> tuple[int, int]:
        """Return whose home decides where a row counts, and of which day."""
        day = min(row[relation.place_day], self.day) if relation.place_day else self.day
        return int(row[relation.place_column]), day

    def _has_part(self, relation: Relation, record: Standing) -> bool:
        """Tell whether a part of a deal, or of a contract on its effective day, is the actor's or of a unit of his."""
        deal = record.record_id if relation.name == "deals" else record.row["deal_id"]
        counts = min(record.row[relation.place_day], self.day)
        day = self.day if relation.name == "deals" else counts
        shared = [holds_on(day), among("deal_id", [deal])] if deal else []
        partners = [row[0] for row in select_rows("fact_deal_splits", ["person_id"], shared)] if shared else []
        return any(sees(self.viewer, self.tree, unit_id=self.home(one, counts), owner_id=one) for one in partners)

    def _granted(self, kind: int, record_id: int) -> bool:
        if kind not in self._grants:
            conditions = [holds_on(self.day), (f"person_id = {self.viewer.person_id} AND kind = {kind}", None)]
            self._grants[kind] = {found for (found,) in select_rows("fact_grants", ["object_id"], conditions)}
        return record_id in self._grants[kind]


def _customer_of(relation: Relation, row: Columns) -> int:
    """Return the customer through which a row is seen; 0 where it is seen otherwise."""
    return int(row[relation.place_column]) if relation.place == "customer" else 0


def _of_customer(name: str, customer: int) -> list[int]:
    conditions = [("customer_id = %s", customer), ("NOT removed", None)]
    return [row[0] for row in select_rows(record_table(name), ["id"], conditions)]


def rights_of(entry: Entry) -> Rights:
    """Return the rights of an entry's actor, read now: roles and organisation of the company's day."""
    actor = entry.actor
    if actor.whole:
        return Rights(actor, entry.day, Tree.of([], []))
    return Rights(viewer_of(actor.person_id, entry.day), entry.day, tree_on(entry.day))


def require(entry: Entry, action: str) -> Rights:
    """Refuse what the entry's actor may do nowhere; return his rights for what is left to ask.

    Raises:
        NotAllowed: names the roles that may.
    """
    rights = rights_of(entry)
    rights.require(action)
    return rights


def works_here(person_id: int, day: int) -> bool:
    """Tell whether a person stands on a day and has not left."""
    return person_id in working_here([person_id], day)


def working_here(people: Iterable[int], day: int) -> set[int]:
    """Return those people who stand on a day and have not left."""
    rows = select_rows("fact_people", ["person_id", "left"], [holds_on(day), among("person_id", people)])
    return {person for person, left in rows if left == 0}
