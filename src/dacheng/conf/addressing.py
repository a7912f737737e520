"""Which addresses a request needs: whoever is shown pages only need not load the API, half as much again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dacheng.api.middleware import PREFIX

PAGES = "dacheng.conf.page_urls"

Respond = Callable[[HttpRequest], HttpResponse]


def addresses_of_pages(respond: Respond) -> Respond:
    """Return middleware that looks for a page among the pages; everything else is looked for among all addresses."""

    def addressed(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            request.urlconf = PAGES
        return respond(request)

    return addressed
