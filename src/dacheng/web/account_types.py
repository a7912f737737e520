"""Customer types drawn from what is written of accounts (从客户得出客户类型): looked at, then done (R043)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.service.account_types import BY, RIGHTS, look_at_types, may_draw
from dacheng.store.account_types import DrawnType
from dacheng.store.actions.segments import draw_segments
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.contacts import customer_crumbs
from dacheng.web.hand_tables import columns_of
from dacheng.web.links import standpoint, with_query


class TypesForm(forms.Form):
    """What the types are drawn from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        self.fields["by"] = forms.ChoiceField(
            label=_("按客户的"),
            choices=[(name, label.in_language(language)) for name, label in BY],
            help_text=_("写法一样的客户归入同一个类型；还没有分类型的客户才动。"),
        )


@login_required
def types_page(request: HttpRequest) -> HttpResponse:
    """Draw customer types from accounts: first which there would be and of how many accounts, then the button."""
    asked = asking(request)
    if not may_draw(asked.viewer):
        raise not_allowed(RIGHTS[0])
    form = TypesForm(request.POST or None)
    back = with_query(reverse("web:customers"), standpoint(request))

    def save() -> str:
        draw_segments(actor=asked.viewer, at=asked.at, by=form.cleaned_data["by"])
        return back

    change = Change(
        heading=_("从客户得出类型"),
        submit=_("归入"),
        cancel_url=back,
        crumbs=customer_crumbs(_("从客户得出类型"), ""),
        notes=[_("得出的类型是划分项：方案按它切分，客单价按它分开看。以后在客户页上改，从改的那天起。")],
        section="customers",
        done=_("客户已归入类型。"),
    )
    return changed_page(
        request,
        form,
        save,
        change,
        figures=lambda: _table(look_at_types(asked.viewer, asked.book, form.cleaned_data["by"])),
    )


def _table(drawn: list[DrawnType]) -> dict[str, Any]:
    """Return each type with how many accounts it gets and which have one already."""
    lines = [
        (one.name, _("已有") if one.segment_id else _("新建") if one.accounts else "", len(one.accounts), one.typed)
        for one in drawn
    ]
    lines.append((_("合计"), "", sum(line[2] for line in lines), sum(line[3] for line in lines)))
    return {
        "title": _("归入后"),
        "columns": columns_of([_("客户类型"), _("划分项"), _("归入的客户"), _("已有类型，不变")]),
        "rows": [
            {
                "id": f"type-{at}",
                "cells": [
                    {"text": name},
                    {"text": state},
                    {"text": figures.count(new), "kind": "strong"},
                    {"text": figures.count(kept)},
                ],
            }
            for at, (name, state, new, kept) in enumerate(lines)
        ],
    }
