"""Both views of a plan's organisation (制定时口径 | 今日口径) on the page of its grid (R033)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.plans.standing import HERE, KEPT_BACK, STANDINGS
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_standing import StandingGrid, standing_grid
from dacheng.web import figures
from dacheng.web.links import changed, report_url
from dacheng.web.plan_asking import Opened, plan_address

TODAY = "today"
ORGANISATION = "organisation"
MARK_LABELS = {number: label for number, _code, label in STANDINGS if number not in (HERE, KEPT_BACK)}


@dataclass(frozen=True)
class Restated:
    """A plan's grid as the address asks for it: by the organisation of today where ``standing`` is there."""

    found: Opened
    standing: StandingGrid | None


def by_organisation(request: HttpRequest, found: Opened) -> Restated:
    """Return the grid by the organisation that an address asks for: as drawn, or as it stands today."""
    if request.GET.get(ORGANISATION) != TODAY:
        return Restated(found, None)
    one = standing_grid(found.book, found.grid, request.GET.get("row", ""))
    uid = found.grid.shown.uid

    def address(kind: str, key: str) -> str:
        if key not in found.grid.places:
            return ""
        if kind == "grid":
            return plan_address(request, "plan", uid, row=key, organisation=TODAY)
        return plan_address(request, "plan-cell", uid, row=key)

    look = replace(found.look, grid=one.grid, address=address, beside=one.beside, marks=_marks(one), compared=False)
    return Restated(replace(found, look=look), one)


def _marks(one: StandingGrid) -> dict[int, str]:
    """Return what is told beside the name of a row: how it stands, and the unit that it was drawn for."""
    language = get_language() or "zh-hans"
    marks = {}
    for position in one.grid.positions:
        label = MARK_LABELS.get(int(one.standing.how[position]))
        unit = one.drawn_for(position)
        words = [label.in_language(language)] if label else []
        words += [_("原 %(unit)s") % {"unit": unit.in_language(language)}] if unit else []
        if words:
            marks[position] = _("，").join(words)
    return marks


def organisation_chip(request: HttpRequest, chosen: StandingGrid | None) -> dict[str, Any]:
    """Return the choice between the organisation that a plan was drawn with and today's."""
    drawn, today = _("制定时口径"), _("今日口径")
    options = [
        {
            "label": drawn,
            "hint": _("方案制定时的行"),
            "url": changed(request, {ORGANISATION: ""}),
            "active": chosen is None,
        },
        {
            "label": today,
            "hint": _("人和组织今天所在的位置，只看不改"),
            "url": changed(request, {ORGANISATION: TODAY, "with": "", "below": "", "layer": ""}),
            "active": chosen is not None,
        },
    ]
    return {"label": _("组织"), "text": today if chosen else drawn, "options": options}


def standing_words(found: Opened, one: StandingGrid) -> dict[str, Any]:
    """Return what stands above the grid: that the topmost rows are what was drawn, and what stands otherwise."""
    sheet, drawn, look = one.standing.sheet, one.standing.drawn, found.look
    tops = [int(part.year[part.tree.depth == int(part.shared_top)].sum()) for part in (sheet, drawn)]
    language = get_language() or "zh-hans"
    counts = [
        (label.in_language(language), int((one.standing.how[one.standing.first :] == number).sum()))
        for number, label in MARK_LABELS.items()
    ]
    told = [f"{label} {figures.count(count)}" for label, count in counts if count]
    if one.standing.without_row:
        told.append(_("在组织里没有行的人 %(count)s") % {"count": figures.count(one.standing.without_row)})
    plan = DatabaseNames().names("plans", [drawn.plan.plan_id])[drawn.plan.plan_id]
    return {
        "total": look.money(tops[0]),
        "drawn": look.money(tops[1]),
        "unit": figures.unit_words(look.unit, language=language),
        "told": _("，").join(told),
        "partly": not found.book.scope.whole,
        "url": report_url(
            "plans/standing",
            [("plan", plan.code), ("measure", found.grid.measure.code), ("basis", TODAY)],
        ),
    }
