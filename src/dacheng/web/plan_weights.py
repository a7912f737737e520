"""Forms of a plan's weights: by factors (按因子), and by shares that people state (按比例) (R048)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.errors import DachengError, NotAllowed, NotFound
from dacheng.core.factors.schema import CAPACITY
from dacheng.core.money import percent
from dacheng.core.plans.fits import Fit
from dacheng.core.plans.weighing import Weighed, weighed
from dacheng.service.factors import factors_named
from dacheng.service.plan_shares import rows_sharing, state_shares
from dacheng.service.plans import weigh
from dacheng.store.queries.plans import fit_reasons
from dacheng.web.forms import FitField, ShareField, said
from dacheng.web.links import report_url
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_tabs import FACTOR_FIGURES as FIGURES
from dacheng.web.plan_tabs import WEIGHTS, plan_code
from dacheng.web.toasts import say

MOST = 100
OWN = "factor-"
"""Before the code of a factor of the company's own in a field's name."""
NAMED_AT_MOST = 5
REASON = "-reason"


class FactorsForm(forms.Form):
    """What each factor counts, as was chosen or by the rules, and the fit of every row directly below one."""

    def __init__(self, *args: Any, found: Opened, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        sheet = found.grid.sheet
        told = weighed(found.book, sheet)
        self.codes = {f"{OWN if number > CAPACITY else ''}{one.code}": one for number, one in factors_named().items()}
        for at, (field, factor) in enumerate(self.codes.items()):  # both are in the order of their numbers
            self.fields[field] = forms.IntegerField(
                label=_("%(factor)s %%") % {"factor": factor.in_language(language)},
                min_value=0,
                max_value=MOST,
                initial=told.choices.counts[int(told.choices.below[0])].get(told.factors[at], 0),
                help_text=_known_of(found, told, at),
                required=False,
            )
        english = language.startswith("en")
        rows = _below(found)
        reasons = fit_reasons(found.grid.measure_id, [int(sheet.tree.unit_ids[row]) for row in rows])
        for row in rows:
            name, key = found.grid.opened.name(row), found.grid.keys[row]
            called = name.en if english and name.en else name.zh
            self.fields[key] = FitField(
                label=_("%(row)s：适配系数") % {"row": called}, initial=int(sheet.years.fit_bp[row]), required=False
            )
            self.fields[f"{key}{REASON}"] = forms.CharField(
                label=_("%(row)s：适配理由") % {"row": called},
                initial=reasons.get(int(sheet.tree.unit_ids[row]), ""),
                max_length=300,
                required=False,
            )

    def counts(self) -> dict[str, int]:
        """Return what each factor counts, percent; a blank one counts nothing."""
        return {name.code: self.cleaned_data[field] or 0 for field, name in self.codes.items()}

    def fits(self, found: Opened) -> dict[int, Fit]:
        """Return what was typed of each row's fit where it differs from what stands; blank = as it stands."""
        said = {}
        for row in _below(found):
            key, number = found.grid.keys[row], int(found.grid.sheet.tree.unit_ids[row])
            if {key, f"{key}{REASON}"} & set(self.changed_data) and self.cleaned_data.get(key) is not None:
                said[number] = Fit(self.cleaned_data[key], self.cleaned_data.get(f"{key}{REASON}", ""))
        return said


def _known_of(found: Opened, told: Weighed, factor: int) -> str:
    """Say of how many rows below the topmost one a factor of the company has a figure, and which have none."""
    if told.factors[factor] <= CAPACITY:
        return ""
    rows = _below(found)
    names = [found.grid.opened.name(row) for row in rows if told.value(factor, row) is None]
    english = (get_language() or "").startswith("en")
    lacking = [one.en if english and one.en else one.zh for one in names]
    said = _("下面 %(rows)s 行里 %(known)s 行有数。") % {"rows": len(rows), "known": len(rows) - len(lacking)}
    if not lacking:
        return said
    missing = _("、").join(lacking[:NAMED_AT_MOST])
    return said + _("没有数，按其余因子算：%(names)s。") % {"names": missing}


class SharesForm(forms.Form):
    """The share of every row directly below one, in percent."""

    def __init__(self, *args: Any, found: Opened, rows: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (get_language() or "").startswith("en")
        weights = found.grid.sheet.years.weight
        whole = sum(int(weights[row]) for row in rows)
        for row in rows:
            name = found.grid.opened.name(row)
            shown = percent(round(int(weights[row]) * 10_000 / whole)) if whole else ""
            self.fields[found.grid.keys[row]] = ShareField(
                label=f"{name.en if english and name.en else name.zh} %",
                required=False,
                help_text=_("现在 %(share)s") % {"share": shown} if shown else "",
            )


@login_required
def weigh_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Weigh the rows of a plan by factors, counting as typed, times the fit of each row."""
    found = _editable(request, uid)
    form = FactorsForm(request.POST or None, found=found)

    def save() -> None:
        changed = weigh(found.viewer, found.at, uid, found.grid.measure_id, form.counts(), form.fits(found))
        say(request, _("已改 %(rows)s 行的权重。") % {"rows": changed}, undo_url=undo_address(found) if changed else "")

    page = {
        "heading": _("按因子设权重"),
        "effects": [
            _("每一行的权重 = Σ 它占同级的比例 × 因子的权重，合计 100%。谁都没有数的因子退出，其余多算。"),
            _("缺某个因子数的行不当 0，在那个因子上按它其余因子的占比算。"),
            _("适配系数再乘上去：客户资源、新市场进度等个人情况，100%% 为不调；偏离超过 %(limit)s 要写理由。")
            % {"limit": percent(found.book.rules.number("plan.fit_without_reason_bp"))},
            _("只改权重，不改目标；之后重新分解，目标才跟着变。"),
        ],
        "submit": _("设权重"),
        "buttons": [
            {"label": _("因子的数"), "url": report_url(FIGURES)},
            *([{"label": _("新建分解因子"), "url": reverse("web:new-factor")}] if _may_make_factors(found) else []),
        ],
    }
    return _form(request, found, form, save, page)


def _may_make_factors(found: Opened) -> bool:
    return found.viewer.holds(*POLICY["factor.edit"])


@login_required
def shares_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """State the share of every row directly below the topmost one that is shown: they make 100 % together."""
    found = _editable(request, uid)
    rows = _below(found)
    form = SharesForm(request.POST or None, found=found, rows=rows)

    def save() -> None:
        typed = {row: form.cleaned_data[found.grid.keys[row]] for row in rows}
        state_shares(found.viewer, found.at, found.grid.opened, found.grid.top or 0, typed)
        say(request, _("权重已设。"), undo_url=undo_address(found))

    page = {
        "heading": _("按比例设权重"),
        "effects": [
            _("合计必须是 100%：没有填的要补上，不分的填 0。"),
            _("只改权重，不改目标；之后重新分解，目标才跟着变。"),
        ],
        "submit": _("设权重"),
    }
    return _form(request, found, form, save, page)


def _editable(request: HttpRequest, uid: UUID) -> Opened:
    found = opened(request, uid)
    if not found.grid.editable.any():
        raise not_allowed("plan.edit")
    return found


def _below(found: Opened) -> list[int]:
    """Return the rows directly below the topmost one that is shown, without a buffer and what is not assigned."""
    return rows_sharing(found.grid.sheet, found.grid.top or 0)


def _form(request: HttpRequest, found: Opened, form: forms.Form, save: Any, page: dict[str, Any]) -> HttpResponse:
    """Show a form of weights, or save it and show what the rows weigh."""
    shown = found.grid.shown
    if request.method == "POST" and form.is_valid():
        try:
            save()
            plan = shown.plan.plan_id
            return redirect(report_url(WEIGHTS, [("plan", plan_code(plan)), ("measure", found.grid.measure.code)]))
        except (NotAllowed, NotFound):
            raise
        except DachengError as problem:
            form.add_error(None, said(problem))
    context = page | {
        "scope": _("，").join([shown.name, found.grid.measure.in_language(get_language() or "zh-hans")]),
        "crumbs": plan_crumbs(shown, page["heading"], plan_address(request, "plan", shown.uid)),
        "form": form,
        "cancel_url": plan_address(request, "plan", shown.uid),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)
