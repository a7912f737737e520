"""Moments as people read them, in the company's own time."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from dacheng.service.settings import time_zone
from dacheng.store.history import moment


def shown_moment(micros: int) -> str:
    """Return ``2026-11-20 16:42`` of microseconds since 1970-01-01 UTC."""
    return moment(micros).astimezone(ZoneInfo(time_zone())).strftime("%Y-%m-%d %H:%M")
