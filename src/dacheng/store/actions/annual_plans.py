"""Locking the annual plan (年度计划) of a unit: its five steps get a version, as they stand at that moment (R027)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.strategy.smart import check_year
from dacheng.store.access import rights_of
from dacheng.store.history import writing
from dacheng.store.standing import standing_uid

LOCKED = "annual_plan.locked"
EDIT = "goal.edit"


def lock_annual_plan(
    *, actor: Viewer, at: datetime, unit: UUID, year: int, unfinished: Sequence[str], note: str
) -> None:
    """Give the five steps of a unit's fiscal year a version: what stood when this entry was written.

    The entry is the version: every step can be opened as it was known then, so that nothing is copied.

    Args:
        unfinished: codes of the steps that are not done. note: why, or what is agreed.

    Raises:
        NotFound: there is no such unit. NotAllowed: it is out of the actor's reach. RuleError: no such year.
    """
    found = standing_uid("units", unit)
    told = {"unit": found.record_id, "year": year, "unfinished": list(unfinished), "note": note}
    with writing(actor, at, LOCKED, **told) as entry:
        rights_of(entry).require(EDIT, unit_id=found.record_id)
        check_year(year)
        entry.keep = True
