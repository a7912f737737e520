"""Template words for figures: amounts, shares, days, counted things, and the words of the islands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext_lazy

from dacheng.web import cells, figures, grid_cells, words

register = template.Library()

# A counted noun: Chinese has one form, English two. ``shown`` is the number with separators.
COUNTED = {
    "单": ngettext_lazy("%(shown)s 单", "%(shown)s 单", "number"),
    "条": ngettext_lazy("%(shown)s 条", "%(shown)s 条", "number"),
    "行": ngettext_lazy("%(shown)s 行", "%(shown)s 行", "number"),
    "人": ngettext_lazy("%(shown)s 人", "%(shown)s 人", "number"),
    "天": ngettext_lazy("%(shown)s 天", "%(shown)s 天", "number"),
    "格": ngettext_lazy("%(shown)s 格", "%(shown)s 格", "number"),
    "项": ngettext_lazy("%(shown)s 项", "%(shown)s 项", "number"),
    "笔": ngettext_lazy("%(shown)s 笔", "%(shown)s 笔", "number"),
    "处": ngettext_lazy("%(shown)s 处", "%(shown)s 处", "number"),
    "件": ngettext_lazy("%(shown)s 件", "%(shown)s 件", "number"),
    "家": ngettext_lazy("%(shown)s 家", "%(shown)s 家", "number"),
    "条记录": ngettext_lazy("%(shown)s 条记录", "%(shown)s 条记录", "number"),
    "次": ngettext_lazy("%(shown)s 次", "%(shown)s 次", "number"),
    "个组织": ngettext_lazy("%(shown)s 个组织", "%(shown)s 个组织", "number"),
    "列": ngettext_lazy("%(shown)s 列", "%(shown)s 列", "number"),
    "个写法": ngettext_lazy("%(shown)s 个写法", "%(shown)s 个写法", "number"),
    "个工作日": ngettext_lazy("%(shown)s 个工作日", "%(shown)s 个工作日", "number"),
}

WORD_SETS = {"common": words.COMMON, "grid": words.GRID, "plan": words.PLAN, "board": words.BOARD, "tree": words.TREE}


@register.filter
def money(minor: int | None, unit: figures.Unit = "wan") -> str:
    """``{{ amount|money:unit }}``: minor units in 元, 万元 or 亿元."""
    return figures.money(minor, unit)


@register.filter
def money_delta(minor: int | None, unit: figures.Unit = "wan") -> str:
    """``{{ change|money_delta:unit }}``: the same with its sign."""
    return figures.money_delta(minor, unit)


@register.filter
def ratio(value: float | None, places: int = 1) -> str:
    """``{{ share|ratio }}``: 0.769 as 76.9%."""
    return figures.ratio(value, places)


@register.filter
def points(difference: float | None) -> str:
    """``{{ difference|points }}``: −0.09 as −9 pp."""
    return figures.points(difference)


@register.filter
def day(number: int | date | None, reference: int | date | None = None) -> str:
    """``{{ close_day|day:as_of_day }}``: short in the year of the as-of day."""
    return figures.day(number, reference)


@register.filter
def day_with_weekday(number: int | date, reference: int | date | None = None) -> str:
    """``{{ as_of_day|day_with_weekday }}``: 2026-11-20 周五, or Fri 2026-11-20."""
    return figures.day_with_weekday(number, get_language() or "zh", reference)


@register.filter
def month(ym: int | None) -> str:
    """``{{ ym|month }}``: 2026-03."""
    return figures.month(ym)


@register.filter
def count(number: int | None) -> str:
    """``{{ rows|count }}``: 8,800."""
    return figures.count(number)


@register.filter
def unit_words(unit: figures.Unit, currency: str = "CNY") -> str:
    """``{{ unit|unit_words:currency }}``: 万元, 10k CNY."""
    return figures.unit_words(unit, currency, get_language() or "zh")


@register.simple_tag
def counted(number: int, noun: str) -> str:
    """``{% counted 42 "单" %}``: 42 单, 42 deals, 1 deal.

    Raises:
        KeyError: the noun has no entry in ``COUNTED``; add it with its English forms.
    """
    return COUNTED[noun] % {"number": number, "shown": figures.count(number)}


@register.filter
def at(texts: Mapping[str, str] | None, key: str) -> str:
    """``{{ line.cells|at:column.key }}``: the text of a key; empty where there is none."""
    return (texts or {}).get(key, "")


@register.simple_tag(name="words")
def words_tag(name: str) -> SafeString:
    """``{% words "grid" %}``: the words of an island as a JSON block, id ``words-grid``."""
    spoken: dict[str, Any] = {key: str(text) for key, text in WORD_SETS[name].items()}
    return json_script(spoken, f"words-{name}")


@register.simple_tag
def table_rows(table: cells.View) -> SafeString:
    """``{% table_rows table %}``: the body rows of a report table."""
    return cells.table_rows(table)


@register.simple_tag
def table_total(table: cells.View) -> SafeString:
    """``{% table_total table %}``: its total row."""
    return cells.table_total(table)


@register.simple_tag
def grid_rows(grid: grid_cells.View) -> SafeString:
    """``{% grid_rows grid %}``: the body rows of a planning grid."""
    return grid_cells.grid_rows(grid)
