"""Contract to cash on pages: invoices, recognition, receipts and what they pay, terms, write-offs (R151)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.cash.schema import PAYMENT_TERMS, RECEIPTS, REFUND
from dacheng.core.currency import CURRENCIES, OWN
from dacheng.core.errors import Conflict, DachengError
from dacheng.core.schema import RELATIONS
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.reports import run_report
from dacheng.service.settling_view import MoneyView, money_view, of_contract
from dacheng.service.strategy import offered
from dacheng.store.actions.dunning import record_promise, record_step
from dacheng.store.actions.invoices import record_invoice
from dacheng.store.actions.receipts import Payable, allocate, payable_by, payable_of, record_receipt
from dacheng.store.actions.recognitions import record_recognition, write_off
from dacheng.store.actions.terms import edit_term
from dacheng.store.standing import Standing
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import both_values, event_rows, wording
from dacheng.web.forms import MoneyField
from dacheng.web.forms import said as sentence
from dacheng.web.links import report_url, standpoint
from dacheng.web.record_forms import RecordForm
from dacheng.web.standpoint import asof_bar
from dacheng.web.tabling import showing, table_view
from dacheng.web.undoing import say_saved

RECORD, AGREE, WRITE_OFF = "cash.record", "terms.edit", "cash.write_off"
RECEIPT_NAMES = (
    "customer_id", "day", "amount", "kind", "maturity_day", "payer", "owner_id", "currency", "foreign_amount", "code",
    "name",
)  # fmt: skip
INVOICE_NAMES = ("term_id", "day", "kind", "amount", "amount_ex", "reverses_id", "code", "name")
INVOICE_ALONE = ("code", "customer_id", "seller_id", "day", "due_day", "amount", "amount_ex", "name")
RECOGNITION_NAMES = ("day", "amount_ex", "way", "cost", "code", "name")
STEP_NAMES = ("day", "kind", "name")
PROMISE_NAMES = ("day", "amount", "promised_day", "name")
WRITE_OFF_NAMES = ("day", "amount", "name")
FOLLOWED = (
    "due_day", "expected_day", "chance_bp", "disputed", "reason", "reason_note", "collector_id", "kind", "name",
)  # fmt: skip
TERM_SHOWN = ("amount", "allocated", "written_off", "open", "kind", "falls_due", "due_day", "customer_id", "owner_id")
RECEIPT_SHOWN = ("amount", "kind", "customer_id", "payer", "day", "posted_day", "maturity_day", "owner_id")
PART = "part-"


class PartsForm(forms.Form):
    """What each term gets of a receipt, in the receipt's currency; begun with first due first."""

    def __init__(self, *args: Any, payable: Payable, begun: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.payable = payable
        for one in payable.terms:
            field = MoneyField("yuan", label=_("%(term)s 核销") % {"term": one.code}, required=False)
            field.widget.attrs["aria-label"] = field.label
            if begun and one.part:
                field.initial = one.part
            self.fields[f"{PART}{one.uid}"] = field

    def parts(self) -> dict[UUID, int]:
        """Return what was typed, public id of a term -> minor units."""
        given = {one.uid: self.cleaned_data[f"{PART}{one.uid}"] for one in self.payable.terms}
        return {uid: amount for uid, amount in given.items() if amount}

    def chosen(self) -> dict[UUID, int] | None:
        """Return what was typed; None where that is first due first, so that it is recorded as that."""
        parts = self.parts()
        return None if parts == {one.uid: one.part for one in self.payable.terms if one.part} else parts


@login_required
def new_receipt(request: HttpRequest) -> HttpResponse:
    """Record a receipt; 先看核销 shows what it pays before it is saved, and lets it be changed."""
    asked = asking(request)
    if not asked.viewer.holds(*POLICY[RECORD]):
        raise not_allowed(RECORD)
    back = _given_back(request, asked)
    begun = {"day": asked.book.today, "customer_id": request.GET.get("customer", "")}
    if back:
        kinds = {number: code for number, code, _label in RECEIPTS.column("kind").choices}
        begun |= {"kind": kinds[REFUND], "customer_id": _uid_of("customers", back.row["customer_id"])}
        begun |= {"owner_id": _uid_of("people", back.row["owner_id"])}
    form = money_form(request, asked, "receipts", RECEIPT_NAMES, begun=begun)
    context: dict[str, Any] = {"form": form, "heading": _("登记收款"), "submit": _("登记收款")}
    if back:
        context["scope"] = _("退回 %(receipt)s") % {"receipt": back.called}
    parts: PartsForm | None = None
    if request.method == "POST" and form.is_valid():
        values = form.values() | ({"reverses_id": back.uid} if back else {})
        values = {name: value for name, value in values.items() if value not in (None, "")}
        try:
            parts = _parts(request, asked, values)
            if parts is None or ("look" not in request.POST and parts.is_valid()):
                chosen = parts.chosen() if parts else None
                done = record_receipt(actor=asked.viewer, at=asked.at, values=values, parts=chosen)
                say_saved(request, asked.viewer, asked.at)
                return redirect("web:receipt", uid=done.uid)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    if parts:
        context |= {"payable": _payable_rows(request, parts.payable, parts), "looked": True}
    context |= {"crumbs": _crumbs(_("登记收款")), "cancel_url": report_url("receivable/receipts")}
    wrong = form.errors or (parts and parts.errors)
    return _shown(request, "cash/receipt_form.html", context, 422 if wrong else 200)


@login_required
def receipt_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one receipt: what it paid, what is left of it, and set that against terms."""
    asked = asking(request)
    view = money_view(asked.viewer, "receipts", uid, asked.book, (RECORD,))
    return _receipt(request, asked, view)


@login_required
@require_POST
def allocate_receipt(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Set what is left of a receipt against terms: first due first, or as typed; below zero gives back."""
    asked = asking(request)
    view = money_view(asked.viewer, "receipts", uid, asked.book, (RECORD,))
    if RECORD not in view.rights:
        raise not_allowed(RECORD)
    payable = payable_of(actor=asked.viewer, at=asked.at, receipt=uid)
    form = PartsForm(request.POST, payable=payable, begun=False)
    if "first" not in request.POST and not form.is_valid():
        return _receipt(request, asked, view, form)
    try:
        chosen = None if "first" in request.POST else form.parts()
        allocate(actor=asked.viewer, at=asked.at, receipt=uid, parts=chosen)
    except DachengError as problem:
        form.is_valid()
        form.add_error(None, sentence(problem))
        return _receipt(request, asked, view, form)
    say_saved(request, asked.viewer, asked.at)
    return redirect("web:receipt", uid=uid)


@login_required
def new_invoice(request: HttpRequest, uid: UUID | None = None) -> HttpResponse:
    """Record an invoice or a credit note of a contract; without a contract it is owed by itself."""
    asked = asking(request)
    if uid is None:
        if not asked.viewer.holds(*POLICY[RECORD]):
            raise not_allowed(RECORD)
        form = money_form(request, asked, "invoices", INVOICE_ALONE, begun={"day": asked.book.today})
        for name in ("customer_id", "seller_id", "due_day", "code"):
            form.fields[name].required = True
        form.fields["code"].help_text = ""
        done = report_url("receivable/invoices")
        page = {"heading": _("登记没有合同的发票"), "cancel_url": done}
        return post_form(request, asked, form, record_invoice, {}, done, page)
    view = _of_contract(asked, uid, RECORD)
    form = money_form(request, asked, "invoices", INVOICE_NAMES, begun={"day": asked.book.today}, contract=view)
    page = {"heading": _("登记发票"), "scope": view.called}
    return post_form(request, asked, form, record_invoice, {"contract_id": uid}, _contract_url(uid), page)


@login_required
def new_recognition(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record what finance recognised of a contract as revenue."""
    asked = asking(request)
    view = _of_contract(asked, uid, RECORD)
    names = [one for one in RECOGNITION_NAMES if one != "cost" or "money-private" in asked.book.scope.classes]
    form = money_form(request, asked, "recognitions", names, begun={"day": asked.book.today})
    page = {"heading": _("登记确收"), "scope": view.called}
    return post_form(request, asked, form, record_recognition, {"contract_id": uid}, _contract_url(uid), page)


@login_required
def term_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one payment term with what it was paid; follow it up: when it is expected, why it is late, who collects."""
    asked = asking(request)
    view = money_view(asked.viewer, "payment_terms", uid, asked.book, (AGREE, WRITE_OFF))
    form = money_form(request, asked, "payment_terms", FOLLOWED, record=view.record) if AGREE in view.rights else None
    clash: list[dict[str, str]] = []
    if request.method == "POST":
        if form is None:
            raise not_allowed(AGREE)
        if form.is_valid():
            try:
                edit_term(actor=asked.viewer, at=asked.at, uid=uid, values=form.values(), version=_version(request))
                say_saved(request, asked.viewer, asked.at)
                return redirect("web:term", uid=uid)
            except Conflict as problem:
                form.add_error(None, sentence(problem))
                clash = both_values(request, PAYMENT_TERMS, problem)
            except DachengError as problem:
                form.add_error(None, sentence(problem))
    context: dict[str, Any] = _record_page(request, asked, view, "payment_terms", TERM_SHOWN) | {
        "crumbs": _crumbs(view.called),
        "contract": _linked_contract(request, view),
        "form": form,
        "clash": clash,
        "hidden": [("version", view.version)],
        "submit": _("存好"),
        "paid": report_part(request, asked, "receivable/allocations", {"term": str(view.row["code"])}),
        "promises": report_part(request, asked, "dunning/promises", {"term": str(view.row["code"])}),
        "steps": report_part(request, asked, "dunning/steps", {"term": str(view.row["code"])}),
        "following": next_to_collect(asked, view.record.record_id),
        "buttons": _term_buttons(view),
    }
    return _shown(request, "cash/term.html", context, 409 if clash else _status(form) if form else 200)


def _term_buttons(view: MoneyView) -> list[dict[str, str]]:
    """Return what may be done about what is open of a term."""
    if not view.row["open"]:
        return []
    known = (
        (AGREE, _("记催收"), "web:term-step"),
        (AGREE, _("记承诺"), "web:term-promise"),
        (WRITE_OFF, _("核销坏账"), "web:term-write-off"),
    )
    return [
        {"label": label, "url": reverse(name, args=[view.uid])} for right, label, name in known if right in view.rights
    ]


@login_required
def new_step(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record what was done to collect a payment term."""
    asked = asking(request)
    view = _to_follow(asked, uid)
    form = money_form(request, asked, "dunning_steps", STEP_NAMES, begun={"day": asked.book.today})
    page = {"heading": _("记催收"), "scope": view.called}
    return post_form(request, asked, form, record_step, {"term_id": uid}, reverse("web:term", args=[uid]), page)


@login_required
def new_promise(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record what was promised of a payment term, begun with all that is open of it."""
    asked = asking(request)
    view = _to_follow(asked, uid)
    begun = {"day": asked.book.today, "amount": int(view.row["open"])}
    form = money_form(request, asked, "promises", PROMISE_NAMES, begun=begun)
    page = {"heading": _("记承诺"), "scope": view.called}
    return post_form(request, asked, form, record_promise, {"term_id": uid}, reverse("web:term", args=[uid]), page)


def _to_follow(asked: Asking, uid: UUID) -> MoneyView:
    view = money_view(asked.viewer, "payment_terms", uid, asked.book, (AGREE,))
    if AGREE not in view.rights:
        raise not_allowed(AGREE)
    return view


def next_to_collect(asked: Asking, term: int) -> dict[str, str] | None:
    """Return the term that follows one on the list of the day, the first one after the last; None when it is alone."""
    listed = run_report("dunning/list", {}, book=asked.book, names=DatabaseNames()).table
    numbers = [number for number in listed.values["term_id"].tolist() if number != term]
    if not numbers:
        return None
    every = listed.values["term_id"].tolist()
    following = numbers[every.index(term) % len(numbers)] if term in every else numbers[0]
    name = DatabaseNames().names("payment_terms", [following])[following]
    return {"label": name.code, "url": reverse("web:term", args=[name.uid])}


@login_required
def new_write_off(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write off what will not be collected of a payment term; below zero is what was recovered."""
    asked = asking(request)
    view = money_view(asked.viewer, "payment_terms", uid, asked.book, (WRITE_OFF,))
    if WRITE_OFF not in view.rights:
        raise not_allowed(WRITE_OFF)
    begun = {"day": asked.book.today, "amount": int(view.row["open"])}
    form = money_form(request, asked, "write_offs", WRITE_OFF_NAMES, begun=begun)
    page = {"heading": _("核销坏账"), "scope": view.called}
    return post_form(request, asked, form, write_off, {"term_id": uid}, reverse("web:term", args=[uid]), page)


def post_form(
    request: HttpRequest,
    asked: Asking,
    form: RecordForm,
    post: Callable[..., Any],
    also: Mapping[str, Any],
    done: str,
    page: Mapping[str, Any],
) -> HttpResponse:
    """Show a form, or post what it holds; what a rule refuses is said in it."""
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.values().items() if value not in (None, "")}
        try:
            post(actor=asked.viewer, at=asked.at, values={**values, **also})
            say_saved(request, asked.viewer, asked.at)
            return redirect(done)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    context = {"form": form, "submit": page["heading"], "crumbs": _crumbs(str(page["heading"])), "cancel_url": done}
    return _shown(request, "forms/page.html", context | dict(page), _status(form))


def money_form(
    request: HttpRequest,
    asked: Asking,
    relation: str,
    names: Sequence[str],
    *,
    begun: Mapping[str, Any] | None = None,
    record: Standing | None = None,
    contract: MoneyView | None = None,
) -> RecordForm:
    """Return a form of some columns; terms and invoices that it may name are those of one contract."""

    def choices(name: str, also: Sequence[int | None]) -> Sequence[tuple[int, Name]]:
        if contract and name in ("payment_terms", "invoices"):
            return of_contract(asked.book, name, contract.record.record_id)
        return offered(asked.book, name, also)

    form = RecordForm(
        request.POST if request.method == "POST" else None,
        relation=RELATIONS[relation],
        names=names,
        said=wording(request, {}),
        offered=choices,
        record=record,
        begun=begun,
    )
    for name, help_text in (("code", _("不填就自动编一个。")), ("owner_id", _("不填就是所付第一期的负责人。"))):
        if name in form.fields:
            form.fields[name].required, form.fields[name].help_text = False, help_text
    return form


def _receipt(request: HttpRequest, asked: Asking, view: MoneyView, form: PartsForm | None = None) -> HttpResponse:
    context = _record_page(request, asked, view, "receipts", RECEIPT_SHOWN) | {
        "crumbs": _crumbs(view.called),
        "paid": report_part(request, asked, "receivable/allocations", {"receipt": str(view.row["code"])}),
    }
    if RECORD in view.rights:
        payable = form.payable if form else payable_of(actor=asked.viewer, at=asked.at, receipt=view.uid)
        parts = form or PartsForm(payable=payable, begun=True)
        context |= {
            "parts": parts,
            "payable": _payable_rows(request, payable, parts) if payable.terms else None,
            "may_first": payable.left > 0 and any(one.part for one in payable.terms),
            "left": figures.money(payable.left, "yuan"),
            "buttons": [{"label": _("登记退款"), "url": f"{reverse('web:new-receipt')}?reverses={view.uid}"}],
        }
    return _shown(request, "cash/receipt.html", context, 422 if form and form.errors else 200)


def _payable_rows(request: HttpRequest, payable: Payable, parts: PartsForm) -> dict[str, Any]:
    """Return what cash/parts.html shows: the terms by due day, each with its field."""
    names = DatabaseNames().names("contracts", {one.contract_id for one in payable.terms if one.contract_id})
    said = wording(request, {"contracts": names})
    rows = [
        {
            "url": reverse("web:term", args=[one.uid]),
            "code": one.code,
            "contract": said.named("contracts", one.contract_id) if one.contract_id else figures.MISSING,
            "due": figures.day(one.due_day) if one.due_day is not None else _("待触发"),
            "open": figures.money(one.open, "yuan"),
            "got": figures.money(one.got, "yuan"),
            "field": parts[f"{PART}{one.uid}"],
        }
        for one in payable.terms
    ]
    return {"rows": rows, "rest": figures.money(payable.rest, "yuan") if payable.rest else ""}


def _parts(request: HttpRequest, asked: Asking, values: Mapping[str, Any]) -> PartsForm | None:
    """Return what each term gets of a receipt: as it would be now, or as typed; None where nobody looked at it."""
    look = "look" in request.POST
    if not look and "looked" not in request.POST:
        return None
    payable = payable_by(actor=asked.viewer, at=asked.at, values=values)
    return PartsForm(None if look else request.POST, payable=payable, begun=look)


def _record_page(
    request: HttpRequest, asked: Asking, view: MoneyView, relation: str, names: Sequence[str]
) -> dict[str, Any]:
    """Return what pages of one record share: heading, figures, history."""
    said, known = wording(request, view.names), RELATIONS[relation]
    shown = [known.column(name) for name in names if view.row[name] not in (None, "")]
    facts = [{"label": said.label(one), "text": said.shown(one, view.row[one.name])} for one in shown]
    currency = int(view.row.get("currency") or OWN)
    if currency != OWN:
        code = next(code for number, code, _label in CURRENCIES if number == currency)
        text = f"{figures.exact(view.row['foreign_amount'], 'yuan')} {code}"
        facts.insert(1, {"label": said.label(known.column("foreign_amount")), "text": text})
    return {
        "heading": view.called,
        "scope": known.label.in_language(said.language),
        "asof": asof_bar(request, asked.book, comparable=False),
        "figures": facts,
        "granted": view.granted,
        "history": event_rows(said, known, view.history),
        "uid": view.uid,
    }


def report_part(request: HttpRequest, asked: Asking, name: str, given: dict[str, str]) -> dict[str, Any]:
    """Return the table of a report about this record, and the address of the whole."""
    shown = showing(request, run_report(name, given, book=asked.book, names=DatabaseNames()))
    table = table_view(shown, ()) | {"id": name.replace("/", "-")}
    return {
        "table": table if len(shown.table) else None,
        "url": report_url(name, [*given.items(), *standpoint(request)]),
    }


def _linked_contract(request: HttpRequest, view: MoneyView) -> dict[str, str] | None:
    name = view.names.get("contracts", {}).get(view.row["contract_id"] or 0)
    if name is None:
        return None
    said = wording(request, view.names)
    url = reverse("web:contract", args=[name.uid])
    return {
        "name": said.label(PAYMENT_TERMS.column("contract_id")),
        "label": name.in_language(said.language),
        "url": url,
    }


def _of_contract(asked: Asking, uid: UUID, right: str) -> MoneyView:
    """Return a contract that something is posted to.

    Raises:
        NotFound: the viewer does not see it. NotAllowed: he may not post to it.
    """
    view = money_view(asked.viewer, "contracts", uid, asked.book, (right,))
    if right not in view.rights:
        raise not_allowed(right)
    return view


def _given_back(request: HttpRequest, asked: Asking) -> MoneyView | None:
    """Return the receipt that a refund or a bounced bill gives back, as the address says."""
    text = request.GET.get("reverses", "")
    try:
        uid = UUID(text) if text else None
    except ValueError:
        uid = None
    return money_view(asked.viewer, "receipts", uid, asked.book, (RECORD,)) if uid else None


def _uid_of(relation: str, number: int | None) -> str:
    return DatabaseNames().names(relation, [number])[number].uid if number else ""


def _contract_url(uid: UUID) -> str:
    return reverse("web:contract", args=[uid])


def _crumbs(label: str) -> list[dict[str, str]]:
    return [{"label": _("应收未收表"), "url": report_url("tables/receivable")}, {"label": label, "url": ""}]


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else 0


def _status(form: forms.Form) -> int:
    return 422 if form.errors else 200


def _shown(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    request.section = "tables"
    return render(request, template, context, status=status)
