"""One opportunity (商机): its figures edited in place, its stage path, its history (R149)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.deals.schema import DEALS, OPEN
from dacheng.core.errors import Conflict, DachengError
from dacheng.core.period import FAR_DAY
from dacheng.core.relation import Column
from dacheng.service.choices import options_of
from dacheng.service.deals import EDITABLE, DealView, Event, create, deal_view, edit_field
from dacheng.service.entering import entered
from dacheng.service.people import viewer_now
from dacheng.service.settings import currency
from dacheng.service.weighing import weight_of
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.standpoint import asof_bar, money_unit
from dacheng.web.when import shown_moment
from dacheng.web.words import ACTIONS

KINDS = {"money": "money", "day": "date", "bp": "number", "choice": "select", "ref": "select"}
ASKED = ("name", "customer_id", "owner_id", "stage_id", "amount", "expected_day", "product_id", "next_step")
REQUIRED = ("name", "owner_id", "stage_id")


@login_required
def deal_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one opportunity as it stood at the end of the as-of day."""
    request.section = "deals"
    asked = asking(request)
    view = deal_view(asked.viewer, asked.at, uid, asked.book)
    name = view.row["name"] or view.row["code"]
    current = asked.book.as_of_day == asked.book.today
    context = {
        "heading": name,
        "scope": _scope(view),
        "crumbs": [{"label": _("商机"), "url": reverse("web:deals")}, {"label": name, "url": ""}],
        "asof": asof_bar(request, asked.book, comparable=False),
        "edits": [_edit(request, view, column, view.editable and current) for column in EDITABLE if column != "name"],
        "name_edit": _edit(request, view, "name", view.editable and current),
        "stages": _stages(view),
        "facts": _facts(request, asked, view),
        "history": _history(request, view),
        "granted": view.granted,
        "past": not current,
    }
    return render(request, "deals/deal.html", context)


@login_required
def deal_field(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """Show or save one value edited in place."""
    if name not in EDITABLE:
        raise Http404
    if request.method != "POST":
        return _field(request, uid, name)
    text, version = request.POST.get(name, ""), request.POST.get("version", "")
    at = datetime.now(UTC)
    try:
        actor = viewer_now(request.user.person_id, at)
        edit_field(
            actor,
            at,
            uid,
            name=name,
            text=text,
            version=int(version) if version.isdecimal() else 0,
            money_unit=money_unit(request),
        )
    except Conflict:
        return _conflict(request, uid, name, text)
    except DachengError as problem:
        return _field(request, uid, name, typed=text, problem=problem)
    if not request.headers.get("HX-Request"):
        return redirect("web:deal", uid=uid)
    return _field(request, uid, name, saved=True)


class DealForm(forms.Form):
    """What a new opportunity needs."""

    def __init__(self, *args: Any, asked: Asking, unit: figures.Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        for name in (
            "name",
            "customer_id",
            "owner_id",
            "stage_id",
            "amount",
            "expected_day",
            "product_id",
            "next_step",
        ):
            column = DEALS.column(name)
            required = name in ("name", "owner_id", "stage_id")
            label = column.label.in_language(language)
            if column.kind == "money":
                label += f" {figures.unit_words(unit, currency(), language)}"
            self.fields[name] = _form_field(asked, column, label, required)


@login_required
def new_deal(request: HttpRequest) -> HttpResponse:
    """Create an opportunity."""
    request.section = "deals"
    asked = asking(request)
    form = DealForm(request.POST or None, asked=asked, unit=money_unit(request))
    if request.method == "POST" and form.is_valid():
        try:
            saved = create(asked.viewer, asked.at, form.cleaned_data, money_unit=money_unit(request))
            return redirect("web:deal", uid=saved.uid)
        except DachengError as problem:
            form.add_error(None, problem.sentence(get_language() or "zh-hans"))
    crumbs = [{"label": _("商机"), "url": reverse("web:deals")}, {"label": _("新建商机"), "url": ""}]
    context = {"form": form, "crumbs": crumbs}
    return render(request, "deals/new.html", context, status=422 if form.errors else 200)


def _form_field(asked: Asking, column: Column, label: str, required: bool) -> forms.Field:
    if column.kind == "ref":
        options = [("", "–"), *options_of(asked.book, column.ref, get_language() or "zh-hans")]
        return forms.ChoiceField(label=label, required=required, choices=options)
    if column.kind == "day":
        widget = forms.DateInput(attrs={"type": "date"})
        return forms.CharField(label=label, required=required, widget=widget)
    return forms.CharField(label=label, required=required, max_length=300)


def _scope(view: DealView) -> str:
    parts = [
        _name(view, "units", view.unit_id),
        _name(view, "people", view.row["owner_id"]),
        _name(view, "customers", view.row["customer_id"]),
        view.row["code"],
    ]
    return _("，").join(part for part in parts if part)


def _edit(request: HttpRequest, view: DealView, name: str, editable: bool, **more: Any) -> dict[str, Any]:
    """Return the context of parts/edit.html, or of plain text where it cannot be edited."""
    column = DEALS.column(name)
    language = get_language() or "zh-hans"
    label = column.label.in_language(language)
    if column.kind == "money":
        label += f" {figures.unit_words(money_unit(request), currency(), language)}"
    edit = {
        "id": f"edit-{name}",
        "url": reverse("web:deal-field", args=[view.uid, name]),
        "name": name,
        "label": label,
        "text": _shown(request, view, column, view.row[name]),
        "value": _typed(request, view, column, view.row[name]),
        "version": view.version,
        "kind": KINDS.get(column.kind, "text"),
        "editable": editable,
    }
    if editable and edit["kind"] == "select":
        edit["options"] = _select_options(request, view, column, language)
    return edit | more


def _select_options(request: HttpRequest, view: DealView, column: Column, language: str) -> list[tuple[str, str]]:
    if column.kind == "choice":
        blank = [("", "–")] if column.nullable else []
        return blank + [(code, label.in_language(language)) for _number, code, label in column.choices]
    options = options_of(asking(request).book, column.ref, language, also=[view.row[column.name]])
    if column.ref == "stages":
        own = {str(view.names["stages"][step.stage_id].uid) for step in view.stages}
        options = [option for option in options if option[0] in own] if view.row["state"] != OPEN else options
    return ([("", "–")] if column.nullable else []) + options


def _shown(request: HttpRequest, view: DealView, column: Column, value: Any) -> str:
    """Return a value as people read it."""
    if value is None or value == "":
        return figures.MISSING
    if column.kind == "money":
        return figures.money(value, money_unit(request))
    if column.kind == "day":
        return figures.MISSING if value == FAR_DAY else figures.day(value)
    if column.kind == "bp":
        return figures.ratio(value / 10_000)
    if column.kind == "ref":
        return _name(view, column.ref, value) or figures.MISSING
    if column.kind == "choice":
        language = get_language() or "zh-hans"
        return next((label.in_language(language) for number, _c, label in column.choices if number == value), "")
    if column.kind == "flag":
        return _("是") if value else _("否")
    return str(value)


def _typed(request: HttpRequest, view: DealView, column: Column, value: Any) -> str:
    """Return a value as it stands in an input."""
    if value is None:
        return ""
    if column.kind == "ref":
        name = view.names.get(column.ref, {}).get(value)
        return name.uid if name else ""
    if column.kind == "choice":
        return next((code for number, code, _label in column.choices if number == value), "")
    if column.kind == "bp":
        return f"{value / 100:g}%"
    if column.kind == "money":
        return figures.money(value, money_unit(request), places=6).rstrip("0").rstrip(".").replace(figures.MINUS, "-")
    return _shown(request, view, column, value) if value != "" else ""


def _name(view: DealView, relation: str, record_id: int | None) -> str:
    name = view.names.get(relation, {}).get(record_id or 0)
    return name.in_language(get_language() or "zh-hans") if name else ""


def _stages(view: DealView) -> list[dict[str, Any]]:
    steps = []
    for step in view.stages:
        state = "current" if step.current else "done" if step.days is not None else ""
        note = figures.MISSING if step.days is None else _("%(days)s 天") % {"days": step.days}
        steps.append({"label": _name(view, "stages", step.stage_id), "state": state, "note": note, "tone": ""})
    return steps


def _facts(request: HttpRequest, asked: Asking, view: DealView) -> list[dict[str, str]]:
    """Return derived facts: weighted amount, dwell, pushes, dates."""
    day = asked.book.as_of_day
    weight = weight_of(asked.book, view.row)
    facts = [
        (_("系统赢率"), figures.ratio(weight.stage_ratio)),
        (_("加权额"), figures.money(weight.weighted, money_unit(request))),
        (_("停留天数"), figures.count(day - view.row["stage_day"])),
        (_("创建日"), figures.day(view.row["created_day"])),
        (_("首次预计签约日"), figures.day(view.row["first_expected_day"])),
        (_("推迟次数"), figures.count(view.row["push_count"])),
        (_("关闭日"), figures.MISSING if view.row["closed_day"] == FAR_DAY else figures.day(view.row["closed_day"])),
    ]
    if view.row["estimated"]:
        facts.insert(2, (_("金额来源"), _("按目录价估计")))
    if view.row["lost_reason"]:
        facts.append((_("丢单原因"), view.row["lost_reason"]))
    return [{"label": label, "text": text} for label, text in facts]


def _history(request: HttpRequest, view: DealView) -> list[dict[str, Any]]:
    return [_event(request, view, one) for one in view.history]


def _event(request: HttpRequest, view: DealView, one: Event) -> dict[str, Any]:
    """Return one line of the history: the day it took effect, who recorded it, old and new value."""
    row: dict[str, Any] = {
        "when": figures.day(one.from_day),
        "who": _name(view, "people", one.actor_id) or _("系统"),
        "reason": _("%(when)s 记录") % {"when": shown_moment(one.at)} if one.at else "",
    }
    if not one.name:
        return row | {"what": str(ACTIONS.get(one.action, one.action))}
    column = DEALS.column(one.name)
    return row | {
        "what": column.label.in_language(get_language() or "zh-hans"),
        "old": _shown(request, view, column, one.before),
        "new": _shown(request, view, column, one.after),
    }


def _field(
    request: HttpRequest,
    uid: UUID,
    name: str,
    *,
    typed: str = "",
    problem: DachengError | None = None,
    saved: bool = False,
) -> HttpResponse:
    """Return one value as it stands, with what went wrong or with word that it is saved."""
    asked = asking(request)
    view = deal_view(asked.viewer, asked.at, uid, asked.book)
    more: Mapping[str, Any] = {}
    if problem:
        more = {"error": problem.sentence(get_language() or "zh-hans"), "value": typed}
    edit = _edit(request, view, name, True, **more)
    toast = {"text": _("已存。")} if saved else None
    template = "deals/field.html" if request.headers.get("HX-Request") else "deals/field_page.html"
    context = {"edit": edit, "toast": toast, "heading": view.row["name"] or view.row["code"]}
    return render(request, template, context, status=422 if problem else 200)


def _conflict(request: HttpRequest, uid: UUID, name: str, typed: str) -> HttpResponse:
    """Return both values: what was typed, and what stands now by whom."""
    asked = asking(request)
    view = deal_view(asked.viewer, asked.at, uid, asked.book)
    column = DEALS.column(name)
    last = view.history[0] if view.history else None
    edit = _edit(request, view, name, True)
    try:
        value = entered("deals", name, typed, money_unit=money_unit(request))
        yours = typed if column.kind in ("ref", "choice") else _shown(request, view, column, value)
    except DachengError:
        yours = typed
    context = {
        "conflict": {
            "id": f"{edit['id']}-conflict",
            "url": edit["url"],
            "name": name,
            "label": edit["label"],
            "yours": yours,
            "yours_value": typed,
            "theirs": edit["text"],
            "by": (_name(view, "people", last.actor_id) if last else "") or _("系统"),
            "when": shown_moment(last.at) if last else "",
            "version": view.version,
            "cancel_url": edit["url"],
        }
    }
    return render(request, "parts/conflict.html", context, status=409)
