"""Finding records by a part of their name or code; two Chinese characters are enough."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from dacheng.store.bulk import Condition, among, fetch_rows
from dacheng.store.identity import stored_uid
from dacheng.store.standing import record_table

SEARCHED = ("deals", "customers", "contracts", "people", "units", "products")
LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True)
class Hit:
    """A record whose name or code holds the text."""

    relation: str
    record_id: int
    uid: UUID
    code: str
    name: str


def search(relation: str, text: str, *, seen: Iterable[int] | None, limit: int = 20) -> list[Hit]:
    """Return the records whose name or code holds a text, those that begin with it first, then by name.

    Only seen records are looked at, so that what one may not see changes neither which
    hits come nor how many.

    Args:
        text: letter case does not matter; blank finds nothing.
        seen: the numbers a Book shows; None = everything, for who sees the whole company.
    """
    wanted = text.strip()[:LONGEST_TEXT]
    if not wanted:
        return []
    like = "LIKE" if connection.vendor == "sqlite" else "ILIKE"
    inside, start = f"%{_literal(wanted)}%", f"{_literal(wanted)}%"
    holds = f"name {like} %s ESCAPE '!' OR code {like} %s ESCAPE '!'"
    begins = f"CASE WHEN name {like} %s ESCAPE '!' OR code {like} %s ESCAPE '!' THEN 0 ELSE 1 END"
    condition, listed = _in_sight(seen)
    rows = fetch_rows(
        f"SELECT id, uid, code, name FROM {record_table(relation)} WHERE NOT removed AND ({holds}) AND {condition}"
        f" ORDER BY {begins}, name, code, id LIMIT {int(limit)}",
        [inside, inside, *([] if listed is None else [listed]), start, start],
    )
    return [Hit(relation, record_id, stored_uid(uid), code, name) for record_id, uid, code, name in rows]


def _in_sight(seen: Iterable[int] | None) -> Condition:
    return ("1 = 1", None) if seen is None else among("id", seen)


def _literal(text: str) -> str:
    """Return a text with the signs that LIKE understands taken literally."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
