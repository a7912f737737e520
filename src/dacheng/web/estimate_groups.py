"""Groups of people whose capacity is held against a target: each typed on the page, one more offered (R016, R019)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dacheng.core.estimates.inputs import BY_CODE, MOST_GROUPS, OF_GROUP
from dacheng.store.actions.estimates import Typed
from dacheng.web.estimate_fields import Page, input_field

DROP = "drop-group-"
"""An act that takes a group off ends with its line."""


def groups_of(page: Page) -> dict[str, Any]:
    """Return the groups that count or were typed, and the first free one to add another."""
    typed = {line for code, line in page.view.found.material.figures.typed if code in OF_GROUP}
    shown = {1, *typed}
    free = next((line for line in range(1, MOST_GROUPS + 1) if line not in shown), 0)
    lines = sorted(shown | ({free} if free else set()))
    heads = [BY_CODE[code].label.in_language(page.language) for code in OF_GROUP]
    return {"heads": heads, "rows": [_row(page, line, heads, line in typed and line > 1) for line in lines]}


def _row(page: Page, line: int, heads: list[str], drops: bool) -> dict[str, Any]:
    return {
        "label": _("第 %(at)s 组") % {"at": line},
        "cells": [
            {"label": head, "field": input_field(page, code, line)} for code, head in zip(OF_GROUP, heads, strict=True)
        ],
        "drop": f"{DROP}{line}" if drops else "",
    }


def without_group(act: str) -> list[Typed]:
    """Return the inputs that take a group off the estimate; none where the act names no group."""
    text = act.removeprefix(DROP)
    line = int(text) if text.isdecimal() and len(text) <= len(str(MOST_GROUPS)) else 0
    return [Typed(code, line, None) for code in OF_GROUP] if 1 <= line <= MOST_GROUPS else []
