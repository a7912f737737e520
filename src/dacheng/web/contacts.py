"""Contacts (联系人) of customers: a page of each, edited in place in lists and on it, created, left (R095, R097)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.access import Viewer, not_allowed
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.errors import DachengError, Text
from dacheng.core.relation import Column
from dacheng.core.text_forms import dialled, phones_of
from dacheng.service.contact_export import contacts_workbook
from dacheng.service.contacts import (
    ASKED,
    EDITABLE,
    ContactRow,
    ContactView,
    contact_view,
    create,
    edit_field,
    is_editable,
    mark_contact_left,
    namesakes_now,
)
from dacheng.service.customers import CustomerView, customer_view
from dacheng.service.exporting import FORMATS
from dacheng.service.key_people import PART, parts_of
from dacheng.service.settings import currency
from dacheng.web import figures
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording, edited_in_place, event_rows, only_shown, wording
from dacheng.web.forms import DayField
from dacheng.web.forms import said as sentence
from dacheng.web.inline import Value, answer
from dacheng.web.links import with_query
from dacheng.web.standpoint import asof_bar
from dacheng.web.toasts import say
from dacheng.web.undoing import say_saved, with_undo

LISTED = ("title", "department", "phone", "email", "part", "reports_to_id", "note")
"""Columns of the list of a customer's contacts, beside the name."""

TYPES = {"phone": "tel", "email": "email"}
LEFT_OPTIONS = (("0", Text("在职", "There")), ("1", Text("已离开", "Left")))


@login_required
def contact_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one contact as he stood at the end of the as-of day."""
    request.section = "customers"
    asked = asking(request)
    view = contact_view(asked.viewer, uid, asked.book)
    said = wording(request, view.names)
    row = view.contact.row
    context = {
        "heading": row["name"],
        "scope": _("，").join(part for part in (customer_name(said, view), row["title"], row["code"]) if part),
        "crumbs": _crumbs(said, view),
        "asof": asof_bar(request, asked.book, comparable=False),
        "buttons": _buttons(view),
        "edits": [_edit(said, view, column) for column in EDITABLE],
        "reports": [_named(said, one) for one in view.colleagues if one.row["reports_to_id"] == view.contact.record_id],
        "parts": _parts(said, asked, view),
        "reach": reach_of(view.contact),
        "history": _history(said, asked, view),
        "past": asked.book.as_of_day != asked.book.today,
        "left": bool(row["left"]),
        "twin": view.contact.twin,
    }
    return render(request, "customers/contact.html", context)


@login_required
def contact_field(request: HttpRequest, uid: UUID, name: str) -> HttpResponse:
    """Show or save one value of a contact edited in place."""
    if name not in EDITABLE:
        raise Http404

    def read() -> Value:
        asked = asking(request)
        view = contact_view(asked.viewer, uid, asked.book)
        said = wording(request, view.names)
        page = reverse("web:contact", args=[uid])
        edit = _placed(request, _edit(said, view, name))
        called = str(view.contact.row["name"])
        return Value(said, CONTACTS.column(name), edit, called, view.contact.version, view.history, page)

    def save(actor: Viewer, at: datetime, text: str, version: int) -> None:
        edit_field(actor, at, uid, name=name, text=text, version=version)

    return answer(request, name, read, save, relation="contacts", section="customers")


class ContactForm(forms.Form):
    """What is asked of a new contact."""

    def __init__(self, *args: Any, view: CustomerView, said: Wording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ASKED:
            column = CONTACTS.column(name)
            self.fields[name] = _form_field(said, view, column)
        self.fields["name"].widget.attrs["autofocus"] = True


@login_required
def new_contact(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Create a contact of a customer, and perhaps the next one at once."""
    request.section = "customers"
    asked = asking(request)
    view = customer_view(asked.viewer, uid, asked.book)
    if not is_editable(asked.viewer, asked.book):
        raise not_allowed("contact.edit")
    said = Wording(view.names, "wan", currency(), get_language() or "zh-hans")
    form = ContactForm(request.POST or None, view=view, said=said)
    page = reverse("web:customer", args=[uid])
    if request.method == "POST" and form.is_valid():
        try:
            saved = create(asked.viewer, asked.at, uid, form.cleaned_data)
            _say_created(request, asked, saved.uid, str(form.cleaned_data["name"]))
            return redirect(request.path if "another" in request.POST else page)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    customer = str(view.row["name"] or view.row["code"])
    context = {
        "heading": _("新建联系人"),
        "scope": customer,
        "crumbs": [*customer_crumbs(customer, page), {"label": _("新建联系人"), "url": ""}],
        "form": form,
        "submit": _("建联系人"),
        "more_submit": {"name": "another", "label": _("存好再建一位")},
        "cancel_url": page,
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


@login_required
def leave(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Mark that a contact is no longer with the customer, from a day on."""
    request.section = "customers"
    asked = asking(request)
    view = contact_view(asked.viewer, uid, asked.book)
    if not view.editable:
        raise not_allowed("contact.edit")
    form = forms.Form(request.POST or None, initial={"on": asked.book.today})
    form.fields["on"] = DayField(label=_("离开日"))
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            mark_contact_left(
                actor=asked.viewer,
                at=asked.at,
                uid=uid,
                version=int(version) if version.isdecimal() else 0,
                on=form.cleaned_data["on"],
            )
            say_saved(request, asked.viewer, asked.at)
            return redirect("web:contact", uid=uid)
        except DachengError as problem:
            form.add_error(None, sentence(problem))
    said = wording(request, view.names)
    context = {
        "heading": _("联系人离开"),
        "scope": str(view.contact.row["name"]),
        "crumbs": [*_crumbs(said, view)[:-1], {"label": _("联系人离开"), "url": ""}],
        "form": form,
        "hidden": [("version", view.contact.version)],
        "effects": [_("记录和历史都留着，从这天起标为已离开。"), _("换了公司的，到新的客户下新建。")],
        "submit": _("标为已离开"),
        "cancel_url": reverse("web:contact", args=[uid]),
    }
    return render(request, "forms/page.html", context, status=422 if form.errors else 200)


@login_required
def export_file(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Return the contacts of a customer as a workbook that can be imported again."""
    asked = asking(request)
    view = customer_view(asked.viewer, uid, asked.book)
    body = contacts_workbook(asked.book, get_language() or "zh-hans", uid)
    response = HttpResponse(body, content_type=FORMATS["xlsx"])
    name = quote(f"{view.row['code']}-contacts.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


# The list on the page of a customer --------------------------------------------------------------


def contacts_table(said: Wording, contacts: list[ContactRow], *, editable: bool) -> dict[str, Any]:
    """Return the context of parts/table.html: a customer's contacts, each value edited in place."""
    columns = [CONTACTS.column(name) for name in LISTED]
    heads = [{"key": "name", "label": said.label(CONTACTS.column("name")), "align": "text", "first": True}]
    heads += [{"key": one.name, "label": said.label(one), "align": "text"} for one in columns]
    return {
        "id": "contacts",
        "title": _("联系人"),
        "caption": _("联系人"),
        "cards": True,
        "columns": heads,
        "rows": [_list_row(said, contacts, at, columns, editable) for at in range(len(contacts))],
        "empty": {"sentence": _("还没有联系人。"), "hint": _("至少记下决策者和使用者各一位。")},
    }


def _list_row(
    said: Wording, contacts: list[ContactRow], at: int, columns: list[Column], editable: bool
) -> dict[str, Any]:
    one = contacts[at]
    url = reverse("web:contact", args=[one.uid])
    asides = [_("已离开")] if one.row["left"] else []
    asides += [_("有同名")] if one.twin else []
    first = {"text": str(one.row["name"]), "href": url, "title": " ".join([str(one.row["name"]), *asides])}
    cells = [first, *(_list_cell(said, contacts, at, column, editable) for column in columns)]
    if asides:
        first["text"] = f"{first['text']}（{_('，').join(asides)}）"
    return {"id": f"contact-{at}", "outside": bool(one.row["left"]), "cells": cells}


def _list_cell(said: Wording, contacts: list[ContactRow], at: int, column: Column, editable: bool) -> dict[str, Any]:
    one = contacts[at]
    if not editable:
        return {"text": said.shown(column, one.row[column.name])}
    edit = _edited(said, one, contacts, column.name)
    address = with_query(edit["url"], [("at", str(at))])
    edit |= {"id": f"{edit['id']}-{at}", "url": address}
    return {"text": render_to_string("parts/edit.html", {"edit": edit}), "kind": "html"}


# Parts ---------------------------------------------------------------------------------------


def customer_crumbs(name: str, url: str) -> list[dict[str, str]]:
    """Return where the pages of a customer stand."""
    return [{"label": _("客户"), "url": reverse("web:customers")}, {"label": name, "url": url}]


def customer_name(said: Wording, view: ContactView) -> str:
    """Return what the customer of a contact is called."""
    return said.named("customers", view.customer_id)


def reach_of(contact: ContactRow) -> list[dict[str, str]]:
    """Return the ways to reach a contact as links: a number dials, an address writes."""
    numbers = phones_of(str(contact.row["phone"]))
    ways = [{"kind": _("打电话"), "label": one, "url": f"tel:{dialled(one)}"} for one in numbers]
    mail = str(contact.row["email"])
    return ways + ([{"kind": _("写邮件"), "label": mail, "url": f"mailto:{mail}"}] if mail else [])


def _crumbs(said: Wording, view: ContactView) -> list[dict[str, str]]:
    name = view.names.get("customers", {}).get(view.customer_id)
    page = reverse("web:customer", args=[name.uid]) if name else reverse("web:customers")
    own = {"label": str(view.contact.row["name"]), "url": ""}
    return [*customer_crumbs(customer_name(said, view), page), own]


def _buttons(view: ContactView) -> list[dict[str, Any]]:
    if not view.editable or view.contact.row["left"]:
        return []
    return [{"label": _("离开"), "url": reverse("web:contact-leave", args=[view.contact.uid])}]


def _edit(said: Wording, view: ContactView, name: str) -> dict[str, Any]:
    if not view.editable:
        return only_shown(said, CONTACTS.column(name), view.contact.row[name])
    return _edited(said, view.contact, view.colleagues, name)


def _edited(said: Wording, one: ContactRow, colleagues: Any, name: str) -> dict[str, Any]:
    column = CONTACTS.column(name)
    url = reverse("web:contact-field", args=[one.uid, name])
    edit = edited_in_place(
        said, column, one.row[name], url=url, version=one.version, options=_options(said, one, colleagues, column)
    )
    return edit | ({"kind": "select", "value": str(one.row[name] or 0)} if column.kind == "flag" else {})


def _options(said: Wording, one: ContactRow, colleagues: Any, column: Column) -> list[tuple[str, str]] | None:
    if column.kind == "flag":
        return [(code, label.in_language(said.language)) for code, label in LEFT_OPTIONS]
    blank = ("", figures.MISSING)
    if column.kind == "choice":
        return [blank, *((code, label.in_language(said.language)) for _n, code, label in column.choices)]
    if column.kind == "ref":
        others = [other for other in colleagues if other.record_id != one.record_id]
        return [blank, *((str(other.uid), str(other.row["name"])) for other in others)]
    return None


def _placed(request: HttpRequest, edit: dict[str, Any]) -> dict[str, Any]:
    """Return an edit as it stands in a row of the list, when the address says in which."""
    row = request.GET.get("at", "")
    if not row.isdecimal() or "url" not in edit:
        return edit
    return edit | {"id": f"{edit['id']}-{row}", "url": with_query(edit["url"], [("at", row)])}


def _form_field(said: Wording, view: CustomerView, column: Column) -> forms.Field:
    label, required = said.label(column), column.name == "name"
    help_text = column.help.in_language(said.language)
    if column.kind in ("choice", "ref"):
        options = _options(said, _NOBODY, view.contacts, column) or []
        return forms.ChoiceField(label=label, required=required, choices=options, help_text=help_text)
    widget = forms.TextInput(attrs={"type": TYPES.get(column.form, "text"), "autocomplete": "off"})
    return forms.CharField(label=label, required=required, max_length=300, widget=widget, help_text=help_text)


_NOBODY = ContactRow(UUID(int=0), 0, 0, {}, twin=False)


def _named(said: Wording, one: ContactRow) -> dict[str, str]:
    part = said.shown(CONTACTS.column("part"), one.row["part"])
    return {
        "label": str(one.row["name"]),
        "url": reverse("web:contact", args=[one.uid]),
        "text": _("，").join(word for word in (str(one.row["title"]), part) if word and word != figures.MISSING),
    }


def _say_created(request: HttpRequest, asked: Asking, uid: UUID, name: str) -> None:
    """Tell that a contact is saved, and of others of the same name at this customer."""
    say_saved(request, asked.viewer, asked.at)
    same = namesakes_now(uid, asked.at)
    if same:
        say(request, _("这个客户还有同名的 %(name)s（%(codes)s），看看是不是同一位。") % {
            "name": name, "codes": _("、").join(same)
        })  # fmt: skip


def _parts(said: Wording, asked: Asking, view: ContactView) -> list[dict[str, str]]:
    """Return the opportunities that name the contact, with his part in each."""
    return [
        {
            "label": one.deal.in_language(said.language),
            "url": reverse("web:deal", args=[one.deal.uid]),
            "text": said.shown(PART, one.part),
        }
        for one in parts_of(asked.book, view.contact.record_id)
    ]


def _history(said: Wording, asked: Asking, view: ContactView) -> list[dict[str, Any]]:
    rows = event_rows(said, CONTACTS, view.history)
    if view.editable:
        with_undo(rows, view.history, asked.viewer, supervises=True)
    return rows
