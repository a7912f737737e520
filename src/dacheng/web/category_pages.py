"""Categories that a company keeps itself (类别): listed, added, changed from a day on; of losses, of expenses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, Viewer, not_allowed
from dacheng.core.schema import RELATIONS
from dacheng.service.categories import EXPENSES, LOSSES, Categories, Category
from dacheng.service.people import viewer_now
from dacheng.store.history import company_day
from dacheng.web import figures
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import DayField
from dacheng.web.hand_tables import columns_of
from dacheng.web.setting_pages import settings_crumbs


class CategoryForm(forms.Form):
    """Names, order, and whether a form may choose it."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=300)
    name_en = forms.CharField(label=gettext_lazy("英文名"), max_length=300, required=False)
    position = forms.IntegerField(label=gettext_lazy("顺序"), min_value=0, max_value=999)
    offered = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, offered: Promise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offered"].label = offered


class CategoryEdit(CategoryForm):
    """The same, and the day from which order and offer hold."""

    on = DayField(label=gettext_lazy("从哪天起"))


@dataclass(frozen=True)
class CategoryPages:
    """The pages of one kind of category.

    Args:
        right: an action of the policy. many, one: names of addresses; the new one's is ``new-<one>``.
        title, listed, offered, new, keep, note, none, without: what the pages say.
    """

    kept: Categories
    right: str
    many: str
    one: str
    title: Promise
    listed: Promise
    offered: Promise
    new: Promise
    keep: Promise
    note: Promise
    none: Promise
    without: Promise

    @property
    def urls(self) -> list[URLPattern]:
        """Return the addresses under the settings."""
        base = f"settings/{self.many}/"
        return [
            path(base, login_required(self.list_page), name=self.many),
            path(f"{base}new/", login_required(self.new_page), name=f"new-{self.one}"),
            path(f"{base}<uuid:uid>/", login_required(self.edit_page), name=self.one),
        ]

    def list_page(self, request: HttpRequest) -> HttpResponse:
        """Show the categories in their order."""
        request.section = "settings"
        editable = _actor(request, datetime.now(UTC)).holds(*POLICY[self.right])
        new = {"label": self.new, "url": reverse(f"web:new-{self.one}"), "primary": True}
        context = {
            "heading": self.title,
            "crumbs": settings_crumbs(str(self.title)),
            "buttons": [new] if editable else [],
            "sets": [{"name": self.listed, "table": self._table(editable)}],
        }
        return render(request, "settings/stages.html", context)

    def edit_page(self, request: HttpRequest, uid: UUID) -> HttpResponse:
        """Change a category from a day on."""
        at = datetime.now(UTC)
        actor = self._allowed(request, at)
        shown = self.kept.one(uid)
        form = CategoryEdit(request.POST or None, initial=_initial(shown, company_day(at)), offered=self.offered)
        version = request.POST.get("version", "")

        def save() -> str:
            seen = int(version) if version.isdecimal() else 0
            self.kept.edit(actor, at, uid, _typed(form), version=seen, on=form.cleaned_data["on"])
            return reverse(f"web:{self.many}")

        change = self._change(_called(shown), str(self.keep), shown.version, [str(self.note)])
        return changed_page(request, form, save, change)

    def new_page(self, request: HttpRequest) -> HttpResponse:
        """Create a category."""
        at = datetime.now(UTC)
        actor = self._allowed(request, at)
        initial = {"position": len(self.kept.listed()) + 1}
        form = CategoryForm(request.POST or None, initial=initial, offered=self.offered)

        def save() -> str:
            self.kept.create(actor, at, _typed(form))
            return reverse(f"web:{self.many}")

        return changed_page(request, form, save, self._change(str(self.new), str(self.new)))

    def _change(self, heading: str, submit: str, version: int = 0, notes: Sequence[str] = ()) -> Change:
        above = settings_crumbs(str(self.title), reverse(f"web:{self.many}"))
        return Change(
            heading=heading,
            submit=submit,
            cancel_url=reverse(f"web:{self.many}"),
            crumbs=[*above, {"label": heading, "url": ""}],
            version=version,
            relation=RELATIONS[self.kept.relation],
            notes=notes,
        )

    def _allowed(self, request: HttpRequest, at: datetime) -> Viewer:
        """Return who acts; refuse who may not edit the categories."""
        actor = _actor(request, at)
        if not actor.holds(*POLICY[self.right]):
            raise not_allowed(self.right)
        return actor

    def _table(self, editable: bool) -> dict[str, Any]:
        return {
            "title": self.title,
            "cards": True,
            "columns": columns_of((_("名称"), _("顺序"), str(self.offered)), words=(0, 2)),
            "rows": [
                {"id": f"{self.one}-{one.uid}", "cells": self._cells(one, editable)} for one in self.kept.listed()
            ],
            "empty": {"sentence": self.none, "hint": self.without},
        }

    def _cells(self, category: Category, editable: bool) -> list[dict[str, Any]]:
        url = reverse(f"web:{self.one}", args=[category.uid]) if editable else ""
        return [
            {"text": _called(category), "href": url, "kind": "strong"},
            {"text": figures.count(category.position)},
            {"text": _("是") if category.offered else _("否")},
        ]


def _typed(form: forms.Form) -> dict[str, str]:
    given = {name: str(value) for name, value in form.cleaned_data.items() if name != "on"}
    return given | {"offered": "1" if form.cleaned_data["offered"] else "0"}


def _actor(request: HttpRequest, at: datetime) -> Viewer:
    return viewer_now(request.user.person_id, at)


def _called(category: Category) -> str:
    english = figures.is_english(get_language() or "zh-hans") and category.name_en
    return english or category.name


def _initial(shown: Category, today: int) -> dict[str, Any]:
    return {
        "name": shown.name,
        "name_en": shown.name_en,
        "position": shown.position,
        "offered": shown.offered,
        "on": today,
    }


LOSS_PAGES = CategoryPages(
    kept=LOSSES,
    right="loss_reason.edit",
    many="loss-reasons",
    one="loss-reason",
    title=gettext_lazy("丢单类别"),
    listed=gettext_lazy("关闭丢单时要选的类别"),
    offered=gettext_lazy("关闭时可选"),
    new=gettext_lazy("新建丢单类别"),
    keep=gettext_lazy("保存丢单类别"),
    note=gettext_lazy("不再可选的类别，之前记下的丢单仍按它计。"),
    none=gettext_lazy("还没有丢单类别。"),
    without=gettext_lazy("没有类别时，关闭丢单只要求写原因。"),
)
EXPENSE_PAGES = CategoryPages(
    kept=EXPENSES,
    right="expense_category.edit",
    many="expense-categories",
    one="expense-category",
    title=gettext_lazy("费用类别"),
    listed=gettext_lazy("登记费用时选的类别"),
    offered=gettext_lazy("登记时可选"),
    new=gettext_lazy("新建费用类别"),
    keep=gettext_lazy("保存费用类别"),
    note=gettext_lazy("停用的类别，之前记下的费用仍按它计。"),
    none=gettext_lazy("还没有费用类别。"),
    without=gettext_lazy("没有类别时，费用都不分类。"),
)
