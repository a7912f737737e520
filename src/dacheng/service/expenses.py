"""One expense for its page, and what a new one does to its budget (R037)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import POLICY, Viewer, may
from dacheng.core.book import Book
from dacheng.core.budget.charging import OF_PROJECT, UNBUDGETED, charged
from dacheng.core.budget.ruling import warnings_in
from dacheng.core.budget.schema import EXPENSES
from dacheng.core.budget.spending import check_expense
from dacheng.core.budget.standing import unit_budgets
from dacheng.core.errors import Finding, Text
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.record_history import Event, events_of
from dacheng.store.access import tree_on
from dacheng.store.identity import hidden
from dacheng.store.queries.records import history_of
from dacheng.store.standing import standing_uid

SEEN = "SELECT expense_id FROM expenses WHERE expense_id = :expense ORDER BY expense_id"


@dataclass(frozen=True)
class ExpenseView:
    """An expense on the Book's day, and whether the viewer may correct it now."""

    uid: UUID
    version: int
    row: Mapping[str, Any]
    editable: bool
    history: Sequence[Event]
    names: Mapping[str, Mapping[int, Name]]


def expense_view(viewer: Viewer, uid: UUID, book: Book) -> ExpenseView:
    """Return an expense for its page.

    Raises:
        NotFound: it does not exist, or the viewer does not see it.
    """
    record = standing_uid("expenses", uid)
    shown = book if record.first_day <= book.as_of_day else book.at(record.first_day)
    if not len(shown.gather(SEEN, expense=record.record_id)):
        raise hidden(EXPENSES.label)
    row = {**record.row, **record.on(EXPENSES, shown.as_of_day)}
    place = {"unit_id": int(row["unit_id"]), "owner_id": int(row["person_id"])}
    editable = book.as_of_day == book.today and may(viewer, "expense.record", tree_on(book.today), **place)
    history = events_of(EXPENSES, record, history_of("expenses", record.record_id), shown.as_of_day, ())
    return ExpenseView(record.uid, int(record.row["version"]), row, editable, history, _names(row, history))


def may_record(viewer: Viewer) -> bool:
    """Tell whether somebody may record expenses, his own or others'."""
    return viewer.holds(*POLICY["expense.record"])


def warnings_after(viewer: Viewer, at: datetime, uid: UUID) -> list[Finding]:
    """Return what an expense that was just recorded reaches of its budget, as far as the viewer sees the budget."""
    book = open_database(viewer, at=at)
    number, spent = standing_uid("expenses", uid).record_id, charged(book)
    place = next((at for at, one in enumerate(spent.rows["expense_id"].tolist()) if one == number), None)
    if place is None or spent.part[place] == UNBUDGETED:
        return []
    unit, first, part = (int(one[place]) for one in (spent.unit, spent.first_ym, spent.part))
    budgets = [one for one in unit_budgets(book, unit, direct=True) if one.span.from_ym == first]
    if not budgets:
        return []
    ledger = budgets[0].ledger
    released = sum(one.project if part == OF_PROJECT else one.fixed + one.variable for one in ledger)
    own = (spent.unit == unit) & (spent.first_ym == first) & (spent.part == part)
    used = int((spent.actual + spent.committed)[own].sum())
    amount = int(spent.actual[place] + spent.committed[place])
    name = DatabaseNames().names("units", [unit])[unit]
    called = Text(f"{name.in_language('zh-hans')}预算", f"the budget of {name.in_language('en')}")
    return check_expense(called, released, used - amount, amount, warnings_in(book.rules))


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment that an expense may settle; ``open_amount`` in minor units: what it may still cost."""

    expense_id: int
    name: Name
    open_amount: int


def open_commitments(book: Book, also: int | None = None) -> list[Commitment]:
    """Return the commitments that a viewer sees and that are still open, the latest first (R037).

    Args:
        also: one that an expense settles already, be it still open or not.
    """
    spent = charged(book)
    left = dict(zip(spent.rows["expense_id"].tolist(), spent.committed.tolist(), strict=True))
    wanted = [number for number, amount in left.items() if amount > 0 or number == also]
    names = DatabaseNames().names("expenses", wanted)
    return [Commitment(one, names[one], left[one]) for one in sorted(wanted, reverse=True) if one in names]


def _names(row: Mapping[str, Any], history: Sequence[Event]) -> dict[str, Mapping[int, Name]]:
    wanted: dict[str, set[int]] = {"people": {one.actor_id for one in history}}
    rows = [row, *({one.name: value} for one in history for value in (one.before, one.after) if value)]
    for column in EXPENSES.facts:
        if column.kind == "ref":
            wanted.setdefault(column.ref, set()).update(one[column.name] for one in rows if one.get(column.name))
    return DatabaseNames().names_of(wanted)
