"""Opening a Book on the database for somebody who asks now."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.book import Basis, Book
from dacheng.core.replica import is_wide
from dacheng.core.rules import in_force
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.opening import EngineSource, answered_by, open_book
from dacheng.exchange.defaults import default_rules
from dacheng.service.replica_reading import engine_at, is_wanted
from dacheng.store.history import company_day
from dacheng.store.queries.rules import head_and_rules, own_rules, sequence_at


def sequence_of(book: Book) -> int:
    """Return the log sequence that a Book of the database shows."""
    source = book.source
    if not isinstance(source, EngineSource):
        raise TypeError("the Book does not stand on a log")
    return source.seq


def open_database(
    viewer: Viewer,
    *,
    at: datetime,
    as_of_day: int | None = None,
    basis: Basis = "then",
    known_at: datetime | None = None,
) -> Book:
    """Open a Book on the database, or a wide one on the replica where there is one: the answers are the same.

    Args:
        at: the moment of the question; rights are of its day.
        as_of_day: default the company's day of ``at``.
        known_at: what was known at this moment; default everything known now.
    """
    today = company_day(at)
    head = head_and_rules()
    _, defaults = default_rules()
    seq = head.seq if known_at is None else sequence_at(known_at)
    wanted = is_wanted(in_force((*defaults, *head.rules), today))
    book = open_book(
        ConnectionEngine(),
        viewer=viewer,
        as_of_day=today if as_of_day is None else as_of_day,
        today=today,
        seq=seq,
        rules=(*defaults, *(head.rules if known_at is None else own_rules(seq))),
        basis=basis,
        known_at=known_at or at,
        history=head.hash,
    )
    return (
        answered_by(book, engine_at(head.seq, head.hash))
        if wanted and is_wide(len(book.scope.units), len(book.tree))
        else book
    )
