"""What every response gets: the person's language, errors as pages, and no caching of data."""

from __future__ import annotations

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from dacheng.service.problems import expected
from dacheng.web.problems import away_page, problem_page

Respond = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Answer in the person's own language, or the one chosen before signing in."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language for the time of the request."""
        try:
            user = request.user
            chosen = user.language if user.is_authenticated else request.COOKIES.get("language", "zh-hans")
        except (InterfaceError, OperationalError) as problem:
            return away_page(problem)
        with translation.override(chosen if chosen in ("zh-hans", "en") else "zh-hans"):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.respond(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ProblemsMiddleware:
    """Turn expected errors into pages; a database that is away is 503, never a bare 500."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.respond(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Return the page of an expected error; anything else fails loudly."""
        known = expected(problem)
        return problem_page(request, known) if known else None


def question_let_go(respond: Respond) -> Respond:
    """Return middleware that lets the question of a request go with its response.

    A request of Django refers to itself: its Book, a megabyte or two, would wait for the collector.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        try:
            return respond(request)
        finally:
            vars(request).pop("asked", None)

    return answered
