"""The tree of the organisation (组织树): of today, where units and people are taken elsewhere, or of any other day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dacheng.core.org.schema import FULL_TIME
from dacheng.core.period import date_of
from dacheng.service.organisation import Organisation, UnitRow, organisation, require_org
from dacheng.store.history import company_day
from dacheng.store.periods import company_months
from dacheng.store.queries.organisation import PersonStanding
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.links import changed, report_url
from dacheng.web.organisation import crumbs, guest_links, left_mark, named, tabs, unit_url
from dacheng.web.standpoint import day_picker
from dacheng.web.templatetags.figures import counted

DEEPEST = 8
"""Units further down are indented no more."""


@dataclass(frozen=True)
class Looking:
    """The organisation that is shown, and today's where that is another.

    Args:
        movable: units and people can be taken elsewhere.
    """

    org: Organisation
    now: Organisation | None
    movable: bool


@login_required
def organisation_page(request: HttpRequest) -> HttpResponse:
    """Show the tree of units as it stands on a day, or today's while another day is looked at."""
    request.section = "settings"
    asked = asking(request)
    require_org(asked.viewer)
    today = company_day(asked.at)
    day = today if asked.as_of_day is None else asked.as_of_day
    then = request.GET.get("basis", "") != "today"
    org = organisation(day if then else today)
    look = Looking(org, organisation(today) if org.day != today else None, movable=day == today)
    context = {
        "heading": _("组织"),
        "scope": _scope(org),
        "crumbs": crumbs(),
        "tabs": tabs("organisation"),
        "asof": day_picker(request, day, today, company_months())
        | {"basis": _switch(request, then) if day != today else None},
        "buttons": [
            {"label": _("人力"), "url": report_url("org/capacity", [("as_of", date_of(day).isoformat())])},
            {"label": _("新建组织"), "url": reverse("web:new-unit"), "primary": True},
        ],
        "table": _tree(look),
        "movable": look.movable,
        "today": date_of(today).isoformat(),
    }
    return render(request, "organisation/organisation.html", context)


def _switch(request: HttpRequest, then: bool) -> dict[str, Any]:
    """Return the switch between the organisation of the day and today's."""
    options = [("", _("当时组织"), _("这一天的上级和归属")), ("today", _("今日组织"), _("今天的上级和归属"))]
    return {
        "text": options[0 if then else 1][1],
        "options": [
            {"label": label, "hint": hint, "url": changed(request, {"basis": code}), "active": (code == "") == then}
            for code, label, hint in options
        ],
    }


def _scope(org: Organisation) -> str:
    working = sum(not one.left for one in org.people.values())
    closed = sum(one.unit.closed for one in org.rows)
    parts = [counted(len(org.rows) - closed, "个组织"), counted(working, "人")]
    parts += [_("另有 %(closed)s已撤销") % {"closed": counted(closed, "个组织")}] if closed else []
    return _("，").join(parts)


def _tree(look: Looking) -> dict[str, Any]:
    """Return the tree as parts/table.html shows it; today's with what can be done with each unit."""
    heads = [
        ("unit", _("组织"), "text"),
        ("managers", _("管理者"), "text"),
        ("working", _("在职，含下级"), "num"),
        ("fte", _("人力"), "num"),
        ("people", _("直属人员"), "text"),
    ]
    heads += [("steps", _("可以做的"), "text")] if look.movable else []
    return {
        "title": _("组织"),
        "caption": _("组织"),
        "look": "tree",
        "cards": True,
        "columns": [
            {"key": key, "label": label, "align": align, "first": key == "unit"} for key, label, align in heads
        ],
        "rows": [_tree_row(one, look) for one in look.org.rows],
        "empty": {
            "sentence": _("这一天还没有组织。"),
            "hint": _("换一个截至日，或新建第一个组织。"),
        },
    }


def _unit_cell(one: UnitRow, look: Looking) -> SafeString:
    """Return a unit's name at its depth; ``data-`` says to assets/tree.js what may be taken and who may take it in."""
    own = "data-movable" if look.movable and one.unit.parent_id and not one.unit.closed else ""
    return format_html(
        '<span class="depth-{}" data-unit="{}" data-depth="{}" {} {}><a class="door" href="{}">{}</a>{}{}</span>',
        min(one.depth, DEEPEST),
        one.unit.uid,
        one.depth,
        own,
        "data-closed" if one.unit.closed else "",
        unit_url(one.unit.uid),
        one.unit.name,
        _word(_("已撤销")) if one.unit.closed else "",
        _now_elsewhere(one, look),
    )


def _now_elsewhere(one: UnitRow, look: Looking) -> SafeString | str:
    """Say where a unit of another day stands today, if that differs."""
    row = look.now.row(one.unit.unit_id) if look.now else None
    if look.now is None or row is None:
        return ""
    if row.unit.closed and not one.unit.closed:
        return _word(_("今日已撤销"))
    if row.unit.parent_id != one.unit.parent_id:
        return _word(_("今日归 %(unit)s") % {"unit": look.now.called(row.unit.parent_id)})
    return ""


def _links(people: Sequence[PersonStanding], look: Looking) -> SafeString:
    """Return names that open their pages, each to be taken elsewhere, with where they belong today if that differs."""
    return format_html_join(
        _("、"),
        '<span data-person="{}" {}>{}{}{}</span>',
        (
            (
                one.uid,
                "data-movable" if look.movable and not one.left else "",
                named(one, look.org),
                left_mark() if one.left else "",
                _home_now(one, look),
            )
            for one in people
        ),
    )


def _home_now(one: PersonStanding, look: Looking) -> SafeString | str:
    now = look.now.people.get(one.person_id) if look.now else None
    if look.now is None or now is None or (now.unit_id, now.left) == (one.unit_id, one.left):
        return ""
    if now.left and not one.left:
        return _word(_("今日已离职"))
    return _word(_("今日归 %(unit)s") % {"unit": look.now.called(now.unit_id)})


def _word(word: str) -> SafeString:
    return format_html(' <span class="ink3">{}</span>', word)


def _steps(one: UnitRow) -> SafeString:
    """Return links to what can be done with a unit; each names it for whoever does not see the row."""
    if one.unit.closed:
        return SafeString("")
    uid = one.unit.uid
    links = [(f"{reverse('web:new-unit')}?parent={uid}", _("新建下级"))]
    if one.unit.parent_id:
        links += [
            (reverse("web:move-unit", args=[uid]), _("移动")),
            (reverse("web:close-unit", args=[uid]), _("撤销组织")),
        ]
    return format_html_join(
        "\u2003",
        '<a href="{}">{}<span class="aloud"> {}</span></a>',
        ((url, word, one.unit.name) for url, word in links),
    )


def _tree_row(one: UnitRow, look: Looking) -> dict[str, Any]:
    managers = {person.person_id for person in one.managers}
    others = [person for person in one.people if person.person_id not in managers]
    return {
        "outside": one.unit.closed,
        "cells": [
            {"text": _unit_cell(one, look), "kind": "html"},
            {"text": _links(one.managers, look), "kind": "html"},
            {"text": figures.count(one.working)},
            {"text": figures.number(one.fte_bp / FULL_TIME)},
            {"text": _people_and_guests(others, one, look), "kind": "html"},
            *([{"text": _steps(one), "kind": "html"}] if look.movable else []),
        ],
    }


def _people_and_guests(people: list[PersonStanding], row: UnitRow, look: Looking) -> SafeString:
    """Return those at home in a unit, then who is lent to it."""
    parts = [one for one in (_links(people, look), guest_links(row, look.org)) if one]
    return format_html_join(_("；"), "{}", ((one,) for one in parts))
