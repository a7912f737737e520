"""Shares of deals as they stand, what ends when a partner becomes the owner, and what closed months keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dacheng.core.closing import NONE_CLOSED, Closed, refuse_frozen
from dacheng.core.deals.schema import DEAL_SPLITS, DEALS, WON
from dacheng.core.deals.splitting import (
    Shares,
    Span,
    apart_from_owner,
    arranged,
    is_shared,
    on_day,
    owners_of,
    with_own,
)
from dacheng.core.facts import Version
from dacheng.core.period import FAR_DAY
from dacheng.store.bulk import among, select_rows
from dacheng.store.models import FAR_SEQ
from dacheng.store.periods import closed_through
from dacheng.store.standing import Key, Standing, fact_table, record_table, standing

SHARE = DEAL_SPLITS.positions["share_bp"]


class Ended(NamedTuple):
    """A part that ends: whose, the first day without it, and how much (basis points)."""

    person: int
    day: int
    share_bp: int


class Ending(NamedTuple):
    """A split of which a part ends.

    Args:
        before, after: the shares of the deal; records: person -> the split as it stands.
    """

    before: Shares
    after: Shares
    records: Mapping[int, Standing]

    def ended(self) -> list[Ended]:
        """Return each part that ends, or never begins."""
        return [
            Ended(person, _end_of(span, self.after[person]), span.share_bp)
            for person, spans in self.before.items()
            for span in spans
            if span not in self.after[person]
        ]


def splits_of(deal_ids: Iterable[int], *, removed: bool = False) -> dict[int, dict[int, Standing]]:
    """Return the splits of deals: deal -> person -> record."""
    conditions = [among("deal_id", deal_ids), *([] if removed else [("NOT removed", None)])]
    rows = select_rows(record_table("deal_splits"), ["id"], conditions)
    found: dict[int, dict[int, Standing]] = {}
    for one in standing("deal_splits", (row[0] for row in rows), removed=removed).values():
        found.setdefault(one.row["deal_id"], {})[one.row["person_id"]] = one
    return found


def current_shares(deal_ids: Iterable[int]) -> dict[int, dict[int, list[Span]]]:
    """Return the shares of deals as known now: deal -> person -> his shares by day."""
    columns = ["deal_id", "person_id", "from_day", "to_day", "share_bp"]
    conditions = [among("deal_id", deal_ids), (f"seq_to = {FAR_SEQ}", None)]
    found: dict[int, dict[int, list[Span]]] = {}
    for deal, person, *span in select_rows(fact_table("deal_splits"), columns, conditions, order=("from_day",)):
        found.setdefault(deal, {}).setdefault(person, []).append(Span(*span))
    return found


def shares_of(records: Mapping[int, Standing]) -> dict[int, list[Span]]:
    """Return the shares of one deal by person."""
    return {person: _spans(record.versions) for person, record in records.items()}


def _spans(versions: Sequence[Version]) -> list[Span]:
    return [Span(one.from_day, one.to_day, one.values[SHARE] or 0) for one in versions]


class Parted(NamedTuple):
    """What handing deals over does beside it.

    Args:
        deals: deal -> its versions with what the owner then has; splits: split -> its versions, of ``records``.
    """

    deals: Mapping[int, list[Version]]
    splits: Mapping[int, list[Version]]
    records: Mapping[int, Standing]


def without_own_parts(found: Mapping[int, Standing], coming: Mapping[int, Sequence[Version]]) -> Parted:
    """Let nobody have a part beside the rest of a deal that becomes his.

    Args:
        found: the deals as they stand; coming: deal -> the versions it shall have.

    Raises:
        RuleError: a closed month rests on a part that would end.
    """
    endings = ending_parts(found, coming)
    closed = closed_through() if endings else NONE_CLOSED
    deals: dict[int, list[Version]] = {}
    splits: dict[int, list[Version]] = {}
    records: dict[int, Standing] = {}
    for deal, one in endings.items():
        refuse_other_split(found[deal], one.before, one.after, closed)
        plan = arranged(one.after, coming[deal][0].from_day)
        deals[deal] = with_own(coming[deal], plan.own)
        records |= {record.record_id: record for record in one.records.values()}
        splits |= {one.records[person].record_id: versions for person, versions in plan.partners.items()}
    return Parted(deals, splits, records)


def ending_parts(found: Mapping[int, Standing], coming: Mapping[int, Sequence[Version]]) -> dict[int, Ending]:
    """Return what ends of the splits of deals because a partner becomes the owner.

    Args:
        found: the deals as they stand; coming: deal -> the versions it shall have.
    """
    handed = {
        deal: owners
        for deal, versions in coming.items()
        if is_shared(found[deal].versions)
        for owners in [owners_of(versions)]
        if owners != owners_of(found[deal].versions)
    }
    records = splits_of(handed) if handed else {}
    endings = {deal: _ending(own, handed[deal]) for deal, own in records.items()}
    return {deal: one for deal, one in endings.items() if one.before != one.after}


def _end_of(span: Span, left: Sequence[Span]) -> int:
    """Return the first day of a span that is not left of it."""
    return next((one.to_day for one in left if one.from_day == span.from_day), span.from_day)


def _ending(records: Mapping[int, Standing], owners: Sequence[Version]) -> Ending:
    shares = shares_of(records)
    return Ending(shares, apart_from_owner(shares, owners), records)


def refuse_other_split(deal: Standing, before: Shares, after: Shares, closed: Closed) -> None:
    """Refuse another split of what a closed month counts: a deal won in it, or a contract posted in it.

    Raises:
        RuleError: names the deal.
    """
    if not closed:
        return
    end = closed.open_day
    days = sorted({day for shares in (before, after) for spans in shares.values() for one in spans for day in one[:2]})
    frozen: list[int] = []
    if deal.row["state"] == WON and deal.row["closed_day"] < end:
        won = deal.row["closed_day"]
        frozen += [won, *(day for day in days if won < day < FAR_DAY)]
    rows = select_rows(
        record_table("contracts"),
        ["effective_day", "posted_day"],
        [among("deal_id", [deal.record_id]), ("NOT removed", None)],
    )
    frozen += [effective for effective, posted in rows if posted < end]
    if any(on_day(before, day) != on_day(after, day) for day in frozen):
        raise refuse_frozen(DEALS, deal.name, closed)


def refuse_turned_back(found: Mapping[int, Standing], before: Mapping[Key, Sequence[Version]]) -> None:
    """Refuse to turn splits back to what they were where a closed month rests on what they are.

    Args:
        found: splits as they stand; before: key -> the versions they would have again.

    Raises:
        RuleError: names the deal.
    """
    closed = closed_through()
    concerned = {one.row["deal_id"] for one in found.values()} if closed else set()
    deals = standing("deals", concerned, removed=True)
    for deal, records in splits_of(concerned, removed=True).items():
        now = shares_of(records)
        then = now | {person: _spans(before[one.key]) for person, one in records.items() if one.key in before}
        refuse_other_split(deals[deal], now, then, closed)
