"""The two ways a record is written: created, or become something else.

Both save the record (latest values, labels, version), its facts (dated integers) and
the change for the log, set-based: a few statements at any size. Whatever writes —
an edit, an import, an undo — comes through here, so closed months are guarded here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from dacheng.core.closing import FROZEN, MAY_BEGIN_EARLIER, NONE_CLOSED, Closed, frozen_part, refuse_frozen
from dacheng.core.errors import Conflict, Text
from dacheng.core.facts import Version, apply, difference, end_key, merged, patch
from dacheng.core.facts import standing as values_on
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import delete_rows, insert_rows, next_id, update_rows
from dacheng.store.deriving import Deriver, deriver
from dacheng.store.history import Entry
from dacheng.store.identity import hidden, new_uids
from dacheng.store.models import FAR_SEQ, RECORDS
from dacheng.store.periods import closed_through
from dacheng.store.shares import without_own_parts
from dacheng.store.sounding import SOUNDED, sound_of
from dacheng.store.standing import (
    Columns,
    Standing,
    fact_table,
    record_columns,
    record_meta,
    record_table,
    standing,
)


class New(NamedTuple):
    """A record to create.

    Args:
        values: fact columns (refs and days as integers) and labels; a column left out
            takes its default, or is not known.
        from_day: its first day.
        later: (day, changed columns) that followed, ascending: history that comes with it.
        until_day: the day after its last; a thing without an end stands until forever.
        origin, origin_code: the system it came from and its code there, so that it is found again.
    """

    values: Columns
    from_day: int
    later: tuple[tuple[int, Columns], ...] = ()
    until_day: int = FAR_DAY
    origin: str = ""
    origin_code: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Columns of one record to correct from a day on.

    Args:
        version: the version the editor saw; None when the action itself just read it.
    """

    record_id: int
    values: Columns
    from_day: int
    until_day: int = FAR_DAY
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Becoming:
    """What a record becomes.

    Args:
        versions: all its versions by day; none = it is removed.
        labels: the labels that are set.
        day: the day it takes effect, for the log; None = the first day that differs.
    """

    record_id: int
    versions: Sequence[Version]
    labels: Columns = field(default_factory=dict)
    day: int | None = None


class Made(NamedTuple):
    """A record that was just created."""

    record_id: int
    uid: UUID


def create(entry: Entry, name: str, news: Sequence[New]) -> list[Made]:
    """Create records with their facts, in order.

    Raises:
        RuleError: a closed month would change.
    """
    if not news:
        return []
    relation = RELATIONS[name]
    derive = deriver(name)
    closed = closed_for(name)
    columns = record_columns(relation)
    own_columns, values_of, key_columns = _picking(columns), _VALUES_OF[name], _picking(relation.key)
    made = [Made(*one) for one in enumerate(new_uids(entry.at, len(news)), next_id(RECORDS[name]))]
    records: list[tuple[Any, ...]] = []
    facts: list[tuple[Any, ...]] = []
    for (record_id, uid), new in zip(made, news, strict=True):
        complete = _complete(relation, new.values)
        versions = merged(derive(_history(relation, new, complete)))
        last = versions[-1].values
        row = (
            complete
            if last == values_of(complete)
            else {**complete, **dict(zip(relation.value_names, last, strict=True))}
        )
        key = (record_id,) if relation.entity else key_columns(row)
        if closed and name not in MAY_BEGIN_EARLIER and frozen_part(name, key, versions, closed):
            raise refuse_frozen(relation, str(row.get("code") or ""), closed)
        own = own_columns(row)
        meta = (uid.hex, 1, new.origin, new.origin_code, False, versions[0].from_day)
        records.append((record_id, *own, *meta, *_sound(name, row)))
        facts += [_fact_row(key, version, entry.seq) for version in versions]
        known = {name: value for name, value in zip(columns, own, strict=True) if value is not None and value != ""}
        after = known if len(versions) == 1 else _with_steps(relation, known, versions)
        entry.note(name, record_id, versions[0].from_day, before=None, after=after)
    insert_rows(record_table(name), ["id", *columns, *record_meta(relation)], records)
    insert_rows(fact_table(name), _fact_names(relation), facts)
    return made


def versions_of(relation: Relation, new: New, derive: Deriver) -> list[Version]:
    """Return the versions a new record starts with."""
    return merged(derive(_history(relation, new, _complete(relation, new.values))))


def change(entry: Entry, name: str, edits: Sequence[Edit], found: Mapping[int, Standing] | None = None) -> set[int]:
    """Correct columns of records from their days on; return the ids of those that really changed.

    Args:
        found: the records as they stand, when the action has read them already.

    Raises:
        NotFound: a record is gone. Conflict: somebody changed it since it was read;
            both values travel with the error. RuleError: the day is before its first,
            or a closed month rests on it.
    """
    relation = RELATIONS[name]
    known = standing(name, {edit.record_id for edit in edits}) if found is None else found
    wanted: dict[int, Becoming] = {}
    for edit in edits:
        one = known.get(edit.record_id)
        if one is None:
            raise hidden(relation.label)
        earlier = wanted.get(edit.record_id, Becoming(edit.record_id, one.versions))
        becoming = corrected(relation, earlier, edit)
        check_version(relation, one, edit.version, edit.values)
        wanted[edit.record_id] = becoming
    return become(entry, name, known, wanted.values())


def end(entry: Entry, name: str, ids: Iterable[int], day: int) -> set[int]:
    """End records: nothing of them stands from a day on; one that had only just begun is removed."""
    found = standing(name, ids)
    ended = [
        Becoming(one.record_id, apply(one.versions, end_key(one.versions, max(day, one.first_day))), day=day)
        for one in found.values()
        if one.versions and one.versions[-1].to_day > day
    ]
    return become(entry, name, found, ended)


def become(entry: Entry, name: str, found: Mapping[int, Standing], wanted: Iterable[Becoming]) -> set[int]:
    """Let records become what is wanted, one Becoming a record; what is so already writes nothing.

    Whoever becomes the owner of a deal has no part of it beside the rest: that part ends on the day.

    Returns:
        The ids of those that changed; ``found`` then shows them as they stand now.

    Raises:
        RuleError: a closed month rests on what would change.
    """
    if name != "deals":
        return _write(entry, name, found, wanted)
    wanted = list(wanted)
    ending = without_own_parts(found, {one.record_id: one.versions for one in wanted})
    whole = [replace(one, versions=ending.deals.get(one.record_id, one.versions)) for one in wanted]
    changed = _write(entry, name, found, whole)
    _write(entry, "deal_splits", ending.records, [Becoming(*one) for one in ending.splits.items()])
    return changed


def _write(entry: Entry, name: str, found: Mapping[int, Standing], wanted: Iterable[Becoming]) -> set[int]:
    """Close and open the versions of records, and note what changed."""
    relation = RELATIONS[name]
    derive = deriver(name)
    closed = closed_for(name)
    close: list[tuple[Any, ...]] = []
    facts: list[tuple[Any, ...]] = []
    changed: set[int] = set()
    columns: set[str] = set()
    again: list[tuple[Any, ...]] = []
    written = set(entry.written.get(name, ()))
    for one in wanted:
        record = found[one.record_id]
        versions = merged(derive(list(one.versions)))
        labels = {label: value for label, value in one.labels.items() if record.row[label] != value}
        if versions == record.versions and not labels:
            continue
        if closed:
            refuse_closed(relation, record, versions, closed, entry.alike)
        turn = difference(record.versions, versions)
        gone = [(entry.seq, *record.key, from_day) for from_day in turn.close]
        close += gone
        again += gone if one.record_id in written else ()
        facts += [_fact_row(record.key, version, entry.seq) for version in turn.open]
        _note(entry, relation, record, versions, labels, one.day)
        columns |= _take(relation, record, versions, labels)
        changed.add(one.record_id)
    _close_versions(relation, close, again)
    insert_rows(fact_table(name), _fact_names(relation), facts)
    _update_records(relation, [found[record_id] for record_id in sorted(changed)], columns)
    return changed


def corrected(relation: Relation, one: Becoming, edit: Edit) -> Becoming:
    """Return what a record becomes by an edit."""
    at = relation.positions
    facts = {at[name]: value for name, value in edit.values.items() if name in at}
    versions = apply(one.versions, patch(one.versions, facts, edit.from_day, edit.until_day)) if facts else one.versions
    labels = {label.name: edit.values[label.name] or "" for label in relation.labels if label.name in edit.values}
    return Becoming(edit.record_id, versions, {**one.labels, **labels}, edit.from_day)


def check_version(relation: Relation, record: Standing, version: int | None, yours: Columns) -> None:
    """Refuse an edit of a record that somebody changed meanwhile, even to the same values.

    Two people who each add 100 to what they saw must not end with 100.

    Args:
        version: the one the editor saw; None when the action itself just read it.

    Raises:
        Conflict: with the values sent and those that stand.
    """
    if version is None or version == record.row["version"]:
        return
    raise Conflict(
        Text(
            f"{' '.join((relation.label.zh, record.name)).strip()} 刚被别人改过。",
            f"{' '.join((relation.label.en, record.name)).strip()} was changed by somebody else meanwhile.",
        ),
        Text("看一下两个值，再决定保留哪个。", "Compare both values, then choose one."),
        yours=dict(yours),
        theirs={name: record.row.get(name) for name in yours},
    )


def touch(name: str, record: Standing) -> None:
    """Count a record's version up because something that belongs to it changed."""
    record.row["version"] += 1
    update_rows(record_table(name), ["id"], ["version"], [(record.row["version"], record.record_id)])


def _close_versions(relation: Relation, close: Sequence[tuple[Any, ...]], again: Sequence[tuple[Any, ...]]) -> None:
    """Close current versions; those opened in the same sequence are replaced, not closed.

    Args:
        close: (sequence, *key, from_day) of each.
        again: the same of records that this entry has written before.
    """
    keys = [*relation.key, "from_day"]
    delete_rows(fact_table(relation.name), ["seq_from", *keys], again)
    update_rows(fact_table(relation.name), keys, ["seq_to"], close, also=f"seq_to = {FAR_SEQ}")


def closed_for(name: str) -> Closed:
    """Return how far the months are closed, when it matters to the relation."""
    return closed_through() if name in FROZEN else NONE_CLOSED


def refuse_closed(
    relation: Relation,
    record: Standing,
    versions: Sequence[Version],
    closed: Closed,
    alike: Mapping[str, Mapping[int, int]] | None = None,
) -> None:
    """Refuse what would change a closed month.

    Args:
        alike: column -> numbers that mean the same as others.

    Raises:
        RuleError: names the record.
    """
    before, after = (
        frozen_part(relation.name, record.key, _meaning(relation, one, alike or {}), closed)
        for one in (record.versions, versions)
    )
    if before != after:
        raise refuse_frozen(relation, record.name, closed)


def _meaning(
    relation: Relation, versions: Sequence[Version], alike: Mapping[str, Mapping[int, int]]
) -> Sequence[Version]:
    """Return versions with one number for all that mean the same."""
    same = {relation.positions[name]: numbers for name, numbers in alike.items() if name in relation.positions}
    if not same:
        return versions
    return [
        replace(one, values=tuple(same[at].get(v or 0, v) if at in same else v for at, v in enumerate(one.values)))
        for one in versions
    ]


def _take(relation: Relation, record: Standing, versions: list[Version], labels: Columns) -> set[str]:
    """Let a record stand as it was changed; return the columns that are other than before."""
    now = labels | ({"since_day": versions[0].from_day} if versions else {})
    now |= _fact_values(relation, versions[-1]) if versions else {}
    changed = {name for name, value in now.items() if record.row[name] != value}
    record.versions = versions
    record.row |= now
    record.row["version"] += 1
    return changed


def _update_records(relation: Relation, records: Sequence[Standing], changed: set[str]) -> None:
    """Write the columns that changed on any of the records."""
    columns = sorted(changed)
    if "name" in changed and relation.name in SOUNDED:
        columns.append("sound")
        for one in records:
            one.row["sound"] = sound_of(one.row["name"])
    rows = [
        (*(one.row[name] for name in columns), one.row["version"], not one.versions, one.record_id) for one in records
    ]
    update_rows(record_table(relation.name), ["id"], [*columns, "version", "removed"], rows)


def _note(
    entry: Entry, relation: Relation, record: Standing, versions: list[Version], labels: Columns, day: int | None
) -> None:
    """Note what a person would say has changed: the columns that differ, each as on the first day it does.

    Derived columns are named only where nothing else differs; ``from_day`` where the record
    itself begins on another day.
    """
    first, pairs = differences(record.versions, versions)
    typed = {at: pair for at, pair in pairs.items() if not relation.values[at].derived}
    named = {relation.values[at].name: pair for at, pair in (typed or pairs).items()}
    if versions and record.versions and versions[0].from_day != record.first_day:
        named["from_day"] = (record.first_day, versions[0].from_day)
    before = {name: old for name, (old, _) in named.items()} | {name: record.row[name] for name in labels}
    after = {name: new for name, (_, new) in named.items()} | labels
    entry.note(
        relation.name,
        record.record_id,
        first if day is None else day,
        before=before if record.versions else None,
        after=after if versions else None,
    )


def differences(old: Sequence[Version], new: Sequence[Version]) -> tuple[int, dict[int, tuple[int | None, int | None]]]:
    """Compare two histories of a key: the first day that differs, and each column on its own first one.

    Columns are compared on days on which the key stands in both; where there is no such
    day, with nothing.

    Returns:
        The day, and position -> (before, after).
    """
    if len(old) == len(new) == 1 and (old[0].from_day, old[0].to_day) == (new[0].from_day, new[0].to_day):
        each = enumerate(zip(old[0].values, new[0].values, strict=True))
        return old[0].from_day, {at: pair for at, pair in each if pair[0] != pair[1]}
    alike = set(old) & set(new)
    others = [one for one in (*old, *new) if one not in alike]
    days = sorted({one.from_day for one in others} | {one.to_day for one in others})
    stood = [(day, values_on(old, day), values_on(new, day)) for day in days]
    differing = [(day, was, now) for day, was, now in stood if was != now]
    comparable = [(was, now) for _, was, now in differing if was is not None and now is not None]
    both = comparable or alike or any(was is not None and now is not None for _, was, now in stood)
    pairs: dict[int, tuple[int | None, int | None]] = {}
    for was, now in comparable if both else ((was, now) for _, was, now in differing):
        nothing = (None,) * len(was or now or ())
        for at, (one, other) in enumerate(zip(was or nothing, now or nothing, strict=True)):
            if one != other:
                pairs.setdefault(at, (one, other))
    first = differing[0][0] if differing else min(one.from_day for one in (*old, *new))
    return first, pairs


def _history(relation: Relation, new: New, complete: Columns) -> list[Version]:
    """Return the versions a new record starts with, the last one open."""
    values_of, held = _VALUES_OF[relation.name], complete
    if not new.later:
        return [Version(new.from_day, new.until_day, values_of(held))] if new.from_day < new.until_day else []
    starts = [(new.from_day, values_of(held))]
    for day, columns in new.later:
        held = {**held, **columns}
        starts.append((day, values_of(held)))
    ends = [day for day, _ in starts[1:]]
    ends.append(new.until_day)
    return [Version(day, to, values) for (day, values), to in zip(starts, ends, strict=True) if day < to]


def _complete(relation: Relation, values: Columns) -> Columns:
    """Return all columns of a record; what was left out takes its default."""
    if None in values.values():
        values = {name: value for name, value in values.items() if value is not None}
    return _DEFAULTS[relation.name] | values


def _default(column: Column) -> int | str | None:
    if column.default is not None:
        return column.default
    if column.is_label:
        return ""
    return 0 if column.derived and not column.nullable else None


_DEFAULTS = {
    name: {column.name: _default(column) for column in relation.columns} for name, relation in RELATIONS.items()
}


def _picking(names: Sequence[str]) -> Callable[[Columns], tuple[Any, ...]]:
    """Return a fast function from columns to the tuple of some of them."""
    if len(names) < 2:
        return lambda columns: tuple(columns[name] for name in names)
    return itemgetter(*names)


_VALUES_OF = {name: _picking(relation.value_names) for name, relation in RELATIONS.items()}


def _sound(name: str, row: Columns) -> tuple[str, ...]:
    """Return what is kept of how a record's name sounds: one text, or nothing where it is not looked for."""
    return (sound_of(row["name"]),) if name in SOUNDED else ()


def _fact_values(relation: Relation, version: Version) -> Columns:
    return dict(zip(relation.value_names, version.values, strict=True))


def _with_steps(relation: Relation, known: Columns, versions: Sequence[Version]) -> Columns:
    """Return what a new record is, and its later steps as (day, changed columns)."""
    names, first = relation.value_names, versions[0].values
    after = known | {
        name: value for name, value in zip(names, first, strict=True) if value is not None or name in known
    }
    after["history"] = [
        [one.from_day, {name: new for name, new, old in zip(names, one.values, was.values, strict=True) if new != old}]
        for was, one in pairwise(versions)
    ]
    return after


def _fact_names(relation: Relation) -> list[str]:
    return [*(column.name for column in relation.facts), "from_day", "to_day", "seq_from", "seq_to"]


def _fact_row(key: tuple[int, ...], version: Version, seq: int) -> tuple[Any, ...]:
    return (*key, *version.values, version.from_day, version.to_day, seq, FAR_SEQ)
