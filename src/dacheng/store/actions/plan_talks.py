"""Talking about targets in a plan (协商): offered, countered, accepted, imposed; every word is kept (R031).

The person of a row accepts for himself and nobody in his stead; a unit's target is accepted by who looks after it.
Whoever works on the row above offers again, or imposes what was not agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.errors import Conflict, NotAllowed, Text
from dacheng.core.money import in_yuan
from dacheng.core.plans.schema import ACCEPT, COMMENT, COUNTER, DRAFT, IMPOSE, OFFER, PERSON
from dacheng.core.plans.talking import check_talk
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import typed
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.plan_answers import Answer, months_of, write_answers
from dacheng.store.plans import PlacedRow, rows_of_plan
from dacheng.store.standing import Standing, standing_uid

ANSWER = "plan.answer"


@dataclass(frozen=True, slots=True)
class Aim:
    """A target that is talked about.

    Args:
        plan, row, measure: public ids. ym: the month; 0 = the whole year.
    """

    plan: UUID
    row: UUID
    measure: UUID
    ym: int = 0


def accept_target(*, actor: Viewer, at: datetime, aims: Sequence[Aim], amounts: Sequence[int | None]) -> int:
    """Accept targets (接受), all or none; return how many.

    Args:
        amounts: of each, what the person saw when he accepted; None = whatever stands.

    Raises:
        NotFound: one is out of reach. NotAllowed: it is another person's. Conflict: it is another amount by now.
        RuleError: the plan is not proposed, or there is no target.
    """
    return _said(actor, at, "plan.accepted", aims, ACCEPT, amounts, "")


def counter_target(*, actor: Viewer, at: datetime, aim: Aim, amount: int, said: str) -> int:
    """Answer a target with another amount and a reason (还价); it stands beside the target until it is answered.

    Raises:
        NotFound: it is out of reach. NotAllowed: the actor may only look.
        RuleError: the plan is not proposed, the reason is missing, or the amount is the target itself.
    """
    return _said(actor, at, "plan.countered", [aim], COUNTER, [amount], said)


def offer_target(*, actor: Viewer, at: datetime, aim: Aim, said: str = "") -> int:
    """Offer a target again as it stands now, which answers a counter-offer; raises as ``impose_target``."""
    return _said(actor, at, "plan.offered", [aim], OFFER, [None], said)


def impose_target(*, actor: Viewer, at: datetime, aim: Aim, said: str) -> int:
    """Let a target stand without agreement (直接下达), with a reason; it is shown as not agreed from then on.

    Raises:
        NotFound: it is out of reach. NotAllowed: the actor does not work on the row above.
        RuleError: the plan is not proposed, or the reason is missing.
    """
    return _said(actor, at, "plan.imposed", [aim], IMPOSE, [None], said)


def comment_target(*, actor: Viewer, at: datetime, aim: Aim, said: str) -> int:
    """Say something of a target that changes nothing; raises as ``counter_target``."""
    return _said(actor, at, "plan.commented", [aim], COMMENT, [None], said)


def _said(
    actor: Viewer, at: datetime, action: str, aims: Sequence[Aim], kind: int, amounts: Sequence[int | None], said: str
) -> int:
    with writing(actor, at, action) as entry:
        rights = rights_of(entry)
        by_plan: dict[int, list[Answer]] = {}
        for aim, amount in zip(aims, amounts, strict=True):
            plan = standing_uid("plans", aim.plan)
            by_plan.setdefault(plan.record_id, []).append(_answer(entry, rights, plan, aim, kind, amount, said))
        for plan_id, answers in by_plan.items():
            write_answers(entry, plan_id, answers)
        return len(aims)


def _answer(entry: Entry, rights: Rights, plan: Standing, aim: Aim, kind: int, amount: int | None, said: str) -> Answer:
    row = row_in_reach(rights, plan, aim.row)
    _require(entry, rights, plan, row, kind)
    measure = standing_uid("measures", aim.measure).record_id
    months = months_of(plan.record_id, [row.row_id]).get((row.row_id, measure), {})
    before = months.get(aim.ym) if aim.ym else sum(months.values()) if months else None
    typed(rights, "plan_talks", {"said": said.strip(), "amount": amount})
    check_talk(kind, int(plan.row["state"]), before, amount, said)
    if kind == ACCEPT and amount is not None and amount != before:
        raise _another_by_now(amount, before or 0)
    kept = amount if kind == COUNTER else None if kind == COMMENT else before
    return Answer(row, measure, kind, aim.ym, kept, said)


def row_in_reach(rights: Rights, plan: Standing, uid: UUID) -> PlacedRow:
    """Return a row that the actor may know of: his own once the plan is proposed, or one of a unit he looks after."""
    record = standing_uid("plan_rows", uid)
    row = rows_of_plan(plan.record_id, [record.record_id]).get(record.record_id)
    if row is None or not rights.sees("plan_rows", record):
        raise hidden(RELATIONS["plan_rows"].label)
    if plan.row["state"] == DRAFT and not rights.viewer.whole and not rights.sees_unit(row.unit_id):
        raise hidden(RELATIONS["plan_rows"].label)
    return row


def _require(entry: Entry, rights: Rights, plan: Standing, row: PlacedRow, kind: int) -> None:
    """Refuse what is not the actor's to say: accepting is the person's own, offering and imposing the one's above."""
    if kind in (OFFER, IMPOSE):
        above = rows_of_plan(plan.record_id, [row.parent_id]).get(row.parent_id, row)
        rights.require("plan.edit", unit_id=above.unit_id)
    else:
        rights.require(ANSWER, unit_id=row.unit_id, owner_id=row.person_id)
    own = row.person_id == entry.actor.person_id
    if row.kind == PERSON and kind == ACCEPT and not own:
        raise NotAllowed(
            Text("只能由本人接受自己的目标。", "Only the person himself accepts his target."),
            Text("谈不拢时写明原因，直接下达。", "If you cannot agree, impose it with a reason."),
        )
    if row.kind == PERSON and kind == IMPOSE and own:
        raise NotAllowed(
            Text("不能给自己直接下达。", "You cannot impose your own target."),
            Text("接受它，或还价。", "Accept or counter it."),
        )


def _another_by_now(seen: int, stands: int) -> Conflict:
    return Conflict(
        Text(
            f"目标刚变成 {in_yuan(stands)}，你看到的是 {in_yuan(seen)}。",
            f"The target is {in_yuan(stands)} by now; you saw {in_yuan(seen)}.",
        ),
        Text("刷新后再接受。", "Reload, then accept it."),
        yours={"amount": seen},
        theirs={"amount": stands},
    )
