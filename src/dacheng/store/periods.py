"""Which periods are closed: what every write asks after the lock."""

from __future__ import annotations

from dacheng.core.closing import NONE_CLOSED
from dacheng.store.bulk import select_rows


def closed_through() -> int:
    """Return the last closed month; 0 when none is."""
    months = select_rows("rec_periods", ["ym"], [("closed = 1", None), ("NOT removed", None)], order=("ym",))
    return int(months[-1][0]) if months else NONE_CLOSED
