"""Labels, public ids and versions of records: what stands beside their facts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from dacheng.core.relation import Relation
from dacheng.store.bulk import among, select_rows
from dacheng.store.identity import stored_uid
from dacheng.store.standing import record_table

NAMING = frozenset({"code", "name", "name_en"})
"""Labels that are those of now on every day: a record is called the same wherever it appears."""


def labels_of(relation: Relation, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the labels of an entity's records by id, with ``uid`` and ``version``."""
    names = [column.name for column in relation.labels]
    rows = select_rows(record_table(relation.name), ["id", "uid", "version", *names], [among("id", ids)])
    return {row[0]: {"uid": stored_uid(row[1]), **dict(zip(("version", *names), row[2:], strict=True))} for row in rows}


def labels_on(relation: Relation, ids: Iterable[int], day: int) -> dict[int, dict[str, Any]]:
    """Return the labels of records with ``uid`` and ``version``; what they tell is what they told on a day.

    What was written later must not be read on an earlier day: it may have been written
    elsewhere, by those who took the record over. Names, codes and versions are those of now.
    """
    labels = labels_of(relation, ids)
    for number, earlier in told_before(relation, labels, day).items():
        labels[number] |= earlier
    return labels


def told_before(relation: Relation, ids: Iterable[int], day: int) -> dict[int, dict[str, Any]]:
    """Return the labels that changed after a day, by record, as they stood before the first such change."""
    telling = {column.name for column in relation.labels} - NAMING
    before: dict[int, dict[str, Any]] = defaultdict(dict)
    if telling:
        later = [among("record_id", ids), among("relation", [relation.name]), (f"from_day > {int(day)}", None)]
        for number, changed in select_rows("log_change", ["record_id", "before"], later, order=("seq", "position")):
            earlier = json.loads(changed) if changed else {}
            before[number] |= {name: earlier[name] for name in telling & earlier.keys() - before[number].keys()}
    return before


def id_of(relation: Relation, uid: UUID) -> int | None:
    """Return the number of a public id; None when there is none."""
    rows = select_rows(record_table(relation.name), ["id"], [among("uid", [uid]), ("NOT removed", None)])
    return int(rows[0][0]) if rows else None
