"""One value edited in place, for any record: shown, saved, refused, or both values when two people met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from dacheng.core.access import Viewer
from dacheng.core.errors import Conflict, DachengError
from dacheng.core.relation import Column
from dacheng.service.entering import entered
from dacheng.service.people import viewer_now
from dacheng.service.record_history import Event
from dacheng.web.fields import Wording, clash
from dacheng.web.forms import said as sentence
from dacheng.web.standpoint import money_unit
from dacheng.web.undoing import saved_toast, say_saved


@dataclass(frozen=True)
class Value:
    """One value of a record as it stands.

    Args:
        edit: the context of parts/edit.html; heading: what the record is called.
        page_url: of the record.
        beside: what else of the page changes with it: target, a CSS selector, and its text.
    """

    said: Wording
    column: Column
    edit: dict[str, Any]
    heading: str
    version: int
    history: Sequence[Event]
    page_url: str
    beside: dict[str, str] | None = None


Read = Callable[[], Value]
Save = Callable[[Viewer, datetime, str, int], object]
"""Save what was typed over a version."""


def answer(request: HttpRequest, name: str, read: Read, save: Save, *, relation: str, section: str) -> HttpResponse:
    """Answer the request for one value: a form for who has no JavaScript, a part of the page for who has.

    Args:
        read: called after the save, so that what is shown is what stands.
    """
    request.section = section
    if request.method != "POST":
        return _shown(request, read())
    text, version = request.POST.get(name, ""), request.POST.get("version", "")
    at = datetime.now(UTC)
    actor = viewer_now(request.user.person_id, at)
    try:
        save(actor, at, text, int(version) if version.isdecimal() else 0)
    except Conflict:
        return _met(request, read(), relation, text)
    except DachengError as problem:
        return _shown(request, read(), typed=text, problem=problem)
    if not request.headers.get("HX-Request"):
        say_saved(request, actor, at)
        return redirect(read().page_url)
    return _shown(request, read(), toast=saved_toast(actor, at))


def _shown(
    request: HttpRequest,
    value: Value,
    *,
    typed: str = "",
    problem: DachengError | None = None,
    toast: dict[str, str] | None = None,
) -> HttpResponse:
    """Return the value as it stands, with what went wrong or with word that it is saved."""
    edit = value.edit | ({"error": sentence(problem), "value": typed} if problem else {})
    template = "forms/value.html" if request.headers.get("HX-Request") else "forms/value_page.html"
    crumbs = [{"label": value.heading, "url": value.page_url}, {"label": edit["label"], "url": ""}]
    context = {"edit": edit, "toast": toast, "heading": value.heading, "crumbs": crumbs, "page_url": value.page_url}
    context |= {"beside": value.beside}
    return render(request, template, context, status=422 if problem else 200)


def _met(request: HttpRequest, value: Value, relation: str, typed: str) -> HttpResponse:
    """Return both values: what was typed, and what stands now by whom."""
    yours = _yours(request, value, relation, typed)
    conflict = clash(value.said, value.edit, yours=yours, typed=typed, history=value.history, version=value.version)
    template = "parts/conflict.html" if request.headers.get("HX-Request") else "forms/conflict_page.html"
    return render(request, template, {"conflict": conflict, "heading": value.heading}, status=409)


def _yours(request: HttpRequest, value: Value, relation: str, typed: str) -> str:
    """Return what was typed as it would be shown."""
    if value.column.kind in ("ref", "choice"):
        return str(dict(value.edit.get("options", [])).get(typed, typed))
    try:
        return value.said.shown(
            value.column, entered(relation, value.column.name, typed, money_unit=money_unit(request))
        )
    except DachengError:
        return typed
