"""The tabs of the pages about strategy: the five steps, and every report of theirs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.report import REPORTS
from dacheng.web.links import report_url, standpoint, with_query

OVERVIEW = "steps"
ORDER = ("goals", "coverage", "horizons", "ogsm", "market", "assigned")


def strategy_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """Return the context of parts/tabs.html.

    Args:
        current: name of a report, or ``OVERVIEW``.
    """
    language = get_language() or "zh-hans"
    reports = [REPORTS[f"strategy/{name}"] for name in ORDER]
    pages = [(one.name, one.title.in_language(language), report_url(one.name, standpoint(request))) for one in reports]
    pages = [(OVERVIEW, _("五步"), with_query(reverse("web:strategy"), standpoint(request))), *pages]
    return [{"label": label, "count": None, "url": url, "active": name == current} for name, label, url in pages]
