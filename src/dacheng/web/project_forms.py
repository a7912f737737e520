"""Forms of a delivery project: what it says of itself, and its milestones row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dacheng.core.delivery.schema import MILESTONE_KINDS, MILESTONES, PROJECTS
from dacheng.service.names import Name
from dacheng.service.strategy import offered
from dacheng.store.standing import Standing
from dacheng.store.triggering import of_contract
from dacheng.web.asking import Asking
from dacheng.web.fields import Wording
from dacheng.web.forms import BLANK, DayField
from dacheng.web.record_forms import PercentField, RecordForm

PLANNED = ("code", "name", "manager_id", "start_day", "budget")
FOLLOWED = (
    "name", "manager_id", "start_day", "budget", "spent", "estimate", "done_bp", "obstacle", "obstacle_note", "step",
    "step_due_day",
)  # fmt: skip
COSTS = ("budget", "spent", "estimate")
FIRST_ROWS, MORE_ROWS, MOST_ROWS = 3, 3, 200
PREFIX = "steps"
USUAL = (("到货", "delivery"), ("终验", "acceptance"))
"""Milestones that a new project begins with."""


def project_form(
    request: HttpRequest, asked: Asking, said: Wording, record: Standing | None, begun: Mapping[str, Any]
) -> RecordForm:
    """Return the form of a new project, or of one that is followed; costs only for who sees them."""
    sees_cost = "money-private" in asked.book.scope.classes
    names = [name for name in (FOLLOWED if record else PLANNED) if sees_cost or name not in COSTS]

    def people(relation: str, also: Sequence[int | None]) -> Sequence[tuple[int, Name]]:
        return offered(asked.book, relation, also)

    given = request.POST if request.method == "POST" else None
    form = RecordForm(given, relation=PROJECTS, names=names, said=said, offered=people, record=record, begun=begun)
    if "code" in form.fields:
        form.fields["code"].required = False
        form.fields["code"].help_text = _("不填就自动编一个。")
    return form


class StepForm(forms.Form):
    """One milestone; without a name it is none, and one that stood goes."""

    def __init__(self, *args: Any, said: Wording, terms: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = {name: MILESTONES.column(name) for name in ("name", "kind", "planned_day", "share_bp", "term_id")}
        label = {name: said.label(column) for name, column in columns.items()}
        kinds = [(code, one.in_language(said.language)) for _number, code, one in MILESTONE_KINDS]
        self.fields["code"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["name"] = forms.CharField(label=label["name"], required=False, max_length=300)
        self.fields["kind"] = forms.ChoiceField(label=label["kind"], choices=kinds, initial="other")
        self.fields["planned_day"] = DayField(label=label["planned_day"], required=False)
        self.fields["share_bp"] = PercentField("milestones", "share_bp", label=label["share_bp"], required=False)
        self.fields["term_id"] = forms.ChoiceField(label=label["term_id"], choices=[BLANK, *terms], required=False)
        number = int(str(self.prefix).rpartition("-")[2]) + 1 if str(self.prefix)[-1:].isdigit() else 1
        for one in self.fields.values():
            told = {"number": number, "column": one.label}
            one.widget.attrs["aria-label"] = _("第 %(number)s 行%(column)s") % told

    def clean(self) -> dict[str, Any]:
        """Refuse a milestone without its planned day."""
        given = super().clean() or {}
        if given.get("name") and given.get("planned_day") is None and "planned_day" not in self.errors:
            self.add_error("planned_day", _("填计划日，或清空名称去掉这一行。"))
        return given


def step_forms(
    request: HttpRequest, said: Wording, contract_id: int, steps: Sequence[Standing], *, usual: bool = False
) -> BaseFormSet:
    """Return the rows of milestones that stand, and blank ones; a new project begins with the usual ones."""
    known = of_contract("payment_terms", contract_id)
    terms = [(str(one.uid), one.name) for one in known.values()]
    codes = {number: code for number, code, _label in MILESTONE_KINDS}
    initial = [
        {
            "code": one.row["code"],
            "name": one.row["name"],
            "kind": codes[one.row["kind"]],
            "planned_day": one.row["planned_day"],
            "share_bp": one.row["share_bp"],
            "term_id": str(known[one.row["term_id"]].uid) if one.row["term_id"] in known else "",
        }
        for one in steps
    ] or ([{"name": name, "kind": kind} for name, kind in USUAL] if usual else [])
    sent, more = request.method == "POST", "more" in request.POST
    given = request.POST.copy() if sent else None
    total = f"{PREFIX}-TOTAL_FORMS"
    if given is not None and more and given.get(total, "").isdecimal():
        given[total] = str(min(int(given[total]) + MORE_ROWS, MOST_ROWS))
    blank = max(FIRST_ROWS - len(initial), 1)
    made = formset_factory(StepForm, extra=blank, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
    return made(given, initial=initial, prefix=PREFIX, form_kwargs={"said": said, "terms": terms})


def steps_told(rows: BaseFormSet) -> list[dict[str, Any]]:
    """Return the milestones that were filled in, as an action takes them."""
    numbers = {code: number for number, code, _label in MILESTONE_KINDS}
    given = [one.cleaned_data for one in rows.forms if getattr(one, "cleaned_data", {}).get("name")]
    return [
        {
            "name": one["name"],
            "kind": numbers[one["kind"]],
            "planned_day": one["planned_day"],
            "share_bp": one["share_bp"],
            "term_id": UUID(one["term_id"]) if one["term_id"] else None,
            **({"code": one["code"]} if one["code"] else {}),
        }
        for one in given
    ]
