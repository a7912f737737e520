"""Imports that were committed, the last first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.store.bulk import among, select_rows
from dacheng.store.history import moment
from dacheng.store.models import ImportBatch
from dacheng.store.standing import record_table


@dataclass(frozen=True, slots=True)
class Committed:
    """One committed import.

    Args:
        uid: its public id.
        by: name of the person; empty for the command line.
        counts: relation -> created, changed, unchanged.
    """

    uid: str
    at: datetime
    by: str
    source: str
    name: str
    counts: Mapping[str, Mapping[str, int]]
    undone: bool


def batches_committed(limit: int, uid: UUID | None = None) -> list[Committed]:
    """Return the latest imports, or the one of a public id."""
    wanted = ImportBatch.objects.order_by("-seq")
    batches = list((wanted if uid is None else wanted.filter(uid=uid))[:limit])
    rows = select_rows("log", ["seq", "at", "actor_id"], [among("seq", (one.seq for one in batches))])
    entries = {seq: (at, actor) for seq, at, actor in rows}
    actors = {actor for _, actor in entries.values()}
    names = dict(select_rows(record_table("people"), ["id", "name"], [among("id", actors)]))
    return [
        Committed(
            uid=str(one.uid),
            at=moment(entries[one.seq][0]),
            by=names.get(entries[one.seq][1], ""),
            source=one.source,
            name=one.name,
            counts=one.counts,
            undone=one.undone_seq is not None,
        )
        for one in batches
    ]
