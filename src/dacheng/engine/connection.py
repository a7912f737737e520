"""Django's own connection as an engine: SQLite or PostgreSQL, in autocommit, nothing cached."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connections

from dacheng.core.book import Rows
from dacheng.core.errors import Text
from dacheng.engine.gathering import fetched


class ConnectionEngine:
    """Runs on a Django connection (``default`` unless another alias is named).

    Args:
        remark: why it answers itself although there should be a replica.
    """

    def __init__(self, alias: str = "default", remark: Text | None = None) -> None:
        self.alias = alias
        self.remark = remark

    def fetch(self, sql: str, given: Sequence[Rows] = ()) -> Rows:
        """Run SQL and return its columns."""
        params = [param for rows in given for param in self._params(rows)]
        with connections[self.alias].cursor() as cursor:
            cursor.execute(sql, params or None)
            names = [one[0] for one in cursor.description]
            rows = cursor.fetchall()
        return fetched(names, list(zip(*rows, strict=True)) if rows else [()] * len(names))

    def given_relation(self, columns: Sequence[str], number: int) -> str:
        """Return a SELECT over parameters: one JSON text of rows on SQLite, an array a column on PostgreSQL.

        (Joining one ``json_each`` a column takes quadratic time on SQLite.)
        """
        if self._is_sqlite:
            picks = ", ".join(f"json_extract(value, '$[{at}]') AS \"{name}\"" for at, name in enumerate(columns))
            return f"SELECT {picks} FROM json_each(%s)"
        names = ", ".join(f'"{name}"' for name in columns)
        places = ", ".join("%s::bigint[]" for _ in columns)
        return f"SELECT {names} FROM unnest({places}) AS given({names})"

    @property
    def _is_sqlite(self) -> bool:
        return bool(connections[self.alias].vendor == "sqlite")

    def _params(self, rows: Rows) -> list[object]:
        columns = [_plain(rows, name) for name in rows.columns]
        return [json.dumps(list(zip(*columns, strict=True)))] if self._is_sqlite else list(columns)


def _plain(rows: Rows, name: str) -> list[int | None]:
    values: list[int | None] = rows[name].tolist()
    if name not in rows.masks:
        return values
    return [value if known else None for value, known in zip(values, rows.masks[name].tolist(), strict=True)]
