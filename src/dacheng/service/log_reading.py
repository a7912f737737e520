"""The log (日志) for people: who did what when, each change with the names of what it is about.

Whoever may read the log sees that something was changed. Whose deal it is, and what it
was changed from and to, he sees only where he sees the record itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dacheng.core.access import ROLE_LABEL, Viewer, allow
from dacheng.core.book import Book
from dacheng.core.errors import Finding, NotFound, Text
from dacheng.core.period import date_of, ym_text
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.core.tree import Tree
from dacheng.exchange.defaults import default_rules
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.service.searching import SEEN
from dacheng.service.settings import time_zone
from dacheng.store import audit
from dacheng.store.actions.undo import OWN_RIGHT
from dacheng.store.history import microseconds
from dacheng.store.queries.logbook import (
    Logged,
    LoggedChange,
    Wanted,
    actions_logged,
    entries_before,
    entry_named,
    outside_keys,
)
from dacheng.store.standing import ids_of_uids

NOWHERE = Tree.of([], [])
"""For a right that reaches everywhere or nowhere."""

FIRST_CHANGES = 4
"""Changes of an entry that a page of the log shows; the entry's own page shows all."""

BUSINESS = (
    "deals", "deal_splits", "deal_contacts", "contracts", "contract_lines", "customers", "contacts", "targets",
    "actuals", "plan_rows", "plan_terms", "plan_cells", "plan_talks", "estimates", "estimate_inputs",
    "inventory_lines", "budgets", "budget_lines", "budget_cells", "releases", "expenses", "action_targets",
    "actions_done", "market_facts", "goals", "goal_deals", "deal_strategy", "ogsm_nodes", "checklist_items",
    "plan_adjustments", "factor_figures", "plan_factors", "payment_terms", "recognitions", "invoices", "receipts",
    "allocations", "write_offs", "projects", "milestones", "dunning_steps", "promises",
)  # fmt: skip
"""Relations whose rows are somebody's business, and shown only to who sees them."""

OF_OTHERS: Mapping[str, Mapping[str, str]] = {
    "deal_splits": {"deal_id": "deals"},
    "deal_contacts": {"deal_id": "deals", "contact_id": "contacts"},
    "plan_terms": {"plan_row_id": "plan_rows"},
    "plan_cells": {"plan_row_id": "plan_rows"},
    "plan_talks": {"plan_row_id": "plan_rows"},
    "goal_deals": {"goal_id": "goals", "deal_id": "deals"},
    "deal_strategy": {"deal_id": "deals"},
}
"""Relations whose rows are seen by who sees what they are about: column of the key -> relation."""

OF_BUDGETS = ("budgets", "budget_lines", "releases", "expenses")
"""Relations of things that count at a unit, and are seen by who sees that."""

IN_BOOK = (
    "actuals", "factor_figures", "plan_rows", "plan_adjustments", "market_facts", "goals", "ogsm_nodes",
    "checklist_items", "payment_terms", "recognitions", "invoices", "receipts", "allocations", "write_offs",
    "projects", "milestones", "dunning_steps", "promises",
)  # fmt: skip
"""Relations whose rows are seen where the Book shows them."""

LINES = "SELECT line_id FROM contract_lines WHERE line_id IN (:ids) ORDER BY line_id"
AT_UNITS = ("estimates", "estimate_inputs")
"""Relations whose key says at which unit a row is, and that are nobody's own."""

INVENTORY = "SELECT inventory_id FROM inventory_lines WHERE inventory_id IN (:ids) ORDER BY inventory_id"
OF_PEOPLE = {
    name: f"SELECT person_id FROM {name} GROUP BY person_id ORDER BY person_id"
    for name in ("action_targets", "actions_done")
}
NOT_TOLD = ("object_id",)
"""Columns that hold numbers of ours."""

TOLD_AS_THEY_ARE = ("name", "reason", "source", "days", "version", "words", "tables", "mapping")
"""Details of an entry that are words or numbers of people."""

SCOPES = {"read": Text("读", "read"), "write": Text("读和写", "read and write")}
"""What an API token may do."""

UIDS = {"person": "people", "unit": "units", "to": "people"}
Names = Mapping[str, Mapping[int, Name]]


@dataclass(frozen=True, slots=True)
class Value:
    """A column that changed; ``before`` None in a new record, ``after`` None in a removed one."""

    column: Column
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One changed record.

    Args:
        key: what names it: code and name of a thing, else the columns of its key.
        seen: the reader sees the record; otherwise key and values are empty.
        made: it was created; gone: it was removed.
    """

    relation: Relation
    key: Mapping[str, Any]
    seen: bool
    made: bool
    gone: bool
    from_day: int
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry of the log.

    Args:
        name: its name outside, its hash; at: microseconds since 1970-01-01 UTC.
        actor: None = the system; actor_id: his number, 0 for it.
        details: what it says beside its changes, by key.
        count: how many records it changed in all.
    """

    name: str
    at: int
    actor: Name | None
    action: str
    details: Mapping[str, Text]
    count: int
    changes: Sequence[ShownChange]
    actor_id: int = 0


@dataclass(frozen=True, slots=True)
class LogPage:
    """Entries, the latest first, and the names of everything they mention."""

    entries: Sequence[ShownEntry]
    names: Names
    more: bool


@dataclass(frozen=True, slots=True)
class LogQuestion:
    """Which entries, as text: a person's code or name, an action, a company day; empty = any."""

    person: str = ""
    action: str = ""
    day: int | None = None


def log_page(reader: Viewer, book: Book, asked: LogQuestion, *, before: str, limit: int) -> LogPage:
    """Return entries of the log, the latest first.

    Args:
        before: the name of the entry that they come before; empty = from the latest on.

    Raises:
        NotAllowed: the reader may not read the log. NotFound: there is no such entry.
        RuleError: the person is not known.
    """
    allow(reader, "log.read", NOWHERE)
    entries = entries_before(before, limit + 1, FIRST_CHANGES, _wanted(asked))
    if entries is None:
        raise _no_entry()
    return _page(book, entries[:limit], more=len(entries) > limit)


def own_steps(reader: Viewer, book: Book, *, before: str, limit: int) -> LogPage:
    """Return the reader's own steps that can be taken back, the latest first.

    Raises:
        NotFound: there is no such entry.
    """
    entries = entries_before(before, limit + 1, FIRST_CHANGES, Wanted(reader.person_id, actions=tuple(OWN_RIGHT)))
    if entries is None:
        raise _no_entry()
    return _page(book, entries[:limit], more=len(entries) > limit)


def log_entry(reader: Viewer, book: Book, name: str, *, limit: int, offset: int = 0) -> LogPage:
    """Return one entry with a page of its changes. Raises as ``log_page``."""
    allow(reader, "log.read", NOWHERE)
    entry = entry_named(name, limit, offset)
    if entry is None:
        raise _no_entry()
    return _page(book, [entry], more=offset + limit < entry.changes)


def verify_log(reader: Viewer) -> list[Finding]:
    """Return what is wrong with the log, the facts and the records; empty when nothing is.

    Raises:
        NotAllowed: the reader may not read the log.
    """
    allow(reader, "log.read", NOWHERE)
    return audit.verify()


def actions_in_log(reader: Viewer) -> list[str]:
    """Return the actions that the log knows. Raises as ``log_page``."""
    allow(reader, "log.read", NOWHERE)
    return actions_logged()


def _wanted(asked: LogQuestion) -> Wanted:
    actor = identified("people", asked.person, DatabaseNames()) if asked.person else None
    if asked.day is None:
        return Wanted(actor, asked.action)
    zone = ZoneInfo(time_zone())
    start, end = (microseconds(datetime.combine(date_of(day), time(0), zone)) for day in (asked.day, asked.day + 1))
    return Wanted(actor, asked.action, start, end)


def _page(book: Book, entries: Sequence[Logged], *, more: bool) -> LogPage:
    changes = [one for entry in entries for one in entry.first]
    keys = {name: outside_keys(name, _ids(changes, name)) for name in {one.relation for one in changes}}
    seen = _seen(book, changes, keys)
    people = {entry.actor_id for entry in entries} | _people_in(entries)
    names = _names(changes, keys, people)
    shown = [_entry(book, entry, keys, seen, names) for entry in entries]
    return LogPage(shown, names, more)


def _entry(
    book: Book,
    entry: Logged,
    keys: Mapping[str, Mapping[int, dict[str, Any]]],
    seen: Mapping[str, set[int]],
    names: Names,
) -> ShownEntry:
    return ShownEntry(
        name=entry.hash,
        at=entry.at,
        actor=names["people"].get(entry.actor_id),
        action=entry.action,
        details=_details(entry.detail, names),
        count=entry.changes,
        changes=[
            _change(book, one, keys[one.relation].get(one.record_id, {}), _is_seen(seen, one)) for one in entry.first
        ],
        actor_id=entry.actor_id,
    )


def _change(book: Book, one: LoggedChange, key: Mapping[str, Any], seen: bool) -> ShownChange:
    relation = RELATIONS[one.relation]
    return ShownChange(
        relation=relation,
        key=key if seen else {},
        seen=seen,
        made=one.before is None,
        gone=one.after is None,
        from_day=one.from_day,
        values=_values(book, relation, one, key) if seen else (),
    )


def _values(book: Book, relation: Relation, one: LoggedChange, key: Mapping[str, Any]) -> list[Value]:
    """Return the columns that changed, as far as the reader's field classes go; what names the record is left out."""
    before, after = one.before or {}, one.after or {}
    return [
        Value(column, before.get(column.name), after.get(column.name))
        for column in relation.columns
        if (column.name in before or column.name in after)
        and column.field_class in book.scope.classes
        and column.name not in NOT_TOLD
        and not (one.before is None and (column.derived or column.name in key))
    ]


def _ids(changes: Iterable[LoggedChange], name: str) -> set[int]:
    return {one.record_id for one in changes if one.relation == name}


def _is_seen(seen: Mapping[str, set[int]], one: LoggedChange) -> bool:
    return one.relation not in seen or one.record_id in seen[one.relation]


def _seen(
    book: Book, changes: Sequence[LoggedChange], keys: Mapping[str, Mapping[int, dict[str, Any]]]
) -> dict[str, set[int]]:
    """Return of each business relation the records that are seen; a relation left out is seen by every reader."""
    if book.scope.whole:
        return {}
    return {name: _seen_of(book, name, _ids(changes, name), keys.get(name, {})) for name in BUSINESS}


def _seen_of(book: Book, name: str, ids: set[int], keys: Mapping[int, dict[str, Any]]) -> set[int]:
    if not ids:
        return set()
    if name == "targets":
        units, me = set(book.scope.units), book.scope.person_id
        return {one for one, key in keys.items() if key["unit_id"] in units or key["person_id"] == me}
    if name in AT_UNITS:
        return {one for one, key in keys.items() if key["unit_id"] in book.scope.units}
    if name == "inventory_lines":
        return set(book.gather(INVENTORY, ids=tuple(ids))["inventory_id"].tolist())
    if name in OF_PEOPLE:
        people = set(book.gather(OF_PEOPLE[name])["person_id"].tolist())
        return {one for one, key in keys.items() if key["person_id"] in people}
    if name == "contract_lines":
        return set(book.gather(LINES, ids=tuple(ids))["line_id"].tolist())
    if name in OF_OTHERS:
        return _seen_through(book, keys, OF_OTHERS[name])
    if name == "budget_cells":
        lines = _seen_at_units(book, "budget_lines", {key["line_id"] for key in keys.values()})
        return {one for one, key in keys.items() if key["line_id"] in lines}
    if name in OF_BUDGETS:
        return _seen_at_units(book, name, ids)
    if name in IN_BOOK:
        return _in_book(book, name, ids)
    return set(SEEN[name](book, tuple(ids)))


def _in_book(book: Book, name: str, ids: set[int]) -> set[int]:
    """Return the records of a relation that the Book shows."""
    key = RELATIONS[name].key[0]
    sql = f"SELECT {key} FROM {name} WHERE {key} IN (:ids) ORDER BY {key}"
    return set(book.gather(sql, ids=tuple(ids))[key].tolist())


def _seen_at_units(book: Book, name: str, ids: set[int]) -> set[int]:
    """Return those of some things placed at units that the Book shows on its day."""
    key = RELATIONS[name].key[0]
    found = book.gather(f"SELECT {key} FROM {name} WHERE {key} IN (:ids) ORDER BY {key}", ids=tuple(ids))
    return set(found[key].tolist())


def _seen_through(book: Book, keys: Mapping[int, dict[str, Any]], through: Mapping[str, str]) -> set[int]:
    """Return the records of which everything that they are about is seen."""
    found = {
        column: _seen_of(book, relation, {key[column] for key in keys.values()}, {})
        for column, relation in through.items()
    }
    return {one for one, key in keys.items() if all(key[column] in seen for column, seen in found.items())}


def _names(
    changes: Iterable[LoggedChange], keys: Mapping[str, Mapping[int, dict[str, Any]]], people: set[int]
) -> Names:
    """Return the names of everything the changes refer to, in one query."""
    wanted: dict[str, set[int]] = {"people": people, "units": set()}
    for one in changes:
        rows = (one.before, one.after, keys[one.relation].get(one.record_id))
        for column in RELATIONS[one.relation].columns:
            if column.kind == "ref":
                found = (row[column.name] for row in rows if row and isinstance(row.get(column.name), int))
                wanted.setdefault(column.ref, set()).update(found)
    return DatabaseNames().names_of(wanted)


def _people_in(entries: Iterable[Logged]) -> set[int]:
    found = {entry.detail.get("person") for entry in entries} | {
        number for entry in entries for number in _by_uid(entry.detail).values()
    }
    return {one for one in found if isinstance(one, int)}


def _by_uid(detail: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers of what an entry names by public id."""
    named = {key: UUID(detail[key]) for key in UIDS if isinstance(detail.get(key), str)}
    found = {key: ids_of_uids(UIDS[key], [uid]).get(uid) for key, uid in named.items()}
    return {key: number for key, number in found.items() if number is not None}


def _details(detail: Mapping[str, Any], names: Names) -> dict[str, Text]:
    """Return what an entry says beside its changes, in words; what is only a number of ours is left out."""
    by_uid = _by_uid(detail)
    told: dict[str, Text] = {}
    for key in ("person", "to"):
        number = by_uid.get(key, detail.get(key))
        name = names["people"].get(number) if isinstance(number, int) else None
        if name:
            told[key] = Text(name.name, name.name)
    if "unit" in by_uid:
        unit = DatabaseNames().names("units", [by_uid["unit"]]).get(by_uid["unit"])
        told |= {"unit": Text(unit.name, unit.name)} if unit else {}
    if detail.get("role") in ROLE_LABEL:
        told["role"] = ROLE_LABEL[detail["role"]]
    if "ym" in detail:
        told["month"] = Text(ym_text(detail["ym"]), ym_text(detail["ym"]))
    if "rule" in detail:
        told |= _rule(detail)
    for key in ("reason", "source", "days") if "rule" in detail else TOLD_AS_THEY_ARE:
        if detail.get(key) not in (None, ""):
            told[key] = Text(str(detail[key]), str(detail[key]))
    if "scopes" in detail:
        told["scopes"] = SCOPES["write" if "write" in detail["scopes"] else "read"]
    return told


def _rule(detail: Mapping[str, Any]) -> dict[str, Text]:
    """Return which rule has which value from which day."""
    kinds, _ = default_rules()
    name = str(detail["rule"])
    label = next((kind.label for kind in kinds if kind.name == name), Text(name, name))
    if "value" not in detail:
        return {"rule": label}
    value, day = str(detail["value"]), date_of(detail["from_day"]).isoformat()
    return {"rule": label, "value": Text(value, value), "from": Text(day, day)}


def _no_entry() -> NotFound:
    return NotFound(
        Text("没有这条日志。", "There is no such entry."), Text("从最新一条开始读。", "Begin at the latest one.")
    )
