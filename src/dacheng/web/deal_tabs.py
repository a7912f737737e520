"""The tabs of the pages about opportunities: the board, and every report of theirs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.report import REPORTS
from dacheng.web.links import report_url, standpoint, with_query

AREA = "deals/"


def deal_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Return the context of parts/tabs.html.

    Args:
        current: name of a report, or ``board``.
    """
    language = get_language() or "zh-hans"
    reports = [one for name, one in sorted(REPORTS.items()) if name.startswith(AREA) and one.listed]
    pages = [(one.name, one.title.in_language(language), report_url(one.name, standpoint(request))) for one in reports]
    board = ("board", _("看板"), with_query(reverse("web:board"), standpoint(request)))
    ordered = [board, *pages]
    return [{"label": label, "count": None, "url": url, "active": name == current} for name, label, url in ordered]
