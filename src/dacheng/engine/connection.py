"""Django's own connection as an engine: SQLite or PostgreSQL, in autocommit, nothing cached."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connections


class ConnectionEngine:
    """Runs on a Django connection (``default`` unless another alias is named)."""

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias

    def fetch(self, sql: str, arrays: Sequence[Sequence[int | None]] = ()) -> tuple[list[str], list[list[int | None]]]:
        """Run SQL and return names and columns."""
        connection = connections[self.alias]
        params = [self._param(array) for array in arrays]
        with connection.cursor() as cursor:
            cursor.execute(sql, params or None)
            names = [one[0] for one in cursor.description]
            rows = cursor.fetchall()
        columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in names]
        return names, columns

    def array_relation(self, columns: Sequence[str], first: int) -> str:
        """Return a SELECT over array parameters, one per column."""
        if connections[self.alias].vendor == "sqlite":
            picks = ", ".join(f"c{at}.value AS {name}" for at, name in enumerate(columns))
            joins = "json_each(%s) c0" + "".join(
                f" JOIN json_each(%s) c{at} ON c{at}.key = c0.key" for at in range(1, len(columns))
            )
            return f"SELECT {picks} FROM {joins}"
        names = ", ".join(columns)
        places = ", ".join("%s::bigint[]" for _ in columns)
        return f"SELECT {names} FROM unnest({places}) AS given({names})"

    def _param(self, array: Sequence[int | None]) -> object:
        values = [None if value is None else int(value) for value in array]
        return json.dumps(values) if connections[self.alias].vendor == "sqlite" else values
