"""What all actions on records share: typed values from outside, one added record, one revised record.

References come from outside as public ids and are looked up here; a record never
learns the number of another one from a page or a call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dacheng.core.checking import check_values, kept, missing_columns, refusal
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY, date_of
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights
from dacheng.store.history import Entry
from dacheng.store.identity import code_from, new_uids, taken
from dacheng.store.saving import Edit, Made, New, change, create
from dacheng.store.standing import Columns, Standing, ids_of_codes, ids_of_uids

FROM_OUTSIDE = Mapping[str, Any]
"""Column -> value as a form, a call or a command gives it: references as public ids."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A record as it stands after an action: its public id and the version to edit next."""

    uid: UUID
    version: int


References = Mapping[str, Mapping[UUID, int]]
"""Relation -> public id -> number, looked up before."""


def references_in(name: str, rows: Iterable[FROM_OUTSIDE]) -> References:
    """Return the numbers of everything that rows refer to, one query a relation; what is unknown is left out."""
    wanted: dict[str, set[UUID]] = {}
    columns = [column for column in RELATIONS[name].columns if column.kind == "ref"]
    for values in rows:
        for column in columns:
            uid = _uid_of(values.get(column.name))
            if uid is not None:
                wanted.setdefault(column.ref, set()).add(uid)
    return {ref: ids_of_uids(ref, uids) for ref, uids in wanted.items()}


def typed(rights: Rights, name: str, values: FROM_OUTSIDE, known: References | None = None) -> Columns:
    """Return values as they are stored, references as numbers.

    Args:
        known: references looked up already, for an action on many rows; None = look them up.

    Raises:
        NotAllowed: a column is of a class that the actor does not see.
        RuleError: a column cannot be typed, its value is not possible, or it refers to
            nothing; names the column.
    """
    rights.require_columns(name, values)
    relation = RELATIONS[name]
    columns = {column.name: column for column in relation.columns}
    found = {
        key: _referred(relation, columns[key], value, known) if key in columns and columns[key].kind == "ref" else value
        for key, value in values.items()
    }
    check_values(relation, found)
    return {key: kept(columns[key], value) for key, value in found.items()}


def add(entry: Entry, name: str, columns: Columns, day: int, *, prefix: str = "") -> Made:
    """Create one record.

    Args:
        prefix: a record without a code gets one that begins with it.

    Raises:
        RuleError: a required column is missing, or the code is in use.
    """
    relation = RELATIONS[name]
    if prefix and not columns.get("code"):
        columns = {**columns, "code": code_from(prefix, new_uids(entry.at, 1)[0])}
    refuse_missing(relation, columns)
    refuse_taken(relation, columns)
    (made,) = create(entry, name, [New(columns, day)])
    return made


def refuse_missing(relation: Relation, columns: Columns) -> None:
    """Refuse a record without a column that it must have.

    Raises:
        RuleError: names the column.
    """
    for column in missing_columns(relation, columns):
        raise refusal(relation, column, columns.get(column.name), Text("必须填写。", "It is required."))


def revise(
    entry: Entry, name: str, record: Standing, columns: Columns, version: int | None, day: int, until: int = FAR_DAY
) -> Saved:
    """Correct columns of one record from a day on.

    Raises:
        Conflict: somebody changed it meanwhile. RuleError: the new code is in use, the day
            is before the first one, or a closed month rests on it.
    """
    if columns.get("code", record.row.get("code")) != record.row.get("code"):
        refuse_taken(RELATIONS[name], columns)
    change(entry, name, [Edit(record.record_id, columns, day, until, version)], {record.record_id: record})
    return saved(record)


def saved(record: Standing) -> Saved:
    """Return what an action answers about a record."""
    return Saved(record.uid, int(record.row["version"]))


def refuse_taken(relation: Relation, columns: Columns) -> None:
    """Refuse a code that another record has.

    Raises:
        RuleError: it does not say which record.
    """
    code = columns.get("code")
    if code and ids_of_codes(relation.name, [code]):
        raise taken(relation.label, code)


def day_not_after(entry: Entry, on: int | None) -> int:
    """Return the day an edit takes effect: today unless an earlier one is given.

    Raises:
        RuleError: it lies in the future.
    """
    if on is None or on == entry.day:
        return entry.day
    if on > entry.day:
        raise RuleError(
            Text(f"{date_of(on)} 还没有到。", f"{date_of(on)} is in the future."),
            Text(f"请选 {date_of(entry.day)} 或更早。", f"Choose {date_of(entry.day)} or earlier."),
        )
    return on


def _referred(relation: Relation, column: Column, value: Any, known: References | None) -> int | None:
    """Return the number of the record a public id names; blank is nothing."""
    if value is None or value == "":
        return 0 if column.default == 0 else None
    uid = _uid_of(value)
    found = (ids_of_uids(column.ref, [uid]) if known is None else known.get(column.ref, {})) if uid else {}
    if uid is None or uid not in found:
        raise refusal(relation, column, value, Text("请从列表中选择。", "Choose one from the list."))
    return found[uid]


def _uid_of(value: Any) -> UUID | None:
    """Return a public id; None where there is none."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
