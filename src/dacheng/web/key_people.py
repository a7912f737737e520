"""The panel of key people (关键人) of an opportunity: what part each contact has in it, edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import POLICY, Viewer
from dacheng.core.customers.schema import CONTACTS
from dacheng.core.deals.schema import DEAL_CONTACTS
from dacheng.service.deals import DealView, deal_view
from dacheng.service.entering import entered
from dacheng.service.key_people import (
    KeyPerson,
    TheirHistory,
    history_of_parts,
    key_people,
    missing_parts,
    set_key_person,
)
from dacheng.service.labels import DatabaseNames
from dacheng.store.identity import hidden
from dacheng.web.asking import Asking, asking
from dacheng.web.fields import Wording, edited_in_place, event_rows, only_shown, wording
from dacheng.web.inline import Value, answer
from dacheng.web.undoing import with_undo

PART = DEAL_CONTACTS.column("part")
UNCOVERED = "uncovered"
"""Id of the words that say which parts nobody has."""

FEW = 6
"""Key people that the panel shows at once; those beyond, who have no part in the deal, are folded away."""


def key_people_shown(said: Wording, asked: Asking, view: DealView) -> dict[str, Any]:
    """Return the panel: who has which part, which parts nobody has, and how it was before."""
    people = key_people(asked.book, view.deal_id, view.row["customer_id"])
    rows = [_row(said, view, one) for one in people]
    shown = max(FEW, sum(one.part is not None for one in people))
    return {
        "key_people": rows[:shown],
        "more_people": rows[shown:],
        "uncovered": _uncovered(said, people),
        "past_parts": _history(said, asked, view, people),
        "new_contact_url": _new_contact(said, asked, view),
    }


@login_required
def key_person(request: HttpRequest, uid: UUID, contact: UUID) -> HttpResponse:
    """Show or save the part of one contact in an opportunity."""

    def read() -> Value:
        asked = asking(request)
        view = deal_view(asked.viewer, uid, asked.book)
        people = key_people(asked.book, view.deal_id, view.row["customer_id"])
        one = next((one for one in people if one.contact.uid == contact), None)
        if one is None:
            raise hidden(CONTACTS.label)
        history = history_of_parts([one], asked.book.as_of_day)
        said = wording(request, DatabaseNames().names_of({"people": {told.event.actor_id for told in history}}))
        events = [told.event for told in history]
        page, called = reverse("web:deal", args=[uid]), str(one.contact.row["name"])
        beside = {"target": f"#{UNCOVERED}", "text": _uncovered(said, people)}
        return Value(said, PART, _edit(said, view, one), called, one.version, events, page, beside)

    def save(actor: Viewer, at: datetime, text: str, version: int) -> None:
        part = entered("deal_contacts", "part", text)
        set_key_person(actor=actor, at=at, deal=uid, contact=contact, part=part, version=version)

    return answer(request, "part", read, save, relation="deal_contacts", section="deals")


def _row(said: Wording, view: DealView, one: KeyPerson) -> dict[str, Any]:
    row = one.contact.row
    return {
        "name": str(row["name"]),
        "aside": _("，").join(word for word in (str(row["title"]), _("已离开") if row["left"] else "") if word),
        "url": reverse("web:contact", args=[one.contact.uid]),
        "edit": _edit(said, view, one),
    }


def _edit(said: Wording, view: DealView, one: KeyPerson) -> dict[str, Any]:
    at_account = said.shown(CONTACTS.column("part"), one.contact.row["part"])
    text = said.shown(PART, one.part)
    if one.part is None and one.contact.row["part"] is not None:
        text = _("%(part)s（客户层面）") % {"part": at_account}
    aside = {"text": text, "quiet": one.part is None}
    if "deal.edit" not in view.rights:
        return only_shown(said, PART, one.part) | aside
    url = reverse("web:deal-key-person", args=[view.uid, one.contact.uid])
    blank = _("按客户层面：%(part)s") % {"part": at_account}
    options = [("", blank), *((code, label.in_language(said.language)) for _number, code, label in PART.choices)]
    edit = edited_in_place(said, PART, one.part, url=url, version=one.version, options=options) | aside
    label = _("%(name)s的角色") % {"name": one.contact.row["name"]}
    return edit | {"id": f"edit-part-{one.contact.uid}", "label": label}


def _uncovered(said: Wording, people: Sequence[KeyPerson]) -> str:
    """Return which parts the deal says of nobody; empty when all four are covered or there is nobody to name."""
    missing = [said.shown(PART, one) for one in missing_parts(people)]
    return _("还缺：%(parts)s") % {"parts": _("、").join(missing)} if missing and people else ""


def _history(said: Wording, asked: Asking, view: DealView, people: Sequence[KeyPerson]) -> list[dict[str, Any]]:
    told: Sequence[TheirHistory] = history_of_parts(people, asked.book.as_of_day)
    if not told:
        return []
    names = DatabaseNames().names_of({"people": {one.event.actor_id for one in told}})
    worded = Wording(names, said.unit, said.currency, said.language)
    events = [one.event for one in told]
    rows = event_rows(worded, DEAL_CONTACTS, events)
    for row, one in zip(rows, told, strict=True):
        row["what"] = one.name
    if "deal.edit" in view.rights:
        with_undo(rows, events, asked.viewer, supervises="deal.reassign" in view.rights)
    return rows


def _new_contact(said: Wording, asked: Asking, view: DealView) -> str:
    """Return where a contact of the account is created; empty where the viewer may not."""
    name = view.names.get("customers", {}).get(view.row["customer_id"] or 0)
    today = asked.book.as_of_day == asked.book.today
    may = today and asked.viewer.holds(*POLICY["contact.edit"])
    return reverse("web:new-contact", args=[name.uid]) if name and may else ""
