"""The shape of a whole query: sources, grouping, output columns, keys and order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from dacheng.core.errors import Text
from dacheng.engine.constructs import refuse
from dacheng.engine.meaning import (
    COMPARISONS,
    Scope,
    Shape,
    Value,
    aggregates,
    check_grouped,
    conjuncts,
    inner_columns,
    known_spots,
    number,
    refuse_aggregates,
    refuse_subqueries,
    same,
    subqueries,
    truth,
)
from dacheng.engine.ordering import Bonds, Output, Rowset, check_order, refuse_null_order, refuse_ties

Shapes = Mapping[str, Shape]


def query_shape(query: exp.Query, shapes: Shapes, outer: Scope | None = None) -> Shape:
    """Return the columns and the key of a query.

    Args:
        shapes: the relations and earlier common table expressions it may read.
        outer: the scope around it when it stands in EXISTS or IN.

    Raises:
        RuleError: it is outside the portable subset; says why and where.
    """
    shapes = _with_expressions(query, shapes)
    if isinstance(query, exp.Union):
        return _union_shape(query, shapes, outer)
    assert isinstance(query, exp.Select)
    return _select_shape(query, shapes, outer)


def _with_expressions(query: exp.Query, shapes: Shapes) -> Shapes:
    found = dict(shapes)
    for cte in query.ctes:
        if cte.alias in found:
            refuse(cte, Text(f"WITH 的名称 {cte.alias} 已被占用", f"the name {cte.alias} is taken"))
        found[cte.alias] = query_shape(cte.this, found)
    return found


def _union_shape(union: exp.Union, shapes: Shapes, outer: Scope | None) -> Shape:
    parts = [_branch_shape(union, side, shapes, outer) for side in (union.this, union.expression)]
    names = [list(part.columns) for part in parts]
    if len(names[0]) != len(names[1]):
        refuse(union.expression, Text("UNION ALL 两边列数不同", "the branches of UNION ALL differ in columns"))
    columns = {
        first: _either(parts[0].columns[first], parts[1].columns[second]) for first, second in zip(*names, strict=True)
    }
    _check_union_order(union, columns)
    return Shape(columns, None)


def _branch_shape(union: exp.Union, side: exp.Expr, shapes: Shapes, outer: Scope | None) -> Shape:
    ordered = side.args.get("order") or side.args.get("limit")
    if not isinstance(side, exp.Select | exp.Union) or ordered:
        refuse(
            side,
            Text("UNION ALL 的各支不加括号、不排序", "a branch of UNION ALL has no brackets and no order"),
            Text("排序写在最后，或放进 WITH。", "Order at the end, or in a WITH."),
        )
    return query_shape(side, shapes, outer)


def _either(one: Value, other: Value) -> Value:
    return Value(one.nullable or other.nullable, max(one.limit, other.limit), one.private or other.private)


def _check_union_order(union: exp.Union, columns: Mapping[str, Value]) -> None:
    order = union.args.get("order")
    if order is None:
        return
    named = set()
    for item in order.expressions:
        column = item.this
        if not isinstance(column, exp.Column) or column.table or column.name not in columns:
            refuse(item, Text("UNION ALL 之后只能按输出列排序", "after UNION ALL order by output columns only"))
        if columns[column.name].nullable:
            refuse_null_order(item)
        named.add(column.name)
    if named != set(columns):
        refuse_ties(order, sorted(set(columns) - named))


def _select_shape(select: exp.Select, shapes: Shapes, outer: Scope | None) -> Shape:
    scope, bonds = _sources(select, shapes, outer)
    _check_where(select, scope, shapes, bonds)
    keys = _group_keys(select, scope)
    outputs = _outputs(select, scope, shapes, named=not isinstance(select.parent, exp.Exists))
    having = _having(select, scope)
    nodes = [one.node for one in outputs] + having
    grouped = keys or any(aggregates(node) for node in nodes)
    for node in nodes if grouped else ():
        check_grouped(node, keys, scope)
    rows = Rowset(scope, bonds, keys if grouped else None)
    check_order(select, outputs, rows)
    key = rows.key(outputs, distinct=bool(select.args.get("distinct")))
    return Shape({one.name: one.value for one in outputs}, key)


def _sources(select: exp.Select, shapes: Shapes, outer: Scope | None) -> tuple[Scope, Bonds]:
    source = select.args.get("from_")
    if source is None:
        refuse(select, Text("缺少 FROM", "there is no FROM"))
    scope, bonds = Scope(outer), Bonds()
    _add_source(source.this, scope, shapes)
    for join in select.args.get("joins") or []:
        alias = _add_source(join.this, scope, shapes)
        on = join.args["on"]
        _check_on(on, alias, scope)
        if join.side == "LEFT":
            bonds.left(alias, on, scope)
            shape = scope.sources[alias]
            optional = {name: replace(value, nullable=True) for name, value in shape.columns.items()}
            scope.sources[alias] = Shape(optional, shape.key)
        else:
            bonds.inner(on, scope)
            scope.known |= known_spots(on, scope)
    return scope, bonds


def _add_source(node: exp.Expr, scope: Scope, shapes: Shapes) -> str:
    alias = node.alias_or_name
    if isinstance(node, exp.Subquery):
        if not alias:
            refuse(node, Text("FROM 里的子查询要有名称", "a subquery in FROM needs a name"))
        shape = query_shape(node.this, shapes)
    else:
        if node.name not in shapes:
            names = sorted(shapes)
            refuse(
                node,
                Text(f"没有名为 {node.name} 的关系", f"there is no relation {node.name}"),
                Text(f"有：{'、'.join(names)}", f"There are: {', '.join(names)}"),
            )
        shape = shapes[node.name]
    if alias in scope.sources:
        refuse(node, Text(f"{alias} 出现两次，请取别名", f"{alias} stands twice: give one an alias"))
    scope.sources[alias] = shape
    return alias


def _check_on(on: exp.Expr, alias: str, scope: Scope) -> None:
    if any(isinstance(node, exp.Or) for node in on.walk()):
        refuse(
            on,
            Text("ON 里不能有 OR", "no OR in ON"),
            Text("拆成两支 UNION ALL。", "Write two branches of UNION ALL."),
        )
    refuse_aggregates(on, "ON")
    refuse_subqueries(on, "ON")
    truth(on, scope)
    for one in conjuncts(on):
        inside = one.this if isinstance(one, exp.Not) else one
        if not isinstance(inside, (*COMPARISONS, exp.Between, exp.In, exp.Is)):
            refuse(one, Text("ON 里只能是用 AND 连接的比较", "ON takes comparisons joined by AND"))
    if not any(isinstance(one, exp.EQ) and _joins(one, alias, scope) for one in conjuncts(on)):
        refuse(on, Text("ON 要有一个与新来源的等值条件", "ON needs an equality with the joined relation"))


def _joins(equality: exp.EQ, alias: str, scope: Scope) -> bool:
    sides = [{scope.spot(column)[0][0] for column in inner_columns(side)} for side in equality.iter_expressions()]
    return any(one == {alias} and other and alias not in other for one, other in (sides, sides[::-1]))


def _check_where(select: exp.Select, scope: Scope, shapes: Shapes, bonds: Bonds) -> None:
    where = select.args.get("where")
    if where is None:
        return
    refuse_aggregates(where.this, "WHERE")
    truth(where.this, scope)
    _check_subqueries(where.this, scope, shapes)
    bonds.inner(where.this, scope)
    scope.known |= known_spots(where.this, scope)


def _check_subqueries(node: exp.Expr, scope: Scope, shapes: Shapes) -> None:
    for query in subqueries(node):
        shape = query_shape(query, shapes, scope)
        holder = query.parent.parent if isinstance(query.parent, exp.Subquery) else query.parent
        if isinstance(holder, exp.In) and len(shape.columns) != 1:
            refuse(query, Text("IN 的子查询只能有一列", "a subquery of IN has one column"))


def _group_keys(select: exp.Select, scope: Scope) -> list[exp.Expr]:
    """Return the grouped expressions; an alias stands for what it names."""
    group = select.args.get("group")
    if group is None:
        return []
    scope.grouped = True
    computed = {one.alias: one.this for one in select.expressions if isinstance(one, exp.Alias)}
    return [_group_key(node, computed, scope) for node in group.expressions]


def _group_key(node: exp.Expr, computed: Mapping[str, exp.Expr], scope: Scope) -> exp.Expr:
    if isinstance(node, exp.Column) and not node.table and node.name in computed:
        meant = computed[node.name]
        inputs = {name for shape in scope.sources.values() for name in shape.columns}
        if node.name in inputs and not same(meant, node, scope):
            refuse(
                node,
                Text(f"{node.name} 既是输入列又是别名", f"{node.name} names an input and an alias"),
                Text("换一个别名，或写成 表.列。", "Choose another alias, or write relation.column."),
            )
        node = meant if node.name not in inputs else node
    refuse_aggregates(node, "GROUP BY")
    refuse_subqueries(node, "GROUP BY")
    number(node, scope)
    if not inner_columns(node):
        refuse(node, Text("GROUP BY 不能是常数或列号", "GROUP BY takes no constant and no position"))
    return node


def _outputs(select: exp.Select, scope: Scope, shapes: Shapes, *, named: bool) -> list[Output]:
    outputs: list[Output] = []
    for at, one in enumerate(select.expressions):
        node = one.this if isinstance(one, exp.Alias) else one
        name = one.alias_or_name or ("" if named else f"unread_{at}")
        if not name:
            refuse(one, Text("计算列要用 AS 命名", "a computed column needs AS and a name"))
        if name in {other.name for other in outputs}:
            refuse(one, Text(f"有两列名为 {name}", f"two columns are called {name}"))
        _check_subqueries(node, scope, shapes)
        outputs.append(Output(name, node, number(node, scope)))
    return outputs


def _having(select: exp.Select, scope: Scope) -> list[exp.Expr]:
    having = select.args.get("having")
    if having is None:
        return []
    if not scope.grouped:
        refuse(having, Text("HAVING 要有 GROUP BY", "HAVING needs GROUP BY"))
    refuse_subqueries(having.this, "HAVING")
    truth(having.this, scope)
    return [having.this]
