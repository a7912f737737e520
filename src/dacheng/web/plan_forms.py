"""Forms of a plan: break a total down anew (按季节重分), add a row (R019, R031, R041, R042)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.arrays import IntArray
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.period import ym_text
from dacheng.core.plans.breaking_down import broken_down
from dacheng.core.plans.schema import BUFFER, CHANNEL, CUSTOMER, KINDS, RESERVE, UNIT, VACANCY
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.weighing import season_of
from dacheng.service.plans import break_down
from dacheng.store.actions.plan_cells import add_plan_row
from dacheng.web import figures
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import MoneyField, MonthField, chosen, said
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_effects import of_next_level
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_grid_view import PlanFigures, PlanLook, row_label
from dacheng.web.toasts import say

PARTS = 10_000
"""A weight is kept to a ten-thousandth."""

ADDED = (VACANCY, CHANNEL, CUSTOMER, BUFFER, RESERVE)
"""Kinds of rows that are added by hand."""


class WeightField(forms.Field):
    """The weight of a month, a number of at least zero; its value is in ten-thousandths."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off", "size": "7"})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> int:
        """Return what was typed, for example 8.33."""
        try:
            number = Decimal(str(value or "0").strip().rstrip("%"))
        except InvalidOperation:
            raise ValidationError(_("「%(text)s」不是数字。") % {"text": value}) from None
        if not 0 <= number <= PARTS:
            raise ValidationError(_("权重是 0 到 10,000 的数。"))
        return int(number * PARTS)

    def prepare_value(self, value: Any) -> Any:
        """Return a weight as it is typed."""
        return f"{value / PARTS:g}" if isinstance(value, int) else value


class BreakDownForm(forms.Form):
    """The total of the plan and the weight of every month that is open."""

    def __init__(self, *args: Any, found: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheet = found.grid.sheet
        self.fields["total"] = MoneyField(
            found.look.unit,
            label=_("总目标 %(unit)s") % {"unit": _unit_words(found.look)},
            help_text=_("整个期间、最上一行的数。"),
        )
        self.months = range(sheet.plan.frozen, sheet.plan.months)
        for month in self.months:
            label = _("%(month)s 权重") % {"month": ym_text(sheet.plan.from_ym + month)}
            self.fields[f"m{month}"] = WeightField(label=label, required=False)

    def season(self, months: int) -> list[int]:
        """Return the weight of every month of the plan; those that stand have none."""
        return [int(self.cleaned_data.get(f"m{month}") or 0) for month in range(months)]


def _unit_words(look: PlanLook) -> str:
    return figures.unit_words(look.unit, language=get_language() or "zh-hans")


@login_required
def break_down_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Break a total down anew: first what the next rows get, then the button that does it."""
    found = opened(request, uid)
    if not found.grid.editable[0]:
        raise not_allowed("plan.edit")
    past, source = season_of(found.book, found.grid.sheet)
    form = BreakDownForm(request.POST or None, found=found, initial=_before(found.grid.sheet, past))
    sheet, language = found.grid.sheet, get_language() or "zh-hans"

    def asked() -> tuple[int, list[int]]:
        return form.cleaned_data["total"], form.season(sheet.plan.months)

    def save() -> str:
        break_down(found.viewer, found.at, uid, found.grid.measure_id, *asked())
        return plan_address(request, "plan", uid)

    change = Change(
        heading=_("按季节重分"),
        submit=_("重分"),
        cancel_url=plan_address(request, "plan", uid),
        scope=_("，").join([found.grid.shown.name, found.grid.measure.in_language(language)]),
        crumbs=plan_crumbs(found.grid.shown, _("按季节重分"), plan_address(request, "plan", uid)),
        notes=[
            _("月份权重来自：%(source)s。") % {"source": source.in_language(language)},
            _("固定的格和已过的月份不动；其余按行的权重和月份权重重新算，人工改过的会被覆盖。"),
        ],
        section="targets",
        done=_("已重分。"),
    )
    return changed_page(
        request,
        form,
        save,
        change,
        figures=lambda: of_next_level(found.look, broken_down(sheet, *asked(), found.grid.opened.name), _("重分后")),
        undo_url=lambda: undo_address(found),
    )


def _before(sheet: Sheet, season: IntArray) -> dict[str, Any]:
    """Return the total that the plan has, and the weights of its months by the past, in percent."""
    year, whole = int(sheet.year[0]), int(season.sum())
    shape = {f"m{at}": round(int(one) * 100 * PARTS / whole) for at, one in enumerate(season)}
    return shape | ({"total": year} if year else {})


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
        self.fields["from_ym"] = MonthField(
            label=_("起始月"), required=False, help_text=_("待招从到岗的月份起才有目标。")
        )

    def values(self) -> dict[str, Any]:
        """Return what the action needs."""
        given = self.cleaned_data
        kind = next(number for number, code, _label in KINDS if code == given["kind"])
        label = next(label for number, _code, label in KINDS if number == kind)
        name = given["name"] or label.in_language(get_language() or "zh-hans")
        return {"kind": kind, "name": name} | ({"from_ym": given["from_ym"]} if given["from_ym"] else {})


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
            say(request, _("已加一行。填它的数，或按季节重分。"))
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
