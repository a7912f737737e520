"""A row of a plan split by 80/20 (按 80/20 拆分): who gets what is shown before it is done (R046)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.period import Period, parse_period
from dacheng.core.plans.eighty_twenty import only_people_below
from dacheng.core.plans.schema import PERSON, UNIT
from dacheng.core.targets.ranking import CUSTOMER, MEMBERS
from dacheng.service.plan_parts import Proposal, proposed_parts, split_row
from dacheng.web import figures
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import chosen
from dacheng.web.hand_tables import columns_of
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_moving import rows_named


def splittable(found: Opened, row: int) -> bool:
    """Tell whether the viewer may split a row: a unit or a person with no rows below, or only with those of people."""
    grid = found.grid
    return bool(
        grid.submittable[row]
        and grid.sheet.plan.editable
        and int(grid.sheet.kind[row]) in (UNIT, PERSON)
        and (not grid.has_below(row) or only_people_below(grid.sheet, row))
    )


class SplitForm(forms.Form):
    """Which row, into what, and when its members brought what they are ranked by."""

    def __init__(self, *args: Any, found: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [at for at in found.grid.positions if splittable(found, at)]
        self.fields["row"] = chosen(
            _("拆哪一行"),
            rows_named(found, rows),
            help_text=_("下面还没有再分的组织或人员；只分到人员的组织可以拆成人员。"),
        )
        language = get_language() or "zh-hans"
        into = [(code, label.in_language(language)) for code, label in MEMBERS]
        self.fields["into"] = forms.ChoiceField(
            label=_("拆成"),
            choices=into,
            required=False,
            help_text=_("拆成人员时，其余的人合成一行，他们自己的行撤掉。"),
        )
        self.fields["period"] = forms.CharField(
            label=_("按哪个期间的业绩"),
            max_length=20,
            required=False,
            help_text=_("例如 2026 或 2026-H1；空 = 方案的上年同期。"),
        )


@login_required
def split_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Split a row by 80/20: first who gets what, then the button that does it."""
    found = opened(request, uid)
    if not found.grid.submittable.any():
        raise not_allowed("plan.edit")
    form = SplitForm(request.POST or None, found=found, initial={"row": request.GET.get("from", "")})

    def proposal() -> tuple[int, Period | None, Proposal]:
        row, period = found.grid.position(form.cleaned_data["row"]), _period(found, form.cleaned_data["period"])
        return row, period, proposed_parts(found.book, found.grid.opened, row, period, _into(form))

    def save() -> str:
        row, period, _proposed = proposal()
        row_id = int(found.grid.sheet.tree.unit_ids[row])
        split_row(found.viewer, found.at, uid, found.grid.measure_id, row_id, period, _into(form))
        return plan_address(request, "plan", uid)

    change = Change(
        heading=_("按 80/20 拆分"),
        submit=_("拆分"),
        cancel_url=plan_address(request, "plan", uid),
        scope=found.grid.shown.name,
        crumbs=plan_crumbs(found.grid.shown, _("按 80/20 拆分"), plan_address(request, "plan", uid)),
        notes=[_("带来大部分业绩的逐个成行，其余合成一行；每个指标、每个月都正好等于原来的数，上级不变。")],
        section="targets",
        done=_("已拆分。"),
    )
    return changed_page(
        request,
        form,
        save,
        change,
        figures=lambda: _table(found, proposal()[2]),
        undo_url=lambda: undo_address(found),
    )


def _into(form: forms.Form) -> str:
    return form.cleaned_data["into"] or CUSTOMER


def _period(found: Opened, text: str) -> Period | None:
    return parse_period(text, found.book.rules.fiscal) if text else None


def _table(found: Opened, looked: Proposal) -> dict[str, Any]:
    """Return each part with what it brought and what it gets, and what all of them add up to."""
    language, unit = get_language() or "zh-hans", found.look.unit
    when = looked.period.label(found.book.rules.fiscal).in_language(language)
    member = next(label for code, label in MEMBERS if code == looked.into)
    titles = [member.in_language(language), _("%(period)s业绩") % {"period": when}, _("全年目标")]
    lines: list[tuple[str, int, int | None]] = [
        (part.name.in_language(language), part.brought, part.amount) for part in looked.parts
    ]
    lines.append((_("合计"), sum(part.brought for part in looked.parts), sum(part.amount for part in looked.parts)))
    if looked.left_out:
        lines.append((_("没有写明是谁的，或不在这个组织的人带来，不参与"), looked.left_out, None))
    return {
        "title": _("拆分后"),
        "columns": columns_of(titles),
        "rows": [
            {
                "id": f"part-{at}",
                "cells": [
                    {"text": name},
                    {"text": figures.money(brought, unit)},
                    {"text": "" if amount is None else figures.money(amount, unit), "kind": "strong"},
                ],
            }
            for at, (name, brought, amount) in enumerate(lines)
        ],
    }
