"""Set-based reading and writing: a few statements at any size.

Ids are taken under the chain lock (one writer at a time), never from a sequence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Max, Model

Row = Sequence[Any]


def next_id(model: type[Model]) -> int:
    """Return the first free id of a record table; call it under the chain lock."""
    highest: int | None = model._default_manager.aggregate(highest=Max("id"))["highest"]
    return (highest or 0) + 1


def insert_rows(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows fast: one prepared statement on SQLite, COPY on PostgreSQL."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join("%s" for _ in columns)
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', list(rows))


def update_rows(table: str, keys: Sequence[str], columns: Sequence[str], rows: Iterable[Row], also: str = "") -> None:
    """Update ``columns`` of the rows found by ``keys``; each row is values, then keys.

    Args:
        also: a further condition, of whole numbers only.
    """
    sets = ", ".join(f'"{column}" = %s' for column in columns)
    where = " AND ".join(f'"{key}" = %s' for key in keys) + (f" AND {also}" if also else "")
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{table}" SET {sets} WHERE {where}', list(rows))


def delete_rows(table: str, keys: Sequence[str], rows: Iterable[Row]) -> None:
    """Delete the rows found by ``keys``."""
    where = " AND ".join(f'"{key}" = %s' for key in keys)
    with connection.cursor() as cursor:
        cursor.executemany(f'DELETE FROM "{table}" WHERE {where}', list(rows))


def among(column: str, values: Iterable[int]) -> tuple[str, Any]:
    """Return a condition ``column is one of values`` and its one parameter, at any length."""
    listed = sorted({int(value) for value in values})
    if connection.vendor == "postgresql":
        return f'"{column}" = ANY(%s::bigint[])', listed
    return f'"{column}" IN (SELECT value FROM json_each(%s))', json.dumps(listed)


def select_rows(
    table: str, columns: Sequence[str], conditions: Sequence[tuple[str, Any]], order: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Select rows that meet all conditions; a condition's parameter may be None for none."""
    names = ", ".join(f'"{column}"' for column in columns)
    where = " AND ".join(condition for condition, _ in conditions) or "1 = 1"
    ordered = f" ORDER BY {', '.join(order)}" if order else ""
    params = [param for _, param in conditions if param is not None]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{table}" WHERE {where}{ordered}', params)
        return list(cursor.fetchall())
