"""「已存。撤销 Ctrl Z」: every save says that it can be taken back, where it can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import Viewer
from dacheng.service.edit_jobs import ask_undo, undoes_in_background
from dacheng.service.people import viewer_now
from dacheng.service.record_history import Event
from dacheng.service.undoing import Undone, entry_written, may_undo, undo_edit
from dacheng.web.job_page import to_job
from dacheng.web.leading import led_to
from dacheng.web.templatetags.figures import counted
from dacheng.web.toasts import say

SEVERAL = ("deal.bulk_edited", "deal.reassigned")
"""Logged actions on many records at once."""

PAGES = {
    "deals": "web:deal", "contracts": "web:contract", "people": "web:person", "contacts": "web:contact",
    "expenses": "web:expense",
}  # fmt: skip
LISTS = {
    "deals": "web:deals", "contracts": "web:deals", "customers": "web:duplicate-customers", "people": "web:people",
    "contacts": "web:customers", "actuals": "web:targets",
    "estimates": "web:setting", "estimate_inputs": "web:setting", "inventory_lines": "web:inventory",
}  # fmt: skip


@login_required
@require_POST
def undo(request: HttpRequest, entry: str) -> HttpResponse:
    """Take one saved step back and return to what it was about."""
    at = datetime.now(UTC)
    viewer = viewer_now(request.user.person_id, at)
    if undoes_in_background(entry):
        return to_job(request, ask_undo(viewer, at, entry, get_language() or "zh-hans"))
    undone = undo_edit(actor=viewer, at=at, entry=entry)
    say(request, _("已撤销。"))
    return led_to(request, _address(undone))


def with_undo(rows: list[dict[str, Any]], history: Sequence[Event], actor: Viewer, *, supervises: bool) -> None:
    """Let the line of the latest step offer to take it back, to whoever may."""
    latest = max(range(len(history)), key=lambda at: history[at].at, default=None)
    if latest is None or not history[latest].entry:
        return
    one = history[latest]
    if may_undo(actor, one.actor_id, one.action, supervises=supervises):
        rows[latest]["undo_url"] = reverse("web:undo", args=[one.entry])
        if one.together > 1 and one.action in SEVERAL:
            rows[latest]["undo_label"] = _("整批还原 %(count)s") % {"count": counted(one.together, "条")}


def say_saved(request: HttpRequest, actor: Viewer, at: datetime) -> None:
    """Tell on the next page that what a person did at a moment is saved, with its undo."""
    toast = saved_toast(actor, at)
    say(request, toast["text"], undo_url=toast["undo_url"])


def saved_toast(actor: Viewer, at: datetime) -> dict[str, str]:
    """Return the context of parts/toast.html for what a person saved at a moment."""
    return {"text": _("已存。"), "undo_url": undo_of(actor, at)}


def undo_of(actor: Viewer, at: datetime) -> str:
    """Return the address that takes back what a person wrote at a moment; empty where nothing can be."""
    entry = entry_written(actor, at)
    return reverse("web:undo", args=[entry]) if entry else ""


def _address(undone: Undone) -> str:
    """Return where to look at what was taken back."""
    several: tuple[UUID, ...] = undone.uids
    if undone.removed or len(several) != 1 or undone.relation not in PAGES:
        return reverse(LISTS[undone.relation])
    return reverse(PAGES[undone.relation], args=[several[0]])
