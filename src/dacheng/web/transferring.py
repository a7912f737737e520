"""The handover wizard (移交): somebody moves to another unit or leaves, and everything goes its own way from a day on.

First what goes where, then what it does at every node, then one button; one step takes it all back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import Viewer
from dacheng.core.org.schema import ASSIGNMENTS, PEOPLE
from dacheng.service import transferring as service
from dacheng.service.organisation import Organisation, organisation, require_org
from dacheng.service.person import Placed, placed
from dacheng.service.transferring import KINDS, WAYS, Foreseen, Ways, foreseen
from dacheng.store.history import company_day
from dacheng.web.asking import Asking, asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.effect_table import effect_table
from dacheng.web.forms import DayField, chosen
from dacheng.web.leading import led_to
from dacheng.web.organisation import person_url, unit_options
from dacheng.web.people import person_crumbs, undo_url
from dacheng.web.toasts import say
from dacheng.web.unit_changes import people_options


@login_required
def move(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move a person to another unit from a day on."""
    asked, view, today = _opened(request, uid)
    org = organisation(today)
    form = _form(request, asked, org, view, leaves=False)

    def save() -> str:
        given = form.cleaned_data
        service.transfer(**_who(request, asked, uid), unit=UUID(given["unit"]), ways=_ways(given), on=given["on"])
        return person_url(uid)

    change = _change(view, _("调动"), _("调动人员"), version=view.home_version, relation=ASSIGNMENTS)
    return _page(request, asked, view, form, save, change)


@login_required
def leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Mark a person as left from a day on."""
    asked, view, today = _opened(request, uid)
    form = _form(request, asked, organisation(today), view, leaves=True)

    def save() -> str:
        given = form.cleaned_data
        service.leave(**_who(request, asked, uid), ways=_ways(given), on=given["on"])
        return person_url(uid)

    change = _change(view, _("离职"), _("标为离职"), version=view.version, relation=PEOPLE)
    return _page(request, asked, view, form, save, change)


@login_required
@require_POST
def undo(request: HttpRequest, uid: UUID, entry: str) -> HttpResponse:
    """Take a transfer or a leaving back, with everything that was handed over."""
    asked, _view, _today = _opened(request, uid)
    service.undo_transfer(actor=asked.viewer, at=asked.at, entry=entry)
    say(request, _("已撤销。"))
    return led_to(request, person_url(uid))


def _form(request: HttpRequest, asked: Asking, org: Organisation, view: Placed, *, leaves: bool) -> forms.Form:
    """Return what the wizard asks; the address may say what it begins with, else the company's rules do."""
    hands = service.may_hand_over(asked.viewer)
    usual = service.usual_ways(asked.book, leaves=leaves) if hands else dict.fromkeys(KINDS, "person")
    asked_for = {name: request.GET[name] for name in ("unit", "to", *KINDS) if request.GET.get(name)}
    form = forms.Form(request.POST or None, initial={"on": org.day} | usual | asked_for)
    home = view.home_on(org.day)
    if not leaves:
        form.fields["unit"] = chosen(_("调到"), unit_options(org, without={home}))
    form.fields["on"] = DayField(
        label=_("从哪天起"), help_text=_("离职后的第一天。") if leaves else _("前一天还算在原组织。")
    )
    if not leaves and service.works_elsewhere(view.record.record_id, org.day):
        form.fields["engagements"] = forms.ChoiceField(
            label=_("借调与兼职"),
            choices=[("end", _("到这天为止")), ("keep", _("照旧"))],
            help_text=_("在新归属里的，到这天为止。"),
        )
    if not hands:
        return form
    for kind, label in _labels().items():
        form.fields[kind] = forms.ChoiceField(label=label, choices=_options(leaves), help_text=_hints()[kind])
    form.fields["to"] = chosen(
        _("接手的人"), _people(org, view), required=False, help_text=_("不选时，留在原组织的由它的管理者接手。")
    )
    return form


def _labels() -> dict[str, str]:
    return {"deals": _("在途商机"), "targets": _("个人目标"), "credit": _("业绩归属")}


def _hints() -> dict[str, str]:
    return {
        "deals": _("现在还在途的；已经关闭的不动。"),
        "targets": _("从这天起的各月，当月按规则分。"),
        "credit": _("这天起才生效的合同；之前的不动。"),
    }


def _options(leaves: bool) -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    words = {way: label.in_language(language) for way, label in WAYS.items()}
    return [*(words | {"person": _("暂留名下")} if leaves else words).items()]


def _people(org: Organisation, view: Placed) -> list[tuple[str, str]]:
    """Return who could take over, those of the person's own unit first."""
    return [one for one in people_options(org, view.home_on(org.day)) if one[0] != str(view.uid)]


def _ways(given: dict[str, Any]) -> Ways:
    to = given.get("to")
    kept = given.get("engagements") == "keep"
    return Ways.chosen(
        {kind: given.get(kind) for kind in KINDS}, UUID(to) if to else None, engagements="keep" if kept else "end"
    )


def _page(
    request: HttpRequest,
    asked: Asking,
    view: Placed,
    form: forms.Form,
    save: Callable[[], str],
    change: Change,
) -> HttpResponse:
    @cache
    def seen() -> Foreseen:
        given = form.cleaned_data
        unit = UUID(given["unit"]) if given.get("unit") else None
        return foreseen(asked.viewer, asked.at, view.uid, unit, given["on"], _ways(given))

    return changed_page(
        request,
        form,
        save,
        change,
        effects=lambda: seen().said,
        figures=lambda: effect_table(request, seen().table, seen().names),
        undo_url=lambda: undo_url(view),
    )


def _opened(request: HttpRequest, uid: UUID) -> tuple[Asking, Placed, int]:
    """Return who asks, the person and today, to who keeps people."""
    asked = asking(request)
    require_org(asked.viewer, "person.edit")
    return asked, placed(uid), company_day(asked.at)


def _who(request: HttpRequest, asked: Asking, uid: UUID) -> dict[str, Any]:
    text = request.POST.get("version", "")
    actor: Viewer = asked.viewer
    return {"actor": actor, "at": asked.at, "uid": uid, "version": int(text) if text.isdecimal() else 0}


def _change(view: Placed, heading: str, submit: str, **more: Any) -> Change:
    url = person_url(view.uid)
    return Change(
        heading=heading, scope=view.name, submit=submit, crumbs=person_crumbs(view, heading), cancel_url=url, **more
    )
