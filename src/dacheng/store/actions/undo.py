"""Undo of one edit (撤销): what a person just did to opportunities or contracts becomes again what it was before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dacheng.core.access import POLICY, Viewer
from dacheng.core.errors import NotFound, Text
from dacheng.core.jobs import Step, quiet
from dacheng.store.access import rights_of
from dacheng.store.actions.engagements import people_of
from dacheng.store.actions.merges import require_whole
from dacheng.store.bulk import select_rows
from dacheng.store.history import microseconds, writing
from dacheng.store.standing import ids_of_uids, standing
from dacheng.store.undoing import undo_entry

OWN_RIGHT = {
    "deal.created": "deal.create",
    "deal.edited": "deal.edit",
    "deal.stage_moved": "deal.edit",
    "deal.won": "deal.edit",
    "deal.lost": "deal.edit",
    "deal.reassigned": "deal.reassign",
    "deal.bulk_edited": "deal.edit",
    "deal.merged": "deal.merge",
    "deal.split": "deal.reassign",
    "deal.key_person_set": "deal.edit",
    "customer.merged": "customer.merge",
    "contact.created": "contact.edit",
    "contact.edited": "contact.edit",
    "contact.left": "contact.edit",
    "contract.recorded": "contract.record",
    "contract.edited": "contract.edit",
    "estimate_input.set": "estimate.edit",
    "estimate.tiers_chosen": "estimate.edit",
    "inventory_line.filled": "inventory.fill",
    "inventory_line.edited": "inventory.fill",
    "inventory_line.dropped": "inventory.fill",
    "inventory_line.challenged": "inventory.challenge",
    "actual.recorded": "history.record",
    "actual.corrected": "history.record",
    "actual.removed": "history.record",
    "expense.recorded": "expense.record",
    "expense.edited": "expense.record",
    "engagement.started": "person.edit",
    "engagement.ended": "person.edit",
}
"""Logged action -> what somebody must still be allowed to do to take his own one back."""

OTHERS_RIGHT = {
    "deals": "deal.reassign",
    "contracts": "contract.edit",
    "expenses": "expense.record",
    "customers": "customer.merge",
    "engagements": "person.edit",
    "actuals": "history.record",
    "estimates": "estimate.edit",
    "estimate_inputs": "estimate.edit",
    "inventory_lines": "inventory.challenge",
    "contacts": "contact.edit",
}
"""Relation -> what a manager must be allowed to do to take somebody else's back."""


MAY_BE_GONE = frozenset({"engagements", "actuals", "inventory_lines"})
"""Relations whose steps may have removed a record, which taking back brings to life again."""

PARTS_OF_DEALS = ("deal_splits", "deal_contacts")
"""Relations whose records belong to a deal, and are taken back by who may take back the deal's own steps."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back.

    Args:
        uids: public ids of the records of ``relation``; one that the undo removed is still named.
    """

    relation: str
    uids: tuple[UUID, ...]
    removed: bool


def undo_edit(*, actor: Viewer, at: datetime, entry: str, step: Step = quiet) -> Undone:
    """Let the records of one log entry be as they were before it.

    Args:
        entry: the entry's name outside, its hash.
        step: told how many records are turned back; it may raise to stop, then none is.

    Raises:
        NotFound: there is no such entry, it is none that can be taken back, or the actor does
            not see what it changed. NotAllowed: it was somebody else, and he is no manager there.
        RuleError: something was changed since, or a closed month rests on it.
    """
    with writing(actor, at, "edit.undone", entry=entry) as undoing:
        rights = rights_of(undoing)
        seq, by, action = _entry_called(entry)
        relation = f"{action.partition('.')[0]}s"
        records = standing(relation, _changed(seq, relation), removed=relation in MAY_BE_GONE)
        right = OWN_RIGHT[action] if by == actor.person_id else OTHERS_RIGHT[relation]
        if relation == "customers":
            rights.require(right)
            require_whole(rights)
            undoing.alike = {"customer_id": _merged_numbers(seq)}
        elif relation == "engagements":
            rights.require(right)
        else:
            rights.read_places(relation, records.values())
            for one in records.values():
                rights.require_on(right, relation, one)
        if not records:
            raise _nothing()
        undo_entry(undoing, seq, step)
        if relation == "engagements":
            return Undone("people", tuple(people_of(records)), removed=False)
        left = standing(relation, records)
        return Undone(relation, tuple(one.uid for one in records.values()), removed=len(left) < len(records))


def may_undo(actor: Viewer, entry_by: int, action: str, *, supervises: bool) -> bool:
    """Tell whether a person may try to take a step back; the action asks again under the lock.

    Args:
        supervises: he has the manager's right on the record.
    """
    return action in OWN_RIGHT and (entry_by == actor.person_id or supervises)


def may_try_undo(actor: Viewer, entry_by: int, action: str) -> bool:
    """Tell whether a person may try to take a step back somewhere: his own, or as a manager of its records."""
    if action not in OWN_RIGHT:
        return False
    relation = f"{action.partition('.')[0]}s"
    right = OWN_RIGHT[action] if entry_by == actor.person_id else OTHERS_RIGHT[relation]
    return actor.holds(*POLICY[right])


def entry_written(actor: Viewer, at: datetime) -> str:
    """Return the name of what a person wrote at a moment, when it can be taken back; empty when it cannot."""
    conditions = [("at = %s", microseconds(at)), ("actor_id = %s", actor.person_id)]
    rows = select_rows("log", ["hash", "action"], conditions, order=("seq",))
    return str(rows[-1][0]) if rows and rows[-1][1] in OWN_RIGHT else ""


def changes_of(entry: str) -> int:
    """Return how many records a log entry changed; 0 where there is none of that name."""
    rows = select_rows("log", ["changes"], [("hash = %s", entry)])
    return int(rows[0][0]) if rows else 0


def _entry_called(name: str) -> tuple[int, int, str]:
    """Return sequence, person and action of an entry that can be taken back."""
    rows = select_rows("log", ["seq", "actor_id", "action"], [("hash = %s", name)])
    if not rows or rows[0][2] not in OWN_RIGHT:
        raise _nothing()
    return rows[0]


def _changed(seq: int, relation: str) -> set[int]:
    """Return the records of a relation that an entry changed; a contract also by its lines, a deal by its parts."""
    rows = select_rows("log_change", ["relation", "record_id"], [(f"seq = {seq}", None)])
    lines = standing("contract_lines", (at for name, at in rows if name == "contract_lines"), removed=True)
    through = {one.row["contract_id"] for one in lines.values()} if relation == "contracts" else set()
    for part in PARTS_OF_DEALS if relation == "deals" else ():
        changed = {at for name, at in rows if name == part}
        found = standing(part, changed, removed=True) if changed else {}
        through |= {one.row["deal_id"] for one in found.values()}
    return through | {at for name, at in rows if name == relation}


def _merged_numbers(seq: int) -> dict[int, int]:
    """Return the customer that an entry merged away with the one that stayed."""
    ((detail,),) = select_rows("log", ["detail"], [(f"seq = {seq}", None)])
    told = json.loads(detail)
    uids = {name: UUID(told[name]) for name in ("goes", "stays")}
    numbers = ids_of_uids("customers", uids.values())
    both = [numbers[uid] for uid in uids.values() if uid in numbers]
    return {both[0]: both[1]} if len(both) == len(uids) else {}


def _nothing() -> NotFound:
    return NotFound(
        Text("没有可以撤销的这一步。", "There is nothing of that to undo."),
        Text("打开记录的历史，看它现在的样子。", "Open the record and look at its history."),
    )
