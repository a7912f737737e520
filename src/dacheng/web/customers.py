"""One customer (客户): its figures, open opportunities, contracts, contacts and history."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, Viewer
from dacheng.core.customers.schema import CUSTOMERS
from dacheng.core.errors import NotFound
from dacheng.service.choices import options_of
from dacheng.service.contacts import is_editable
from dacheng.service.customers import (
    EDITABLE,
    OPEN_STATE,
    CustomerView,
    customer_called,
    customer_moved_to,
    customer_view,
    edit_field,
)
from dacheng.service.deals import may_create
from dacheng.service.reports import Answer
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.contacts import contacts_table, customer_crumbs
from dacheng.web.fields import Wording, edited_in_place, event_rows, only_shown, wording
from dacheng.web.inline import Value, answer
from dacheng.web.links import Pairs, pairs_of, report_url, standpoint, with_query
from dacheng.web.standpoint import asof_bar
from dacheng.web.tabling import Showing, names_of, table_view

COLUMNS = ("deal_id", "owner_id", "stage_id", "amount", "expected_day")


@login_required
def customer_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one customer as it stood at the end of the as-of day."""
    request.section = "customers"
    asked = asking(request)
    try:
        view = customer_view(asked.viewer, uid, asked.book)
    except NotFound:
        stays = customer_moved_to(asked.viewer, uid, asked.book)
        if stays is None:
            raise
        return redirect(with_query(reverse("web:customer", args=[stays]), pairs_of(request)))
    said = wording(request, view.names)
    name = called(view)
    editable = is_editable(asked.viewer, asked.book)
    context = {
        "heading": name,
        "scope": _("，").join(str(view.row[one]) for one in ("industry", "region", "code") if view.row[one]),
        "crumbs": customer_crumbs(name, ""),
        "asof": asof_bar(request, asked.book, comparable=False),
        "buttons": _buttons(asked, view),
        "edits": [_edit(asked, said, view, one) for one in EDITABLE],
        "figures": _figures(request, said, view),
        "table": contacts_table(said, list(view.contacts), editable=editable and view.met),
        "new_contact_url": reverse("web:new-contact", args=[uid]) if editable and view.met else "",
        "file_url": with_query(reverse("web:contacts-file", args=[uid]), standpoint(request)) if view.contacts else "",
        "deals": _deals(request, said, view),
        "deals_url": _report(request, view, "deals/list", state=OPEN_STATE),
        "contracts": _contracts(said, view),
        "history": event_rows(said, CUSTOMERS, view.history),
        "met": view.met,
        "past": asked.book.as_of_day != asked.book.today,
    }
    return render(request, "customers/customer.html", context)


@login_required
def by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from a customer's own number to its page, so that an address can be written by hand."""
    asked = asking(request)
    uid = customer_called(asked.viewer, code, asked.book)
    return redirect(with_query(reverse("web:customer", args=[uid]), pairs_of(request)))


@login_required
def customer_field(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """Show or save one value edited in place."""
    if name not in EDITABLE:
        raise Http404

    def read() -> Value:
        asked = asking(request)
        view = customer_view(asked.viewer, uid, asked.book)
        said = wording(request, view.names)
        page = reverse("web:customer", args=[uid])
        edit = _edit(asked, said, view, name, listed=True)
        return Value(said, CUSTOMERS.column(name), edit, called(view), view.version, view.history, page)

    def save(actor: Viewer, at: datetime, text: str, version: int) -> None:
        edit_field(actor, at, uid, name=name, text=text, version=version)

    return answer(request, name, read, save, relation="customers", section="customers")


def called(view: CustomerView) -> str:
    """Return what people call the customer."""
    return str(view.row["name"] or view.row["code"])


def _edit(asked: Asking, said: Wording, view: CustomerView, name: str, *, listed: bool = False) -> dict[str, Any]:
    """Return the context of parts/edit.html.

    Args:
        listed: with every account that it may belong to; they are too many for a page that shows other things.
    """
    column = CUSTOMERS.column(name)
    if not view.editable:
        return only_shown(said, column, view.row[name])
    url = reverse("web:customer-field", args=[view.uid, name])
    language = get_language() or "zh-hans"
    options = None
    if name == "segment_id":
        options = [("", figures.MISSING), *((one.uid, one.in_language(language)) for one in view.types.values())]
    if name == "partner_id" and listed:
        known = options_of(asked.book, "customers", language, [view.row[name]])
        options = [("", figures.MISSING), *(one for one in known if one[0] != str(view.uid))]
    edit = edited_in_place(said, column, view.row[name], url=url, version=view.version, options=options)
    return edit | {"on_page": name == "partner_id" and not listed}


def _buttons(asked: Asking, view: CustomerView) -> list[dict[str, Any]]:
    if asked.book.as_of_day != asked.book.today:
        return []
    buttons: list[dict[str, Any]] = []
    if asked.book.scope.whole and asked.viewer.holds(*POLICY["customer.merge"]):
        buttons.append({"label": _("合并"), "url": reverse("web:merge", args=["customers", view.uid])})
    if may_create(asked.viewer):
        address = with_query(reverse("web:new-deal"), [("customer", str(view.uid))])
        buttons.append({"label": _("新建商机"), "url": address, "primary": True})
    return buttons


def _figures(request: HttpRequest, said: Wording, view: CustomerView) -> list[dict[str, str]]:
    """Return the customer's figures, each as its report says and with a door to its rows."""
    if view.account is None or view.won is None or view.lost is None:
        return []
    account, labels = view.account.table, {one.name: one for one in view.account.table.columns}

    def of_account(name: str, report: str, **given: str) -> dict[str, str]:
        column, value = labels[name], account.cell(name, 0) if len(account) else None
        text = figures.MISSING if value is None else _written(said, column.kind, value)
        url = _report(request, view, report, **given) if report else ""
        return {"label": column.label.in_language(said.language), "text": text, "url": url}

    won = view.won.table.totals.get("amount")
    return [
        of_account("open_deals", "tables/pipeline"),
        of_account("open_amount", "tables/pipeline"),
        of_account("done", "targets/done"),
        {
            "label": _("累计赢单"),
            "text": _("%(deals)s 单，%(amount)s") % {
                "deals": figures.count(view.won.table.counted),
                "amount": figures.MISSING if won is None else figures.money(int(won), said.unit),
            },
            "url": _report(request, view, "deals/list", state="won"),
        },
        {
            "label": _("累计丢单"),
            "text": _("%(deals)s 单") % {"deals": figures.count(view.lost.table.counted)},
            "url": _report(request, view, "deals/list", state="lost"),
        },
        of_account("last_day", ""),
    ]  # fmt: skip


def _written(said: Wording, kind: str, value: float | int) -> str:
    if kind == "money":
        return figures.money(int(value), said.unit)
    return figures.day(int(value)) if kind == "day" else figures.count(int(value))


def _report(request: HttpRequest, view: CustomerView, name: str, **given: str) -> str:
    pairs: Pairs = [("customer", str(view.row["code"])), *given.items(), *standpoint(request)]
    return report_url(name, pairs)


def _deals(request: HttpRequest, said: Wording, view: CustomerView) -> dict[str, Any] | None:
    """Return the context of parts/table.html: the open opportunities as their report lists them."""
    if view.deals is None:
        return None
    answer: Answer = view.deals
    shown = Showing(request, answer, said.unit, get_language() or "zh-hans", names_of(answer, {}))
    return table_view(shown, COLUMNS) | {"id": "deals", "title": _("在途商机"), "caption": _("在途商机")}


def _contracts(said: Wording, view: CustomerView) -> list[dict[str, str]]:
    names = view.names.get("contracts", {})
    return [
        {
            "label": said.named("contracts", one.contract_id),
            "url": reverse("web:contract", args=[names[one.contract_id].uid]) if one.contract_id in names else "",
            "day": figures.day(one.effective_day),
            "text": figures.money(one.amount, said.unit),
        }
        for one in view.contracts
    ]
