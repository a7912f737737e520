"""Merging duplicates (合并): one record stays, the other ends and leads to it; as one entry that can be undone.

The merge takes effect on the company's day. Days before it show both records as they were;
from then on everything that referred to the one that goes refers to the one that stays.
Closed months keep what they had: no amount, owner or day of theirs changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from dacheng.core.access import Viewer, not_allowed
from dacheng.core.closing import Closed
from dacheng.core.deals.schema import DEALS
from dacheng.core.deals.splitting import on_day
from dacheng.core.errors import RuleError, Text
from dacheng.core.facts import apply, end_key
from dacheng.core.merging.sums import Counted, check_sums
from dacheng.core.period import ym_text
from dacheng.core.relation import MERGED_INTO
from dacheng.core.schema import RELATIONS
from dacheng.store.access import GRANT_KIND, Rights, require, rights_of
from dacheng.store.actions.recording import Saved, saved
from dacheng.store.bulk import among, select_rows
from dacheng.store.carrying import hand_goals
from dacheng.store.history import Entry, writing
from dacheng.store.holding import hold
from dacheng.store.periods import closed_through
from dacheng.store.saving import Becoming, Edit, New, become, change, check_version, corrected, create, end
from dacheng.store.shares import Ended, current_shares, ending_parts
from dacheng.store.standing import Columns, Standing, record_table, standing, standing_uid

TAKEN: Mapping[str, tuple[str, ...]] = {
    "customers": ("name", "industry", "region"),
    "deals": (
        "name", "customer_id", "owner_id", "product_id", "amount", "tax_bp", "margin_bp", "grade", "category", "win_bp",
        "expected_day", "next_step",
    ),
}  # fmt: skip
"""Columns that may be taken from the record that goes; the stage stays that of the one that stays."""


@dataclass(frozen=True, slots=True)
class Merging:
    """Which record goes into which.

    Args:
        taken: columns whose value of the one that goes is kept.
        versions: of both, the one that goes first, as they were seen; None = not asked.
    """

    goes: UUID
    stays: UUID
    taken: Collection[str] = ()
    versions: tuple[int, int] | None = None


class SplitAnew(NamedTuple):
    """A contract that moves to a deal of another split: its code, and person -> basis points before and after."""

    contract: str
    before: Mapping[int, int]
    after: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did.

    Args:
        saved: the record that stays; moved: relation -> how many records moved to it.
        split_anew: contracts that are credited otherwise; ended: parts that end because their partner is the owner.
    """

    saved: Saved
    moved: Mapping[str, int] = field(default_factory=dict)
    split_anew: Sequence[SplitAnew] = ()
    ended: Sequence[Ended] = ()


def merge_deals(*, actor: Viewer, at: datetime, merging: Merging) -> Merged:
    """Merge a deal into another one from today on: contracts, grants and key people go along.

    Raises:
        NotFound: the actor does not see one. NotAllowed: one is out of his reach, or he does not
            see a column that he takes. Conflict: one was changed since it was seen.
        RuleError: they are the same, one was merged already, or what is done would change,
            such as whom a contract of a closed month is credited to.
    """
    with writing(actor, at, "deal.merged", goes=str(merging.goes), stays=str(merging.stays)) as entry:
        rights = rights_of(entry)
        gone, stay = (standing_uid("deals", uid) for uid in (merging.goes, merging.stays))
        for one in (gone, stay):
            rights.require_on("deal.merge", "deals", one)
        _check_pair("deals", gone, stay, merging.versions)
        columns = _taken(rights, "deals", merging, gone)
        contracts = {one.record_id: _contracts_of(one) for one in (gone, stay)}
        _check_sums(gone, stay, columns, {key: len(ids) for key, ids in contracts.items()})
        columns |= {"contracted": 1} if contracts[gone.record_id] else {}
        edit = Edit(stay.record_id, columns, _day(entry, stay))
        ended = _ended(stay, edit)
        change(entry, "deals", [edit], {stay.record_id: stay})
        anew = _split_anew(gone, stay)
        moved = {**_lead_over(entry, "deals", gone, stay), "grants": _hand_grants(entry, gone, stay)}
        moved["deal_contacts"] = _hand_key_people(entry, gone, stay)
        moved |= hand_goals(entry, gone, stay)
        _leave(entry, "deals", gone, stay)
        return Merged(saved(stay), moved, anew, ended)


def merge_customers(*, actor: Viewer, at: datetime, merging: Merging) -> Merged:
    """Merge a customer into another one from today on: its deals and contracts go along.

    Raises:
        NotAllowed: the actor may not, or does not see the whole company, whose deals move.
        NotFound, Conflict, RuleError: as ``merge_deals``.
    """
    with writing(actor, at, "customer.merged", goes=str(merging.goes), stays=str(merging.stays)) as entry:
        rights = require(entry, "customer.merge")
        require_whole(rights)
        gone, stay = (standing_uid("customers", uid) for uid in (merging.goes, merging.stays))
        _check_pair("customers", gone, stay, merging.versions)
        columns = _taken(rights, "customers", merging, gone)
        entry.alike = {"customer_id": {gone.record_id: stay.record_id}}
        change(entry, "customers", [Edit(stay.record_id, columns, _day(entry, stay))], {stay.record_id: stay})
        moved = _lead_over(entry, "customers", gone, stay)
        _leave(entry, "customers", gone, stay)
        return Merged(saved(stay), moved)


def require_whole(rights: Rights) -> None:
    """Refuse somebody who does not see the whole company what moves records of everybody.

    Raises:
        NotAllowed: says who may.
    """
    if not rights.viewer.whole and not (len(rights.tree) and rights.sees_unit(int(rights.tree.unit_ids[0]))):
        raise not_allowed("customer.merge")


def _check_pair(name: str, gone: Standing, stay: Standing, versions: tuple[int, int] | None) -> None:
    """Refuse a record with itself, one that was merged already, and one that was changed since it was seen."""
    label = RELATIONS[name].label
    if gone.record_id == stay.record_id:
        raise RuleError(
            Text(
                f"不能把{label.zh} {gone.name} 并入它自己。", f"{label.en}: {gone.name} cannot be merged into itself."
            ),
            Text("选另一条。", "Choose another one."),
        )
    for one in (gone, stay):
        if one.row[MERGED_INTO.name]:
            raise RuleError(
                Text(
                    f"{label.zh} {one.name} 已经并入 {one.row[MERGED_INTO.name]}。",
                    f"{label.en}: {one.name} was merged into {one.row[MERGED_INTO.name]} already.",
                ),
                Text("用留下的那条，或先撤销那次合并。", "Use the one that stays, or undo that merge first."),
            )
    for one, version in zip((gone, stay), versions or (None, None), strict=True):
        check_version(RELATIONS[name], one, version, {})


def _taken(rights: Rights, name: str, merging: Merging, gone: Standing) -> Columns:
    """Return the values that are taken from the record that goes."""
    unknown = [one for one in merging.taken if one not in TAKEN[name]]
    if unknown:
        listed = "、".join(TAKEN[name])
        raise RuleError(
            Text(f"合并不能取这一项：{unknown[0]}。", f"A merge cannot take the column {unknown[0]}."),
            Text(f"可取：{listed}。", f"It can take: {', '.join(TAKEN[name])}."),
        )
    rights.require_columns(name, merging.taken)
    return {one: gone.row[one] for one in merging.taken}


def _day(entry: Entry, record: Standing) -> int:
    return max(entry.day, record.first_day)


def _contracts_of(deal: Standing) -> list[int]:
    conditions = [("deal_id = %s", deal.record_id), ("NOT removed", None)]
    return [row[0] for row in select_rows(record_table("contracts"), ["id"], conditions)]


def _check_sums(gone: Standing, stay: Standing, columns: Columns, contracts: Mapping[int, int]) -> None:
    def counted(one: Standing, row: Columns, many: int) -> Counted:
        return Counted(one.name, row["state"], row["closed_day"], row["owner_id"], row["amount"], many)

    own = [counted(one, one.row, contracts[one.record_id]) for one in (gone, stay)]
    check_sums(own[0], own[1], counted(stay, stay.row | columns, sum(contracts.values())))


def _ended(stay: Standing, edit: Edit) -> list[Ended]:
    """Return the parts of the deal that stays which end because their partner becomes its owner."""
    coming = corrected(DEALS, Becoming(stay.record_id, stay.versions), edit).versions
    endings = ending_parts({stay.record_id: stay}, {stay.record_id: coming})
    return [part for one in endings.values() for part in one.ended()]


def _split_anew(gone: Standing, stay: Standing) -> list[SplitAnew]:
    """Return the contracts of the deal that goes which take another split from the one that stays.

    Raises:
        RuleError: one is posted in a closed month; names it.
    """
    shares = current_shares([gone.record_id, stay.record_id])
    if not shares:
        return []
    closed, found = closed_through(), []
    met = [among("deal_id", [gone.record_id]), ("NOT removed", None)]
    rows = select_rows(record_table("contracts"), ["code", "effective_day", "posted_day"], met, order=("id",))
    for code, effective, posted in rows:
        before, after = (on_day(shares.get(one.record_id, {}), effective) for one in (gone, stay))
        if before != after:
            found.append(SplitAnew(code, before, after))
            _refuse_other_split(code, stay, posted, closed)
    return found


def _refuse_other_split(code: str, stay: Standing, posted: int, closed: Closed) -> None:
    if posted < closed.open_day:
        raise RuleError(
            Text(
                f"合同 {code} 已计入关账期间（关账至 {ym_text(closed.through)}），"
                f"并入 {stay.name} 后它会按另一种分成计入，合并不能改变它。",
                f"Contract {code} counts in a closed period (closed through {ym_text(closed.through)}); "
                f"merged into {stay.name} it would be credited by another split.",
            ),
            Text(
                "让两条商机在合同生效那天的分成相同，换一条留下，或请财务重新打开该月。",
                "Give both the same split on the contract's effective day, let the other one stay, "
                "or ask finance to reopen the month.",
            ),
        )


def _lead_over(entry: Entry, name: str, gone: Standing, stay: Standing) -> dict[str, int]:
    """Let every record that refers to the one that goes refer to the one that stays from today on."""
    moved: dict[str, int] = {}
    for relation in RELATIONS.values():
        for column in relation.facts:
            if column.ref != name or column.name in relation.key:
                continue
            met = [among(column.name, [gone.record_id]), ("NOT removed", None)]
            ids = [row[0] for row in select_rows(record_table(relation.name), ["id"], met)]
            found = standing(relation.name, ids)
            edits = [Edit(one.record_id, {column.name: stay.record_id}, _day(entry, one)) for one in found.values()]
            moved[relation.name] = moved.get(relation.name, 0) + len(change(entry, relation.name, edits, found))
    return moved


def _hand_grants(entry: Entry, gone: Standing, stay: Standing) -> int:
    """Let whoever may see the deal that goes by a grant see the one that stays."""
    kind = GRANT_KIND["deals"]
    met = [(f"kind = {kind}", None), ("object_id = %s", gone.record_id), ("NOT removed", None)]
    held = standing("grants", [row[0] for row in select_rows(record_table("grants"), ["id"], met)])
    current = [one for one in held.values() if one.versions and one.versions[-1].to_day > entry.day]
    for one in current:
        columns = {"person_id": one.row["person_id"], "kind": kind, "object_id": stay.record_id}
        begins = max(entry.day, one.versions[-1].from_day)
        hold(entry, "grants", columns | {"reason": one.row["reason"]}, begins, one.versions[-1].to_day)
    end(entry, "grants", [one.record_id for one in current], entry.day)
    return len(current)


def _hand_key_people(entry: Entry, gone: Standing, stay: Standing) -> int:
    """Let the deal that stays say of contacts what the one that goes says, where it says nothing itself."""
    of = {one.record_id: _key_people_of(one, entry.day) for one in (gone, stay)}
    kept = {contact: one for contact, one in of[stay.record_id].items() if one.row["part"] is not None}
    handed = [one for contact, one in of[gone.record_id].items() if one.row["part"] and contact not in kept]
    begun = {one.row["contact_id"]: one for one in of[stay.record_id].values()}
    edits, news = [], []
    for one in handed:
        again = begun.get(one.row["contact_id"])
        if again is not None:
            edits.append(Edit(again.record_id, {"part": one.row["part"]}, _day(entry, again)))
        else:
            columns = {name: one.row[name] for name in ("contact_id", "part")}
            news.append(New({"deal_id": stay.record_id, **columns}, _day(entry, stay)))
    change(entry, "deal_contacts", edits)
    create(entry, "deal_contacts", news)
    end(entry, "deal_contacts", [one.record_id for one in of[gone.record_id].values()], entry.day)
    return len(handed)


def _key_people_of(deal: Standing, day: int) -> dict[int, Standing]:
    """Return what a deal says of contacts, by contact."""
    met = [("deal_id = %s", deal.record_id), ("NOT removed", None)]
    found = standing("deal_contacts", [row[0] for row in select_rows(record_table("deal_contacts"), ["id"], met)])
    return {one.row["contact_id"]: one for one in found.values() if one.versions and one.versions[-1].to_day > day}


def _leave(entry: Entry, name: str, gone: Standing, stay: Standing) -> None:
    """End the record that goes and let it lead to the one that stays."""
    entry.note(name, stay.record_id, _day(entry, stay), before={}, after={})  # its history tells of the merge
    found = standing(name, [gone.record_id])
    one = found[gone.record_id]
    day = _day(entry, one)
    ended = apply(one.versions, end_key(one.versions, day))
    become(entry, name, found, [Becoming(one.record_id, ended, {MERGED_INTO.name: stay.row["code"]}, day)])
