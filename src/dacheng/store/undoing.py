"""Undo of one entry: its records become again what they were before it.

Nothing is deleted from the log: an undo is an entry of its own. A record that is no
longer as the entry left it is not overwritten; the undo is refused and names it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import Version
from dacheng.core.jobs import CHECKING, WRITING, Progress, Step, chunks, quiet
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, fetch_rows, select_rows
from dacheng.store.history import Entry
from dacheng.store.models import FAR_SEQ
from dacheng.store.saving import Becoming, become
from dacheng.store.shares import refuse_turned_back
from dacheng.store.standing import Key, Standing, current_versions, fact_table, record_table, standing

SHOWN = 5

Change = tuple[int, dict[str, Any] | None, dict[str, Any] | None]
"""Record id, columns before (None = created) and after (None = removed)."""


def undo_entry(entry: Entry, seq: int, step: Step = quiet) -> None:
    """Undo everything that the entry ``seq`` did to records.

    Args:
        step: told how many records are turned back; it may raise to stop.

    Raises:
        RuleError: a record was changed since, something newer refers to one that the
            entry created, or a closed month rests on it; the first few are named.
    """
    step(CHECKING, 0, 0)
    changes = _changes_of(seq)
    found = {name: standing(name, {one[0] for one in own}, removed=True) for name, own in changes.items()}
    _refuse_changed_since(seq, changes, found)
    _refuse_referred(changes)
    progress = Progress(step, WRITING, sum(map(len, changes.values())))
    for name in sorted(changes, key="deals".__eq__):  # deals last: a split that comes back is not their owner's
        relation = RELATIONS[name]
        before = current_versions(relation, [one.key for one in found[name].values()], known_at=seq - 1)
        if name == "deal_splits":
            refuse_turned_back(found[name], before)
        for some in chunks(changes[name]):
            become(entry, name, found[name], [_turned_back(relation, found[name], before, one) for one in some])
            progress.add(len(some))


def _changes_of(seq: int) -> dict[str, list[Change]]:
    """Return one change a record: before the entry's first and after its last of it."""
    columns = ["relation", "record_id", "before", "after"]
    rows = select_rows("log_change", columns, [(f"seq = {int(seq)}", None)], order=("position",))
    found: dict[str, dict[int, Change]] = {}
    for relation, record_id, *texts in rows:
        before, after = (json.loads(text) if text else None for text in texts)
        own = found.setdefault(relation, {})
        if record_id in own:
            _, first, last = own[record_id]
            before = None if first is None else {**(before or {}), **first}
            after = None if after is None else {**(last or {}), **after}
        own[record_id] = (record_id, before, after)
    return {relation: list(own.values()) for relation, own in found.items()}


def _turned_back(
    relation: Relation, found: Mapping[int, Standing], before: Mapping[Key, list[Version]], change: Change
) -> Becoming:
    record_id, was, _ = change
    labels = {label.name: was[label.name] for label in relation.labels if was and label.name in was}
    return Becoming(record_id, before[found[record_id].key], labels)


def _refuse_changed_since(
    seq: int, changes: Mapping[str, list[Change]], found: Mapping[str, Mapping[int, Standing]]
) -> None:
    """Refuse when the facts or labels of a record differ from what the entry left."""
    clash: list[str] = []
    for name, own in changes.items():
        relation = RELATIONS[name]
        left = current_versions(relation, [one.key for one in found[name].values()], known_at=seq)
        clash += [_called(found[name][one[0]]) for one in own if _differs(relation, found[name][one[0]], left, one)]
    if clash:
        raise RuleError(
            Text(
                f"之后又改过 {len(clash)} 条，不能整批撤销：{_some(clash)}。",
                f"{len(clash)} records were changed since: {_some(clash)}.",
            ),
            Text("先撤销之后的改动，或逐条修改。", "Undo the later changes first, or edit them one by one."),
        )


def _differs(relation: Relation, record: Standing, left: Mapping[Key, list[Version]], change: Change) -> bool:
    after = change[2] or {}
    labels = (label.name for label in relation.labels if label.name in after)
    return left[record.key] != record.versions or any(record.row[name] != after[name] for name in labels)


def _refuse_referred(changes: Mapping[str, list[Change]]) -> None:
    """Refuse when a record that stands refers to one that the undo removes."""
    touched = {name: {one[0] for one in own} for name, own in changes.items()}
    removed = {name: {one[0] for one in own if one[1] is None} for name, own in changes.items()}
    clash = [
        called
        for relation in RELATIONS.values()
        for column in relation.facts
        if column.kind == "ref" and removed.get(column.ref)
        for called in _referring(relation, column.name, removed[column.ref], touched.get(relation.name, set()))
    ]
    if clash:
        raise RuleError(
            Text(
                f"有 {len(clash)} 条之后的记录引用了它们：{_some(clash)}。",
                f"{len(clash)} newer records refer to them: {_some(clash)}.",
            ),
            Text("先改掉这些引用，再撤销。", "Change these references first, then undo."),
        )


def _referring(relation: Relation, column: str, ids: set[int], going: set[int]) -> list[str]:
    """Return the records that refer to one of the ids on some day, without those the undo turns back as well."""
    meets, listed = among(column, ids)
    own = relation.key[0] if relation.entity else ""
    same = " AND ".join(f"r.{'id' if name == own else name} = f.{name}" for name in relation.key)
    shown = "r.code" if relation.entity else "''"
    rows = fetch_rows(
        f"SELECT DISTINCT r.id, {shown} FROM {fact_table(relation.name)} f"
        f" JOIN {record_table(relation.name)} r ON {same}"
        f" WHERE f.{meets} AND f.seq_to = {FAR_SEQ} AND NOT r.removed ORDER BY r.id",
        [] if listed is None else [listed],
    )
    return [f"{relation.label.zh} {code}".strip() for number, code in rows if number not in going]


def _called(record: Standing) -> str:
    return record.name or "·"


def _some(names: Sequence[str]) -> str:
    more = f" … (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more
