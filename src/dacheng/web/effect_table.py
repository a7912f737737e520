"""The table of what a change of the organisation does at every node, before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.handover.transfer import FIGURES, LABELS
from dacheng.core.table import Table
from dacheng.service.names import Name
from dacheng.service.settings import currency
from dacheng.web import figures
from dacheng.web.standpoint import money_unit


def effect_table(request: HttpRequest, table: Table, names: Mapping[int, Name]) -> dict[str, Any]:
    """Return every node with its figures, before → after where they differ."""
    language, unit = get_language() or "zh-hans", money_unit(request)
    money = figures.unit_words(unit, currency(), language)
    titles = [(name, LABELS[name].in_language(language), "" if name == "deals" else money) for name in FIGURES]
    nodes = table.values["unit_id"].tolist()
    return {
        "title": _("对各级组织的影响"),
        "caption": _("对各级组织的影响，那天结束时"),
        "look": "plain",
        "columns": [
            {"key": "unit", "label": _("组织"), "align": "text", "first": True},
            *({"key": name, "label": label, "unit": words, "align": "num"} for name, label, words in titles),
        ],
        "rows": [
            {
                "cells": [
                    {"text": names[node].in_language(language)},
                    *(_cell(table, name, row, unit) for name in FIGURES),
                ]
            }
            for row, node in enumerate(nodes)
        ],
        "notes": [_("这天结束时的数，目标和业绩是本财年合同额；有变化的写成「之前 → 之后」。")],
        "empty": {"sentence": _("受影响的组织不在你的范围内。"), "hint": ""},
    }


def _cell(table: Table, name: str, row: int, unit: figures.Unit) -> dict[str, Any]:
    before, after = (_shown(table.cell(one, row), name, unit) for one in (name, f"{name}_after"))
    if before == after:
        return {"text": before, "tone": "ink3"}
    words = format_html('<span class="ink3">{}</span> → <b>{}</b>', before, after)
    return {"text": words, "kind": "html"}


def _shown(value: int | float | None, name: str, unit: figures.Unit) -> str:
    number = int(value or 0)
    return figures.count(number) if name == "deals" else figures.money(number, unit)
