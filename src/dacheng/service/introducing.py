"""Who somebody is and what he may do: what a program that calls for him asks first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dacheng.core.access import POLICY, ROLE_CODE, ROLE_LABEL, Viewer
from dacheng.core.period import date_of
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.history import company_day


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role held today: its code, its label and the unit it is held over."""

    code: str
    label: str
    unit: Name


@dataclass(frozen=True, slots=True)
class Introduced:
    """A person with today's roles, and the actions that they allow somewhere."""

    person: Name
    roles: tuple[HeldRole, ...]
    actions: tuple[str, ...]
    today: str


def introduced_now(viewer: Viewer, at: datetime, language: str) -> Introduced:
    """Return who the viewer is on the company's day of a moment."""
    names = DatabaseNames()
    people = names.names("people", [viewer.person_id])
    units = names.names("units", {one.unit_id for one in viewer.held})
    nameless = Name("", "")
    return Introduced(
        person=people.get(viewer.person_id, nameless),
        roles=tuple(
            HeldRole(ROLE_CODE[one.role], ROLE_LABEL[one.role].in_language(language), units.get(one.unit_id, nameless))
            for one in viewer.held
        ),
        actions=tuple(action for action in POLICY if viewer.holds(*POLICY[action])),
        today=date_of(company_day(at)).isoformat(),
    )
