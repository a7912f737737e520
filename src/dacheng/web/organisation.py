"""The organisation (组织): the page of one unit, and what its pages share (R004, R029)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, Viewer
from dacheng.core.money import percent
from dacheng.core.org.schema import ENGAGED_LABEL, FULL_TIME, UNITS
from dacheng.core.period import FIRST_DAY
from dacheng.service.entering import entered
from dacheng.service.organisation import (
    Organisation,
    UnitRow,
    UnitView,
    edit_unit,
    organisation,
    require_org,
    unit_view,
)
from dacheng.store.history import company_day
from dacheng.store.queries.organisation import PersonStanding
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording, edited_in_place, event_rows, wording
from dacheng.web.inline import Value, answer
from dacheng.web.tabling import INDENT

EDITABLE = ("name", "code")


@login_required
def unit_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one unit: where it stands, who manages it, who works in it, how it moved."""
    request.section = "settings"
    asked = asking(request)
    org = standing_organisation(asked)
    view = unit_view(uid, org)
    said = wording(request, view.names)
    context = {
        "heading": view.record.row["name"],
        "scope": " / ".join(one.name for one in view.above),
        "crumbs": [*crumbs(), {"label": view.record.row["name"], "url": ""}],
        "edits": [_edit(said, view, name) for name in EDITABLE],
        "facts": _facts(view, org),
        "buttons": _buttons(view, may_appoint=asked.viewer.holds(*POLICY["role.grant"])),
        "closed": bool(view.row and view.row.unit.closed),
        "future": figures.day(view.record.first_day) if view.row is None else "",
        "people": people_table(view.row.people if view.row else [], org),
        "children": [
            {"label": one.unit.name, "url": unit_url(one.unit.uid), "closed": one.unit.closed} for one in view.children
        ],
        "history": event_rows(said, UNITS, view.history),
    }
    return render(request, "organisation/unit.html", context)


@login_required
def unit_field(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """Show or save a unit's name or code."""
    if name not in EDITABLE:
        raise Http404
    require_org(asking(request).viewer)

    def read() -> Value:
        view = unit_view(uid, standing_organisation(asking(request)))
        said = wording(request, view.names)
        edit = _edit(said, view, name)
        return Value(said, UNITS.column(name), edit, view.record.row["name"], view.version, view.history, unit_url(uid))

    def save(actor: Viewer, at: datetime, text: str, version: int) -> None:
        edit_unit(actor=actor, at=at, uid=uid, values={name: entered("units", name, text)}, version=version)

    return answer(request, name, read, save, relation="units", section="settings")


def standing_organisation(asked: Asking) -> Organisation:
    """Return today's organisation to who keeps it."""
    require_org(asked.viewer)
    return organisation(company_day(asked.at))


def crumbs() -> list[dict[str, str]]:
    """Return where the pages of the organisation stand."""
    return [
        {"label": _("设置"), "url": reverse("web:settings")},
        {"label": _("组织"), "url": reverse("web:organisation")},
    ]


def tabs(current: str) -> list[dict[str, Any]]:
    """Return the views of the organisation."""
    pages = (("organisation", _("组织")), ("people", _("人员")), ("orphans", _("无主的")), ("rights", _("谁能做什么")))
    return [
        {"label": label, "url": reverse(f"web:{name}"), "count": None, "active": name == current}
        for name, label in pages
    ]


def unit_url(uid: UUID) -> str:
    """Return the page of a unit."""
    return reverse("web:unit", args=[uid])


def person_url(uid: UUID) -> str:
    """Return the page of a person."""
    return reverse("web:person", args=[uid])


def unit_options(org: Organisation, *, without: set[int] | None = None) -> list[tuple[str, str]]:
    """Return (public id, name) of the open units, indented as in the tree."""
    hidden = without or set()
    return [
        (str(one.unit.uid), INDENT * one.depth + one.unit.name)
        for one in org.open_units()
        if one.unit.unit_id not in hidden
    ]


def named(one: PersonStanding, org: Organisation) -> SafeString:
    """Return a name that opens its page, with what stands beside it."""
    marks = "" if one.left else share_marks(one, org)
    return format_html('<a class="door" href="{}">{}</a>{}', person_url(one.uid), one.name, marks)


def people_links(people: list[PersonStanding] | Any, org: Organisation) -> SafeString:
    """Return names that open their pages; who has left says so, and who works part of the time or elsewhere too."""
    return format_html_join(_("、"), "{}{}", ((named(one, org), left_mark() if one.left else "") for one in people))


def share_marks(one: PersonStanding, org: Organisation) -> SafeString:
    """Return what stands beside a name: a share below full time, and where else somebody works."""
    language = get_language() or "zh-hans"
    words = [] if one.fte_bp == FULL_TIME else [percent(one.fte_bp)]
    words += [
        f"{ENGAGED_LABEL[each.kind].in_language(language)} {org.called(each.host_id)} {percent(each.share_bp)}"
        for each in org.engaged.get(one.person_id, ())
    ]
    return format_html_join("", ' <span class="badge">{}</span>', ((word,) for word in words))


def guest_links(row: UnitRow, org: Organisation) -> SafeString:
    """Return who works in a unit beside his home elsewhere, each with his share."""
    language = get_language() or "zh-hans"
    guests = [(org.people[one.person_id], one) for one in row.guests if one.person_id in org.people]
    return format_html_join(
        _("、"),
        '<a class="door" href="{}">{}</a> <span class="badge">{} {}</span>',
        (
            (person_url(who.uid), who.name, ENGAGED_LABEL[one.kind].in_language(language), percent(one.share_bp))
            for who, one in guests
        ),
    )


def left_mark() -> SafeString:
    """Return the words beside somebody who has left."""
    return format_html(' <span class="ink3">{}</span>', _("已离职"))


def people_table(people: list[PersonStanding] | Any, org: Organisation) -> dict[str, Any]:
    """Return the people of a unit as parts/table.html shows them, those at work first."""
    ordered = sorted(people, key=lambda one: one.left)
    return {
        "title": _("人员"),
        "caption": _("人员"),
        "look": "plain fit",
        "columns": [
            {"key": "name", "label": _("姓名"), "align": "text", "first": True},
            {"key": "code", "label": _("工号"), "align": "text"},
            {"key": "state", "label": _("状态"), "align": "text"},
        ],
        "rows": [
            {
                "cells": [
                    {"text": named(one, org), "kind": "html"},
                    {"text": one.code},
                    {"text": _("已离职") if one.left else _("在职"), "tone": "ink3" if one.left else ""},
                ]
            }
            for one in ordered
        ],
        "empty": {"sentence": _("没有人直接归属这个组织。"), "hint": ""},
    }


def _edit(said: Wording, view: UnitView, name: str) -> dict[str, Any]:
    url = reverse("web:unit-field", args=[view.uid, name])
    return edited_in_place(said, UNITS.column(name), view.record.row[name], url=url, version=view.version)


def _facts(view: UnitView, org: Organisation) -> list[dict[str, Any]]:
    row = view.row
    if row is None:
        return []
    above = view.above[-1] if view.above else None
    return [
        {"label": _("上级"), "text": above.name if above else _("最上级"), "url": unit_url(above.uid) if above else ""},
        {"label": _("管理者"), "text": people_links(row.managers, org) or figures.MISSING},
        {"label": _("在职，含下级"), "text": figures.count(row.working)},
        {"label": _("人力，含下级"), "text": figures.number(row.fte_bp / FULL_TIME)},
        *([{"label": _("借入"), "text": guest_links(row, org)}] if row.guests else []),
        {"label": _("成立日"), "text": _founded(view.record.first_day)},
    ]


def _founded(day: int) -> str:
    return _("起初") if day == FIRST_DAY else figures.day(day)


def _buttons(view: UnitView, *, may_appoint: bool) -> list[dict[str, Any]]:
    """Return what can be done with a unit that is open."""
    if view.row is None or view.row.unit.closed:
        return []
    movable = view.row.unit.parent_id
    buttons = [
        {"label": _("撤销组织"), "url": reverse("web:close-unit", args=[view.uid])},
        {"label": _("移动"), "url": reverse("web:move-unit", args=[view.uid])},
    ]
    return [
        *(buttons if movable else []),
        *([{"label": _("指定管理者"), "url": reverse("web:acting-manager", args=[view.uid])}] if may_appoint else []),
        {"label": _("新建下级"), "url": f"{reverse('web:new-unit')}?parent={view.uid}"},
        {"label": _("新建人员"), "url": f"{reverse('web:new-person')}?home={view.uid}", "primary": True},
    ]
