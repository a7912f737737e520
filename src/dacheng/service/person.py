"""One person for his page: home units through time, roles, grants, the way in; and what a change will do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import NotFound, Text
from dacheng.core.org.schema import GRANTED, PEOPLE
from dacheng.core.period import FAR_DAY
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.store.access import GRANT_KIND
from dacheng.store.actions.accounts import disable_account, invite_person
from dacheng.store.actions.engagements import end_engagement, set_working_share, start_engagement
from dacheng.store.actions.joining import FirstRole, FirstTarget, join_person
from dacheng.store.actions.people import edit_person
from dacheng.store.actions.rights import give_grant, grant_role, revoke_role, withdraw_grant
from dacheng.store.queries.organisation import (
    AccountStanding,
    EngagementStanding,
    GrantStanding,
    HomeStanding,
    RoleStanding,
    account_of,
    engagements_of,
    grants_of,
    homes_of_person,
    roles_of,
)
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Standing, named, standing_uid

__all__ = [
    "FirstRole", "FirstTarget", "PersonView", "Placed", "able", "edit_person", "end_engagement", "give_grant",
    "grant_role", "granted_record", "invite_person", "join_person", "person_view", "placed", "revoke_role",
    "set_working_share", "start_engagement", "withdraw_grant",
]  # fmt: skip

RELATION_OF_KIND = {kind: relation for relation, kind in GRANT_KIND.items()}


@dataclass(frozen=True)
class Placed:
    """A person with his home units.

    Args:
        home_version: of the home record, for the next move.
        homes: the latest first. left_day: from when he is marked left; None = he works here.
        names: relation -> id -> name.
    """

    record: Standing
    home_version: int
    homes: Sequence[HomeStanding]
    left_day: int | None
    names: Mapping[str, Mapping[int, Name]]

    @property
    def uid(self) -> UUID:
        """Return the public id."""
        return self.record.uid

    @property
    def name(self) -> str:
        """Return the name."""
        return str(self.record.row["name"])

    @property
    def version(self) -> int:
        """Return the version to edit next."""
        return int(self.record.row["version"])

    def home_on(self, day: int) -> int:
        """Return the home unit of a day; 0 when there is none."""
        return next((one.unit_id for one in self.homes if one.from_day <= day < one.to_day), 0)

    def home_name(self, day: int) -> str:
        """Return the name of the home unit of a day."""
        name = self.names.get("units", {}).get(self.home_on(day))
        return name.name if name else ""

    def share_on(self, day: int) -> int:
        """Return how much of full time he works on a day, basis points; what he starts with before his first."""
        held = self.record.on(PEOPLE, day) or named(PEOPLE, self.record.versions[0].values)
        return int(held["fte_bp"])

    def works_on(self, day: int) -> bool:
        """Tell whether he works here on a day."""
        return self.left_day is None or self.left_day > day


@dataclass(frozen=True)
class PersonView:
    """A person for his page; ``placed`` names everything the page names."""

    placed: Placed
    engagements: Sequence[EngagementStanding]
    roles: Sequence[RoleStanding]
    grants: Sequence[GrantStanding]
    account: AccountStanding | None
    history: Sequence[Event]


def placed(uid: UUID) -> Placed:
    """Return a person with his home units.

    Raises:
        NotFound: there is none.
    """
    found = _placed(uid)
    return replace(found, names=_names(found.homes, (), (), ()))


def person_view(uid: UUID) -> PersonView:
    """Return a person for his page.

    Raises:
        NotFound: there is none.
    """
    found = _placed(uid)
    person = found.record.record_id
    engagements, roles, grants = engagements_of(person), roles_of(person), grants_of(person)
    history = events_of(PEOPLE, found.record, history_of("people", person), FAR_DAY)
    named_all = replace(found, names=_names(found.homes, roles, grants, history, engagements))
    return PersonView(named_all, engagements, roles, grants, account_of(person), history)


def _placed(uid: UUID) -> Placed:
    record = standing_uid("people", uid)
    version, homes = homes_of_person(record.record_id)
    left = [one.from_day for one in record.versions if named(PEOPLE, one.values)["left"]]
    return Placed(record, version, homes, min(left, default=None), {})


def able(actor: Viewer, at: datetime, uid: UUID, *, active: bool) -> None:
    """Enable or disable a person's account; who is disabled is out at the next request."""
    disable_account(actor=actor, at=at, person_id=standing_uid("people", uid).record_id, active=active)


def granted_record(text: str) -> tuple[str, UUID]:
    """Return the relation and the public id of the deal or contract of a number.

    Raises:
        NotFound: there is none.
    """
    names = DatabaseNames()
    for relation in GRANT_KIND:
        found = names.find(relation, text.strip())
        if len(found) == 1:
            return relation, UUID(names.names(relation, found)[found[0]].uid)
    raise NotFound(
        Text(f"没有编号为「{text}」的商机或合同。", f"There is no opportunity or contract “{text}”."),
        Text("核对编号。", "Check its number."),
    )


def _names(
    homes: Sequence[HomeStanding],
    roles: Sequence[RoleStanding],
    grants: Sequence[GrantStanding],
    history: Sequence[Event],
    engagements: Sequence[EngagementStanding] = (),
) -> dict[str, Mapping[int, Name]]:
    wanted: dict[str, set[int]] = {
        "units": {one.unit_id for one in homes} | {one.unit_id for one in roles} | {one.host_id for one in engagements},
        "people": {one.actor_id for one in history},
    }
    for kind, _code, _label in GRANTED:
        wanted[RELATION_OF_KIND[kind]] = {one.object_id for one in grants if one.kind == kind}
    return dict(DatabaseNames().names_of(wanted))
