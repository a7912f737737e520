"""Closing months (关账): what it means, close the next one, reopen the last one with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.errors import DachengError, NotAllowed
from dacheng.core.period import ym_text
from dacheng.service.closing import Closing, Turn, close_month, closing, reopen_month
from dacheng.service.freezing import ask_freeze
from dacheng.service.people import viewer_now
from dacheng.web import figures
from dacheng.web.forms import reason, said
from dacheng.web.job_page import to_job
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.toasts import say
from dacheng.web.when import shown_moment


class CloseForm(forms.Form):
    """The month to close."""

    def __init__(self, *args: Any, months: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(month, ym_text(month)) for month in months]
        self.fields["month"] = forms.TypedChoiceField(label=_("关到哪个月"), choices=choices, coerce=int)
        self.fields["freeze"] = forms.BooleanField(label=_("同时存下月末那天的数"), required=False, initial=True)


class ReopenForm(forms.Form):
    """Why the last closed month is opened again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = reason(_("为什么重新打开"))


@login_required
def periods_page(request: HttpRequest) -> HttpResponse:
    """Show which months are closed."""
    at = datetime.now(UTC)
    return _page(request, viewer_now(request.user.person_id, at), closing(at))


@login_required
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close a month."""
    at = datetime.now(UTC)
    actor, stands = _allowed(request, at, "period.close"), closing(at)
    form = CloseForm(request.POST, months=stands.next)
    if form.is_valid():
        try:
            close_month(actor, at, form.cleaned_data["month"])
            month = form.cleaned_data["month"]
            say(request, _("已关账到 %(month)s。") % {"month": ym_text(month)})
            if form.cleaned_data["freeze"]:
                last_day = int(stands.months.last_day_of(month))
                return to_job(request, ask_freeze(actor, at, last_day, get_language() or "zh-hans"))
            return redirect("web:periods")
        except NotAllowed:
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    return _page(request, actor, stands, close_form=form)


@login_required
@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """Reopen the last closed month."""
    at = datetime.now(UTC)
    actor, stands = _allowed(request, at, "period.reopen"), closing(at)
    form = ReopenForm(request.POST)
    if form.is_valid():
        try:
            reopen_month(actor, at, stands.through, form.cleaned_data["reason"])
            say(request, _("%(month)s 已重新打开。") % {"month": ym_text(stands.through)})
            return redirect("web:periods")
        except NotAllowed:
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    return _page(request, actor, stands, reopen_form=form)


def _allowed(request: HttpRequest, at: datetime, action: str) -> Viewer:
    """Return who asks, when he may do this; the action asks again under the lock."""
    actor = viewer_now(request.user.person_id, at)
    if not actor.holds(*POLICY[action]):
        raise not_allowed(action)
    return actor


def _page(
    request: HttpRequest,
    viewer: Viewer,
    stands: Closing,
    *,
    close_form: forms.Form | None = None,
    reopen_form: forms.Form | None = None,
) -> HttpResponse:
    request.section = "settings"
    may_close, may_reopen = (viewer.holds(*POLICY[name]) for name in ("period.close", "period.reopen"))
    last = stands.next[-1:]
    context = {
        "crumbs": settings_crumbs(_("关账")),
        "through": ym_text(stands.through) if stands.through else "",
        "first_open": figures.day(stands.months.first_day_of(stands.through + 1)) if stands.through else "",
        "close_form": (close_form or CloseForm(months=stands.next, initial={"month": last[0]}))
        if may_close and stands.next
        else None,
        "close_url": reverse("web:close-period"),
        "reopen_form": (reopen_form or ReopenForm()) if may_reopen and stands.through else None,
        "reopen_url": reverse("web:reopen-period"),
        "turns": [_turn(one) for one in stands.turns],
    }
    failed = any(form is not None and form.errors for form in (close_form, reopen_form))
    return render(request, "settings/periods.html", context, status=422 if failed else 200)


def _turn(one: Turn) -> dict[str, Any]:
    return {
        "when": shown_moment(one.at),
        "who": one.by.name or _("系统"),
        "what": _("关账到 %(month)s") % {"month": ym_text(one.ym)}
        if one.closed
        else _("重新打开 %(month)s") % {"month": ym_text(one.ym)},
        "reason": one.reason,
    }
