"""Giving freed memory back to the system.

A page makes and drops some megabytes of rows; the C library keeps the holes between what stays, and a server of
threads grows by half in its first hundred pages. Asked to, it gives the holes back.
"""

from __future__ import annotations

import ctypes
from itertools import count
from typing import Any

from django.core.signals import request_finished

EVERY = 5
"""Requests after which memory is given back: a millisecond or two for them all."""


def trim_after_requests() -> None:
    """Give freed memory back after every so many requests, where the C library can (glibc)."""
    trim = _trim()
    if trim is None:
        return
    finished = count(1)

    def give_back(**_told: Any) -> None:
        if next(finished) % EVERY == 0:
            trim(0)

    request_finished.connect(give_back, weak=False)


def _trim() -> Any:
    """Return glibc's ``malloc_trim``; None where there is none."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
