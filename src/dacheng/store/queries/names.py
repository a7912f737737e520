"""Codes and names of ids, and ids of codes and names; one query each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among, select_rows
from dacheng.store.models import RECORDS


def named_rows(relation: str, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """Return (id, code, name, uid, English name) of records."""
    columns = ["id", "code", "name", "uid"]
    english = "name_en" in {column.name for column in RELATIONS[relation].labels}
    rows = select_rows(_table(relation), [*columns, *(["name_en"] if english else [])], [among("id", ids)])
    return rows if english else [(*row, "") for row in rows]


def ids_of(relation: str, text: str) -> tuple[int, ...]:
    """Return the ids whose code is the text, else those whose name is."""
    for column in ("code", "name"):
        rows = RECORDS[relation]._default_manager.filter(removed=False, **{column: text})
        found = tuple(rows.order_by("id").values_list("id", flat=True)[:10])
        if found:
            return found
    return ()


def codes_and_names(relation: str, limit: int) -> list[tuple[str, str]]:
    """Return codes and names, for suggestions; at most ``limit``."""
    rows = RECORDS[relation]._default_manager.filter(removed=False).order_by("id")
    return list(rows.values_list("code", "name")[:limit])


def _table(relation: str) -> str:
    return RECORDS[relation]._meta.db_table
