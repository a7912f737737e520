"""What a query of the subset means: its names, the type of every expression, its rows.

Engines agree on a query only when every name is found in one place, numbers and truth
values stay apart, every output column is grouped or aggregated, no product leaves 62
bits and the order decides between any two different rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from sqlglot import exp

from dacheng.core.errors import Text
from dacheng.core.relation import KIND_LIMIT
from dacheng.engine.constructs import refuse

SAFE_LIMIT = 2**62
SUM_LIMIT = 2**60
"""A sum that is larger fails loudly on every engine."""
PLACE_LIMIT = 10**14
"""Largest number that may be filled into a ``:name`` place."""

Spot = tuple[str, str]
"""A column of one source of a SELECT: (alias of the source, column)."""


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of a whole number before it is read.

    Args:
        limit: largest absolute value.
        private: a money-private column or made from one.
        constant: made of literals and placeholders only.
    """

    nullable: bool
    limit: int
    private: bool = False
    constant: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a relation or query, and which of them tell its rows apart.

    Args:
        key: empty = one row at most; None = nothing tells the rows apart.
    """

    columns: Mapping[str, Value]
    key: frozenset[str] | None


@dataclass(slots=True)
class Scope:
    """The sources of one SELECT, filled while it is read.

    Args:
        outer: the scope around it, for EXISTS and IN.
        sources: alias -> shape; the right side of a LEFT JOIN is nullable here.
        known: columns that a WHERE or an inner ON lets through only with a value.
        grouped: there is a GROUP BY, so that no group is empty.
    """

    outer: Scope | None = None
    sources: dict[str, Shape] = field(default_factory=dict)
    known: set[Spot] = field(default_factory=set)
    grouped: bool = False

    def spot(self, column: exp.Column) -> tuple[Spot, Scope]:
        """Return where a column comes from and in which scope; refuse an unknown or ambiguous one."""
        name, alias = column.name, column.table
        if alias:
            owners = [alias] if name in self.sources.get(alias, _NOTHING).columns else []
        else:
            owners = [one for one, shape in self.sources.items() if name in shape.columns]
        if len(owners) > 1:
            refuse(column, Text(f"{name} 在多个来源中：{'、'.join(owners)}", f"{name} is in {' and '.join(owners)}"))
        if owners:
            return (owners[0], name), self
        if self.outer is None or alias in self.sources:
            self._refuse_unknown(column)
        return self.outer.spot(column)

    def value(self, column: exp.Column) -> Value:
        """Return what is known of a column."""
        (alias, name), scope = self.spot(column)
        value = scope.sources[alias].columns[name]
        if (alias, name) in scope.known:
            return Value(False, value.limit, value.private)
        return value

    def _refuse_unknown(self, column: exp.Column) -> NoReturn:
        shape = self.sources.get(column.table)
        shapes = [shape] if shape else list(self.sources.values())
        names = sorted({name for one in shapes for name in one.columns})
        refuse(
            column,
            Text(f"没有列 {column.sql()}", f"there is no column {column.sql()}"),
            Text(f"有：{'、'.join(names)}", f"There are: {', '.join(names)}"),
        )


_NOTHING = Shape({}, None)

COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
AGGREGATES = (exp.Sum, exp.Count, exp.Min, exp.Max)


def number(node: exp.Expr, scope: Scope) -> Value:
    """Return what is known of an expression that must be a whole number."""
    if isinstance(node, exp.Column):
        return scope.value(node)
    if isinstance(node, exp.Literal):
        return Value(False, int(node.this), constant=True)
    if isinstance(node, exp.Placeholder):
        return Value(False, PLACE_LIMIT, constant=True)
    if isinstance(node, exp.Paren | exp.Neg | exp.Cast):
        return number(node.this, scope)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _arithmetic(node, number(node.this, scope), number(node.expression, scope))
    if isinstance(node, exp.Case):
        return _case(node, scope)
    if isinstance(node, exp.Coalesce):
        return _coalesce(node, scope)
    if isinstance(node, AGGREGATES):
        return _aggregate(node, scope)
    refuse(node, Text("这里要一个数，真假值不是数", "a number is needed here; a truth value is not a number"))


def truth(node: exp.Expr, scope: Scope) -> None:
    """Check an expression that must be true or false."""
    if isinstance(node, exp.And | exp.Or):
        truth(node.this, scope)
        truth(node.expression, scope)
    elif isinstance(node, exp.Not | exp.Paren):
        truth(node.this, scope)
    elif isinstance(node, COMPARISONS):
        number(node.this, scope)
        number(node.expression, scope)
    elif isinstance(node, exp.Between):
        for part in (node.this, node.args["low"], node.args["high"]):
            number(part, scope)
    elif isinstance(node, exp.Is):
        number(node.this, scope)
    elif isinstance(node, exp.In):
        number(node.this, scope)
        _check_list(node, scope)
    elif not isinstance(node, exp.Exists):
        refuse(
            node,
            Text("这里要一个条件，数不是真假值", "a condition is needed here; a number is not a truth value"),
            Text("写成 x = 1。", "Write x = 1."),
        )


def conjuncts(node: exp.Expr | None) -> list[exp.Expr]:
    """Return the conditions that are joined by AND."""
    if node is None:
        return []
    if isinstance(node, exp.Paren):
        return conjuncts(node.this)
    if isinstance(node, exp.And):
        return conjuncts(node.this) + conjuncts(node.expression)
    return [node]


def known_spots(condition: exp.Expr | None, scope: Scope) -> set[Spot]:
    """Return the columns that have a value wherever a condition holds."""
    found: set[Spot] = set()
    for one in conjuncts(condition):
        columns: list[exp.Expr] = []
        if isinstance(one, COMPARISONS):
            columns = [one.this, one.expression]
        elif isinstance(one, exp.Between | exp.In):
            columns = [one.this]
        elif isinstance(one, exp.Not) and isinstance(one.this, exp.Is):
            columns = [one.this.this]
        for column in columns:
            if isinstance(column, exp.Column):
                spot, owner = scope.spot(column)
                if owner is scope:
                    found.add(spot)
    return found


def inner_columns(node: exp.Expr) -> list[exp.Column]:
    """Return the columns of an expression, without those inside a subquery."""
    if isinstance(node, exp.Column):
        return [node]
    if isinstance(node, exp.Query):
        return []
    return [column for part in node.iter_expressions() for column in inner_columns(part)]


def subqueries(node: exp.Expr) -> list[exp.Query]:
    """Return the queries inside an expression, without those inside them."""
    if isinstance(node, exp.Subquery):
        return subqueries(node.this)
    if isinstance(node, exp.Query):
        return [node]
    return [found for part in node.iter_expressions() for found in subqueries(part)]


def aggregates(node: exp.Expr) -> list[exp.Expr]:
    """Return the aggregates of an expression, without those inside a subquery."""
    if isinstance(node, AGGREGATES):
        return [node]
    if isinstance(node, exp.Query):
        return []
    return [found for part in node.iter_expressions() for found in aggregates(part)]


def _arithmetic(node: exp.Expr, left: Value, right: Value) -> Value:
    product = isinstance(node, exp.Mul)
    if product and left.constant and right.constant:
        refuse(
            node,
            Text("两个常数不相乘：有的引擎用 32 位", "constants are not multiplied: some engines use 32 bits"),
            Text("先算好再填入。", "Fill in the finished number."),
        )
    limit = left.limit * right.limit if product else left.limit + right.limit
    if limit > SAFE_LIMIT:
        refuse(
            node,
            Text("按列的上限会超过 2^62", "by its columns' limits it can leave 2^62 (SQLite clamps)"),
            Text("取回各列，在 NumPy 里计算。", "Gather the columns and compute in NumPy."),
        )
    nullable, private = left.nullable or right.nullable, left.private or right.private
    return Value(nullable, limit, private, left.constant and right.constant)


def _case(node: exp.Case, scope: Scope) -> Value:
    subject = node.args.get("this")
    if subject is not None:
        number(subject, scope)
    values = []
    for branch in node.args["ifs"]:
        if subject is None:
            truth(branch.this, scope)
        else:
            number(branch.this, scope)
        values.append(number(branch.args["true"], scope))
    default = node.args.get("default")
    if default is not None:
        values.append(number(default, scope))
    private = [value.private for value in values]
    if any(private) and not all(private):
        _refuse_filling(node)
    return Value(
        default is None or any(value.nullable for value in values),
        max(value.limit for value in values),
        any(private),
        all(value.constant for value in values),
    )


def _coalesce(node: exp.Coalesce, scope: Scope) -> Value:
    values = [number(part, scope) for part in (node.this, *node.expressions)]
    if any(value.private for value in values):
        _refuse_filling(node)
    return Value(
        all(value.nullable for value in values),
        max(value.limit for value in values),
        constant=all(value.constant for value in values),
    )


def _refuse_filling(node: exp.Expr) -> None:
    refuse(
        node,
        Text(
            "毛利、成本等保密列对无权的人为空，不能填成别的数",
            "money-private columns are null for whoever may not see them and may not be filled",
        ),
        Text("去掉 COALESCE 或 ELSE，并数出可见的行。", "Drop COALESCE or ELSE and count the visible rows."),
    )


def _aggregate(node: exp.Expr, scope: Scope) -> Value:
    inside = node.this.expressions[0] if isinstance(node.this, exp.Distinct) else node.this
    if isinstance(inside, exp.Star):
        return Value(False, KIND_LIMIT["count"])
    if aggregates(inside):
        refuse(node, Text("聚合不能套聚合", "an aggregate inside an aggregate"))
    if any(scope.spot(column)[1] is not scope for column in inner_columns(inside)):
        refuse(node, Text("不能聚合外层的列", "an aggregate over a column from outside"))
    value = number(inside, scope)
    if isinstance(node, exp.Count):
        return Value(False, KIND_LIMIT["count"])
    limit = SUM_LIMIT if isinstance(node, exp.Sum) else value.limit
    return Value(value.nullable or not scope.grouped, limit, value.private)


def _check_list(node: exp.In, scope: Scope) -> None:
    for one in node.expressions:
        if not number(one, scope).constant:
            refuse(
                one,
                Text("IN 里只能是整数、:名称或子查询", "IN takes whole numbers, a :name or a subquery"),
            )


def same(one: exp.Expr, other: exp.Expr, scope: Scope) -> bool:
    """Tell whether two expressions are the same column or are written alike."""
    if isinstance(one, exp.Column) and isinstance(other, exp.Column):
        mine, owner = scope.spot(one)
        theirs, other_owner = scope.spot(other)
        return mine == theirs and owner is other_owner
    return bool(one == other)


def check_grouped(node: exp.Expr, keys: list[exp.Expr], scope: Scope) -> None:
    """Refuse a column that is neither grouped nor aggregated: SQLite would pick any row's value."""
    if aggregates(node) == [node] or any(same(key, node, scope) for key in keys):
        return
    if isinstance(node, exp.Query):
        refuse(node, Text("分组查询的列里不能有子查询", "no subquery in a column of a grouped query"))
    if isinstance(node, exp.Column):
        if scope.spot(node)[1] is scope:
            refuse(
                node,
                Text(f"{node.sql()} 既不在 GROUP BY 中也未聚合", f"{node.sql()} is neither grouped nor aggregated"),
                Text("加入 GROUP BY，或用 MIN/MAX/CAST(SUM(x) AS BIGINT)。", "Group by it or aggregate it."),
            )
        return
    for part in node.iter_expressions():
        check_grouped(part, keys, scope)


def refuse_aggregates(node: exp.Expr, clause: str) -> None:
    """Refuse an aggregate in a clause that reads rows."""
    for one in aggregates(node)[:1]:
        refuse(one, Text(f"{clause} 里不能聚合", f"no aggregate in {clause}"))


def refuse_subqueries(node: exp.Expr, clause: str) -> None:
    """Refuse a query inside a clause that has no need of one."""
    for one in subqueries(node)[:1]:
        refuse(one, Text(f"{clause} 里不能有子查询", f"no subquery in {clause}"))
