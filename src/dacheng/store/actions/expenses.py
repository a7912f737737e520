"""Expenses (费用): recorded in seconds, corrected while their month is open (R037)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.budget.schema import COMMITTED, SPENT
from dacheng.core.closing import posting_day
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import apply, overlay
from dacheng.core.period import date_of
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, refuse_taken, saved, typed
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.periods import closed_through
from dacheng.store.saving import Becoming, become, check_version
from dacheng.store.standing import Columns, Standing, standing, standing_uid

SEEN_THROUGH = {"line_id": "budget_lines", "deal_id": "deals", "settles_id": "expenses"}
"""References of an expense to what its recorder must see."""


def record_expense(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Record an expense or a commitment; it is seen from the day it posts on.

    A rep records his own, at his home unit of the day. What belongs to a closed month posts on the first day of the
    next open one; the log keeps both days. A refund is negative.

    Args:
        values: columns; unit, person, line, customer, deal and what it settles as public ids. Unit and person default
            to the actor's own.

    Raises:
        NotAllowed: unit and person are out of reach. NotFound: he does not see line, deal or commitment.
        RuleError: a value is missing or not possible.
    """
    with writing(actor, at, "expense.recorded") as entry:
        rights = rights_of(entry)
        columns = _own(rights, typed(rights, "expenses", values))
        _require(rights, columns)
        _refuse_unseen(rights, columns)
        _refuse_wrong_settling(columns)
        columns["posted_day"] = _posted(entry, columns.get("day"))
        made = add(entry, "expenses", columns, columns["posted_day"], prefix="FY")
        return saved(standing_uid("expenses", made.uid))


def edit_expense(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Correct an expense from its first day on, while its month is open.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he sees it only. Conflict: somebody changed it meanwhile.
        RuleError: a closed month rests on it, or a value is not possible.
    """
    with writing(actor, at, "expense.edited") as entry:
        rights = rights_of(entry)
        expense = standing_uid("expenses", uid)
        rights.require_on("expense.record", "expenses", expense)
        columns = typed(rights, "expenses", values)
        after = {**expense.row, **columns}
        _require(rights, after)
        _refuse_unseen(rights, columns)
        _refuse_wrong_settling(after, expense.record_id)
        if columns.get("code", expense.row["code"]) != expense.row["code"]:
            refuse_taken(RELATIONS["expenses"], columns)
        check_version(RELATIONS["expenses"], expense, version, columns)
        _become(entry, expense, columns)
        return saved(expense)


def _become(entry: Entry, expense: Standing, columns: Columns) -> None:
    """Let an expense become what is typed from its first day on, which moves with its own day."""
    relation: Relation = RELATIONS["expenses"]
    first = expense.first_day
    if columns.get("day", expense.row["day"]) != expense.row["day"]:
        first = columns["posted_day"] = _posted(entry, columns["day"])
    at = relation.positions
    steps = {at[name]: [(first, value)] for name, value in columns.items() if name in at}
    labels = {label.name: columns[label.name] or "" for label in relation.labels if label.name in columns}
    versions = apply(expense.versions, overlay(expense.versions, steps, first))
    become(entry, "expenses", {expense.record_id: expense}, [Becoming(expense.record_id, versions, labels)])


def _own(rights: Rights, columns: Columns) -> Columns:
    """Return the columns at the actor's own unit and of himself where neither is said."""
    me = rights.viewer.person_id
    person = columns.get("person_id") or (0 if columns.get("unit_id") else me)
    unit = columns.get("unit_id") or (rights.home(person, rights.day) if person else None)
    return {**columns, "person_id": person, "unit_id": unit}


def _require(rights: Rights, columns: Columns) -> None:
    """Refuse an expense out of reach: one's own counts only at one's own unit."""
    unit, person = int(columns.get("unit_id") or 0), int(columns.get("person_id") or 0)
    rights.require("expense.record", unit_id=unit, owner_id=person)
    if unit and not rights.viewer.whole and not rights.may("expense.record", unit_id=unit):
        if unit != rights.home(person, rights.day):
            raise RuleError(
                Text("自己的费用只能记在自己归属的部门。", "Your own expenses count at your own unit only."),
                Text("请选自己的部门，或请经理登记。", "Choose your own unit, or ask your manager to record it."),
            )


def _refuse_unseen(rights: Rights, columns: Columns) -> None:
    """Refuse to refer to what the actor does not see."""
    for column, relation in SEEN_THROUGH.items():
        number = columns.get(column)
        if number and not any(rights.sees(relation, one) for one in standing(relation, [number]).values()):
            raise hidden(RELATIONS[relation].label)


def _refuse_wrong_settling(columns: Columns, own: int = 0) -> None:
    """Refuse to settle anything but a commitment, or with anything but money spent."""
    number = columns.get("settles_id")
    if not number:
        return
    settled = standing("expenses", [number]).get(number)
    right = settled is not None and settled.row["state"] == COMMITTED and number != own
    if not right or columns.get("state", SPENT) != SPENT:
        raise RuleError(
            Text("只有实际费用才能结算一笔承诺。", "Only an actual expense settles a commitment."),
            Text("请选一笔承诺，状态填实际。", "Choose a commitment, and let the state be actual."),
        )


def _posted(entry: Entry, day: int | None) -> int:
    """Return the day an expense posts on; a late one is told in the log."""
    if day is None:
        raise RuleError(
            Text("费用没有日期。", "The expense has no day."),
            Text("请填写发生的日期。", "Enter the day it happened."),
        )
    posted = posting_day(day, closed_through())
    if posted != day:
        entry.detail["late"] = {"day": str(date_of(day)), "posted": str(date_of(posted))}
    return posted
