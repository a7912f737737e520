"""Whatever goes wrong under /api answers problem+json, even where no operation was reached."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from dacheng.api.refusals import FIRST_REFUSAL, MEDIA_TYPE, status_response

Respond = Callable[[HttpRequest], HttpResponse]
PREFIX = "/api/"


class ApiProblemsMiddleware:
    """Turn bare refusals of Django (no such address or method, a fault) into problems."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, and put words to a refusal that has none."""
        response = self.respond(request)
        if not request.path.startswith(PREFIX):
            return response
        patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
        if response.status_code < FIRST_REFUSAL or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        spoken = status_response(request, response.status_code)
        for name in ("Allow", "Retry-After"):
            if name in response:
                spoken[name] = response[name]
        return spoken
