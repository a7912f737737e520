"""Splits as they are written: shares with their order, and the owner's share on the deal."""

from __future__ import annotations

from collections.abc import Mapping

from dacheng.core.deals.schema import DEAL_SPLITS
from dacheng.core.deals.splitting import Arranged, Shares, apart_from_owner, arranged, owners_of, with_own
from dacheng.store.history import Entry
from dacheng.store.periods import closed_through
from dacheng.store.saving import Becoming, New, become, create, touch
from dacheng.store.shares import refuse_other_split, shares_of
from dacheng.store.standing import Standing


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
    apart = {deal: apart_from_owner(shares, owners_of(deals[deal].versions)) for deal, shares in wanted.items()}
    plans = {deal: arranged(shares, deals[deal].first_day) for deal, shares in apart.items()}
    closed = closed_through()
    for deal, shares in apart.items():
        refuse_other_split(deals[deal], shares_of(records.get(deal, {})), shares, closed)
    changed = _write_partners(entry, plans, records)
    before = {deal: deals[deal].row["version"] for deal in plans}
    own_follows(entry, deals, plans)
    for deal in changed:
        if deals[deal].row["version"] == before[deal]:
            touch("deals", deals[deal])
    return changed


def own_follows(entry: Entry, deals: Mapping[int, Standing], plans: Mapping[int, Arranged]) -> None:
    """Let deals say what their owner has from which day on."""
    wanted = [Becoming(deal, with_own(deals[deal].versions, plan.own)) for deal, plan in plans.items()]
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
