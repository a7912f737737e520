"""The check that lets only portable SQL reach an engine (architecture §3).

A query that passes gives bit-identical results on SQLite, PostgreSQL and DuckDB:
``constructs`` knows which words and constructs exist, ``meaning`` what an expression is,
``ordering`` what decides a row, ``selecting`` puts a whole query together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from dacheng.core.relation import KIND_LIMIT
from dacheng.core.schema import CREDITS, RELATIONS
from dacheng.engine.constructs import parsed
from dacheng.engine.meaning import Shape, Value
from dacheng.engine.selecting import query_shape

Nullability = Mapping[str, Mapping[str, bool]]
"""Relation -> column -> whether it can be null."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A query that passed.

    Args:
        relations: the relations it reads, by name.
        nullable: output column -> whether it can be null, in output order.
        lists: the ``:name`` places inside IN, which may take several numbers.
    """

    relations: tuple[str, ...]
    nullable: Mapping[str, bool]
    lists: frozenset[str] = frozenset()


def checked(sql: str, relations: Nullability) -> Checked:
    """Check a query against the portable subset; the answer is kept per text.

    Args:
        relations: what it may read; the same mapping object every time.

    Raises:
        RuleError: it is outside the subset; names the construct, the place and the way out.
    """
    return _checked(sql, _Same(relations))


class _Same:
    """A mapping as a key of the cache: equal when it is the same object."""

    def __init__(self, relations: Nullability) -> None:
        self.relations = relations

    def __hash__(self) -> int:
        return id(self.relations)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.relations is self.relations


@lru_cache(maxsize=512)
def _checked(sql: str, schema: _Same) -> Checked:
    tree = parsed(sql)
    shape = query_shape(tree, {name: _shape(name, columns) for name, columns in schema.relations.items()})
    own = {cte.alias for cte in tree.ctes}
    read = {table.name for table in tree.find_all(exp.Table)} - own
    lists = {place.name for one in tree.find_all(exp.In) for place in one.expressions if _is_place(place)}
    alone = {place.name for place in tree.find_all(exp.Placeholder) if not isinstance(place.parent, exp.In)}
    nullable = {name: value.nullable for name, value in shape.columns.items()}
    return Checked(tuple(sorted(read)), nullable, frozenset(lists - alone))


def _is_place(node: exp.Expr) -> bool:
    return isinstance(node, exp.Placeholder)


def _shape(name: str, columns: Mapping[str, bool]) -> Shape:
    relation = RELATIONS.get(name) or CREDITS.get(name)
    described = {column.name: column for column in relation.facts} if relation else {}
    values = {
        column: Value(
            nullable,
            described[column].limit if column in described else KIND_LIMIT["ref"],
            column in described and described[column].field_class == "money-private",
        )
        for column, nullable in columns.items()
    }
    return Shape(values, frozenset(relation.key) if relation else None)
