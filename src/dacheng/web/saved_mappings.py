"""A saved mapping (存好的映射): its versions, what each reads otherwise, and the way back to an old one."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.errors import Conflict
from dacheng.service import import_mappings as service
from dacheng.service.import_mappings import Saved
from dacheng.web.asking import asking
from dacheng.web.forms import said as sentence
from dacheng.web.imports import crumbs
from dacheng.web.leading import led_to
from dacheng.web.toasts import say
from dacheng.web.when import shown_moment


@login_required
def mapping_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show the versions of a mapping, the latest first, each with what it reads otherwise than the one before."""
    listed = service.versions(asking(request).viewer, name)
    latest = listed[0]
    context = {
        "heading": name,
        "scope": _("这个映射已删除；回到任一版就能再用") if latest.dropped else _("旧版都在，随时可以回到任一版"),
        "crumbs": [*crumbs(), {"label": name, "url": ""}],
        "name": name,
        "dropped": latest.dropped,
        "text": "" if latest.dropped else latest.mapping,
        "is_text": "\n" in latest.mapping,
        "table": _table(request, listed),
    }
    request.section = "settings"
    return render(request, "imports/mapping.html", context)


@login_required
@require_POST
def go_back(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Let the mapping read as an old version did."""
    asked = asking(request)
    seen = request.POST.get("version", "")
    try:
        now = service.go_back(asked.viewer, asked.at, name, number, version=int(seen) if seen.isdecimal() else None)
        say(request, _("又按第 %(old)s 版读，现在是第 %(now)s 版。") % {"old": number, "now": now})
    except Conflict as problem:
        say(request, sentence(problem))
    return led_to(request, reverse("web:import-mapping", args=[name]))


@login_required
@require_POST
def drop_mapping(request: HttpRequest, name: str) -> HttpResponse:
    """Let the mapping read nothing any more; the message leads back."""
    asked = asking(request)
    was = service.read(asked.viewer, name)
    service.drop(asked.viewer, asked.at, name)
    say(request, _("映射已删除。"), undo_url=reverse("web:import-mapping-back", args=[name, was.version]))
    return redirect("web:imports")


def _table(request: HttpRequest, listed: list[Saved]) -> dict[str, Any]:
    """Return the versions as parts/table.html shows them."""
    heads = [
        ("version", _("版本"), "num"),
        ("when", _("何时"), "text"),
        ("who", _("谁"), "text"),
        ("changed", _("和前一版不同的"), "text"),
        ("back", _("回到它"), "text"),
    ]
    return {
        "title": _("各版"),
        "caption": _("各版"),
        "look": "plain",
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": align, "first": key == "version"} for key, label, align in heads
        ],
        "rows": [_row(request, one, before, listed[0]) for one, before in zip_longest(listed, listed[1:])],
    }


def _row(request: HttpRequest, one: Saved, before: Saved | None, latest: Saved) -> dict[str, Any]:
    return {
        "cells": [
            {"text": str(one.version), "kind": "strong"},
            {"text": shown_moment(one.at)},
            {"text": one.by or _("命令行")},
            {"text": _("删除") if one.dropped else _changed(one, before)},
            _way_back(request, one, latest),
        ]
    }


def _changed(one: Saved, before: Saved | None) -> str:
    told = service.changed(one, before)
    labels = {"mapping": _("映射"), "tables": _("表"), "words": _("写法")}
    return _("；").join(f"{label} {told[key]}" for key, label in labels.items() if key in told)


def _way_back(request: HttpRequest, one: Saved, latest: Saved) -> dict[str, Any]:
    """Return the button that leads back to a version; none for the one that reads now."""
    if one.dropped or one.version == latest.version:
        return {"text": "" if one.dropped else _("现在按它读"), "tone": "ink3"}
    url = reverse("web:import-mapping-back", args=[one.name, one.version])
    seen = 0 if latest.dropped else latest.version
    html = render_to_string("imports/back_button.html", {"url": url, "version": one.version, "seen": seen}, request)
    return {"text": html, "kind": "html"}
