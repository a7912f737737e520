"""Budgets (费用预算): made from the target in one form, approved, released period by period (R034–R038)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import not_allowed
from dacheng.core.budget.schema import APPROVED, BUDGET_STATES, BY_HAND, DRAFT, LOCKED, PROPOSED
from dacheng.core.budget.schema import BUDGETS as BUDGET
from dacheng.core.errors import Conflict, DachengError
from dacheng.core.period import Period
from dacheng.service import budgeting
from dacheng.service.budget_view import BudgetView, as_written, budget_view, is_approved
from dacheng.store.actions.budgets import approve_line, decide_budget
from dacheng.store.actions.releases import decide_release
from dacheng.web.asking import Asking, asking
from dacheng.web.budget_forms import budget_form
from dacheng.web.budget_tables import lines_table, periods_table, preview_table, releases_table
from dacheng.web.fields import both_values, event_rows, wording
from dacheng.web.forms import MoneyField, reason
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url
from dacheng.web.standpoint import asof_bar, money_unit
from dacheng.web.target_tabs import PLAN, budget_tabs
from dacheng.web.toasts import say

STATE_NUMBER = {code: number for number, code, _label in BUDGET_STATES}
SAID = {
    APPROVED: gettext_noop("已批准。"),
    LOCKED: gettext_noop("已锁定。"),
    DRAFT: gettext_noop("已退回草稿。"),
}
"""What is said after a budget was decided."""


@login_required
def new_budget(request: HttpRequest) -> HttpResponse:
    """Make a budget from a unit's targets; 先算一下 shows what it comes to before it is saved."""
    asked = asking(request)
    if not budgeting.may_edit(asked.viewer, asked.book):
        raise not_allowed("budget.edit")
    return _written(request, asked, None)


@login_required
def edit_budget(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a draft."""
    asked = asking(request)
    view = budget_view(asked.viewer, uid, asked.book)
    if not budgeting.may_edit(asked.viewer, asked.book, view.due.budget.unit_id):
        raise not_allowed("budget.edit")
    return _written(request, asked, view)


def _written(request: HttpRequest, asked: Asking, view: BudgetView | None) -> HttpResponse:
    form = budget_form(request, asked, as_written(view) if view else None)
    context = _form_frame(request, view) | {"form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            if "look" not in request.POST:
                uid = view.uid if view else None
                version = _version(request) if view else None
                done = budgeting.save(asked.viewer, asked.at, asked.book, form.wish(), uid=uid, version=version)
                say(request, _("已存为草稿。"))
                return redirect("web:budget", uid=done.uid)
            context["preview"] = preview_table(request, asked.book, budgeting.prepared(asked.book, form.wish()).draft)
        except Conflict as problem:
            form.refuse(problem)
            context["clash"] = both_values(request, BUDGET, problem)
            status = 409
        except DachengError as problem:
            form.refuse(problem)
    if request.method == "POST" and form.errors and status == 200:
        status = 422
    return render(request, "budgets/form.html", context, status=status)


@login_required
def budget_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one budget: its lines, its periods with what is released and frozen, what waits for a decision."""
    asked = asking(request)
    view = budget_view(asked.viewer, uid, asked.book)
    return _page(request, asked, view)


def _page(
    request: HttpRequest, asked: Asking, view: BudgetView, status: int = 200, problem: DachengError | None = None
) -> HttpResponse:
    said = wording(request, view.names)
    waiting = next((one for one in view.releases if one.row["state"] == PROPOSED), None)
    decision = DecisionForm(unit=money_unit(request), by_hand=bool(waiting and waiting.row["kind"] == BY_HAND))
    context = {
        "heading": called(view),
        "scope": _("，").join(
            [said.named("units", view.row["unit_id"]), said.shown(BUDGET.column("state"), view.row["state"])]
        ),
        "tabs": budget_tabs(request, PLAN),
        "crumbs": _crumbs(called(view)),
        "asof": asof_bar(request, asked.book, comparable=False),
        "buttons": _buttons(view),
        "figures": [
            {"label": said.label(BUDGET.column(name)), "text": said.shown(BUDGET.column(name), view.row[name])}
            for name in ("first_ym", "last_ym", "measure_id", "release_months", "approver_id")
        ],
        "lines": lines_table(said, view),
        "periods": periods_table(said, asked.book, view),
        "releases": releases_table(said, asked.book, view),
        "notes": [one.text.in_language(said.language) for one in _notes(view)],
        "waiting_lines": [one for one in view.lines if not one.row["effective"]] if view.approvable else [],
        "waiting": waiting if view.approvable else None,
        "decision": decision,
        "steps": _steps(view),
        "view": view,
        "history": event_rows(said, BUDGET, view.history),
        "problem_said": sentence(problem) if problem else "",
    }
    request.section = "targets"
    return render(request, "budgets/budget.html", context, status=status)


class DecisionForm(forms.Form):
    """What an approver says of a release that is proposed."""

    def __init__(self, *args: Any, unit: Any, by_hand: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["variable"] = MoneyField(
            unit, label=_("变动部分"), required=by_hand, help_text=_("不填就照提议；改了要写理由。")
        )
        self.fields["reason"] = reason(_("理由"), required=False)


class ExceptionForm(forms.Form):
    """What is released beyond the rule, and why."""

    def __init__(self, *args: Any, unit: Any, periods: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"] = forms.ChoiceField(label=_("追加到哪一期"), choices=periods)
        for name, label in (("variable", _("变动")), ("fixed", _("固定")), ("project", _("项目"))):
            self.fields[name] = MoneyField(unit, label=label, required=False)
        self.fields["reason"] = reason(_("理由"))


@login_required
@require_POST
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve, lock or take back a budget."""
    asked = asking(request)
    view = budget_view(asked.viewer, uid, asked.book)
    state = STATE_NUMBER.get(request.POST.get("state", ""), 0)
    try:
        decide_budget(actor=asked.viewer, at=asked.at, uid=uid, state=state, version=_version(request))
    except Conflict as problem:
        return _page(request, asked, view, 409, problem)
    say(request, str(_(SAID[state])))
    return redirect("web:budget", uid=uid)


@login_required
@require_POST
def propose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Propose the next release of a budget, as the rules and today's results say."""
    asked = asking(request)
    view = budget_view(asked.viewer, uid, asked.book)
    if not budgeting.may_edit(asked.viewer, asked.book, view.due.budget.unit_id):
        raise not_allowed("budget.edit")
    if _version(request) != view.version:
        return _page(request, asked, view, 409)
    budgeting.propose(asked.viewer, asked.at, asked.book, uid)
    say(request, _("已提议，等批准人决定。"))
    return redirect("web:budget", uid=uid)


@login_required
@require_POST
def decide_on_release(request: HttpRequest, uid: UUID, release: UUID) -> HttpResponse:
    """Approve or reject a release; who comes second is told who decided."""
    asked = asking(request)
    view = budget_view(asked.viewer, uid, asked.book)
    form = DecisionForm(request.POST, unit=money_unit(request), by_hand=False)
    if not form.is_valid():
        return _page(request, asked, view, 422)
    approve = request.POST.get("answer") == "approve"
    decide_release(
        actor=asked.viewer,
        at=asked.at,
        uid=release,
        approve=approve,
        version=_version(request),
        variable=form.cleaned_data["variable"] if approve else None,
        reason=form.cleaned_data["reason"],
    )
    say(request, _("已批准释放。") if approve else _("已驳回。"))
    return redirect("web:budget", uid=uid)


@login_required
@require_POST
def approve_project(request: HttpRequest, uid: UUID, line: UUID) -> HttpResponse:
    """Approve a project line."""
    asked = asking(request)
    budget_view(asked.viewer, uid, asked.book)
    approve_line(actor=asked.viewer, at=asked.at, uid=line)
    say(request, _("项目预算已批准，从今天起生效。"))
    return redirect("web:budget", uid=uid)


@login_required
def exception(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Release more of a period that is released already, with a reason."""
    asked = asking(request)
    view = budget_view(asked.viewer, uid, asked.book)
    if not view.approvable:
        raise not_allowed("release.approve")
    language = get_language() or "zh-hans"
    fiscal = asked.book.rules.fiscal
    released = {one.period for one in view.due.budget.ledger}
    periods = [
        (str(at), one.label(fiscal).in_language(language))
        for at, one in enumerate(view.due.budget.plan.periods)
        if at in released
    ]
    given = request.POST if request.method == "POST" else None
    form = ExceptionForm(given, unit=money_unit(request), periods=periods)
    if given is not None and form.is_valid():
        period: Period = view.due.budget.plan.periods[int(form.cleaned_data["period"])]
        amounts = tuple(form.cleaned_data[name] or 0 for name in ("fixed", "variable", "project"))
        try:
            why = form.cleaned_data["reason"]
            budgeting.release_more(asked.viewer, asked.at, uid, period, (amounts[0], amounts[1], amounts[2]), why)
            say(request, _("已追加释放。"))
            return redirect("web:budget", uid=uid)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = {
        "heading": _("例外释放"),
        "scope": called(view),
        "crumbs": _crumbs(called(view)),
        "form": form,
        "submit": _("追加释放"),
        "cancel_url": reverse("web:budget", args=[uid]),
    }
    request.section = "targets"
    return render(request, "forms/page.html", context, status=422 if given is not None else 200)


def called(view: BudgetView) -> str:
    """Return what people call a budget."""
    return str(view.row["name"] or view.row["code"])


def _buttons(view: BudgetView) -> list[dict[str, Any]]:
    if view.editable:
        primary = not view.approvable
        return [{"label": _("修改预算"), "url": reverse("web:budget-edit", args=[view.uid]), "primary": primary}]
    if view.approvable and is_approved(view) and view.due.budget.ledger:
        return [{"label": _("例外释放"), "url": reverse("web:budget-exception", args=[view.uid])}]
    return []


def _steps(view: BudgetView) -> list[dict[str, Any]]:
    """Return the buttons that change the budget at once: what comes next stands first."""
    decided = reverse("web:budget-decide", args=[view.uid])
    waiting = any(one.row["state"] == PROPOSED for one in view.releases)
    steps = []
    if view.proposable and not waiting:
        label, url = _("提议下一期释放"), reverse("web:budget-propose", args=[view.uid])
        steps.append({"label": label, "url": url, "state": "", "primary": True})
    if view.approvable and view.row["state"] == DRAFT:
        steps.append({"label": _("批准预算"), "url": decided, "state": "approved", "primary": True})
    if view.approvable and is_approved(view):
        steps.append({"label": _("锁定"), "url": decided, "state": "locked", "primary": False})
        steps.append({"label": _("退回草稿"), "url": decided, "state": "draft", "primary": False})
    return steps


def _notes(view: BudgetView) -> list[Any]:
    proposal = view.due.proposal
    return list(proposal.notes) if proposal else []


def _form_frame(request: HttpRequest, view: BudgetView | None) -> dict[str, Any]:
    request.section = "targets"
    if view is None:
        cancel = report_url(PLAN, [])
        return {"heading": _("编制预算"), "crumbs": _crumbs(_("编制预算")), "cancel_url": cancel, "version": None}
    return {
        "heading": _("修改预算"),
        "scope": called(view),
        "crumbs": _crumbs(called(view)),
        "cancel_url": reverse("web:budget", args=[view.uid]),
        "version": view.version,
    }


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("预算"), "url": report_url(PLAN, [])}, {"label": label, "url": ""}]


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0
