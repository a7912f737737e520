"""Breaking a plan down (分解): the total, what the months follow, what every row gets; looked at first (R042)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.errors import DachengError, Text
from dacheng.core.period import ym_text
from dacheng.core.plans.breaking_down import broken_down
from dacheng.core.plans.month_ways import MOVABLE, Choice, MonthWeights, even_shares, month_weights, spring_pairs
from dacheng.core.plans.schema import MONTH_WAYS, SEASON, TYPED, UNCHOSEN
from dacheng.core.plans.sheet import Sheet
from dacheng.service.plan_naming import lifts_typed
from dacheng.service.plans import break_down
from dacheng.web import figures
from dacheng.web.changing import Change, changed_page
from dacheng.web.forms import MoneyField, ShareField, said
from dacheng.web.plan_asking import Opened, opened, plan_address, plan_crumbs
from dacheng.web.plan_effects import of_next_level
from dacheng.web.plan_grid_page import undo_address
from dacheng.web.plan_grid_view import PlanLook

STANDS = Text(
    "固定的格和已过的月份不动；其余按行的权重和月份权重重新算，人工改过的会被覆盖。",
    "Pinned cells and months gone by stay; everything else is worked out anew from the weights of rows and months, "
    "and replaces what was changed by hand.",
)


class UpliftField(forms.CharField):
    """Months with an uplift for a festival, typed as 2027-02=30%; its value is month -> basis points."""

    def to_python(self, value: Any) -> Any:
        """Return what was typed."""
        text = super().to_python(value)
        try:
            return lifts_typed(text.replace("，", ",").replace("、", ",").split(",")) if text else {}
        except DachengError as problem:
            raise ValidationError(said(problem)) from None


class BreakDownForm(forms.Form):
    """The total of the plan, and what its open months follow."""

    def __init__(self, *args: Any, found: Opened, usual: MonthWeights, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sheet, language = found.grid.sheet, get_language() or "zh-hans"
        self.fields["total"] = MoneyField(
            found.look.unit,
            label=_("总目标 %(unit)s") % {"unit": _unit_words(found.look)},
            help_text=_("整个期间、最上一行的数。"),
        )
        ways = [(code, label.in_language(language)) for number, code, label in MONTH_WAYS if number != UNCHOSEN]
        self.fields["by"] = forms.ChoiceField(
            label=_("月份按什么"),
            choices=ways,
            initial=_code(SEASON),
            help_text=_("季节系数来自近几年的业绩；工作日来自公司的工作日历；4-4-5 按财季的周数。"),
        )
        if spring_pairs(sheet):
            self.fields["spring"] = forms.BooleanField(
                label=_("春节在 1、2 月间移动：两个月合起来按当年的工作日分"),
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "movable"}),
                help_text=_("只用于季节系数和公司曲线。"),
            )
        self.fields["lifts"] = UpliftField(
            label=_("节日上浮"), required=False, max_length=200, help_text=_("例如 2027-02=30%，其余月份按比例少分。")
        )
        self.months = range(sheet.plan.frozen, sheet.plan.months)
        for month, share in zip(self.months, even_shares(usual, sheet.plan.frozen), strict=True):
            label = _("%(month)s 比例 %%") % {"month": ym_text(sheet.plan.from_ym + month)}
            self.fields[f"m{month}"] = ShareField(label=label, required=False, initial=share)
            self.fields[f"m{month}"].widget.attrs["class"] = "num typed"

    def choice(self, months: int) -> Choice:
        """Return what was chosen of the months of the plan; shares count only where they are typed."""
        given = self.cleaned_data
        by = next(number for number, code, _label in MONTH_WAYS if code == given["by"])
        shares = [given.get(f"m{month}") for month in range(months)] if by == TYPED else []
        return Choice(by, spring=bool(given.get("spring")) and by in MOVABLE, lifts=given["lifts"], shares=shares)


def _code(way: int) -> str:
    return next(code for number, code, _label in MONTH_WAYS if number == way)


def _unit_words(look: PlanLook) -> str:
    return figures.unit_words(look.unit, language=get_language() or "zh-hans")


@login_required
def break_down_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Break a total down anew: first what the months count and the next rows get, then the button that does it."""
    found = opened(request, uid)
    if not found.grid.editable[0]:
        raise not_allowed("plan.edit")
    sheet, language = found.grid.sheet, get_language() or "zh-hans"
    usual = month_weights(found.book, sheet)
    form = BreakDownForm(request.POST or None, found=found, usual=usual, initial=_before(sheet))

    def save() -> str:
        total, choice = form.cleaned_data["total"], form.choice(sheet.plan.months)
        break_down(found.viewer, found.at, uid, found.grid.measure_id, total, choice)
        return plan_address(request, "plan", uid)

    def counted() -> MonthWeights:
        return month_weights(found.book, sheet, form.choice(sheet.plan.months))

    def afterwards() -> Sheet:
        return broken_down(sheet, form.cleaned_data["total"], counted().weight, found.grid.opened.name)

    change = Change(
        heading=_("重新分解"),
        submit=_("重分"),
        cancel_url=plan_address(request, "plan", uid),
        scope=_("，").join([found.grid.shown.name, found.grid.measure.in_language(language)]),
        crumbs=plan_crumbs(found.grid.shown, _("重新分解"), plan_address(request, "plan", uid)),
        notes=[one.in_language(language) for one in [*_of_months(sheet, usual), STANDS]],
        section="targets",
        done=_("已重分。"),
    )
    return changed_page(
        request,
        form,
        save,
        change,
        effects=lambda: [*_of_months(sheet, counted()), STANDS],
        figures=lambda: of_next_level(found.look, afterwards(), _("重分后")),
        undo_url=lambda: undo_address(found),
    )


def _of_months(sheet: Sheet, months: MonthWeights) -> list[Text]:
    """Return what the months follow and what each of them counts, in words."""
    standing = sheet.plan.frozen
    shares = [
        f"{ym_text(sheet.plan.from_ym + month)} {figures.ratio(float(months.share(month, standing)), 2)}"
        for month in range(standing, sheet.plan.months)
    ]
    return [
        Text(f"月份按：{months.source.zh}。", f"Months follow: {months.source.en}."),
        *months.told,
        Text(f"各月占比：{'、'.join(shares)}。", f"Each month's share: {', '.join(shares)}."),
    ]


def _before(sheet: Sheet) -> dict[str, Any]:
    """Return the total that the plan has."""
    year = int(sheet.year[0])
    return {"total": year} if year else {}
