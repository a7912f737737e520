"""Checklists as people read and start them: a whole list with its names, a template of a day or an earlier list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer, may
from dacheng.core.book import Book
from dacheng.core.checklists.schema import CALENDAR, CHECKLIST_ITEMS, KINDS, OPENING, PARTS
from dacheng.core.checklists.starting import Item
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FiscalYear, ym_of
from dacheng.core.plans.listing import plans_seen
from dacheng.service.books import open_database
from dacheng.service.checklist_templates import template_of
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.service.seeing import SeenNames
from dacheng.service.strategy import seen_record
from dacheng.store.actions.checklists import SETTLED, Tick, check_items, items_like, start_checklist
from dacheng.store.identity import hidden
from dacheng.store.standing import Standing, standing

EDIT = "checklist.edit"
OF_PLAN = "SELECT kind, MIN(item_id) AS item_id FROM checklist_items WHERE plan_id = :plan GROUP BY kind ORDER BY kind"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """An item as its list shows it. ``late``: due before the Book's day and not done."""

    record: Standing
    row: Mapping[str, Any]
    name: Text
    part: Text
    done_by: Name | None
    person: Name | None
    late: bool

    @property
    def done(self) -> bool:
        """Tell whether it is done."""
        return self.row["done_day"] is not None


@dataclass(frozen=True, slots=True)
class ChecklistView:
    """A whole checklist on the Book's day.

    Args:
        of: what it is about: a plan, a person, or a unit with a year. editable: the viewer may tick it now.
    """

    kind: int
    label: Text
    of: Text
    unit: Name | None
    plan: Standing | None
    items: tuple[ChecklistItem, ...]
    editable: bool

    @property
    def left(self) -> int:
        """Return how many items are not done."""
        return sum(not one.done for one in self.items)


def checklist_view(viewer: Viewer, uid: UUID, book: Book) -> ChecklistView:
    """Return the checklist that an item stands on.

    Raises:
        NotFound: there is no such item, or the viewer does not see it.
    """
    return _view(viewer, seen_record("checklist_items", uid, book), book)


def checklists_of_plan(viewer: Viewer, plan_id: int, book: Book) -> list[ChecklistView]:
    """Return the checklists of a version of a plan."""
    firsts = book.gather(OF_PLAN, plan=plan_id)["item_id"].tolist()
    return [_view(viewer, one, book) for one in standing("checklist_items", firsts).values()]


def _view(viewer: Viewer, record: Standing, book: Book) -> ChecklistView:
    row = record.row
    plan = standing("plans", [row["plan_id"]])[row["plan_id"]] if row["plan_id"] else None
    if plan is not None and plan.record_id not in plans_seen(book)["plan_id"].tolist():
        raise hidden(CHECKLIST_ITEMS.label)
    found = items_like(row, book.as_of_day)
    rows = [{**one.row, **one.on(CHECKLIST_ITEMS, book.as_of_day)} for one in found]
    people = {int(one[name] or 0) for one in rows for name in ("person_id", "done_by_id")}
    names = DatabaseNames().names_of({"people": people, "units": [row["unit_id"]]})
    parts = {number: label for number, _, label in PARTS}
    items = tuple(
        ChecklistItem(
            record=one,
            row=own,
            name=Text(str(one.row["name"]), str(one.row["name_en"] or one.row["name"])),
            part=parts[int(own["part"])],
            done_by=names["people"].get(int(own["done_by_id"] or 0)),
            person=names["people"].get(int(own["person_id"] or 0)),
            late=own["done_day"] is None and own["due_day"] is not None and own["due_day"] < book.as_of_day,
        )
        for one, own in zip(found, rows, strict=True)
    )
    unit = names["units"].get(int(row["unit_id"]))
    return ChecklistView(
        kind=int(row["kind"]),
        label=next(label for number, _, label in KINDS if number == row["kind"]),
        of=_about(row, plan, unit, names["people"]),
        unit=unit,
        plan=plan,
        items=items,
        editable=_editable(viewer, row, plan, book),
    )


def _about(row: Mapping[str, Any], plan: Standing | None, unit: Name | None, people: Mapping[int, Name]) -> Text:
    if plan is not None:
        name = f"{plan.row['name']} V{plan.row['number']}"
        return Text(name, name)
    if row["kind"] == OPENING:
        who = people.get(int(row["person_id"]))
        return _both(who) if who else Text("", "")
    place = _both(unit) if unit else Text("", "")
    return Text(f"{place.zh} {row['year']}", f"{place.en} {row['year']}")


def _both(name: Name) -> Text:
    return Text(name.name, name.english or name.name)


def _editable(viewer: Viewer, row: Mapping[str, Any], plan: Standing | None, book: Book) -> bool:
    if book.as_of_day != book.today or (plan is not None and plan.row["state"] in SETTLED):
        return False
    return may(viewer, EDIT, book.tree, unit_id=int(row["unit_id"]), owner_id=int(row["person_id"] or 0))


def start(
    viewer: Viewer, at: datetime, book: Book, values: Mapping[str, Any], *, like: UUID | None = None
) -> list[UUID]:
    """Start a checklist; return the public ids of its items.

    Args:
        values: as ``start_checklist`` takes them; ``start_day`` beside them.
        like: an item of an earlier checklist of the same kind whose items it takes; default the template of the day.

    Raises:
        As ``start_checklist``.
    """
    given = {name: value for name, value in values.items() if name != "start_day"}
    kind, fiscal = int(given["kind"]), book.rules.fiscal
    items = _items_of(like, book, fiscal) if like else template_of(kind, book.today)
    begins = values.get("start_day")
    return start_checklist(actor=viewer, at=at, values=given, items=items, fiscal=fiscal, start_day=begins)


def _items_of(like: UUID, book: Book, fiscal: FiscalYear) -> tuple[Item, ...]:
    """Return the items of an earlier checklist as a template: due as many days or months after its start."""
    record = seen_record("checklist_items", like, book)
    found = []
    for one in items_like(record.row, book.as_of_day):
        due, kind, after, month = one.row["due_day"], one.row["kind"], None, None
        if due is not None and kind == CALENDAR:
            month = int(ym_of(due)) - fiscal.year(int(one.row["year"])).from_ym + 1
        elif due is not None:
            after = due - one.first_day
        found.append(Item(int(one.row["part"]), str(one.row["name"]), str(one.row["name_en"]), after, month))
    return tuple(found)


def start_named(
    viewer: Viewer, at: datetime, kind: str, *, plan: str = "", person: str = "", unit: str = "", year: int = 0
) -> int:
    """Start a checklist of what is called so; return how many items it has.

    Raises:
        RuleError: nothing, or several, are called so, or as ``start_checklist``.
    """
    book = open_database(viewer, at=at)
    number_of_kind = next((number for number, code, _ in KINDS if code == kind), 0)
    if not number_of_kind:
        raise RuleError(
            Text(f"没有「{kind}」这种清单。", f"There is no checklist of the kind “{kind}”."),
            Text(" · ".join(code for _, code, _ in KINDS), " · ".join(code for _, code, _ in KINDS)),
        )
    values: dict[str, Any] = {"kind": number_of_kind, "year": year}
    named = {"plan_id": ("plans", plan), "person_id": ("people", person), "unit_id": ("units", unit)}
    for name, (relation, text) in named.items():
        if text:
            number = identified(relation, text, SeenNames(book, DatabaseNames()))
            values[name] = UUID(DatabaseNames().names(relation, [number])[number].uid)
    return len(start(viewer, at, book, values))


def tick_named(viewer: Viewer, at: datetime, codes: Sequence[str], *, done: bool, note: str = "") -> int:
    """Tick items by their codes; return how many changed.

    Raises:
        RuleError: one is not known, or as ``check_items``.
    """
    book = open_database(viewer, at=at)
    names = SeenNames(book, DatabaseNames())
    ids = [identified("checklist_items", one, names) for one in codes]
    found = standing("checklist_items", ids)
    ticks = [Tick(found[one].uid, done, note or str(found[one].row["note"] or "")) for one in ids]
    return check_items(actor=viewer, at=at, ticks=ticks)
