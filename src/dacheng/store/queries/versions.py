"""The version of the data by its name outside: the hash of the last log entry (数据版本)."""

from __future__ import annotations

from dacheng.store.models import LogEntry


def version_name(seq: int) -> str:
    """Return the name of the version up to a sequence; empty before the first entry."""
    found = LogEntry.objects.filter(seq__lte=seq).order_by("-seq").values_list("hash", flat=True).first()
    return str(found or "")


def version_called(name: str) -> int | None:
    """Return the sequence of a version; None for one that is not of this database."""
    return LogEntry.objects.filter(hash=name).values_list("seq", flat=True).first()
