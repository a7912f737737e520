"""Categories of loss (丢单类别) that a closing asks for (R117)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.history import writing
from dacheng.store.standing import standing_uid


def create_loss_reason(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a category of loss; it holds always, so that past losses may be put into it."""
    with writing(actor, at, "loss_reason.created") as entry:
        rights = require(entry, "loss_reason.edit")
        return Saved(add(entry, "loss_reasons", typed(rights, "loss_reasons", values), FIRST_DAY, prefix="R").uid, 1)


def edit_loss_reason(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Change a category of loss; its order, and whether it is offered, hold from a day on, today unless given.

    Raises:
        Conflict: somebody changed it meanwhile. RuleError: a value is not possible.
    """
    with writing(actor, at, "loss_reason.edited") as entry:
        rights, reason = require(entry, "loss_reason.edit"), standing_uid("loss_reasons", uid)
        columns = typed(rights, "loss_reasons", values)
        return revise(entry, "loss_reasons", reason, columns, version, entry.day if on is None else on)
