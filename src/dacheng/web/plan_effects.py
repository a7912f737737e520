"""What an edit of a plan would do, shown before it is done: years now, afterwards, and the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from dacheng.core.plans.editing import changes
from dacheng.core.plans.sheet import Sheet
from dacheng.web import figures
from dacheng.web.hand_tables import columns_of
from dacheng.web.plan_grid_view import PlanFigures, PlanLook, next_level, row_label

MOST_LINES = 60
"""Rows that the table lists; the others are counted."""


def of_next_level(look: PlanLook, after: Sheet, then: str) -> dict[str, Any]:
    """Return the top and the rows below it; ``then`` heads the column of what they would have."""
    shown = PlanFigures(look, after)
    return _years(look, shown, [*look.grid.heads, *next_level(look, shown)], then)


def of_changed_rows(look: PlanLook, after: Sheet, then: str) -> dict[str, Any]:
    """Return the rows of which the year changes; rows of which only months swap are counted."""
    before = look.grid.sheet
    touched = sorted({one.position for one in changes(before, after)})
    rows = [at for at in touched if int(before.year[at]) != int(after.year[at])]
    same = len(touched) - len(rows)
    footer = _("另有 %(count)s 行全年不变，只动月份。") % {"count": figures.count(same)} if same else ""
    return _years(look, PlanFigures(look, after), rows[:MOST_LINES], then) | {"footer": footer}


def _years(look: PlanLook, shown: PlanFigures, rows: Sequence[int], then: str) -> dict[str, Any]:
    was, will = look.grid.sheet.year, shown.sheet.year
    return {
        "title": _("各行全年"),
        "columns": columns_of([_("组织"), _("现在"), then, _("差")]),
        "rows": [
            {
                "id": f"row-{at}",
                "cells": [
                    {"text": row_label(look, shown, at)},
                    {"text": figures.money(int(was[at]), look.unit)},
                    {"text": figures.money(int(will[at]), look.unit), "kind": "strong"},
                    {"text": figures.money_delta(int(will[at] - was[at]), look.unit), "tone": "acct"},
                ],
            }
            for at in rows
        ],
    }
