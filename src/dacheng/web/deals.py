"""One opportunity (商机)."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse


@login_required
def deal_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one opportunity."""
    raise Http404
