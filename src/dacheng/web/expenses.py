"""Expenses (费用): recorded in seconds, on a phone too; corrected while their month is open (R037)."""

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
from django.views.decorators.http import require_POST

from dacheng.core.access import not_allowed
from dacheng.core.budget.schema import EXPENSE_STATES, EXPENSES, NOT_ASKED, PURPOSES
from dacheng.core.errors import Conflict, DachengError, Finding, RuleError
from dacheng.core.relation import Column
from dacheng.core.report import Choices
from dacheng.service.choices import options_of
from dacheng.service.expenses import (
    ExpenseView,
    decide,
    edit,
    expense_view,
    may_record,
    open_commitments,
    record,
    warnings_after,
)
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording, both_values, event_rows, wording
from dacheng.web.forms import BLANK, DayField, MoneyField
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url
from dacheng.web.standpoint import money_unit
from dacheng.web.target_tabs import EXPENSES as LIST
from dacheng.web.toasts import say
from dacheng.web.undoing import say_saved

LISTS = {"state": EXPENSE_STATES, "purpose": PURPOSES}
REFERENCES = {
    "category_id": "expense_categories",
    "customer_id": "customers",
    "unit_id": "units",
    "person_id": "people",
}


class ExpenseForm(forms.Form):
    """An expense: day, amount and what for are enough."""

    def __init__(self, *args: Any, asked: Asking, unit: Any, held: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"

        def label(column: Column) -> str:
            return column.label.in_language(language)

        self.fields["day"] = DayField(label=label(EXPENSES.column("day")))
        self.fields["amount"] = MoneyField(unit, label=label(EXPENSES.column("amount")), help_text=_("退款写负数。"))
        self.fields["name"] = forms.CharField(label=label(EXPENSES.column("name")), required=False, max_length=300)
        self.fields["state"] = forms.ChoiceField(label=label(EXPENSES.column("state")), choices=_listed(EXPENSE_STATES))
        self.fields["purpose"] = forms.ChoiceField(
            label=label(EXPENSES.column("purpose")), choices=[BLANK, *_listed(PURPOSES)], required=False
        )
        for name, relation in REFERENCES.items():
            options = options_of(asked.book, relation, language, [held.get(name)])
            self.fields[name] = forms.ChoiceField(
                label=label(EXPENSES.column(name)), choices=[BLANK, *options], required=False
            )
        self.fields["unit_id"].help_text = _("不填就是自己的部门。")
        self.fields["settles_id"] = forms.ChoiceField(
            label=label(EXPENSES.column("settles_id")),
            choices=[BLANK, *_commitments(asked, unit, held.get("settles_id"), language)],
            required=False,
            help_text=_("实际费用结掉一笔承诺时选；括号里是还没结的。"),
        )
        self.fields["reason"] = forms.CharField(
            label=label(EXPENSES.column("reason")), required=False, max_length=300,
            help_text=_("会超出已释放的预算时写，批准人要看。"),
        )  # fmt: skip
        for one in self.fields.values():
            one.show_hidden_initial = True

    def values(self) -> dict[str, Any]:
        """Return what was filled in, as the action takes it; a blank reference is left to the action."""
        given = {name: self.cleaned_data[name] for name in ("day", "amount", "name", "reason")}
        for name, choices in LISTS.items():
            given[name] = next((number for number, code, _text in choices if code == self.cleaned_data[name]), None)
        return given | {name: self.cleaned_data[name] or None for name in (*REFERENCES, "settles_id")}

    def changed_values(self) -> dict[str, Any]:
        """Return only what differs from what the person saw."""
        return {name: value for name, value in self.values().items() if name in self.changed_data}


def _commitments(asked: Asking, unit: figures.Unit, held: int | None, language: str) -> list[tuple[str, str]]:
    """Return the commitments to choose from, each with what is still open of it."""
    return [
        (one.name.uid, f"{one.name.in_language(language)} ({figures.money(one.open_amount, unit)})")
        for one in open_commitments(asked.book, held)
    ]


@login_required
def new_expense(request: HttpRequest) -> HttpResponse:
    """Record an expense; afterwards the form is open for the next one."""
    asked = asking(request)
    if not may_record(asked.viewer):
        raise not_allowed("expense.record")
    initial = {"day": asked.book.today, "state": "actual"}
    form = _form(request, asked, initial, {})
    if form.is_bound and form.is_valid():
        try:
            values = {name: value for name, value in form.values().items() if value is not None}
            saved = record(asked.viewer, asked.at, values)
            _tell(request, asked, saved.uid)
            return redirect("web:new-expense" if "more" in request.POST else "web:expense", **_to(request, saved.uid))
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = {
        "heading": _("登记费用"),
        "crumbs": _crumbs(_("登记费用")),
        "form": form,
        "submit": _("登记"),
        "more_submit": {"name": "more", "label": _("登记并再来一笔")},
        "cancel_url": report_url(LIST, []),
    }
    return _shown(request, "forms/page.html", context, 422 if form.is_bound else 200)


@login_required
def expense_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show an expense; whoever may corrects it here."""
    asked = asking(request)
    view = expense_view(asked.viewer, uid, asked.book)
    said = wording(request, view.names)
    status, clash = 200, None
    form = _form(request, asked, _held(view), dict(view.row)) if view.editable else None
    if request.method == "POST" and form is None:
        raise not_allowed("expense.record")
    if form is not None and form.is_bound and form.is_valid():
        try:
            _save(request, asked, uid, form)
            return redirect("web:expense", uid=uid)
        except Conflict as problem:
            form.add_error(None, sentence(problem))
            status, clash = 409, both_values(request, EXPENSES, problem)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    if form is not None and form.errors and status == 200:
        status = 422
    names = ("day", "posted_day", "amount", "state", "category_id", "purpose", "unit_id", "person_id", "customer_id")
    context = {
        "heading": view.row["name"] or view.row["code"],
        "scope": view.row["code"],
        "crumbs": _crumbs(view.row["code"]),
        "figures": [
            {"label": said.label(EXPENSES.column(name)), "text": said.shown(EXPENSES.column(name), view.row[name])}
            for name in (*names, *(["settles_id"] if view.row["settles_id"] else []))
        ],
        "asked": _asked_for(view, said),
        "decide_url": reverse("web:expense-decide", args=[uid]) if view.decidable else "",
        "version": view.version,
        "late": view.row["day"] != view.row["posted_day"],
        "form": form,
        "clash": clash,
        "submit": _("保存"),
        "hidden": [("version", view.version)],
        "cancel_url": report_url(LIST, []),
        "history": event_rows(said, EXPENSES, view.history),
    }
    return _shown(request, "budgets/expense.html", context, status)


@login_required
@require_POST
def decide_expense(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve or reject an expense that would overspend; a refusal is told on its page."""
    asked, text = asking(request), request.POST.get("version", "")
    approve = request.POST.get("decision") == "approve"
    try:
        decide(
            asked.viewer, asked.at, uid, approve=approve, answer=request.POST.get("answer", ""),
            version=int(text) if text.isdecimal() else 0,
        )  # fmt: skip
        say(request, _("已批准，从今天起计入预算。") if approve else _("已驳回，不计入预算。"))
    except (RuleError, Conflict) as problem:
        say(request, sentence(problem))
    return redirect("web:expense", uid=uid)


def _asked_for(view: ExpenseView, said: Wording) -> dict[str, Any]:
    """Return how an overspend stands, for who asked and who decides; nothing where none was asked for."""
    row, language = view.row, get_language() or "zh-hans"
    if row["overspend"] == NOT_ASKED:
        return {}
    column = EXPENSES.column("overspend")
    return {
        "label": said.label(column),
        "state": said.shown(column, row["overspend"]),
        "over": view.over.in_language(language) if view.over else "",
        "facts": [
            {"label": said.label(EXPENSES.column(name)), "text": said.shown(EXPENSES.column(name), row[name])}
            for name in ("asked_by_id", "reason", "approver_id", "answer")
            if row[name]
        ],
    }


def _save(request: HttpRequest, asked: Asking, uid: UUID, form: ExpenseForm) -> None:
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() else 0
    edit(asked.viewer, asked.at, uid, form.changed_values(), version)
    _tell(request, asked, uid)


def _form(request: HttpRequest, asked: Asking, initial: dict[str, Any], held: dict[str, Any]) -> ExpenseForm:
    given = request.POST if request.method == "POST" else None
    return ExpenseForm(given, initial=initial, asked=asked, unit=money_unit(request), held=held)


def _held(view: ExpenseView) -> dict[str, Any]:
    """Return what stands, as the form shows it."""
    row = view.row
    codes = {
        name: next((code for number, code, _text in choices if number == row[name]), "")
        for name, choices in LISTS.items()
    }
    uids = {
        name: (found.uid if (found := view.names.get(relation, {}).get(row[name] or 0)) else "")
        for name, relation in {**REFERENCES, "settles_id": "expenses"}.items()
    }
    return {name: row[name] for name in ("day", "amount", "name", "reason")} | codes | uids


def _tell(request: HttpRequest, asked: Asking, uid: UUID) -> None:
    """Tell that it is saved, and what it does to its budget: 预警 is said at once."""
    say_saved(request, asked.viewer, asked.at)
    language = get_language() or "zh-hans"
    for one in warnings_after(asked.viewer, asked.at, uid):
        say(request, _words(one, language))


def _words(finding: Finding, language: str) -> str:
    return f"{finding.message.in_language(language)} {finding.remedy.in_language(language)}"


def _to(request: HttpRequest, uid: UUID) -> dict[str, UUID]:
    return {} if "more" in request.POST else {"uid": uid}


def _listed(choices: Choices) -> list[tuple[str, str]]:
    language = get_language() or "zh-hans"
    return [(code, label.in_language(language)) for _number, code, label in choices]


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("费用"), "url": report_url(LIST, [])}, {"label": label, "url": ""}]


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    request.section = "targets"
    return render(request, template, context, status=status)
