"""Pages of a long list that is no report: where one begins, and the links to its neighbours."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from dacheng.web.links import changed


def first_row(request: HttpRequest, count: int, size: int) -> int:
    """Return where the asked page begins: a whole number of pages from the first row, never behind the last.

    Args:
        count: rows in all. size: rows of one page.
    """
    text = request.GET.get("offset", "")
    return min(int(text) // size * size, max(count - 1, 0) // size * size) if text.isdecimal() else 0


def pager(request: HttpRequest, first: int, count: int, size: int) -> dict[str, Any] | None:
    """Return the links of a page; None where one page holds everything."""
    if count <= size:
        return None
    return {
        "first": first + 1,
        "last": min(first + size, count),
        "count": count,
        "previous_url": changed(request, {"offset": str(first - size or "")}) if first else "",
        "next_url": changed(request, {"offset": str(first + size)}) if first + size < count else "",
    }
