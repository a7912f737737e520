"""Changes of units, each from a day on: new, moved, closed; what it will do is said before it is done."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import MANAGER
from dacheng.core.org.schema import UNITS
from dacheng.service.names import Name
from dacheng.service.organisation import (
    Organisation,
    UnitView,
    close_unit,
    closing_effects,
    create_unit,
    move_unit,
    moving_effects,
    moving_figures,
    organisation,
    require_org,
    unit_view,
)
from dacheng.service.person import grant_role
from dacheng.store.history import company_day
from dacheng.web.asking import asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.effect_table import effect_table
from dacheng.web.forms import DayField, chosen, day_after
from dacheng.web.organisation import crumbs, standing_organisation, unit_options, unit_url


@login_required
def new_unit(request: HttpRequest) -> HttpResponse:
    """Create a unit under another."""
    asked = asking(request)
    org, today = standing_organisation(asked), company_day(asked.at)
    options = unit_options(org)
    initial = {"parent": request.GET.get("parent", ""), "on": today}
    form = forms.Form(request.POST or None, initial=initial)
    form.fields["name"] = forms.CharField(label=_("名称"), max_length=300)
    form.fields["code"] = forms.CharField(
        label=_("编码"), max_length=100, required=False, help_text=_("不填就自动编一个。")
    )
    form.fields["parent"] = chosen(_("上级"), options, required=bool(options))
    form.fields["on"] = DayField(label=_("从哪天起"))

    def save() -> str:
        given = form.cleaned_data
        parent = UUID(given["parent"]) if given["parent"] else None
        made = create_unit(
            actor=asked.viewer, at=asked.at, name=given["name"], code=given["code"], parent=parent, on=given["on"]
        )
        return unit_url(made.uid)

    change = Change(
        heading=_("新建组织"),
        submit=_("建组织"),
        crumbs=[*crumbs(), {"label": _("新建组织"), "url": ""}],
        cancel_url=reverse("web:organisation"),
    )
    return changed_page(request, form, save, change)


@login_required
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Put a unit under another parent from a day on."""
    asked = asking(request)
    org, today = standing_organisation(asked), company_day(asked.at)
    view = unit_view(uid, org)
    form = forms.Form(request.POST or None, initial={"on": today, "parent": request.GET.get("parent", "")})
    form.fields["parent"] = chosen(_("新的上级"), unit_options(org, without=_subtree(org, view)))
    form.fields["on"] = DayField(label=_("从哪天起"))

    def save() -> str:
        given, version = form.cleaned_data, _version(request)
        move_unit(
            actor=asked.viewer, at=asked.at, uid=uid, parent=UUID(given["parent"]), version=version, on=given["on"]
        )
        return unit_url(uid)

    def effects() -> list[Any]:
        given = form.cleaned_data
        return moving_effects(org, view.record, UUID(given["parent"]), given["on"], today)

    def nodes() -> dict[str, Any]:
        given = form.cleaned_data
        parent = org.of_uid(given["parent"])
        under = parent.unit.unit_id if parent else 0
        table = moving_figures(asked.viewer, asked.at, view.record.record_id, under, given["on"])
        return effect_table(request, table, {one.unit.unit_id: Name(one.unit.code, one.unit.name) for one in org.rows})

    change = _change(view, _("移动组织"), _("移动组织"))
    return changed_page(request, form, save, change, effects=effects, figures=nodes)


@login_required
def close(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Close a unit from a day on; who takes over its people and units is asked where there are any."""
    asked = asking(request)
    org, today = standing_organisation(asked), company_day(asked.at)
    view = unit_view(uid, org)
    others = unit_options(org, without={view.record.record_id})
    form = forms.Form(request.POST or None, initial={"on": today})
    form.fields["on"] = DayField(label=_("从哪天起"))
    if view.row and any(not one.left for one in view.row.people):
        form.fields["people_to"] = chosen(_("人员改归属"), others)
    if any(not one.unit.closed for one in view.children):
        form.fields["units_to"] = chosen(_("下级改由谁管"), others)

    def save() -> str:
        given, version = form.cleaned_data, _version(request)
        takes = {name: UUID(given[name]) if given.get(name) else None for name in ("people_to", "units_to")}
        close_unit(actor=asked.viewer, at=asked.at, uid=uid, version=version, on=given["on"], **takes)
        return unit_url(uid)

    def effects() -> list[Any]:
        given = form.cleaned_data
        takes = given.get("people_to", ""), given.get("units_to", "")
        return closing_effects(org, view.record, *takes, given["on"], today)

    return changed_page(request, form, save, _change(view, _("撤销组织"), _("撤销组织")), effects=effects)


@login_required
def acting_manager(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let somebody manage a unit and everything under it from a day until another, the last one included."""
    asked = asking(request)
    require_org(asked.viewer, "role.grant")
    today = company_day(asked.at)
    org = organisation(today)
    view = unit_view(uid, org)
    form = forms.Form(request.POST or None, initial={"on": today})
    form.fields["person"] = chosen(_("谁来管"), people_options(org, view.record.record_id))
    form.fields["on"] = DayField(label=_("从哪天起"))
    form.fields["last"] = DayField(
        label=_("到哪天为止"), required=False, help_text=_("代理的填最后一天；不填就一直管。")
    )

    def save() -> str:
        given = form.cleaned_data
        until = day_after(given["last"])
        person = UUID(given["person"])
        grant_role(actor=asked.viewer, at=asked.at, person=person, role=MANAGER, unit=uid, on=given["on"], until=until)
        return unit_url(uid)

    notes = [
        _("这几天里他看得到、改得了这个组织和下级的全部，和管理者一样；到期自动收回。"),
        _("他的归属不变，名下的商机和目标不动；原来的管理者也不受影响。"),
    ]
    change = _change(view, _("指定管理者"), _("指定管理者"))
    return changed_page(request, form, save, replace(change, notes=notes, version=0))


def people_options(org: Organisation, first: int) -> list[tuple[str, str]]:
    """Return (public id, name and unit) of everybody at work, those of one unit first."""
    there = sorted(
        (one for one in org.people.values() if not one.left), key=lambda one: (one.unit_id != first, one.code)
    )
    return [
        (str(one.uid), _("%(name)s（%(unit)s）") % {"name": one.name, "unit": org.called(one.unit_id)}) for one in there
    ]


def _change(view: UnitView, heading: str, submit: str) -> Change:
    name = str(view.record.row["name"])
    return Change(
        heading=heading,
        scope=name,
        submit=submit,
        crumbs=[*crumbs(), {"label": name, "url": unit_url(view.uid)}, {"label": heading, "url": ""}],
        cancel_url=unit_url(view.uid),
        version=view.version,
        relation=UNITS,
    )


def _subtree(org: Organisation, view: UnitView) -> set[int]:
    """Return the unit and everything under it: none of them can be its parent."""
    found = {view.record.record_id}
    for one in org.rows:  # parents come before their children
        if one.unit.parent_id in found:
            found.add(one.unit.unit_id)
    return found


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0
