"""The tabs of the targets menu: the board, the grid, its saves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.web.links import report_url, standpoint

BOARD = "targets/attainment"


def target_tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """Return the tabs; ``active`` is the board's report, ``grid`` or ``saves``."""
    pages = [
        (BOARD, _("达成榜"), report_url(BOARD, standpoint(request))),
        ("grid", _("目标填报"), reverse("web:targets-grid")),
        ("saves", _("填报记录"), reverse("web:targets-saves")),
    ]
    return [{"label": label, "count": None, "url": url, "active": key == active} for key, label, url in pages]
