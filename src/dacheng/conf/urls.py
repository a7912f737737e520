"""All addresses: the API and the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dacheng.api.app import api
from dacheng.api.refusals import nothing_here
from dacheng.conf import page_urls
from dacheng.conf.page_urls import handler404, handler500

__all__ = ["handler404", "handler500", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    path("api/<path:rest>", nothing_here),
    *page_urls.urlpatterns,
]
