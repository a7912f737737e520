"""People (人员): the list, and one person with home units through time, roles, grants and the way in (R004)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, ROLE_LABEL, Viewer
from dacheng.core.money import percent
from dacheng.core.org.schema import ENGAGED_LABEL, GRANTED, PEOPLE
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.service.entering import entered
from dacheng.service.organisation import Organisation, organisation, require_org
from dacheng.service.person import RELATION_OF_KIND, PersonView, Placed, edit_person, person_view
from dacheng.service.transferring import transfer_entry
from dacheng.store.history import company_day, microseconds
from dacheng.store.queries.organisation import PersonStanding
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.fields import Wording, edited_in_place, event_rows, wording
from dacheng.web.inline import Value, answer
from dacheng.web.links import changed
from dacheng.web.organisation import crumbs, person_url, tabs, unit_url
from dacheng.web.paging import first_row, pager
from dacheng.web.templatetags.figures import counted
from dacheng.web.when import shown_moment

EDITABLE = ("name", "code", "email")
PAGE = 100


@login_required
def people_page(request: HttpRequest) -> HttpResponse:
    """List people with homes, roles and accounts; found by name, code or unit."""
    request.section = "settings"
    asked = asking(request)
    require_org(asked.viewer, "person.edit")
    org = organisation(company_day(asked.at))
    text, all_of_them = request.GET.get("q", "").strip(), request.GET.get("left", "") == "1"
    found = [one for one in org.people.values() if (all_of_them or not one.left) and _meets(org, one, text)]
    first = first_row(request, len(found), PAGE)
    said = wording(request, {})
    context = {
        "heading": _("人员"),
        "scope": _scope(org),
        "crumbs": people_crumbs(),
        "tabs": tabs("people"),
        "buttons": [{"label": _("新建人员"), "url": reverse("web:new-person"), "primary": True}],
        "search_text": text,
        "left": all_of_them,
        "left_url": changed(request, {"left": "" if all_of_them else "1"}),
        "table": _list(said, org, found[first : first + PAGE]),
        "pager": pager(request, first, len(found), PAGE),
    }
    return render(request, "organisation/people.html", context)


@login_required
def person_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one person."""
    viewer = asking(request).viewer
    require_org(viewer, "person.edit")
    return shown_person(request, uid)


@login_required
def person_field(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """Show or save a person's name, number or e-mail."""
    if name not in EDITABLE:
        raise Http404
    asked = asking(request)
    require_org(asked.viewer, "person.edit")

    def read() -> Value:
        view = person_view(uid)
        person, said = view.placed, wording(request, view.placed.names)
        edit, page = _edit(said, person, name), person_url(uid)
        return Value(said, PEOPLE.column(name), edit, person.name, person.version, view.history, page)

    def save(actor: Viewer, at: datetime, text: str, version: int) -> None:
        edit_person(actor=actor, at=at, uid=uid, values={name: entered("people", name, text)}, version=version)

    return answer(request, name, read, save, relation="people", section="settings")


def shown_person(request: HttpRequest, uid: UUID, *, link: str = "") -> HttpResponse:
    """Return a person's page; with the sign-in link that was just made, this once."""
    request.section = "settings"
    asked = asking(request)
    today = company_day(asked.at)
    view = person_view(uid)
    person, said = view.placed, wording(request, view.placed.names)
    context = {
        "heading": person.name,
        "scope": _("，").join(part for part in (person.home_name(today), person.record.row["code"]) if part),
        "crumbs": person_crumbs(person),
        "uid": uid,
        "works": person.works_on(today),
        "buttons": _buttons(person, today),
        "left": figures.day(person.left_day) if person.left_day is not None else "",
        "edits": [_edit(said, person, name) for name in EDITABLE],
        "homes": _homes(said, person, today),
        "undo": undo_url(person),
        "share": percent(person.share_on(today)),
        "engagements": _engagements(said, view, today),
        "roles": _roles(said, view, today),
        "grants": _grants(said, view, today),
        "account": _account(view),
        "link": link,
        "may": {name: asked.viewer.holds(*POLICY[name.replace("_", ".")]) for name in MAY},
        "history": event_rows(said, PEOPLE, view.history),
    }
    return render(request, "organisation/person.html", context)


MAY = ("role_grant", "grant_give", "account_invite")
"""Actions that the page offers, as its template names them."""


def people_crumbs() -> list[dict[str, str]]:
    """Return where the list of people stands."""
    return [*crumbs()[:1], {"label": _("人员"), "url": reverse("web:people")}]


def person_crumbs(person: Placed, step: str = "") -> list[dict[str, str]]:
    """Return where the pages of a person stand."""
    own = [*people_crumbs(), {"label": person.name, "url": person_url(person.uid)}]
    return [*own, {"label": step, "url": ""}] if step else own


def role_words(said: Wording, roles: set[int] | Any) -> str:
    """Return roles in words."""
    return _("、").join(ROLE_LABEL[role].in_language(said.language) for role in sorted(roles))


def _meets(org: Organisation, one: PersonStanding, text: str) -> bool:
    words = (one.name, one.code, org.called(one.unit_id))
    return not text or any(text.casefold() in word.casefold() for word in words)


def _scope(org: Organisation) -> str:
    left = sum(one.left for one in org.people.values())
    parts = [_("在职 %(working)s") % {"working": counted(len(org.people) - left, "人")}]
    parts += [_("离职 %(left)s") % {"left": counted(left, "人")}] if left else []
    return _("，").join(parts)


def _list(said: Wording, org: Organisation, people: list[PersonStanding]) -> dict[str, Any]:
    held: dict[int, set[int]] = {}
    for role in org.roles:
        held.setdefault(role.person_id, set()).add(role.role)
    heads = (
        ("name", _("姓名")),
        ("code", _("工号")),
        ("home", _("归属组织")),
        ("roles", _("角色")),
        ("account", _("账号")),
    )
    rows = []
    for one in people:
        row = org.row(one.unit_id)
        rows.append(
            {
                "outside": one.left,
                "cells": [
                    {"text": one.name, "href": person_url(one.uid)},
                    {"text": one.code},
                    {"text": org.called(one.unit_id), "href": unit_url(row.unit.uid) if row else ""},
                    {
                        "text": role_words(said, held.get(one.person_id, set()))
                        or ("" if one.left else _("销售，未授予"))
                    },
                    {"text": _("已离职") if one.left else account_words(one.active)},
                ],
            }
        )
    return {
        "title": _("人员"),
        "caption": _("人员"),
        "cards": True,
        "columns": [{"key": key, "label": label, "align": "text", "first": key == "name"} for key, label in heads],
        "rows": rows,
        "empty": {"sentence": _("没有找到人。"), "hint": _("换一个词；离职的人要点「含离职」。")},
    }


def account_words(active: bool | None) -> str:
    """Return the state of a way in."""
    if active is None:
        return _("没有账号")
    return _("可登录") if active else _("已停用")


def _edit(said: Wording, view: Placed, name: str) -> dict[str, Any]:
    url = reverse("web:person-field", args=[view.uid, name])
    return edited_in_place(said, PEOPLE.column(name), view.record.row[name], url=url, version=view.version)


def _buttons(view: Placed, today: int) -> list[dict[str, Any]]:
    if not view.works_on(today):
        return []
    return [
        {"label": _("离职"), "url": reverse("web:leave", args=[view.uid])},
        {"label": _("调动"), "url": reverse("web:move-person", args=[view.uid]), "primary": True},
    ]


def undo_url(view: Placed) -> str:
    """Return where the last transfer or leaving is taken back; empty where nothing was."""
    entry = transfer_entry(view.record.record_id)
    return reverse("web:undo-transfer", args=[view.uid, entry]) if entry else ""


def _homes(said: Wording, view: Placed, today: int) -> list[dict[str, str]]:
    return [
        {
            "unit": said.named("units", one.unit_id),
            "span": span(one.from_day, one.to_day),
            "state": _("现在") if one.from_day <= today < one.to_day else _("将来") if one.from_day > today else "",
        }
        for one in view.homes
    ]


def span(from_day: int, to_day: int) -> str:
    """Return the days of something, the last one included; without a first or a last day it says so."""
    if to_day == FAR_DAY:
        return _("一直") if from_day == FIRST_DAY else _("%(day)s 起") % {"day": figures.day(from_day)}
    last = figures.day(to_day - 1)
    if from_day == FIRST_DAY:
        return _("到 %(last)s") % {"last": last}
    return _("%(first)s 到 %(last)s") % {"first": figures.day(from_day), "last": last}


def _engagements(said: Wording, view: PersonView, today: int) -> list[dict[str, Any]]:
    """Return what a person does beside his home."""
    units = view.placed.names.get("units", {})
    return [
        {
            "label": ENGAGED_LABEL[one.kind].in_language(said.language),
            "unit": said.named("units", one.host_id),
            "share": percent(one.share_bp),
            "reason": one.reason,
            "span": span(one.from_day, one.to_day),
            "ended": one.to_day <= today,
            "fields": [("kind", one.kind), ("host", units[one.host_id].uid if one.host_id in units else "")],
        }
        for one in view.engagements
    ]


def _roles(said: Wording, view: PersonView, today: int) -> list[dict[str, Any]]:
    units = view.placed.names.get("units", {})
    return [
        {
            "label": ROLE_LABEL[one.role].in_language(said.language),
            "unit": said.named("units", one.unit_id),
            "span": span(one.from_day, one.to_day),
            "ended": one.to_day <= today,
            "fields": [("role", one.role), ("unit", units[one.unit_id].uid if one.unit_id in units else "")],
        }
        for one in view.roles
    ]


def _grants(said: Wording, view: PersonView, today: int) -> list[dict[str, Any]]:
    """Return the grants by number: the name of a deal is not shown to who does not see it."""
    labels = {number: label for number, _code, label in GRANTED}
    return [
        {
            "label": labels[one.kind].in_language(said.language),
            "code": found.code if found else "",
            "reason": one.reason,
            "span": span(one.from_day, one.to_day),
            "ended": one.to_day <= today,
            "fields": [("relation", RELATION_OF_KIND[one.kind]), ("uid", found.uid if found else "")],
        }
        for one in view.grants
        for found in (view.placed.names.get(RELATION_OF_KIND[one.kind], {}).get(one.object_id),)
    ]


def _account(view: PersonView) -> dict[str, Any]:
    account = view.account
    if account is None:
        return {"state": account_words(None), "exists": False, "active": False, "lines": []}
    last = account.last_sign_in
    lines = [
        (_("账号"), account.username),
        (_("密码"), _("已设") if account.has_password else _("没有，用链接登录")),
        (_("上次登录"), shown_moment(microseconds(last)) if last else _("从未")),
    ]
    return {
        "state": account_words(account.active),
        "exists": True,
        "active": account.active,
        "lines": [{"label": label, "text": text} for label, text in lines],
    }
