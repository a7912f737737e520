"""Templates of checklists (清单模板): their items by kind, added, changed from a day on, retired (R051, R058, R059)."""

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
from dacheng.core.checklists.schema import CALENDAR, CHECKLIST_TEMPLATES, KINDS, PARTS
from dacheng.core.report import Choices
from dacheng.service.checklist_templates import (
    TemplateItem,
    create_template_item,
    edit_template_item,
    template_item,
    template_items,
)
from dacheng.service.people import viewer_now
from dacheng.store.history import company_day
from dacheng.web import figures
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import DayField
from dacheng.web.hand_tables import columns_of
from dacheng.web.setting_pages import settings_crumbs

EDIT = "checklist_template.edit"


class ItemForm(forms.Form):
    """An item in both languages, where it stands, when it is due."""

    name = forms.CharField(label=gettext_lazy("事项"), max_length=300)
    name_en = forms.CharField(label=gettext_lazy("英文"), max_length=300, required=False)
    part = forms.ChoiceField(label=gettext_lazy("部分"))
    position = forms.IntegerField(label=gettext_lazy("顺序"), min_value=0, max_value=999)
    after_days = forms.IntegerField(
        label=gettext_lazy("几天后到期"),
        min_value=0,
        max_value=999,
        required=False,
        help_text=gettext_lazy("从清单开始那天起。"),
    )
    month = forms.IntegerField(
        label=gettext_lazy("几月底到期"), min_value=-12, max_value=24, required=False,
        help_text=gettext_lazy("财年第几个月；0 = 财年前一个月。"),
    )  # fmt: skip
    required = forms.BooleanField(
        label=gettext_lazy("必做"), required=False, help_text=gettext_lazy("必做的不能从清单上删掉。")
    )
    offered = forms.BooleanField(label=gettext_lazy("启用"), required=False, initial=True)

    def __init__(self, *args: Any, kind: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = _listed(PARTS)
        del self.fields["after_days" if kind == CALENDAR else "month"]


class ItemEdit(ItemForm):
    """The same, and the day from which part, order, due day, required and in use hold."""

    on = DayField(label=gettext_lazy("从哪天起"))


@login_required
def templates_page(request: HttpRequest) -> HttpResponse:
    """Show the items of every template in their order."""
    request.section = "settings"
    at = datetime.now(UTC)
    editable = _actor(request, at).holds(*POLICY[EDIT])
    items, language = template_items(company_day(at)), get_language() or "zh-hans"
    buttons = [
        {"label": _("加到「%(name)s」") % {"name": label.in_language(language)}, "url": _new_url(code)}
        for _number, code, label in KINDS
    ]
    context = {
        "heading": _("清单模板"),
        "crumbs": settings_crumbs(_("清单模板")),
        "buttons": buttons if editable else [],
        "sets": [
            {
                "name": label.in_language(language),
                "table": _table(label.in_language(language), [one for one in items if one.kind == number], editable),
            }
            for number, _code, label in KINDS
        ],
    }
    return render(request, "settings/stages.html", context)


@login_required
def template_item_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change an item of a template from a day on."""
    at = datetime.now(UTC)
    actor, today = _allowed(request, at), company_day(at)
    shown = template_item(uid, today)
    form = ItemEdit(request.POST or None, initial=_initial(shown) | {"on": today}, kind=shown.kind)
    version = request.POST.get("version", "")

    def save() -> str:
        seen = int(version) if version.isdecimal() else 0
        edit_template_item(actor, at, uid, _typed(form), version=seen, on=form.cleaned_data["on"])
        return reverse("web:checklist-templates")

    notes = [_("已开的清单保留开始时的事项；改动从这天起开的清单才有。")]
    return changed_page(request, form, save, _change(_called(shown), _("保存事项"), shown.version, notes))


@login_required
def new_template_item(request: HttpRequest) -> HttpResponse:
    """Add an item to the template of a kind of checklist."""
    at = datetime.now(UTC)
    actor = _allowed(request, at)
    kind, code, label = next((one for one in KINDS if one[1] == request.GET.get("kind")), KINDS[0])
    own = [one for one in template_items(company_day(at)) if one.kind == kind]
    part = own[-1].row["part"] if own else 0
    form = ItemForm(request.POST or None, initial={"position": len(own) + 1, "part": _code(part)}, kind=kind)

    def save() -> str:
        create_template_item(actor, at, _typed(form) | {"kind": code})
        return reverse("web:checklist-templates")

    heading = _("加到「%(name)s」") % {"name": label.in_language(get_language() or "zh-hans")}
    return changed_page(request, form, save, _change(heading, _("加事项")))


def _change(heading: str, submit: str, version: int = 0, notes: Sequence[str] = ()) -> Change:
    above = settings_crumbs(_("清单模板"), reverse("web:checklist-templates"))
    return Change(
        heading=heading,
        submit=submit,
        cancel_url=reverse("web:checklist-templates"),
        crumbs=[*above, {"label": heading, "url": ""}],
        version=version,
        relation=CHECKLIST_TEMPLATES,
        notes=notes,
    )


def _typed(form: forms.Form) -> dict[str, str]:
    given = {name: "" if value is None else str(value) for name, value in form.cleaned_data.items() if name != "on"}
    return given | {name: "1" if form.cleaned_data[name] else "0" for name in ("required", "offered")}


def _actor(request: HttpRequest, at: datetime) -> Viewer:
    return viewer_now(request.user.person_id, at)


def _allowed(request: HttpRequest, at: datetime) -> Viewer:
    """Return who acts; refuse who may not edit templates."""
    actor = _actor(request, at)
    if not actor.holds(*POLICY[EDIT]):
        raise not_allowed(EDIT)
    return actor


def _table(title: str, items: list[TemplateItem], editable: bool) -> dict[str, Any]:
    return {
        "title": title,
        "cards": True,
        "columns": columns_of(
            (_("事项"), _("部分"), _("顺序"), _("期限"), _("必做"), _("启用")), words=(0, 1, 3, 4, 5)
        ),
        "rows": [{"id": f"item-{one.uid}", "cells": _cells(one, editable)} for one in items],
        "empty": {"sentence": _("还没有事项。"), "hint": _("没有启用的事项，这种清单开不了。")},
    }


def _cells(one: TemplateItem, editable: bool) -> list[dict[str, Any]]:
    row, language = one.row, get_language() or "zh-hans"
    part = next(label for number, _code, label in PARTS if number == row["part"])
    return [
        {"text": _called(one), "href": reverse("web:checklist-template", args=[one.uid]) if editable else ""},
        {"text": part.in_language(language)},
        {"text": figures.count(row["position"])},
        {"text": _due(row)},
        {"text": _("必做") if row["required"] else ""},
        {"text": _("是") if one.offered else _("停用")},
    ]


def _due(row: Any) -> str:
    if row["after_days"] is not None:
        return _("第 %(days)s 天") % {"days": row["after_days"]}
    return "" if row["month"] is None else _("第 %(month)s 个月底") % {"month": row["month"]}


def _called(one: TemplateItem) -> str:
    english = figures.is_english(get_language() or "zh-hans") and one.row["name_en"]
    return str(english or one.row["name"])


def _initial(shown: TemplateItem) -> dict[str, Any]:
    names = ("name", "name_en", "position", "after_days", "month", "required", "offered")
    return {name: shown.row[name] for name in names} | {"part": _code(shown.row["part"])}


def _code(part: int) -> str:
    return next(code for number, code, _label in PARTS if number == part)


def _new_url(kind: str) -> str:
    return f"{reverse('web:new-checklist-template')}?kind={kind}"


def _listed(choices: Choices) -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(code, label.in_language(language)) for _number, code, label in choices]
