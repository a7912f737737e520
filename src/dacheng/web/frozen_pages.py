"""Frozen Books (存档): freeze the Book of a day, and the four tables of one as a workbook or on paper (R152)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import not_allowed
from dacheng.core.errors import DachengError
from dacheng.core.period import date_of
from dacheng.service.four_tables import KINDS, Pack, frozen_pack, live, pack_file, pack_of
from dacheng.service.freezing import Frozen, ask_freeze, frozen_books, may_freeze
from dacheng.service.people import viewer_now
from dacheng.web.asking import asking
from dacheng.web.forms import DayField, said
from dacheng.web.job_page import to_job
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.templatetags.figures import counted
from dacheng.web.when import shown_moment

KIND_WORDS = {"xlsx": "Excel", "pdf": "PDF"}


class FreezeForm(forms.Form):
    """The day whose Book is frozen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"] = DayField(label=_("截至日"), help_text=_("按现在所知，看这一天的数。"))


@login_required
def frozen_page(request: HttpRequest) -> HttpResponse:
    """List the frozen Books with their packs."""
    return _page(request)


@login_required
@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze the Book of a day, in the background."""
    at = datetime.now(UTC)
    actor, form = viewer_now(request.user.person_id, at), FreezeForm(request.POST)
    if not may_freeze(actor):
        raise not_allowed("book.freeze")
    if form.is_valid():
        try:
            return to_job(request, ask_freeze(actor, at, form.cleaned_data["day"], get_language() or "zh-hans"))
        except DachengError as problem:
            form.add_error(None, said(problem))
    return _page(request, form)


@login_required
def frozen_pack_file(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """Return the four tables of a frozen Book as a file, as far as the reader sees."""
    asked = asking(request)
    return _file(frozen_pack(name, asked.viewer, asked.at, request.GET.get("unit", "")), kind)


@login_required
def live_pack_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the four tables of the Book that is looked at as a file; it says that its data are live."""
    return _file(pack_of(live(asking(request).book), None, request.GET.get("unit", "")), kind)


def _file(pack: Pack, kind: str) -> HttpResponse:
    name, content_type, content = pack_file(pack, kind, get_language() or "zh-hans")
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{iri_to_uri(name)}"
    return response


def _page(request: HttpRequest, form: forms.Form | None = None) -> HttpResponse:
    request.section = "settings"
    viewer = asking(request).viewer
    context = {
        "crumbs": settings_crumbs(_("存档")),
        "table": _table(frozen_books()),
        "form": (form or FreezeForm(initial={"day": asking(request).book.as_of_day})) if may_freeze(viewer) else None,
        "live": [{"label": word, "url": reverse("web:live-pack", args=[kind])} for kind, word in KIND_WORDS.items()],
    }
    return render(request, "settings/frozen.html", context, status=422 if form is not None else 200)


def _table(books: list[Frozen]) -> dict[str, Any]:
    columns = (
        ("day", _("截至日")), ("at", _("什么时候")), ("by", _("谁")), ("facts", _("事实")), ("digest", "SHA-256"),
        ("pack", _("四表")),
    )  # fmt: skip
    return {
        "title": _("存档"),
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": "num" if key == "facts" else "text", "first": key == "day"}
            for key, label in columns
        ],
        "rows": [{"id": one.name, "cells": _cells(one)} for one in books],
        "empty": {"sentence": _("还没有存档。"), "hint": _("存下一天的数，会议里的数字以后就不会变。")},
    }


def _cells(one: Frozen) -> list[dict[str, Any]]:
    links = format_html_join(
        " ",
        '<a href="{}" download>{}</a>',
        ((reverse("web:frozen-pack", args=[one.name, kind]), KIND_WORDS[kind]) for kind in KINDS),
    )
    return [
        {"text": date_of(one.day).isoformat()},
        {"text": shown_moment(one.at)},
        {"text": one.by.name or _("系统")},
        {"text": counted(one.facts, "行")},
        {"text": one.digest[:12], "title": one.digest},
        {"kind": "html", "text": links},
    ]
