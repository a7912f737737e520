"""Pages of the log, newest first; an entry's name outside is its hash, never its sequence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, select_rows
from dacheng.store.identity import stored_uid
from dacheng.store.models import Change, LogEntry
from dacheng.store.standing import record_table


@dataclass(frozen=True, slots=True)
class LoggedChange:
    """One changed record of an entry; ``before`` None = created, ``after`` None = removed."""

    relation: str
    record_id: int
    from_day: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry with the first of its changes.

    Args:
        at: microseconds since 1970-01-01 UTC; actor_id: who, 0 = the system.
        changes: how many records changed in all.
        hash: its name outside.
    """

    at: int
    actor_id: int
    action: str
    detail: dict[str, Any]
    changes: int
    hash: str
    first: Sequence[LoggedChange]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of a person (0 = the system), of an action, of moments ``[from_at, to_at)``; None = any.

    Args:
        actions: one of these; none = any.
    """

    actor_id: int | None = None
    action: str = ""
    from_at: int | None = None
    to_at: int | None = None
    actions: tuple[str, ...] = ()

    def conditions(self) -> dict[str, Any]:
        """Return the conditions as the ORM takes them."""
        found = {
            "actor_id": self.actor_id,
            "action": self.action or None,
            "action__in": self.actions or None,
            "at__gte": self.from_at,
            "at__lt": self.to_at,
        }
        return {name: value for name, value in found.items() if value is not None}


EVERY_ENTRY = Wanted()


def entries_before(name: str, limit: int, most_changes: int, wanted: Wanted = EVERY_ENTRY) -> list[Logged] | None:
    """Return entries, the latest first; None when there is no entry of that name.

    Args:
        name: of the entry that they come before; empty = from the head on.
        most_changes: of one entry.
    """
    entries = LogEntry.objects.filter(**wanted.conditions()).order_by("-seq")
    if name:
        seq = LogEntry.objects.filter(hash=name).values_list("seq", flat=True).first()
        if seq is None:
            return None
        entries = entries.filter(seq__lt=seq)
    rows = list(entries.values_list("seq", "at", "actor_id", "action", "detail", "changes", "hash")[:limit])
    changes = _changes({row[0] for row in rows}, most_changes)
    return [
        Logged(at, actor, action, json.loads(detail), count, named, changes.get(seq, []))
        for seq, at, actor, action, detail, count, named in rows
    ]


def entry_named(name: str, limit: int, offset: int = 0) -> Logged | None:
    """Return one entry with a page of its changes; None when there is none of that name."""
    row = (
        LogEntry.objects.filter(hash=name)
        .values_list("seq", "at", "actor_id", "action", "detail", "changes", "hash")
        .first()
    )
    if row is None:
        return None
    seq, at, actor, action, detail, count, named = row
    changes = _changes({seq}, offset + limit, offset).get(seq, [])
    return Logged(at, actor, action, json.loads(detail), count, named, changes)


def actions_logged() -> list[str]:
    """Return the actions that the log knows, each once."""
    return list(LogEntry.objects.order_by("action").values_list("action", flat=True).distinct())


def outside_keys(relation_name: str, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what names records: of things their public id, code and name, of others the columns of their key."""
    relation = RELATIONS[relation_name]
    columns = _naming(relation)
    found = {}
    for number, *values in select_rows(record_table(relation_name), ["id", *columns], [among("id", ids)]):
        row = dict(zip(columns, values, strict=True))
        found[number] = row | ({"uid": stored_uid(row["uid"])} if relation.entity else {})
    return found


def _naming(relation: Relation) -> list[str]:
    if not relation.entity:
        return list(relation.key)
    return ["uid", *(column.name for column in relation.labels if column.name in ("code", "name"))]


def _changes(seqs: set[int], end: int, start: int = 0) -> dict[int, list[LoggedChange]]:
    """Return the changes of entries at the positions ``[start, end)``."""
    rows = Change.objects.filter(seq__in=seqs, position__gte=start, position__lt=end).order_by("seq", "position")
    found: dict[int, list[LoggedChange]] = {}
    for seq, relation, record_id, day, *texts in rows.values_list(
        "seq", "relation", "record_id", "from_day", "before", "after"
    ):
        before, after = (json.loads(text) if text else None for text in texts)
        found.setdefault(seq, []).append(LoggedChange(relation, record_id, day, before, after))
    return found
