"""How often somebody may call: so many calls in each minute, counted in this process.

One window for all: when the minute changes, everything counted is forgotten, so the
memory holds only who called in this minute.
"""

from __future__ import annotations

import time
from threading import Lock

from django.conf import settings

from dacheng.core.errors import DachengError, Text

WINDOW_SECONDS = 60


class TooManyCalls(DachengError):
    """The caller used up this minute's calls (429).

    Args:
        seconds: until the next minute begins.
    """

    def __init__(self, limit: int, seconds: int) -> None:
        super().__init__(
            Text(f"每分钟最多 {limit} 次请求。", f"At most {limit} requests a minute."),
            Text(f"{seconds} 秒后再试。", f"Try again in {seconds} seconds."),
        )
        self.seconds = seconds


class Windows:
    """Calls counted by caller in fixed windows of a minute."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._window = -1
        self._calls: dict[str, int] = {}

    def count(self, caller: str, limit: int, seconds: float) -> None:
        """Count one call.

        Args:
            seconds: of a clock that never goes back.

        Raises:
            TooManyCalls: it is one more than ``limit`` in this window.
        """
        window = int(seconds // WINDOW_SECONDS)
        with self._lock:
            if window != self._window:
                self._window, self._calls = window, {}
            self._calls[caller] = self._calls.get(caller, 0) + 1
            over = self._calls[caller] > limit
        if over:
            raise TooManyCalls(limit, int((window + 1) * WINDOW_SECONDS - seconds) + 1)


WINDOWS = Windows()


def count_call(caller: str) -> None:
    """Count a call of somebody in this process."""
    WINDOWS.count(caller, settings.API_CALLS_PER_MINUTE, time.monotonic())
