"""The words and constructs of the portable subset, as whitelists (architecture §3).

What is not listed here is refused, known or not: a construct reaches an engine only
after somebody has tried it on every engine and added it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dacheng.core.errors import RuleError, Text

_CAPITALS = """
    ALL AND AS ASC BETWEEN BIGINT BY CASE CAST COALESCE COUNT DESC DISTINCT ELSE END EXISTS FROM GROUP HAVING IN INNER
    IS JOIN LEFT LIMIT MAX MIN NOT NULL OFFSET ON OR ORDER OUTER SELECT SUM THEN UNION WHEN WHERE WITH
"""
_RESERVED = """
    add alter analyse analyze any array asymmetric authorization binary both check collate collation column commit
    concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable delete desc describe do drop escape except false fetch for foreign
    freeze full glob grant if ilike index initially insert intersect into isnull lambda lateral leading like
    localtime localtimestamp match natural notnull nothing nulls only overlaps pivot pivot_longer pivot_wider placing
    primary qualify references regexp returning right row select session_user set show similar some summarize
    symmetric system_user table tablesample to trailing transaction true union unique unpivot update user using
    values variadic verbose window anti asof positional semi map struct try_cast
"""

KEYWORDS = frozenset(_CAPITALS.split())
"""The words of the subset, always in capitals; names are always in small letters."""

RESERVED = frozenset(_RESERVED.split()) | frozenset(word.lower() for word in KEYWORDS)
"""Words that at least one engine does not take as a bare name; ``p.left`` is a name everywhere."""

_LEXEME = re.compile(
    r"(?P<space>\s+)|(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<number>[0-9]+)|(?P<place>:[a-z_][a-z_0-9]*)"
    r"|(?P<sign><>|!=|<=|>=|=(?!=)|-(?!-)|[<>+*(),.])"
)

_CLAUSES = frozenset(
    {"with_", "expressions", "from_", "joins", "where", "group", "having", "order", "limit", "offset", "distinct"}
)
_BINARY = frozenset({"this", "expression"})
_THIS = frozenset({"this"})

NODES: Mapping[type[exp.Expr], frozenset[str]] = {
    exp.Select: _CLAUSES,
    exp.Union: frozenset({"with_", "this", "expression", "distinct", "order", "limit", "offset"}),
    exp.Subquery: frozenset({"this", "alias"}),
    exp.With: frozenset({"expressions"}),
    exp.CTE: frozenset({"this", "alias"}),
    exp.TableAlias: _THIS,
    exp.From: _THIS,
    exp.Table: frozenset({"this", "alias"}),
    exp.Join: frozenset({"this", "side", "kind", "on"}),
    exp.Where: _THIS,
    exp.Group: frozenset({"expressions"}),
    exp.Having: _THIS,
    exp.Order: frozenset({"expressions"}),
    exp.Ordered: frozenset({"this", "desc", "nulls_first"}),
    exp.Limit: frozenset({"expression"}),
    exp.Offset: frozenset({"expression"}),
    exp.Distinct: frozenset({"expressions"}),
    exp.Alias: frozenset({"this", "alias"}),
    exp.Column: frozenset({"this", "table"}),
    exp.Identifier: frozenset({"this", "quoted"}),
    exp.Literal: frozenset({"this", "is_string"}),
    exp.Placeholder: _THIS,
    exp.Null: frozenset(),
    exp.Star: frozenset(),
    exp.Paren: _THIS,
    exp.Neg: _THIS,
    exp.Add: _BINARY,
    exp.Sub: _BINARY,
    exp.Mul: _BINARY,
    exp.EQ: _BINARY,
    exp.NEQ: _BINARY,
    exp.LT: _BINARY,
    exp.LTE: _BINARY,
    exp.GT: _BINARY,
    exp.GTE: _BINARY,
    exp.And: _BINARY,
    exp.Or: _BINARY,
    exp.Not: _THIS,
    exp.Is: _BINARY,
    exp.In: frozenset({"this", "expressions", "query"}),
    exp.Between: frozenset({"this", "low", "high"}),
    exp.Exists: _THIS,
    exp.Case: frozenset({"this", "ifs", "default"}),
    exp.If: frozenset({"this", "true"}),
    exp.Coalesce: frozenset({"this", "expressions"}),
    exp.Cast: frozenset({"this", "to"}),
    exp.DataType: frozenset({"this", "nested"}),
    exp.Sum: _THIS,
    exp.Count: frozenset({"this", "big_int"}),
    exp.Min: _THIS,
    exp.Max: _THIS,
}
"""Every node a query may hold, with the parts of it that may be filled."""

LARGEST_LITERAL = 2**62


def parsed(sql: str) -> exp.Query:
    """Return the tree of a query made of the subset's words and constructs only.

    Raises:
        RuleError: a word, sign or construct is outside the subset; says which and where.
    """
    _check_words(sql)
    try:
        tree = sqlglot.parse_one(sql)
    except SqlglotError as error:
        raise RuleError(
            Text(f"SQL 无法解析：{_first_line(error)}", f"The SQL cannot be parsed: {_first_line(error)}"), _REWRITE
        ) from error
    if not isinstance(tree, exp.Select | exp.Union):
        refuse(tree, Text("只能是 SELECT", "only SELECT is allowed"))
    for node in tree.walk():
        _check_node(node)
    return tree


def refuse(node: exp.Expr, reason: Text, remedy: Text | None = None) -> NoReturn:
    """Refuse a query because of one node: names the reason and the place.

    Raises:
        RuleError: always.
    """
    line, column = place_of(node)
    seen = node.sql()
    seen = seen if len(seen) <= 80 else seen[:77] + "..."
    raise RuleError(
        Text(
            f"查询第 {line} 行第 {column} 列「{seen}」：{reason.zh}。",
            f"Query line {line} column {column}, `{seen}`: {reason.en}.",
        ),
        remedy or _REWRITE,
    )


def place_of(node: exp.Expr) -> tuple[int, int]:
    """Return line and column, 1-based, of the first word that belongs to a node."""
    spots = ((one.meta["line"], one.meta["col"] - _length(one) + 1) for one in node.walk() if "line" in one.meta)
    return min(spots, default=(1, 1))


def _length(node: exp.Expr) -> int:
    return int(node.meta["end"]) - int(node.meta["start"]) + 1


def _check_words(sql: str) -> None:
    before, at = "", 0
    while at < len(sql):
        found = _LEXEME.match(sql, at)
        if not found:
            _refuse_text(sql, at, sql[at], _STRANGE.get(sql[at], _NOT_A_SIGN))
        lexeme, at = found.group(), found.end()
        if found.lastgroup == "word":
            _check_word(sql, found.start(), lexeme, after_dot=before == ".")
        if lexeme == "(" and _is_name(before):
            _refuse_text(sql, found.start(), f"{before}(", _NOT_A_FUNCTION)
        if found.lastgroup != "space":
            before = lexeme


def _is_name(lexeme: str) -> bool:
    return lexeme.isidentifier() and lexeme not in KEYWORDS


def _check_word(sql: str, at: int, word: str, *, after_dot: bool) -> None:
    if word == word.lower():
        if word in RESERVED and not after_dot:
            _refuse_text(sql, at, word, _RESERVED_NAME)
    elif word not in KEYWORDS:
        _refuse_text(sql, at, word, _WORDS.get(word, _NOT_A_WORD))


def _refuse_text(sql: str, at: int, seen: str, reason: Text) -> NoReturn:
    line = sql.count("\n", 0, at) + 1
    column = at - (sql.rfind("\n", 0, at) + 1) + 1
    raise RuleError(
        Text(
            f"查询第 {line} 行第 {column} 列「{seen}」：{reason.zh}。",
            f"Query line {line} column {column}, `{seen}`: {reason.en}.",
        ),
        _REWRITE,
    )


def _check_node(node: exp.Expr) -> None:
    allowed = NODES.get(type(node))
    if allowed is None:
        refuse(node, _NODE_REASONS.get(type(node), _named_construct(type(node).__name__)))
    for name in _filled(node):
        if name not in allowed:
            refuse(node, _named_construct(f"{type(node).__name__} {name.strip('_')}"))
    check = _FURTHER.get(type(node))
    if check:
        check(node)


def _filled(node: exp.Expr) -> Iterator[str]:
    return (name for name, value in node.args.items() if value not in (None, False, []))


def _check_literal(node: exp.Expr) -> None:
    if node.args["is_string"]:
        refuse(node, _STRANGE["'"])
    if not str(node.this).isdigit() or int(node.this) > LARGEST_LITERAL:
        refuse(node, Text("只能是 2^62 以内的整数", "only whole numbers up to 2^62"))


def _check_join(node: exp.Expr) -> None:
    side, kind = str(node.args.get("side") or ""), str(node.args.get("kind") or "")
    if (side, kind) not in {("", ""), ("", "INNER"), ("LEFT", ""), ("LEFT", "OUTER")} or not node.args.get("on"):
        refuse(node, Text("只能用带 ON 的 JOIN 或 LEFT JOIN", "only JOIN and LEFT JOIN with ON"))


def _check_union(node: exp.Expr) -> None:
    if node.args.get("distinct"):
        refuse(node, Text("只能用 UNION ALL", "only UNION ALL"))


def _check_cast(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Sum) or node.args["to"].this != exp.DataType.Type.BIGINT:
        refuse(node, Text("CAST 只用于 CAST(SUM(x) AS BIGINT)", "CAST is only for CAST(SUM(x) AS BIGINT)"))


def _check_sum(node: exp.Expr) -> None:
    if not isinstance(node.parent, exp.Cast):
        refuse(
            node,
            Text("SUM 要写成 CAST(SUM(x) AS BIGINT)", "SUM stands inside CAST(SUM(x) AS BIGINT)"),
            Text("各引擎的 SUM 类型不同（浮点、128 位）。", "Engines sum in different types (float, 128 bits)."),
        )


def _check_distinct(node: exp.Expr) -> None:
    inside = node.expressions
    if isinstance(node.parent, exp.Select):
        return
    if not isinstance(node.parent, exp.Count) or len(inside) != 1:
        refuse(node, Text("只能是 COUNT(DISTINCT x)", "only COUNT(DISTINCT x)"))


def _check_star(node: exp.Expr) -> None:
    if not isinstance(node.parent, exp.Count):
        refuse(
            node.parent or node,
            Text("不能用 SELECT *", "SELECT * is not allowed"),
            Text("写出需要的列。", "Name the columns you need."),
        )


def _check_limit(node: exp.Expr) -> None:
    if not isinstance(node.expression, exp.Literal | exp.Placeholder):
        refuse(node, Text("LIMIT 只能是整数或 :名称", "LIMIT takes a whole number or a :name"))
    if not (node.parent and node.parent.args.get("order")):
        refuse(
            node,
            Text("LIMIT 必须与 ORDER BY 一起用", "LIMIT needs ORDER BY"),
            Text("否则各引擎返回的行不同。", "Else every engine returns other rows."),
        )
    if not node.parent.args.get("limit"):
        refuse(node, Text("OFFSET 必须与 LIMIT 一起用", "OFFSET needs LIMIT"))


def _check_null(node: exp.Expr) -> None:
    if not isinstance(node.parent, exp.Is):
        refuse(
            node,
            Text("NULL 只能用于 IS NULL", "NULL stands only in IS NULL"),
            Text("CASE 不写 ELSE 就是空值。", "A CASE without ELSE gives it."),
        )


def _check_is(node: exp.Expr) -> None:
    if not isinstance(node.expression, exp.Null):
        refuse(node, Text("IS 只能接 NULL 或 NOT NULL", "IS takes NULL or NOT NULL only"))


def _check_in(node: exp.Expr) -> None:
    if node.args.get("query") and isinstance(node.parent, exp.Not):
        refuse(
            node,
            Text("子查询不能用 NOT IN", "NOT IN (SELECT …) is not allowed"),
            Text("改用 NOT EXISTS，空值才不会使结果全空。", "Use NOT EXISTS: one null would empty the result."),
        )


def _check_coalesce(node: exp.Expr) -> None:
    if not node.expressions:
        refuse(node, Text("COALESCE 至少要两个值", "COALESCE takes two values or more"))


def _check_with(node: exp.Expr) -> None:
    if node.parent is None or node.parent.parent is not None:
        refuse(node, Text("WITH 只能在查询开头", "WITH stands at the head of the query"))


_FURTHER: Mapping[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Literal: _check_literal,
    exp.Join: _check_join,
    exp.Union: _check_union,
    exp.Cast: _check_cast,
    exp.Sum: _check_sum,
    exp.Distinct: _check_distinct,
    exp.Star: _check_star,
    exp.Limit: _check_limit,
    exp.Offset: _check_limit,
    exp.Null: _check_null,
    exp.Is: _check_is,
    exp.In: _check_in,
    exp.With: _check_with,
    exp.Coalesce: _check_coalesce,
}


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _named_construct(name: str) -> Text:
    return Text(f"{name} 不在可移植子集内", f"{name} is outside the portable subset")


_REWRITE = Text(
    "按可移植子集改写（见架构文档第 3 节）；逐行计算放到 NumPy 里。",
    "Rewrite it in the portable subset (architecture, section 3); do row-by-row mathematics in NumPy.",
)
_NOT_A_SIGN = Text("这个符号不在可移植子集内", "this sign is outside the portable subset")
_NOT_A_FUNCTION = Text(
    "不在可移植子集内的函数；可用 COALESCE COUNT MIN MAX 与 CAST(SUM(x) AS BIGINT)，都用大写",
    "a function outside the portable subset; in it are COALESCE, COUNT, MIN, MAX, CAST(SUM(x) AS BIGINT), in capitals",
)
_NOT_A_WORD = Text(
    "不在可移植子集内；关键字用大写，名称用小写",
    "outside the portable subset; words of SQL are in capitals, names in small letters",
)
_RESERVED_NAME = Text(
    "有的数据库不接受这个裸名称；关键字用大写，列名前加表名",
    "not a bare name on every engine; write SQL words in capitals and put the relation before a column",
)
_DIVISION = Text("不能用除法：各引擎的 7/2 不同", "no division: engines differ on 7/2")
_STRANGE = {
    "'": Text("不能有文字常量", "no text literals"),
    '"': Text("不能用引号名称", "no quoted names"),
    "`": Text("不能用引号名称", "no quoted names"),
    "/": _DIVISION,
    "%": _DIVISION,
    ";": Text("只能有一条语句", "one statement only"),
    "-": Text("不能有注释，说明写在报表的文档里", "no comments; explain it in the report's docstring"),
    ":": Text("占位写作 :名称，类型转换写作 CAST", "a place is :name and a conversion is CAST"),
    "|": Text("不能拼接文字", "no joining of text"),
    "=": Text("相等写作一个 =", "equality is one ="),
}
_WORDS = {
    "OVER": Text("不能用窗口函数", "no window functions"),
    "PARTITION": Text("不能用窗口函数", "no window functions"),
    "RECURSIVE": Text("不能递归：树用前序位置", "no recursion: trees use preorder positions"),
    "MATERIALIZED": Text("不能用 MATERIALIZED 提示", "no MATERIALIZED hints"),
    "ROUND": Text("不能取整：各引擎的 round(2.5) 不同", "no rounding: engines differ on round(2.5)"),
    "DIV": _DIVISION,
    "TRUE": Text("真假值不是数：用 1 与 0", "truth values are not numbers: use 1 and 0"),
    "FALSE": Text("真假值不是数：用 1 与 0", "truth values are not numbers: use 1 and 0"),
    "NULLS": Text("不能用 NULLS FIRST/LAST：排序列不得为空", "no NULLS FIRST/LAST: nothing ordered may be null"),
}
_NODE_REASONS = {
    exp.Div: _DIVISION,
    exp.Mod: _DIVISION,
    exp.Boolean: _WORDS["TRUE"],
    exp.Tuple: Text("不能比较成组的值", "no comparison of tuples"),
}
