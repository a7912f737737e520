"""Opening a Book on the database for somebody who asks now."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.book import Basis, Book
from dacheng.core.rules import DatedRule
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.opening import open_book
from dacheng.exchange.defaults import default_rules
from dacheng.store.history import company_day
from dacheng.store.queries.rules import own_rules, sequence_and_rules, sequence_at


def open_database(
    viewer: Viewer,
    *,
    at: datetime,
    as_of_day: int | None = None,
    basis: Basis = "then",
    known_at: datetime | None = None,
) -> Book:
    """Open a Book on the database.

    Args:
        at: the moment of the question; rights are of its day.
        as_of_day: default the company's day of ``at``.
        known_at: what was known at this moment; default everything known now.
    """
    today = company_day(at)
    seq, own = sequence_and_rules() if known_at is None else _known(known_at)
    _, defaults = default_rules()
    return open_book(
        ConnectionEngine(),
        viewer=viewer,
        as_of_day=today if as_of_day is None else as_of_day,
        today=today,
        seq=seq,
        rules=(*defaults, *own),
        basis=basis,
        known_at=known_at or at,
    )


def _known(moment: datetime) -> tuple[int, tuple[DatedRule, ...]]:
    seq = sequence_at(moment)
    return seq, own_rules(seq)
