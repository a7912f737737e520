"""The form of a budget: fixed, a rate of each measure, and project lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.budget.schema import PURPOSES
from dacheng.core.errors import DachengError
from dacheng.core.money import percent
from dacheng.core.period import Period
from dacheng.service.budgeting import Project, Rate, Wish
from dacheng.service.choices import offered
from dacheng.service.entering import entered
from dacheng.web.asking import Asking
from dacheng.web.figures import Unit
from dacheng.web.forms import BLANK, MoneyField, MonthField, chosen, read
from dacheng.web.forms import said as sentence
from dacheng.web.standpoint import money_unit

BLANK_PROJECTS = 3
PROJECT_FIELDS = ("name", "amount", "first", "last", "purpose", "code")


class RateField(forms.Field):
    """An expense rate in basis points, typed in percent: 5, 5% or 3.25%."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        super().__init__(widget=widget, required=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return the basis points that were typed; None for a blank."""
        text = str(value or "").strip()
        return read(lambda typed: entered("budget_lines", "rate_bp", typed), text) if text else None

    def prepare_value(self, value: Any) -> Any:
        """Return a rate as it is typed."""
        return percent(value) if isinstance(value, int) else value


@dataclass(frozen=True)
class Offered:
    """What the form offers: (public id, name) of units and measures."""

    units: Sequence[tuple[str, str]]
    measures: Sequence[tuple[str, str]]


class BudgetForm(forms.Form):
    """A budget; a measure without a rate, or a project without an amount, is none."""

    def __init__(self, *args: Any, unit: Unit, offers: Offered, projects: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.measures = offers.measures
        self.projects = range(1, projects + 1)
        self.fields["unit"] = chosen(_("组织"), offers.units)
        self.fields["first"] = MonthField(label=_("首月"))
        self.fields["last"] = MonthField(label=_("末月"))
        self.fields["measure"] = chosen(
            _("释放依据"), offers.measures, help_text=_("变动部分按这个指标的累计达成率释放。")
        )
        every = [("3", _("每季")), ("1", _("每月")), ("6", _("每半年")), ("12", _("全年一次"))]
        self.fields["release_months"] = forms.ChoiceField(label=_("多久释放一次"), choices=every)
        self.fields["name"] = forms.CharField(label=_("名称"), required=False, max_length=300)
        self.fields["fixed"] = MoneyField(unit, label=_("固定预算"), help_text=_("全期合计，平均到各月。"))
        self.fields["fixed_purpose"] = _purpose(_("固定预算的用途"))
        for uid, name in offers.measures:
            label = _("%(name)s费用率") % {"name": name}
            help_text = _("变动预算 = 费用率 × 这个组织的目标。") if uid == offers.measures[0][0] else ""
            self.fields[f"rate_{uid}"] = RateField(label=label, help_text=help_text)
        for row in self.projects:
            self._add_project(row, unit)

    def _add_project(self, row: int, unit: Unit) -> None:
        fields: dict[str, forms.Field] = {
            "name": forms.CharField(label=_("项目"), required=False, max_length=300),
            "amount": MoneyField(unit, label=_("金额"), required=False),
            "first": MonthField(label=_("首月"), required=False),
            "last": MonthField(label=_("末月"), required=False),
            "purpose": _purpose(_("用途")),
            "code": forms.CharField(required=False, max_length=100, widget=forms.HiddenInput),
        }
        for name, field in fields.items():
            field.widget.attrs["aria-label"] = _("第 %(number)s 行%(column)s") % {"number": row, "column": field.label}
            self.fields[f"project_{name}_{row}"] = field

    @property
    def head(self) -> list[forms.BoundField]:
        """Return the fields of the budget itself."""
        return [self[name] for name in self.fields if not name.startswith(("rate_", "project_", "fixed"))]

    @property
    def amounts(self) -> list[forms.BoundField]:
        """Return the fields that say how much."""
        return [self[name] for name in self.fields if name.startswith(("rate_", "fixed"))]

    @property
    def project_rows(self) -> list[list[forms.BoundField]]:
        """Return the fields of each project."""
        return [[self[f"project_{name}_{row}"] for name in PROJECT_FIELDS] for row in self.projects]

    def clean(self) -> dict[str, Any]:
        """Refuse months that run backwards and a project that is told in part."""
        given = super().clean() or {}
        self._check_months(given, "first", "last")
        for row in self.projects:
            told = [given.get(f"project_{name}_{row}") for name in ("name", "amount", "first", "last")]
            if any(told) and not all(one not in (None, "") for one in told):
                self.add_error(f"project_amount_{row}", _("项目要有名称、金额、首月和末月；不要就整行清空。"))
            self._check_months(given, f"project_first_{row}", f"project_last_{row}")
        return given

    def _check_months(self, given: Mapping[str, Any], first: str, last: str) -> None:
        if given.get(first) and given.get(last) and given[last] < given[first]:
            self.add_error(last, _("末月早于首月。"))

    def wish(self) -> Wish:
        """Return the budget that was filled in."""
        given = self.cleaned_data
        return Wish(
            unit=UUID(given["unit"]),
            span=Period(given["first"], given["last"] + 1),
            measure=UUID(given["measure"]),
            fixed=given["fixed"],
            rates=[
                Rate(UUID(uid), given[f"rate_{uid}"])
                for uid, _name in self.measures
                if given[f"rate_{uid}"] is not None
            ],
            projects=list(self._projects()),
            release_months=int(given["release_months"]),
            fixed_purpose=_number(given["fixed_purpose"]),
            name=given["name"],
        )

    def _rates(self) -> Iterator[Rate]:
        for uid, _name in self.measures:
            if self.cleaned_data[f"rate_{uid}"] is not None:
                yield Rate(UUID(uid), self.cleaned_data[f"rate_{uid}"])

    def _projects(self) -> Iterator[Project]:
        for row in self.projects:
            name, amount, first, last, purpose, code = (
                self.cleaned_data[f"project_{one}_{row}"] for one in PROJECT_FIELDS
            )
            if amount is not None:
                yield Project(name, amount, Period(first, last + 1), _number(purpose), code)

    def refuse(self, problem: DachengError) -> None:
        """Say in the form why it was not saved."""
        self.add_error(None, sentence(problem))


def budget_form(request: HttpRequest, asked: Asking, wish: Wish | None) -> BudgetForm:
    """Return the form, begun with what stands, or with this fiscal year."""
    language = get_language() or "zh-hans"
    offers = Offered(
        *(
            [(one.uid, one.in_language(language)) for one in offered(asked.book, relation)]
            for relation in ("units", "measures")
        )
    )
    initial = _written(wish) if wish else _new(asked, offers)
    projects = (len(wish.projects) if wish else 0) + BLANK_PROJECTS
    given = request.POST if request.method == "POST" else None
    form = BudgetForm(given, initial=initial, unit=money_unit(request), offers=offers, projects=projects)
    if wish:
        form.fields["unit"].disabled = True
    return form


def _new(asked: Asking, offers: Offered) -> dict[str, Any]:
    fiscal = asked.book.rules.fiscal
    year = fiscal.year(fiscal.year_of(asked.book.months.ym_of(asked.book.today)))
    return {
        "unit": offers.units[0][0] if len(offers.units) == 1 else "",
        "first": year.from_ym,
        "last": year.to_ym - 1,
        "measure": offers.measures[0][0] if offers.measures else "",
        "release_months": "3",
    }


def _written(wish: Wish) -> dict[str, Any]:
    found: dict[str, Any] = {
        "unit": str(wish.unit),
        "first": wish.span.from_ym,
        "last": wish.span.to_ym - 1,
        "measure": str(wish.measure),
        "release_months": str(wish.release_months),
        "name": wish.name,
        "fixed": wish.fixed,
        "fixed_purpose": _code(wish.fixed_purpose),
    }
    found |= {f"rate_{one.measure}": one.rate_bp for one in wish.rates}
    for row, one in enumerate(wish.projects, 1):
        told = (one.name, one.amount, one.period.from_ym, one.period.to_ym - 1, _code(one.purpose), one.code)
        found |= {f"project_{name}_{row}": value for name, value in zip(PROJECT_FIELDS, told, strict=True)}
    return found


def _purpose(label: str) -> forms.ChoiceField:
    language = get_language() or "zh-hans"
    choices = [BLANK, *((code, text.in_language(language)) for _number, code, text in PURPOSES)]
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _number(code: str) -> int | None:
    return next((number for number, known, _text in PURPOSES if known == code), None)


def _code(number: int | None) -> str:
    return next((code for known, code, _text in PURPOSES if known == number), "")
