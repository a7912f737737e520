"""A dated change: a form, what it will do in words, then the button that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.errors import Conflict, DachengError, NotAllowed, Text
from dacheng.core.relation import Relation
from dacheng.web.fields import both_values
from dacheng.web.forms import said as sentence
from dacheng.web.toasts import say


@dataclass(frozen=True)
class Change:
    """How a change is presented.

    Args:
        submit: the verb of the button. version: of what is changed; 0 = nothing that could be changed meanwhile.
        relation: whose columns a conflict names. notes: sentences that hold whatever is filled in.
        section: the menu item under which the page stands. done: what is said when it is done; blank = it was saved.
    """

    heading: str
    submit: str
    cancel_url: str
    scope: str = ""
    crumbs: Sequence[dict[str, str]] = field(default_factory=list)
    version: int = 0
    relation: Relation | None = None
    notes: Sequence[str] = field(default_factory=list)
    section: str = "settings"
    done: str = ""


def changed_page(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[], str],
    change: Change,
    *,
    effects: Callable[[], Sequence[Text]] | None = None,
    figures: Callable[[], dict[str, Any]] | None = None,
    undo_url: Callable[[], str] | None = None,
) -> HttpResponse:
    """Show the form; on the first press show what the change will do, on the second do it.

    Args:
        save: does it and returns the address to go on to.
        effects: what it will do in words, from a form that was read.
        figures: the same node by node, as parts/table.html shows it; with neither it is done at once.
        undo_url: where what was just done is taken back.

    Raises:
        NotAllowed: the person may not do it at all.
    """
    request.section = change.section
    said: list[str] = []
    clash: list[dict[str, str]] = []
    table: dict[str, Any] | None = None
    at_once = effects is None and figures is None
    if request.method == "POST" and form.is_valid():
        try:
            if at_once or request.POST.get("sure") == as_read(form):
                url = save()
                say(request, change.done or _("已存。"), undo_url=undo_url() if undo_url else "")
                return redirect(url)
            said = [one.in_language(get_language() or "zh-hans") for one in effects()] if effects else []
            table = figures() if figures else None
        except NotAllowed:
            raise
        except Conflict as problem:
            form.add_error(None, sentence(problem))
            clash = both_values(request, change.relation, problem) if change.relation else []
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    hidden = [("version", change.version)] if change.version else []
    looked = bool(said or table or clash)
    context = {
        "heading": change.heading,
        "scope": change.scope,
        "crumbs": change.crumbs,
        "form": form,
        "clash": clash,
        "effects": said or change.notes,
        "effect_table": table,
        "hidden": hidden + ([("sure", as_read(form))] if looked else []),
        "submit": change.submit if looked or at_once else _("看影响"),
        "cancel_url": change.cancel_url,
    }
    status = 409 if clash else 422 if form.errors else 200
    return render(request, "forms/page.html", context, status=status)


def as_read(form: forms.Form) -> str:
    """Return a short name of what the form says, so that only what was looked at is done."""
    read = repr(sorted((name, str(value)) for name, value in form.cleaned_data.items()))
    return sha256(read.encode()).hexdigest()[:16]
