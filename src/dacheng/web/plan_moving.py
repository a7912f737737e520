"""Moving an amount (调剂) or a row (换上级) of a plan: what it does is shown before it is done (R041)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.plans.editing import WHOLE_YEAR, changes, moved
from dacheng.core.plans.placing import STAY
from dacheng.core.plans.schema import BUFFER, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.service.plan_placing import place_row, placed
from dacheng.service.plans import move_amount
from dacheng.web import figures
from dacheng.web.changing import as_read
from dacheng.web.forms import MoneyField, chosen, said
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_grid_view import PlanFigures, row_label
from dacheng.web.target_grid_view import YEAR
from dacheng.web.toasts import say

MOST_LINES = 60
"""Rows that the preview lists; the others are counted."""


class MoveForm(forms.Form):
    """From which row, to which, how much, of the year or of one month."""

    def __init__(self, *args: Any, found: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grid = found.grid
        named = rows_named(
            found, [at for at in grid.positions if grid.editable[at] and int(grid.sheet.kind[at]) != BUFFER]
        )
        self.fields["giver"] = chosen(_("从谁调出"), named)
        self.fields["taker"] = chosen(_("调给谁"), named)
        frozen = grid.sheet.frozen
        periods = [one for one in found.look.columns if one.key == YEAR or (one.is_month and not frozen[one.months[0]])]
        self.fields["month"] = forms.ChoiceField(
            label=_("期间"),
            choices=[(one.key, one.label) for one in periods],
            help_text=_("全年时每个月调出多少就调入多少，上级各月不变。"),
        )
        words = figures.unit_words(found.look.unit, language=get_language() or "zh-hans")
        self.fields["amount"] = MoneyField(found.look.unit, label=_("金额 %(unit)s") % {"unit": words})

    def clean(self) -> dict[str, Any]:
        """Refuse a move from a row to itself."""
        given = super().clean() or {}
        if given.get("giver") and given.get("giver") == given.get("taker"):
            self.add_error("taker", _("调出和调入是同一行。"))
        return given


@login_required
def move_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move an amount: first what changes, then the button that does it."""
    found = opened(request, uid)
    if not found.grid.editable.any():
        raise not_allowed("plan.edit")
    form = MoveForm(request.POST or None, found=found, initial={"giver": request.GET.get("from", ""), "month": YEAR})
    looked: Sheet | None = None
    if request.method == "POST" and form.is_valid():
        try:
            looked = _looked(found, form)
            if request.POST.get("sure") == as_read(form):
                giver, taker, month, amount = _asked(found, form)
                ids = found.grid.sheet.tree.unit_ids
                rows = int(ids[giver]), int(ids[taker])
                move_amount(found.viewer, found.at, uid, found.grid.measure_id, *rows, month, amount)
                say(request, _("已调剂。"), undo_url=undo_address(found))
                return redirect(plan_address(request, "plan", uid))
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    context = {
        "heading": _("调剂"),
        "scope": _("，").join([found.grid.shown.name, found.grid.measure.in_language(get_language() or "zh-hans")]),
        "crumbs": plan_crumbs(found.grid.shown, _("调剂"), plan_address(request, "plan", uid)),
        "form": form,
        "effect_table": _effects(found, looked) if looked is not None and not form.errors else None,
        "hidden": [("sure", as_read(form))] if looked is not None and not form.errors else [],
        "submit": _("调剂") if looked is not None and not form.errors else _("看影响"),
        "cancel_url": plan_address(request, "plan", uid),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


def _asked(found: Opened, form: MoveForm) -> tuple[int, int, int, int]:
    """Return giver and taker as positions, the month, and the amount."""
    given = form.cleaned_data
    column = next(one for one in found.look.columns if one.key == given["month"])
    month = WHOLE_YEAR if column.key == YEAR else column.months[0]
    return found.grid.position(given["giver"]), found.grid.position(given["taker"]), month, int(given["amount"])


def _looked(found: Opened, form: MoveForm) -> Sheet:
    one = found.grid.opened
    return moved(one.sheet, *_asked(found, form), one.name, held=one.held)


class PlaceForm(forms.Form):
    """Which row, and below which unit it shall stand."""

    def __init__(self, *args: Any, found: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grid = found.grid
        rows = [at for at in grid.positions if grid.editable[at]]
        self.fields["row"] = chosen(
            _("谁"),
            rows_named(found, [at for at in rows if int(grid.sheet.kind[at]) not in STAY and not grid.has_below(at)]),
        )
        self.fields["under"] = chosen(
            _("到谁下面"), rows_named(found, [at for at in rows if int(grid.sheet.kind[at]) == UNIT])
        )


def rows_named(found: Opened, rows: Sequence[int]) -> list[tuple[str, str]]:
    """Return key and name of rows, set in by their level."""
    look, grid = found.look, found.grid
    shown = PlanFigures(look, grid.sheet)
    least = min((int(grid.sheet.tree.depth[at]) for at in rows), default=0)
    return [
        (grid.keys[at], "　" * (int(grid.sheet.tree.depth[at]) - least) + row_label(look, shown, at)) for at in rows
    ]


@login_required
def place_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a row under another unit: first what changes, then the button that does it."""
    found = opened(request, uid)
    if not found.grid.editable.any():
        raise not_allowed("plan.edit")
    first = {"row": request.GET.get("from", ""), "under": request.GET.get("under", "")}
    form = PlaceForm(request.POST or None, found=found, initial=first)
    looked: Sheet | None = None
    if request.method == "POST" and form.is_valid():
        one = found.grid.opened
        row, under = (found.grid.position(form.cleaned_data[name]) for name in ("row", "under"))
        try:
            looked = placed(one, row, under)
            if request.POST.get("sure") == as_read(form):
                ids = one.sheet.tree.unit_ids
                place_row(found.viewer, found.at, uid, int(ids[row]), int(ids[under]))
                say(request, _("已换上级。"))
                return redirect(plan_address(request, "plan", uid))
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    ready = looked is not None and not form.errors
    context = {
        "heading": _("换上级"),
        "scope": found.grid.shown.name,
        "crumbs": plan_crumbs(found.grid.shown, _("换上级"), plan_address(request, "plan", uid)),
        "form": form,
        "effects": [_("各行全年和合计：它自己的数不变，原来的上级少、新的上级多，再往上不变。")],
        "effect_table": _effects(found, looked, _("之后")) if ready and looked is not None else None,
        "hidden": [("sure", as_read(form))] if ready else [],
        "submit": _("换上级") if ready else _("看影响"),
        "cancel_url": plan_address(request, "plan", uid),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


def _effects(found: Opened, after: Sheet, then: str = "") -> dict[str, Any]:
    """Return the years of the rows that change: now, afterwards, the difference; months that only swap are counted."""
    look, before = found.look, found.grid.sheet
    shown = PlanFigures(look, after)
    touched = sorted({one.position for one in changes(before, after)})
    lines = [at for at in touched if int(before.year[at]) != int(after.year[at])]
    same = len(touched) - len(lines)
    titles = [_("组织"), _("现在"), then or _("调剂后"), _("差")]
    return {
        "title": _("各行全年"),
        "columns": [
            {"key": f"c{at}", "label": label, "align": "num" if at else "text", "first": not at}
            for at, label in enumerate(titles)
        ],
        "rows": [
            {
                "id": f"row-{at}",
                "cells": [
                    {"text": row_label(look, shown, at)},
                    {"text": figures.money(int(before.year[at]), look.unit)},
                    {"text": figures.money(int(after.year[at]), look.unit), "kind": "strong"},
                    {"text": figures.money_delta(int(after.year[at] - before.year[at]), look.unit), "tone": "acct"},
                ],
            }
            for at in lines[:MOST_LINES]
        ],
        "footer": _("另有 %(count)s 行全年不变，只动月份。") % {"count": figures.count(same)} if same else "",
    }
