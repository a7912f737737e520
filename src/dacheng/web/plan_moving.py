"""Moving an amount (调剂) or a row (换上级) of a plan: what it does is shown before it is done (R041)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.plans.editing import WHOLE_YEAR, moved
from dacheng.core.plans.schema import BUFFER, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.service.plan_grid import may_be_taken
from dacheng.service.plan_placing import place_row, placed
from dacheng.service.plans import move_amount
from dacheng.web import figures
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import MoneyField, chosen
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_effects import of_changed_rows
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_grid_view import PlanFigures, row_label
from dacheng.web.target_grid_view import YEAR


class MoveForm(forms.Form):
    """From which row, to which, how much, of the year or of one month."""

    def __init__(self, *args: Any, found: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grid = found.grid
        named = rows_named(
            found, [at for at in grid.positions if grid.editable[at] and int(grid.sheet.kind[at]) != BUFFER]
        )
        self.fields["giver"] = chosen(_("从谁调出"), named)
        self.fields["taker"] = chosen(_("调给谁"), named)
        frozen = grid.sheet.frozen
        periods = [one for one in found.look.columns if one.key == YEAR or (one.is_month and not frozen[one.months[0]])]
        self.fields["month"] = forms.ChoiceField(
            label=_("期间"),
            choices=[(one.key, one.label) for one in periods],
            help_text=_("全年时每个月调出多少就调入多少，上级各月不变。"),
        )
        words = figures.unit_words(found.look.unit, language=get_language() or "zh-hans")
        self.fields["amount"] = MoneyField(found.look.unit, label=_("金额 %(unit)s") % {"unit": words})

    def clean(self) -> dict[str, Any]:
        """Refuse a move from a row to itself."""
        given = super().clean() or {}
        if given.get("giver") and given.get("giver") == given.get("taker"):
            self.add_error("taker", _("调出和调入是同一行。"))
        return given


@login_required
def move_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move an amount: first what changes, then the button that does it."""
    found = opened(request, uid)
    if not found.grid.editable.any():
        raise not_allowed("plan.edit")
    form = MoveForm(request.POST or None, found=found, initial={"giver": request.GET.get("from", ""), "month": YEAR})

    def save() -> str:
        giver, taker, month, amount = _asked(found, form)
        ids = found.grid.sheet.tree.unit_ids
        rows = int(ids[giver]), int(ids[taker])
        move_amount(found.viewer, found.at, uid, found.grid.measure_id, *rows, month, amount)
        return plan_address(request, "plan", uid)

    change = Change(
        heading=_("调剂"),
        submit=_("调剂"),
        cancel_url=plan_address(request, "plan", uid),
        scope=_("，").join([found.grid.shown.name, found.grid.measure.in_language(get_language() or "zh-hans")]),
        crumbs=plan_crumbs(found.grid.shown, _("调剂"), plan_address(request, "plan", uid)),
        section="targets",
        done=_("已调剂。"),
    )
    return changed_page(
        request,
        form,
        save,
        change,
        figures=lambda: of_changed_rows(found.look, _looked(found, form), _("调剂后")),
        undo_url=lambda: undo_address(found),
    )


def _asked(found: Opened, form: MoveForm) -> tuple[int, int, int, int]:
    """Return giver and taker as positions, the month, and the amount."""
    given = form.cleaned_data
    column = next(one for one in found.look.columns if one.key == given["month"])
    month = WHOLE_YEAR if column.key == YEAR else column.months[0]
    return found.grid.position(given["giver"]), found.grid.position(given["taker"]), month, int(given["amount"])


def _looked(found: Opened, form: MoveForm) -> Sheet:
    one = found.grid.opened
    return moved(one.sheet, *_asked(found, form), one.name, held=one.held)


class PlaceForm(forms.Form):
    """Which row, and below which unit it shall stand."""

    def __init__(self, *args: Any, found: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grid = found.grid
        rows = [at for at in grid.positions if grid.editable[at]]
        self.fields["row"] = chosen(_("谁"), rows_named(found, [at for at in rows if may_be_taken(grid, at)]))
        self.fields["under"] = chosen(
            _("到谁下面"), rows_named(found, [at for at in rows if int(grid.sheet.kind[at]) == UNIT])
        )


def rows_named(found: Opened, rows: Sequence[int]) -> list[tuple[str, str]]:
    """Return key and name of rows, set in by their level."""
    look, grid = found.look, found.grid
    shown = PlanFigures(look, grid.sheet)
    least = min((int(grid.sheet.tree.depth[at]) for at in rows), default=0)
    return [
        (grid.keys[at], "　" * (int(grid.sheet.tree.depth[at]) - least) + row_label(look, shown, at)) for at in rows
    ]


@login_required
def place_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a row under another unit: first what changes, then the button that does it."""
    found = opened(request, uid)
    if not found.grid.editable.any():
        raise not_allowed("plan.edit")
    first = {"row": request.GET.get("from", ""), "under": request.GET.get("under", "")}
    form = PlaceForm(request.POST or None, found=found, initial=first)

    def asked() -> tuple[int, int]:
        return found.grid.position(form.cleaned_data["row"]), found.grid.position(form.cleaned_data["under"])

    def save() -> str:
        ids = found.grid.sheet.tree.unit_ids
        row, under = asked()
        place_row(found.viewer, found.at, uid, int(ids[row]), int(ids[under]))
        return plan_address(request, "plan", uid)

    change = Change(
        heading=_("换上级"),
        submit=_("换上级"),
        cancel_url=plan_address(request, "plan", uid),
        scope=found.grid.shown.name,
        crumbs=plan_crumbs(found.grid.shown, _("换上级"), plan_address(request, "plan", uid)),
        notes=_place_notes(found),
        section="targets",
        done=_("已换上级。"),
    )
    return changed_page(
        request,
        form,
        save,
        change,
        figures=lambda: of_changed_rows(found.look, placed(found.book, found.grid.opened, *asked()), _("之后")),
        undo_url=lambda: undo_address(found),
    )


def _place_notes(found: Opened) -> list[str]:
    """Return what holds of any row: what changes above, and that what is past stays."""
    plan = found.grid.sheet.plan
    notes = [_("各行全年和合计：它自己的数不变，原来的上级少、新的上级多，再往上不变。下级和各指标一起过去。")]
    if plan.frozen:
        month = figures.month(plan.from_ym + plan.frozen)
        notes.append(
            _("%(month)s 以前已生效：有数的留在原上级，从 %(month)s 起到新上级，分成前后两行。") % {"month": month}
        )
    return notes
