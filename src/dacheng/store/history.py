"""The hash-chained log: every write is one entry, opened by locking the chain.

Order in every action: lock → allow → rule → save → version → log. Opening an entry is
the lock; leaving it writes the log. Nothing changed means no entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from dacheng.core.access import Viewer
from dacheng.core.period import day_of
from dacheng.store.bulk import insert_rows
from dacheng.store.models import Chain, Change, CompanySetting, LogEntry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Changed:
    """One record that an entry changed; columns as they are stored, None = created or removed."""

    relation: str
    record_id: int
    from_day: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass
class Entry:
    """An open log entry: its sequence, who, when, the company's day, and what changed so far.

    ``keep`` writes the entry even when no record changed (sign-ins, rights, exports).
    """

    seq: int
    actor: Viewer
    at: datetime
    day: int
    action: str
    detail: dict[str, Any] = field(default_factory=dict)
    changed: list[Changed] = field(default_factory=list)
    keep: bool = False


@contextmanager
def writing(actor: Viewer, at: datetime, action: str, **detail: Any) -> Iterator[Entry]:
    """Open an entry: lock the chain, and write the log when the block ends without error."""
    with transaction.atomic():
        chain = lock_chain()
        entry = Entry(chain.seq + 1, actor, at, company_day(at), action, detail)
        yield entry
        if entry.changed or entry.keep:
            _append(chain, entry)


def lock_chain() -> Chain:
    """Lock the head of the log; the first statement of every action."""
    rows = Chain.objects.filter(pk=1)
    if connection.vendor == "postgresql":
        rows = rows.select_for_update()
    return rows.get()


def head_seq() -> int:
    """Return the sequence of the last entry: the data version."""
    return Chain.objects.values_list("seq", flat=True).get(pk=1)


def company_day(at: datetime) -> int:
    """Return the company's own day of a moment."""
    zone = CompanySetting.objects.values_list("time_zone", flat=True).filter(pk=1).first()
    return day_of(at.astimezone(ZoneInfo(zone or "Asia/Shanghai")).date())


def microseconds(at: datetime) -> int:
    """Return a moment as microseconds since 1970-01-01 UTC."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """Return the moment of microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=micros)


def canonical(value: object) -> str:
    """Return canonical JSON: sorted keys, no spaces, text as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def entry_hash(previous: str, parts: list[Any]) -> str:
    """Return the hash of an entry over the one before it and its own parts."""
    return hashlib.sha256(f"{previous}\n{canonical(parts)}".encode()).hexdigest()


def changes_hash(rows: list[tuple[Any, ...]]) -> str:
    """Return the hash over the changes of an entry, in order."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(canonical(row).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _append(chain: Chain, entry: Entry) -> None:
    rows = [_change_row(one) for one in entry.changed]
    if rows:
        columns = ("seq", "relation", "record_id", "from_day", "before", "after")
        numbered = [(entry.seq, *row) for row in rows]
        insert_rows(Change._meta.db_table, columns, numbered)
    parts = [entry.seq, microseconds(entry.at), entry.actor.person_id, entry.action, canonical(entry.detail), len(rows)]
    digest = changes_hash(rows)
    hashed = entry_hash(chain.hash, [*parts, digest])
    LogEntry.objects.create(
        seq=entry.seq,
        at=parts[1],
        actor_id=entry.actor.person_id,
        action=entry.action,
        detail=parts[4],
        changes=len(rows),
        changes_hash=digest,
        previous_hash=chain.hash,
        hash=hashed,
    )
    Chain.objects.filter(pk=1).update(seq=entry.seq, hash=hashed)


def _change_row(one: Changed) -> tuple[str, int, int, str, str]:
    before = canonical(one.before) if one.before is not None else ""
    after = canonical(one.after) if one.after is not None else ""
    return one.relation, one.record_id, one.from_day, before, after
