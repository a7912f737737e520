"""The target grid (目标填报): typed, pasted, proved while one types, saved as one action (R016, R033)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from dacheng.core.book import Book
from dacheng.core.errors import Conflict, DachengError
from dacheng.core.period import ym_text
from dacheng.service.people import viewer_now
from dacheng.service.problems import status_of
from dacheng.service.questions import asked_day
from dacheng.service.target_grid import GridQuestion, GridRow, TargetGrid, target_grid
from dacheng.service.target_saving import CellEdit, Clash, clashes, save_cells
from dacheng.web import figures
from dacheng.web.asking import Asking
from dacheng.web.links import changed, pairs_of, with_query
from dacheng.web.standpoint import money_unit, unit_picker
from dacheng.web.target_edits import cell_name, form_edits, json_edits, typed_fields
from dacheng.web.target_grid_view import GridLook, grid_columns, grid_view
from dacheng.web.target_tabs import target_tabs

KEPT = ("unit", "measure", "year", "from", "staff", "show")
"""The parts of the address that say which grid."""


@dataclass(frozen=True)
class Opened:
    """A grid with the Book it came from and the moment of the request."""

    at: datetime
    book: Book
    grid: TargetGrid
    actor: Any


@login_required
def grid_page(request: HttpRequest) -> HttpResponse:
    """Show the grid, or save what was typed."""
    request.section = "targets"
    if request.method == "POST":
        return _saved(request)
    return render(request, "targets/grid.html", _context(request, opened(request)))


def opened(request: HttpRequest) -> Opened:
    """Return the grid that an address asks for, as it stands now.

    Raises:
        RuleError: the day is not one. NotFound: the unit is not the viewer's to see.
    """
    at = datetime.now(UTC)
    actor = viewer_now(request.user.person_id, at)
    request.asked = asked = Asking(actor, at, asked_day(request.GET.get("from", "")), None, "then")
    question = GridQuestion(
        unit=request.GET.get("unit", ""),
        measure=request.GET.get("measure", ""),
        year=request.GET.get("year", ""),
        everybody=request.GET.get("staff") == "all",
    )
    return Opened(at, asked.book, target_grid(actor, asked.book, question), actor)


def _saved(request: HttpRequest) -> HttpResponse:
    is_json = request.content_type == "application/json"
    found = opened(request)
    try:
        edits = _edits(request, found.grid, is_json)
        done = save_cells(found.actor, found.at, found.grid, edits)
    except Conflict as problem:
        return _conflict(request, problem, edits, is_json)
    except DachengError as problem:
        return _refused(request, problem, is_json)
    words = ngettext("已存 %(cells)s 格。", "已存 %(cells)s 格。", done.changed) % {
        "cells": figures.count(done.changed)
    }
    if not is_json:
        return redirect(_address(request))
    return JsonResponse(
        {
            "saved": _cells(opened(request).grid, edits),
            "undo_url": reverse("web:targets-undo", args=[done.entry]) if done.entry else "",
            "message": words,
        }
    )


def _edits(request: HttpRequest, grid: TargetGrid, is_json: bool) -> list[CellEdit]:
    if is_json:
        return json_edits(request.body, grid)
    return form_edits(request.POST.dict(), grid, money_unit(request))


def _conflict(request: HttpRequest, problem: Conflict, edits: Sequence[CellEdit], is_json: bool) -> HttpResponse:
    """Answer with both values of every cell that somebody else set meanwhile; nothing was written."""
    found = opened(request)
    stale = clashes(found.grid, edits)
    if is_json and stale:
        conflicts = [_clash(one) for one in stale]
        return JsonResponse({"conflicts": conflicts, "detail": _sentence(problem)}, status=409)
    if is_json:
        return JsonResponse({"detail": _sentence(problem)}, status=409)
    unit = money_unit(request)
    messages = [_sentence(problem), *(_clash_words(found.grid, one, unit) for one in stale)]
    return _again(request, found, messages, edits, 409)


def _clash(one: Clash) -> dict[str, Any]:
    value = None if one.amount is None else str(one.amount)
    return {"row": one.edit.row, "column": ym_text(one.edit.ym), "value": value, "version": one.version, "by": one.by}


def _clash_words(grid: TargetGrid, one: Clash, unit: figures.Unit) -> str:
    return _("「%(cell)s」已被 %(by)s 改为 %(theirs)s，你写的是 %(yours)s。再存一次就用你的。") % {
        "cell": f"{grid.row(one.edit.row).name.name} {ym_text(one.edit.ym)}",
        "by": one.by or _("别人"),
        "theirs": figures.money(one.amount, unit),
        "yours": figures.money(one.edit.amount, unit),
    }


def _refused(request: HttpRequest, problem: DachengError, is_json: bool) -> HttpResponse:
    """Answer that a rule refuses the save, with what was typed kept in its cells."""
    status = status_of(problem)
    if is_json:
        findings = [{"row": "", "column": "", "message": _sentence(problem)}]
        return JsonResponse({"findings": findings, "detail": _sentence(problem)}, status=status)
    return _again(request, opened(request), [_sentence(problem)], (), status)


def _again(
    request: HttpRequest, found: Opened, messages: Iterable[str], edits: Sequence[CellEdit], status: int
) -> HttpResponse:
    """Show the form again with what was typed."""
    touched = {cell_name(edit) for edit in edits}
    typed = typed_fields(request.POST.dict())
    kept = {cell: text for cell, text in typed.items() if not edits or cell in touched}
    context = _context(request, found, kept)
    context["grid"]["messages"] = [{"text": text, "tone": "bad"} for text in messages]
    return render(request, "targets/grid.html", context, status=status)


def _cells(grid: TargetGrid, edits: Iterable[CellEdit]) -> list[dict[str, Any]]:
    """Return the cells of a save as they stand after it."""
    found = [(edit, grid.row(edit.row).cells[edit.ym]) for edit in edits]
    return [
        {
            "row": edit.row,
            "column": ym_text(edit.ym),
            "value": None if cell.own is None else str(cell.own),
            "version": cell.version,
        }
        for edit, cell in found
    ]


def _sentence(problem: DachengError) -> str:
    return problem.sentence(get_language() or "zh-hans")


def _context(request: HttpRequest, found: Opened, typed: Mapping[tuple[str, str], str] | None = None) -> dict[str, Any]:
    grid, book = found.grid, found.book
    language = get_language() or "zh-hans"
    fiscal = book.rules.fiscal
    unit = money_unit(request)
    columns = grid_columns(grid.period, fiscal, language)
    look = GridLook(grid, columns, unit, lambda kind, row: _row_address(request, kind, row), typed or {})
    year = grid.period.label(fiscal).in_language(language)
    measure = grid.measure.in_language(language)
    scope = grid.top.name if grid.top else ""
    save_url = changed(request, {"show": unit}, path=reverse("web:targets-grid"))
    caption = " ".join(part for part in (_("目标填报"), scope, year, measure) if part)
    return {
        "heading": _("目标填报"),
        "scope": _("，").join(part for part in (scope, year, measure) if part),
        "crumbs": [{"label": _("目标"), "url": reverse("web:targets")}, {"label": _("目标填报"), "url": ""}],
        "tabs": target_tabs(request, "grid"),
        "asof": {"unit": unit_picker(request, excl=grid.excl)},
        "effective": _effective(request, found),
        "closed": ym_text(grid.closed_through) if grid.closed_through >= grid.period.from_ym else "",
        "filters": {"action": request.path, "kept": _kept(request), "chips": _chips(request, found)},
        "how_url": reverse("web:how", args=["targets/cells"]),
        "history_url": with_query(reverse("web:targets-history"), _kept(request)),
        "grid": {"id": "g", "caption": caption, "save_url": save_url} | grid_view(look),
        "empty": _empty(grid),
    }


def _row_address(request: HttpRequest, kind: str, row: GridRow) -> str:
    if kind == "grid":
        return changed(request, {"unit": row.unit.code}, path=reverse("web:targets-grid"))
    return with_query(reverse("web:targets-history"), [*_kept(request), ("row", row.key)])


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs_of(request) if name in KEPT]


def _address(request: HttpRequest) -> str:
    return with_query(reverse("web:targets-grid"), _kept(request))


def _effective(request: HttpRequest, found: Opened) -> dict[str, Any]:
    """Return the picker of the day from which typed targets hold."""
    book, grid = found.book, found.grid
    language = get_language() or "zh-hans"
    fiscal, months = book.rules.fiscal, book.months
    days = [
        (_("今天"), book.today),
        (_("下月初"), months.first_day_of(months.ym_of(book.today) + 1)),
        (_("下一财年初"), months.from_day(fiscal.year(fiscal.year_of(months.ym_of(book.today)) + 1))),
    ]
    first_open = months.first_day_of(grid.closed_through + 1) if grid.closed_through else None
    return {
        "name": "from",
        "value": figures.as_date(grid.day).isoformat(),
        "text": figures.day_with_weekday(grid.day, language),
        "min": figures.as_date(first_open).isoformat() if first_open is not None else "",
        "shortcuts": [
            {
                "label": label,
                "hint": figures.day(day),
                "url": changed(request, {"from": "" if day == book.today else figures.day(day)}),
                "active": day == grid.day,
            }
            for label, day in days
        ],
    }


def _chips(request: HttpRequest, found: Opened) -> list[dict[str, Any]]:
    language = get_language() or "zh-hans"
    fiscal = found.book.rules.fiscal
    year = int(fiscal.year_of(found.grid.period.from_ym))
    this_year = int(fiscal.year_of(found.book.months.ym_of(found.book.today)))
    years = [(str(one), fiscal.year(one).label(fiscal).in_language(language)) for one in _around(this_year, year)]
    units = [(name.code, name.in_language(language)) for name in found.grid.units]
    measures = [(name.code, name.in_language(language)) for name in found.grid.measures]
    staff = [("", _("有个人目标的")), ("all", _("全部"))]
    chips = (
        _chip(request, "unit", _("组织"), [("", _("全部")), *units], request.GET.get("unit", "")),
        _chip(request, "measure", _("指标"), measures, found.grid.measure.code),
        _chip(request, "year", _("年度"), years, str(year)),
        _chip(request, "staff", _("人员"), staff, request.GET.get("staff", "")),
    )
    return [chip for chip in chips if len(chip["options"]) > 1]


def _around(this_year: int, shown: int) -> list[int]:
    return sorted({this_year - 1, this_year, this_year + 1, shown})


def _chip(
    request: HttpRequest, name: str, label: str, choices: Sequence[tuple[str, str]], current: str
) -> dict[str, Any]:
    options = [
        {"label": text, "url": changed(request, {name: code}), "active": code == current} for code, text in choices
    ]
    text = next((one["label"] for one in options if one["active"]), current)
    return {"name": name, "label": label, "text": text, "narrowed": False, "options": options}


def _empty(grid: TargetGrid) -> dict[str, Any] | None:
    if grid.rows:
        return None
    return {
        "sentence": _("你没有可看的目标。"),
        "hint": _("管理者看下级的目标，销售看自己的。需要时请销售运营给你角色。"),
    }
