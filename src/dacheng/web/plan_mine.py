"""My target on a phone (我的目标): one's own rows of a plan by month, and a line for each row directly below."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from dacheng.core.access import Viewer
from dacheng.core.plans.schema import AGREEMENTS, PERSON, UNSAID
from dacheng.web import figures
from dacheng.web.plan_grid_view import PlanFigures, PlanLook, next_level, row_label


def my_target(look: PlanLook, viewer: Viewer) -> dict[str, Any]:
    """Return the rows of a plan that are a viewer's own, or that he is given, and those directly below them."""
    sheet, stands = look.grid.sheet, PlanFigures(look, look.grid.sheet)
    own = [
        row
        for row in look.grid.positions
        if int(sheet.kind[row]) == PERSON and int(sheet.person_id[row]) == viewer.person_id
    ]
    rows = own or list(look.grid.heads)
    return {
        "rows": [_own(look, stands, row) for row in rows],
        "below": [_line(look, stands, row) for row in next_level(look, stands)] if not own else [],
    }


def _own(look: PlanLook, stands: PlanFigures, row: int) -> dict[str, Any]:
    months = [one for one in look.columns if one.is_month]
    return _line(look, stands, row) | {
        "months": [{"label": one.label, "text": figures.money(stands.value(row, one), look.unit)} for one in months]
    }


def _line(look: PlanLook, stands: PlanFigures, row: int) -> dict[str, Any]:
    """Return a row with its year, whether it is agreed, and what came from below."""
    years, up = stands.sheet.years, stands.below[1]
    agreed = int(years.agreed[row])
    label = next(label for number, _code, label in AGREEMENTS if number == agreed)
    return {
        "name": row_label(look, stands, row),
        "url": look.address("cell", look.grid.keys[row]),
        "year": figures.money(stands.value(row, look.columns[0]), look.unit),
        "agreed": "" if agreed == UNSAID else label.in_language(get_language() or "zh-hans"),
        "submitted": figures.money(int(up.value[row]), look.unit) if up.known[row] else "",
        "lights": look.lights.get(row, ()),
    }
