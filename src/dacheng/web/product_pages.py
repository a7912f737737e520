"""Products (产品): listed, added, changed from a day on; flow or custom decides how a plan is cut (R056)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, not_allowed
from dacheng.core.products.schema import PRODUCTS
from dacheng.store.actions.products import create_product, edit_product
from dacheng.store.standing import Standing, every, standing_uid
from dacheng.web.asking import Asking, asking
from dacheng.web.changing import Change, changed_page
from dacheng.web.fields import Wording
from dacheng.web.forms import DayField
from dacheng.web.hand_tables import columns_of
from dacheng.web.record_forms import RecordForm
from dacheng.web.setting_pages import settings_crumbs
from dacheng.web.strategy_records import wording_of

SHOWN = ("name", "code", "line", "list_price", "motion")
TYPED = ("name", "line", "list_price", "motion")


@login_required
def products_page(request: HttpRequest) -> HttpResponse:
    """Show the products by line and name."""
    request.section = "settings"
    editable = asking(request).viewer.holds(*POLICY["product.edit"])
    new = {"label": _("新建产品"), "url": reverse("web:new-product"), "primary": True}
    records = sorted(every("products").values(), key=lambda one: (one.row["line"], one.row["name"], one.row["code"]))
    context = {
        "heading": _("产品"),
        "crumbs": settings_crumbs(_("产品")),
        "buttons": [new] if editable else [],
        "sets": [{"name": _("产品和产品类型"), "table": _table(records, wording_of(request), editable)}],
    }
    return render(request, "settings/stages.html", context)


@login_required
def product_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a product from a day on."""
    asked = _allowed(request)
    record = standing_uid("products", uid)
    form = _form(request, record, asked.book.today)
    version = request.POST.get("version", "")

    def save() -> str:
        edit_product(
            actor=asked.viewer,
            at=asked.at,
            uid=uid,
            values=form.values(),
            version=int(version) if version.isdecimal() else 0,
            on=form.cleaned_data["on"],
        )
        return reverse("web:products")

    return changed_page(request, form, save, _change(_called(record), _("保存产品"), int(record.row["version"])))


@login_required
def new_product(request: HttpRequest) -> HttpResponse:
    """Create a product."""
    asked = _allowed(request)
    form = _form(request, None, None)

    def save() -> str:
        create_product(actor=asked.viewer, at=asked.at, values=form.values())
        return reverse("web:products")

    return changed_page(request, form, save, _change(_("新建产品"), _("新建产品")))


def _form(request: HttpRequest, record: Standing | None, today: int | None) -> RecordForm:
    """Return the columns that are typed; of a product that stands the day too from which they hold."""
    form = RecordForm(
        request.POST or None,
        relation=PRODUCTS,
        names=TYPED,
        said=wording_of(request),
        offered=lambda _relation, _also: [],
        record=record,
    )
    if record is not None:
        form.fields["on"] = DayField(label=_("从哪天起"), initial=today)
    return form


def _change(heading: str, submit: str, version: int = 0) -> Change:
    above = settings_crumbs(_("产品"), reverse("web:products"))
    return Change(
        heading=heading,
        submit=submit,
        cancel_url=reverse("web:products"),
        crumbs=[*above, {"label": heading, "url": ""}],
        version=version,
        relation=PRODUCTS,
    )


def _allowed(request: HttpRequest) -> Asking:
    """Return who asks; refuse who may not edit products."""
    asked = asking(request)
    if not asked.viewer.holds(*POLICY["product.edit"]):
        raise not_allowed("product.edit")
    return asked


def _table(records: list[Standing], wording: Wording, editable: bool) -> dict[str, Any]:
    labels = [wording.label(PRODUCTS.column(name)) for name in SHOWN]
    return {
        "title": _("产品"),
        "cards": True,
        "columns": columns_of(labels, words=(0, 1, 2, 4)),
        "rows": [{"id": f"product-{one.uid}", "cells": _cells(one, wording, editable)} for one in records],
        "empty": {"sentence": _("还没有产品。"), "hint": _("新建，或从表格导入。")},
    }


def _cells(record: Standing, wording: Wording, editable: bool) -> list[dict[str, Any]]:
    url = reverse("web:product", args=[record.uid]) if editable else ""
    texts = [wording.shown(PRODUCTS.column(name), record.row[name]) for name in SHOWN[1:]]
    return [{"text": _called(record), "href": url, "kind": "strong"}, *({"text": text} for text in texts)]


def _called(record: Standing) -> str:
    return str(record.row["name"] or record.row["code"])
