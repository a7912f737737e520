"""The whole company's Book on each contender: a connection, or the columnar replica of the default one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import connections

from dacheng.core.access import SYSTEM
from dacheng.core.book import Book
from dacheng.core.replica import Freshness
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.layers import Layers
from dacheng.engine.opening import EngineSource, open_book
from dacheng.engine.replica import ReplicaEngine
from dacheng.exchange.defaults import default_rules
from dacheng.service.processes import has_ended
from dacheng.service.replica_reading import engine_at
from dacheng.service.replicating import refresh
from dacheng.store.history import microseconds

REPLICA = "replica"
"""The columnar replica of the default database, where a connection's alias is asked for."""


def build_replica(at: datetime) -> None:
    """Build the replica of the default database, or bring it up to date."""
    refresh(microseconds(at), step=lambda: None, is_gone=has_ended)


def book_on(alias: str, as_of_day: int, today: int) -> Book:
    """Open the whole company's Book on a connection, or on the replica of the default one.

    Raises:
        AssertionError: the replica does not answer.
    """
    with connections["default" if alias == REPLICA else alias].cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM chain")
        seq, hashed = cursor.fetchone()
    _, rules = default_rules()
    engine = engine_at(seq, hashed) if alias == REPLICA else ConnectionEngine(alias)
    assert isinstance(engine, ReplicaEngine if alias == REPLICA else ConnectionEngine), engine
    return open_book(engine, viewer=SYSTEM, as_of_day=as_of_day, today=today, seq=seq, rules=rules)


def book_on_layers(layers: Layers, day: int, seq: int, at: int) -> Book:
    """Open the whole company's Book on layers of a moment, microseconds, that no database stands behind."""
    engine = ReplicaEngine(layers, ConnectionEngine(), Freshness(at, 0))
    return open_book(engine, viewer=SYSTEM, as_of_day=day, today=day, seq=seq, rules=default_rules()[1])


def fresh(book: Book) -> Book:
    """Return the same Book with nothing gathered yet: it remembers answers, and those would be measured."""
    assert isinstance(book.source, EngineSource)
    return replace(book, source=replace(book.source, answers={}))
