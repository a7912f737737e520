"""Who set which targets (填报记录): in the sheet of a cell, as a list of saves, one save with its undo."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.period import ym_text
from dacheng.service.people import viewer_now
from dacheng.service.target_grid import TargetGrid
from dacheng.service.target_history import (
    CellEvent,
    Save,
    cells_of_save,
    changes_of_grid,
    days_of,
    save_named,
    saves,
)
from dacheng.service.target_saving import undo_save
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.hand_tables import columns_of
from dacheng.web.links import changed
from dacheng.web.standpoint import money_unit, unit_picker
from dacheng.web.target_grid_view import ym_of_key
from dacheng.web.target_tabs import target_tabs
from dacheng.web.targets_grid import opened
from dacheng.web.templatetags.figures import counted
from dacheng.web.when import shown_moment
from dacheng.web.words import action_words

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
PAGE_SAVES = 50
PAGE_CELLS = 100


@login_required
def cell_history(request: HttpRequest) -> HttpResponse:
    """Show who set a cell, a row or any cell of a grid."""
    request.section = "targets"
    found = opened(request)
    row, column = request.GET.get("row", ""), request.GET.get("column", "")
    ym = ym_of_key(column) if row and MONTH.fullmatch(column) else None
    events = changes_of_grid(found.grid, row, ym)
    sheet = _sheet(request, found.grid, row, ym, events)
    template = "parts/sheet.html" if request.headers.get("HX-Target") == "sheet" else "reports/sheet_page.html"
    grid_url = changed(request, {"row": "", "column": ""}, reverse("web:targets-grid"))
    crumbs = [_crumbs()[0], {"label": _("目标填报"), "url": grid_url}, {"label": _("谁改过"), "url": ""}]
    return render(request, template, {"sheet": sheet, "crumbs": crumbs})


@login_required
def saves_page(request: HttpRequest) -> HttpResponse:
    """List the saves of targets: who, when, from which day, how many cells."""
    request.section = "targets"
    asked = asking(request)
    offset = _offset(request)
    listed = saves(asked.viewer, asked.book, limit=PAGE_SAVES + 1, offset=offset)
    context = {
        "heading": _("填报记录"),
        "crumbs": _crumbs(),
        "tabs": target_tabs(request, "saves"),
        "table": _saves_table(listed[:PAGE_SAVES]),
        "older_url": changed(request, {"offset": str(offset + PAGE_SAVES)}) if len(listed) > PAGE_SAVES else "",
        "newer_url": changed(request, {"offset": str(max(0, offset - PAGE_SAVES) or "")}) if offset else "",
    }
    return render(request, "targets/saves.html", context)


@login_required
def save_page(request: HttpRequest, entry: str) -> HttpResponse:
    """Show the cells of one save, and let it be undone."""
    request.section = "targets"
    asked = asking(request)
    save = save_named(asked.viewer, asked.book, entry)
    offset = _offset(request)
    events = cells_of_save(asked.book, save, limit=PAGE_CELLS + 1, offset=offset)
    context = {
        "heading": action_words(save.head.action),
        "scope": _("，").join(
            [save.by.name or _("系统"), shown_moment(save.head.at), _("生效日 %(days)s") % {"days": _days(save)}]
        ),
        "crumbs": [*_crumbs(), {"label": shown_moment(save.head.at), "url": ""}],
        "asof": {"unit": unit_picker(request)},
        "table": _cells_table(request, events[:PAGE_CELLS]),
        "undo_url": reverse("web:targets-undo", args=[entry]) if save.undoable else "",
        "older_url": changed(request, {"offset": str(offset + PAGE_CELLS)}) if len(events) > PAGE_CELLS else "",
        "newer_url": changed(request, {"offset": str(max(0, offset - PAGE_CELLS) or "")}) if offset else "",
    }
    return render(request, "targets/save.html", context)


@login_required
@require_POST
def undo(request: HttpRequest, entry: str) -> HttpResponse:
    """Undo one save."""
    at = datetime.now(UTC)
    cells = undo_save(actor=viewer_now(request.user.person_id, at), at=at, entry_hash=entry)
    if "text/html" in request.headers.get("Accept", ""):
        return redirect("web:targets-saves")
    return JsonResponse({"undone": cells})


def _sheet(request: HttpRequest, grid: TargetGrid, row: str, ym: int | None, events: list[CellEvent]) -> dict[str, Any]:
    language, unit = get_language() or "zh-hans", money_unit(request)
    subject = grid.row(row).name.name if row else _("这张表")
    months = [ym_text(ym)] if ym is not None else []
    sheet: dict[str, Any] = {
        "name": " ".join([subject, *months, grid.measure.in_language(language)]),
        "changes": [_change(one, unit, with_row=not row, with_month=ym is None) for one in events],
        "actions": [{"label": _("看每次填报"), "url": reverse("web:targets-saves")}],
    }
    if not events:
        sheet["how"] = {"lines": [_("还没有人填过。")]}
    if row and ym is not None and (cell := grid.row(row).cells.get(ym)):
        sheet["value"] = figures.money(cell.counted, unit)
        sheet["how"] = {"lines": _how(cell.own, cell.below, unit)}
    return sheet


def _how(own: int | None, below: int | None, unit: figures.Unit) -> list[str]:
    if own is None and below is None:
        return [_("没有目标。")]
    if own is None:
        return [_("自己没有填，按直接下级之和。")]
    if below is None:
        return [_("自己填的。")]
    shown = {"below": figures.money(below, unit), "rest": figures.money_delta(own - below, unit)}
    return [_("自己填的；直接下级之和 %(below)s，上减下 %(rest)s。") % shown]


def _change(one: CellEvent, unit: figures.Unit, *, with_row: bool, with_month: bool) -> dict[str, Any]:
    place = [one.row.name] if with_row else []
    place += [ym_text(one.ym)] if with_month else []
    place.append(_("从 %(day)s 起") % {"day": figures.day(one.change.from_day)})
    return {
        "when": shown_moment(one.change.at),
        "who": one.by.name or _("系统"),
        "what": " ".join(place),
        "old": figures.money(one.change.before, unit),
        "new": figures.money(one.change.after, unit),
        "url": reverse("web:targets-save", args=[one.change.entry]),
    }


def _saves_table(listed: list[Save]) -> dict[str, Any]:
    titles = [_("时间"), _("谁"), _("做了什么"), _("格数"), _("月份"), _("生效日")]
    return {
        "title": _("填报记录"),
        "cards": True,
        "columns": columns_of(titles, words=(0, 1, 2, 4)),
        "rows": [{"id": f"save-{at}", "cells": _save_cells(one)} for at, one in enumerate(listed)],
        "empty": {
            "sentence": _("还没有填过目标。"),
            "hint": _("在「目标填报」里填，或从 Excel 导入。"),
            "action": {"label": _("填目标"), "url": reverse("web:targets-grid")},
        },
    }


def _save_cells(save: Save) -> list[dict[str, Any]]:
    language = get_language() or "zh-hans"
    measures = _("、").join(name.in_language(language) for name, _cells in save.cells)
    spans = {(ym_text(one.from_ym), ym_text(one.to_ym)) for _name, one in save.cells}
    months = _("、").join(first if first == last else f"{first} – {last}" for first, last in sorted(spans))
    return [
        {"text": shown_moment(save.head.at), "href": reverse("web:targets-save", args=[save.head.entry])},
        {"text": save.by.name or _("系统")},
        {"text": f"{action_words(save.head.action)} {measures}"},
        {"text": figures.count(sum(one.cells for _name, one in save.cells))},
        {"text": months},
        {"text": _days(save)},
    ]


def _days(save: Save) -> str:
    days = [figures.day(day) for day in days_of(save)]
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"


def _cells_table(request: HttpRequest, events: list[CellEvent]) -> dict[str, Any]:
    unit, language = money_unit(request), get_language() or "zh-hans"
    titles = [_("组织或人员"), _("所在组织"), _("指标"), _("月份")]
    titles += [_("原目标"), _("新目标"), _("差"), _("生效日")]
    rows = []
    for at, one in enumerate(events):
        before, after = one.change.before, one.change.after
        rest = figures.money_delta((after or 0) - (before or 0), unit)
        texts = [one.row.name, one.unit.name, one.measure.in_language(language), ym_text(one.ym)]
        texts += [figures.money(before, unit), figures.money(after, unit), rest, figures.day(one.change.from_day)]
        rows.append({"id": f"cell-{at}", "cells": [{"text": text} for text in texts]})
    return {
        "title": _("改了哪些格"),
        "columns": columns_of(titles, words=range(3)),
        "rows": rows,
        "footer": counted(len(events), "格"),
    }


def _crumbs() -> list[dict[str, str]]:
    return [
        {"label": _("目标"), "url": reverse("web:targets")},
        {"label": _("填报记录"), "url": reverse("web:targets-saves")},
    ]


def _offset(request: HttpRequest) -> int:
    text = request.GET.get("offset", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0
