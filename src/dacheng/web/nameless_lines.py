"""Lines of history that name no account (给明细指明客户): chosen, and matched to one (R057)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.history.schema import KINDS
from dacheng.service.choices import options_of
from dacheng.service.nameless_lines import NamelessLine, shown_nameless
from dacheng.store.actions.actuals import RIGHT, name_account
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import chosen
from dacheng.web.links import standpoint, with_query
from dacheng.web.standpoint import money_unit


class AccountForm(forms.Form):
    """Which lines are whose."""

    def __init__(self, *args: Any, asked: Asking, lines: Sequence[NamelessLine], unit: figures.Unit, **kwargs: Any):
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        self.fields["lines"] = forms.MultipleChoiceField(
            label=_("明细"),
            choices=[(str(one.uid), _said(one, unit, language)) for one in lines],
            widget=forms.CheckboxSelectMultiple,
        )
        accounts = options_of(asked.book, "customers", language)
        self.fields["account"] = chosen(_("哪个客户的"), accounts, help_text=_("渠道售出选渠道的客户。"))


@login_required
def nameless_page(request: HttpRequest) -> HttpResponse:
    """Match lines that were brought in without an account to one."""
    asked = asking(request)
    if not asked.viewer.holds(*POLICY[RIGHT]):
        raise not_allowed(RIGHT)
    lines, there = shown_nameless(asked.book)
    form = AccountForm(request.POST or None, asked=asked, lines=lines, unit=money_unit(request))
    address = with_query(reverse("web:nameless-lines"), standpoint(request))

    def save() -> str:
        given = form.cleaned_data
        name_account(
            actor=asked.viewer,
            at=asked.at,
            uids=[UUID(one) for one in given["lines"]],
            customer=UUID(given["account"]),
        )
        return address

    change = Change(
        heading=_("给明细指明客户"),
        submit=_("指明"),
        cancel_url=with_query(reverse("web:plans"), standpoint(request)),
        scope=_("没有写客户的明细 %(count)s 条") % {"count": figures.count(there)},
        notes=[
            _("渠道售出排在前面，其次是单笔成交；合计行不属于哪一个客户，不在其中。")
            if there
            else _("每条明细都写了客户，没有要指明的。")
        ]
        + ([_("先列出 %(shown)s 条。") % {"shown": figures.count(len(lines))}] if there > len(lines) else []),
        crumbs=[
            {"label": _("历史业绩"), "url": with_query(reverse("web:past-results"), standpoint(request))},
            {"label": _("给明细指明客户"), "url": ""},
        ],
        section="targets",
        done=_("已指明客户。"),
    )
    return changed_page(request, form, save, change)


def _said(one: NamelessLine, unit: figures.Unit, language: str) -> str:
    kind = next(label.in_language(language) for number, _code, label in KINDS if number == one.kind)
    words = [one.unit, one.measure, one.line]
    return " · ".join(
        [figures.day(one.day), kind, *(word.in_language(language) for word in words), figures.money(one.amount, unit)]
    )
