"""Duplicates (疑似重复) proposed, and a merge shown field by field before it is done (合并)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.schema import RELATIONS
from dacheng.service.merging import Merging, Preview, Proposal, called, duplicates, merge, preview, require_merge
from dacheng.service.names import Name
from dacheng.service.settings import currency
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import said
from dacheng.web.links import with_query
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.undoing import say_saved

PAGES = {"deals": "web:duplicate-deals", "customers": "web:duplicate-customers"}
GOES, STAYS = "goes", "stays"


@login_required
def duplicates_page(request: HttpRequest, relation: str) -> HttpResponse:
    """List the pairs that may be the same record; each leads to its merge."""
    asked = asking(request)
    found = duplicates(relation, asked.viewer, asked.at, asked.book)
    request.section = "settings"
    heading = _heading(relation)
    context = {
        "heading": heading,
        "scope": _("合并前先看每一项，合并后可以撤销"),
        "crumbs": settings_crumbs(heading),
        "table": _table(relation, found),
    }
    return render(request, "settings/table.html", context)


class IntoForm(forms.Form):
    """The record that stays, by code or name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"] = forms.CharField(label=_("并入哪一条"), max_length=300, help_text=_("编号或名称"))


class MergeForm(forms.Form):
    """For each field that differs, whose value is kept."""

    def __init__(self, *args: Any, seen: Preview, words: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column, goes, stays in seen.fields:
            options = [(STAYS, words.shown(column, stays)), (GOES, words.shown(column, goes))]
            self.fields[column.name] = forms.ChoiceField(label=words.label(column), choices=options, required=False)

    def taken(self) -> list[str]:
        """Return the columns whose value of the record that goes is kept."""
        return [name for name, value in self.cleaned_data.items() if value == GOES]


@login_required
def merge_page(request: HttpRequest, relation: str, uid: UUID) -> HttpResponse:
    """Ask what a record is merged into, show what that would do, and do it."""
    asked = asking(request)
    goes = require_merge(relation, asked.viewer, asked.at, uid)
    into = request.GET.get("into", "")
    if not into:
        return _ask(request, asked, relation, uid, goes)
    stays = _uid(into)
    seen = preview(relation, asked.viewer, asked.at, Merging(uid, stays))
    words = Wording(seen.names, wording(request, {}).unit, currency(), get_language() or "zh-hans")
    form = MergeForm(request.POST or None, seen=seen, words=words)
    if request.method == "POST" and form.is_valid():
        try:
            merge(relation, asked.viewer, asked.at, Merging(uid, stays, form.taken(), _versions(request)))
            say_saved(request, asked.viewer, asked.at)
            return redirect(_after(relation, stays))
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    if seen.refused is not None:
        form = forms.Form({})
        form.is_valid()
        form.add_error(None, said(seen.refused))
    return _shown(request, relation, seen, form)


def _ask(request: HttpRequest, asked: Asking, relation: str, uid: UUID, goes: str) -> HttpResponse:
    """Ask for the record that stays; what was typed leads to the preview."""
    form = IntoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            stays = called(relation, form.cleaned_data["into"], asked.book)
            return redirect(with_query(reverse("web:merge", args=[relation, uid]), [("into", str(stays))]))
        except DachengError as problem:
            form.add_error("into", said(problem))
    request.section = "deals" if relation == "deals" else "settings"
    context = {
        "heading": _("合并"),
        "scope": goes,
        "crumbs": [{"label": _heading(relation), "url": reverse(PAGES[relation])}, {"label": goes, "url": ""}],
        "form": form,
        "submit": _("看合并的影响"),
        "cancel_url": _after(relation, uid),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


def _shown(request: HttpRequest, relation: str, seen: Preview, form: forms.Form) -> HttpResponse:
    request.section = "deals" if relation == "deals" else "settings"
    swapped = with_query(reverse("web:merge", args=[relation, seen.stays.uid]), [("into", str(seen.goes.uid))])
    context = {
        "heading": _("把 %(goes)s 并入 %(stays)s") % {"goes": seen.goes.name, "stays": seen.stays.name},
        "scope": _("留下 %(stays)s，历史放在一起") % {"stays": seen.stays.name},
        "crumbs": [{"label": _heading(relation), "url": reverse(PAGES[relation])}, {"label": _("合并"), "url": ""}],
        "buttons": [{"label": _("换一条留下"), "url": swapped}],
        "form": form,
        "hidden": [("goes_version", seen.goes.row["version"]), ("stays_version", seen.stays.row["version"])],
        "effects": [] if seen.refused else _effects(relation, seen),
        "submit": _("合并"),
        "cancel_url": reverse(PAGES[relation]),
    }
    return render(request, "merging/merge.html", context, status=422 if form.errors else 200)


def _effects(relation: str, seen: Preview) -> list[str]:
    """Return in sentences what the merge would do."""
    language = get_language() or "zh-hans"
    moved = [
        _("%(what)s %(count)s") % {"what": RELATIONS[name].label.in_language(language), "count": figures.count(many)}
        for name, many in seen.moved.items()
        if many
    ]
    return [
        _("从今天起「%(goes)s」不再列出，它的地址和编号都通向「%(stays)s」。")
        % {"goes": seen.goes.name, "stays": seen.stays.name},
        _("跟着移过去的：%(what)s。") % {"what": _("，").join(moved)} if moved else _("没有别的记录跟着移过去。"),
        *(one.in_language(language) for one in seen.said),
        _("今天以前的截至日照旧显示两条；公司各月的业绩不变。")
        if relation == "deals"
        else _("今天以前的截至日照旧显示两个客户；公司各月的业绩不变。"),
    ]


def _table(relation: str, found: list[Proposal]) -> dict[str, Any]:
    heads = [("first", _("这一条"), "text"), ("second", _("那一条"), "text"), ("alike", _("名称相像"), "num")]
    heads += [("why", _("还有"), "text"), ("way", _("怎么办"), "text")]
    return {
        "title": _heading(relation),
        "caption": _heading(relation),
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": align, "first": key == "first"} for key, label, align in heads
        ],
        "rows": [{"cells": _cells(relation, one)} for one in found],
        "empty": {"sentence": _("没有疑似重复的。"), "hint": _("名称、金额和日期都看过了，没有相像的两条。")},
    }


def _cells(relation: str, one: Proposal) -> list[dict[str, Any]]:
    pair = one.pair
    why = [_("金额相同")] if pair.same_amount else []
    why += [_("日期相近")] if pair.near_days else []
    merging = with_query(reverse("web:merge", args=[relation, one.second.uid]), [("into", one.first.uid)])
    return [
        _named(relation, one.first, "strong"),
        _named(relation, one.second, ""),
        {"text": figures.ratio(pair.likeness, 0)},
        {"text": _("，").join(why)},
        {"text": _("看看再合并"), "href": merging},
    ]


def _named(relation: str, name: Name, kind: str) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    page = reverse("web:deal" if relation == "deals" else "web:customer", args=[name.uid])
    return {"text": name.in_language(language), "sub": name.code, "href": page} | ({"kind": kind} if kind else {})


def _heading(relation: str) -> str:
    return _("疑似重复的商机") if relation == "deals" else _("疑似重复的客户")


def _after(relation: str, uid: UUID) -> str:
    """Return where to look at a record."""
    if relation == "deals":
        return reverse("web:deal", args=[uid])
    return reverse(PAGES[relation])


def _versions(request: HttpRequest) -> tuple[int, int]:
    seen = [request.POST.get(f"{one}_version", "") for one in (GOES, STAYS)]
    return tuple(int(one) if one.isdecimal() else 0 for one in seen)  # type: ignore[return-value]


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # no record has it: the answer is that of one that may not be seen
