"""The opportunity inventory (机会盘点): filled by a pasted block, challenged line by line with a comment (R013)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.errors import DachengError
from dacheng.core.estimates.inventory import FATE_CHOICES
from dacheng.core.estimates.schema import KIND_CHOICES, VERDICT_CHOICES
from dacheng.core.report import Choices
from dacheng.service.entering import entered_money
from dacheng.service.inventory import (
    COLUMNS,
    InventoryView,
    LineRow,
    actions,
    inventory_view,
    lines_of_block,
    readings_of_block,
    share_of,
)
from dacheng.service.problems import status_of
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.forms import said
from dacheng.web.links import changed
from dacheng.web.standpoint import asof_bar, money_unit
from dacheng.web.target_tabs import target_tabs
from dacheng.web.templatetags.figures import counted
from dacheng.web.undoing import say_saved

COUNTED, LOOK = "counted", "look"


@login_required
def inventory_page(request: HttpRequest) -> HttpResponse:
    """List the lines that one sees; add a pasted block, correct, drop or challenge a line."""
    request.section = "targets"
    asked = asking(request)
    problem: DachengError | None = None
    preview: dict[str, Any] | None = None
    if request.method == "POST":
        if not asked.viewer.holds(*POLICY["inventory.fill"]):
            raise not_allowed("inventory.fill")
        try:
            if request.POST.get("act") != LOOK:
                _act(request, asked, _view(request, asked))
                say_saved(request, asked.viewer, asked.at)
                return redirect(changed(request, {"line": ""}))
            preview = _preview(request, asked)
        except DachengError as refused:
            problem = refused
    view = _view(request, asked)
    context = _context(request, asked, view) | {"problem": said(problem) if problem else "", "preview": preview}
    return render(request, "targets/inventory.html", context, status=status_of(problem) if problem else 200)


def _view(request: HttpRequest, asked: Asking) -> InventoryView:
    period = request.GET.get("period", "")
    return inventory_view(asked.viewer, asked.book, unit=request.GET.get("unit", ""), period=period)


def _preview(request: HttpRequest, asked: Asking) -> dict[str, Any]:
    """Return how each row of the block is read, what is wrong with it, and how many rows could be filled."""
    language = get_language() or "zh-hans"
    given, ym = request.POST.get("block", ""), _view(request, asked).ym
    read = readings_of_block(asked.viewer, asked.book, asked.at, ym, given, money_unit=money_unit(request))
    wrong = sum(one.problem is not None for one in read)
    rows = [
        {
            "row": one.row,
            "cells": [*one.cells, *[""] * len(COLUMNS)][: len(COLUMNS)],
            "problem": said(one.problem) if one.problem else "",
        }
        for one in read
    ]
    return {
        "rows": rows,
        "wrong": wrong,
        "heads": [one.in_language(language) for one in COLUMNS],
        "submit": "" if wrong else _("填入 %(count)s") % {"count": counted(len(rows), "行")},
        "answer": _("%(wrong)s 行要改，%(fine)s 行可以填；还没有写入。") % {"wrong": wrong, "fine": len(rows) - wrong},
    }


def _act(request: HttpRequest, asked: Asking, view: InventoryView) -> None:
    given, unit = request.POST, money_unit(request)
    act = given.get("act", "fill")
    if act == "fill":
        rows = lines_of_block(asked.viewer, asked.book, view.ym, given.get("block", ""), money_unit=unit)
        actions.fill_lines(actor=asked.viewer, at=asked.at, rows=rows)
        return
    line = view.row_called(request.GET.get("line", ""))
    seen = given.get("version", "")
    about: dict[str, Any] = {"actor": asked.viewer, "at": asked.at, "uid": line.uid}
    version = int(seen) if seen.isdecimal() else 0
    if act == "drop":
        actions.drop_line(**about, version=version)
    elif act == "challenge":
        amount = entered_money(given.get("verdict_amount", ""), unit)
        comment, verdict = " ".join(given.get("comment", "").split()), given.get("verdict", "")
        actions.challenge_line(**about, verdict=verdict, amount=amount, comment=comment, version=version)
    else:
        values = {"amount": entered_money(given.get("amount", ""), unit)}
        values |= {name: share_of(given[name]) if given.get(name) else None for name in ("win_bp", "in_year_bp")}
        actions.edit_line(**about, values=values, version=version)


def _context(request: HttpRequest, asked: Asking, view: InventoryView) -> dict[str, Any]:
    language, unit = get_language() or "zh-hans", money_unit(request)
    code = request.GET.get("line", "")
    chosen = view.row_called(code) if code else None
    total = view.table.totals["expected"]
    return {
        "heading": _("机会盘点"),
        "scope": _("%(year)s 财年，%(count)s 行，计入 %(amount)s")
        % {
            "year": view.year,
            "count": len(view.rows),
            "amount": figures.money(None if total is None else int(total), unit),
        },
        "crumbs": [{"label": _("目标"), "url": reverse("web:targets")}, {"label": _("机会盘点"), "url": ""}],
        "asof": asof_bar(request, asked.book, comparable=False),
        "tabs": target_tabs(request, "inventory"),
        "action": request.get_full_path(),
        "notes": [one.said(language, lambda amount: figures.money(amount, unit)) for one in view.table.notes],
        "rows": [_shown(request, view, one, language, unit) for one in view.rows],
        "fills": view.fills,
        "columns": _("、").join(one.in_language(language) for one in COLUMNS),
        "kinds": _("、").join(label.in_language(language) for _number, _code, label in KIND_CHOICES),
        "pasted": request.POST.get("block", ""),
        "line": _line(view, chosen, language, unit) if chosen else None,
        "back_url": changed(request, {"line": ""}),
    }


def _shown(
    request: HttpRequest, view: InventoryView, row: LineRow, language: str, unit: figures.Unit
) -> dict[str, Any]:
    table = view.table
    fate = _choice(FATE_CHOICES, table.cell("fate", row.at), language)
    counted = _code(FATE_CHOICES, table.cell("fate", row.at)) == COUNTED
    return {
        "name": row.name.name,
        "url": changed(request, {"line": row.name.code}) if row.fills or row.challenges else "",
        "cells": list(_texts(view, row, language)),
        "figures": [
            figures.money(_whole(table.cell("amount", row.at)), unit),
            figures.ratio(table.cell("win_ratio", row.at), 0),
            figures.ratio(table.cell("in_year_ratio", row.at), 0),
        ],
        "verdict": _choice(VERDICT_CHOICES, table.cell("verdict", row.at), language),
        "comment": row.comment,
        "fate": fate,
        "counted": counted,
        "expected": figures.money(_whole(table.cell("expected", row.at)), unit),
    }


def _texts(view: InventoryView, row: LineRow, language: str) -> Iterator[str]:
    yield _choice(KIND_CHOICES, view.table.cell("kind", row.at), language)
    for column, relation in (("owner_id", "people"), ("customer_id", "customers"), ("deal_id", "deals")):
        number = _whole(view.table.cell(column, row.at))
        name = view.labels.get(relation, {}).get(number or 0)
        yield name.in_language(language) if name else figures.MISSING


def _line(view: InventoryView, row: LineRow, language: str, unit: figures.Unit) -> dict[str, Any]:
    table = view.table
    verdict = _code(VERDICT_CHOICES, table.cell("verdict", row.at))
    return {
        "name": row.name.name,
        "version": row.version,
        "fills": row.fills,
        "challenges": row.challenges,
        "amount": figures.exact(_whole(table.cell("amount", row.at)), unit),
        "win": _percent(table.cell("win_ratio", row.at)),
        "in_year": _percent(table.cell("in_year_ratio", row.at)),
        "verdicts": [
            {"code": code, "label": label.in_language(language), "chosen": code == verdict}
            for _number, code, label in VERDICT_CHOICES
        ],
        "verdict_amount": figures.exact(_whole(table.cell("verdict_amount", row.at)), unit),
        "comment": row.comment,
    }


def _whole(value: int | float | None) -> int | None:
    return None if value is None else int(value)


def _percent(value: int | float | None) -> str:
    return "" if value is None else f"{float(value) * 100:g}%"


def _choice(choices: Choices, number: int | float | None, language: str) -> str:
    return next((label.in_language(language) for one, _code, label in choices if one == number), figures.MISSING)


def _code(choices: Choices, number: int | float | None) -> str:
    return next((code for one, code, _label in choices if one == number), "")
