"""Freezing the Book of a day (存档): what is kept of it and where, as the log keeps it (R152)."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FIRST_DAY, date_of
from dacheng.store.access import require
from dacheng.store.history import writing

FROZEN = "book.frozen"


def check_freezable(day: int, today: int) -> None:
    """Refuse a day of which nothing can be known yet.

    Raises:
        RuleError: the day lies ahead.
    """
    if not FIRST_DAY <= day <= today:
        raise RuleError(
            Text(f"{date_of(day)} 还没有到。", f"{date_of(day)} is still ahead."),
            Text(f"选今天 {date_of(today)} 或更早的一天。", f"Choose {date_of(today)} or an earlier day."),
        )


def record_frozen(*, actor: Viewer, at: datetime, day: int, seq: int, folder: str, digest: str, facts: int) -> None:
    """Note that the Book of a day was frozen.

    Args:
        seq: the last entry that it knows. folder: where it lies among the frozen ones.
        digest: SHA-256 of its manifest, which names that of every file. facts: how many it holds.

    Raises:
        NotAllowed: the actor may not. RuleError: the day lies ahead.
    """
    told = {"day": day, "known": seq, "folder": folder, "digest": digest, "facts": facts}
    with writing(actor, at, FROZEN, **told) as entry:
        require(entry, "book.freeze")
        check_freezable(day, entry.day)
        entry.keep = True
