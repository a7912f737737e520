"""Records whose code, name or sound hold some words; whether they may be seen is asked of the Book."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from dacheng.core.searching import Way
from dacheng.store.bulk import fetch_rows
from dacheng.store.standing import record_table

ESCAPE = "!"
WITH_PHONE = "contacts"
"""The relation whose records have telephone numbers."""


def matching(
    relation: str,
    words: Sequence[Sequence[Way]],
    *,
    within: str = "",
    first: Iterable[int] = (),
    limit: int,
    offset: int = 0,
) -> list[tuple[int, int]]:
    """Return (id, fit) of records that hold every word, the best fit first, the newest first among equals.

    Args:
        words: the ways in which each word may be meant; the first word decides how well a record fits.
        within: a SELECT of the ids that may be found; empty = all. The words are compared with every record
            for everybody alike, so that the time tells nothing of those beyond.
        first: ids that come before others, wherever they match.
    """
    if not words:
        return []
    words = [[way for way in ways if way.field != "phone" or relation == WITH_PHONE] for ways in words]
    fit, fit_params = _fit(words[0])
    held = [_held(ways) for ways in words]
    conditions = ["NOT removed", *(sql for sql, _ in held), *([f"id IN ({within})"] if within else [])]
    params = [*fit_params, *(one for _, listed in held for one in listed)]
    front = ", ".join(str(int(one)) for one in first) or "-1"
    return fetch_rows(
        f"SELECT id, {fit} AS fit FROM {record_table(relation)} WHERE {' AND '.join(conditions)}"
        f" ORDER BY CASE WHEN id IN ({front}) THEN 0 ELSE 1 END, fit, id DESC LIMIT {int(limit)} OFFSET {int(offset)}",
        params,
    )


def _held(ways: Sequence[Way]) -> tuple[str, list[str]]:
    """Return the condition that one of the ways is met, and its parameters."""
    patterns = [(one.field, f"%{_pattern(one)}%") for one in ways]
    return f"({' OR '.join(_like(field) for field, _ in patterns)})", [pattern for _, pattern in patterns]


def _fit(ways: Sequence[Way]) -> tuple[str, list[str]]:
    """Return the number of the best fit of a record that meets one of the ways, and its parameters."""
    shapes = ("{}", "{}%", "%{}%")
    cases = sorted(
        {
            (fit, one.field, shape.format(_pattern(one)))
            for one in ways
            for fit, shape in list(zip(one.fits, shapes, strict=True))[2 if len(set(one.fits)) == 1 else 0 :]
        }
    )
    whens = " ".join(f"WHEN {_like(field)} THEN {fit}" for fit, field, _ in cases)
    return f"CASE {whens} END", [pattern for _, _, pattern in cases]


def _like(field: str) -> str:
    """Return a comparison with a pattern that takes no notice of case, nor of the dashes of a telephone number."""
    column = f"REPLACE(\"{field}\", '-', '')" if field == "phone" else f'"{field}"'
    return f"{column} {'ILIKE' if connection.vendor == 'postgresql' else 'LIKE'} %s ESCAPE '{ESCAPE}'"


def _pattern(way: Way) -> str:
    return "%".join(_escaped(piece) for piece in way.pieces)


def _escaped(text: str) -> str:
    for sign in (ESCAPE, "%", "_"):
        text = text.replace(sign, ESCAPE + sign)
    return text
