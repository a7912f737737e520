"""What a stage asks for (阶段标准), asked in the step that moves an opportunity there (R124)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from dacheng.core.deals.schema import DEALS
from dacheng.core.deals.standards import ASKED_FROM, StageNeeds
from dacheng.core.errors import RuleError
from dacheng.core.relation import Column
from dacheng.service.choices import options_of
from dacheng.service.settings import currency
from dacheng.web.asking import Asking
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import chosen
from dacheng.web.standpoint import money_unit


def filled_in(request: HttpRequest) -> dict[str, str]:
    """Return what was typed for a stage, by column."""
    return {name: text for name in ASKED_FROM if (text := request.POST.get(name, "").strip())}


def asked_form(request: HttpRequest, asked: Asking, problem: RuleError) -> forms.Form:
    """Return a form of what a stage still asks for, with what was typed before; without fields where nothing is."""
    typed = filled_in(request)
    missing = problem.columns if isinstance(problem, StageNeeds) else ()
    form = forms.Form(initial=typed)
    said = Wording({}, money_unit(request), currency(), wording(request, {}).language)
    for name in ASKED_FROM:
        if name in missing or name in typed:
            form.fields[name] = _field(asked, DEALS.column(name), said)
    return form


def _field(asked: Asking, column: Column, said: Wording) -> forms.Field:
    label = said.label(column)
    if column.kind == "ref":
        return chosen(label, options_of(asked.book, column.ref, said.language))
    if column.kind == "choice":
        return chosen(label, [(code, one.in_language(said.language)) for _number, code, one in column.choices])
    if column.kind == "day":
        return forms.CharField(label=label, widget=forms.DateInput(attrs={"type": "date"}))
    return forms.CharField(label=label, max_length=300)
