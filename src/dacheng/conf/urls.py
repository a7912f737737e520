"""All addresses: pages, the API, and the pages of errors."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from dacheng.api.app import api
from dacheng.api.problems import nothing_here

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("api/<path:rest>", nothing_here),
    path("", include("dacheng.web.urls")),
]
handler404 = "dacheng.web.problems.page_not_found"
handler500 = "dacheng.web.problems.server_error"
