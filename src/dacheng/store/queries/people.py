"""People as they are shown: names and the roles they hold now."""

from __future__ import annotations

from dacheng.store.models import Person, RoleHeld


def shown_name(person_id: int) -> str:
    """Return a person's name; empty when there is none."""
    return Person.objects.filter(pk=person_id).values_list("name", flat=True).first() or ""


def roles_held(person_id: int) -> list[int]:
    """Return the roles a person holds now, ascending, each once."""
    rows = RoleHeld.objects.filter(person_id=person_id, removed=False)
    return sorted(set(rows.values_list("role", flat=True)))
