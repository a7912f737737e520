"""Search (搜索): a page, and the same as JSON for Ctrl K (contract in assets/modules/palette.js)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.schema import RELATIONS
from dacheng.core.searching import HOLDS
from dacheng.service.searching import Hit, Hits, Known, opened_before, search
from dacheng.web.asking import Asking, asking
from dacheng.web.links import report_url
from dacheng.web.places import KIND_LABELS, Kind, Place, found_places, places_of

IN_PALETTE = 8
ON_PAGE = 30
MOST_RECENT = 12
RECORD_PAGES = {
    "deals": "web:deal", "contracts": "web:contract", "customers": "web:customer", "contacts": "web:contact",
}  # fmt: skip
REPORT_PAGES = {
    "people": ("deals/list", "owner"),
    "units": ("targets/attainment", "unit"),
}
"""Relation -> report that shows it and the parameter that names it, for what has no page of its own."""

OF_PAGE = {"deal": "deals", "contract": "contracts", "customer": "customers", "contact": "contacts"}
"""Name of a record's page -> its relation."""

Group = dict[str, Any]


@login_required
def search_page(request: HttpRequest) -> HttpResponse:
    """Show what holds the words, as far as the viewer sees it; before any word, what he opened last."""
    text = request.GET.get("q", "").strip()
    asked = asking(request)
    if "application/json" in request.headers.get("Accept", ""):
        opened = request.GET.getlist("recent")[:MOST_RECENT]
        groups = _found(asked, text, IN_PALETTE, opened) if text else _at_first(asked, opened)
        return JsonResponse({"groups": groups})
    context = {
        "heading": _("搜索"),
        "crumbs": [{"label": _("搜索"), "url": ""}],
        "search_text": text,
        "groups": _found(asked, text, ON_PAGE, []) if text else [],
        "most": ON_PAGE,
    }
    return render(request, "search.html", context)


def _found(asked: Asking, text: str, most: int, opened: list[str]) -> list[Group]:
    """Return what holds the words: places and records, the group with the best fit first."""
    recent = [known for path in opened if (known := _record_at(path))]
    records = [(one.fit, _records(one)) for one in search(asked.book, text, limit=most, recent=recent)]
    found = found_places(asked.viewer, text)
    exact = [(fit, place) for fit, place in found if fit <= HOLDS] or found
    places = [
        (min(fit for fit, place in exact if place.kind == kind), _places(kind, [place for _fit, place in exact], most))
        for kind in KIND_LABELS
        if any(place.kind == kind for _fit, place in exact)
    ]
    return [group for _fit, group in sorted([*places, *records], key=lambda one: one[0])]


def _at_first(asked: Asking, opened: list[str]) -> list[Group]:
    """Return what is offered before a word is typed: what was opened last, what one can do, where one can go."""
    places = places_of(asked.viewer)
    recent = _opened(asked, opened, {one.url: one for one in places})
    groups = [{"label": _("最近打开"), "results": recent, "more": False}] if recent else []
    return groups + [_places(kind, places, len(places)) for kind in KIND_LABELS]


def _opened(asked: Asking, opened: list[str], places: dict[str, Place]) -> list[dict[str, str]]:
    known = {path: record for path in opened if (record := _record_at(path))}
    hits = {(hit.relation, hit.name.uid): hit for hit in opened_before(asked.book, list(known.values()))}
    results = []
    for path in dict.fromkeys(opened):
        if path in places:
            results.append(_place(places[path], with_kind=True))
        elif path in known and known[path] in hits:
            results.append(_result(hits[known[path]]))
    return results[:IN_PALETTE]


def _record_at(path: str) -> Known | None:
    """Return the record whose page stands at a path."""
    try:
        found = resolve(path)
    except Resolver404:
        return None
    relation = OF_PAGE.get(found.url_name or "")
    return (relation, str(found.kwargs["uid"])) if relation else None


def _places(kind: Kind | str, places: Iterable[Place], most: int) -> Group:
    listed = [_place(one) for one in places if one.kind == kind]
    return {"label": _(KIND_LABELS[kind]), "results": listed[:most], "more": len(listed) > most}


def _place(place: Place, *, with_kind: bool = False) -> dict[str, str]:
    hint = _(KIND_LABELS[place.kind]) if with_kind else ""
    return {"label": place.label(get_language() or "zh-hans"), "hint": hint, "url": place.url}


def _records(found: Hits) -> Group:
    label = RELATIONS[found.relation].label.in_language(get_language() or "zh-hans")
    return {"label": label, "results": [_result(one) for one in found.hits], "more": found.more}


def _result(hit: Hit) -> dict[str, str]:
    name = hit.name.in_language(get_language() or "zh-hans")
    code = [] if hit.name.code in ("", name) else [hit.name.code]
    return {"label": name, "hint": " / ".join([*code, *hit.beside]), "url": address_of(hit)}


def address_of(hit: Hit) -> str:
    """Return where a hit leads: its page, or the report about it."""
    if hit.relation in RECORD_PAGES:
        return reverse(RECORD_PAGES[hit.relation], args=[hit.name.uid])
    report, parameter = REPORT_PAGES[hit.relation]
    return report_url(report, [(parameter, hit.name.code)])
