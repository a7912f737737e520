"""What nobody looks after (无主的): units without a manager, people without a role, deals and targets left behind.

Deals and targets are those that the viewer sees; the organisation is whole for who keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dacheng.core.access import EXECUTIVE
from dacheng.core.book import Book
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import Text
from dacheng.service.organisation import Organisation, UnitRow
from dacheng.store.queries.organisation import PersonStanding

KINDS: Mapping[str, Text] = {
    "unmanaged": Text("没有自己的管理者的组织", "Units without a manager of their own"),
    "managed-by-leaver": Text("管理者已离职的组织", "Units whose manager has left"),
    "leaver-deals": Text("离职的人名下的在途商机", "Open opportunities of people who left"),
    "leaver-targets": Text("离职的人之后各月的目标", "Targets to come of people who left"),
    "closed-targets": Text("已撤销组织之后各月的目标", "Targets to come of closed units"),
    "misplaced-targets": Text("个人目标不在归属组织", "Personal targets away from the home unit"),
    "closed-home": Text("归属已撤销组织的人", "People whose home unit is closed"),
    "no-role": Text("没有角色的人", "People without a role"),
}
"""Kind of orphan -> what it is called, in the order in which they are shown."""

DEALS = "SELECT owner_id, COUNT(*) AS there FROM deals WHERE state = :open GROUP BY owner_id ORDER BY owner_id"
TARGETS = """
    SELECT unit_id, person_id, COUNT(*) AS there FROM targets
    WHERE ym >= :month AND amount IS NOT NULL GROUP BY unit_id, person_id ORDER BY unit_id, person_id"""


@dataclass(frozen=True, slots=True)
class Orphan:
    """One thing that nobody looks after.

    Args:
        count: of deals or target cells; 0 where the unit or person itself is meant.
    """

    kind: str
    unit: UnitRow | None
    person: PersonStanding | None = None
    count: int = 0


def orphans(org: Organisation, book: Book) -> list[Orphan]:
    """Return what nobody looks after today, by kind, units in the order of the tree and people by number."""
    found = [*_units(org), *_people(org), *_deals(org, book), *_targets(org, book)]
    order = {kind: at for at, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: order[one.kind])


def _units(org: Organisation) -> Iterator[Orphan]:
    led = {one.unit_id for one in org.roles if one.role == EXECUTIVE}
    for row in org.open_units():
        if row.unit.unit_id in led or any(not one.left for one in row.managers):
            continue
        if row.managers:
            yield Orphan("managed-by-leaver", row, row.managers[0])
        elif any(not one.left for one in row.people):
            yield Orphan("unmanaged", row)


def _people(org: Organisation) -> Iterator[Orphan]:
    holders = {one.person_id for one in org.roles}
    for person in org.people.values():
        home = org.row(person.unit_id)
        if person.left:
            continue
        if home is not None and home.unit.closed:
            yield Orphan("closed-home", home, person)
        if person.person_id not in holders:
            yield Orphan("no-role", home, person)


def _deals(org: Organisation, book: Book) -> Iterator[Orphan]:
    rows = book.gather(DEALS, open=OPEN)
    for owner, there in zip(rows["owner_id"].tolist(), rows["there"].tolist(), strict=True):
        person = org.people.get(owner)
        if person is not None and person.left:
            yield Orphan("leaver-deals", org.row(person.unit_id), person, there)


def _targets(org: Organisation, book: Book) -> Iterator[Orphan]:
    rows = book.gather(TARGETS, month=book.months.ym_of(book.today))
    cells = zip(*(rows[name].tolist() for name in ("unit_id", "person_id", "there")), strict=True)
    for unit, person_id, there in cells:
        row, person = org.row(unit), org.people.get(person_id)
        kind = _kind_of_target(row, person)
        if kind:
            yield Orphan(kind, row, person, there)


def _kind_of_target(row: UnitRow | None, person: PersonStanding | None) -> str:
    """Return why a target is left behind; empty where it is not."""
    if row is not None and row.unit.closed:
        return "closed-targets"
    if person is not None and person.left:
        return "leaver-targets"
    if row is not None and person is not None and person.unit_id != row.unit.unit_id:
        return "misplaced-targets"
    return ""
