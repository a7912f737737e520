"""Categories of expenses (费用类别) that recording an expense offers: listed, added, changed from a day on (R037)."""

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
from dacheng.core.budget.schema import EXPENSE_CATEGORIES
from dacheng.service.expense_categories import (
    ExpenseCategoryShown,
    create_expense_category,
    edit_expense_category,
    expense_categories,
    expense_category_shown,
)
from dacheng.service.people import viewer_now
from dacheng.store.history import company_day
from dacheng.web import figures
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import DayField
from dacheng.web.hand_tables import columns_of
from dacheng.web.setting_pages import settings_crumbs


class ExpenseCategoryForm(forms.Form):
    """Names, order, and whether an expense may choose it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=300)
    name_en = forms.CharField(label=gettext_lazy("英文名"), max_length=300, required=False)
    position = forms.IntegerField(label=gettext_lazy("顺序"), min_value=0, max_value=999)
    offered = forms.BooleanField(label=gettext_lazy("登记时可选"), required=False, initial=True)


class ExpenseCategoryEdit(ExpenseCategoryForm):
    """The same, and the day from which order and offer hold."""

    on = DayField(label=gettext_lazy("从哪天起"))


@login_required
def expense_categories_page(request: HttpRequest) -> HttpResponse:
    """Show the categories of expenses in their order."""
    request.section = "settings"
    editable = _actor(request, datetime.now(UTC)).holds(*POLICY["expense_category.edit"])
    new = {"label": _("新建费用类别"), "url": reverse("web:new-expense-category"), "primary": True}
    context = {
        "heading": _("费用类别"),
        "crumbs": settings_crumbs(_("费用类别")),
        "buttons": [new] if editable else [],
        "sets": [{"name": _("登记费用时选的类别"), "table": _table(expense_categories(), editable=editable)}],
    }
    return render(request, "settings/stages.html", context)


@login_required
def expense_category_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a category of expenses from a day on."""
    at = datetime.now(UTC)
    actor = _allowed(request, at)
    shown = expense_category_shown(uid)
    form = ExpenseCategoryEdit(request.POST or None, initial=_initial(shown, company_day(at)))
    version = request.POST.get("version", "")

    def save() -> str:
        edit_expense_category(
            actor,
            at,
            uid,
            _typed(form),
            version=int(version) if version.isdecimal() else 0,
            on=form.cleaned_data["on"],
        )
        return reverse("web:expense-categories")

    notes = [_("停用的类别，之前记下的费用仍按它计。")]
    return changed_page(request, form, save, _change(_called(shown), _("保存费用类别"), shown.version, notes))


@login_required
def new_expense_category(request: HttpRequest) -> HttpResponse:
    """Create a category of expenses."""
    at = datetime.now(UTC)
    actor = _allowed(request, at)
    form = ExpenseCategoryForm(request.POST or None, initial={"position": len(expense_categories()) + 1})

    def save() -> str:
        create_expense_category(actor, at, _typed(form))
        return reverse("web:expense-categories")

    return changed_page(request, form, save, _change(_("新建费用类别"), _("新建费用类别")))


def _change(heading: str, submit: str, version: int = 0, notes: Sequence[str] = ()) -> Change:
    above = settings_crumbs(_("费用类别"), reverse("web:expense-categories"))
    return Change(
        heading=heading,
        submit=submit,
        cancel_url=reverse("web:expense-categories"),
        crumbs=[*above, {"label": heading, "url": ""}],
        version=version,
        relation=EXPENSE_CATEGORIES,
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
    if not actor.holds(*POLICY["expense_category.edit"]):
        raise not_allowed("expense_category.edit")
    return actor


def _table(listed: list[ExpenseCategoryShown], *, editable: bool) -> dict[str, Any]:
    return {
        "title": _("费用类别"),
        "cards": True,
        "columns": columns_of((_("名称"), _("顺序"), _("登记时可选")), words=(0, 2)),
        "rows": [{"id": f"category-{one.uid}", "cells": _cells(one, editable)} for one in listed],
        "empty": {"sentence": _("还没有费用类别。"), "hint": _("没有类别时，费用都不分类。")},
    }


def _cells(category: ExpenseCategoryShown, editable: bool) -> list[dict[str, Any]]:
    url = reverse("web:expense-category", args=[category.uid]) if editable else ""
    return [
        {"text": _called(category), "href": url, "kind": "strong"},
        {"text": figures.count(category.position)},
        {"text": _("是") if category.offered else _("否")},
    ]


def _called(category: ExpenseCategoryShown) -> str:
    english = figures.is_english(get_language() or "zh-hans") and category.name_en
    return english or category.name


def _initial(shown: ExpenseCategoryShown, today: int) -> dict[str, Any]:
    return {
        "name": shown.name,
        "name_en": shown.name_en,
        "position": shown.position,
        "offered": shown.offered,
        "on": today,
    }
