"""Write docs/reference/schema.md from the schema: `.venv/bin/python -m scripts.schema_reference`.

A column is described once, in core/<domain>/schema.py; the database, the Book, CSV and this page come from there.
"""

from __future__ import annotations

from pathlib import Path

from dacheng.core.errors import Text
from dacheng.core.relation import Column, Relation
from dacheng.core.schema import RELATIONS
from dacheng.exchange.canonical import write_value
from dacheng.exchange.csvtables import headers

SCHEMA_PAGE = Path(__file__).resolve().parent.parent / "docs/reference/schema.md"

KINDS = {
    "ref": "编码 · code",
    "day": "日期 · day `2026-06-30`",
    "ym": "月份 · month `2026-06`",
    "money": "元 · amount `1200000.00`",
    "count": "整数 · whole number",
    "bp": "百分数 · percentage `12.5%`",
    "flag": "`1` 是 yes · `0` 否 no",
    "choice": "",
    "text": "文字 · text",
}
PLACES = {
    "public": Text("人人可见", "Everybody sees it."),
    "owner": Text("按负责人的归属组织可见", "Seen by the owner, and by whoever leads the owner's home unit."),
    "unit": Text("按所列组织可见", "Seen by whoever leads the unit it names."),
    "person": Text("按本人的归属组织可见", "Seen by the person, and by whoever leads the person's home unit."),
    "customer": Text(
        "看得到该客户某条商机或合同的人可见",
        "Seen by whoever sees an opportunity or a contract of the account.",
    ),
    "deal": Text("看得到该商机的人可见", "Seen by whoever sees the opportunity."),
    "hidden": Text("只用于判断权限，报表不用", "Decides about rights only; no report reads it."),
}

HEAD = """# 数据 · Schema

*Written by `make reference` from `core/*/schema.py`; edit them, not this page.*

一家公司可以放在一个文件夹里：`company.toml` 写 `name` 与 `currency`，`rules.csv`（可无）写自己的规则，其余每个关系一个 CSV。`dacheng report NAME --data 文件夹` 直接用它出报表；业务样例的 `book/` 就是这样的文件夹。

- UTF-8、逗号分隔，第一行是下表的列名，列的顺序随意；有「默认」或「可空」的列可以不写。
- 引用写编码。编号在文件里从不出现，按编码第一次出现的先后得到。
- 金额单位元，至多两位小数，不带千分位。空白是「不知道」，不是 0；有默认的列，空白就是默认。
- `from` 是开始成立的那天，`to` 是不再成立的第一天；空白是从来、一直。同一个键一天只有一行，换了值就另起一行。
- 「派生」列由别的数据算出：写了就照写的，不写就算出来。
- `people.csv` 可以多一列 `unit`：这个人从来、一直归属的组织，省去 `assignments.csv` 的一行。
- 没有 `calendar.csv` 时用中国工作日历，没有 `measures.csv`、`stages.csv` 时用自带的指标和阶段。

A company can be kept in a folder: `company.toml` with `name` and `currency`, optionally `rules.csv` with rules of its own, and one CSV a relation. `dacheng report NAME --data FOLDER` reports from it; the `book/` of a golden case is such a folder.

- UTF-8, commas, the headers below in any order; a column with a default, or one that may be blank, can be left out.
- References are codes. Numbers never stand in a file; they follow from the order in which codes first appear.
- Amounts are in 元 with at most two decimals and no thousands separators. Blank is "not known", not 0; where there is a default, blank is the default.
- `from` is the first day on which a row holds, `to` the first on which it no longer does; blank is always. One key has one row a day; a new value is a new row.
- A derived column is computed from other data: what is written stands, what is left out is computed.
- `people.csv` may carry one more column, `unit`: the home unit of somebody who never moves, instead of a row in `assignments.csv`.
- Without `calendar.csv` the working days of China are used, without `measures.csv` and `stages.csv` those that ship.
"""  # noqa: E501 - one paragraph is one line of Markdown


def row(header: str, column: Column) -> str:
    """Return the line of one column."""
    said = " · ".join(text for text in (column.help.zh, column.help.en) if text)
    return f"| `{header}` | {column.label.zh} · {column.label.en} | {value_of(column)} | {need_of(column)} | {said} |"


def value_of(column: Column) -> str:
    """Return what a cell of the column holds."""
    if column.kind == "ref":
        return f"{KINDS['ref']} [{column.ref}](#{column.ref})"
    if column.kind == "choice":
        return " · ".join(f"`{code}` {label.zh} {label.en}" for _, code, label in column.choices)
    return KINDS[column.kind]


def need_of(column: Column) -> str:
    """Return whether the column may be blank or left out, and what that means."""
    found = ["派生 · derived"] if column.derived else []
    if column.nullable:
        found.append("可空 · may be blank")
    elif column.default is not None:
        default = "" if column.is_label else write_value(column, int(column.default))
        found.append(f"默认 · default {f'`{default}`' if default else '空 · blank'}")
    elif not column.derived:
        found.append("必填 · required")
    if column.field_class != "public":
        found.append("保密 · private" if column.field_class == "money-private" else "联系方式 · contact")
    return "；".join(found)


def key_of(relation: Relation) -> str:
    """Return the headers that tell rows apart."""
    if relation.entity:
        return "`code`"
    by_name = {column.name: header for header, column in headers(relation).items()}
    return " + ".join(f"`{by_name[name]}`" for name in relation.key)


def section(relation: Relation) -> str:
    """Return the section of one relation."""
    said = "\n\n".join(text for text in (relation.help.zh, relation.help.en) if text)
    place = PLACES[relation.place]
    dated = "有 `from` `to` · has `from` and `to`" if relation.dated else "没有日期 · undated"
    lines = [row(header, column) for header, column in headers(relation).items()]
    return f"""
## {relation.name}

{relation.label.zh} · {relation.label.en} · `{relation.name}.csv`
{chr(10) + said + chr(10) if said else ""}
键 · key {key_of(relation)}；{dated}。{place.zh}。{place.en}

| 列 · column | | 值 · value | | |
|---|---|---|---|---|
{chr(10).join(lines)}
"""


def schema_page() -> str:
    """Return the page of all relations in their own order."""
    return HEAD + "".join(section(relation) for relation in RELATIONS.values())


if __name__ == "__main__":
    SCHEMA_PAGE.write_text(schema_page(), "utf-8")
