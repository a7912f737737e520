"""Expenses (费用): recorded in seconds, corrected while their month is open; overspends wait for approval (R037)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.budget.schema import AGREED, AWAITING, COMMITTED, DECLINED, NOT_ASKED, SPENT
from dacheng.core.closing import posting_day
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import apply, overlay
from dacheng.core.period import date_of
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.budgets import person_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, refuse_taken, revise, saved, typed
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.periods import closed_through
from dacheng.store.saving import Becoming, become, check_version
from dacheng.store.standing import Columns, Standing, standing, standing_uid

SEEN_THROUGH = {"line_id": "budget_lines", "deal_id": "deals", "settles_id": "expenses"}
"""References of an expense to what its recorder must see."""


Judge = Callable[[Columns, int], Text | None]
"""Tells by how much an expense, with its number where it stands already, would overspend; None where it fits.

It is asked under the lock, so that of two expenses at once the second is judged with the first.
"""

MATTERS = ("amount", "unit_id", "line_id", "day", "state", "settles_id")
"""Columns of which a change is judged again."""


def record_expense(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, judge: Judge) -> Saved:
    """Record an expense or a commitment; it is seen from the day it posts on.

    One that would overspend needs a reason, waits for approval, and takes of no budget before.

    A rep records his own, at his home unit of the day. What belongs to a closed month posts on the first day of the
    next open one; the log keeps both days. A refund is negative.

    Args:
        values: columns; unit, person, line, customer, deal and what it settles as public ids. Unit and person default
            to the actor's own. judge: whether it would overspend.

    Raises:
        NotAllowed: unit and person are out of reach. NotFound: he does not see line, deal or commitment.
        RuleError: a value is missing or not possible, or it would overspend and has no reason.
    """
    with writing(actor, at, "expense.recorded") as entry:
        rights = rights_of(entry)
        columns = _own(rights, typed(rights, "expenses", values))
        _require(rights, columns)
        _refuse_unseen(rights, columns)
        _refuse_wrong_settling(columns)
        columns["posted_day"] = _posted(entry, columns.get("day"))
        columns |= _judged(entry, columns, judge)
        made = add(entry, "expenses", columns, columns["posted_day"], prefix="FY")
        return saved(standing_uid("expenses", made.uid))


def edit_expense(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, judge: Judge
) -> Saved:
    """Correct an expense from its first day on, while its month is open.

    Another amount, place, day or state is judged again: whoever approved it saw another one.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he sees it only. Conflict: somebody changed it meanwhile.
        RuleError: a closed month rests on it, a value is not possible, or it would overspend and has no reason.
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
        again = {}
        if any(columns.get(name, expense.row[name]) != expense.row[name] for name in MATTERS):
            again = _judged(entry, after, judge, expense.record_id)
        _become(entry, expense, columns, again)
        return saved(expense)


def decide_overspend(
    *, actor: Viewer, at: datetime, uid: UUID, approve: bool, version: int | None, answer: str = ""
) -> Saved:
    """Approve an expense that would overspend, or reject it: approved it counts from today on.

    Where its month was closed meanwhile it posts in the next open one.

    Args:
        answer: shown to who asked; a rejection must have one.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not approve. Conflict: somebody changed it meanwhile.
        RuleError: it waits for nobody (says who decided), it is his own, or a rejection has no answer.
    """
    with writing(actor, at, "expense.decided") as entry:
        rights = rights_of(entry)
        expense = standing_uid("expenses", uid)
        rights.require_on("expense.approve", "expenses", expense)
        _refuse_decided(expense)
        _refuse_own(actor, expense)
        if not approve and not answer.strip():
            raise RuleError(
                Text(
                    f"驳回 {expense.row['code']} 没有写原因。", f"The rejection of {expense.row['code']} has no reason."
                ),
                Text("在批复里写明原因。", "Say why in the answer."),
            )
        state = AGREED if approve else DECLINED
        columns: Columns = {"overspend": state, "approver_id": person_of(actor), "answer": answer.strip()}
        check_version(RELATIONS["expenses"], expense, version, columns)
        if approve:
            columns["posted_day"] = posting_day(int(expense.row["posted_day"]), closed_through())
        return revise(entry, "expenses", expense, columns, None, max(entry.day, expense.first_day))


def _refuse_decided(expense: Standing) -> None:
    """Refuse to decide on what does not wait; a second approver reads who was first."""
    state, code = int(expense.row["overspend"]), expense.row["code"]
    if state == AWAITING:
        return
    if state == NOT_ASKED:
        raise RuleError(
            Text(f"费用 {code} 没有超支，不用批。", f"The expense {code} does not overspend: nothing waits."),
            Text("要改金额，请更正这笔费用。", "To change the amount, correct the expense."),
        )
    found = standing("people", [expense.row["approver_id"] or 0])
    who = next((str(one.row["name"]) for one in found.values()), "")
    done = Text("批准", "approved") if state == AGREED else Text("驳回", "rejected")
    raise RuleError(
        Text(
            f"费用 {code} 已由{who or '系统'}{done.zh}。", f"The expense {code} was {done.en} by {who or 'the system'}."
        ),
        Text("刷新页面看批复；金额改了会重新送批。", "Reload to see the answer; another amount is asked for again."),
    )


def _refuse_own(actor: Viewer, expense: Standing) -> None:
    """Refuse that somebody approves what he spent or asked for himself."""
    me = person_of(actor)
    if me is not None and me in (expense.row["person_id"], expense.row["asked_by_id"]):
        raise RuleError(
            Text(
                f"费用 {expense.row['code']} 是你自己提出的。",
                f"You asked for the expense {expense.row['code']} yourself.",
            ),
            Text("请另一位批准人审批。", "Another approver decides on it."),
        )


def _judged(entry: Entry, columns: Columns, judge: Judge, own: int = 0) -> Columns:
    """Return whether an expense waits for approval; one that would overspend without a reason is refused."""
    over = judge(columns, own)
    if over is None:
        return {"overspend": NOT_ASKED, "asked_by_id": None, "approver_id": None, "answer": ""}
    if not str(columns.get("reason") or "").strip():
        raise RuleError(
            over,
            Text(
                "写明超支理由，交批准人批准；或等下一期释放，或改记别的预算行。",
                "Give the reason why, for an approver to decide; or wait for the next release, or use another line.",
            ),
        )
    return {"overspend": AWAITING, "asked_by_id": person_of(entry.actor), "approver_id": None, "answer": ""}


def _become(entry: Entry, expense: Standing, columns: Columns, again: Columns) -> None:
    """Let an expense become what is typed from its first day on, which moves with its own day.

    Args:
        again: whether it waits for approval now; what was decided before stays as it was on its days.
    """
    relation: Relation = RELATIONS["expenses"]
    first = expense.first_day
    if columns.get("day", expense.row["day"]) != expense.row["day"]:
        first = columns["posted_day"] = _posted(entry, columns["day"])
    at = relation.positions
    steps = {at[name]: [(first, value)] for name, value in columns.items() if name in at}
    decided = expense.row["overspend"] in (AGREED, DECLINED)
    since = max(entry.day, first) if decided else first
    steps |= {at[name]: [(since, value)] for name, value in again.items() if name in at}
    columns = columns | again
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
