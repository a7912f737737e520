"""Transfers and leaving (调动、离职) and all that is handed over: one action, one entry, one undo (R185)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import MANAGER, REP, Viewer
from dacheng.core.closing import check_lasting
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import NotFound, RuleError, Text
from dacheng.core.facts import Version, apply, overlay, patch
from dacheng.core.handover.handing import KINDS, USUAL, Cell, Handover, Terms, below_zero, target_changes
from dacheng.core.period import date_of, ym_text
from dacheng.core.schema import RELATIONS
from dacheng.store.access import Rights, require, tree_on, works_here
from dacheng.store.actions.engagements import end_all_of
from dacheng.store.actions.recording import day_not_after, revise
from dacheng.store.actions.share_handing import hand_shares, shared_with
from dacheng.store.bulk import among, fetch_rows, select_rows
from dacheng.store.contracting import lines_follow
from dacheng.store.handing import Ways, cells_for, handover_of, taker_of
from dacheng.store.history import Entry, writing
from dacheng.store.holding import administrators, refuse_without_administrator
from dacheng.store.identity import hidden
from dacheng.store.models import Account
from dacheng.store.periods import closed_through
from dacheng.store.saving import Becoming, Edit, New, become, change, create, end
from dacheng.store.settling import money_follows
from dacheng.store.shared_views import hand_on, take_back
from dacheng.store.standing import Standing, record_table, standing, standing_keys, standing_uid
from dacheng.store.undoing import undo_entry

ACTIONS = ("person.transferred", "person.left")
"""Logged actions that hand over, and that ``undo_transfer`` takes back."""

RIGHT = {"deals": "deal.reassign", "contracts": "contract.edit", "targets": "target.set"}
"""Relation -> what somebody must be allowed to do to hand its rows over."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """What was done: the person, the version of the home or of the person to edit next, how much was handed over."""

    uid: UUID
    version: int
    deals: int
    contracts: int
    targets: int


def transfer_person(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    unit: UUID,
    ways: Ways,
    version: int | None,
    on: int | None = None,
    terms: Terms = USUAL,
) -> Transferred:
    """Move a person to another unit from a day on, and let deals, targets and credit each go its own way.

    His roles of rep and manager over the old unit end; so does what he does elsewhere, unless it is to go on,
    and in any case what he did in the new unit beside his home.

    Args:
        version: of the home as somebody saw it.

    Raises:
        NotAllowed: the actor may not move people, or not hand over what is to be handed over.
        Conflict: somebody moved him meanwhile. RuleError: the day is closed; it lies in the future
            and deals or contracts are handed over; nobody can take over; or a unit's own target
            would fall below zero.
    """
    with writing(actor, at, "person.transferred") as entry:
        rights = require(entry, "person.edit")
        person, day = standing_uid("people", uid), entry.day if on is None else on
        check_lasting(day, closed_through())
        plan = handover_of(person, unit, day, ways, terms, taker_of(ways))
        home = standing_keys("assignments", [(person.record_id,)])[person.record_id,]
        done = revise(entry, "assignments", home, {"unit_id": plan.new}, version, day)
        _end_roles_over(entry, plan)
        end_all_of(entry, plan.person, day, None if ways.engagements == "end" else plan.new)
        return _handed_over(entry, rights, plan, person, done.version, ways)


def leave(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    ways: Ways,
    version: int | None,
    on: int | None = None,
    terms: Terms = USUAL,
) -> Transferred:
    """Mark a person as left from a day on and hand over: the last home stays, roles end, the account is disabled.

    Raises:
        NotAllowed, Conflict: as ``transfer_person``. RuleError: he is the last administrator, the
            day lies in the future, or as ``transfer_person``.
    """
    with writing(actor, at, "person.left") as entry:
        rights = require(entry, "person.edit")
        person, day = standing_uid("people", uid), day_not_after(entry, on)
        plan = handover_of(person, None, day, ways, terms, taker_of(ways))
        views = hand_on(person.record_id, day)
        entry.detail |= {"views": views} if views else {}
        left = mark_gone(entry, person, version, day)
        return _handed_over(entry, rights, plan, person, left, ways)


def mark_gone(entry: Entry, person: Standing, version: int | None, day: int) -> int:
    """Mark a person as left, end engagements, roles, grants and the account; return the version to edit next."""
    done = revise(entry, "people", person, {"left": 1}, version, day)
    end_all_of(entry, person.record_id, day)
    before = administrators()
    for name in ("roles", "grants"):
        end(entry, name, _held(name, person.record_id), day)
    refuse_without_administrator(before)
    if Account.objects.filter(person_id=person.record_id, is_active=True).update(is_active=False):
        entry.detail["disabled"] = person.record_id
    return done.version


def undo_transfer(*, actor: Viewer, at: datetime, entry: str) -> UUID:
    """Let everything that a transfer or a leaving changed be as before it; return the person.

    Args:
        entry: the name of its log entry outside, its hash.

    Raises:
        NotFound: there is no such entry. NotAllowed: the actor may not do it himself.
        RuleError: something was changed since, or a closed month rests on it.
    """
    with writing(actor, at, "person.transfer_undone", entry=entry) as undoing:
        rights = require(undoing, "person.edit")
        seq = _entry_called(entry)
        changed = _records_of(seq)
        for name in RIGHT:
            for one in standing(name, changed.get(name, ())).values():
                rights.require_on(RIGHT[name], name, one)
        person = _person_of(changed)
        undo_entry(undoing, seq)
        Account.objects.filter(person_id__in=_disabled(seq), is_active=False).update(is_active=True)
        take_back(person.record_id, _detail_of(seq).get("views", {}))
        return person.uid


def transfer_entry(person_id: int) -> str:
    """Return the name of the last entry that moved a person or let him leave, if it was a handover; empty for none."""
    home = "SELECT id FROM rec_assignments WHERE person_id = %s"
    own = f"(relation = 'people' AND record_id = %s) OR (relation = 'assignments' AND record_id = ({home}))"
    last = f"SELECT MAX(seq) FROM log_change WHERE {own}"
    rows = fetch_rows(f"SELECT hash, action FROM log WHERE seq = ({last})", [person_id, person_id])
    return str(rows[0][0]) if rows and rows[0][1] in ACTIONS else ""


def _handed_over(
    entry: Entry, rights: Rights, plan: Handover, person: Standing, version: int, ways: Ways
) -> Transferred:
    """Hand deals, contracts to come and targets over; what goes along needs nothing written."""
    deals = _hand_deals(entry, rights, plan) if plan.handed("deals") else 0
    shares = _hand_parts(entry, rights, plan) if plan.handed("deals") else 0
    entry.detail |= {"shares": shares} if shares else {}
    contracts = _hand_contracts(entry, rights, plan) if plan.handed("credit") else 0
    targets = _hand_targets(entry, rights, plan)
    entry.detail |= {"person": str(person.uid)} | {kind: ways.of(kind) for kind in KINDS}
    entry.detail |= {"to": str(ways.to)} if ways.to else {}
    return Transferred(person.uid, version, deals, contracts, targets)


def _hand_deals(entry: Entry, rights: Rights, plan: Handover) -> int:
    """Hand open deals over, each from the day on or from the later one on which it became his."""
    found = _owned("deals", plan.person, [("state = %s", OPEN)])
    if not found:
        return 0
    _not_in_future(entry, plan)
    _check_reach(entry, rights, "deals", plan.deals, found)
    at = RELATIONS["deals"].positions["owner_id"]
    edits = [
        Edit(one.record_id, {"owner_id": plan.deals}, max(plan.day, _his_since(one.versions, at, plan.person)))
        for one in found.values()
    ]
    return len(change(entry, "deals", edits, found))


def _hand_parts(entry: Entry, rights: Rights, plan: Handover) -> int:
    """Hand his parts of others' open deals over with his own deals; return of how many."""
    found = shared_with(plan.person, plan.day)
    if not found:
        return 0
    _not_in_future(entry, plan)
    _check_reach(entry, rights, "deals", plan.deals, found)
    return hand_shares(entry, plan, found)


def _hand_contracts(entry: Entry, rights: Rights, plan: Handover) -> int:
    """Let contracts that take effect from the day on be the taker's from their first day."""
    found = _owned("contracts", plan.person, [("effective_day >= %s", plan.day)])
    if not found:
        return 0
    _not_in_future(entry, plan)
    _check_reach(entry, rights, "contracts", plan.credit, found)
    at = RELATIONS["contracts"].positions["owner_id"]
    wanted = [
        Becoming(one.record_id, apply(one.versions, overlay(one.versions, {at: [(first, plan.credit)]}, first)))
        for one in found.values()
        for first in (one.first_day,)
    ]
    changed = become(entry, "contracts", found, wanted)
    lines_follow(entry, changed)
    money_follows(entry, changed)
    return len(changed)


def _hand_targets(entry: Entry, rights: Rights, plan: Handover) -> int:
    """Let target cells be what they become from the day on; return how many changed."""
    tree = tree_on(plan.day)
    cells = cells_for(plan, tree)
    after = target_changes(cells, tree, plan)
    for unit in sorted({cell[0] for cell in after}):
        rights.require("target.set", unit_id=unit)
    if low := below_zero(cells, after):
        raise _too_little(low)
    found = standing_keys("targets", after)
    names = RELATIONS["targets"].key
    news = [
        New(dict(zip(names, cell, strict=True)) | {"amount": amount}, plan.day)
        for cell, amount in after.items()
        if cell not in found and amount is not None
    ]
    wanted = [
        Becoming(found[cell].record_id, _set(found[cell], amount, plan.day), day=plan.day)
        for cell, amount in after.items()
        if cell in found
    ]
    changed = become(entry, "targets", {one.record_id: one for one in found.values()}, wanted)
    create(entry, "targets", news)
    return len(news) + len(changed)


def _set(record: Standing, amount: int | None, day: int) -> Sequence[Version]:
    """Return a cell's versions with an amount from a day on until its next recorded change."""
    if day < record.first_day:
        return [Version(day, record.first_day, (amount,)), *record.versions]
    return apply(record.versions, patch(record.versions, {0: amount}, day))


def _owned(name: str, person: int, conditions: list[tuple[str, object]]) -> dict[int, Standing]:
    own = [("owner_id = %s", person), ("NOT removed", None), *conditions]
    return standing(name, (row[0] for row in select_rows(record_table(name), ["id"], own)))


def _his_since(versions: Sequence[Version], at: int, person: int) -> int:
    """Return the first day of the last unbroken run in which somebody owns it."""
    since = versions[-1].from_day
    for one in reversed(versions):
        if one.values[at] != person:
            break
        since = one.from_day
    return since


def _check_reach(entry: Entry, rights: Rights, name: str, taker: int, found: Mapping[int, Standing]) -> None:
    """Refuse what the actor may not hand over, or a taker who is out of his reach or gone."""
    rights.require(RIGHT[name], owner_id=taker)
    if not works_here(taker, entry.day):
        raise RuleError(
            Text(f"接手的人在 {date_of(entry.day)} 不在职。", "Who takes over does not work here today."),
            Text("请选在职的人。", "Choose somebody who does."),
        )
    rights.read_homes({one.row["owner_id"] for one in found.values()}, entry.day)
    for one in found.values():
        rights.require_on(RIGHT[name], name, one)


def _not_in_future(entry: Entry, plan: Handover) -> None:
    """Refuse to hand over what somebody may still win or lose until the day."""
    if plan.day > entry.day:
        raise RuleError(
            Text(
                f"{date_of(plan.day)} 还没有到，商机和合同不能先移交：到那天之前还可能赢单、丢单。",
                f"{date_of(plan.day)} is in the future: until then deals may still be won or lost.",
            ),
            Text(
                f"选 {date_of(entry.day)} 或更早，或者先让它们随人走，到那天再转移。",
                f"Choose {date_of(entry.day)} or earlier, or let them go along and hand them over on that day.",
            ),
        )


def _end_roles_over(entry: Entry, plan: Handover) -> None:
    """End the roles of rep and manager over the unit that somebody goes away from."""
    keys = [(plan.person, role, plan.old) for role in (REP, MANAGER)]
    end(entry, "roles", (one.record_id for one in standing_keys("roles", keys).values()), plan.day)


def _held(name: str, person: int) -> list[int]:
    rows = select_rows(record_table(name), ["id"], [("person_id = %s", person), ("NOT removed", None)])
    return [row[0] for row in rows]


def _too_little(cells: Sequence[Cell]) -> RuleError:
    units = dict(select_rows("rec_units", ["id", "name"], [among("id", {cell[0] for cell in cells})]))
    unit, _, _, month = cells[0]
    return RuleError(
        Text(
            f"{units[unit]} {ym_text(month)} 自己的目标比要移走的个人目标少，移走后会小于零（共 {len(cells)} 格）。",
            f"The own target of {units[unit]} in {ym_text(month)} is less than what would be taken from it"
            f" ({len(cells)} cells).",
        ),
        Text("先在「目标」里改平，或让目标留在原组织。", "Set it right under Targets, or let the targets stay."),
    )


def _entry_called(name: str) -> int:
    rows = select_rows("log", ["seq", "action"], [("hash = %s", name)])
    if not rows or rows[0][1] not in ACTIONS:
        raise _nothing()
    return int(rows[0][0])


def _records_of(seq: int) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for relation, record in select_rows("log_change", ["relation", "record_id"], [(f"seq = {seq}", None)]):
        found.setdefault(relation, set()).add(record)
    return found


def _person_of(changed: Mapping[str, set[int]]) -> Standing:
    """Return whom an entry was about: the one who left, or whose home changed."""
    people = set(changed.get("people", ()))
    people |= {one.key[0] for one in standing("assignments", changed.get("assignments", ()), removed=True).values()}
    found = list(standing("people", people).values())
    if len(found) != 1:
        raise hidden(RELATIONS["people"].label)
    return found[0]


def _disabled(seq: int) -> list[int]:
    """Return whose account an entry disabled."""
    found = _detail_of(seq).get("disabled")
    return [] if found is None else [found]


def _detail_of(seq: int) -> dict[str, Any]:
    (detail,) = select_rows("log", ["detail"], [(f"seq = {seq}", None)])[0]
    return dict(json.loads(detail))


def _nothing() -> NotFound:
    return NotFound(
        Text("没有可以撤销的这次调动。", "There is no such transfer to undo."),
        Text("打开这个人的页面，看他现在的归属。", "Open the person and look at the home as it stands."),
    )
