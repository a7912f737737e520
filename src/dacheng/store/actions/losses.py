"""Losses reviewed (核实丢单): the category that a manager found, beside the one the owner chose (R117)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.deals.outcome import check_review
from dacheng.store.access import rights_of
from dacheng.store.actions.recording import Saved, revise, typed
from dacheng.store.history import writing
from dacheng.store.standing import standing_uid


def verify_loss(*, actor: Viewer, at: datetime, uid: UUID, category: UUID | None, version: int | None) -> Saved:
    """Set the category of loss that a review found, from today on; None takes it back.

    Raises:
        NotFound: the actor does not see it. NotAllowed: he does not review it.
            Conflict: somebody changed it meanwhile. RuleError: the deal is not lost.
    """
    with writing(actor, at, "deal.loss_verified") as entry:
        rights, deal = rights_of(entry), standing_uid("deals", uid)
        rights.require_on("deal.verify_loss", "deals", deal)
        check_review(deal.row["state"])
        columns = typed(rights, "deals", {"verified_reason_id": category})
        return revise(entry, "deals", deal, columns, version, entry.day)
