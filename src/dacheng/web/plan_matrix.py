"""The second cut of a plan in the browser (切分表): units × segments, both margins visible and proved (R043, R044)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.history.schema import CUSTOMER, DIMENSIONS
from dacheng.core.plans.cutting import CutTable, cut_table
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import PLAN_ROWS
from dacheng.core.plans.sheet import Sheet
from dacheng.core.tree import UNKNOWN
from dacheng.service.account_types import may_draw
from dacheng.service.entering import entered_money
from dacheng.service.plan_matrix import (
    Matrix,
    accounts_before,
    begun_matrix,
    cut_by_default,
    dimension_called,
    dimensions_there,
    look_at_cut,
    plan_matrix,
    totals_by,
    weight_typed,
    weights_before,
)
from dacheng.service.plans import cut, recut_cells, table_seen
from dacheng.store.identity import hidden
from dacheng.web import figures
from dacheng.web.forms import said
from dacheng.web.hand_tables import columns_of
from dacheng.web.links import changed
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_columns import plan_columns
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_tabs import MATRIX, plan_tabs
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

FIELD = re.compile(r"m\.([0-9a-f]{32})")
WEIGHT = re.compile(r"w\.([0-9]{1,9})")


@dataclass(frozen=True)
class Shown:
    """What a page of a cut shows beside what stands.

    Args:
        typed: key of a segment's row -> what was typed. after: the sheet as it would be.
        anew: the cut that is looked at before it is written, with what its weights are called.
    """

    problem: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[int, str] = field(default_factory=dict)
    after: Sheet | None = None
    anew: tuple[Matrix, str] | None = None
    status: int = 200


@login_required
def matrix_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a cut of a plan; look at an edit, write it, or cut anew."""
    found = opened(request, uid)
    there = dimensions_there(found.book)
    default = None if request.GET.get("by") else cut_by_default(found.book, found.grid.sheet)
    number = default.dimension if default else dimension_called(request.GET.get("by", ""))
    if number is None:
        raise hidden(PLAN_ROWS.label)
    matrix = plan_matrix(found.viewer, found.book, found.grid, number)
    shown = Shown()
    if request.method == "POST":
        if not matrix.may_edit:
            raise not_allowed("plan.edit")
        try:
            done = _cut(request, found, matrix) if request.POST.get("do") == "cut" else _edited(request, found, matrix)
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            done = Shown(said(problem), _typed(request), _weights_typed(request), status=422)
        if isinstance(done, HttpResponse):
            return done
        shown = done
    why = default.why.in_language(get_language() or "zh-hans") if default else ""
    context = _context(request, found, matrix, there, shown) | {"why": why, "products_url": reverse("web:products")}
    return render(request, "plans/matrix.html", context, status=shown.status)


def _typed(request: HttpRequest) -> dict[str, str]:
    found = ((FIELD.fullmatch(name), text) for name, text in request.POST.dict().items())
    return {match[1]: str(text) for match, text in found if match}


def _weights_typed(request: HttpRequest) -> dict[int, str]:
    found = ((WEIGHT.fullmatch(name), text) for name, text in request.POST.dict().items())
    return {int(match[1]): str(text) for match, text in found if match}


def _edited(request: HttpRequest, found: Opened, matrix: Matrix) -> HttpResponse | Shown:
    """Look at edited cells, or write those that were looked at."""
    typed = _typed(request)
    wanted = _wanted(found, matrix, typed)
    if not wanted:
        return Shown(_("没有改动。"), status=422)
    if request.POST.get("do") != "write" or request.POST.get("sure") != _sure(wanted):
        return Shown(typed=typed, after=matrix.edited(wanted))
    rows = {int(matrix.sheet.tree.unit_ids[at]): amount for at, amount in wanted.items()}
    seen = request.POST.get("seen", "")
    done = recut_cells(
        found.viewer,
        found.at,
        found.grid.shown.uid,
        found.grid.measure_id,
        matrix.dimension,
        rows,
        int(seen) if seen.isdecimal() else 0,
    )
    return _kept(request, found, done.written)


def _wanted(found: Opened, matrix: Matrix, typed: Mapping[str, str]) -> dict[int, int]:
    """Return position of a segment's row -> what was typed, where that is another amount than what stands."""
    wanted: dict[int, int] = {}
    for key, text in typed.items():
        at = matrix.position(key)
        if at is None:
            raise hidden(PLAN_ROWS.label)
        amount = entered_money(text, found.look.unit) if text.strip() else None
        if amount is not None and text.strip() != found.look.money(int(matrix.sheet.year[at])):
            wanted[at] = amount
    return wanted


def _cut(request: HttpRequest, found: Opened, matrix: Matrix) -> HttpResponse | Shown:
    """Look at the cut that the weights of the chosen segments make, or write the one that was looked at."""
    typed = _weights_typed(request)
    weights = {one: weight_typed(typed.get(at, "")) for at, one in enumerate(matrix.segments)}
    totals = totals_by(matrix.sheet, weights)
    sure = _sure(weights | {0: table_seen(matrix.sheet)})
    if request.POST.get("sure") != sure:
        look = look_at_cut(found.book, found.grid.shown.uid, found.grid.measure_id, matrix.dimension, weights)
        return Shown(weights=typed, after=look.after, anew=(begun_matrix(matrix, look), sure))
    done = cut(found.viewer, found.at, found.grid.shown.uid, found.grid.measure_id, matrix.dimension, totals)
    return _kept(request, found, done.written)


def _kept(request: HttpRequest, found: Opened, written: int) -> HttpResponse:
    say(
        request,
        _("已存 %(cells)s。") % {"cells": counted(written, "格")},
        undo_url=undo_address(found) if written else "",
    )
    return redirect(_address(request, found, request.GET.get("by", "")))


def _address(request: HttpRequest, found: Opened, by: str, **more: str) -> str:
    return plan_address(request, "plan-matrix", found.grid.shown.uid, **({"by": by} if by else {}), **more)


def _sure(wanted: Mapping[int, int]) -> str:
    return "-".join(f"{at}.{amount}" for at, amount in sorted(wanted.items()))


def _context(request: HttpRequest, found: Opened, matrix: Matrix, there: Sequence[int], shown: Shown) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    grid, plan = found.grid, found.grid.shown
    code, label = next((code, label) for number, code, label in DIMENSIONS if number == matrix.dimension)
    dimensions = [
        {"label": one.in_language(language), "url": changed(request, {"by": known}), "active": known == code}
        for number, known, one in DIMENSIONS
        if number in there or number in (matrix.dimension, CUSTOMER)
    ]
    measures = [
        {
            "label": one.in_language(language),
            "url": changed(request, {"measure": one.code}),
            "active": one.code == grid.measure.code,
        }
        for one in grid.measures
    ]
    drawn = matrix.is_cut or shown.after is not None
    drawing = shown.anew[0] if shown.anew else matrix
    return {
        "heading": _("切分表"),
        "scope": _("，").join([plan.name, grid.measure.in_language(language), label.in_language(language)]),
        "crumbs": plan_crumbs(plan, _("切分表"), plan_address(request, "plan", plan.uid)),
        "tabs": plan_tabs(request, plan.plan.plan_id, MATRIX),
        "chips": [
            {"label": _("指标"), "text": grid.measure.in_language(language), "options": measures},
            {"label": _("怎么分"), "text": label.in_language(language), "options": dimensions},
        ],
        "unit": figures.unit_words(found.look.unit, language=language),
        "problem": shown.problem,
        "matrix": _matrix(request, found, drawing, shown) if drawn else None,
        "months": _months(request, found, matrix) if matrix.is_cut and not shown.anew else None,
        "is_cut": matrix.is_cut,
        "may_edit": drawing.may_edit,
        "sure_cut": shown.anew[1] if shown.anew else "",
        "looked": shown.after is not None,
        "hidden": _hidden(found, matrix, shown),
        "weights": _weights(found, matrix, shown) if matrix.may_edit else [],
        "no_segments": not matrix.segments,
        "types_url": reverse("web:customer-types") if matrix.dimension == CUSTOMER and may_draw(found.viewer) else "",
        "cancel_url": _address(request, found, code),
    }


def _hidden(found: Opened, matrix: Matrix, shown: Shown) -> list[tuple[str, str]]:
    seen = ("seen", str(table_seen(matrix.sheet)))
    if shown.after is None or shown.anew:
        return [seen]
    wanted = _wanted(found, matrix, shown.typed)
    return [seen, ("sure", _sure(wanted))]


def _weights(found: Opened, matrix: Matrix, shown: Shown) -> list[dict[str, str]]:
    """Return a field for the weight of each segment: as it stands, else as the year before, in percent."""
    table = matrix.table
    stands = dict(zip(table.segments.tolist(), table.totals.tolist(), strict=True)) if matrix.is_cut else {}
    basis = stands if sum(stands.values()) > 0 else weights_before(found.book, matrix)
    whole = sum(basis.values())
    language = get_language() or "zh-hans"
    accounts = accounts_before(found.book, matrix)
    fields = []
    for at, (segment, name) in enumerate(matrix.segments.items()):
        share = f"{basis.get(segment, 0) * 100 / whole:.2f}" if whole else "1"
        many = accounts.get(segment)
        held = _("上年 %(accounts)s") % {"accounts": counted(many, "家")} if many else ""
        value = shown.weights.get(at, share)
        fields.append({"name": f"w.{at}", "label": name.in_language(language), "value": value, "held": held})
    return fields


def _matrix(request: HttpRequest, found: Opened, matrix: Matrix, shown: Shown) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    after = cut_table(shown.after) if shown.after is not None else matrix.table
    sums = sums_of(shown.after if shown.after is not None else matrix.sheet)
    look, plan_total = found.look, int(after.year[after.lowest].sum())
    sound = not after.broken and not sums.broken and plan_total == int(after.totals.sum())
    depth = matrix.sheet.tree.depth
    least = int(depth[after.units].min()) if len(after.units) else 0
    return {
        "segments": [matrix.segments[one].in_language(language) for one in after.segments.tolist()],
        "rows": [
            _line(request, found, matrix, shown, after, at, int(depth[unit]) - least)
            for at, unit in enumerate(after.units.tolist())
        ],
        "totals": [look.money(one) for one in after.totals.tolist()],
        "shares": [figures.ratio(one / plan_total) if plan_total else "" for one in after.totals.tolist()],
        "total": look.money(plan_total),
        "proof": {
            "tone": "good" if sound else "bad",
            "label": _("Σ 一致") if sound else _("Σ 不一致"),
            "rows": _("%(count)s 行都等于组织全年") % {"count": figures.count(int(after.lowest.sum()))}
            if not after.broken
            else _("%(count)s 行不等于组织全年") % {"count": figures.count(after.broken)},
            "columns": _("各列相加 %(sum)s = 方案 %(total)s")
            % {"sum": look.money(int(after.totals.sum())), "total": look.money(plan_total)},
            "months": _("各月 %(count)s 项，不一致 %(broken)s 项")
            % {"count": figures.count(sums.checked), "broken": figures.count(sums.broken)},
        },
    }


def _line(
    request: HttpRequest, found: Opened, matrix: Matrix, shown: Shown, after: CutTable, at: int, level: int
) -> dict[str, Any]:
    unit, lowest, look = int(after.units[at]), bool(after.lowest[at]), found.look
    name = matrix.opened.name(unit)
    wanted = _wanted(found, matrix, shown.typed) if shown.after is not None else {}
    before = matrix.table.amount[at] if matrix.is_cut else after.amount[at]
    cells = []
    for column, amount in enumerate(after.amount[at].tolist()):
        row = int(after.rows[at, column])
        key = matrix.keys[row] if row != UNKNOWN else ""
        typed = bool(key) and lowest and matrix.may_edit and (shown.after is None or row in wanted)
        was = int(before[column])
        cells.append(
            {
                "text": look.money(amount),
                "name": f"m.{key}" if typed else "",
                "value": shown.typed.get(key, look.money(amount)),
                "delta": look.signed(amount - was) if look.money(amount) != look.money(was) else "",
            }
        )
    code = next(code for number, code, _label in DIMENSIONS if number == matrix.dimension)
    return {
        "label": name.en if look.english and name.en else name.zh,
        "level": min(level, 4),
        "is_parent": not lowest,
        "url": _address(request, found, code, unit=matrix.keys[unit]) + "#months" if lowest else "",
        "cells": cells,
        "year": look.money(int(after.year[at])),
    }


def _months(request: HttpRequest, found: Opened, matrix: Matrix) -> dict[str, Any] | None:
    """Return the months of one unit by segment, with both margins: what a cell opens to."""
    unit = matrix.position(request.GET.get("unit", ""))
    table = matrix.table
    places = [at for at, one in enumerate(table.units.tolist()) if one == unit and table.lowest[at]]
    if unit is None or not places:
        return None
    language, look, sheet = get_language() or "zh-hans", found.look, matrix.sheet
    columns = [one for one in plan_columns(sheet.plan, found.book.rules.fiscal, language) if not one.summed]
    rows = [
        (int(row), int(one)) for row, one in zip(table.rows[places[0]], table.segments, strict=True) if row != UNKNOWN
    ]
    name = matrix.opened.name(unit)

    def line(label: str, row: int, total: bool = False) -> dict[str, Any]:
        kind = {"kind": "strong"} if total else {}
        return {
            "cells": [
                {"text": label, **kind},
                *({"text": look.money(int(sheet.amount[row, list(one.months)].sum())), **kind} for one in columns),
            ]
        }

    return {
        "title": _("%(unit)s各月") % {"unit": name.en if look.english and name.en else name.zh},
        "look": "plain",
        "columns": columns_of([_("划分项"), *(one.label for one in columns)]),
        "total": line(_("全部"), unit, total=True),
        "rows": [line(matrix.segments[segment].in_language(language), row) for row, segment in rows],
    }
