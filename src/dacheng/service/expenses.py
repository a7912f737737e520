"""One expense for its page, and what a new one does to its budget (R037)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import POLICY, SYSTEM, Viewer, may
from dacheng.core.book import Book
from dacheng.core.budget.charging import OF_PROJECT, UNBUDGETED, charged
from dacheng.core.budget.overspending import Room, room_for
from dacheng.core.budget.ruling import overspends_wait, warnings_in
from dacheng.core.budget.schema import AWAITING, EXPENSES
from dacheng.core.budget.spending import check_expense
from dacheng.core.budget.standing import unit_budgets
from dacheng.core.errors import Finding, Text
from dacheng.core.money import in_yuan
from dacheng.service.books import open_database
from dacheng.service.entering import entered
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.service.record_history import Event, events_of
from dacheng.service.seeing import SeenNames
from dacheng.store.access import tree_on
from dacheng.store.actions import expenses as actions
from dacheng.store.actions.expenses import Judge
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved
from dacheng.store.identity import hidden
from dacheng.store.queries.records import history_of
from dacheng.store.standing import Columns, ids_of_codes, standing, standing_uid

SEEN = "SELECT expense_id FROM expenses WHERE expense_id = :expense ORDER BY expense_id"


WAITS = Finding(
    "budget/waits",
    Text("这笔会超支，已送批准人。", "This would overspend: it was sent to the approvers."),
    Text(
        "批准前不占用预算；批复会显示在这笔费用上。",
        "It takes of no budget before; the answer will stand on the expense.",
    ),
    severity="warn",
)


@dataclass(frozen=True)
class ExpenseView:
    """An expense on the Book's day, and whether the viewer may correct it now.

    Args:
        decidable: it waits, and the viewer may approve it or reject it now.
        over: by how much it would overspend, in words; None where it does not wait.
    """

    uid: UUID
    version: int
    row: Mapping[str, Any]
    editable: bool
    decidable: bool
    over: Text | None
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
    waits = row["overspend"] == AWAITING and book.as_of_day == book.today
    decidable = waits and viewer.person_id not in (row["person_id"], row["asked_by_id"])
    decidable &= may(viewer, "expense.approve", tree_on(book.today), **place)
    over = _over(book, row, record.record_id) if waits else None
    version = int(record.row["version"])
    return ExpenseView(record.uid, version, row, editable, decidable, over, history, _names(row, history))


def record(viewer: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Record an expense; one that would overspend waits for approval. Raises as the action."""
    return actions.record_expense(actor=viewer, at=at, values=values, judge=judging(viewer, at))


def edit(viewer: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Correct an expense; what would overspend then waits for approval. Raises as the action."""
    judge = judging(viewer, at)
    return actions.edit_expense(actor=viewer, at=at, uid=uid, values=values, version=version, judge=judge)


def decide(
    viewer: Viewer, at: datetime, uid: UUID, *, approve: bool, answer: str = "", version: int | None = None
) -> Saved:
    """Approve or reject an overspend. Raises as the action."""
    return actions.decide_overspend(actor=viewer, at=at, uid=uid, approve=approve, answer=answer, version=version)


def decide_named(viewer: Viewer, at: datetime, code: str, *, approve: bool, answer: str = "") -> Saved:
    """Approve or reject the overspend of an expense by its number.

    Raises:
        NotFound: there is none that he sees. RuleError: as the action.
    """
    number = ids_of_codes("expenses", [code.strip()]).get(code.strip())
    if number is None:
        raise hidden(EXPENSES.label)
    return decide(viewer, at, standing("expenses", [number])[number].uid, approve=approve, answer=answer)


def record_named(viewer: Viewer, at: datetime, given: Mapping[str, str]) -> Saved:
    """Record an expense as somebody typed it: columns as text, references by number or name.

    Raises:
        RuleError: a value cannot be read, nothing or several are called so, or as the action.
    """
    seen, values = SeenNames(open_database(viewer, at=at), DatabaseNames()), dict[str, object]()
    for name, text in given.items():
        column = EXPENSES.column(name)
        if column.kind == "ref":
            number = identified(column.ref, text, seen)
            values[name] = UUID(DatabaseNames().names(column.ref, [number])[number].uid)
        else:
            values[name] = entered("expenses", name, text)
    return record(viewer, at, values)


def judging(viewer: Viewer, at: datetime) -> Judge:
    """Return what tells whether an expense would overspend; amounts are told to who sees the budget only.

    The whole budget counts, whatever part of it the viewer sees.
    """

    def judge(columns: Columns, own: int) -> Text | None:
        book = open_database(SYSTEM, at=at)
        if not overspends_wait(book.rules):
            return None
        room = room_for(book, columns, own)
        if room is None or not room.over:
            return None
        return _told(room, sees=room.unit_id in open_database(viewer, at=at).scope.units)

    return judge


def _over(book: Book, row: Mapping[str, Any], own: int) -> Text | None:
    """Return by how much an expense would overspend now, to who sees its budget; None to others."""
    room = room_for(book, row, own)
    return None if room is None or not room.over else _told(room, sees=room.unit_id in book.scope.units)


def _told(room: Room, *, sees: bool) -> Text:
    """Return by how much an expense would overspend; without amounts for who does not see the budget."""
    name = DatabaseNames().names("units", [room.unit_id])[room.unit_id]
    zh, en = name.in_language("zh-hans"), name.in_language("en")
    if not sees:
        return Text(f"这笔会超出{zh}预算已释放的金额。", f"This would exceed what is released of the budget of {en}.")
    if room.used <= max(room.released, 0):
        limit, used, over = (in_yuan(one) for one in (room.line_amount or 0, room.line_used, room.over))
        return Text(
            f"这条预算行共 {limit} 元，这样将用到 {used} 元，超支 {over} 元。",
            f"The line has {limit}; this would use {used}, {over} too much.",
        )
    limit, used, over = (in_yuan(one) for one in (max(room.released, 0), room.used, room.over))
    return Text(
        f"{zh}预算已释放 {limit} 元，这样将用到 {used} 元，超支 {over} 元。",
        f"The budget of {en} has {limit} released; this would use {used}, {over} too much.",
    )


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
    if spent.rows["overspend"][place] == AWAITING:
        return [WAITS]
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
