"""Categories of loss (丢单类别) that closing an opportunity asks for: listed, added, changed from a day on (R117)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.deals.schema import LOSS_REASONS
from dacheng.service.loss_reasons import (
    LossReasonShown,
    create_loss_reason,
    edit_loss_reason,
    loss_reason_shown,
    loss_reasons,
)
from dacheng.service.people import viewer_now
from dacheng.store.history import company_day
from dacheng.web import figures
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import DayField
from dacheng.web.hand_tables import columns_of
from dacheng.web.setting_pages import settings_crumbs


class LossReasonForm(forms.Form):
    """Names, order, and whether a closing may choose it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=300)
    name_en = forms.CharField(label=gettext_lazy("英文名"), max_length=300, required=False)
    position = forms.IntegerField(label=gettext_lazy("顺序"), min_value=0, max_value=999)
    offered = forms.BooleanField(label=gettext_lazy("关闭时可选"), required=False, initial=True)


class LossReasonEdit(LossReasonForm):
    """The same, and the day from which order and offer hold."""

    on = DayField(label=gettext_lazy("从哪天起"))


@login_required
def loss_reasons_page(request: HttpRequest) -> HttpResponse:
    """Show the categories of loss in their order."""
    request.section = "settings"
    editable = _actor(request, datetime.now(UTC)).holds(*POLICY["loss_reason.edit"])
    new = {"label": _("新建丢单类别"), "url": reverse("web:new-loss-reason"), "primary": True}
    context = {
        "heading": _("丢单类别"),
        "crumbs": settings_crumbs(_("丢单类别")),
        "buttons": [new] if editable else [],
        "sets": [{"name": _("关闭丢单时要选的类别"), "table": _table(loss_reasons(), editable=editable)}],
    }
    return render(request, "settings/stages.html", context)


@login_required
def loss_reason_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a category of loss from a day on."""
    at = datetime.now(UTC)
    actor = _allowed(request, at)
    shown = loss_reason_shown(uid)
    form = LossReasonEdit(request.POST or None, initial=_initial(shown, company_day(at)))
    version = request.POST.get("version", "")

    def save() -> str:
        edit_loss_reason(
            actor,
            at,
            uid,
            _typed(form),
            version=int(version) if version.isdecimal() else 0,
            on=form.cleaned_data["on"],
        )
        return reverse("web:loss-reasons")

    notes = [_("不再可选的类别，之前记下的丢单仍按它计。")]
    return changed_page(request, form, save, _change(_called(shown), _("保存丢单类别"), shown.version, notes))


@login_required
def new_loss_reason(request: HttpRequest) -> HttpResponse:
    """Create a category of loss."""
    at = datetime.now(UTC)
    actor = _allowed(request, at)
    form = LossReasonForm(request.POST or None, initial={"position": len(loss_reasons()) + 1})

    def save() -> str:
        create_loss_reason(actor, at, _typed(form))
        return reverse("web:loss-reasons")

    return changed_page(request, form, save, _change(_("新建丢单类别"), _("新建丢单类别")))


def _change(heading: str, submit: str, version: int = 0, notes: Sequence[str] = ()) -> Change:
    above = settings_crumbs(_("丢单类别"), reverse("web:loss-reasons"))
    return Change(
        heading=heading,
        submit=submit,
        cancel_url=reverse("web:loss-reasons"),
        crumbs=[*above, {"label": heading, "url": ""}],
        version=version,
        relation=LOSS_REASONS,
        notes=notes,
    )


def _typed(form: forms.Form) -> dict[str, str]:
    given = {name: str(value) for name, value in form.cleaned_data.items() if name != "on"}
    return given | {"offered": "1" if form.cleaned_data["offered"] else "0"}


def _actor(request: HttpRequest, at: datetime) -> Viewer:
    return viewer_now(request.user.person_id, at)


def _allowed(request: HttpRequest, at: datetime) -> Viewer:
    """Return who acts; refuse who may not edit the categories."""
    actor = _actor(request, at)
    if not actor.holds(*POLICY["loss_reason.edit"]):
        raise not_allowed("loss_reason.edit")
    return actor


def _table(reasons: list[LossReasonShown], *, editable: bool) -> dict[str, Any]:
    return {
        "title": _("丢单类别"),
        "cards": True,
        "columns": columns_of((_("名称"), _("顺序"), _("关闭时可选")), words=(0, 2)),
        "rows": [{"id": f"reason-{one.uid}", "cells": _cells(one, editable)} for one in reasons],
        "empty": {"sentence": _("还没有丢单类别。"), "hint": _("没有类别时，关闭丢单只要求写原因。")},
    }


def _cells(reason: LossReasonShown, editable: bool) -> list[dict[str, Any]]:
    url = reverse("web:loss-reason", args=[reason.uid]) if editable else ""
    return [
        {"text": _called(reason), "href": url, "kind": "strong"},
        {"text": figures.count(reason.position)},
        {"text": _("是") if reason.offered else _("否")},
    ]


def _called(reason: LossReasonShown) -> str:
    english = figures.is_english(get_language() or "zh-hans") and reason.name_en
    return english or reason.name


def _initial(shown: LossReasonShown, today: int) -> dict[str, Any]:
    return {
        "name": shown.name,
        "name_en": shown.name_en,
        "position": shown.position,
        "offered": shown.offered,
        "on": today,
    }
