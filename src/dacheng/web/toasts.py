"""What was just saved, told on the next page, with its undo where there is one."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest


def say(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """Tell something on the next page this person sees, once.

    Args:
        undo_url: address that takes it back when posted to; empty = no undo.
    """
    messages.success(request, text, extra_tags=undo_url)


def waiting(request: HttpRequest) -> Iterator[dict[str, str]]:
    """Yield the contexts of parts/toast.html that wait for a page; whoever takes them has told them."""
    for one in messages.get_messages(request):
        yield {"text": str(one.message), "undo_url": one.extra_tags or ""}
