"""Segments (划分项): what results and targets are cut by beside units (R045)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import require
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, revise, typed
from dacheng.store.history import writing
from dacheng.store.standing import standing_uid


def create_segment(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE) -> Saved:
    """Create a segment; it holds always, so that past results may be cut by it. Without a code one is made.

    Raises:
        NotAllowed: the actor may not. RuleError: the code is in use, or a value is not possible.
    """
    with writing(actor, at, "segment.created") as entry:
        rights = require(entry, "segment.edit")
        return Saved(add(entry, "segments", typed(rights, "segments", values), FIRST_DAY, prefix="S").uid, 1)


def edit_segment(*, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None) -> Saved:
    """Change a segment's names or its dimension; the dimension holds from the beginning.

    Raises:
        NotAllowed: the actor may not. Conflict: somebody changed it meanwhile. RuleError: a value is not possible.
    """
    with writing(actor, at, "segment.edited") as entry:
        rights, segment = require(entry, "segment.edit"), standing_uid("segments", uid)
        columns = typed(rights, "segments", values)
        return revise(entry, "segments", segment, columns, version, segment.first_day)
