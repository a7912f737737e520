"""Engagements outside the home as they stand: read before one is written and when a file brings some."""

from __future__ import annotations

from collections.abc import Iterable

from dacheng.core.facts import Version
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import Condition, select_rows
from dacheng.store.models import FAR_SEQ
from dacheng.store.standing import Key, Standing, fact_table, record_table, standing

PEOPLE = RELATIONS["people"]


def working_shares(person: Standing) -> list[Version]:
    """Return how much of full time a person works through time."""
    return shares_of(person.versions)


def shares_of(versions: Iterable[Version]) -> list[Version]:
    """Return the working shares in the versions of a person."""
    at = PEOPLE.positions["fte_bp"]
    return [Version(one.from_day, one.to_day, (one.values[at],)) for one in versions]


def engagements_of(person: int) -> dict[Key, Standing]:
    """Return the engagements of a person by key."""
    return {one.key: one for one in engagements_where([("person_id = %s", person)])}


def shares_taken(person: int) -> list[Version]:
    """Return the shares that a person gives elsewhere, of every engagement through time."""
    own: list[Condition] = [(f"person_id = {person} AND seq_to = {FAR_SEQ}", None)]
    rows = select_rows(fact_table("engagements"), ["from_day", "to_day", "share_bp"], own)
    return [Version(first, end, (share,)) for first, end, share in rows]


def engagements_where(conditions: list[Condition]) -> list[Standing]:
    """Return the engagements that meet conditions on their records."""
    rows = select_rows(record_table("engagements"), ["id"], [*conditions, ("NOT removed", None)])
    return list(standing("engagements", (row[0] for row in rows)).values())
