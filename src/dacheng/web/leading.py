"""Where a step leads: the same place from a form, and from htmx, which swaps only a part of the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def led_to(request: HttpRequest, url: str) -> HttpResponse:
    """Return the response that opens another page, also where only a part of a page was asked for."""
    if not request.headers.get("HX-Request"):
        return redirect(url)
    response = HttpResponse()
    response["HX-Redirect"] = url
    return response
