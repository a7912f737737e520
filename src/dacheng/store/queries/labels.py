"""Labels, public ids and versions of records: what stands beside their facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from dacheng.core.relation import Relation
from dacheng.store.bulk import among, select_rows
from dacheng.store.identity import stored_uid
from dacheng.store.standing import record_table


def labels_of(relation: Relation, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return the labels of an entity's records by id, with ``uid`` and ``version``."""
    names = [column.name for column in relation.labels]
    rows = select_rows(record_table(relation.name), ["id", "uid", "version", *names], [among("id", ids)])
    return {row[0]: {"uid": stored_uid(row[1]), **dict(zip(("version", *names), row[2:], strict=True))} for row in rows}


def id_of(relation: Relation, uid: UUID) -> int | None:
    """Return the number of a public id; None when there is none."""
    rows = select_rows(record_table(relation.name), ["id"], [among("uid", [uid]), ("NOT removed", None)])
    return int(rows[0][0]) if rows else None
