"""A record and its history, for its own page; what may be seen is decided by whoever asks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from dacheng.store.bulk import among, select_rows
from dacheng.store.models import Change


@dataclass(frozen=True, slots=True)
class Recorded:
    """One change of a record.

    Args:
        at: microseconds since 1970-01-01 UTC; from_day: the day it takes effect.
        actor_id: who; 0 = the system.
        before, after: changed columns as stored; None = created or removed.
        entry: the entry's name outside, its hash.
    """

    at: int
    actor_id: int
    action: str
    from_day: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    entry: str


def history_of(relation: str, record_id: int, limit: int = 100) -> list[Recorded]:
    """Return the changes of a record, the latest first."""
    changes = Change.objects.filter(relation=relation, record_id=record_id).order_by("-seq", "-position")
    rows = list(changes.values_list("seq", "from_day", "before", "after")[:limit])
    columns = ["seq", "at", "actor_id", "action", "hash"]
    entries = {row[0]: row[1:] for row in select_rows("log", columns, [among("seq", {row[0] for row in rows})])}
    return [
        Recorded(
            at=entries[seq][0],
            actor_id=entries[seq][1],
            action=entries[seq][2],
            from_day=from_day,
            before=json.loads(before) if before else None,
            after=json.loads(after) if after else None,
            entry=entries[seq][3],
        )
        for seq, from_day, before, after in rows
    ]
