"""What a list of opportunities can do beside showing: rows selected, values edited in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from dacheng.core.access import may
from dacheng.core.deals.schema import DEALS
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import date_of
from dacheng.service.deal_edits import LISTS, may_edit_many, may_reassign_many, versions_of
from dacheng.service.settings import currency
from dacheng.web.asking import Asking
from dacheng.web.fields import Wording, edited_in_place
from dacheng.web.links import pairs_of, with_query
from dacheng.web.tabling import Showing

IN_PLACE = {"amount": "amount", "expected_day": "expected_day", "category": "category", "win_ratio": "win_bp"}
"""Column of a list -> column of the deal that is edited there."""

EDITING = "edit"
"""Parameter of a list whose values are edited in place."""


def workable(asked: Asking, report: str) -> bool:
    """Tell whether the rows of a report are deals that somebody may edit, as they are today."""
    return report in LISTS and asked.book.as_of_day == asked.book.today and may_edit_many(asked.viewer)


def selection(request: HttpRequest, asked: Asking, report: str, count: int) -> dict[str, Any] | None:
    """Return the context of parts/selection.html; None where there is nothing to select."""
    if not workable(asked, report) or not count:
        return None
    kept = [("report", report), *(pair for pair in pairs_of(request) if pair[0] not in ("offset", "limit"))]
    buttons = [{"value": "expected_day", "label": _("批量修改"), "primary": False}]
    if may_reassign_many(asked.viewer):
        buttons.append({"value": "owner_id", "label": _("转移"), "primary": True})
    return {
        "action": reverse("web:deal-bulk"),
        "kept": kept,
        "count": count,
        "buttons": buttons,
        "paste_url": with_query(reverse("web:deal-paste"), [pair for pair in kept if pair[0] == "show"]),
        "today": date_of(asked.book.today).isoformat(),
    }


def in_place(asked: Asking, shown: Showing) -> Mapping[str, Callable[[int], str]]:
    """Return column -> the value of a row as HTML that is edited in place; empty where one may not."""
    table = shown.table
    ids = [int(one) for one in table.values["deal_id"]]
    records = versions_of(ids)
    said = Wording(shown.names, shown.unit, currency(), shown.language)

    def editable(row: int) -> bool:
        unit, owner = int(table.cell("unit_id", row) or 0), int(table.cell("owner_id", row) or 0)
        return may(asked.viewer, "deal.edit", asked.book.tree, unit_id=unit, owner_id=owner)

    def cell(column: str, row: int) -> str:
        (uid, version), name = records[ids[row]], IN_PLACE[column]
        url = f"{reverse('web:deal-field', args=[uid, name])}?at={row}&show={shown.unit}"
        value = _stored(column, table.cell(column, row))
        options = [(code, one.in_language(said.language)) for _n, code, one in DEALS.column(name).choices]
        edit = edited_in_place(said, DEALS.column(name), value, url=url, version=version, options=options or None)
        return render_to_string("parts/edit.html", {"edit": edit | {"id": f"{edit['id']}-{row}"}})

    def writer(column: str) -> Callable[[int], str]:
        return lambda row: cell(column, row) if editable(row) else ""

    return {column: writer(column) for column in IN_PLACE if column in table.values}


def _stored(column: str, value: float | int | None) -> int | None:
    """Return a value of a table as it is stored: a share as basis points."""
    if value is None:
        return None
    return round(value * BP_PER_WHOLE) if column == "win_ratio" else int(value)
