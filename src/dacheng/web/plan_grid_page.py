"""The decomposition grid (目标分解) of a plan: typed, previewed by the server, proved, saved as one entry (R041)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import POLICY
from dacheng.core.errors import Conflict, DachengError
from dacheng.core.plans.health import lights_of
from dacheng.core.plans.schema import CHANNEL
from dacheng.service.plan_beside import Beside, versions_beside
from dacheng.service.plan_drafts import PlanEdit, Preview, Stale, preview, save_draft, stale
from dacheng.service.problems import status_of
from dacheng.store.actions.plan_undo import entry_of_save, undo_plan_cells
from dacheng.store.history import microseconds
from dacheng.web import figures
from dacheng.web.checklists import plan_checklist_links
from dacheng.web.links import changed
from dacheng.web.plan_asking import Opened, asked_now, months_of, opened, plan_address, plan_crumbs, state_words
from dacheng.web.plan_edits import Sent, form_edits, sent_edits, typed_fields
from dacheng.web.plan_grid_view import (
    SUBMITTED,
    PlanFigures,
    PlanLook,
    cell_json,
    differing,
    foot_texts,
    plan_view,
    proof,
    row_label,
)
from dacheng.web.plan_light_signs import light_heads, light_signs
from dacheng.web.plan_mine import my_target
from dacheng.web.plan_pages import ASKED
from dacheng.web.plan_standing import by_organisation, organisation_chip, standing_words
from dacheng.web.plan_tabs import GRID, health_address, plan_tabs
from dacheng.web.standpoint import unit_picker
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

MOST_LINKS = 2
"""Links that stand beside the filters; the others open under 更多."""

MOST_NAMED = 30
"""Rows of one version only that are named; the others are counted."""

MOST_EFFECTS = 12
"""Consequences of an edit that are listed; the others are counted."""


@login_required
def grid_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a plan, or save what was typed."""
    found = opened(request, uid)
    if request.method == "POST":
        return _saved(request, found)
    return render(request, "plans/grid.html", _read_context(request, found))


@login_required
@require_POST
def preview_edits(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Answer what edits would do; nothing is written."""
    found = opened(request, uid)
    try:
        sent = sent_edits(request.body, found.look)
        after = preview(found.grid, sent.edits, level_only=sent.level_only)
    except DachengError as problem:
        return JsonResponse({"detail": _sentence(problem)}, status=status_of(problem))
    return JsonResponse(_previewed(found.look, after))


@login_required
def cells_now(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Answer every cell that is shown, as it stands: after a save or a conflict."""
    look = opened(request, uid).look
    return JsonResponse(_standing(look))


def _previewed(look: PlanLook, after: Preview) -> dict[str, Any]:
    before, now = PlanFigures(look, look.grid.sheet), PlanFigures(look, after.sheet)
    others = [one for one in after.changes if not one.asked]
    shown = set(look.grid.positions)
    listed = [one for one in others if one.position in shown and not look.grid.has_below(one.position)] or others
    return {
        "cells": differing(look, before, now),
        "effects": [
            {
                "label": f"{row_label(look, now, one.position)} {_month_label(look, one.month)}",
                "text": figures.money_delta(one.after - one.before, look.unit, 2),
            }
            for one in listed[:MOST_EFFECTS]
        ],
        "more": _("共影响 %(cells)s") % {"cells": counted(len(others), "格")} if others else "",
    } | _around(look, now)


def _around(look: PlanLook, shown: PlanFigures) -> dict[str, Any]:
    """Return what stands around the cells: differences, foot, proof."""
    rows = look.grid.positions
    return {
        "differences": {look.grid.keys[row]: shown.beside(row) for row in rows},
        "labels": {look.grid.keys[row]: row_label(look, shown, row) for row in rows},
        "foot": foot_texts(look, shown),
        "proof": proof(look, shown),
    }


def _standing(look: PlanLook) -> dict[str, Any]:
    grid, stands = look.grid, PlanFigures(look, look.grid.sheet)
    cells = []
    for row in grid.positions:
        for column in look.columns:
            ym = grid.sheet.plan.from_ym + column.months[0] if column.is_month else 0
            version = {} if column.summed else {"version": grid.version(row, ym)}
            cells.append(cell_json(look, row, column, stands.value(row, column), stands.states(row, column), **version))
    return {"cells": cells} | _around(look, stands)


def _month_label(look: PlanLook, month: int) -> str:
    return next((one.label for one in look.columns if one.is_month and one.months[0] == month), "")


def _saved(request: HttpRequest, found: Opened) -> HttpResponse:
    is_json = request.content_type == "application/json"
    sent = Sent((), False)
    try:
        if is_json:
            sent = sent_edits(request.body, found.look)
        else:
            sent = Sent(form_edits(request.POST.dict(), found.look), request.POST.get("level_only") == "1")
        done = save_draft(found.viewer, found.at, found.grid, sent.edits, level_only=sent.level_only)
    except Conflict as problem:
        return _conflict(request, found, problem, sent.edits, is_json)
    except DachengError as problem:
        return _refused(request, found, problem, is_json)
    words = _("已存 %(cells)s。") % {"cells": counted(done.written, "格")}
    undo_url = undo_address(found) if done.written else ""
    if is_json:
        return JsonResponse({"message": words, "undo_url": undo_url})
    say(request, words, undo_url=undo_url)
    return redirect(plan_address(request, "plan", found.grid.shown.uid))


def undo_address(found: Opened) -> str:
    """Return the address that takes back what was just saved of a plan; empty where nothing was."""
    entry = entry_of_save(found.viewer, microseconds(found.at))
    return reverse("web:plan-undo", args=[found.grid.shown.uid, entry]) if entry else ""


@login_required
@require_POST
def undo(request: HttpRequest, uid: UUID, entry: str) -> HttpResponse:
    """Take one save of a plan back."""
    asked = asked_now(request)
    cells = undo_plan_cells(actor=asked.viewer, at=asked.at, uid=uid, entry_hash=entry)
    if "text/html" not in request.headers.get("Accept", ""):
        return JsonResponse({"undone": cells})
    say(request, _("已撤销。"))
    return redirect("web:plan", uid=uid)


def _conflict(
    request: HttpRequest, found: Opened, problem: Conflict, edits: Sequence[PlanEdit], is_json: bool
) -> HttpResponse:
    """Answer with both values of every cell that somebody else set meanwhile; nothing was written."""
    again = opened(request, found.grid.shown.uid)
    clashes = stale(again.grid, edits)
    if is_json:
        conflicts = [_clash(again.look, one) for one in clashes]
        return JsonResponse({"conflicts": conflicts, "detail": _sentence(problem)}, status=409)
    return _again(request, again, [_sentence(problem), *(_clash_words(again.look, one) for one in clashes)], 409)


def _clash(look: PlanLook, one: Stale) -> dict[str, Any]:
    month = next(column for column in look.columns if column.is_month and column.months[0] == one.edit.month)
    value = None if one.amount is None else str(one.amount)
    return {"row": one.edit.row, "column": month.key, "value": value, "version": one.version, "by": one.by}


def _clash_words(look: PlanLook, one: Stale) -> str:
    name = look.grid.opened.name(look.grid.position(one.edit.row))
    return _("「%(cell)s」已被 %(by)s 改为 %(theirs)s，你写的是 %(yours)s。再存一次就用你的。") % {
        "cell": f"{name.zh} {_month_label(look, one.edit.month)}",
        "by": one.by or _("别人"),
        "theirs": figures.money(one.amount, look.unit),
        "yours": figures.money(one.edit.value, look.unit),
    }


def _refused(request: HttpRequest, found: Opened, problem: DachengError, is_json: bool) -> HttpResponse:
    status = status_of(problem)
    if is_json:
        return JsonResponse({"detail": _sentence(problem)}, status=status)
    return _again(request, found, [_sentence(problem)], status)


def _again(request: HttpRequest, found: Opened, messages: Iterable[str], status: int) -> HttpResponse:
    """Show the form again with what was typed."""
    look = replace(found.look, typed=typed_fields(request.POST.dict()))
    context = _context(request, replace(found, look=look))
    context["grid"]["messages"] = [{"text": text, "tone": "bad"} for text in messages]
    return render(request, "plans/grid.html", context, status=status)


def _sentence(problem: DachengError) -> str:
    return problem.sentence(get_language() or "zh-hans")


def _context(request: HttpRequest, found: Opened) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    look, grid, shown = _with_lights(request, found, language), found.grid, found.grid.shown
    uid = shown.uid
    scope = _("，").join(
        [shown.name, months_of(shown, found.book), grid.measure.in_language(language), state_words(shown)]
    )
    view = plan_view(look, PlanFigures(look, grid.sheet))
    links = _links(request, found)
    return {
        "heading": _("目标分解"),
        "scope": scope,
        "crumbs": plan_crumbs(shown),
        "tabs": plan_tabs(request, shown.plan.plan_id, GRID),
        "asof": {"unit": unit_picker(request, excl=grid.excl)},
        "drafted": figures.month(shown.plan.effective_ym),
        "chips": [_measures(request, found), *_versions(request, found)],
        "beside": _beside(found) if look.beside else None,
        "compare": _toggle(request, "below", look.compared, _("对照"), _("自下而上")),
        "layer": _layer(request, look) if grid.submittable.any() else None,
        "steps": _steps(shown.steps, uid),
        "light_heads": light_heads(language),
        "links": links[:MOST_LINKS] if len(links) > MOST_LINKS + 1 else links,
        "more_links": links[MOST_LINKS:] if len(links) > MOST_LINKS + 1 else [],
        "shown": shown,
        "up_url": plan_address(request, "plan", uid, row="") if grid.top is not None else "",
        "grid": {
            "id": "g",
            "caption": f"{_('目标分解')} {scope}",
            "save_url": plan_address(request, "plan", uid),
            "preview_url": plan_address(request, "plan-preview", uid),
            "cells_url": plan_address(request, "plan-cells", uid),
            "panel_url": plan_address(request, "plan-cell", uid, row=""),
            "layer": look.layer,
        }
        | view,
        "mine": my_target(look, found.viewer),
        "unset": not grid.sheet.cells.amount.known.any(),
        "place_url": plan_address(request, "plan-row-place", uid),
        "break_url": plan_address(request, "plan-break-down", uid),
    }


def _read_context(request: HttpRequest, found: Opened) -> dict[str, Any]:
    """Return the context of a page that is looked at: by the organisation that the address asks for."""
    restated = by_organisation(request, found)
    context = _context(request, restated.found)
    context["chips"].insert(1, organisation_chip(request, restated.standing))
    if restated.standing:
        context["chips"] = context["chips"][:2]
        context |= {"beside": None, "standing": standing_words(restated.found, restated.standing), "steps": []}
    return context


def _with_lights(request: HttpRequest, found: Opened, language: str) -> PlanLook:
    """Return a plan with the lights of its rows beside them; beside another version there is no room for them."""
    grid, look = found.grid, found.look
    if look.beside:
        return look
    every = lights_of(found.book, grid.sheet)
    lights = {at: light_signs(every[at], language) for at in grid.positions if at in every}
    return replace(look, lights=lights, health_url=health_address(request, grid.shown.plan.plan_id))


def _measures(request: HttpRequest, found: Opened) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    options = [
        {
            "label": one.in_language(language),
            "url": changed(request, {"measure": one.code}),
            "active": one.code == found.grid.measure.code,
        }
        for one in found.grid.measures
    ]
    return {"label": _("指标"), "text": found.grid.measure.in_language(language), "options": options}


def _versions(request: HttpRequest, found: Opened) -> list[dict[str, Any]]:
    """Return the choice of a version to compare with, where there is another one of the same months."""
    others, chosen = versions_beside(found.viewer, found.book, found.grid), found.look.beside
    if not others:
        return []
    language = get_language() or "zh-hans"
    options = [{"label": _("不对比"), "url": changed(request, {"with": ""}), "active": chosen is None}]
    options += [
        {
            "label": f"{one.name} V{one.plan.number}",
            "hint": _("，").join([one.unit.in_language(language), one.state.in_language(language)]),
            "url": changed(request, {"with": one.uid.hex, "layer": "", "below": ""}),
            "active": chosen is not None and chosen.shown.uid == one.uid,
        }
        for one in others
    ]
    return [{"label": _("对比版本"), "text": chosen.called if chosen else _("不对比"), "options": options}]


def _beside(found: Opened) -> dict[str, Any]:
    """Return what stands above a grid beside another version: the difference in all, and rows of one version only."""
    look, grid = found.look, found.grid
    other = look.beside
    assert other is not None
    top, months = grid.heads[0], range(grid.sheet.plan.months)
    now, was = int(grid.sheet.year[top]), other.was(top, months)
    english = look.english
    names = [other.opened.name(at) for at in other.gone]
    new = [grid.opened.name(at) for at in grid.positions if other.new(at)]
    return {
        "called": other.called,
        "difference": "" if was is None else figures.money_delta(now - was, look.unit, 2),
        "unit": figures.unit_words(look.unit, language=get_language() or "zh-hans"),
        "part": figures.signed(figures.ratio((now - was) / was)) if was and was > 0 else "",
        "gone": [
            {"name": one.in_language("en" if english else "zh"), "text": _year_of(look, other, at)}
            for one, at in zip(names, other.gone, strict=True)
        ][:MOST_NAMED],
        "gone_more": _more(len(names)),
        "new": [one.in_language("en" if english else "zh") for one in new][:MOST_NAMED],
        "new_more": _more(len(new)),
    }


def _year_of(look: PlanLook, other: Beside, at: int) -> str:
    return look.money(int(other.opened.sheet.year[at]))


def _more(count: int) -> str:
    return _("等 %(count)s 行") % {"count": figures.count(count)} if count > MOST_NAMED else ""


def _toggle(request: HttpRequest, name: str, on: bool, label: str, text: str) -> dict[str, Any]:
    return {"label": label, "text": text, "on": on, "url": changed(request, {name: "" if on else "1"})}


def _layer(request: HttpRequest, look: PlanLook) -> dict[str, Any]:
    submitted = look.layer == SUBMITTED
    text = _("回到下达数") if submitted else _("填自下而上")
    return {"text": text, "url": changed(request, {"layer": "" if submitted else SUBMITTED})}


def _steps(steps: Iterable[str], uid: UUID) -> list[Mapping[str, Any]]:
    """Return the buttons of the steps that are open: approving and locking are asked first."""
    labels = {
        "propose": _("提出"),
        "take_back": _("收回"),
        "approve": _("批准"),
        "reopen": _("退回修改"),
        "lock": _("锁定"),
    }
    return [
        {"label": labels[one], "url": reverse("web:plan-step", args=[uid, one]), "asks": one in ASKED} for one in steps
    ]


def _links(request: HttpRequest, found: Opened) -> list[dict[str, str]]:
    shown = found.grid.shown
    editable = found.grid.editable.any()
    links = [
        {"label": _("调整登记"), "url": reverse("web:plan-adjustments", args=[shown.uid])},
        {"label": _("工作簿"), "url": plan_address(request, "plan-workbook", shown.uid)}
        if editable
        else {"label": _("下载工作簿"), "url": plan_address(request, "plan-workbook-file", shown.uid)},
    ]
    if CHANNEL in found.grid.sheet.kind and found.viewer.holds(*POLICY["history.record"]):
        links.append({"label": _("给渠道售出指明客户"), "url": reverse("web:nameless-lines")})
    links += plan_checklist_links(found.viewer, shown, found.book)
    if shown.settled and shown.may_copy:
        links.append({"label": _("生成新版本"), "url": reverse("web:copy-plan", args=[shown.uid])})
    if editable:
        links.append({"label": _("重新分解"), "url": plan_address(request, "plan-break-down", shown.uid)})
        links.append({"label": _("按因子设权重"), "url": plan_address(request, "plan-weigh", shown.uid)})
        links.append({"label": _("按比例设权重"), "url": plan_address(request, "plan-shares", shown.uid)})
        links.append({"label": _("调剂"), "url": plan_address(request, "plan-move", shown.uid)})
        links.append({"label": _("换上级"), "url": plan_address(request, "plan-row-place", shown.uid)})
        links.append({"label": _("按 80/20 拆分"), "url": plan_address(request, "plan-row-split", shown.uid)})
        links.append({"label": _("加一行"), "url": plan_address(request, "new-plan-row", shown.uid)})
    return links
