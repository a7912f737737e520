"""Loading a whole company into an empty database, as one log entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from uuid6 import uuid7

from dacheng.core.company import Company, Frame
from dacheng.core.errors import RuleError, Text
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import insert_rows
from dacheng.store.history import Changed, Entry
from dacheng.store.models import FAR_SEQ, RECORDS, CompanySetting, RuleValue
from dacheng.store.saving import fact_table


def load_company(entry: Entry, company: Company, *, demo: bool = False) -> dict[str, int]:
    """Load every frame; ids stay as they are, so the database must be empty.

    Returns:
        relation name -> how many records.

    Raises:
        RuleError: the database already holds a company.
    """
    if CompanySetting.objects.exists():
        raise RuleError(
            Text("这个数据库里已经有一家公司。", "The database already holds a company."),
            Text("用一个新的数据库文件，或先备份再清空。", "Use a new database, or back up and empty this one."),
        )
    CompanySetting.objects.create(pk=1, name=company.name, currency=company.currency, demo=demo)
    counts = {
        name: _load_frame(entry, RELATIONS[name], company.frames[name]) for name in RELATIONS if name in company.frames
    }
    for rule in company.rules:
        RuleValue.objects.create(name=rule.name, from_day=rule.from_day, value=rule.value, seq_from=entry.seq)
    entry.detail["counts"] = counts
    entry.keep = True
    return counts


def _load_frame(entry: Entry, relation: Relation, frame: Frame) -> int:
    columns = [*(column.name for column in relation.facts), "from_day", "to_day"]
    facts = ((*row, entry.seq, FAR_SEQ) for row in _rows(frame, columns))
    insert_rows(fact_table(relation.name), [*columns, "seq_from", "seq_to"], facts)
    latest = _latest(relation, frame)
    own = [column.name for column in relation.columns if not (relation.entity and column.name == relation.key[0])]
    names = ["id", *own, "uid", "version", "source", "external_key", "removed", "since_day"]
    records = []
    for at, (record_id, first, values) in enumerate(latest, 1):
        number = record_id if relation.entity else at
        records.append((number, *(values[name] for name in own), uuid7().hex, 1, "", "", False, first))
        entry.changed.append(Changed(relation.name, number, first, None, {name: values[name] for name in own}))
    insert_rows(RECORDS[relation.name]._meta.db_table, names, records)
    return len(records)


def _latest(relation: Relation, frame: Frame) -> list[tuple[int, int, dict[str, Any]]]:
    """Return (own id or 0, first day, latest values with labels) of each key, in order of appearance."""
    names = [*(column.name for column in relation.facts), "from_day"]
    found: dict[tuple[Any, ...], tuple[int, int, dict[str, Any]]] = {}
    label_names = list(frame.labels)
    labels = list(zip(*(frame.labels[name] for name in label_names), strict=True)) if label_names else []
    for at, row in enumerate(_rows(frame, names)):
        values = dict(zip(names, row, strict=True))
        if labels:
            values |= dict(zip(label_names, labels[at], strict=True))
        for column in relation.labels:
            values.setdefault(column.name, "")
        key = tuple(values[name] for name in relation.key)
        day = values.pop("from_day")
        known = found.get(key)
        first = min(day, known[1]) if known else day
        if known is None or day >= known[2]["_day"]:
            found[key] = (key[0] if relation.entity else 0, first, values | {"_day": day})
        else:
            found[key] = (known[0], first, known[2])
    return list(found.values())


def _rows(frame: Frame, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    columns = [_plain(frame.columns[name]) for name in names]
    return zip(*columns, strict=True)


def _plain(column: Sequence[int | None]) -> Sequence[int | None]:
    """Return Python integers; NumPy arrays of a generator become lists."""
    listed = getattr(column, "tolist", None)
    return listed() if listed else column

