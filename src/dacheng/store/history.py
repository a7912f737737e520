"""The hash-chained log: every write is one entry, opened by locking the chain.

Order in every action: lock → allow → rule → save → version → log. Opening an entry is
the lock; leaving it writes the log. Nothing changed means no entry.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from dacheng.core.access import Viewer
from dacheng.core.period import day_of
from dacheng.store.bulk import fetch_rows, insert_rows, refresh_statistics, update_rows, without_collecting
from dacheng.store.company import company_setting, forget_company
from dacheng.store.models import FACTS, RECORDS, Chain, Change, CompanySetting, LogEntry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MANY = 5_000
"""Changes of one entry after which the database counts its rows again."""

ChangeRow = tuple[str, int, int, str, str]
"""Relation, record id, the day it takes effect, before and after as canonical JSON."""

canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
"""Canonical JSON: sorted keys, no spaces, text as it is; anything but JSON's own types is an error."""


@dataclass
class Entry:
    """An open log entry: its sequence, who, when, the company's day, and what changed so far.

    ``alike`` holds column -> numbers that mean the same: a merged customer is the one that stays,
    also in a closed month. ``keep`` writes the entry even when no record changed (sign-ins, rights, exports);
    ``written`` holds relation -> the records that this entry has written.
    """

    seq: int
    actor: Viewer
    at: datetime
    day: int
    action: str
    detail: dict[str, Any] = field(default_factory=dict)
    changes: list[ChangeRow] = field(default_factory=list)
    written: dict[str, set[int]] = field(default_factory=dict)
    alike: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    keep: bool = False

    def note(
        self,
        relation: str,
        record_id: int,
        from_day: int,
        *,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
    ) -> None:
        """Note a changed record with the columns that changed; None = created, or removed."""
        was, now = ("" if part is None else canonical(part) for part in (before, after))
        self.changes.append((relation, record_id, from_day, was, now))
        self.written.setdefault(relation, set()).add(record_id)


@contextmanager
def writing(actor: Viewer, at: datetime, action: str, **detail: Any) -> Iterator[Entry]:
    """Open an entry: lock the chain, and write the log when the block ends without error."""
    forget_company()
    with without_collecting(), transaction.atomic():
        head = lock_chain()
        entry = Entry(head.seq + 1, actor, at, day_in(at, head.time_zone), action, detail)
        yield entry
        if entry.changes or entry.keep:
            _append(head, entry)
        if len(entry.changes) >= MANY:
            refresh_statistics(_tables_of(entry))


def _tables_of(entry: Entry) -> list[str]:
    """Return the tables of records and facts that an entry has written; the log is only ever read by its keys."""
    models = [kind[name] for name in sorted(entry.written) for kind in (RECORDS, FACTS) if name in kind]
    return [one._meta.db_table for one in models]


class Head(NamedTuple):
    """The last entry of the log, and the company's time zone, read with it."""

    seq: int
    hash: str
    time_zone: str


def lock_chain() -> Head:
    """Lock the head of the log; the first statement of every action.

    SQLite has locked the whole file already when the transaction began (IMMEDIATE).
    """
    lock = " FOR UPDATE OF chain" if connection.vendor == "postgresql" else ""
    joined = "chain LEFT JOIN company ON company.id = 1"
    (row,) = fetch_rows(f"SELECT chain.seq, chain.hash, company.time_zone FROM {joined} WHERE chain.id = 1{lock}")
    return Head(row[0], row[1], row[2] or CompanySetting(name="").time_zone)


def head_seq() -> int:
    """Return the sequence of the last entry: the data version."""
    return Chain.objects.values_list("seq", flat=True).get(pk=1)


def company_day(at: datetime) -> int:
    """Return the company's own day of a moment."""
    return day_in(at, company_setting().time_zone)


def day_in(at: datetime, time_zone: str) -> int:
    """Return the day that a moment is in a time zone."""
    return day_of(at.astimezone(ZoneInfo(time_zone)).date())


def microseconds(at: datetime) -> int:
    """Return a moment as microseconds since 1970-01-01 UTC."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(micros: int) -> datetime:
    """Return the moment of microseconds since 1970-01-01 UTC."""
    return EPOCH + timedelta(microseconds=micros)


def entry_hash(previous: str, parts: Iterable[Any]) -> str:
    """Return the hash of an entry over the one before it and its own parts.

    Args:
        parts: sequence, moment, actor, action, detail, number of changes, their hash.
    """
    return hashlib.sha256(f"{previous}\n{canonical(list(parts))}".encode()).hexdigest()


def changes_hash(rows: Iterable[tuple[Any, ...]]) -> str:
    """Return the hash over the changes of an entry: (position, relation, record, day, before, after)."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(canonical(row).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _append(head: Head, entry: Entry) -> None:
    rows = [(at, *change) for at, change in enumerate(entry.changes)]
    columns = ("seq", "position", "relation", "record_id", "from_day", "before", "after")
    insert_rows(Change._meta.db_table, columns, [(entry.seq, *row) for row in rows])
    detail, digest = canonical(entry.detail), changes_hash(rows)
    parts = (entry.seq, microseconds(entry.at), entry.actor.person_id, entry.action, detail, len(rows), digest)
    hashed = entry_hash(head.hash, parts)
    names = ("seq", "at", "actor_id", "action", "detail", "changes", "changes_hash", "previous_hash", "hash")
    insert_rows(LogEntry._meta.db_table, names, [(*parts, head.hash, hashed)])
    update_rows(Chain._meta.db_table, ["id"], ["seq", "hash"], [(entry.seq, hashed, 1)])
