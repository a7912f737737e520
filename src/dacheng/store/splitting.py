"""Splits as they are written: shares with their order, the owner's share on the deal, and what closed months keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dacheng.core.closing import Closed, refuse_frozen
from dacheng.core.deals.schema import DEAL_SPLITS, DEALS, WHOLE_BP, WON
from dacheng.core.deals.splitting import Arranged, Shares, Span, arranged, on_day
from dacheng.core.facts import apply, overlay
from dacheng.core.period import FAR_DAY
from dacheng.store.bulk import among, select_rows
from dacheng.store.history import Entry
from dacheng.store.models import FAR_SEQ
from dacheng.store.periods import closed_through
from dacheng.store.saving import Becoming, New, become, create, touch
from dacheng.store.standing import Standing, fact_table, record_table, standing

AT = {name: DEAL_SPLITS.positions[name] for name in ("share_bp", "before_bp")}


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
    return {
        person: [Span(one.from_day, one.to_day, one.values[AT["share_bp"]] or 0) for one in record.versions]
        for person, record in records.items()
    }


def write_splits(
    entry: Entry,
    deals: Mapping[int, Standing],
    records: Mapping[int, Mapping[int, Standing]],
    wanted: Mapping[int, Shares],
) -> set[int]:
    """Let deals be split as wanted; return those that changed.

    Args:
        records: deal -> person -> the split as it stands.
        wanted: deal -> the shares it shall have through time.

    Raises:
        RuleError: a closed month rests on what would change.
    """
    plans = {deal: arranged(shares, deals[deal].first_day) for deal, shares in wanted.items()}
    closed = closed_through()
    if closed:
        for deal, shares in wanted.items():
            _refuse_closed(deals[deal], shares_of(records.get(deal, {})), shares, closed)
    changed = _write_partners(entry, plans, records)
    before = {deal: deals[deal].row["version"] for deal in plans}
    own_follows(entry, deals, plans)
    for deal in changed:
        if deals[deal].row["version"] == before[deal]:
            touch("deals", deals[deal])
    return changed


def own_follows(entry: Entry, deals: Mapping[int, Standing], plans: Mapping[int, Arranged]) -> None:
    """Let deals say what their owner has from which day on."""
    at = DEALS.positions["own_bp"]
    steps = {deal: [(deals[deal].first_day, WHOLE_BP), *plan.own] for deal, plan in plans.items()}
    wanted = [
        Becoming(deal, apply(one.versions, overlay(one.versions, {at: steps[deal]}, one.first_day)))
        for deal, one in deals.items()
        if deal in steps
    ]
    become(entry, "deals", dict(deals), wanted)


def _write_partners(
    entry: Entry, plans: Mapping[int, Arranged], records: Mapping[int, Mapping[int, Standing]]
) -> set[int]:
    changed, news, becoming = set(), [], []
    found: dict[int, Standing] = {}
    for deal, plan in plans.items():
        own = records.get(deal, {})
        for person, versions in plan.partners.items():
            if person in own:
                found[own[person].record_id] = own[person]
                becoming.append(Becoming(own[person].record_id, versions))
            elif versions:
                news.append(_new(deal, person, plan))
                changed.add(deal)
    create(entry, "deal_splits", news)
    ids = become(entry, "deal_splits", found, becoming)
    return changed | {found[one].row["deal_id"] for one in ids}


def _new(deal: int, person: int, plan: Arranged) -> New:
    first, *later = plan.partners[person]
    names = DEAL_SPLITS.value_names
    return New(
        {"deal_id": deal, "person_id": person, **dict(zip(names, first.values, strict=True))},
        first.from_day,
        tuple((one.from_day, dict(zip(names, one.values, strict=True))) for one in later),
        plan.partners[person][-1].to_day,
    )


def _refuse_closed(deal: Standing, before: Shares, after: Shares, closed: Closed) -> None:
    """Refuse another split of what a closed month counts: a deal won in it, or a contract posted in it."""
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
