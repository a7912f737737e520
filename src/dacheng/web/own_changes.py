"""What somebody changed (我的改动): each step with what it did, and taking it back."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.service.log_reading import own_steps
from dacheng.service.undoing import may_try_undo
from dacheng.web.asking import asking
from dacheng.web.fields import wording
from dacheng.web.links import changed
from dacheng.web.log_pages import entry_view

PAGE_STEPS = 30


@login_required
def changes_page(request: HttpRequest) -> HttpResponse:
    """List the reader's own steps on opportunities and contracts, the latest first."""
    asked = asking(request)
    found = own_steps(asked.viewer, asked.book, before=request.GET.get("before", ""), limit=PAGE_STEPS)
    said = wording(request, found.names)
    steps = [
        entry_view(said, one)
        | {"url": "", "undo_url": reverse("web:undo", args=[one.name])}
        | ({} if may_try_undo(asked.viewer, one.actor_id, one.action) else {"undo_url": ""})
        for one in found.entries
    ]
    context = {
        "heading": _("我的改动"),
        "crumbs": [{"label": _("我的改动"), "url": ""}],
        "entries": steps,
        "older_url": changed(request, {"before": found.entries[-1].name}) if found.more else "",
        "newer_url": changed(request, {"before": ""}) if request.GET.get("before") else "",
        "empty": {"sentence": _("你还没有改过商机或合同。"), "hint": _("改过的每一步都列在这里，可以撤销。")},
    }
    return render(request, "own_changes.html", context)
