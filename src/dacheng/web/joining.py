"""Joining (入职): a person with his home and, in the same step, his role and his first targets (R191)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, ROLE_LABEL
from dacheng.core.period import MONTHS_PER_YEAR, ym_at
from dacheng.service.choices import offered
from dacheng.service.organisation import organisation, require_org
from dacheng.service.person import FirstRole, FirstTarget, join_person
from dacheng.service.settings import currency
from dacheng.store.history import company_day
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import DayField, MoneyField, MonthField, chosen
from dacheng.web.organisation import person_url, unit_options
from dacheng.web.people import people_crumbs
from dacheng.web.standpoint import money_unit

TARGET = ("measure", "first", "last", "total")


class JoiningForm(forms.Form):
    """Who joins where; a role and targets as far as the one who fills it in may give them."""

    name = forms.CharField(max_length=300)
    code = forms.CharField(max_length=100, required=False)
    email = forms.EmailField(max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for all of a target where some of it is given."""
        given = super().clean() or {}
        for name in TARGET if given.get("total") is not None or given.get("measure") else ():
            if name not in self.errors and given.get(name) in (None, ""):
                self.add_error(name, _("要填目标，这一项也要填。"))
        return given


@login_required
def new_person(request: HttpRequest) -> HttpResponse:
    """Create a person with a home unit, a role and first targets."""
    asked = asking(request)
    require_org(asked.viewer, "person.edit")
    form = _form(request, asked, company_day(asked.at))

    def save() -> str:
        given = form.cleaned_data
        values = {name: given[name] for name in ("name", "code", "email") if given[name]}
        who = {"actor": asked.viewer, "at": asked.at, "home": UUID(given["home"]), "on": given["on"]}
        made = join_person(values=values, role=_role(given), target=_target(given), **who)
        return person_url(made.uid)

    change = Change(
        heading=_("新建人员"),
        submit=_("建人员"),
        cancel_url=reverse("web:people"),
        crumbs=[*people_crumbs(), {"label": _("新建人员"), "url": ""}],
        notes=_notes(form),
    )
    return changed_page(request, form, save, change)


def _form(request: HttpRequest, asked: Asking, today: int) -> JoiningForm:
    first = asked.book.months.ym_of(today)
    ends = ym_at(first // MONTHS_PER_YEAR, MONTHS_PER_YEAR)
    initial = {"home": request.GET.get("home", ""), "on": today, "first": first, "last": ends}
    form = JoiningForm(request.POST or None, initial=initial)
    form.fields["name"].label, form.fields["email"].label = _("姓名"), _("邮箱")
    form.fields["code"].label = _("工号")
    form.fields["code"].help_text = _("也是登录账号；不填就自动编一个。")
    units = unit_options(organisation(today))
    form.fields["home"] = chosen(_("归属组织"), units, help_text=_("每人每天恰好归属一个组织。"))
    form.fields["on"] = DayField(label=_("从哪天起"), help_text=_("入职日；更早的商机和合同也算在这个组织。"))
    if asked.viewer.holds(*POLICY["role.grant"]):
        _add_role(form, units)
    if asked.viewer.holds(*POLICY["target.set"]):
        _add_target(form, request, asked)
    return form


def _add_role(form: JoiningForm, units: list[tuple[str, str]]) -> None:
    language = get_language() or "zh-hans"
    roles = [(str(number), label.in_language(language)) for number, label in ROLE_LABEL.items()]
    form.fields["role"] = chosen(_("角色"), roles, required=False, help_text=_("不选就是销售，只看得到自己名下的。"))
    form.fields["over"] = chosen(
        _("管哪个组织"), units, required=False, help_text=_("连同它的全部下级；不选就是归属组织。")
    )


def _add_target(form: JoiningForm, request: HttpRequest, asked: Asking) -> None:
    language = get_language() or "zh-hans"
    measures = [(str(one.uid), one.in_language(language)) for one in offered(asked.book, "measures")]
    form.fields["measure"] = chosen(_("首期目标的指标"), measures, required=False)
    form.fields["first"] = MonthField(label=_("目标从哪个月起"), required=False)
    form.fields["last"] = MonthField(label=_("目标到哪个月为止"), required=False, help_text=_("含这个月。"))
    unit = money_unit(request)
    label = f"{_('这几个月的目标合计')} {figures.unit_words(unit, currency(), language)}"
    form.fields["total"] = MoneyField(unit, label=label, required=False, help_text=_("平均分到每个月，合计不差一分。"))


def _role(given: dict[str, Any]) -> FirstRole | None:
    if not given.get("role"):
        return None
    return FirstRole(int(given["role"]), UUID(given["over"] or given["home"]))


def _target(given: dict[str, Any]) -> FirstTarget | None:
    if given.get("total") is None:
        return None
    return FirstTarget(UUID(given["measure"]), given["first"], given["last"], given["total"])


def _notes(form: JoiningForm) -> list[str]:
    """Say what is left to do, and who does what the form does not offer."""
    notes = [_("人员、角色和目标一起建，有一项不行就都不建。建好后再发登录链接。")]
    if "role" not in form.fields:
        notes.append(_("没有另外授予角色的人是销售，只看得到自己名下的；角色由系统管理员授予。"))
    if "total" not in form.fields:
        notes.append(_("目标由销售运营或主管填写。"))
    return notes
