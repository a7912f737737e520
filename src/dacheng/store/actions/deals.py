"""Deals (商机): created, edited, moved through stages, closed, handed over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.deals.outcome import check_outcome
from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FAR_DAY
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.deal_plans import OUTCOME, check_owner
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, day_not_after, revise, typed
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry, writing
from dacheng.store.loss import check_loss
from dacheng.store.saving import Edit, change
from dacheng.store.stage_standards import check_stage
from dacheng.store.standing import Columns, Standing, standing_uid, standing_uids

SHOWN = 5


def create_deal(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, on: int | None = None) -> Saved:
    """Create a deal that stands from a day on, today unless an earlier one is given.

    Args:
        values: columns; owner, customer, product and stage as public ids. A deal without
            a code gets one.

    Raises:
        NotAllowed: the owner is out of the actor's reach. RuleError: a value is missing
            or not possible, the code is in use, or a closed month would change.
    """
    with writing(actor, at, "deal.created") as entry:
        rights, day = rights_of(entry), day_not_after(entry, on)
        columns = typed(rights, "deals", values)
        if columns.get("owner_id"):
            check_owner(rights, "deal.create", columns["owner_id"], day)
        _check_outcome(columns)
        check_loss(rights, None, columns)
        check_stage(columns, day)
        return Saved(add(entry, "deals", columns, day, prefix="D").uid, 1)


def edit_deal(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    values: FROM_OUTSIDE,
    version: int | None,
    on: int | None = None,
    until: int = FAR_DAY,
) -> Saved:
    """Correct columns of a deal from a day on, each until its next recorded change.

    Args:
        version: the version the editor saw.
        on: the first day of the new values, today unless an earlier one is given.
        until: the day after their last.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he sees it only, or hands it to
            somebody out of his reach. Conflict: somebody changed it meanwhile.
            RuleError: a value is not possible, or a closed month rests on it.
    """
    with writing(actor, at, "deal.edited") as entry:
        return _edit(entry, uid, values, version, on, until)


def move_stage(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    stage: UUID,
    version: int | None,
    on: int | None = None,
    reason: str = "",
    category: UUID | None = None,
    filled: FROM_OUTSIDE | None = None,
) -> Saved:
    """Move a deal to another stage from a day on; a lost one needs reason and category. Raises as ``edit_deal``.

    Args:
        filled: columns that the stage asks for, written in the same step.

    Raises:
        StageNeeds: something that must be known at the stage is not.
    """
    with writing(actor, at, "deal.stage_moved") as entry:
        outcome = {"stage_id": stage, "lost_reason": reason, "loss_reason_id": category}
        values = {**(filled or {}), **{name: value for name, value in outcome.items() if value}}
        return _edit(entry, uid, values, version, on, FAR_DAY)


def close_deal(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    outcome: Literal["won", "lost"],
    version: int | None,
    on: int | None = None,
    amount: int | None = None,
    reason: str = "",
    category: UUID | None = None,
) -> Saved:
    """Close a deal as won, with its amount, or as lost, with reason and category. Raises as ``edit_deal``.

    The stage is the first of that outcome in the deal's own stage set.
    """
    with writing(actor, at, f"deal.{outcome}") as entry:
        rights = rights_of(entry)
        deal = _editable(entry, rights, uid)
        columns: Columns = {"stage_id": _stage_of(deal, WON if outcome == "won" else LOST)}
        columns |= {"lost_reason": reason} if reason else {}
        columns |= {"amount": amount} if amount is not None else {}
        columns |= typed(rights, "deals", {"loss_reason_id": category}) if category else {}
        _check_outcome(deal.row | columns)
        check_loss(rights, deal, columns)
        day = day_not_after(entry, on)
        check_stage(deal.row | columns, day, before=deal.row["stage_id"])
        return revise(entry, "deals", deal, columns, version, day)


def reassign_deals(*, actor: Viewer, at: datetime, uids: Iterable[UUID], to: UUID, on: int | None = None) -> int:
    """Hand open deals to another owner from a day on; return how many changed.

    Raises:
        NotFound: one is not seen. NotAllowed: one, or the new owner, is out of reach.
        RuleError: one is closed already; the first few are named.
    """
    with writing(actor, at, "deal.reassigned") as entry:
        rights, day = rights_of(entry), day_not_after(entry, on)
        found = {one.record_id: one for one in standing_uids("deals", uids).values()}
        owner = typed(rights, "deals", {"owner_id": to})["owner_id"]
        check_owner(rights, "deal.reassign", owner, day)
        rights.read_homes({one.row["owner_id"] for one in found.values()}, entry.day)
        for one in found.values():
            rights.require_on("deal.reassign", "deals", one)
        _refuse_closed(found.values())
        edits = [Edit(one.record_id, {"owner_id": owner}, max(day, one.first_day)) for one in found.values()]
        entry.detail |= {"to": str(to)}
        return len(change(entry, "deals", edits, found))


def _edit(entry: Entry, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None, until: int) -> Saved:
    rights = rights_of(entry)
    deal = _editable(entry, rights, uid)
    columns = typed(rights, "deals", values)
    day = day_not_after(entry, on)
    if columns.get("owner_id", deal.row["owner_id"]) != deal.row["owner_id"]:
        rights.require_on("deal.reassign", "deals", deal)
        check_owner(rights, "deal.reassign", columns["owner_id"], day)
    if not OUTCOME.isdisjoint(columns):
        _check_outcome(deal.row | columns)
    check_loss(rights, deal, columns)
    check_stage(deal.row | columns, day, before=deal.row["stage_id"])
    return revise(entry, "deals", deal, columns, version, day, until)


def _editable(entry: Entry, rights: Rights, uid: UUID) -> Standing:
    deal = standing_uid("deals", uid)
    rights.require_on("deal.edit", "deals", deal)
    return deal


def _check_outcome(columns: Columns) -> None:
    """Refuse an outcome without what it needs; the stage says which outcome it is."""
    stage = columns.get("stage_id")
    states = select_rows("rec_stages", ["state"], [("id = %s", stage)]) if stage else []
    state = states[0][0] if states else OPEN
    check_outcome(state, amount=columns.get("amount"), reason=columns.get("lost_reason") or "")


def _stage_of(deal: Standing, state: int) -> int:
    """Return the first stage of an outcome in the deal's stage set."""
    own = f"set_id = (SELECT set_id FROM rec_stages WHERE id = {int(deal.row['stage_id'])})"
    conditions = [(own, None), ("state = %s", state), ("NOT removed", None)]
    stages = select_rows("rec_stages", ["id"], conditions, order=("position", "id"))
    if not stages:
        raise RuleError(
            Text("这个阶段集里没有对应结果的阶段。", "The stage set has no stage with this outcome."),
            Text("请销售运营在「阶段」里加上。", "Ask sales operations to add one under Stages."),
        )
    return int(stages[0][0])


def _refuse_closed(deals: Iterable[Standing]) -> None:
    closed = [one.name for one in deals if one.row["state"] != OPEN]
    if closed:
        more = f" … (+{len(closed) - SHOWN})" if len(closed) > SHOWN else ""
        names = "、".join(closed[:SHOWN]) + more
        raise RuleError(
            Text(f"{len(closed)} 条商机已关闭，不能转移：{names}。", f"{len(closed)} are closed already: {names}."),
            Text("只选在途的商机。", "Choose open ones only."),
        )
