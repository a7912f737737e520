"""The two ways a record is written: created, or changed from a day on.

Both save the record (latest values, labels, version), its facts (dated integers) and
the change for the log, set-based: a few statements at any size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from uuid6 import uuid7

from dacheng.core.errors import Conflict, NotFound, Text
from dacheng.core.facts import Version, apply, patch
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, delete_rows, insert_rows, next_id, select_rows, update_rows
from dacheng.store.deriving import Deriver, deriver
from dacheng.store.history import Changed, Entry
from dacheng.store.models import FAR_SEQ, RECORDS

Key = tuple[int, ...]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class New:
    """A record to create.

    Args:
        values: fact columns (refs and days as integers) and labels; a column left out
            takes its default, or is not known.
        from_day: its first day.
        later: (day, changed columns) that followed, ascending: history that comes with it.
        source, external_key: where it came from, so that the same row is found again.
    """

    values: Values
    from_day: int
    later: tuple[tuple[int, Values], ...] = ()
    source: str = ""
    external_key: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one record.

    Args:
        version: the version the editor saw; None when the action itself just read it.
    """

    record_id: int
    values: Values
    from_day: int
    until_day: int = FAR_DAY
    version: int | None = None


@dataclass
class _Standing:
    """A record as it stands: its row and its current versions."""

    row: Values
    versions: list[Version] = field(default_factory=list)


def create(entry: Entry, name: str, news: Sequence[New]) -> list[int]:
    """Create records with their facts; return their ids in order."""
    relation = RELATIONS[name]
    model = RECORDS[name]
    derive = deriver(name)
    first = next_id(model) if news else 0
    records: list[tuple[Any, ...]] = []
    facts: list[tuple[Any, ...]] = []
    for record_id, new in enumerate(news, first):
        versions = derive(_history(relation, new))
        row = {**_complete(relation, new.values), **_fact_values(relation, versions[-1])}
        records.append(_record_row(relation, record_id, row, new))
        facts += [_fact_row(relation, _key(relation, record_id, row), version, entry.seq) for version in versions]
        entry.changed.append(Changed(name, record_id, new.from_day, None, _created(relation, row, versions)))
    insert_rows(model._meta.db_table, _record_columns(relation), records)
    insert_rows(fact_table(name), _fact_columns(relation), facts)
    return list(range(first, first + len(news)))


def change(entry: Entry, name: str, edits: Sequence[Edit]) -> int:
    """Change records from their days on; return how many really changed.

    Raises:
        NotFound: a record is gone. Conflict: somebody changed it since it was read;
            both values travel with the error. RuleError: the day is before its first.
    """
    relation = RELATIONS[name]
    standing = _load(name, {edit.record_id for edit in edits})
    derive = deriver(name)
    close: list[tuple[Any, ...]] = []
    facts: list[tuple[Any, ...]] = []
    updated: dict[int, Values] = {}
    for edit in edits:
        found = standing.get(edit.record_id)
        if found is None:
            raise NotFound(
                Text(f"{relation.label.zh}已不存在。", f"{relation.label.en}: it no longer exists."),
                Text("请刷新页面。", "Reload the page."),
            )
        _check_version(relation, found.row, edit)
        changed = _applied(relation, found, edit, derive)
        if changed is None:
            continue
        versions, before, after = changed
        key = _key(relation, edit.record_id, found.row)
        new = set(versions)
        close += [(entry.seq, *key, one.from_day) for one in found.versions if one not in new]
        old = set(found.versions)
        facts += [_fact_row(relation, key, one, entry.seq) for one in versions if one not in old]
        found.versions = versions
        found.row |= {**_fact_values(relation, versions[-1]), **_labels_of(relation, edit.values)}
        found.row["version"] += 1
        updated[edit.record_id] = found.row
        entry.changed.append(Changed(name, edit.record_id, edit.from_day, before, after))
    _write(relation, close, facts, updated, entry.seq)
    return len(updated)


def fact_table(name: str) -> str:
    """Return the fact table of a relation."""
    return f"fact_{name}"


def current_versions(relation: Relation, keys: Iterable[Key]) -> dict[Key, list[Version]]:
    """Return the current versions of keys, by day."""
    wanted = set(keys)
    size = len(relation.key)
    conditions = [among(column, {key[at] for key in wanted}) for at, column in enumerate(relation.key)]
    conditions.append((f"seq_to = {FAR_SEQ}", None))
    columns = [*relation.key, "from_day", "to_day", *(column.name for column in relation.values)]
    found: dict[Key, list[Version]] = {key: [] for key in wanted}
    for row in select_rows(fact_table(relation.name), columns, conditions, order=("from_day",)):
        key = row[:size]
        if key in found:
            found[key].append(Version(row[size], row[size + 1], row[size + 2 :]))
    return found


def close_versions(relation: Relation, rows: Sequence[tuple[Any, ...]], seq: int) -> None:
    """Close current versions; those opened in the same sequence are replaced, not closed.

    Args:
        rows: (sequence, *key, from_day) of each.
    """
    keys = [*relation.key, "from_day"]
    delete_rows(fact_table(relation.name), [*keys, "seq_from"], [(*row[1:], seq) for row in rows])
    update_rows(fact_table(relation.name), keys, ["seq_to"], rows, also=f"seq_to = {FAR_SEQ}")


def _write(
    relation: Relation,
    close: list[tuple[Any, ...]],
    facts: list[tuple[Any, ...]],
    updated: Mapping[int, Values],
    seq: int,
) -> None:
    if close:
        close_versions(relation, close, seq)
    if facts:
        insert_rows(fact_table(relation.name), _fact_columns(relation), _last_of_each(relation, facts))
    if updated:
        columns = [column.name for column in relation.columns if not _is_own_id(relation, column.name)]
        rows = [(*(row[name] for name in columns), row["version"], at) for at, row in updated.items()]
        update_rows(RECORDS[relation.name]._meta.db_table, ["id"], [*columns, "version"], rows)


def _last_of_each(relation: Relation, facts: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Keep the last row of each key and day, when one action changed a record twice."""
    size, from_day = len(relation.key), -4
    return list({(*row[:size], row[from_day]): row for row in facts}.values())


def _load(name: str, ids: Iterable[int]) -> dict[int, _Standing]:
    relation = RELATIONS[name]
    columns = ["id", "version", *(one.name for one in relation.columns if not _is_own_id(relation, one.name))]
    conditions = [among("id", ids), ("NOT removed", None)]
    rows = select_rows(RECORDS[name]._meta.db_table, columns, conditions)
    found = {row[0]: _Standing(dict(zip(columns, row, strict=True))) for row in rows}
    keys = {_key(relation, record_id, one.row): one for record_id, one in found.items()}
    for key, versions in current_versions(relation, keys).items():
        keys[key].versions = versions
    return found


def _applied(
    relation: Relation, found: _Standing, edit: Edit, derive: Deriver
) -> tuple[list[Version], Values, Values] | None:
    """Return the versions after an edit with what was and what is, or None when nothing changes."""
    names = [column.name for column in relation.values]
    facts = {names.index(name): value for name, value in edit.values.items() if name in names}
    versions = found.versions
    if facts:
        versions = apply(versions, patch(versions, facts, edit.from_day, edit.until_day))
        versions = derive(versions)
    labels = {
        name: value
        for name, value in _labels_of(relation, edit.values).items()
        if (found.row[name] or "") != (value or "")
    }
    if versions == found.versions and not labels:
        return None
    old, new = _on(found.versions, edit.from_day), _on(versions, edit.from_day)
    touched = [at for at in facts if old[at] != new[at]] if old and new else []
    before = {names[at]: old[at] for at in touched} | {name: found.row[name] for name in labels}
    after = {names[at]: new[at] for at in touched} | labels
    return versions, before, after


def _on(versions: Sequence[Version], day: int) -> tuple[int | None, ...]:
    return next((one.values for one in versions if one.from_day <= day < one.to_day), ())


def _check_version(relation: Relation, row: Values, edit: Edit) -> None:
    if edit.version is None or edit.version == row["version"]:
        return
    theirs = {name: row.get(name) for name in edit.values}
    raise Conflict(
        Text(
            f"{relation.label.zh} {row.get('code', '')} 刚被别人改过。",
            f"{relation.label.en} {row.get('code', '')} was changed by somebody else meanwhile.",
        ),
        Text("看一下两个值，再决定保留哪个。", "Compare both values, then choose one."),
        yours=dict(edit.values),
        theirs=theirs,
    )


def _history(relation: Relation, new: New) -> list[Version]:
    """Return the versions a new record starts with, the last one open."""
    complete = _complete(relation, new.values)
    states = [(new.from_day, complete)]
    for day, changed in new.later:
        states.append((day, {**states[-1][1], **changed}))
    days = [day for day, _ in states] + [FAR_DAY]
    names = [column.name for column in relation.values]
    return [
        Version(day, days[at + 1], tuple(values[name] for name in names))
        for at, (day, values) in enumerate(states)
        if day < days[at + 1]
    ]


def _complete(relation: Relation, values: Values) -> Values:
    """Return all columns of a record; what was left out takes its default."""
    return {column.name: values.get(column.name, _default(column)) for column in relation.columns}


def _default(column: Column) -> int | str | None:
    if column.default is not None:
        return column.default
    if column.is_label:
        return ""
    return 0 if column.derived and not column.nullable else None


def _fact_values(relation: Relation, version: Version) -> Values:
    return dict(zip((column.name for column in relation.values), version.values, strict=True))


def _labels_of(relation: Relation, values: Values) -> Values:
    return {column.name: values[column.name] for column in relation.labels if column.name in values}


def _created(relation: Relation, row: Values, versions: Sequence[Version]) -> Values:
    after = {name: row[name] for name in row if not _is_own_id(relation, name)}
    if len(versions) > 1:
        after["history"] = [[one.from_day, list(one.values)] for one in versions]
    return after


def _is_own_id(relation: Relation, column: str) -> bool:
    return relation.entity and column == relation.key[0]


def _key(relation: Relation, record_id: int, row: Values) -> Key:
    return (record_id,) if relation.entity else tuple(row[name] for name in relation.key)


def _record_columns(relation: Relation) -> list[str]:
    own = [column.name for column in relation.columns if not _is_own_id(relation, column.name)]
    return ["id", *own, "uid", "version", "source", "external_key", "removed", "since_day"]


def _record_row(relation: Relation, record_id: int, row: Values, new: New) -> tuple[Any, ...]:
    own = [row[column.name] for column in relation.columns if not _is_own_id(relation, column.name)]
    return (record_id, *own, uuid7().hex, 1, new.source, new.external_key, False, new.from_day)


def _fact_columns(relation: Relation) -> list[str]:
    return [*(column.name for column in relation.facts), "from_day", "to_day", "seq_from", "seq_to"]


def _fact_row(relation: Relation, key: Key, version: Version, seq: int) -> tuple[Any, ...]:
    return (*key, *version.values, version.from_day, version.to_day, seq, FAR_SEQ)
