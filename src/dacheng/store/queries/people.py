"""People as they are shown: names and the roles they hold now."""

from __future__ import annotations

from dacheng.core.period import FAR_DAY
from dacheng.store.bulk import select_rows
from dacheng.store.models import FAR_SEQ, Person


def shown_name(person_id: int) -> str:
    """Return a person's name; empty when there is none."""
    return Person.objects.filter(pk=person_id).values_list("name", flat=True).first() or ""


def roles_held(person_id: int) -> list[int]:
    """Return the roles a person holds without an end, ascending, each once."""
    open_ended = f"person_id = {int(person_id)} AND to_day = {FAR_DAY} AND seq_to = {FAR_SEQ}"
    return sorted({role for (role,) in select_rows("fact_roles", ["role"], [(open_ended, None)])})
