"""A version of the data by its name outside (数据版本): which company's, and the moment at which it was asked for.

The moment tells nothing of what others wrote; a sequence or its hash would count their work.
"""

from __future__ import annotations

import re
from datetime import datetime

from dacheng.store.history import microseconds, moment
from dacheng.store.models import LogEntry
from dacheng.store.queries.rules import sequence_at

NAME = re.compile(r"([0-9a-f]{32})-([0-9]{1,18})")


def version_name(at: datetime) -> str:
    """Return the name of what is known at a moment; empty before the first entry of the log."""
    company = _company()
    return f"{company}-{microseconds(at)}" if company else ""


def version_called(name: str) -> int | None:
    """Return the sequence of a version; None for one that is not of this database."""
    found = NAME.fullmatch(name)
    if found is None or found[1] != _company():
        return None
    return sequence_at(moment(int(found[2])))


def _company() -> str:
    """Return what tells this company's data from another's: the beginning of its first entry's hash."""
    first = LogEntry.objects.order_by("seq").values_list("hash", flat=True).first()
    return str(first or "")[:32]
