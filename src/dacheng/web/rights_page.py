"""Who may do what (谁能做什么): the one policy table, as it is applied (R004)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import ACTION_LABEL, POLICY, ROLE_LABEL, SEES_MONEY, SEES_UNITS
from dacheng.service.organisation import require_org
from dacheng.web.asking import asking
from dacheng.web.organisation import crumbs, tabs


@login_required
def rights_page(request: HttpRequest) -> HttpResponse:
    """Show what each role sees and may do."""
    request.section = "settings"
    require_org(asking(request).viewer, "person.edit")
    language = get_language() or "zh-hans"
    context = {
        "heading": _("谁能做什么"),
        "scope": _("看今天的角色；没有授予角色的人是销售"),
        "crumbs": [*crumbs()[:1], {"label": _("谁能做什么"), "url": ""}],
        "tabs": tabs("rights"),
        "table": _table(language),
    }
    return render(request, "organisation/rights.html", context)


def _table(language: str) -> dict[str, Any]:
    reaches = {"own": _("自己的"), "units": _("所管组织"), "any": _("全公司")}
    seeing = [
        (_("看商机、合同、目标"), {role: _("所管组织") if role in SEES_UNITS else _("自己的") for role in ROLE_LABEL}),
        (_("看和填毛利、成本"), {role: _("能看能填") for role in SEES_MONEY}),
    ]
    doing = [
        (label.in_language(language), {role: reaches[reach] for role, reach in POLICY[action].items()})
        for action, label in ACTION_LABEL.items()
    ]
    heads = [{"key": "action", "label": _("做什么"), "align": "text", "first": True}]
    heads += [
        {"key": str(role), "label": label.in_language(language), "align": "text"} for role, label in ROLE_LABEL.items()
    ]
    rows = [
        {"cells": [{"text": what}, *({"text": may.get(role, "–")} for role in ROLE_LABEL)]}
        for what, may in (*seeing, *doing)
    ]
    return {"title": _("谁能做什么"), "caption": _("谁能做什么"), "columns": heads, "rows": rows, "look": "plain"}
