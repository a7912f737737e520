"""The columnar replica as an engine: the same answers as the database it is of, at any sequence."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from dacheng.core.book import Rows
from dacheng.core.replica import Freshness
from dacheng.engine.duck import given_select
from dacheng.engine.gathering import Engine
from dacheng.engine.layers import Layers

BROKEN = (duckdb.IOException, duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException)
"""Errors of a damaged file, after which nothing of it is believed."""


class ReplicaEngine:
    """Runs on the layers of a replica; what they cannot answer, the database does.

    Args:
        instead: the database's own connection.
        freshness: up to when the segments know everything, and what was read since.
    """

    def __init__(self, layers: Layers, instead: Engine, freshness: Freshness) -> None:
        self.layers, self.instead, self.freshness = layers, instead, freshness
        self.answered = False
        self._given: dict[str, tuple[Sequence[str], int]] = {}

    def fetch(self, sql: str, given: Sequence[Rows] = ()) -> Rows:
        """Run SQL over the layers; over the database when they fail."""
        if not self.layers.damaged:
            try:
                rows = self.layers.fetch(sql, given)
                self.answered = True
                return rows
            except BROKEN:
                self.layers.damaged = True
            except duckdb.Error:  # out of memory, say: another query may fit
                pass
        return self.instead.fetch(self._for_database(sql), given)

    def given_relation(self, columns: Sequence[str], number: int) -> str:
        """Return a SELECT over the registered rows of that number."""
        select = given_select(columns, number)
        self._given[select] = (columns, number)
        return select

    def _for_database(self, sql: str) -> str:
        """Return the text with every given relation as the database takes it."""
        for select, (columns, number) in self._given.items():
            sql = sql.replace(select, self.instead.given_relation(columns, number))
        return sql
