"""The shares of somebody who leaves or moves (他的分成): they go with his deals, to whoever takes these over."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from dacheng.core.deals.schema import OPEN, WHOLE_BP
from dacheng.core.deals.splitting import Shares, Span, on_day
from dacheng.core.handover.handing import Handover
from dacheng.core.period import FAR_DAY
from dacheng.store.bulk import select_rows
from dacheng.store.history import Entry
from dacheng.store.models import FAR_SEQ
from dacheng.store.shares import shares_of, splits_of
from dacheng.store.splitting import write_splits
from dacheng.store.standing import Standing, fact_table, standing


def shared_with(person: int, day: int) -> dict[int, Standing]:
    """Return the open deals of which somebody has a part on a day or later."""
    own = [("person_id = %s", person), (f"to_day > {int(day)} AND seq_to = {FAR_SEQ}", None)]
    ids = {row[0] for row in select_rows(fact_table("deal_splits"), ["deal_id"], own)}
    found = standing("deals", ids) if ids else {}
    return {deal: one for deal, one in found.items() if one.row["state"] == OPEN}


def hand_shares(entry: Entry, plan: Handover, deals: Mapping[int, Standing]) -> int:
    """Let the taker of the deals have the giver's parts from the day on; return of how many deals.

    Of a deal that is the taker's own the part goes back to its owner, which is he.
    """
    records = splits_of(deals)
    giver, taker = plan.person, plan.deals
    wanted = {
        deal: passed(shares_of(records[deal]), giver, taker, one.row["owner_id"], max(plan.day, one.first_day))
        for deal, one in deals.items()
    }
    return len(write_splits(entry, dict(deals), records, wanted))


def passed(shares: Shares, giver: int, taker: int, owner: int, day: int) -> dict[int, list[Span]]:
    """Return shares in which the giver's go to the taker from a day on, or back to the owner when that is the taker.

    >>> passed({7: [Span(0, FAR_DAY, 4000)], 8: [Span(0, FAR_DAY, 1000)]}, 7, 8, 1, 10)[8]
    [Span(from_day=0, to_day=10, share_bp=1000), Span(from_day=10, to_day=2932896, share_bp=5000)]
    """
    ends = {one for spans in shares.values() for span in spans for one in span[:2]}
    days = sorted({one for one in (*ends, day) if one < FAR_DAY})
    found: dict[int, list[Span]] = {person: [] for person in shares}
    for begin, end in pairwise([*days, FAR_DAY]):
        here = on_day(shares, begin)
        if begin >= day and giver in here:
            given = here.pop(giver)
            if taker != owner:
                here[taker] = min(here.get(taker, 0) + given, WHOLE_BP)
        for person, share in here.items():
            found.setdefault(person, []).append(Span(begin, end, share))
    return found
