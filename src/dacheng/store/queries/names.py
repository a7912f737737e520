"""Codes and names of ids, and ids of codes and names; one query each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import among
from dacheng.store.models import RECORDS


def named_rows(wanted: Mapping[str, Iterable[int] | None]) -> list[tuple[Any, ...]]:
    """Return (relation, id, code, name, uid, English name) of records of many relations in one query.

    Args:
        wanted: relation -> ids; None = all that stand, for the short lists of a filter.
    """
    parts, params = [], []
    for at, (relation, ids) in enumerate(wanted.items()):
        condition, param = ("NOT removed", None) if ids is None else among("id", ids)
        english = "name_en" if "name_en" in {column.name for column in RELATIONS[relation].labels} else "''"
        parts.append(
            f'SELECT {at} AS relation, id, code, name, uid, {english} FROM "{_table(relation)}" WHERE {condition}'
        )
        params += [] if param is None else [param]
    if not parts:
        return []
    relations = list(wanted)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return [(relations[row[0]], *row[1:]) for row in cursor.fetchall()]


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
