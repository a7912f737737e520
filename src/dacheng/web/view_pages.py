"""Saved views (视图): name the current filter, share it, pin it, rename it, open it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.errors import DachengError
from dacheng.core.report import report_named
from dacheng.service.deal_edits import LISTS
from dacheng.service.views import (
    View,
    change_view,
    delete_view,
    move_pin,
    order_pins,
    own_view,
    pin_view,
    query_of,
    restore_view,
    save_view,
    seen_view,
    sharing_units,
    understood_query,
    views_seen,
)
from dacheng.web.asking import Asking, asking
from dacheng.web.forms import said as sentence
from dacheng.web.leading import led_to
from dacheng.web.links import pairs_of, report_url, standpoint
from dacheng.web.toasts import say
from dacheng.web.viewing import VIEW


class ViewForm(forms.Form):
    """The name of a view, whom it is shared with, and whether it stands first."""

    def __init__(self, *args: Any, asked: Asking, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        self._units = {name.uid: (one, name) for one, name in sharing_units(asked.viewer, asked.at)}
        units = [(uid, name.in_language(language)) for uid, (_one, name) in self._units.items()]
        self.fields["name"] = forms.CharField(label=_("视图名称"), max_length=60)
        self.fields["unit"] = forms.ChoiceField(
            label=_("分享给"),
            required=False,
            choices=[("", _("只给自己")), *units],
            help_text=_("组织里的人打开它，只看到自己权限内的行。"),
        )
        if new:
            self.fields["pinned"] = forms.BooleanField(label=_("置顶，在菜单里就能打开"), required=False)

    @property
    def unit_id(self) -> int:
        """Return the unit that was chosen; 0 = nobody."""
        return self._units[self.cleaned_data["unit"]][0] if self.cleaned_data["unit"] else 0

    def uid_of(self, unit_id: int) -> str:
        """Return the choice that is a unit; empty for nobody, and for one that he may not choose now."""
        return next((uid for uid, (one, _name) in self._units.items() if one == unit_id), "")


@login_required
def views_page(request: HttpRequest) -> HttpResponse:
    """List the views that somebody sees, of all reports."""
    asked = asking(request)
    listed = views_seen(asked.viewer, asked.at)
    context = {
        "heading": _("视图"),
        "crumbs": [{"label": _("视图"), "url": ""}],
        "views": [_listed(one) for one in listed],
        "pinned_count": sum(one.pinned for one in listed),
        "empty": {
            "sentence": _("还没有存过视图。"),
            "hint": _("在任何一张报表里筛选、选列或排序，再点「存为视图」。"),
            "action": {"label": _("打开商机在途表"), "url": report_url("tables/pipeline")},
        },
    }
    return render(request, "views/views.html", context)


@login_required
def new_page(request: HttpRequest) -> HttpResponse:
    """Keep the filter, the columns and the order of the address under a name."""
    asked = asking(request)
    report = report_named(request.GET.get("report") or LISTS[0])
    pairs = pairs_of(request)
    query = query_of(report.name, pairs)
    form = ViewForm(request.POST or None, asked=asked, new=True)
    back = report_url(report.name, [pair for pair in pairs if pair[0] not in ("report", VIEW)])
    if request.method == "POST" and form.is_valid():
        try:
            understood_query(report.name, query, asked.book)
            uid = save_view(
                actor=asked.viewer,
                at=asked.at,
                report=report.name,
                name=form.cleaned_data["name"],
                query=query,
                unit_id=form.unit_id,
            )
            if form.cleaned_data["pinned"]:
                pin_view(actor=asked.viewer, at=asked.at, uid=uid, pinned=True)
            say(request, _("已存为视图。"))
            return redirect("web:view", uid=uid)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    return _form(request, form, _("存为视图"), report.title.in_language(get_language() or "zh-hans"), back, _("存视图"))


@login_required
def open_view(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Lead to the report as a view has it, from the opener's own standpoint and with his own rights."""
    asked = asking(request)
    view = seen_view(asked.viewer, asked.at, uid)
    understood_query(view.report, view.query, asked.book)
    own = [pair for pair in standpoint(request) if pair[0] != "basis"]
    return redirect(report_url(view.report, [*parse_qsl(view.query), *own, (VIEW, str(uid))]))


@login_required
def edit_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Rename a view or share it otherwise."""
    asked = asking(request)
    view = own_view(asked.viewer, asked.at, uid)
    form = ViewForm(request.POST or None, initial={"name": view.name}, asked=asked, new=False)
    form.initial["unit"] = form.uid_of(view.unit_id)
    if request.method == "POST" and form.is_valid():
        try:
            change_view(actor=asked.viewer, at=asked.at, uid=uid, name=form.cleaned_data["name"], unit_id=form.unit_id)
            say(request, _("已存。"))
            return redirect("web:views")
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    return _form(request, form, _("改视图"), view.name, reverse("web:views"), _("存视图"))


@login_required
@require_POST
def pin(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a view first, or no longer."""
    asked = asking(request)
    pin_view(actor=asked.viewer, at=asked.at, uid=uid, pinned=bool(request.POST.get("pinned")))
    return redirect("web:views")


@login_required
@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """Let the pinned views stand in the order that is sent, or move one up or down."""
    asked = asking(request)
    try:
        if "move" in request.POST:
            move_pin(asked.viewer, asked.at, UUID(request.POST["move"]), -1 if request.POST.get("by") == "up" else 1)
        else:
            order_pins(actor=asked.viewer, uids=[UUID(one) for one in request.POST.getlist("view")])
    except ValueError:
        say(request, _("没有这个视图。"))
    return redirect("web:views")


@login_required
@require_POST
def delete(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Delete a view of one's own."""
    asked = asking(request)
    delete_view(actor=asked.viewer, at=asked.at, uid=uid)
    say(request, _("已删视图。"), undo_url=reverse("web:restore-view", args=[uid]))
    return redirect("web:views")


@login_required
@require_POST
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Have a view of one's own back that was deleted."""
    asked = asking(request)
    restore_view(actor=asked.viewer, at=asked.at, uid=uid)
    say(request, _("视图恢复了。"))
    return led_to(request, reverse("web:views"))


def _listed(one: View) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    return {
        "uid": one.uid,
        "name": one.name,
        "url": reverse("web:view", args=[one.uid]),
        "report": one.report.title.in_language(language),
        "by": "" if one.own else one.by.in_language(language),
        "unit": one.unit.in_language(language) if one.unit else "",
        "pinned": one.pinned,
        "own": one.own,
    }


def _form(request: HttpRequest, form: ViewForm, heading: str, scope: str, cancel_url: str, submit: str) -> HttpResponse:
    context = {
        "heading": heading,
        "scope": scope,
        "crumbs": [{"label": _("视图"), "url": reverse("web:views")}, {"label": heading, "url": ""}],
        "form": form,
        "submit": submit,
        "cancel_url": cancel_url,
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)
