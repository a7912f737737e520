"""The values of a record as one reader reads and types them: on its page, in its history, in forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dacheng.core.errors import Conflict
from dacheng.core.money import percent
from dacheng.core.period import FAR_DAY, FIRST_DAY, ym_text
from dacheng.core.relation import Column, Relation
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event
from dacheng.service.settings import currency
from dacheng.web import figures
from dacheng.web.standpoint import money_unit
from dacheng.web.when import shown_moment
from dacheng.web.words import ACTIONS

KINDS = {"money": "money", "day": "date", "bp": "number", "choice": "select", "ref": "select"}
"""Kind of a column -> how it is edited in place; any other as text."""


@dataclass(frozen=True)
class Wording:
    """How values are written for one reader.

    Args:
        names: relation -> id -> name of everything that is named.
        unit: of money, and of a bare number that is typed.
    """

    names: Mapping[str, Mapping[int, Name]]
    unit: figures.Unit
    currency: str
    language: str

    def label(self, column: Column) -> str:
        """Return what a column is called, money with its unit."""
        label = column.label.in_language(self.language)
        if column.kind != "money":
            return label
        return f"{label} {figures.unit_words(self.unit, self.currency, self.language)}"

    def named(self, relation: str, record_id: int | None) -> str:
        """Return the name of an id; empty for 0 and None, which are nobody."""
        name = self.names.get(relation, {}).get(record_id or 0)
        return name.in_language(self.language) if name else ""

    def shown(self, column: Column, value: Any) -> str:
        """Return a value as people read it."""
        if value is None or value == "":
            return figures.MISSING
        if column.kind == "ym":
            return ym_text(value)
        if column.kind == "money":
            return figures.money(value, self.unit)
        if column.kind == "day":
            return figures.MISSING if value == FAR_DAY else figures.day(value)
        if column.kind == "bp":
            return figures.ratio(value / 10_000)
        if column.kind == "ref":
            return self.named(column.ref, value) or figures.MISSING
        if column.kind == "choice":
            return next(
                (label.in_language(self.language) for number, _c, label in column.choices if number == value), ""
            )
        if column.kind == "flag":
            return _("是") if value else _("否")
        return str(value)

    def typed(self, column: Column, value: Any) -> str:
        """Return a value as it stands in an input."""
        if value is None or value == "":
            return ""
        if column.kind == "ref":
            name = self.names.get(column.ref, {}).get(value)
            return name.uid if name else ""
        if column.kind == "choice":
            return next((code for number, code, _label in column.choices if number == value), "")
        if column.kind == "bp":
            return percent(value)
        if column.kind == "money":
            return figures.exact(value, self.unit)
        return self.shown(column, value)


def wording(request: HttpRequest, names: Mapping[str, Mapping[int, Name]]) -> Wording:
    """Return how values are written for whoever asks."""
    return Wording(names, money_unit(request), currency(), get_language() or "zh-hans")


def edited_in_place(
    said: Wording, column: Column, value: Any, *, url: str, version: int, options: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    """Return the context of parts/edit.html for one value."""
    edit: dict[str, Any] = {
        "id": f"edit-{column.name}",
        "url": url,
        "name": column.name,
        "label": said.label(column),
        "text": said.shown(column, value),
        "value": said.typed(column, value),
        "version": version,
        "kind": KINDS.get(column.kind, "text"),
        "editable": True,
    }
    return edit | ({"options": options} if options is not None else {})


def only_shown(said: Wording, column: Column, value: Any) -> dict[str, Any]:
    """Return the same for a value that cannot be edited here."""
    return {"label": said.label(column), "text": said.shown(column, value), "editable": False}


def event_rows(said: Wording, relation: Relation, history: Sequence[Event]) -> list[dict[str, Any]]:
    """Return the context of parts/history.html."""
    return [_event_row(said, relation, one) for one in history]


def _asides(one: Event) -> list[str]:
    """Return when an event was recorded, and of which record it was before a merge."""
    recorded = _("%(when)s 记录") % {"when": shown_moment(one.at)} if one.at else ""
    return [recorded, _("并入的 %(name)s") % {"name": one.of} if one.of else ""]


def _event_row(said: Wording, relation: Relation, one: Event) -> dict[str, Any]:
    """Return one line of a history: the day it took effect, who recorded it, old and new value."""
    row: dict[str, Any] = {
        "when": _("起初") if one.from_day == FIRST_DAY else figures.day(one.from_day),
        "who": said.named("people", one.actor_id) or _("系统"),
        "reason": _("，").join(part for part in _asides(one) if part),
    }
    if not one.name:
        return row | {"what": str(ACTIONS.get(one.action, one.action))}
    column = relation.column(one.name)
    return row | {
        "what": column.label.in_language(said.language),
        "old": said.shown(column, one.before),
        "new": said.shown(column, one.after),
    }


def clash(
    said: Wording, edit: Mapping[str, Any], *, yours: str, typed: str, history: Sequence[Event], version: int
) -> dict[str, Any]:
    """Return the context of parts/conflict.html: what was typed, and what stands now by whom."""
    last = history[0] if history else None
    return {
        "id": f"{edit['id']}-conflict",
        "url": edit["url"],
        "name": edit["name"],
        "label": edit["label"],
        "yours": yours,
        "yours_value": typed,
        "theirs": edit["text"],
        "by": (said.named("people", last.actor_id) if last else "") or _("系统"),
        "when": shown_moment(last.at) if last else "",
        "version": version,
        "cancel_url": edit["url"],
    }


def both_values(request: HttpRequest, relation: Relation, problem: Conflict) -> list[dict[str, str]]:
    """Return label, own and standing value of every column two people changed, for a form's clash."""
    wanted: dict[str, set[int]] = {}
    for values in (problem.yours, problem.theirs):
        for name, value in values.items():
            column = relation.column(name)
            if column.kind == "ref" and isinstance(value, int):
                wanted.setdefault(column.ref, set()).add(value)
    said = wording(request, DatabaseNames().names_of(wanted))
    return [
        {
            "label": said.label(relation.column(name)),
            "yours": said.shown(relation.column(name), value),
            "theirs": said.shown(relation.column(name), problem.theirs.get(name)),
        }
        for name, value in problem.yours.items()
        if value != problem.theirs.get(name)
    ]
