"""Opening a Book on the database for somebody who asks now."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.book import Basis, Book
from dacheng.core.rules import DatedRule
from dacheng.engine.connection import ConnectionEngine
from dacheng.engine.opening import open_book
from dacheng.exchange.defaults import default_rules
from dacheng.store.history import company_day, head_seq, microseconds
from dacheng.store.models import FAR_SEQ, LogEntry, RuleValue


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
    seq = head_seq() if known_at is None else sequence_at(known_at)
    return open_book(
        ConnectionEngine(),
        viewer=viewer,
        as_of_day=today if as_of_day is None else as_of_day,
        today=today,
        seq=seq,
        rules=rules_at(seq),
        basis=basis,
    )


def sequence_at(known_at: datetime) -> int:
    """Return the last sequence written up to a moment; 0 before the first."""
    last = LogEntry.objects.filter(at__lte=microseconds(known_at)).order_by("-seq").values_list("seq", flat=True)
    return last.first() or 0


def rules_at(seq: int = FAR_SEQ - 1) -> tuple[DatedRule, ...]:
    """Return the defaults and the company's own rules known at a sequence; the company's win."""
    own = RuleValue.objects.filter(seq_from__lte=seq, seq_to__gt=seq).values_list("name", "from_day", "value")
    _, defaults = default_rules()
    return (*defaults, *(DatedRule(*one) for one in own))
