"""Setting targets (目标设定): four methods side by side, blend, tiers, what is to be found (R011–R019, R021)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.errors import DachengError
from dacheng.core.estimates.schema import SCHEMES
from dacheng.service.estimates import Asked, EstimateView, actions, estimate_view, submit
from dacheng.service.problems import status_of
from dacheng.web.asking import Asking, asking
from dacheng.web.estimate_fields import WAS, Page, typed_inputs, typed_tiers
from dacheng.web.estimate_frame import content_context, frame_context
from dacheng.web.estimate_groups import DROP, without_group
from dacheng.web.forms import said
from dacheng.web.standpoint import money_unit
from dacheng.web.undoing import say_saved

PART = "targets/setting_form.html"
SCHEME_NUMBER = {code: number for number, code, _label in SCHEMES}


@login_required
def setting_page(request: HttpRequest) -> HttpResponse:
    """Show an estimate, save what was typed, or submit, adopt, reopen or copy it."""
    request.section = "targets"
    asked = asking(request)
    view = _view(request, asked)
    if view is None and request.method == "POST":
        return _led_back(request)
    if view is None:
        return render(request, "targets/setting_empty.html", _nothing())
    if request.method != "POST":
        return render(request, "targets/setting.html", _context(request, asked, view))
    return _posted(request, asked, view)


def _led_back(request: HttpRequest) -> HttpResponse:
    """Lead whoever looks after no unit back to the page; what he typed is not his to set."""
    if any(name.startswith(WAS) for name in request.POST):
        raise not_allowed("estimate.edit")
    return redirect(request.get_full_path())


def _view(request: HttpRequest, asked: Asking) -> EstimateView | None:
    wanted = Asked(*(request.GET.get(name, "") for name in ("unit", "period", "measure", "scheme")))
    return estimate_view(asked.viewer, asked.book, wanted, get_language() or "zh-hans")


DECIDING = ("adopt", "reopen")
"""What is done to an estimate as it stands, also by who may not type its inputs."""


def _posted(request: HttpRequest, asked: Asking, view: EstimateView) -> HttpResponse:
    """Do what was asked; with htmx the form comes back as it stands then, else the page."""
    problem: DachengError | None = None
    try:
        if request.POST.get("act", "") not in DECIDING:
            _save(request, asked, view)
        _act(request, asked, view)
    except DachengError as refused:
        problem = refused
    act = request.POST.get("act", "")
    by_htmx = bool(request.headers.get("HX-Request"))
    if problem is None and (act or not by_htmx):
        say_saved(request, asked.viewer, asked.at)
        return redirect(_after(request, act))
    del request.asked
    again = asking(request)
    now = _view(request, again) or view
    context = _context(request, again, now, request.POST.dict() if problem else {})
    context |= {"problem": said(problem) if problem else "", "saved": problem is None}
    template = PART if by_htmx else "targets/setting.html"
    return render(request, template, context, status=status_of(problem) if problem else 200)


def _save(request: HttpRequest, asked: Asking, view: EstimateView) -> None:
    page = Page(view, get_language() or "zh-hans", money_unit(request))
    given = request.POST.dict()
    inputs, tiers = typed_inputs(page, given), typed_tiers(page, given)
    if inputs:
        actions.set_inputs(actor=asked.viewer, at=asked.at, of=view.of, inputs=inputs)
    if tiers:
        actions.choose_tiers(actor=asked.viewer, at=asked.at, of=view.of, values=tiers, version=view.version)


def _act(request: HttpRequest, asked: Asking, view: EstimateView) -> None:
    act = request.POST.get("act", "")
    if act == "submit":
        del request.asked
        again = asking(request)
        now = _view(request, again) or view
        submit(asked.viewer, asked.at, now, now.version)
    elif act == "adopt":
        actions.adopt_estimate(actor=asked.viewer, at=asked.at, of=view.of, version=view.version)
    elif act == "reopen":
        actions.reopen_estimate(actor=asked.viewer, at=asked.at, of=view.of, version=view.version)
    elif act.startswith(DROP):
        actions.set_inputs(actor=asked.viewer, at=asked.at, of=view.of, inputs=without_group(act))
    elif act.startswith("copy-"):
        to = SCHEME_NUMBER.get(act.removeprefix("copy-"), 0)
        actions.copy_estimate(actor=asked.viewer, at=asked.at, of=view.of, to=to)


def _after(request: HttpRequest, act: str) -> str:
    """Return the address after an act: a copy leads to itself."""
    query = request.GET.copy()
    if act.startswith("copy-"):
        query["scheme"] = act.removeprefix("copy-")
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _context(
    request: HttpRequest, asked: Asking, view: EstimateView, given: Mapping[str, str] | None = None
) -> dict[str, Any]:
    page = Page(view, get_language() or "zh-hans", money_unit(request), given or {})
    context = frame_context(request, asked.book, page) | content_context(request, asked.book, page)
    return context | {"problem": "", "saved": False}


def _nothing() -> dict[str, Any]:
    return {
        "heading": _("目标设定"),
        "crumbs": [{"label": _("目标"), "url": ""}],
        "empty": {
            "sentence": _("你不管理任何组织，没有可测算的目标。"),
            "hint": _("自己来年能卖什么，填在机会盘点里。"),
        },
    }
