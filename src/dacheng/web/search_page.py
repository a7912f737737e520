"""Search (搜索): a page, and the same as JSON for Ctrl K (contract in assets/modules/palette.js)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.schema import RELATIONS
from dacheng.service.searching import Hit, Hits, search
from dacheng.web.asking import asking
from dacheng.web.links import report_url

IN_PALETTE = 8
ON_PAGE = 30
RECORD_PAGES = {"deals": "web:deal", "contracts": "web:contract"}
REPORT_PAGES = {
    "customers": ("deals/list", "customer"),
    "people": ("deals/list", "owner"),
    "units": ("targets/attainment", "unit"),
}
"""Relation -> report that shows it and the parameter that names it, for what has no page of its own."""


@login_required
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what holds the words, as far as the viewer sees it."""
    text = request.GET.get("q", "").strip()
    wants_json = "application/json" in request.headers.get("Accept", "")
    found = search(asking(request).book, text, limit=IN_PALETTE if wants_json else ON_PAGE)
    groups = [_group(one) for one in found]
    if wants_json:
        return JsonResponse({"groups": groups})
    context = {
        "heading": _("搜索"),
        "crumbs": [{"label": _("搜索"), "url": ""}],
        "search_text": text,
        "groups": groups,
        "most": ON_PAGE,
    }
    return render(request, "search.html", context)


def _group(found: Hits) -> dict[str, Any]:
    language = get_language() or "zh-hans"
    return {
        "label": RELATIONS[found.relation].label.in_language(language),
        "results": [_result(one, language) for one in found.hits],
        "more": found.more,
    }


def _result(hit: Hit, language: str) -> dict[str, str]:
    name = hit.name.in_language(language)
    code = [] if hit.name.code in ("", name) else [hit.name.code]
    return {"label": name, "hint": " / ".join([*code, *hit.beside]), "url": address_of(hit)}


def address_of(hit: Hit) -> str:
    """Return where a hit leads: its page, or the report about it."""
    if hit.relation in RECORD_PAGES:
        return reverse(RECORD_PAGES[hit.relation], args=[hit.name.uid])
    report, parameter = REPORT_PAGES[hit.relation]
    return report_url(report, [(parameter, hit.name.code)])
