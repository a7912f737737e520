"""Opportunities that the company assigns (指派商机): whether they are taken over; strategic attributes (R028)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import NotAllowed, RuleError, Text
from dacheng.core.strategy.schema import ACCEPTED, FROM_STRATEGY, REFUSED, WAITING
from dacheng.store.access import rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, typed
from dacheng.store.history import Entry, writing
from dacheng.store.identity import hidden
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.stage_standards import check_stage
from dacheng.store.standing import Columns, Standing, standing_keys, standing_uid

ASSIGN, ACCEPT = "deal.assign", "deal.accept"
ATTRIBUTES = ("came_from", "strategic_type", "horizon")


def set_strategy(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE) -> Saved:
    """State where an opportunity comes from, its strategic type and its horizon, from today on.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not edit it. RuleError: a value is not possible.
    """
    with writing(actor, at, "deal.strategy_set") as entry:
        rights, deal = rights_of(entry), standing_uid("deals", uid)
        rights.require_on("deal.edit", "deals", deal)
        columns = typed(rights, "deal_strategy", {name: values[name] for name in ATTRIBUTES if name in values})
        return _stated(entry, deal, columns)


def assign_deal(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE | None = None) -> Saved:
    """Ask the owner of an open opportunity to take it over as assigned by strategy.

    Args:
        values: strategic type and horizon, where they are to change.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he may not assign there. RuleError: it is closed,
            or waits for an answer already.
    """
    with writing(actor, at, "deal.assigned") as entry:
        rights, deal = rights_of(entry), standing_uid("deals", uid)
        rights.require_on(ASSIGN, "deals", deal)
        _check_open(deal)
        _refuse_waiting(_strategy_of(deal), deal)
        given = {name: one for name, one in (values or {}).items() if name in ("strategic_type", "horizon")}
        return _asked(entry, deal, typed(rights, "deal_strategy", given))


def assign_new_deal(
    *, actor: Viewer, at: datetime, values: FROM_OUTSIDE, strategy: FROM_OUTSIDE | None = None
) -> Saved:
    """Create an opportunity for somebody and ask him to take it over.

    Raises:
        NotAllowed: the owner is out of the actor's reach. RuleError: a value is missing or not possible.
    """
    with writing(actor, at, "deal.assigned") as entry:
        rights = rights_of(entry)
        columns = typed(rights, "deals", values)
        if columns.get("owner_id"):
            rights.require(ASSIGN, owner_id=int(columns["owner_id"]))
        check_stage(columns, entry.day)
        made = add(entry, "deals", columns, entry.day, prefix="D")
        _asked(entry, standing_uid("deals", made.uid), typed(rights, "deal_strategy", strategy or {}))
        return Saved(made.uid, 1)


def answer_assignment(*, actor: Viewer, at: datetime, uid: UUID, accepted: bool, reason: str = "") -> Saved:
    """Take an assigned opportunity over, or refuse it with a reason; by whom it was assigned to.

    Raises:
        NotFound: the actor does not see it. NotAllowed: it was assigned to somebody else.
            RuleError: nobody waits for an answer, or a refusal has no reason.
    """
    with writing(actor, at, "deal.accepted" if accepted else "deal.refused") as entry:
        rights, deal = rights_of(entry), standing_uid("deals", uid)
        if not rights.sees("deals", deal):
            raise hidden(Text("商机", "Opportunity"))
        record = _strategy_of(deal)
        if record is None or record.row["answer"] != WAITING or record.row["assignee_id"] is None:
            raise RuleError(
                Text(f"商机 {deal.name} 没有等待承接的指派。", f"Nobody waits for an answer on {deal.name}."),
                Text("再打开看一眼。", "Open it again and look."),
            )
        rights.require(ACCEPT, owner_id=int(record.row["assignee_id"]))
        _require_assignee(actor, record)
        if not accepted and not reason.strip():
            raise RuleError(
                Text("拒绝要写原因。", "A refusal needs a reason."),
                Text("写明为什么不能承接，好让公司改派。", "Say why, so that it can be assigned anew."),
            )
        answer = {"answer": ACCEPTED if accepted else REFUSED, "answered_day": entry.day, "reason": reason.strip()}
        return _stated(entry, deal, answer)


def _require_assignee(actor: Viewer, record: Standing) -> None:
    if not actor.whole and actor.person_id != record.row["assignee_id"]:
        raise NotAllowed(
            Text("只有被指派的人自己能答复。", "Only whom it was assigned to can answer."),
            Text("请他本人承接或拒绝。", "Let him accept or refuse it."),
        )


def _asked(entry: Entry, deal: Standing, more: Columns) -> Saved:
    asked = {
        "came_from": FROM_STRATEGY,
        "assignee_id": int(deal.row["owner_id"]),
        "asked_day": entry.day,
        "answer": WAITING,
        "answered_day": None,
        "reason": "",
    }
    return _stated(entry, deal, {**asked, **more})


def _stated(entry: Entry, deal: Standing, columns: Mapping[str, object]) -> Saved:
    """Let the strategic attributes of an opportunity be what is stated, from today on."""
    record = _strategy_of(deal)
    if record is None:
        day = max(entry.day, deal.first_day)
        create(entry, "deal_strategy", [New({"deal_id": deal.record_id, **columns}, day)])
    else:
        day = max(entry.day, record.first_day)
        change(entry, "deal_strategy", [Edit(record.record_id, dict(columns), day)], {record.record_id: record})
    return Saved(deal.uid, int(deal.row["version"]))


def _strategy_of(deal: Standing) -> Standing | None:
    return standing_keys("deal_strategy", [(deal.record_id,)]).get((deal.record_id,))


def _check_open(deal: Standing) -> None:
    if deal.row["state"] != OPEN:
        raise RuleError(
            Text(f"商机 {deal.name} 已关闭。", f"Opportunity {deal.name} is closed."),
            Text("只指派在途的商机。", "Only open ones are assigned."),
        )


def _refuse_waiting(record: Standing | None, deal: Standing) -> None:
    waits = record is not None and record.row["answer"] == WAITING
    if record is not None and waits and record.row["assignee_id"] == deal.row["owner_id"]:
        raise RuleError(
            Text(f"商机 {deal.name} 已指派，正等负责人答复。", f"{deal.name} is assigned and waits for its owner."),
            Text("等他答复，或转给别人后再指派。", "Wait for the answer, or reassign it and ask again."),
        )
