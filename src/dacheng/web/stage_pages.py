"""Stage sets (阶段与赢率): their stages in order, dated win rates, who changed them (R149)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.deals.schema import OPEN, STAGES, STATES
from dacheng.core.errors import Conflict, DachengError, NotAllowed
from dacheng.core.money import percent
from dacheng.core.period import FIRST_DAY
from dacheng.service.people import viewer_now
from dacheng.service.stage_sets import (
    Rate,
    StageShown,
    create_stage,
    create_stage_set,
    edit_stage,
    stage_history,
    stage_sets,
    stage_shown,
)
from dacheng.store.history import company_day
from dacheng.web import figures
from dacheng.web.fields import both_values, event_rows, wording
from dacheng.web.forms import DayField, chosen, said
from dacheng.web.hand_tables import columns_of
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.toasts import say

WHOLE = 10_000


class StageForm(forms.Form):
    """Name, order, win rate, baseline, usual days, and the day from which they hold; a closed stage has a rate only."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=300)
    position = forms.IntegerField(label=gettext_lazy("顺序"), min_value=1, max_value=999)
    weight_bp = forms.CharField(label=gettext_lazy("赢率"), max_length=20, help_text=gettext_lazy("例如 30%"))
    baseline_bp = forms.CharField(
        label=gettext_lazy("转化率基准"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("进入本阶段后应有多少继续往下走；空 = 没有基准"),
    )
    benchmark_days = forms.IntegerField(
        label=gettext_lazy("标准停留天数"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=gettext_lazy("达到它的 1.5 倍标为停留过久；空 = 只按规则"),
    )
    on = DayField(label=gettext_lazy("从哪天起"))

    def __init__(self, *args: Any, state: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if state == OPEN else ("baseline_bp", "benchmark_days"):
            del self.fields[name]

    def typed(self) -> dict[str, str]:
        """Return what was typed, by column; a field that was not sent stays as it is."""
        sent = {name: value for name, value in self.cleaned_data.items() if name != "on" and name in self.data}
        return {name: "" if value is None else str(value) for name, value in sent.items()}


class NewStageForm(forms.Form):
    """What a new stage needs; its first win rate holds from the beginning."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=300)
    position = forms.IntegerField(label=gettext_lazy("顺序"), min_value=1, max_value=999)
    weight_bp = forms.CharField(label=gettext_lazy("赢率"), max_length=20, help_text=gettext_lazy("例如 30%"))

    def __init__(self, *args: Any, sets: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        states = [(code, label.in_language(language)) for _number, code, label in STATES]
        self.fields["set_id"] = chosen(_("阶段集"), sets)
        self.fields["state"] = forms.ChoiceField(label=_("结果"), choices=states)
        self.order_fields(["set_id", "name", "position", "state", "weight_bp"])


class StageSetForm(forms.Form):
    """What a new stage set needs."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=300)


@login_required
def stages_page(request: HttpRequest) -> HttpResponse:
    """Show the stages of every set with today's win rate."""
    request.section = "settings"
    at = datetime.now(UTC)
    today = company_day(at)
    editable = viewer_now(request.user.person_id, at).holds(*POLICY["stage.edit"])
    buttons = [
        {"label": _("新建阶段集"), "url": reverse("web:new-stage-set")},
        {"label": _("新建阶段"), "url": reverse("web:new-stage"), "primary": True},
    ]
    context = {
        "heading": _("阶段与赢率"),
        "crumbs": settings_crumbs(_("阶段与赢率")),
        "buttons": buttons if editable else [],
        "sets": [{"name": one.name, "table": _table(one.name, one.stages, today)} for one in stage_sets()],
        "empty": {"sentence": _("还没有阶段。"), "hint": _("建一个阶段集，再加阶段；或导入公司数据。")},
    }
    return render(request, "settings/stages.html", context)


@login_required
def stage_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a stage with its history, and let its win rate change from a day on."""
    request.section = "settings"
    at = datetime.now(UTC)
    actor, stage, today = viewer_now(request.user.person_id, at), stage_shown(uid), company_day(at)
    form = StageForm(request.POST or None, initial=_initial(stage, today), state=stage.state)
    clash: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            seen = int(version) if version.isdecimal() else 0
            edit_stage(actor, at, uid, form.typed(), version=seen, on=form.cleaned_data["on"])
            say(request, _("阶段已改。"))
            return redirect("web:stage", uid=uid)
        except NotAllowed:
            raise
        except Conflict as problem:
            form.add_error(None, said(problem))
            clash, stage = both_values(request, STAGES, problem), stage_shown(uid)
        except DachengError as problem:
            form.add_error(None, said(problem))
    history = stage_history(uid)
    context = {
        "heading": stage.name,
        "scope": _state(stage.state),
        "crumbs": [*settings_crumbs(_("阶段与赢率"), reverse("web:stages")), {"label": stage.name, "url": ""}],
        "rates": [_rate(one, today) for one in reversed(stage.rates)],
        "measured": stage.state == OPEN,
        "history": event_rows(wording(request, history.names), STAGES, history.events),
        "form": form if actor.holds(*POLICY["stage.edit"]) else None,
        "clash": clash,
        "hidden": [("version", stage.version)],
        "effects": [
            _("没有人工赢率的商机，从这天起的截至日按新赢率加权；更早的截至日不变。"),
            *([_("漏斗的收缩转化率、低于基准和停留过久，从这天起的截至日按新的算。")] if stage.state == OPEN else []),
        ],
        "submit": _("保存阶段"),
    }
    return render(request, "settings/stage.html", context, status=409 if clash else 422 if form.errors else 200)


@login_required
def new_stage(request: HttpRequest) -> HttpResponse:
    """Create a stage."""
    sets = [(str(one.uid), one.name) for one in stage_sets()]
    form = NewStageForm(request.POST or None, sets=sets)

    def create(actor: Any, at: datetime) -> None:
        given = {name: str(value) for name, value in form.cleaned_data.items()}
        create_stage(actor, at, given, stage_set=given.pop("set_id"))

    return _created(request, form, create, _("新建阶段"))


@login_required
def new_stage_set(request: HttpRequest) -> HttpResponse:
    """Create a stage set."""
    form = StageSetForm(request.POST or None)
    return _created(
        request, form, lambda actor, at: create_stage_set(actor, at, name=form.cleaned_data["name"]), _("新建阶段集")
    )


def _created(request: HttpRequest, form: forms.Form, create: Any, heading: str) -> HttpResponse:
    request.section = "settings"
    at = datetime.now(UTC)
    actor = viewer_now(request.user.person_id, at)
    if not actor.holds(*POLICY["stage.edit"]):
        raise not_allowed("stage.edit")
    if request.method == "POST" and form.is_valid():
        try:
            create(actor, at)
            say(request, _("已建。"))
            return redirect("web:stages")
        except NotAllowed:
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    context = {
        "heading": heading,
        "crumbs": [*settings_crumbs(_("阶段与赢率"), reverse("web:stages")), {"label": heading, "url": ""}],
        "form": form,
        "submit": heading,
        "cancel_url": reverse("web:stages"),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


def _table(name: str, stages: tuple[StageShown, ...], today: int) -> dict[str, Any]:
    titles = [_("阶段"), _("顺序"), _("结果"), _("赢率")]
    titles += [_("转化率基准"), _("标准停留天数"), _("从哪天起"), _("以后")]
    return {
        "title": name,
        "cards": True,
        "columns": columns_of(titles, words=(0, 2, 7)),
        "rows": [{"id": f"stage-{one.uid}", "cells": _cells(one, today)} for one in stages],
        "empty": {"sentence": _("这个阶段集还没有阶段。")},
    }


def _cells(stage: StageShown, today: int) -> list[dict[str, Any]]:
    now, later = stage.rate_on(today), stage.later(today)
    return [
        {"text": stage.name, "href": reverse("web:stage", args=[stage.uid]), "kind": "strong"},
        {"text": figures.count(stage.position)},
        {"text": _state(stage.state)},
        {"text": figures.ratio(now.win_bp / WHOLE) if now else figures.MISSING, "kind": "strong"},
        {"text": _baseline(now)},
        {"text": _usual_days(now)},
        {"text": _since(now.from_day) if now else figures.MISSING, "tone": "ink2"},
        {"text": f"{figures.day(later.from_day)} → {figures.ratio(later.win_bp / WHOLE)}" if later else ""},
    ]


def _baseline(rate: Rate | None) -> str:
    return figures.ratio(None if rate is None or rate.baseline_bp is None else rate.baseline_bp / WHOLE)


def _usual_days(rate: Rate | None) -> str:
    return figures.count(None if rate is None else rate.usual_days)


def _rate(rate: Rate, today: int) -> dict[str, Any]:
    return {
        "since": _since(rate.from_day),
        "value": figures.ratio(rate.win_bp / WHOLE),
        "baseline": _baseline(rate),
        "usual": _usual_days(rate),
        "future": rate.from_day > today,
    }


def _since(day: int) -> str:
    return _("一开始") if day == FIRST_DAY else figures.day(day)


def _state(number: int) -> str:
    language = get_language() or "zh-hans"
    return next(label.in_language(language) for state, _code, label in STATES if state == number)


def _initial(stage: StageShown, today: int) -> dict[str, Any]:
    now = stage.rate_on(today) or stage.rates[0]
    return {
        "name": stage.name,
        "position": stage.position,
        "weight_bp": percent(now.win_bp),
        "baseline_bp": "" if now.baseline_bp is None else percent(now.baseline_bp),
        "benchmark_days": now.usual_days,
        "on": today,
    }
