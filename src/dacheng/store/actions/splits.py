"""Sharing a deal (业绩分成): with whom and how much, from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.deals.schema import DEALS
from dacheng.core.deals.splitting import check_split, from_day_on
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import date_of
from dacheng.store.access import rights_of, working_here
from dacheng.store.actions.recording import Saved, day_not_after, saved, typed
from dacheng.store.history import writing
from dacheng.store.saving import check_version
from dacheng.store.shares import shares_of, splits_of
from dacheng.store.splitting import write_splits
from dacheng.store.standing import standing_uid

MOST_PARTNERS = 20


def split_deal(
    *,
    actor: Viewer,
    at: datetime,
    uid: UUID,
    shares: Sequence[tuple[UUID, int]],
    version: int | None,
    on: int | None = None,
) -> Saved:
    """Let a deal be shared from a day on, in place of any split that follows; no shares = all is the owner's.

    Args:
        shares: (person, basis points) of each partner; the owner has the rest.
        version: the version of the deal that the editor saw.
        on: the first day, today unless an earlier one is given.

    Raises:
        NotFound: the actor does not see the deal. NotAllowed: he may not reassign it.
            Conflict: somebody changed it meanwhile. RuleError: the shares are not possible,
            somebody does not work here, or a closed month rests on the split.
    """
    with writing(actor, at, "deal.split") as entry:
        rights = rights_of(entry)
        deal = standing_uid("deals", uid)
        rights.require_on("deal.reassign", "deals", deal)
        check_version(DEALS, deal, version, {})
        day = max(day_not_after(entry, on), deal.first_day)
        _check_few(shares)
        people = [typed(rights, "deal_splits", {"person_id": person, "share_bp": share}) for person, share in shares]
        wanted = [(one["person_id"], one["share_bp"]) for one in people]
        check_split(wanted, int(deal.on(DEALS, day).get("owner_id") or deal.row["owner_id"]))
        _check_working({person for person, _ in wanted}, day)
        records = splits_of([deal.record_id])
        found = shares_of(records.get(deal.record_id, {}))
        after = {deal.record_id: from_day_on(found, dict(wanted), day)}
        write_splits(entry, {deal.record_id: deal}, records, after)
        return saved(deal)


def _check_few(shares: Sequence[tuple[UUID, int]]) -> None:
    if len(shares) > MOST_PARTNERS:
        raise RuleError(
            Text(f"最多分给 {MOST_PARTNERS} 人。", f"At most {MOST_PARTNERS} people share a deal."),
            Text("合并一些份额。", "Put some shares together."),
        )


def _check_working(people: set[int], day: int) -> None:
    if people - working_here(people, day):
        raise RuleError(
            Text(f"有人在 {date_of(day)} 不在职。", f"Somebody does not work here on {date_of(day)}."),
            Text("请选在职的人。", "Choose somebody who does."),
        )
