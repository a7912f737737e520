"""The form that adds a row to a plan (加一行): a vacancy, a partner, an account, a buffer (R019, R031)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.plans.schema import BUFFER, CHANNEL, CUSTOMER, KINDS, RESERVE, UNIT, VACANCY
from dacheng.service.choices import offered_names
from dacheng.store.actions.plan_cells import add_plan_row
from dacheng.web.forms import MonthField, chosen, said
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_grid_view import PlanFigures, row_label
from dacheng.web.toasts import say

ADDED = (VACANCY, CHANNEL, CUSTOMER, BUFFER, RESERVE)
"""Kinds of rows that are added by hand."""


class RowForm(forms.Form):
    """What a row that is added by hand needs."""

    def __init__(self, *args: Any, found: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        grid = found.grid
        units = [at for at in range(len(grid.sheet)) if grid.sheet.kind[at] == UNIT and grid.submittable[at]]
        under = [
            (grid.keys[at], row_label(found.look, PlanFigures(found.look, grid.sheet), at))
            for at in units
            if grid.keys[at]
        ]
        kinds = [(code, label.in_language(language)) for number, code, label in KINDS if number in ADDED]
        self.fields["under"] = chosen(_("加在谁下面"), under)
        self.fields["kind"] = chosen(_("类别"), kinds)
        self.fields["name"] = forms.CharField(
            label=_("名称"), max_length=100, required=False, help_text=_("例如：待招 3 月、江苏渠道。")
        )
        names = offered_names(found.book, {"customers": ()})["customers"]
        self.accounts = {one.uid: one for one in names.values()}
        accounts = [(uid, one.in_language(language)) for uid, one in self.accounts.items()]
        self.fields["account"] = chosen(
            _("客户"), accounts, required=False, help_text=_("渠道或客户的行填；渠道的买入和售出按它取数。")
        )
        self.fields["from_ym"] = MonthField(
            label=_("起始月"), required=False, help_text=_("待招从到岗的月份起才有目标。")
        )

    def values(self) -> dict[str, Any]:
        """Return what the action needs."""
        given = self.cleaned_data
        kind = next(number for number, code, _label in KINDS if code == given["kind"])
        label = next(label for number, _code, label in KINDS if number == kind)
        account = self.accounts.get(given["account"])
        name = given["name"] or (account.name if account else label.in_language(get_language() or "zh-hans"))
        more = {"from_ym": given["from_ym"]} if given["from_ym"] else {}
        return {"kind": kind, "name": name} | more | ({"customer_id": account.uid} if account else {})


@login_required
def new_row(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Add a row to a plan: a vacancy, a channel partner, an account, a buffer, what is not assigned."""
    found = opened(request, uid)
    if not found.grid.submittable.any():
        raise not_allowed("plan.edit")
    form = RowForm(request.POST or None, found=found, initial={"under": request.GET.get("row", "")})
    if request.method == "POST" and form.is_valid():
        try:
            parent = int(found.grid.sheet.tree.unit_ids[found.grid.position(form.cleaned_data["under"])])
            add_plan_row(actor=found.viewer, at=found.at, uid=uid, parent_id=parent, values=form.values())
            say(request, _("已加一行。填它的数，或重新分解。"), undo_url=undo_address(found))
            return redirect(plan_address(request, "plan", uid))
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    context = {
        "heading": _("加一行"),
        "scope": found.grid.shown.name,
        "crumbs": plan_crumbs(found.grid.shown, _("加一行"), plan_address(request, "plan", uid)),
        "form": form,
        "submit": _("加上"),
        "cancel_url": plan_address(request, "plan", uid),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)
