"""Records as a viewer sees them on a day: facts through the Book, labels and versions beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.org.schema import PEOPLE
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.wire import names_in, sent
from dacheng.store.access import Rights, tree_on
from dacheng.store.actions.customers import sees_customer
from dacheng.store.history import company_day
from dacheng.store.identity import hidden
from dacheng.store.merged import leads_to
from dacheng.store.queries.labels import id_of, labels_of, labels_on
from dacheng.store.queries.organisation import home_versions
from dacheng.store.standing import standing_uid

ALL = 10**9


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of records, each as it stands outside, and how many there are."""

    count: int
    rows: Sequence[Mapping[str, Any]]


def one_record(name: str, uid: UUID, book: Book) -> dict[str, Any]:
    """Return a record as it stood on the Book's day, with its name of now, and its version unless the day is over.

    For one that had been merged away by then the one that stays is returned.

    Raises:
        NotFound: it does not exist, did not on that day, or the viewer does not see it.
    """
    relation = RELATIONS[name]
    record_id = id_of(relation, uid)
    rows = _rows(book, relation, f"WHERE r.{relation.key[0]} = :record", record=record_id or 0)
    if not len(rows):
        stays = leads_to(name, uid)
        if stays is None:
            raise hidden(relation.label)
        return one_record(name, stays, book)
    return _sent(book, relation, rows)[0]


def one_customer(uid: UUID, book: Book, viewer: Viewer, at: datetime) -> dict[str, Any]:
    """Return a customer that the viewer deals with, or created.

    Raises:
        NotFound: there is none, or he does not.
    """
    customer, day = standing_uid("customers", uid), company_day(at)
    if not viewer.whole and not sees_customer(Rights(viewer, day, tree_on(day)), customer):
        raise hidden(RELATIONS["customers"].label)
    return one_record("customers", uid, book)


def listed(name: str, book: Book, *, offset: int = 0, limit: int = 0, of: tuple[str, UUID] | None = None) -> Listed:
    """Return one page of the records that the viewer sees on the Book's day, the oldest first.

    Args:
        limit: 0 = all.
        of: a column and the public id of the record that it names; None = of all.
    """
    relation = RELATIONS[name]
    where, params = "", {}
    if of is not None:
        where = f"WHERE r.{of[0]} = :whole"
        params = {"whole": id_of(RELATIONS[relation.column(of[0]).ref], of[1]) or 0}
    count = int(book.gather(f"SELECT COUNT(*) AS there FROM {name} r {where}", **params)["there"][0])
    order = f"ORDER BY r.{relation.key[0]} LIMIT :rows OFFSET :first"
    rows = _rows(book, relation, where, order, rows=limit or ALL, first=offset, **params)
    return Listed(count, _sent(book, relation, rows))


def parts_of(name: str, of: str, uid: UUID, book: Book) -> Sequence[Mapping[str, Any]]:
    """Return the records of a relation that belong to a record: the lines of a contract.

    Args:
        of: the column that names what they belong to.
    """
    relation = RELATIONS[name]
    whole = id_of(RELATIONS[relation.column(of).ref], uid)
    return _sent(book, relation, _rows(book, relation, f"WHERE r.{of} = :whole", whole=whole or 0))


def _rows(book: Book, relation: Relation, where: str, order: str = "", **params: int) -> Rows:
    names = [column.name for column in relation.facts] + (["unit_id"] if relation.placed else [])
    columns = ", ".join(f"r.{name}" for name in names)
    tail = order or f"ORDER BY r.{relation.key[0]}"
    return book.gather(f"SELECT {columns} FROM {relation.name} r {where} {tail}", **params)


def _sent(book: Book, relation: Relation, rows: Rows) -> list[dict[str, Any]]:
    """Return rows as they stand outside; ``granted`` marks those seen only by a grant."""
    facts = rows.records()
    ids = [row[relation.key[0]] for row in facts]
    over = book.as_of_day < book.today  # a past day tells nothing of later changes, not even how many there were
    labels = labels_on(relation, ids, book.as_of_day) if over else labels_of(relation, ids)
    for column in relation.labels:
        if column.field_class not in book.scope.classes:
            labels = {number: {**one, column.name: None} for number, one in labels.items()}
    names = names_in(relation, facts)
    units = DatabaseNames().names("units", {row["unit_id"] for row in facts}) if relation.placed else {}
    homes = home_versions(ids) if relation is PEOPLE and not over else {}
    found = []
    for number, row in zip(ids, facts, strict=True):
        record = {"id": str(labels[number]["uid"]), "version": None if over else labels[number]["version"]}
        record |= sent(relation, {**row, **labels[number]}, names)
        if relation.placed:
            record |= _placed(row["unit_id"], units)
        if relation is PEOPLE:
            record["home_version"] = homes.get(number)
        found.append(record)
    return found


def _placed(unit_id: int, units: Mapping[int, Name]) -> dict[str, Any]:
    """Return where a row counts; a row seen only by a grant counts nowhere."""
    unit = units.get(unit_id)
    shown = (unit.uid, unit.code, unit.name) if unit else (None, None, None)
    return dict(zip(("unit_id", "unit", "unit_name"), shown, strict=True)) | {"granted": unit_id == OUTSIDE}
