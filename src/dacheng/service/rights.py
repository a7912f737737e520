"""Who holds which role and which grant on a day (角色与授权): for whoever keeps the people, as on their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from dacheng.core.access import Viewer
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.organisation import require_org
from dacheng.service.person import RELATION_OF_KIND
from dacheng.store.queries.organisation import GrantStanding, RoleStanding, grants_on, roles_on

Right = TypeVar("Right", RoleStanding, GrantStanding)


@dataclass(frozen=True, slots=True)
class Rights(Generic[Right]):
    """One page of what is held on a day, how much there is in all, and the names of what it is about."""

    count: int
    rows: Sequence[Right]
    names: Mapping[str, Mapping[int, Name]]


def roles_held_on(viewer: Viewer, day: int, *, offset: int, limit: int) -> Rights[RoleStanding]:
    """Return the roles held on a day, by person.

    Raises:
        NotAllowed: the viewer does not keep the people.
    """
    require_org(viewer, "person.edit")
    held = roles_on(day)
    rows = held[offset : offset + limit]
    wanted = {"people": {one.person_id for one in rows}, "units": {one.unit_id for one in rows}}
    return Rights(len(held), rows, DatabaseNames().names_of(wanted))


def grants_held_on(viewer: Viewer, day: int, *, offset: int, limit: int) -> Rights[GrantStanding]:
    """Return the grants held on a day, by person. Raises as ``roles_held_on``."""
    require_org(viewer, "person.edit")
    held = grants_on(day)
    rows = held[offset : offset + limit]
    wanted = {"people": {one.person_id for one in rows}}
    for kind, relation in RELATION_OF_KIND.items():
        wanted[relation] = {one.object_id for one in rows if one.kind == kind}
    return Rights(len(held), rows, DatabaseNames().names_of(wanted))
