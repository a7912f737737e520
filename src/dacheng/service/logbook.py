"""The log (日志) as somebody reads it: who did what when, records by their public names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dacheng.core.access import ROLE_CODE, Viewer, allow, field_classes
from dacheng.core.errors import NotFound, Text
from dacheng.core.period import date_of, ym_text
from dacheng.core.relation import FieldClass, Relation
from dacheng.core.schema import RELATIONS
from dacheng.core.tree import Tree
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.wire import Named, names_in, sent
from dacheng.store.history import moment
from dacheng.store.queries.logbook import Logged, LoggedChange, entries_before, outside_keys

MOST_CHANGES = 20
"""Changes of one entry that are shown; ``changes`` says how many there are."""

NOWHERE = Tree.of([], [])
"""For rights that reach everywhere or nowhere."""

HIDDEN_COLUMNS = frozenset({"object_id"})
"""Columns that hold numbers of ours."""


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One changed record: its relation, what names it, and the columns that changed."""

    relation: str
    record: Mapping[str, Any]
    from_day: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry; ``actor`` None = the system."""

    name: str
    at: datetime
    actor: Name | None
    action: str
    detail: Mapping[str, Any]
    changes: int
    first: Sequence[ShownChange]


def log_page(reader: Viewer, *, before: str, limit: int) -> list[ShownEntry]:
    """Return entries of the log, the latest first.

    Args:
        before: the name of the entry that they come before; empty = from the latest on.

    Raises:
        NotAllowed: the reader may not read the log. NotFound: there is no such entry.
    """
    allow(reader, "log.read", NOWHERE)
    entries = entries_before(before, limit, MOST_CHANGES)
    if entries is None:
        raise NotFound(
            Text("没有这条日志。", "There is no such entry."), Text("从最新一条开始读。", "Begin at the latest one.")
        )
    return _shown(entries, field_classes(reader.roles))


def _shown(entries: Sequence[Logged], seen: frozenset[FieldClass]) -> list[ShownEntry]:
    people = DatabaseNames().names("people", {one.actor_id for one in entries} | _people_in(entries))
    named = _named(change for one in entries for change in one.first)
    return [
        ShownEntry(
            name=one.hash,
            at=moment(one.at),
            actor=people.get(one.actor_id),
            action=one.action,
            detail=_detail(one.detail, people),
            changes=one.changes,
            first=[_change(change, *named[change.relation], seen) for change in one.first],
        )
        for one in entries
    ]


def _people_in(entries: Iterable[Logged]) -> set[int]:
    return {one.detail["person"] for one in entries if isinstance(one.detail.get("person"), int)}


def _detail(detail: Mapping[str, Any], people: Mapping[int, Name]) -> dict[str, Any]:
    """Return what an entry says beside its changes, without numbers of ours."""
    shown = dict(detail)
    if isinstance(shown.get("person"), int):
        person = people.get(shown["person"])
        shown["person"] = person.uid if person else None
    if "ym" in shown:
        shown["month"] = ym_text(shown.pop("ym"))
    if "role" in shown:
        shown["role"] = ROLE_CODE.get(shown["role"])
    if "from_day" in shown:
        shown["from"] = date_of(shown.pop("from_day")).isoformat()
    return shown


def _named(changes: Iterable[LoggedChange]) -> dict[str, tuple[Mapping[int, dict[str, Any]], Named]]:
    """Return, by relation, what names its changed records, and the names of all they refer to."""
    by_relation: dict[str, list[LoggedChange]] = {}
    for one in changes:
        by_relation.setdefault(one.relation, []).append(one)
    found = {}
    for name, own in by_relation.items():
        keys = outside_keys(name, {one.record_id for one in own})
        rows = [row for one in own for part in (one.before, one.after) if part for row in _rows_in(part)]
        found[name] = (keys, names_in(RELATIONS[name], [*rows, *keys.values()]))
    return found


def _rows_in(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the columns of a change and of every later step that came with it."""
    return [part, *(columns for _, columns in part.get("history", ()))]


def _change(
    one: LoggedChange, keys: Mapping[int, dict[str, Any]], names: Named, seen: frozenset[FieldClass]
) -> ShownChange:
    relation = RELATIONS[one.relation]
    return ShownChange(
        relation=one.relation,
        record=_record(relation, keys.get(one.record_id, {}), names),
        from_day=date_of(one.from_day).isoformat(),
        before=_columns(relation, one.before, names, seen),
        after=_columns(relation, one.after, names, seen),
    )


def _record(relation: Relation, key: Mapping[str, Any], names: Named) -> dict[str, Any]:
    if relation.entity:
        return {"id": str(key["uid"]), "code": key.get("code"), "name": key.get("name")} if key else {}
    return sent(relation, {name: value for name, value in key.items() if name not in HIDDEN_COLUMNS}, names)


def _columns(
    relation: Relation, part: Mapping[str, Any] | None, names: Named, seen: frozenset[FieldClass]
) -> dict[str, Any] | None:
    """Return the columns of a change as they stand outside, with the later steps that came with a new record."""
    if part is None:
        return None
    hidden = {one.name for one in relation.columns if one.field_class not in seen} | HIDDEN_COLUMNS

    def told(row: Mapping[str, Any]) -> dict[str, Any]:
        return sent(relation, {name: value for name, value in row.items() if name not in hidden}, names)

    later = [{"from": date_of(day).isoformat()} | told(columns) for day, columns in part.get("history", ())]
    return told(part) | ({"history": later} if later else {})
