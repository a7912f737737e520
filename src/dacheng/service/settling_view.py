"""One receipt or payment term for its page, and what their forms may refer to (R151)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer, may
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.store.actions.terms import terms_of
from dacheng.store.identity import hidden
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Standing, standing_uid


@dataclass(frozen=True)
class MoneyView:
    """A record of contract to cash on the Book's day, or on its first day when that comes later.

    Args:
        names: of everything it and its history name.
        rights: of the policy that the viewer has on it now.
        granted: seen only by a grant.
    """

    uid: UUID
    record: Standing
    row: Mapping[str, Any]
    rights: frozenset[str]
    granted: bool
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]

    @property
    def version(self) -> int:
        """Return the version that an edit must name."""
        return int(self.record.row["version"])

    @property
    def called(self) -> str:
        """Return what people call it."""
        return " ".join(str(self.row[name]) for name in ("code", "name") if self.row[name])


def money_view(viewer: Viewer, relation_name: str, uid: UUID, book: Book, rights: Sequence[str]) -> MoneyView:
    """Return a term, receipt or contract for its page.

    Args:
        rights: of the policy that are asked for.

    Raises:
        NotFound: it does not exist, or the viewer does not see it.
    """
    relation, record = RELATIONS[relation_name], standing_uid(relation_name, uid)
    shown = book if record.first_day <= book.as_of_day else book.at(record.first_day)
    key = relation.key[0]
    seen = shown.gather(
        f"SELECT {key}, unit_id FROM {relation.name} WHERE {key} = :record ORDER BY {key}", record=record.record_id
    )
    if not len(seen):
        raise hidden(relation.label)
    row = {**record.row, **record.on(relation, shown.as_of_day)}
    place = {"unit_id": int(seen["unit_id"][0]), "owner_id": int(row["owner_id"])}
    current = book.as_of_day == book.today
    history = events_of(relation, record, history_of(relation_name, record.record_id), shown.as_of_day, ())
    return MoneyView(
        uid=record.uid,
        record=record,
        row=row,
        rights=frozenset(one for one in rights if current and may(viewer, one, shown.tree, **place)),
        granted=place["unit_id"] == OUTSIDE and not shown.scope.whole,
        history=history,
        names=_names(relation, row, history),
    )


def terms_agreed(contract: Standing) -> list[Standing]:
    """Return the payment terms of a contract as they stand now, the first agreed first."""
    return list(terms_of([contract.record_id]).values())


def of_contract(book: Book, relation_name: str, contract_id: int) -> list[tuple[int, Name]]:
    """Return number and name of the terms or invoices of a contract that the viewer sees."""
    key = RELATIONS[relation_name].key[0]
    rows = book.gather(
        f"SELECT {key} FROM {relation_name} WHERE contract_id = :contract ORDER BY {key}", contract=contract_id
    )
    ids = rows[key].tolist()
    names = DatabaseNames().names(relation_name, ids)
    return [(one, names[one]) for one in ids if one in names]


def _names(relation: Relation, row: Mapping[str, Any], history: Sequence[Event]) -> Mapping[str, Mapping[int, Name]]:
    wanted: dict[str, set[int]] = {"people": {one.actor_id for one in history}}
    rows = [row, *({one.name: value} for one in history for value in (one.before, one.after) if value)]
    for column in relation.facts:
        if column.kind == "ref":
            wanted.setdefault(column.ref, set()).update(one[column.name] for one in rows if one.get(column.name))
    return DatabaseNames().names_of(wanted)
