"""The addresses of the pages, and the pages of errors: all that a browser asks for."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("dacheng.web.urls"))]
handler404 = "dacheng.web.problems.page_not_found"
handler500 = "dacheng.web.problems.server_error"
