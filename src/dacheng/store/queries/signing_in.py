"""Who may be shown a way in: one person for each role, and administrators."""

from __future__ import annotations

from collections import Counter

from dacheng.core.access import REP
from dacheng.core.deals.schema import OPEN
from dacheng.core.period import FAR_DAY
from dacheng.store.bulk import among, select_rows
from dacheng.store.models import FAR_SEQ
from dacheng.store.standing import record_table


def one_of_each_role() -> list[tuple[int, int, str]]:
    """Return (role, person, name) of one person for each role that is held without an end, by role.

    Of the reps the one who owns most open opportunities, so that there is something to
    see; of the others the first, who stands highest.
    """
    held = f"to_day = {FAR_DAY} AND seq_to = {FAR_SEQ}"
    rows = select_rows("fact_roles", ["role", "person_id"], [(held, None)], order=("role", "person_id"))
    first: dict[int, int] = {}
    for role, person in rows:
        first.setdefault(role, person)
    if REP in first:
        first[REP] = _busiest([person for role, person in rows if role == REP])
    names = dict(select_rows(record_table("people"), ["id", "name"], [among("id", first.values())]))
    return [(role, person, names[person]) for role, person in first.items()]


def person_called(text: str) -> int:
    """Return the number of the person of a code or a name; 0 when there is none, or more than one."""
    for column in ("code", "name"):
        rows = select_rows(record_table("people"), ["id"], [(f"{column} = %s", text), ("NOT removed", None)])
        if rows:
            return int(rows[0][0]) if len(rows) == 1 else 0
    return 0


def _busiest(people: list[int]) -> int:
    owned = Counter(
        owner
        for (owner,) in select_rows(
            record_table("deals"),
            ["owner_id"],
            [among("owner_id", people), (f"state = {OPEN} AND NOT removed", None)],
        )
    )
    return max(people, key=lambda person: owned[person])
