"""The log as people read it: entries with what they changed, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dacheng.store.bulk import among, select_rows
from dacheng.store.history import microseconds
from dacheng.store.models import LogEntry


@dataclass(frozen=True, slots=True)
class EntryHead:
    """An entry without its changes.

    Args:
        at: microseconds since 1970-01-01 UTC; actor_id: who, 0 = the system.
        entry: its name outside, its hash.
    """

    seq: int
    at: int
    actor_id: int
    action: str
    detail: str
    changes: int
    entry: str


HEAD = ("seq", "at", "actor_id", "action", "detail", "changes", "hash")


def entry_heads(seqs: Iterable[int]) -> dict[int, EntryHead]:
    """Return entries by sequence."""
    return {row[0]: EntryHead(*row) for row in select_rows("log", HEAD, [among("seq", seqs)])}


def entry_of(actor_id: int, at: datetime, action: str) -> str:
    """Return the name outside (the hash) of the entry somebody wrote at a moment; empty when there is none."""
    own = LogEntry.objects.filter(actor_id=actor_id, at=microseconds(at), action=action).order_by("-seq")
    return own.values_list("hash", flat=True).first() or ""


def seq_named(entry: str) -> int:
    """Return the sequence of the entry with a name outside; 0 when there is none."""
    return LogEntry.objects.filter(hash=entry).values_list("seq", flat=True).first() or 0


def entries_of(actions: Iterable[str], limit: int) -> list[EntryHead]:
    """Return the latest entries of some actions."""
    found = LogEntry.objects.filter(action__in=list(actions)).order_by("-seq").values_list(*HEAD)
    return [EntryHead(*row) for row in found[:limit]]
