"""Set-based reading and writing: a few statements at any size.

Ids are taken under the chain lock (one writer at a time), never from a sequence.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max, Model

FEW = 5

Row = Sequence[Any]
Condition = tuple[str, Any]
"""A piece of WHERE and its one parameter; None for a piece without."""


def next_id(model: type[Model]) -> int:
    """Return the first free id of a record table; call it under the chain lock."""
    highest: int | None = model._default_manager.aggregate(highest=Max("id"))["highest"]
    return (highest or 0) + 1


@contextmanager
def without_collecting() -> Iterator[None]:
    """Do not look for garbage meanwhile: a write keeps all its rows until it ends; large ones gain a quarter."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows fast: one prepared statement on SQLite, COPY on PostgreSQL."""
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with connection.wrap_database_errors, cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)


def update_rows(table: str, keys: Sequence[str], columns: Sequence[str], rows: Sequence[Row], also: str = "") -> None:
    """Update ``columns`` of the rows found by ``keys``; each row is values, then keys.

    Args:
        also: a further condition, of whole numbers only.
    """
    if not rows:
        return
    further = f" AND {also}" if also else ""
    with connection.cursor() as cursor:
        if _set_based(rows):
            sets = ", ".join(f'"{column}" = given.v{at}' for at, column in enumerate(columns))
            source, arrays = _given(rows)
            met = _meets(table, keys, first=len(columns))
            cursor.execute(f'UPDATE "{table}" SET {sets} FROM {source} WHERE {met}{further}', arrays)
            return
        sets = ", ".join(f'"{column}" = %s' for column in columns)
        where = " AND ".join(f'"{key}" = %s' for key in keys)
        _each(cursor, f'UPDATE "{table}" SET {sets} WHERE {where}{further}', rows)


def delete_rows(table: str, keys: Sequence[str], rows: Sequence[Row]) -> None:
    """Delete the rows found by ``keys``."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if _set_based(rows):
            source, arrays = _given(rows)
            cursor.execute(f'DELETE FROM "{table}" USING {source} WHERE {_meets(table, keys, first=0)}', arrays)
            return
        where = " AND ".join(f'"{key}" = %s' for key in keys)
        _each(cursor, f'DELETE FROM "{table}" WHERE {where}', rows)


def among(column: str, values: Iterable[int | str | UUID]) -> Condition:
    """Return a condition "the column is one of these" and its one parameter, at any length."""
    listed = [one if isinstance(one, (str, UUID)) else int(one) for one in set(values)]
    if not listed:
        return "1 = 0", None
    if connection.vendor == "postgresql":
        return f'"{column}" = ANY(%s::{_array_type(listed)})', listed
    stored = [one.hex if isinstance(one, UUID) else one for one in listed]  # as SQLite keeps a UUID
    return f'"{column}" IN (SELECT value FROM json_each(%s))', json.dumps(stored)


def select_rows(
    table: str, columns: Sequence[str], conditions: Sequence[Condition], order: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Select the rows that meet all conditions."""
    names = ", ".join(f'"{column}"' for column in columns)
    where = " AND ".join(condition for condition, _ in conditions) or "1 = 1"
    ordered = f" ORDER BY {', '.join(order)}" if order else ""
    params = [param for _, param in conditions if param is not None]
    return fetch_rows(f'SELECT {names} FROM "{table}" WHERE {where}{ordered}', params)


def fetch_rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of a finished SELECT."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())


def refresh_statistics(tables: Iterable[str] = ()) -> None:
    """Let the database count its rows again, so that it plans queries by what is there after a great change.

    Args:
        tables: those that changed; none = all of them, which takes seconds in a large company.
    """
    with connection.cursor() as cursor:
        for statement in [f'ANALYZE "{one}"' for one in tables] or ["ANALYZE"]:
            cursor.execute(statement)


def _set_based(rows: Sequence[Row]) -> bool:
    """Tell whether rows go as one set: on PostgreSQL, unless they are so few that one by one is quicker."""
    return connection.vendor == "postgresql" and len(rows) > FEW


def _each(cursor: Any, sql: str, rows: Sequence[Row]) -> None:
    """Run a statement for each row: prepared once on SQLite; a few plain ones on PostgreSQL."""
    if connection.vendor == "sqlite":
        cursor.executemany(sql, rows)
        return
    for row in rows:
        cursor.execute(sql, row)


def _given(rows: Sequence[Row]) -> tuple[str, list[list[Any]]]:
    """Return the rows as one array parameter a column, named v0, v1, …"""
    columns = [list(column) for column in zip(*rows, strict=True)]
    places = ", ".join(f"%s::{_array_type(column)}" for column in columns)
    names = ", ".join(f"v{at}" for at in range(len(columns)))
    return f"unnest({places}) AS given({names})", columns


def _meets(table: str, keys: Sequence[str], first: int) -> str:
    return " AND ".join(f'"{table}"."{key}" = given.v{first + at}' for at, key in enumerate(keys))


def _array_type(values: Sequence[Any]) -> str:
    sample = next((value for value in values if value is not None), 0)
    kinds: tuple[tuple[type, str], ...] = ((bool, "boolean"), (int, "bigint"), (UUID, "uuid"))
    return next((name for kind, name in kinds if isinstance(sample, kind)), "text") + "[]"
