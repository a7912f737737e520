"""Contracts (合同): recorded with their lines, from a deal or on their own, and corrected (R016, R222)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import not_allowed, who_may
from dacheng.core.book import Book
from dacheng.core.contracts.drawing import annual_value
from dacheng.core.contracts.schema import CHANGES, CONTRACT_LINES, CONTRACTS, FRAMEWORK, INTAKES
from dacheng.core.errors import Conflict, DachengError, RuleError
from dacheng.service.contracts import (
    ContractView,
    contract_view,
    decide_late,
    drawn_from,
    edit_contract,
    may_record,
    money_rights,
    record,
)
from dacheng.service.labels import DatabaseNames
from dacheng.service.projects import may_plan
from dacheng.service.reports import run_report
from dacheng.store.actions.one_offs import mark_one_off
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.cash import AGREE, RECORD
from dacheng.web.contract_forms import ContractForms, of_change, of_contract, of_deal
from dacheng.web.fields import Wording, both_values, event_rows, wording
from dacheng.web.forms import reason
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url, standpoint, with_query
from dacheng.web.standpoint import asof_bar
from dacheng.web.tabling import showing, table_view
from dacheng.web.toasts import say
from dacheng.web.undoing import say_saved, with_undo

OF_MONEY: tuple[tuple[str, str, dict[str, str], tuple[str, ...]], ...] = (
    (
        "tables/receivable",
        gettext_noop("付款与回款"),
        {"settled": "1"},
        ("term_id", "kind", "due_day", "amount", "allocated", "open", "state", "days"),
    ),
    (
        "tables/unrecognised",
        gettext_noop("确收"),
        {},
        ("contract_id", "amount_ex", "recognised_ex", "unrecognised_ex", "done_ratio", "days"),
    ),
    (
        "delivery/projects",
        gettext_noop("交付项目"),
        {},
        ("project_id", "manager_id", "stage", "light", "expected_finish", "slip", "done_ratio", "waits", "obstacle"),
    ),
)
"""Reports of one contract on its page, and their columns."""

SHOWN = (
    "amount", "amount_ex", "cost", "kind", "signed_day", "effective_day", "executable_day", "posted_day", "intake",
    "customer_id", "owner_id",
)  # fmt: skip
SHOWN_WHERE_THERE = frozenset({"executable_day"})


@login_required
def contract_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one contract with its lines and its history."""
    asked = asking(request)
    view = contract_view(asked.viewer, uid, asked.book)
    return _page(request, asked, view, DecisionForm(), status=200)


def _page(
    request: HttpRequest,
    asked: Asking,
    view: ContractView,
    form: DecisionForm,
    clash: Sequence[Mapping[str, str]] = (),
    status: int = 422,
) -> HttpResponse:
    said = wording(request, view.names)
    context = _frame(view) | {
        "heading": called(view),
        "scope": _("，").join(part for part in (said.named("units", view.unit_id), view.row["code"]) if part),
        "asof": asof_bar(request, asked.book, comparable=False),
        "buttons": _buttons(asked, view),
        "figures": [*_figures(said, view), *_years(said, view, asked.book)],
        "deal": _deal(said, view),
        "framework": _framework(said, view),
        "changed": _changed(said, view),
        "drawn": _drawn(said, view, asked.book),
        **_late(view),
        "decision": form,
        "clash": clash,
        "money": _money(request, asked, view),
        "plan_url": _plan_url(asked, view),
        "table": _lines(said, view),
        "history": _history(said, asked, view),
        "granted": view.granted,
    }
    return _shown(request, "contracts/contract.html", context, status)


@login_required
def new_contract(request: HttpRequest) -> HttpResponse:
    """Record a contract; from a deal it begins with what the deal says."""
    asked = asking(request)
    if not may_record(asked.viewer):
        raise not_allowed("contract.record")
    change = request.GET.get("amends", "")
    forms = of_change(request, asked, change) if change else of_deal(request, asked, request.GET.get("deal", ""))
    if forms.is_sent and forms.is_valid():
        try:
            saved = record(asked.viewer, asked.at, forms.values(asked.book), forms.lines())
            say_saved(request, asked.viewer, asked.at)
            return redirect("web:contract", uid=saved.uid)
        except DachengError as problem:
            forms.refuse(problem)
    crumbs = [{"label": _("商机"), "url": reverse("web:deals")}, {"label": _("登记合同"), "url": ""}]
    context = {"heading": _("登记合同"), "submit": _("登记合同"), "crumbs": crumbs, "cancel_url": reverse("web:deals")}
    return _shown(request, "contracts/form.html", context | forms.context(), forms.status)


@login_required
def edit_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct a contract and its lines."""
    asked = asking(request)
    view = contract_view(asked.viewer, uid, asked.book)
    if not view.editable:
        raise not_allowed("contract.edit")
    forms = of_contract(request, asked, view)
    clash: list[dict[str, str]] = []
    if forms.is_sent and forms.is_valid():
        try:
            _save(asked, uid, forms)
            say_saved(request, asked.viewer, asked.at)
            return redirect("web:contract", uid=uid)
        except Conflict as problem:
            forms.refuse(problem)
            clash = both_values(request, CONTRACTS, problem)
        except DachengError as problem:
            forms.refuse(problem)
    url = reverse("web:contract", args=[uid])
    context = _frame(view) | {
        "heading": _("修改合同"),
        "submit": _("保存"),
        "scope": called(view),
        "cancel_url": url,
        "clash": clash,
        "hidden": [("version", view.version)],
    }
    return _shown(request, "contracts/form.html", context | forms.context(), 409 if clash else forms.status)


class DecisionForm(forms.Form):
    """What an approver says of a late signing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = reason(_("意见"), required=False)


@login_required
@require_POST
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Approve or refuse a late signing; who comes second is told."""
    asked = asking(request)
    view = contract_view(asked.viewer, uid, asked.book)
    form, approve = DecisionForm(request.POST), request.POST.get("answer") == "approve"
    version = request.POST.get("version", "")
    if not form.is_valid():
        return _page(request, asked, view, form)
    try:
        decide_late(
            actor=asked.viewer,
            at=asked.at,
            uid=uid,
            approve=approve,
            version=int(version) if version.isdecimal() else 0,
            reason=form.cleaned_data["reason"],
        )
    except Conflict as problem:
        return _page(request, asked, view, form, both_values(request, CONTRACTS, problem), 409)
    except RuleError as problem:
        form.add_error(None, sentence(problem))
        return _page(request, asked, view, form)
    say(request, _("已批准，从今天起计入订货。") if approve else _("已驳回，不计订货。"))
    return redirect("web:contract", uid=uid)


class OneOffForm(forms.Form):
    """Why a contract is one-off, or no more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"] = reason(_("为什么"))


@login_required
def one_off(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Mark a contract as one-off, or take the mark back, with the reason."""
    asked = asking(request)
    view = contract_view(asked.viewer, uid, asked.book)
    if not view.editable:
        raise not_allowed("contract.edit")
    marked = bool(view.row["one_off"])
    form = OneOffForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            mark_one_off(
                actor=asked.viewer, at=asked.at, uid=uid, one_off=not marked, reason=form.cleaned_data["reason"]
            )
            say(request, _("不再算一次性，测算时计入。") if marked else _("已标为一次性，测算时剔除，业绩照算。"))
            return redirect("web:contract", uid=uid)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    heading = _("不再算一次性") if marked else _("标为一次性")
    effects = [] if marked else [_("从今天起，测算、年份和季节可以剔除它；业绩照算。")]
    context = {"form": form, "heading": heading, "scope": called(view), "submit": heading, "effects": effects}
    context |= {"cancel_url": reverse("web:contract", args=[uid]), **_frame(view)}
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


def _money(request: HttpRequest, asked: Asking, view: ContractView) -> list[dict[str, Any]]:
    """Return what is agreed, collected and recognised of a contract: the tables of the whole company, of it alone."""
    found: list[dict[str, Any]] = []
    if int(view.row["posted_day"]) > asked.book.as_of_day:
        return found
    for name, title, given, columns in OF_MONEY:
        wanted = {"contract": str(view.row["code"]), **given}
        shown = showing(request, run_report(name, wanted, book=asked.book, names=DatabaseNames()))
        if len(shown.table):
            url = report_url(name, [*wanted.items(), *standpoint(request)])
            table = table_view(shown, columns) | {"id": name.replace("/", "-")}
            found.append({"title": _(title), "table": table, "url": url})
    return found


def _plan_url(asked: Asking, view: ContractView) -> str:
    """Return where the delivery of a contract is planned; empty where nothing is delivered of it, or it is not his."""
    if view.row["kind"] in (FRAMEWORK, *CHANGES) or view.granted or not may_plan(asked.viewer):
        return ""
    return reverse("web:new-project", args=[view.uid])


def called(view: ContractView) -> str:
    """Return what people call the contract."""
    return str(view.row["name"] or view.row["code"])


def _save(asked: Asking, uid: UUID, forms: ContractForms) -> None:
    """Save what was changed; what was not is left as somebody else may have set it meanwhile."""
    lines = forms.lines() if forms.lines_changed else None
    values = forms.changed_values(asked.book)
    edit_contract(actor=asked.viewer, at=asked.at, uid=uid, values=values, version=forms.version, lines=lines)


def _frame(view: ContractView) -> dict[str, Any]:
    name = called(view)
    return {"crumbs": [{"label": _("商机"), "url": reverse("web:deals")}, {"label": name, "url": ""}]}


def _buttons(asked: Asking, view: ContractView) -> list[dict[str, Any]]:
    """Return what is done most with a contract, for who may: what money it brings, what changes it."""
    rights = money_rights(asked.viewer, view, asked.book)
    of_money = view.row["kind"] != FRAMEWORK and not view.row["amends_id"]
    offers = (
        (AGREE in rights and of_money, _("付款条件"), "web:contract-terms"),
        (RECORD in rights and of_money, _("登记发票"), "web:contract-invoice"),
        (RECORD in rights and of_money, _("登记确收"), "web:contract-recognition"),
    )
    found = [{"label": label, "url": reverse(url, args=[view.uid])} for offer, label, url in offers if offer]
    if not view.editable:
        return found
    if of_money:
        code = [("amends", view.row["code"])]
        found.append({"label": _("变更或取消"), "url": with_query(reverse("web:new-contract"), code)})
    if view.row["kind"] not in CHANGES:
        label = _("不再算一次性") if view.row["one_off"] else _("标为一次性")
        found.append({"label": label, "url": reverse("web:contract-one-off", args=[view.uid])})
    return [*found, {"label": _("修改合同"), "url": reverse("web:contract-edit", args=[view.uid]), "primary": True}]


def _history(said: Wording, asked: Asking, view: ContractView) -> list[dict[str, Any]]:
    rows = event_rows(said, CONTRACTS, view.history)
    if asked.book.as_of_day == asked.book.today and not view.granted:
        with_undo(rows, view.history, asked.viewer, supervises=view.editable)
    return rows


def _figures(said: Wording, view: ContractView) -> list[dict[str, str]]:
    names = [name for name in SHOWN if name not in SHOWN_WHERE_THERE or view.row[name] is not None]
    columns = [CONTRACTS.column(name) for name in names if name != "cost" or view.sees_cost]
    return [{"label": said.label(one), "text": said.shown(one, view.row[one.name])} for one in columns]


def _late(view: ContractView) -> dict[str, Any]:
    """Return what the page says of a late signing: where it posts, and whether somebody must approve it."""
    row = view.row
    days = [one for one in (row["effective_day"], row["executable_day"]) if one is not None]
    return {
        "late": figures.day(row["posted_day"]) if row["posted_day"] > max(days) else "",
        "intake": next(code for number, code, _label in INTAKES if number == row["intake"]),
        "intake_note": row["intake_note"],
        "one_off": bool(row["one_off"]),
        "one_off_note": row["one_off_note"],
        "approvable": view.approvable,
        "who_approves": who_may("contract.approve").in_language(get_language() or "zh-hans"),
        "version": view.version,
        "uid": view.uid,
    }


def _deal(said: Wording, view: ContractView) -> dict[str, str] | None:
    name = view.names.get("deals", {}).get(view.row["deal_id"] or 0)
    if name is None:
        return None
    heading = CONTRACTS.column("deal_id").label.in_language(said.language)
    return {"name": heading, "label": name.in_language(said.language), "url": reverse("web:deal", args=[name.uid])}


def _years(said: Wording, view: ContractView, book: Book) -> list[dict[str, str]]:
    """Return the term and the annual value of a contract of several years; nothing of any other."""
    months = int(view.row["term_months"])
    if months <= book.rules.annual_over or view.row["amount"] is None:
        return []
    value = annual_value(np.array([view.row["amount"]]), np.array([months]), book.rules.annual_over)
    term = said.label(CONTRACTS.column("term_months"))
    return [
        {"label": term, "text": figures.count(months)},
        {"label": _("年化金额"), "text": figures.money(int(value[0]), said.unit)},
    ]


def _framework(said: Wording, view: ContractView) -> dict[str, str] | None:
    """Return the framework that a contract is drawn from, as a link."""
    name = view.names.get("contracts", {}).get(view.row["framework_id"] or 0)
    if name is None:
        return None
    heading = CONTRACTS.column("framework_id").label.in_language(said.language)
    url = reverse("web:contract", args=[name.uid])
    return {"name": heading, "label": name.in_language(said.language), "url": url}


def _changed(said: Wording, view: ContractView) -> dict[str, str] | None:
    """Return the contract that one changes, as a link."""
    name = view.names.get("contracts", {}).get(view.row["amends_id"] or 0)
    if name is None:
        return None
    heading = CONTRACTS.column("amends_id").label.in_language(said.language)
    return {"name": heading, "label": name.in_language(said.language), "url": reverse("web:contract", args=[name.uid])}


def _drawn(said: Wording, view: ContractView, book: Book) -> dict[str, Any] | None:
    """Return what is called off a framework and what remains of it; None of any other contract."""
    if view.row["kind"] != FRAMEWORK or view.row["amount"] is None:
        return None
    drawn = drawn_from(book, view.contract_id)
    remaining = int(view.row["amount"]) - drawn
    return {
        "drawn": figures.money(drawn, said.unit),
        "remaining": figures.money(remaining, said.unit),
        "over": figures.money(-remaining, said.unit) if remaining < 0 else "",
        "url": report_url("deals/contracts", [("framework", view.row["code"])]),
        "unit": figures.unit_words(said.unit, said.currency, said.language),
    }


def _lines(said: Wording, view: ContractView) -> dict[str, Any]:
    """Return the context of parts/table.html: the lines, their sum first."""
    names = ["amount", "amount_ex", *(["cost"] if view.sees_cost else [])]
    columns = [CONTRACT_LINES.column(name) for name in ("product_id", "amount", "tax_bp", *names[1:])]
    rows = [
        {
            "cells": [
                {"text": line.code, "kind": "strong"},
                *({"text": said.shown(one, getattr(line, one.name))} for one in columns),
            ]
        }
        for line in view.lines
    ]
    total = [{"text": _("合计"), "kind": "strong"}, {"text": ""}]
    summed = [{"text": said.shown(CONTRACTS.column(name), view.row[name])} for name in names]
    total += [summed[0], {"text": ""}, *summed[1:]]
    heads = [{"key": "code", "label": said.label(CONTRACT_LINES.column("code")), "align": "text", "first": True}]
    heads += [
        {"key": one.name, "label": said.label(one), "align": "text" if one.kind == "ref" else "num"} for one in columns
    ]
    return {
        "title": _("合同行"),
        "caption": _("合同行"),
        "columns": heads,
        "rows": rows,
        "total": {"cells": total},
        "look": "plain",
    }


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    request.section = "deals"
    return render(request, template, context, status=status)
