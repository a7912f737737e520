"""What people type into a field, as the value an action takes."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from dacheng.core.errors import RuleError, Text
from dacheng.core.money import Scale
from dacheng.core.period import day_of
from dacheng.core.relation import Column
from dacheng.core.schema import RELATIONS
from dacheng.exchange.values import parse_date, parse_int, parse_money, parse_ratio, parse_text
from dacheng.service.settings import currency

BP = 10_000
PERCENT = re.compile(r"([+-])\s*(\d{1,4}(?:\.\d{1,2})?)\s*%")
LEAST_BP, MOST_BP = -10_000, 90_000
"""Between which basis points amounts are changed in proportion."""
MONEY_WORDS = {"yuan": "元", "wan": "万元", "yi": "亿元"}


def entered(relation: str, column_name: str, text: str, *, money_unit: str = "yuan") -> Any:
    """Return the value of what was typed into a column; blank is "not known".

    References are typed as public ids, choices and flags by code.

    Args:
        money_unit: what a bare number counts: yuan, wan or yi.

    Raises:
        RuleError: it cannot be read as what the column is; says what was seen and the way out.
    """
    column = RELATIONS[relation].column(column_name)
    if not text.strip():
        return "" if column.is_label or column.kind == "ref" else None
    if column.kind == "money":
        return entered_money(text, money_unit)
    if column.kind == "day":
        date = parse_date(text)
        return None if date is None else day_of(date)
    if column.kind == "bp":
        ratio = parse_ratio(text, "percent")
        return None if ratio is None else round(ratio * BP)
    if column.kind == "count":
        return parse_int(text)
    if column.kind == "choice":
        return _chosen(column, text.strip())
    if column.kind == "flag":
        return 1 if text.strip() in ("1", "on", "true") else 0
    return text.strip() if column.kind == "ref" else parse_text(text, placeholders=False)


def entered_money(text: str, money_unit: str) -> int | None:
    """Return an amount in minor units from what was typed; blank is "not known".

    Args:
        money_unit: what a bare number counts: yuan, wan or yi.

    Raises:
        RuleError: it cannot be read as an amount.
    """
    return parse_money(text, MONEY_WORDS[money_unit], currency=currency()) if text.strip() else None


def entered_scale(text: str) -> Scale | None:
    """Return a change in proportion that was typed, such as ``+5%`` or ``-12.5%``; None for anything else.

    Raises:
        RuleError: it would leave nothing, or is more than tenfold.
    """
    found = PERCENT.fullmatch(unicodedata.normalize("NFKC", text).replace("\u2212", "-").strip())
    if found is None:
        return None
    bp = int(Decimal(found[2]) * 100) * (-1 if found[1] == "-" else 1)
    if not LEAST_BP < bp <= MOST_BP:
        raise RuleError(
            Text(f"不能按 {text.strip()} 改。", f"Amounts cannot be changed by {text.strip()}."),
            Text("写 -99.99% 到 +900%。", "Write -99.99% to +900%."),
        )
    return Scale(bp)


def scale_of(text: str) -> Scale:
    """Return a change in proportion.

    Raises:
        RuleError: it is none, would leave nothing, or is more than tenfold.
    """
    scale = entered_scale(text)
    if scale is None:
        raise RuleError(
            Text(f"「{text}」不是比例。", f"“{text}” is no proportion."),
            Text("写成 +5% 或 -12.5%。", "Write +5% or -12.5%."),
        )
    return scale


def _chosen(column: Column, text: str) -> int:
    for number, code, _label in column.choices:
        if code == text:
            return number
    codes = "、".join(code for _, code, _ in column.choices)
    raise RuleError(
        Text(f"{column.label.zh}不能是「{text}」。", f"{column.label.en} cannot be “{text}”."),
        Text(f"可选：{codes}。", f"Choose one of: {codes}."),
    )
