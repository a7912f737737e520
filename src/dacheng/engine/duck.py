"""DuckDB in memory as an engine: CSV folders, golden books, frozen Books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import BoolArray, Rows
from dacheng.core.company import Company
from dacheng.core.errors import Text, Unavailable
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Relation
from dacheng.core.schema import INTERVAL, KNOWLEDGE, RELATIONS
from dacheng.engine.gathering import Values, fetched, whole_numbers
from dacheng.engine.relations import fact_table

SETTINGS: Mapping[str, bool | int] = {
    "integer_division": True,  # whole numbers divide to a whole number, as on SQLite and PostgreSQL
    "threads": 1,  # the order of rows never depends on luck
    "async_threads": 1,  # eight more stand idle beside every database otherwise
}
"""How every DuckDB of ours runs."""

KNOWN_NOW = 0
"""The log sequence of a company that is loaded as a whole."""


class DuckEngine:
    """A private in-memory DuckDB that holds fact tables.

    After an INTERNAL error DuckDB refuses every further statement, so the connection is
    replaced and the fact tables are loaded again from the arrays they came from.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Rows] = {}
        self.connection = connected()

    def load(self, relation: Relation, columns: Mapping[str, Values]) -> None:
        """Create and fill the fact table of a relation.

        Args:
            columns: every fact column and the interval, or nothing at all for an empty
                relation; sequences default to 0 … FAR_DAY.
        """
        names = [*(column.name for column in relation.facts), *INTERVAL]
        size = len(columns[names[0]]) if columns else 0
        known = {KNOWLEDGE[0]: np.full(size, KNOWN_NOW), KNOWLEDGE[1]: np.full(size, FAR_DAY)}
        given: dict[str, Values] = {**known, **columns}
        every = [*names, *KNOWLEDGE]
        rows = fetched(every, [given.get(name, ()) for name in every])
        self._loaded[fact_table(relation)] = rows
        self._fill(fact_table(relation), rows)

    def fetch(self, sql: str, given: Sequence[Rows] = ()) -> Rows:
        """Run SQL and return its columns."""
        try:
            return rows_on(self.connection, sql, given)
        except duckdb.InternalException as error:
            self._replace_connection()
            raise Unavailable(
                Text("计算引擎出错，已重新启动。", "The engine failed and was started again."),
                Text("请再试一次。", "Please try again."),
            ) from error

    def given_relation(self, columns: Sequence[str], number: int) -> str:
        """Return a SELECT over the registered arrays of that number."""
        return given_select(columns, number)

    def _replace_connection(self) -> None:
        self.connection.close()
        self.connection = connected()
        for table, rows in self._loaded.items():
            self._fill(table, rows)

    def _fill(self, table: str, rows: Rows) -> None:
        declared = ", ".join(f'"{name}" BIGINT' for name in rows.columns)
        self.connection.execute(f"CREATE OR REPLACE TABLE {table} ({declared})")
        if len(rows):
            self.connection.register("loading", masked(rows))
            self.connection.execute(f"INSERT INTO {table} SELECT * FROM loading")
            self.connection.unregister("loading")


def engine_of(company: Company) -> DuckEngine:
    """Return an engine that holds a company."""
    engine = DuckEngine()
    for name, relation in RELATIONS.items():
        engine.load(relation, company.frames[name].columns if name in company.frames else {})
    return engine


def connected() -> duckdb.DuckDBPyConnection:
    """Return a new private database in memory."""
    return duckdb.connect(":memory:", config=dict(SETTINGS))


def rows_on(connection: duckdb.DuckDBPyConnection, sql: str, given: Sequence[Rows] = ()) -> Rows:
    """Run SQL on a connection, with given rows registered for what ``given_select`` names."""
    for number, rows in enumerate(given):
        connection.register(_given(number), masked(rows))
    found: dict[str, Any] = connection.execute(sql).fetchnumpy()
    return _rows(found)


def given_select(columns: Sequence[str], number: int) -> str:
    """Return a SELECT over the registered rows of that number."""
    names = ", ".join(f'"{name}"' for name in columns)
    return f"SELECT {names} FROM {_given(number)}"


def _given(number: int) -> str:
    return f"given_{number}"


def masked(rows: Rows) -> dict[str, IntArray]:
    """Return the columns as DuckDB takes them: a masked array where values are missing."""
    return {
        name: np.ma.array(values, mask=~rows.masks[name]) if name in rows.masks else values
        for name, values in rows.columns.items()
    }


def _rows(found: Mapping[str, Any]) -> Rows:
    columns: dict[str, IntArray] = {}
    masks: dict[str, BoolArray] = {}
    for name, column in found.items():
        columns[name] = whole_numbers(name, np.ma.getdata(column))
        if isinstance(column, np.ma.MaskedArray):
            mask = np.ma.getmaskarray(column)
            if mask.any():
                masks[name] = ~mask
                columns[name] = np.where(mask, 0, columns[name])
    return Rows(columns, masks)
