"""The payment terms of a contract (付款条件), agreed as a whole on one page (R160)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.forms import BaseFormSet, formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import not_allowed
from dacheng.core.cash.schema import ON_A_DAY, OTHER_TERM, PAYMENT_TERMS, TERM_KINDS, TRIGGERS
from dacheng.core.errors import DachengError
from dacheng.service.settling_view import MoneyView, money_view, terms_agreed
from dacheng.store.actions.terms import set_terms
from dacheng.store.standing import Standing
from dacheng.web import figures
from dacheng.web.asking import asking
from dacheng.web.cash import AGREE
from dacheng.web.fields import Wording, wording
from dacheng.web.forms import DayField, MoneyField
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url
from dacheng.web.record_forms import PercentField
from dacheng.web.undoing import say_saved

FIRST_ROWS, MORE_ROWS = 4, 3
PREFIX = "terms"
MOST_TERMS = 60
TYPED = ("name", "share_bp", "amount", "days_after", "due_day")
"""Fields that tell that a row is one; what is chosen from a list stands in blank rows too."""


class TermForm(forms.Form):
    """One term: a share or an amount, and when it falls due."""

    def __init__(self, *args: Any, said: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.fields["kind"] = _choice(said, TERM_KINDS, OTHER_TERM)
        self.fields["name"] = forms.CharField(required=False, max_length=300)
        self.fields["share_bp"] = PercentField("payment_terms", "share_bp", required=False)
        self.fields["amount"] = MoneyField(said.unit, required=False)
        self.fields["falls_due"] = _choice(said, TRIGGERS, ON_A_DAY)
        self.fields["days_after"] = forms.IntegerField(
            required=False, min_value=0, max_value=3660, widget=forms.NumberInput(attrs={"class": "num"})
        )
        self.fields["due_day"] = DayField(required=False)
        at = str(self.prefix).rpartition("-")[2]
        number = int(at) + 1 if at.isdecimal() else 1
        for name, one in self.fields.items():
            one.label = said.label(PAYMENT_TERMS.column(name))
            one.widget.attrs["aria-label"] = _("第 %(number)s 期%(column)s") % {"number": number, "column": one.label}

    def term(self) -> dict[str, Any] | None:
        """Return what was typed, as the action takes it; None of a blank row."""
        given = getattr(self, "cleaned_data", {})
        if not any(given.get(name) not in (None, "") for name in TYPED):
            return None
        told = {name: value for name, value in given.items() if value not in (None, "")}
        return {"share_bp": None, "due_day": None, "days_after": 0} | told


def _choice(said: Wording, choices: Any, usual: int) -> forms.TypedChoiceField:
    listed = [(str(number), one.in_language(said.language)) for number, _code, one in choices]
    return forms.TypedChoiceField(choices=listed, coerce=int, required=False, empty_value=usual, initial=usual)


@login_required
def terms_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Agree how a contract is paid: all its terms at once; shares come to 100 %, amounts to no more than it."""
    asked = asking(request)
    view = money_view(asked.viewer, "contracts", uid, asked.book, (AGREE,))
    if AGREE not in view.rights:
        raise not_allowed(AGREE)
    head = forms.Form(request.POST if request.method == "POST" else None)
    rows, more = _rows(request, view)
    done = reverse("web:contract", args=[uid])
    if request.method == "POST" and not more and head.is_valid() and rows.is_valid():
        terms = [one for one in (row.term() for row in rows.forms) if one]
        try:
            set_terms(actor=asked.viewer, at=asked.at, contract=uid, terms=terms)
            say_saved(request, asked.viewer, asked.at)
            return redirect(done)
        except DachengError as problem:
            head.add_error(None, sentence(problem))
    said = wording(request, view.names)
    unit = figures.unit_words(said.unit, said.currency, said.language)
    context = {
        "heading": _("付款条件"),
        "scope": view.called,
        "crumbs": [
            {"label": _("合同"), "url": report_url("deals/contracts")},
            {"label": view.called, "url": done},
            {"label": _("付款条件"), "url": ""},
        ],
        "whole": f"{figures.money(view.row['amount'], said.unit)} {unit}",
        "form": head,
        "rows": rows,
        "cancel_url": done,
    }
    wrong = request.method == "POST" and not more and (head.errors or not rows.is_valid())
    request.section = "deals"
    return render(request, "contracts/terms.html", context, status=422 if wrong else 200)


def _rows(request: HttpRequest, view: MoneyView) -> tuple[BaseFormSet, bool]:
    """Return a row for each term that is agreed and some blank ones; and whether more were asked for."""
    given = request.POST.copy() if request.method == "POST" else None
    total, more = f"{PREFIX}-TOTAL_FORMS", "more" in request.POST
    if given is not None and more and given.get(total, "").isdecimal():
        given[total] = str(min(int(given[total]) + MORE_ROWS, MOST_TERMS))
    agreed = [_typed(one) for one in terms_agreed(view.record)]
    blank = max(FIRST_ROWS - len(agreed), 1)
    formset = formset_factory(TermForm, extra=blank, max_num=MOST_TERMS, absolute_max=MOST_TERMS)
    said = wording(request, {})
    return formset(given, initial=agreed, prefix=PREFIX, form_kwargs={"said": said}), more


def _typed(term: Standing) -> Mapping[str, Any]:
    """Return what a term is typed as: its share, or its amount."""
    row = term.row
    names = ("code", "kind", "name", "share_bp", "falls_due", "days_after", "due_day")
    amount = {} if row["share_bp"] is not None else {"amount": row["amount"]}
    return {name: row[name] for name in names} | amount | {"days_after": row["days_after"] or None}
