"""One cell of a plan: how it came about, what is stated of it, who changed it (R031, R041)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.errors import DachengError
from dacheng.core.factors.schema import CAPACITY
from dacheng.core.money import BP_PER_WHOLE, percent
from dacheng.core.period import ym_text
from dacheng.core.plans.editing import WHOLE_YEAR
from dacheng.core.plans.month_sources import source_of
from dacheng.core.plans.schema import (
    AGREEMENTS,
    BUFFER,
    CHANNEL,
    DRAFT,
    PERSON,
    PLAN_CELLS,
    PLAN_TERMS,
    RESERVE,
    UNIT,
)
from dacheng.core.plans.weighing import Weighed, weighed
from dacheng.core.relation import Column
from dacheng.service.factors import factors_named
from dacheng.service.labels import DatabaseNames
from dacheng.service.plan_drafts import PlanEdit, save_draft
from dacheng.store.queries.plans import PlanChange, changes_of_cells, fit_reasons
from dacheng.web import figures
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import said
from dacheng.web.links import report_url
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_columns import PlanColumn
from dacheng.web.plan_edits import typed_term
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_grid_view import PlanFigures, row_label
from dacheng.web.plan_parts import splittable
from dacheng.web.plan_tabs import plan_code
from dacheng.web.target_grid_view import YEAR
from dacheng.web.toasts import say
from dacheng.web.when import shown_moment
from dacheng.web.words import action_words

MOST_CHANGES = 8


@login_required
def cell_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a cell, or save what is stated of it."""
    found = opened(request, uid)
    row = found.grid.position(request.GET.get("row", ""))
    column = next(
        (one for one in found.look.columns if one.key == request.GET.get("column", YEAR) and not one.summed), None
    )
    column = column or found.look.columns[0]
    problem = ""
    if request.method == "POST":
        try:
            save_draft(found.viewer, found.at, found.grid, _terms(request, found, row, column))
            say(request, _("已存。"), undo_url=undo_address(found))
            return redirect(plan_address(request, "plan", uid, row=request.GET.get("top", "")))
        except DachengError as refused:
            problem = said(refused)
    panel = _panel(request, found, row, column) | {"problem": problem}
    alone = request.headers.get("HX-Target") not in ("sheet", "plan-panel")
    template = "plans/cell_page.html" if alone else "plans/cell.html"
    crumbs = plan_crumbs(found.grid.shown, panel["name"], plan_address(request, "plan", uid, row=""))
    return render(request, template, {"panel": panel, "crumbs": crumbs}, status=422 if problem else 200)


def _panel(request: HttpRequest, found: Opened, row: int, column: PlanColumn) -> dict[str, Any]:
    look, grid = found.look, found.grid
    shown = PlanFigures(look, grid.sheet)
    said_ = wording(request, {})
    uid, key = grid.shown.uid, grid.keys[row]
    return {
        "name": f"{row_label(look, shown, row)} {column.label}",
        "measure": grid.measure.in_language(said_.language),
        "value": figures.money(shown.value(row, column), look.unit),
        "unit": figures.unit_words(look.unit, said_.currency, said_.language),
        "standing": _standing(found, row, column),
        "how": _how(found, row, column),
        "automatic": _automatic(found, row, column),
        "changes": _changes(request, found, row, column),
        "terms": _fields(found, row, column) if grid.editable[row] else [],
        "terms_url": plan_address(request, "plan-cell", uid, row=key, column=column.key),
        "talk_url": _talk(found, row),
        "row": key,
        "column": column.key,
        "move_url": plan_address(request, "plan-move", uid, **{"from": key}) if grid.editable[row] else "",
        "split_url": plan_address(request, "plan-row-split", uid, **{"from": key}) if splittable(found, row) else "",
        "days_url": _days(found, row, column),
        "add_url": plan_address(request, "new-plan-row", uid, row=key) if grid.submittable[row] else "",
    }


def _talk(found: Opened, row: int) -> str:
    """Return where the target of a row is talked about; empty for a draft and for rows of nobody."""
    if found.grid.shown.plan.state == DRAFT or int(found.grid.sheet.kind[row]) not in (UNIT, PERSON, CHANNEL):
        return ""
    return reverse("web:plan-talk", args=[found.grid.shown.uid, UUID(hex=found.grid.keys[row])])


def _days(found: Opened, row: int, column: PlanColumn) -> str:
    """Return where a row is shown by week and day: of the month, or of all months; empty where it has no code."""
    code = found.grid.opened.codes[row]
    if not code:
        return ""
    plan = found.grid.shown.plan
    asked = [("plan", plan_code(plan.plan_id)), ("measure", found.grid.measure.code), ("row", code)]
    if column.key != YEAR:
        asked += [("period", ym_text(plan.from_ym + column.months[0])), ("by", "day")]
    return report_url("plans/days", asked)


def _standing(found: Opened, row: int, column: PlanColumn) -> str:
    """Return what holds for the cell in words: pinned or not, its bounds, whether it is agreed."""
    stated, at = _stated(found, row, column)
    words = [_("固定") if stated.pinned[at] else _("未固定")]
    low, high = (
        figures.money(int(one.value[at]), found.look.unit) if one.known[at] else ""
        for one in (stated.floor, stated.cap)
    )
    if low and high:
        words.append(_("范围 %(low)s – %(high)s") % {"low": low, "high": high})
    elif low or high:
        words.append(_("不低于 %(low)s") % {"low": low} if low else _("不高于 %(high)s") % {"high": high})
    agreed = next(label for number, _code, label in AGREEMENTS if number == int(stated.agreed[at]))
    words += [agreed.in_language(get_language() or "zh-hans")] if agreed.zh else []
    return _("，").join(words)


def _stated(found: Opened, row: int, column: PlanColumn) -> tuple[Any, Any]:
    sheet = found.grid.sheet
    return (sheet.years, row) if column.key == YEAR else (sheet.cells, (row, column.months[0]))


def _how(found: Opened, row: int, column: PlanColumn) -> list[dict[str, str]]:
    """Return the lines of how the cell came about: the year, the month's part of it, automatic and by hand."""
    sheet, unit = found.grid.sheet, found.look.unit
    sign = -1 if int(sheet.kind[row]) == BUFFER else 1
    year = int(sheet.year[row]) * sign
    if column.key == YEAR:
        above = int(sheet.tree.parent_position[row])
        if above < 0 or not sheet.year[above] or (above == 0 and sheet.shared_top):
            return []
        lines = [{"label": _("上级全年"), "text": figures.money(int(sheet.year[above]), unit)}]
        part = year / int(sheet.year[above])
        return [*lines, {"label": _("占上级"), "text": figures.ratio(part, 2)}, *_by_factors(found, row)]
    at = (row, column.months[0])
    lines = [{"label": _("年目标"), "text": figures.money(year, unit)}]
    amount, automatic = sheet.cells.amount, sheet.cells.automatic
    if automatic.known[at]:
        basis = int(automatic.value[row].sum()) * sign
        if basis:
            weight = int(automatic.value[at]) * sign / basis
            lines.append({"label": _("× %(month)s 权重") % {"month": column.label}, "text": figures.ratio(weight, 2)})
            lines += _by_months(found, row, column.months[0])
        lines.append({"label": _("自动值"), "text": figures.money(int(automatic.value[at]) * sign, unit)})
        change = (int(amount.value[at]) - int(automatic.value[at])) * sign
        lines.append(
            {"label": _("人工调整"), "text": figures.money_delta(change, unit), "tone": "acct" if change else ""}
        )
    return lines


def _by_months(found: Opened, row: int, month: int) -> list[dict[str, str]]:
    """Return what the months followed when the row was broken down, what this one counted and its uplift."""
    sheet = found.grid.sheet
    source = source_of(found.book, sheet, row)
    if source is None:
        return []
    lines = [{"label": _("月份按"), "text": source.words.in_language(get_language() or "zh-hans")}]
    share = source.share(month)
    if share is not None:
        lines.append({"label": _("月份占比"), "text": figures.ratio(float(share), 2)})
    if source.lift_bp[month]:
        lines.append({"label": _("其中节日上浮"), "text": percent(int(source.lift_bp[month]))})
    return lines


def _by_factors(found: Opened, row: int) -> list[dict[str, str]]:
    """Return what the row weighs by each factor among its siblings, and by all of them."""
    if int(found.grid.sheet.kind[row]) in (BUFFER, RESERVE):
        return []
    told, language = weighed(found.book, found.grid.sheet), get_language() or "zh-hans"
    lines = []
    names = factors_named()
    for at, number in enumerate(told.factors):
        share, counts = told.share(at, row), told.counts(at, row)
        if share is not None and counts is not None:
            text = f"{figures.ratio(float(share), 1)} × {figures.ratio(float(counts), 0)}"
            if told.is_filled(at, row):
                text = _("%(share)s（没有数，按其余因子）") % {"share": text}
            elif number > CAPACITY:
                text = f"{told.value(at, row):,} → {text}"
            lines.append({"label": names[number].in_language(language), "text": text})
    result = told.result(row)
    if result is None:
        return []
    return [*lines, {"label": _("= 因子权重"), "text": figures.ratio(float(result), 1)}, *_fit(found, row, told)]


def _fit(found: Opened, row: int, told: Weighed) -> list[dict[str, str]]:
    """Return what the row's own fit makes of its weight, and why; nothing where it is 100 %."""
    fit_bp, fitted = int(found.grid.sheet.years.fit_bp[row]), told.fitted(row)
    if fit_bp == BP_PER_WHOLE or fitted is None:
        return []
    number = int(found.grid.sheet.tree.unit_ids[row])
    reason = fit_reasons(found.grid.measure_id, [number]).get(number, "")
    lines = [
        {"label": _("× 适配系数"), "text": percent(fit_bp)},
        {"label": _("= 适配后权重"), "text": figures.ratio(float(fitted), 1)},
    ]
    return [*lines, {"label": _("适配理由"), "text": reason}] if reason else lines


def _automatic(found: Opened, row: int, column: PlanColumn) -> str:
    """Return the automatic value that the cell can be set back to, in minor units; empty where it stands at it."""
    if column.key == YEAR or not found.grid.editable[row]:
        return ""
    at, cells = (row, column.months[0]), found.grid.sheet.cells
    if not cells.automatic.known[at] or int(cells.automatic.value[at]) == int(cells.amount.value[at]):
        return ""
    sign = -1 if int(found.grid.sheet.kind[row]) == BUFFER else 1
    return str(int(cells.automatic.value[at]) * sign)


def _fields(found: Opened, row: int, column: PlanColumn) -> list[dict[str, str]]:
    """Return the terms that may be typed: bounds of the cell; of a year its weight and its buffer as well."""
    stated, at = _stated(found, row, column)
    language = get_language() or "zh-hans"
    relation = PLAN_TERMS if column.key == YEAR else PLAN_CELLS
    fields = []
    for name in ("floor", "cap"):
        bound = getattr(stated, name)
        value = figures.exact(int(bound.value[at]), found.look.unit) if bound.known[at] else ""
        fields.append({"name": name, "label": relation.column(name).label.in_language(language), "value": value})
    if column.key == YEAR:
        fields.append({"name": "weight", "label": _("同级权重"), "value": str(int(stated.weight[at]))})
        if found.grid.has_below(row):
            fields.append({"name": "buffer_bp", "label": _("缓冲"), "value": percent(int(stated.buffer_bp[at]))})
    return fields


def _terms(request: HttpRequest, found: Opened, row: int, column: PlanColumn) -> list[PlanEdit]:
    """Return what the form of the panel states, where it differs."""
    month = WHOLE_YEAR if column.key == YEAR else column.months[0]
    ym = 0 if month == WHOLE_YEAR else found.grid.sheet.plan.from_ym + month
    key, version = found.grid.keys[row], found.grid.version(row, ym)
    edits = []
    for one in _fields(found, row, column):
        text = request.POST.get(one["name"], one["value"])
        if text.strip() != one["value"]:
            edits.append(PlanEdit(key, month, one["name"], typed_term(found.look, one["name"], text), version))
    pinned = request.POST.get("pinned")
    if pinned in ("0", "1"):
        edits.append(PlanEdit(key, month, "pinned", int(pinned), version))
    if "automatic" in request.POST and (automatic := _automatic(found, row, column)):
        edits.append(PlanEdit(key, month, "amount", int(automatic), version))
    return edits


def _changes(request: HttpRequest, found: Opened, row: int, column: PlanColumn) -> list[dict[str, Any]]:
    ym = 0 if column.key == YEAR else found.grid.sheet.plan.from_ym + column.months[0]
    place = (int(found.grid.sheet.tree.unit_ids[row]), ym)
    changes = changes_of_cells(found.grid.measure_id, [place], limit=MOST_CHANGES)
    people = DatabaseNames().names("people", {one.actor_id for one in changes})
    said_ = wording(request, {"people": people})
    sign = -1 if int(found.grid.sheet.kind[row]) == BUFFER else 1
    return [_change(said_, one, "plan_cells" if ym else "plan_terms", sign) for one in changes]


def _change(said_: Wording, one: PlanChange, relation: str, sign: int) -> dict[str, Any]:
    """Return one line of the cell's history: the amount first, else what was stated."""
    columns: dict[str, Column] = {
        each.name: each for each in (PLAN_CELLS if relation == "plan_cells" else PLAN_TERMS).values
    }
    name = next((each for each in ("amount", "pinned", *columns) if each in one.after and each in columns), "")
    line: dict[str, Any] = {
        "when": shown_moment(one.at),
        "who": said_.named("people", one.actor_id) or _("系统"),
        "what": str(action_words(one.action)),
    }
    if not name:
        return line
    column = columns[name]
    old, new = one.before.get(name), one.after.get(name)
    if name == "amount":
        old, new = (None if each is None else each * sign for each in (old, new))
    else:
        line["what"] = column.label.in_language(said_.language)
    return line | {"old": said_.shown(column, old) if one.before else "", "new": said_.shown(column, new)}
