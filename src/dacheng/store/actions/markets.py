"""Market facts (市场数据): size, growth and shares of a market, stated with their source (R020)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.store.access import Rights, rights_of
from dacheng.store.actions.recording import FROM_OUTSIDE, Saved, add, day_not_after, revise, typed
from dacheng.store.history import writing
from dacheng.store.market_checks import check_market
from dacheng.store.standing import Columns, Standing, standing_uid

EDIT = "market.edit"


def create_market_fact(*, actor: Viewer, at: datetime, values: FROM_OUTSIDE, on: int | None = None) -> Saved:
    """State what is known of a market in a year; without a code one is made.

    Raises:
        NotAllowed: the region is out of the actor's reach. RuleError: shares above 100 %, a size below zero,
            or the same market and year stands already.
    """
    with writing(actor, at, "market_fact.created") as entry:
        rights = rights_of(entry)
        columns = _placed(rights, values, None)
        check_market(columns)
        return Saved(add(entry, "market_facts", columns, day_not_after(entry, on), prefix="S").uid, 1)


def edit_market_fact(
    *, actor: Viewer, at: datetime, uid: UUID, values: FROM_OUTSIDE, version: int | None, on: int | None = None
) -> Saved:
    """Correct a market fact. Raises as ``create_market_fact``, and NotFound, Conflict."""
    with writing(actor, at, "market_fact.edited") as entry:
        rights, fact = rights_of(entry), standing_uid("market_facts", uid)
        rights.require_on(EDIT, "market_facts", fact)
        columns = _placed(rights, values, fact)
        check_market({**fact.row, **columns}, fact.record_id)
        return revise(entry, "market_facts", fact, columns, version, day_not_after(entry, on))


def _placed(rights: Rights, values: FROM_OUTSIDE, record: Standing | None) -> Columns:
    columns = typed(rights, "market_facts", values)
    unit = columns.get("unit_id")
    if record is None or (unit is not None and unit != record.row["unit_id"]):
        rights.require(EDIT, unit_id=int(unit or 0))
    return columns
