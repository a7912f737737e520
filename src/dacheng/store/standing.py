"""What stands: records with their current versions, as they are read before a change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dacheng.core.facts import Values, Version
from dacheng.core.facts import standing as values_on
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import Condition, among, select_rows
from dacheng.store.identity import given_uid, hidden, stored_uid
from dacheng.store.models import FAR_SEQ
from dacheng.store.sounding import SOUNDED

Key = tuple[int, ...]
Columns = dict[str, Any]
"""Column -> value: whole numbers, or text for labels."""

META = ("uid", "version", "since_day")
RECORD_META = ("uid", "version", "origin", "origin_code", "removed", "since_day")
"""What a record table holds beside the relation's own columns; ``record_meta`` adds what only some hold."""


RECORD_COLUMNS = {
    name: [column.name for column in relation.columns if not (relation.entity and column.name == relation.key[0])]
    for name, relation in RELATIONS.items()
}


@dataclass(slots=True)
class Standing:
    """A record as it stands.

    Args:
        row: its columns with their latest values, and uid, version and since_day.
        versions: current versions by day, without gaps unless it ended and began again.
    """

    record_id: int
    key: Key
    row: Columns
    versions: list[Version]

    @property
    def uid(self) -> UUID:
        """Return the public id."""
        return stored_uid(self.row["uid"])

    @property
    def name(self) -> str:
        """Return how people call the record: its code and name, as far as it has them."""
        parts = (str(self.row.get(column) or "") for column in ("code", "name"))
        return " ".join(part for part in parts if part)

    @property
    def first_day(self) -> int:
        """Return the first day on which it stands."""
        return self.versions[0].from_day if self.versions else int(self.row["since_day"])

    def on(self, relation: Relation, day: int) -> Columns:
        """Return the fact columns of a day; empty when it does not stand."""
        return named(relation, values_on(self.versions, day))

    def least(self, relation: Relation, column: str, day: int) -> int:
        """Return what a derived amount holds on every day from one on, minor units: the one nearest to nothing.

        A posting of a past day takes no more than that, or a later one would find less than there is.
        """
        at = relation.positions[column]
        held = [int(one.values[at] or 0) for one in self.versions if one.to_day > day]
        if not held or min(held) < 0 < max(held):
            return 0
        return min(held, key=abs)


def standing(name: str, ids: Iterable[int], *, removed: bool = False) -> dict[int, Standing]:
    """Return records by id; a missing one, and unless asked for a removed one, is left out."""
    return {one.record_id: one for one in _read(RELATIONS[name], among("id", ids), removed=removed)}


def standing_keys(name: str, keys: Iterable[Key]) -> dict[Key, Standing]:
    """Return records that stand, by key; for relations whose rows are no things of their own."""
    relation = RELATIONS[name]
    wanted = set(keys)
    conditions = [among(column, {key[at] for key in wanted}) for at, column in enumerate(relation.key)]
    return {one.key: one for one in _read(relation, *conditions) if one.key in wanted} if wanted else {}


def standing_uids(name: str, uids: Iterable[object]) -> dict[UUID, Standing]:
    """Return records by public id.

    Raises:
        NotFound: one does not exist; the answer does not say which.
    """
    label = RELATIONS[name].label
    wanted = {given_uid(uid, label) for uid in uids}
    found = standing_of(name, wanted)
    if len(found) < len(wanted):
        raise hidden(label)
    return found


def standing_of(name: str, uids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Return records by public id; one that does not exist is left out."""
    wanted = set(uids)
    return {one.uid: one for one in _read(RELATIONS[name], among("uid", wanted))} if wanted else {}


def standing_uid(name: str, uid: object) -> Standing:
    """Return the record of a public id.

    Raises:
        NotFound: it does not exist.
    """
    return next(iter(standing_uids(name, [uid]).values()))


def standing_code(name: str, code: str) -> Standing:
    """Return the record of a number that people know it by.

    Raises:
        NotFound: none has it.
    """
    found = standing(name, ids_of_codes(name, [code.strip()]).values())
    if len(found) != 1:
        raise hidden(RELATIONS[name].label)
    return next(iter(found.values()))


def current_versions(relation: Relation, keys: Iterable[Key], *, known_at: int = FAR_SEQ) -> dict[Key, list[Version]]:
    """Return the versions of keys by day: those current now, or those known at an earlier sequence."""
    wanted = set(keys)
    if not wanted:
        return {}
    size = len(relation.key)
    conditions = [among(column, {key[at] for key in wanted}) for at, column in enumerate(relation.key)]
    conditions.append((_known(known_at), None))
    columns = [*relation.key, "from_day", "to_day", *relation.value_names]
    found: dict[Key, list[Version]] = {key: [] for key in wanted}
    for row in select_rows(fact_table(relation.name), columns, conditions, order=("from_day",)):
        if row[:size] in found:
            found[row[:size]].append(Version(row[size], row[size + 1], row[size + 2 :]))
    return found


def named(relation: Relation, values: Values | None) -> Columns:
    """Return values of a version by column name."""
    if values is None:
        return {}
    return dict(zip(relation.value_names, values, strict=True))


def record_table(name: str) -> str:
    """Return the record table of a relation."""
    return f"rec_{name}"


def fact_table(name: str) -> str:
    """Return the fact table of a relation."""
    return f"fact_{name}"


def record_columns(relation: Relation) -> list[str]:
    """Return the columns of a record but its own id, which is the record's number."""
    return RECORD_COLUMNS[relation.name]


def record_meta(relation: Relation) -> tuple[str, ...]:
    """Return what a record table holds beside the relation's own columns."""
    return (*RECORD_META, "sound") if relation.name in SOUNDED else RECORD_META


def key_of(relation: Relation, record_id: int, row: Columns) -> Key:
    """Return the key of a record: its own number, or the columns that identify it."""
    return (record_id,) if relation.entity else tuple(row[name] for name in relation.key)


def every(name: str) -> dict[int, Standing]:
    """Return every record that stands; for small relations such as units."""
    return {one.record_id: one for one in _read(RELATIONS[name])}


def _read(relation: Relation, *conditions: Condition, removed: bool = False) -> list[Standing]:
    columns = record_columns(relation)
    shown = [] if removed else [("NOT removed", None)]
    rows = select_rows(record_table(relation.name), ["id", *columns, *META], [*conditions, *shown])
    found = [_standing(relation, row[0], dict(zip((*columns, *META), row[1:], strict=True))) for row in rows]
    versions = current_versions(relation, [one.key for one in found])
    for one in found:
        one.versions = versions[one.key]
    return found


def _standing(relation: Relation, record_id: int, row: Columns) -> Standing:
    return Standing(record_id, key_of(relation, record_id, row), row, [])


def _known(seq: int) -> str:
    """Return the condition of what is known now, or was known at a sequence."""
    return f"seq_to = {FAR_SEQ}" if seq == FAR_SEQ else f"seq_from <= {seq} AND seq_to > {seq}"


def ids_of_codes(name: str, codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of codes; an unknown one is left out."""
    return dict(select_rows(record_table(name), ["code", "id"], [among("code", codes), ("NOT removed", None)]))


def ids_of_uids(name: str, uids: Iterable[UUID]) -> dict[UUID, int]:
    """Return the ids of public ids; an unknown one is left out."""
    rows = select_rows(record_table(name), ["uid", "id"], [among("uid", uids), ("NOT removed", None)])
    return {stored_uid(uid): record_id for uid, record_id in rows}
