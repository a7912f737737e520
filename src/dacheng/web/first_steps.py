"""First steps (首次设置): the checklist of a fresh company, and the pack of its industry."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import DachengError
from dacheng.service.accounts import keep_first_steps
from dacheng.service.first_steps import Pack, Step, choose_pack, chosen_packs, first_steps, may_set_up, packs
from dacheng.service.people import viewer_now
from dacheng.web import figures
from dacheng.web.forms import said
from dacheng.web.toasts import say

PLACES = {
    "company": "web:first-steps",
    "organisation": "web:organisation",
    "people": "web:people",
    "stages": "web:first-steps",
    "calendar": "web:calendar",
    "targets": "web:targets-grid",
    "deals": "web:imports",
}
"""Step -> the page on which it is taken."""

BP_OF_PERCENT = 100


@login_required
def first_steps_page(request: HttpRequest) -> HttpResponse:
    """Show what is set up and what is next; a POST chooses the pack of an industry."""
    request.section = "settings"
    at = datetime.now(UTC)
    viewer = viewer_now(request.user.person_id, at)
    if not may_set_up(viewer):
        raise not_allowed("org.edit")
    problem, status = None, 200
    if request.method == "POST":
        try:
            choose_pack(viewer, at, request.POST.get("pack", ""))
            say(request, _("阶段已建好，可以在「阶段与赢率」里改。"))
            return redirect("web:stages")
        except DachengError as refused:
            problem, status = said(refused), 422
    context = {
        "heading": _("首次设置"),
        "crumbs": [{"label": _("首次设置"), "url": ""}],
        "steps": step_rows(viewer, at),
        "packs": [_pack(one) for one in packs()],
        "may_choose": viewer.holds(*POLICY["stage.edit"]),
        "problem": problem,
        "shown": request.user.first_steps,
    }
    return render(request, "first_steps.html", context, status=status)


@login_required
@require_POST
def show_first_steps(request: HttpRequest) -> HttpResponse:
    """Show the checklist in the person's cockpit, or no longer."""
    keep_first_steps(request.user, request.POST.get("shown") == "1")
    return redirect("web:cockpit")


def checklist(request: HttpRequest, viewer: Viewer, at: datetime) -> list[dict[str, Any]]:
    """Return the steps for the cockpit; none for who sets nothing up, has put them away, or when all are done."""
    if not (request.user.first_steps and may_set_up(viewer)):
        return []
    steps = step_rows(viewer, at)
    return [] if all(step["done"] for step in steps) else steps


def step_rows(viewer: Viewer, at: datetime) -> list[dict[str, Any]]:
    """Return the steps as they are shown; the first one that can be taken is the next."""
    steps = first_steps(viewer, at)
    following = next((step.code for step in steps if step.may and not step.done), "")
    return [_step(step, following=step.code == following) for step in steps]


def _step(step: Step, *, following: bool) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    return {
        "label": step.label.in_language(language),
        "hint": step.hint.in_language(language),
        "done": step.done,
        "next": following,
        "url": reverse(PLACES[step.code]) if step.may else "",
        "who": step.who.in_language(language),
    }


def _pack(pack: Pack) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    return {
        "code": pack.code,
        "name": pack.name.in_language(language),
        "about": pack.about.in_language(language),
        "stages": [
            {"name": one.name, "share": figures.ratio(one.weight_bp / BP_OF_PERCENT / 100, 0)}
            for one in pack.stages
            if one.state == OPEN
        ],
        "season": [{"month": month, "share": f"{share}%"} for month, share in enumerate(pack.season, 1)],
        "assumptions": [one.in_language(language) for one in pack.assumptions],
        "edited": pack.edited,
        "chosen": pack.code in chosen_packs(),
    }
