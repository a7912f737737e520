"""People as the shells need them: what somebody sees, and how he is introduced."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import ROLE_LABEL, Viewer
from dacheng.core.errors import Text
from dacheng.store.access import viewer_at
from dacheng.store.queries.people import roles_held


def viewer_now(person_id: int, at: datetime) -> Viewer:
    """Return a person with the roles held at a moment."""
    return viewer_at(person_id, at)


def introduced_roles(person_id: int, viewer: Viewer | None = None) -> tuple[Text, ...]:
    """Return the roles of a person in words; a viewer known already is not asked again."""
    roles = sorted(viewer.roles) if viewer else roles_held(person_id)
    return tuple(ROLE_LABEL[role] for role in roles)
