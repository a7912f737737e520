"""Work beside the home (借调、兼职) and the working share of a person: begun, ended, changed from a day on (R191)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.org.schema import ENGAGED_AS, PEOPLE, SECONDMENT
from dacheng.service import person as service
from dacheng.service.organisation import organisation
from dacheng.web.changing import changed_page
from dacheng.web.forms import DayField, ShareField, chosen, day_after, reason
from dacheng.web.organisation import person_url, unit_options
from dacheng.web.person_changes import changing, opened, version_sent
from dacheng.web.undoing import say_saved, undo_of

HALF = 5_000


@login_required
def start_engagement(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let a person work in another unit from a day on."""
    asked, view, today = opened(request, uid, "person.edit")
    org, language = organisation(today), get_language() or "zh-hans"
    initial = {"on": today, "kind": SECONDMENT, "share": HALF, "host": request.GET.get("unit", "")}
    form = forms.Form(request.POST or None, initial=initial)
    form.fields["kind"] = forms.ChoiceField(
        label=_("方式"), choices=[(number, label.in_language(language)) for number, _code, label in ENGAGED_AS]
    )
    form.fields["host"] = chosen(_("到哪个组织"), unit_options(org, without={view.home_on(today)}))
    form.fields["share"] = ShareField(label=_("占用比例"), help_text=_("占全职的比例，例如 50%。"))
    form.fields["on"] = DayField(label=_("从哪天起"))
    form.fields["last"] = DayField(label=_("到哪天为止"), required=False, help_text=_("含当天；不填就一直有效。"))
    form.fields["reason"] = reason(required=False)

    def save() -> str:
        given = form.cleaned_data
        service.start_engagement(
            actor=asked.viewer,
            at=asked.at,
            person=uid,
            host=UUID(given["host"]),
            kind=int(given["kind"]),
            share_bp=given["share"],
            reason=given["reason"],
            on=given["on"],
            until=day_after(given["last"]),
        )
        return person_url(uid)

    notes = [
        _("归属不变，商机、业绩、目标都不动，也不多给权限；只有人力按比例从归属组织算到所到的组织。"),
        _("所到组织的管理者看得到谁借调到他那里、占多少。"),
    ]
    change = changing(view, _("借调或兼职"), _("开始"), notes=notes)
    return changed_page(request, form, save, change, undo_url=lambda: undo_of(asked.viewer, asked.at))


@login_required
@require_POST
def end_engagement(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a secondment or part-time work from today on."""
    asked, _view, today = opened(request, uid, "person.edit")
    kind, host = request.POST.get("kind", ""), request.POST.get("host", "")
    number = int(kind) if kind.isdecimal() else 0
    service.end_engagement(actor=asked.viewer, at=asked.at, person=uid, host=host, kind=number, on=today)
    say_saved(request, asked.viewer, asked.at)
    return redirect(person_url(uid))


@login_required
def working_share(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say how much of full time a person works from a day on."""
    asked, view, today = opened(request, uid, "person.edit")
    form = forms.Form(request.POST or None, initial={"share": view.share_on(today), "on": today})
    form.fields["share"] = ShareField(label=_("工作比例"), help_text=_("100% = 全职。"))
    form.fields["on"] = DayField(label=_("从哪天起"))

    def save() -> str:
        given, version = form.cleaned_data, version_sent(request)
        service.set_working_share(
            actor=asked.viewer, at=asked.at, uid=uid, share_bp=given["share"], version=version, on=given["on"]
        )
        return person_url(uid)

    notes = [_("只改人力，目标和业绩不按比例折算。")]
    change = changing(view, _("工作比例"), _("改比例"), notes=notes, version=view.version, relation=PEOPLE)
    return changed_page(request, form, save, change)
