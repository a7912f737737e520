"""Engines for tests: DuckDB always, SQLite and PostgreSQL through Django's own connections."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from dacheng.core.schema import INTERVAL, KNOWLEDGE, RELATIONS
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.duck import DuckEngine
from dacheng.engine.gathering import Engine
from dacheng.engine.relations import fact_table
from dacheng.service.database_urls import database

Facts = Mapping[str, Sequence[Mapping[str, int | None]]]
"""Relation -> rows; every row holds each fact column, the interval and the sequences."""
Loaded = Callable[[Facts], Engine]


def duck(facts: Facts) -> DuckEngine:
    """Return a DuckDB that holds the facts; other relations are empty."""
    engine = DuckEngine()
    for name, relation in RELATIONS.items():
        columns = [*(column.name for column in relation.facts), *INTERVAL, *KNOWLEDGE]
        rows = facts.get(name, ())
        engine.load(relation, {column: [row[column] for row in rows] for column in columns})
    return engine


def on_connection(alias: str) -> Loaded:
    """Return a loader into plain fact tables on a Django connection."""

    def load(facts: Facts) -> ConnectionEngine:
        with connections[alias].cursor() as cursor:
            for name, relation in RELATIONS.items():
                columns = [*(column.name for column in relation.facts), *INTERVAL, *KNOWLEDGE]
                quoted = ", ".join(f'"{column}" BIGINT' for column in columns)
                cursor.execute(f"CREATE TABLE IF NOT EXISTS {fact_table(relation)} ({quoted})")
                cursor.execute(f"DELETE FROM {fact_table(relation)}")
                rows = [tuple(row[column] for column in columns) for row in facts.get(name, ())]
                if rows:
                    places = ", ".join("%s" for _ in columns)
                    cursor.executemany(f"INSERT INTO {fact_table(relation)} VALUES ({places})", rows)
        return ConnectionEngine(alias)

    return load


_ALIAS = itertools.count()


@pytest.fixture(params=["duckdb", "sqlite", "postgres"])
def loaded(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """Yield a function that loads facts into a fresh engine; each test runs on all three."""
    if request.param == "duckdb":
        yield duck
        return
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'facts.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_database")()
    alias = f"engine_{next(_ALIAS)}"
    connections.settings[alias] = connections.configure_settings({"default": {}, alias: database(url)})[alias]
    with django_db_blocker.unblock():
        yield on_connection(alias)
        connections[alias].close()
    del connections[alias]
    del connections.settings[alias]
