"""A private SQLite in memory as the engine of companies of a few rows: DuckDB takes longer to plan than they to read.

That every engine gives the same rows is proved elsewhere (tests/engine, tests/proofs/test_same_on_every_engine.py);
with --full the companies are read by DuckDB too.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from dacheng.core.book import Rows
from dacheng.core.schema import INTERVAL, KNOWLEDGE, RELATIONS
from dacheng.engine.duck import DuckEngine
from dacheng.engine.gathering import Engine, fetched
from dacheng.engine.relations import fact_table

GivenRows = Mapping[str, Sequence[Mapping[str, Any]]]


class SmallEngine:
    """Holds fact tables in memory; a relation without rows is an empty table."""

    def __init__(self, rows: GivenRows) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        for name, relation in RELATIONS.items():
            columns = [*(column.name for column in relation.facts), *INTERVAL, *KNOWLEDGE]
            quoted = ", ".join(f'"{column}" BIGINT' for column in columns)
            self._connection.execute(f"CREATE TABLE {fact_table(relation)} ({quoted})")
            places = ", ".join("?" for _ in columns)
            values = [tuple(row[column] for column in columns) for row in rows.get(name, ())]
            self._connection.executemany(f"INSERT INTO {fact_table(relation)} VALUES ({places})", values)

    def fetch(self, sql: str, given: Sequence[Rows] = ()) -> Rows:
        """Run SQL and return its columns."""
        cursor = self._connection.execute(sql, [_as_json(rows) for rows in given])
        names = [one[0] for one in cursor.description]
        rows = cursor.fetchall()
        return fetched(names, list(zip(*rows, strict=True)) if rows else [()] * len(names))

    def given_relation(self, columns: Sequence[str], number: int) -> str:
        """Return a SELECT over a parameter: one JSON text of rows."""
        picks = ", ".join(f"json_extract(value, '$[{at}]') AS \"{name}\"" for at, name in enumerate(columns))
        return f"SELECT {picks} FROM json_each(?)"


def engine_from(rows: GivenRows) -> Engine:
    """Return an engine that holds these facts; a relation without rows is empty."""
    return _duck(rows) if "DACHENG_TEST_EVERYTHING" in os.environ else SmallEngine(rows)


def _duck(rows: GivenRows) -> DuckEngine:
    engine = DuckEngine()
    for name, relation in RELATIONS.items():
        columns = [*(column.name for column in relation.facts), *INTERVAL, *KNOWLEDGE]
        engine.load(relation, {one: [row[one] for row in rows.get(name, ())] for one in columns})
    return engine


def _as_json(rows: Rows) -> str:
    columns = [
        [value if known else None for value, known in zip(rows[name].tolist(), _known(rows, name), strict=True)]
        for name in rows.columns
    ]
    return json.dumps(list(zip(*columns, strict=True)))


def _known(rows: Rows, name: str) -> list[bool]:
    return rows.masks[name].tolist() if name in rows.masks else [True] * len(rows)
