"""Which columns decide a row: the rule behind ORDER BY and behind the keys of queries.

A row is decided by some columns when every other column follows from them: through the
key of a relation, through an equality of a join, or because a condition fixes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from sqlglot import exp

from dacheng.core.errors import Text
from dacheng.engine.constructs import refuse
from dacheng.engine.meaning import (
    Scope,
    Spot,
    Value,
    aggregates,
    check_grouped,
    conjuncts,
    inner_columns,
    number,
    refuse_subqueries,
    same,
    subqueries,
)


@dataclass(slots=True)
class Bonds:
    """How the columns of a SELECT's sources follow from one another.

    Args:
        pairs: columns that an inner condition makes equal.
        fixed: columns that an inner condition makes equal to a constant.
        optional: alias of a LEFT JOIN's right side -> the outside columns its ON reads and
            the own columns that its ON makes equal to one of them or to a constant.
    """

    pairs: list[tuple[Spot, Spot]] = field(default_factory=list)
    fixed: set[Spot] = field(default_factory=set)
    optional: dict[str, tuple[set[Spot], set[str]]] = field(default_factory=dict)

    def inner(self, condition: exp.Expr | None, scope: Scope) -> None:
        """Take in a WHERE or the ON of an inner join."""
        for left, right in _equalities(condition, scope):
            if left and right:
                self.pairs.append((left, right))
            elif left or right:
                self.fixed.add(left or right or ("", ""))

    def left(self, alias: str, condition: exp.Expr, scope: Scope) -> None:
        """Take in the ON of a LEFT JOIN."""
        spots = {scope.spot(column)[0] for column in inner_columns(condition)}
        bound = {side[1] for pair in _equalities(condition, scope) for side in pair if side and side[0] == alias}
        self.optional[alias] = ({spot for spot in spots if spot[0] != alias}, bound)

    def decided(self, by: Iterable[Spot], scope: Scope) -> set[Spot]:
        """Return every column that follows from the given ones."""
        found = set(by) | self.fixed
        size = -1
        while len(found) != size:
            size = len(found)
            for one, other in self.pairs:
                if one in found or other in found:
                    found |= {one, other}
            for alias, shape in scope.sources.items():
                if self._row_decided(alias, shape.key, found):
                    found |= {(alias, name) for name in shape.columns}
        return found

    def _row_decided(self, alias: str, key: frozenset[str] | None, found: set[Spot]) -> bool:
        if key is None:
            return False
        if alias in self.optional:
            needs, bound = self.optional[alias]
            if needs <= found and key <= bound:
                return True
        return bool(key or alias not in self.optional) and all((alias, name) in found for name in key)


def _equalities(condition: exp.Expr | None, scope: Scope) -> list[tuple[Spot | None, Spot | None]]:
    """Return the equalities of columns with columns or constants; None stands for a constant."""
    found = []
    for one in conjuncts(condition):
        if isinstance(one, exp.EQ):
            sides = (one.this, one.expression)
            if all(isinstance(side, exp.Column) or number(side, scope).constant for side in sides):
                found.append((_side(sides[0], scope), _side(sides[1], scope)))
    return found


def _side(node: exp.Expr, scope: Scope) -> Spot | None:
    """Return the column; one from an outer scope is a constant here."""
    if not isinstance(node, exp.Column):
        return None
    spot, owner = scope.spot(node)
    return spot if owner is scope else None


@dataclass(frozen=True, slots=True)
class Output:
    """One output column of a SELECT."""

    name: str
    node: exp.Expr
    value: Value


@dataclass(frozen=True, slots=True)
class Rowset:
    """What comes out of a SELECT's sources: rows, or groups of rows.

    Args:
        keys: the grouped expressions; empty = one group; None = no groups.
    """

    scope: Scope
    bonds: Bonds
    keys: list[exp.Expr] | None = None

    def undecided(self, by: list[exp.Expr], nodes: list[exp.Expr]) -> list[exp.Expr]:
        """Return the nodes in which two rows that agree on ``by`` may differ."""
        if self.keys is not None:
            ungrouped = Rowset(self.scope, self.bonds)
            if not ungrouped.undecided(by, self.keys):
                return []
            return [node for node in nodes if not self._listed(node, by)]
        spots = {self.scope.spot(node)[0] for node in by if isinstance(node, exp.Column)}
        decided = self.bonds.decided(spots, self.scope)
        return [node for node in nodes if not self._listed(node, by) and not self._follows(node, decided)]

    def key(self, outputs: list[Output], *, distinct: bool) -> frozenset[str] | None:
        """Return the fewest output columns that tell the rows apart; None when none do."""
        everything = [one.node for one in outputs]
        parts = everything if distinct else self._parts()
        if parts is None or self.undecided(everything, parts):
            return None
        chosen = list(outputs)
        for one in reversed(outputs):
            rest = [other for other in chosen if other is not one]
            if not self.undecided([other.node for other in rest], parts):
                chosen = rest
        return frozenset(one.name for one in chosen)

    def _listed(self, node: exp.Expr, by: list[exp.Expr]) -> bool:
        return any(same(one, node, self.scope) for one in by)

    def _follows(self, node: exp.Expr, decided: set[Spot]) -> bool:
        return not subqueries(node) and all(self.scope.spot(one)[0] in decided for one in inner_columns(node))

    def _parts(self) -> list[exp.Expr] | None:
        """Return what tells the rows apart; None when a source may hold equal rows."""
        if self.keys is not None:
            return self.keys
        keys = [(alias, shape.key) for alias, shape in self.scope.sources.items()]
        if any(key is None for _, key in keys):
            return None
        return [exp.column(name, table=alias) for alias, key in keys for name in sorted(key or ())]


def check_order(select: exp.Select, outputs: list[Output], rows: Rowset) -> None:
    """Refuse an ORDER BY that may meet a null or that leaves ties between different rows."""
    order = select.args.get("order")
    if order is None:
        return
    named = {one.name: one for one in outputs}
    by: list[exp.Expr] = []
    tested: list[exp.Expr] = []
    for item in order.expressions:
        node, value = _ordered(item.this, named, rows, distinct=bool(select.args.get("distinct")))
        if value.nullable and not any(same(one, node, rows.scope) for one in tested):
            refuse_null_order(item)
        tested.extend(_null_test(node))
        by.append(node)
    left = rows.undecided(by, [one.node for one in outputs])
    if left:
        names = [one.name for one in outputs if any(one.node is node for node in left)]
        refuse_ties(order, names)


def _ordered(node: exp.Expr, named: Mapping[str, Output], rows: Rowset, *, distinct: bool) -> tuple[exp.Expr, Value]:
    """Return the expression that an item of ORDER BY means; a bare name means the output column."""
    if isinstance(node, exp.Column) and not node.table and node.name in named:
        return named[node.name].node, named[node.name].value
    refuse_subqueries(node, "ORDER BY")
    value = number(node, rows.scope)
    if not inner_columns(node) and not aggregates(node):
        refuse(node, Text("ORDER BY 不能是常数或列号", "ORDER BY takes no constant and no position"))
    _refuse_shadowed(node, named, rows.scope)
    if rows.keys is not None:
        check_grouped(node, rows.keys, rows.scope)
    if distinct and not any(same(one.node, node, rows.scope) for one in named.values()):
        refuse(node, Text("DISTINCT 只能按输出列排序", "DISTINCT orders by output columns only"))
    return node, value


def _refuse_shadowed(node: exp.Expr, named: Mapping[str, Output], scope: Scope) -> None:
    """Refuse a bare name in an expression that is an input column and another output column."""
    for column in inner_columns(node):
        meant = named.get(column.name) if not column.table else None
        if meant and not same(meant.node, column, scope):
            refuse(
                column,
                Text(f"{column.name} 既是输入列又是别名", f"{column.name} names an input and an alias"),
                Text("写成 表.列。", "Write relation.column."),
            )


def _null_test(node: exp.Expr) -> list[exp.Expr]:
    """Return x for ``CASE WHEN x IS NULL THEN 1 ELSE 0 END``, which puts its nulls to one end."""
    if not isinstance(node, exp.Case) or len(node.args["ifs"]) != 1 or node.args.get("default") is None:
        return []
    branch, otherwise = node.args["ifs"][0], node.args["default"]
    condition = branch.this.this if isinstance(branch.this, exp.Not) else branch.this
    marks = (branch.args["true"], otherwise)
    apart = all(isinstance(mark, exp.Literal) for mark in marks) and marks[0] != marks[1]
    return [condition.this] if apart and isinstance(condition, exp.Is) else []


def refuse_null_order(item: exp.Expr) -> NoReturn:
    """Refuse an item of ORDER BY that can be null."""
    refuse(
        item,
        Text("排序列可能为空，各引擎把空值排在不同的一端", "it can be null, and engines sort nulls to different ends"),
        Text(
            "前面加 CASE WHEN x IS NULL THEN 1 ELSE 0 END。",
            "Put CASE WHEN x IS NULL THEN 1 ELSE 0 END before it.",
        ),
    )


def refuse_ties(order: exp.Expr, names: list[str]) -> NoReturn:
    """Refuse an ORDER BY under which the named columns may still differ."""
    refuse(
        order,
        Text(
            f"ORDER BY 没有定下行的先后：{'、'.join(names)} 仍可不同",
            f"ORDER BY leaves ties: {', '.join(names)} may still differ",
        ),
        Text("加上关系的键，或全部分组列。", "Add the key of the relation, or all grouped columns."),
    )
