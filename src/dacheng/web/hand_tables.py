"""Columns of a table that a page makes by hand; a report's table has them from its own columns."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any


def columns_of(titles: Sequence[str], words: Collection[int] = (0,)) -> list[dict[str, Any]]:
    """Return a column for each title.

    Args:
        words: positions of the columns that hold text, the others hold numbers; the first always names its row.
    """
    return [
        {"key": f"c{at}", "label": title, "align": "text" if at in words else "num", "first": at == 0}
        for at, title in enumerate(titles)
    ]
