"""The views of a report above its filter, and the pinned ones on the cockpit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.report import Report, report_named
from dacheng.service.views import KeptView, View, menu_views, query_of, views_kept, views_seen
from dacheng.web.asking import Asking
from dacheng.web.links import pairs_of, report_url, standpoint, with_query

VIEW = "view"
"""Parameter that names the view a page was opened by."""

DAYS = ("as_of", "compare", "show")


def report_views(request: HttpRequest, asked: Asking, report: Report) -> dict[str, Any] | None:
    """Return the context of parts/views.html; None for a report that only opens from a number."""
    if not report.listed:
        return None
    kept = views_seen(asked.viewer, asked.at, report=report.name, among=_kept(request, asked))
    query = query_of(report.name, pairs_of(request))
    opened = request.GET.get(VIEW, "")
    current = next((one for one in kept if str(one.uid) == opened and one.query == query), None)
    tabs = [
        {"label": _("全部"), "url": report_url(report.name, standpoint(request)), "active": not query, "pinned": False}
    ]
    tabs += [_tab(request, one, one is current) for one in kept]
    saving = [("report", report.name), *pairs_of(request)]
    return {
        "tabs": tabs if kept else [],
        "save_url": with_query(reverse("web:new-view"), saving) if query and current is None else "",
        "manage_url": reverse("web:views") if kept else "",
    }


def pinned_views(request: HttpRequest, asked: Asking) -> list[dict[str, Any]]:
    """Return the views that somebody has pinned, of all reports, in his order; asked for once per request."""
    found: list[dict[str, Any]] | None = getattr(request, "pinned_views", None)
    if found is None:
        language, opened = get_language() or "zh-hans", request.GET.get(VIEW, "")
        found = [
            {
                "label": one.name,
                "url": reverse("web:view", args=[one.uid]),
                "hint": report_named(one.report).title.in_language(language),
                "active": str(one.uid) == opened,
            }
            for one in menu_views(asked.viewer, asked.at, _kept(request, asked))
        ]
        request.pinned_views = found
    return found


def _kept(request: HttpRequest, asked: Asking) -> list[KeptView]:
    """Return the views there are, asked for once per request."""
    found: list[KeptView] | None = getattr(request, "kept_views", None)
    if found is None:
        found = views_kept(asked.viewer)
        request.kept_views = found
    return found


def _tab(request: HttpRequest, one: View, active: bool) -> dict[str, Any]:
    kept = [pair for pair in standpoint(request) if pair[0] in DAYS]
    shared = "" if one.own else one.by.name
    return {
        "label": one.name,
        "url": with_query(reverse("web:view", args=[one.uid]), kept),
        "active": active,
        "pinned": one.pinned,
        "hint": _("%(name)s 分享") % {"name": shared} if shared else "",
    }
