"""What nobody looks after (无主的), each with the way to set it right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, Viewer
from dacheng.service.organisation import organisation, require_org
from dacheng.service.orphans import KINDS, Orphan, orphans
from dacheng.store.history import company_day
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.organisation import crumbs, person_url, tabs, unit_url


@login_required
def orphans_page(request: HttpRequest) -> HttpResponse:
    """List units, people, deals and targets that nobody looks after."""
    request.section = "settings"
    asked = asking(request)
    require_org(asked.viewer)
    found = orphans(organisation(company_day(asked.at)), asked.book)
    context = {
        "heading": _("无主的"),
        "scope": _("没有人管的组织、人、商机和目标"),
        "crumbs": [*crumbs(), {"label": _("无主的"), "url": ""}],
        "tabs": tabs("orphans"),
        "table": _table(asked.viewer, found),
    }
    return render(request, "settings/table.html", context)


def _table(viewer: Viewer, found: Sequence[Orphan]) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    heads = [
        ("kind", _("怎么了"), "text"),
        ("unit", _("组织"), "text"),
        ("person", _("人员"), "text"),
        ("count", _("笔数或格数"), "num"),
        ("way", _("怎么办"), "text"),
    ]
    rows = []
    for one in found:
        words, url = _way_out(viewer, one)
        rows.append(
            {
                "cells": [
                    {"text": KINDS[one.kind].in_language(language), "kind": "strong"},
                    {"text": one.unit.unit.name, "href": unit_url(one.unit.unit.uid)} if one.unit else {"text": ""},
                    {"text": one.person.name, "href": person_url(one.person.uid)} if one.person else {"text": ""},
                    {"text": figures.count(one.count) if one.count else ""},
                    {"text": words, "href": url},
                ]
            }
        )
    return {
        "title": _("无主的"),
        "caption": _("无主的"),
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": align, "first": key == "kind"} for key, label, align in heads
        ],
        "rows": rows,
        "notes": [_("商机和目标只列你看得到的；目标是本月和以后各月的。")] if rows else [],
        "empty": {"sentence": _("都有人管。"), "hint": _("组织、人、在途商机和以后各月的目标都有归属。")},
    }


def _way_out(viewer: Viewer, one: Orphan) -> tuple[str, str]:
    """Return what to do about it, and where."""
    if one.kind in ("unmanaged", "managed-by-leaver") and one.unit:
        if not viewer.holds(*POLICY["role.grant"]):
            return _("请系统管理员指定管理者"), ""
        return _("指定管理者"), reverse("web:acting-manager", args=[one.unit.unit.uid])
    if one.kind == "leaver-deals" and one.person:
        return _("转移这些商机"), f"{reverse('web:report', args=['tables/pipeline'])}?{_owner(one.person.code)}"
    if one.kind == "no-role" and one.person:
        if not viewer.holds(*POLICY["role.grant"]):
            return _("没有角色时是销售；要别的请系统管理员授予"), ""
        return _("授予角色"), reverse("web:grant-role", args=[one.person.uid])
    if one.kind == "closed-home" and one.person:
        return _("调动"), reverse("web:move-person", args=[one.person.uid])
    unit = one.unit.unit.code if one.unit else ""
    return _("在目标表格里改"), f"{reverse('web:targets-grid')}?{urlencode({'unit': unit})}"


def _owner(code: str) -> str:
    return urlencode({"owner": code})
