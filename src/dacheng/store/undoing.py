"""Undo of one entry: what it closed stands again, what it opened is closed.

Nothing is deleted from the log: an undo is an entry of its own. A record that was
changed since is not overwritten; the undo is refused and names it.
"""

from __future__ import annotations

import json
from typing import Any

from dacheng.core.errors import RuleError, Text
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, insert_rows, select_rows, update_rows
from dacheng.store.history import Changed, Entry
from dacheng.store.models import FAR_SEQ, RECORDS, Change
from dacheng.store.saving import close_versions, current_versions, fact_table

SHOWN = 5


def undo_entry(entry: Entry, seq: int) -> None:
    """Undo everything that the entry ``seq`` did to records.

    Raises:
        RuleError: a record was changed since; the first few are named.
    """
    changes = list(Change.objects.filter(seq=seq).order_by("id"))
    _refuse_changed_since(seq, changes)
    for name in {one.relation for one in changes}:
        own = [one for one in changes if one.relation == name]
        _turn_back_facts(RELATIONS[name], seq, entry.seq)
        _turn_back_records(RELATIONS[name], own)
    for one in reversed(changes):
        before = json.loads(one.before) if one.before else None
        after = json.loads(one.after) if one.after else None
        entry.changed.append(Changed(one.relation, one.record_id, one.from_day, after, before))


def _refuse_changed_since(seq: int, changes: list[Change]) -> None:
    touched = {(one.relation, one.record_id) for one in changes}
    later = Change.objects.filter(seq__gt=seq).values_list("relation", "record_id").distinct()
    clash = sorted(touched.intersection(later))
    if clash:
        names = [_name_of(relation, record_id) for relation, record_id in clash[:SHOWN]]
        more = f" … (+{len(clash) - SHOWN})" if len(clash) > SHOWN else ""
        raise RuleError(
            Text(
                f"之后又改过 {len(clash)} 条，不能整批撤销：{'、'.join(names)}{more}。",
                f"{len(clash)} records were changed since: {', '.join(names)}{more}.",
            ),
            Text("先撤销之后的改动，或逐条修改。", "Undo the later changes first, or edit them one by one."),
        )


def _name_of(relation: str, record_id: int) -> str:
    record = RECORDS[relation].objects.filter(pk=record_id).first()
    return str(getattr(record, "code", record_id))


def _turn_back_facts(relation: Relation, seq: int, undo_seq: int) -> None:
    columns = [*(column.name for column in relation.facts), "from_day", "to_day"]
    table = fact_table(relation.name)
    opened = select_rows(table, [*relation.key, "from_day"], [(f"seq_from = {seq} AND seq_to = {FAR_SEQ}", None)])
    closed = select_rows(table, columns, [(f"seq_to = {seq}", None)])
    close_versions(relation, [(undo_seq, *row) for row in opened], undo_seq)
    insert_rows(table, [*columns, "seq_from", "seq_to"], [(*row, undo_seq, FAR_SEQ) for row in closed])


def _turn_back_records(relation: Relation, changes: list[Change]) -> None:
    table = RECORDS[relation.name]._meta.db_table
    created = [one.record_id for one in changes if not one.before]
    removed = [one.record_id for one in changes if not one.after]
    update_rows(table, ["id"], ["removed"], [(True, record_id) for record_id in created])
    update_rows(table, ["id"], ["removed"], [(False, record_id) for record_id in removed])
    edited = [one for one in changes if one.before and one.after]
    if edited:
        _restore_latest(relation, edited)


def _restore_latest(relation: Relation, changes: list[Change]) -> None:
    """Put back labels from the log and values from the versions that stand again."""
    table = RECORDS[relation.name]._meta.db_table
    ids = {one.record_id for one in changes}
    keys = _keys(relation, ids)
    names = [column.name for column in relation.values]
    latest = current_versions(relation, keys.values())
    rows = [(*latest[key][-1].values, record_id) for record_id, key in keys.items()]
    update_rows(table, ["id"], names, rows)
    for label in (column.name for column in relation.labels):
        befores = [(json.loads(one.before), one.record_id) for one in changes]
        update_rows(table, ["id"], [label], [(row[label], at) for row, at in befores if label in row])
    version = select_rows(table, ["id", "version"], [among("id", ids)])
    update_rows(table, ["id"], ["version"], [(number + 1, record_id) for record_id, number in version])


def _keys(relation: Relation, ids: set[int]) -> dict[int, tuple[Any, ...]]:
    if relation.entity:
        return {record_id: (record_id,) for record_id in ids}
    table = RECORDS[relation.name]._meta.db_table
    return {row[0]: tuple(row[1:]) for row in select_rows(table, ["id", *relation.key], [among("id", ids)])}
