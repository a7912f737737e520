"""People as they are shown: names and the roles they hold now."""

from __future__ import annotations

from dacheng.core.access import REP
from dacheng.core.period import FAR_DAY
from dacheng.store.bulk import select_rows
from dacheng.store.models import FAR_SEQ


def roles_held(person_id: int) -> list[int]:
    """Return the roles a person holds without an end, ascending, each once."""
    open_ended = f"person_id = {int(person_id)} AND to_day = {FAR_DAY} AND seq_to = {FAR_SEQ}"
    return sorted({role for (role,) in select_rows("fact_roles", ["role"], [(open_ended, None)])})


def without_targets(day: int) -> set[int]:
    """Return who holds roles on a day but not that of a sales rep: managers, finance, administrators."""
    holds = f"from_day <= {int(day)} AND to_day > {int(day)} AND seq_to = {FAR_SEQ}"
    held = select_rows("fact_roles", ["person_id", "role"], [(holds, None)])
    sellers = {person for person, role in held if role == REP}
    return {person for person, _ in held} - sellers
