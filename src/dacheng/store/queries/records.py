"""A record and its history, for its own page; what may be seen is decided by whoever asks."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection

LONGEST_HISTORY = 100
"""Changes of a record that its page tells."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One change of a record.

    Args:
        at: microseconds since 1970-01-01 UTC; from_day: the day it takes effect.
        actor_id: who; 0 = the system.
        before, after: changed columns as stored; None = created or removed.
        entry: the entry's name outside, its hash; together: how many records it changed in all.
    """

    at: int
    actor_id: int
    action: str
    from_day: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    entry: str
    together: int = 1


def history_of(relation: str, record_id: int, limit: int = LONGEST_HISTORY) -> list[Recorded]:
    """Return the changes of a record, the latest first."""
    sql = (
        "SELECT l.at, l.actor_id, l.action, c.from_day, c.before, c.after, l.hash, l.changes FROM log_change c"
        " JOIN log l ON l.seq = c.seq WHERE c.relation = %s AND c.record_id = %s"
        " ORDER BY c.seq DESC, c.position DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [relation, record_id, limit])
        return [
            Recorded(at, actor, action, day, _columns(before), _columns(after), entry, together)
            for at, actor, action, day, before, after, entry, together in cursor.fetchall()
        ]


def histories_of(relation: str, ids: Collection[int]) -> dict[int, list[Recorded]]:
    """Return the changes of a few records, the latest first; one without any is left out."""
    if not ids:
        return {}
    places = ", ".join(["%s"] * len(ids))
    sql = (
        "SELECT c.record_id, l.at, l.actor_id, l.action, c.from_day, c.before, c.after, l.hash, l.changes"
        " FROM log_change c JOIN log l ON l.seq = c.seq"
        f" WHERE c.relation = %s AND c.record_id IN ({places}) ORDER BY c.seq DESC, c.position DESC LIMIT %s"
    )
    found: dict[int, list[Recorded]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [relation, *ids, LONGEST_HISTORY])
        for number, at, actor, action, day, before, after, entry, together in cursor.fetchall():
            told = Recorded(at, actor, action, day, _columns(before), _columns(after), entry, together)
            found.setdefault(number, []).append(told)
    return found


def _columns(text: str) -> dict[str, Any] | None:
    return dict(json.loads(text)) if text else None
