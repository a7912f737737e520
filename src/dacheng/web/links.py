"""Addresses: the URL is the state, and the standpoint travels along every link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

STANDPOINT = ("as_of", "compare", "basis", "show")
"""From where one looks: as-of day, compared day, organisation basis, money unit."""

Pairs = list[tuple[str, str]]


def pairs_of(request: HttpRequest) -> Pairs:
    """Return the query of a request as pairs, empty values left out, in order."""
    return [(name, value) for name, values in request.GET.lists() for value in values if value]


def with_query(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a path with a query."""
    query = urlencode([pair for pair in pairs if pair[1]])
    return f"{path}?{query}" if query else path


def changed(request: HttpRequest, changes: Mapping[str, str], path: str = "") -> str:
    """Return the address of this page with parameters set, or dropped where the value is empty.

    Paging starts again whenever anything else changes.
    """
    drop = set(changes) | ({"offset"} if "offset" not in changes else set())
    kept = [(name, value) for name, value in pairs_of(request) if name not in drop]
    return with_query(path or request.path, [*kept, *changes.items()])


def standpoint(request: HttpRequest) -> Pairs:
    """Return the part of the query that says from where one looks."""
    return [(name, value) for name, value in pairs_of(request) if name in STANDPOINT]


def report_url(name: str, pairs: Iterable[tuple[str, str]] = ()) -> str:
    """Return the address of a report's page."""
    return with_query(reverse("web:report", args=[name]), pairs)
