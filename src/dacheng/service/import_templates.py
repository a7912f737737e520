"""Templates (导入模板): a workbook to fill in, whose titles are read without a mapping."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from dacheng.core.access import ROLE_LABEL
from dacheng.core.errors import NotFound, Text
from dacheng.core.period import day_of
from dacheng.core.relation import Column
from dacheng.core.schema import RELATIONS
from dacheng.exchange.mapping import is_required, key_columns, typed_columns
from dacheng.exchange.writing import OutColumn, OutKind, OutSheet, write_xlsx
from dacheng.store.queries.importing import records_listed

OFFERED = (
    "units",
    "people",
    "customers",
    "contacts",
    "products",
    "deals",
    "deal_splits",
    "contracts",
    "contract_lines",
    "targets",
    "segments",
    "actuals",
    "expenses",
    "market_facts",
    "factors",
    "factor_figures",
)
"""Relations with a template, in the order in which a new company fills them in."""

FURTHER: Mapping[str, tuple[tuple[str, Text, str, Text], ...]] = {
    "people": (
        (
            "home",
            Text("归属组织", "Home unit"),
            "text",
            Text("组织编码，新人员必填", "Code of the unit; a new person needs it"),
        ),
        ("role", Text("角色", "Role"), "text", Text("可不填；写角色名称", "Optional; name of the role")),
    ),
    "deals": (
        ("created", Text("创建日", "Created"), "day", Text("不填就从导入当天算起", "Blank = the day of the import")),
        ("closed", Text("关闭日", "Closed on"), "day", Text("已赢、已丢的才填", "Only of won and lost ones")),
    ),
    "actuals": (
        (
            "contract",
            Text("其中合同额", "Contract value of it"),
            "money",
            Text("一行写几个指标时用，不写金额", "For several measures in a row, instead of the amount"),
        ),
        ("margin", Text("其中毛利", "Margin of it"), "money", Text("同上", "As above")),
        ("cash", Text("其中回款", "Cash of it"), "money", Text("同上", "As above")),
        (
            "dimension",
            Text("新划分项的维度", "Dimension of new segments"),
            "text",
            Text("line customer region other；不写就是产品类别", "line, customer, region or other; blank = line"),
        ),
    ),
    "deal_splits": (
        (
            "from",
            Text("生效日", "From"),
            "day",
            Text("不填就从导入当天算起；不再分的写 0%", "Blank = the day of the import; 0% ends a part"),
        ),
    ),
}
"""Columns that a file may bring beside the relation's own: name, title, kind, what to write."""

EXAMPLES: Mapping[str, Mapping[str, str | int]] = {
    "units": {"code": "EAST", "name": "华东大区", "parent": "HQ"},
    "people": {"code": "1001", "name": "李雷", "email": "li.lei@example.com", "home": "EAST"},
    "customers": {"code": "K001", "name": "沪东水务"},
    "contacts": {
        "code": "L001",
        "name": "陈立",
        "customer": "K001",
        "title": "信息中心主任",
        "department": "信息中心",
        "phone": "139 0000 0001",
        "email": "chenli@example.com",
        "part": "技术把关者",
    },
    "products": {"code": "P001", "name": "云平台", "list_price": 50_000_00},
    "deals": {
        "code": "SJ-001",
        "name": "二期泵站智控",
        "owner": "1001",
        "customer": "K001",
        "product": "P001",
        "amount": 640_000_00,
        "expected": "2026-12-25",
        "created": "2026-09-01",
        "next_step": "约技术交流",
    },
    "deal_splits": {"deal": "SJ-001", "person": "1002", "share": "40%", "from": "2026-09-01"},
    "contracts": {
        "code": "HT-001",
        "name": "二期泵站智控合同",
        "owner": "1001",
        "customer": "K001",
        "deal": "SJ-001",
        "signed": "2026-11-20",
        "effective": "2026-11-25",
        "amount": 640_000_00,
    },
    "contract_lines": {"code": "HT-001-1", "contract": "HT-001", "product": "P001", "amount": 640_000_00},
    "targets": {"unit": "EAST", "person": "1001", "month": "2026-12", "amount": 1_000_000_00},
    "segments": {"code": "LINE1", "name": "智能终端", "dimension": "产品类别"},
    "actuals": {"code": "LS-001", "unit": "EAST", "segment": "LINE1", "day": "2025-03-31", "amount": 800_000_00},
    "expenses": {
        "code": "FY-001",
        "day": "2026-11-20",
        "unit": "EAST",
        "person": "1001",
        "category": "差旅",
        "amount": 3_200_00,
        "state": "实际",
        "name": "拜访沪东水务",
        "customer": "K001",
    },
    "factors": {"code": "stores", "name": "门店数", "name_en": "Stores", "counted_in": "家"},
    "factor_figures": {"factor": "stores", "unit": "EAST", "day": "2026-06-30", "value": 120, "name": "渠道部台账"},
    "market_facts": {
        "code": "SC-001",
        "name": "水务",
        "unit": "EAST",
        "year": 2026,
        "size": 800_000_000_00,
        "growth": "8%",
        "own_share": "12%",
        "rivals_share": "55%",
        "source": "行业协会年报",
        "sourced": "2026-01-15",
    },
}
"""An example of each; references by code. A stage is the company's own and left to be filled in."""

PICKED, MOST_CHOICES = ("stages", "measures", "products"), 40
"""Short lists of the company that a cell offers."""

FIRST_CHOICE = ("stage", "measure", "role")

KINDS: Mapping[str, OutKind] = {"money": "money", "day": "day", "count": "count"}

MEANING = {
    "ref": Text("编码或名称", "Code or name"),
    "day": Text("日期，如 2026-06-30", "A date such as 2026-06-30"),
    "ym": Text("月份，如 2026-06", "A month such as 2026-06"),
    "money": Text("元，两位小数；也可写 3.2万", "Plain amount with two decimals; 3.2万 is read too"),
    "bp": Text("百分数，如 30%", "A percentage such as 30%"),
    "flag": Text("1 是，0 否", "1 yes, 0 no"),
    "count": Text("整数", "A whole number"),
    "text": Text("文字", "Text"),
}
REQUIRED, KEY = Text("新建时必填", "required for a new one"), Text("凭它找到同一条", "by which the same one is found")
EXAMPLE_ROW = Text(
    "第 2 行是例子，导入前请删掉。列可以增减、换顺序，标题不要改。",
    "Row 2 is an example: delete it before importing. Columns may be moved or left out; keep the titles.",
)


def template(relation: str, language: str) -> bytes:
    """Return the template of a relation: frozen header, an example, and the sheet 说明 about every column.

    Raises:
        NotFound: there is none for it.
    """
    if relation not in OFFERED:
        raise NotFound(
            Text(f"没有「{relation}」的模板。", f"There is no template for “{relation}”."),
            Text("从导入页面选一个。", "Choose one on the import page."),
        )
    label = RELATIONS[relation].label.in_language(language)
    columns = _columns(relation, language)
    choices = {name: _choices(relation, name, language) for name, *_rest in columns}
    sheet = OutSheet(
        name=label,
        columns=[OutColumn(title, kind, choices=choices[name]) for name, title, kind, _note in columns],
        rows=[[_example(relation, name, kind, choices[name]) for name, _title, kind, _note in columns]],
        notes=[EXAMPLE_ROW.in_language(language), *(f"{title}: {note}" for _name, title, _kind, note in columns)],
    )
    stream = io.BytesIO()
    write_xlsx([sheet], stream, language=language)
    return stream.getvalue()


def _columns(relation: str, language: str) -> list[tuple[str, str, OutKind, str]]:
    """Return (name, title, kind, what to write) of each column, those that are needed first."""
    typed = typed_columns(RELATIONS[relation])
    keys = {name for name, one in typed.items() if one.name in key_columns(RELATIONS[relation])}
    ordered = sorted(typed, key=lambda name: (name not in keys, not is_required(typed[name])))
    own: list[tuple[str, str, OutKind, str]] = [
        (
            name,
            typed[name].label.in_language(language),
            KINDS.get(typed[name].kind, "text"),
            _note(typed[name], name in keys, language),
        )
        for name in ordered
        if typed[name].kind != "flag"
    ]
    more: list[tuple[str, str, OutKind, str]] = [
        (name, title.in_language(language), KINDS.get(kind, "text"), note.in_language(language))
        for name, title, kind, note in FURTHER.get(relation, ())
    ]
    return [*own, *more]


def _note(column: Column, is_key: bool, language: str) -> str:
    parts = [MEANING.get(column.kind, MEANING["text"]).in_language(language)]
    if column.choices:
        parts = [" / ".join(label.in_language(language) for _number, _code, label in column.choices)]
    parts += [text.in_language(language) for text in (column.help,) if text.zh]
    parts += [KEY.in_language(language)] if is_key else [REQUIRED.in_language(language)] if is_required(column) else []
    return ("; " if language.startswith("en") else "；").join(parts)


def _choices(relation: str, name: str, language: str) -> list[str]:
    """Return what a person may pick in a column: its own words, or the company's stages, measures, products."""
    if (relation, name) == ("people", "role"):
        return [label.in_language(language) for label in ROLE_LABEL.values()]
    column = typed_columns(RELATIONS[relation]).get(name)
    if column is None:
        return []
    if column.choices:
        return [label.in_language(language) for _number, _code, label in column.choices]
    return [one.name or one.code for one in records_listed(column.ref, MOST_CHOICES)] if column.ref in PICKED else []


def _example(relation: str, name: str, kind: OutKind, choices: Sequence[str]) -> str | int | None:
    value = EXAMPLES[relation].get(name)
    if value is None and name in FIRST_CHOICE:
        return choices[0] if choices else None
    return day_of(date.fromisoformat(value)) if kind == "day" and isinstance(value, str) else value
