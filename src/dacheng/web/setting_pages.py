"""The list of settings a person may open."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from dacheng.web.asking import asking


@login_required
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show the settings."""
    request.section = "settings"
    viewer = asking(request).viewer
    pages = [(url, label, hint) for url, label, hint, open_to in _pages() if not open_to or viewer.holds(*open_to)]
    links = [{"url": reverse(url), "label": label, "hint": hint} for url, label, hint in pages]
    return render(request, "settings/settings.html", {"links": links})


def _pages() -> list[tuple[str, str, str, tuple[int, ...]]]:
    """Return (URL name, label, what it is for, roles that may open it; none = everybody)."""
    return []
