"""Changes of a person: joined, moved, left; roles and grants given and ended; the way in opened and closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import ROLE_LABEL, SEES_UNITS
from dacheng.service import person as service
from dacheng.service.organisation import organisation, require_org
from dacheng.service.person import Placed, placed
from dacheng.store.history import company_day
from dacheng.web.asking import Asking, asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import DayField, chosen, day_after, reason
from dacheng.web.organisation import person_url, unit_options
from dacheng.web.people import person_crumbs, shown_person
from dacheng.web.toasts import say


@login_required
def grant_role(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give a person a role over a unit and everything under it."""
    asked, view, today = opened(request, uid, "role.grant")
    language = get_language() or "zh-hans"
    org = organisation(today)
    home = org.row(view.home_on(today))
    form = forms.Form(request.POST or None, initial={"on": today, "unit": str(home.unit.uid) if home else ""})
    roles = [(str(number), label.in_language(language)) for number, label in ROLE_LABEL.items()]
    form.fields["role"] = chosen(_("角色"), roles)
    form.fields["unit"] = chosen(_("管哪个组织"), unit_options(org), help_text=_("连同它的全部下级。"))
    form.fields["on"] = DayField(label=_("从哪天起"))
    form.fields["last"] = DayField(label=_("到哪天为止"), required=False, help_text=_("含当天；不填就一直有效。"))

    def save() -> str:
        given = form.cleaned_data
        service.grant_role(
            actor=asked.viewer,
            at=asked.at,
            person=uid,
            role=int(given["role"]),
            unit=UUID(given["unit"]),
            on=given["on"],
            until=day_after(given["last"]),
        )
        return person_url(uid)

    seeing = _("、").join(ROLE_LABEL[role].in_language(language) for role in sorted(SEES_UNITS))
    notes = [
        _("%(roles)s看得到所管组织和下级的全部数据；别的角色只看到自己名下的。") % {"roles": seeing},
        _("下一次打开页面就生效。"),
    ]
    return changed_page(request, form, save, changing(view, _("授予角色"), _("授予角色"), notes=notes))


@login_required
@require_POST
def end_role(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a role away from today on."""
    asked, _view, today = opened(request, uid, "role.grant")
    role, unit = request.POST.get("role", ""), request.POST.get("unit", "")
    number = int(role) if role.isdecimal() else 0
    service.revoke_role(actor=asked.viewer, at=asked.at, person=uid, role=number, unit=unit, on=today)
    say(request, _("角色已收回。"))
    return redirect(person_url(uid))


@login_required
def give_grant(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Let a person see one deal or contract outside his units."""
    asked, view, today = opened(request, uid, "grant.give")
    form = forms.Form(request.POST or None, initial={"on": today, "code": request.GET.get("code", "")})
    form.fields["code"] = forms.CharField(label=_("商机号或合同号"), max_length=100)
    form.fields["reason"] = reason(_("为什么要看"), help_text=_("以后查得到。"))
    form.fields["on"] = DayField(label=_("从哪天起"))
    form.fields["last"] = DayField(label=_("到哪天为止"), required=False, help_text=_("含当天；不填就一直有效。"))

    def save() -> str:
        given = form.cleaned_data
        relation, record = service.granted_record(given["code"])
        service.give_grant(
            actor=asked.viewer,
            at=asked.at,
            person=uid,
            relation=relation,
            uid=record,
            reason=given["reason"],
            on=given["on"],
            until=day_after(given["last"]),
        )
        return person_url(uid)

    notes = [_("看得到这一条，不能改，也不计入他的合计。")]
    return changed_page(request, form, save, changing(view, _("授权查看"), _("授权查看"), notes=notes))


@login_required
@require_POST
def end_grant(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Withdraw a grant from today on."""
    asked, _view, today = opened(request, uid, "grant.give")
    relation, record = request.POST.get("relation", ""), request.POST.get("uid", "")
    service.withdraw_grant(actor=asked.viewer, at=asked.at, person=uid, relation=relation, uid=record, on=today)
    say(request, _("授权已收回。"))
    return redirect(person_url(uid))


@login_required
@require_POST
def invite(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a one-time sign-in link; it is shown this once and kept nowhere."""
    asked, _view, _today = opened(request, uid, "account.invite")
    issued = service.invite_person(actor=asked.viewer, at=asked.at, uid=uid)
    path = reverse("web:sign-in-link", args=[issued.secret])
    return shown_person(request, uid, link=request.build_absolute_uri(path))


@login_required
@require_POST
def able_account(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Disable an account, or let it be used again."""
    asked, _view, _today = opened(request, uid, "account.invite")
    active = request.POST.get("active", "") == "1"
    service.able(asked.viewer, asked.at, uid, active=active)
    say(request, _("账号已启用。") if active else _("账号已停用，下一次打开页面就出去了。"))
    return redirect(person_url(uid))


def opened(request: HttpRequest, uid: UUID, action: str) -> tuple[Asking, Placed, int]:
    """Return who asks, the person and today, to who may do the action."""
    asked = asking(request)
    require_org(asked.viewer, action)
    today = company_day(asked.at)
    return asked, placed(uid), today


def changing(view: Placed, heading: str, submit: str, **more: Any) -> Change:
    """Return how a change of a person is presented."""
    url = person_url(view.uid)
    return Change(
        heading=heading, scope=view.name, submit=submit, crumbs=person_crumbs(view, heading), cancel_url=url, **more
    )


def version_sent(request: HttpRequest) -> int:
    """Return the version that the form was shown for; 0 where it names none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0
