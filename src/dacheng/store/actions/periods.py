"""Closing and reopening months (关账): in order, one at a time."""

from __future__ import annotations

from datetime import datetime

from dacheng.core.access import Viewer
from dacheng.core.closing import Closed, check_close, check_reopen
from dacheng.core.errors import RuleError, Text
from dacheng.core.period import FIRST_DAY
from dacheng.store.access import require
from dacheng.store.history import Entry, writing
from dacheng.store.periods import closed_through, company_months
from dacheng.store.saving import Edit, New, change, create
from dacheng.store.standing import standing_keys


def close_period(*, actor: Viewer, at: datetime, ym: int) -> None:
    """Close a month: what is posted in it never changes again.

    Raises:
        NotAllowed: the actor may not. RuleError: it is closed, has not ended, or an earlier
            one is still open.
    """
    with writing(actor, at, "period.closed", ym=ym) as entry:
        require(entry, "period.close")
        check_close(ym, closed=_standing(), today=entry.day)
        _set(entry, ym, 1)


def reopen_period(*, actor: Viewer, at: datetime, ym: int, reason: str) -> None:
    """Reopen the last closed month, with a reason that the log keeps.

    Raises:
        NotAllowed: the actor may not. RuleError: it is not the last closed one, or no reason is given.
    """
    with writing(actor, at, "period.reopened", ym=ym, reason=reason.strip()) as entry:
        require(entry, "period.reopen")
        check_reopen(ym, closed=closed_through())
        if not reason.strip():
            raise RuleError(
                Text("重新打开没有写原因。", "No reason is given for reopening."),
                Text("写明原因，日志会保留。", "Give one; the log keeps it."),
            )
        _set(entry, ym, 0)


def _standing() -> Closed:
    """Return how far the months are closed, with their days where none is."""
    return closed_through() or Closed(months=company_months())


def _set(entry: Entry, ym: int, closed: int) -> None:
    record = standing_keys("periods", [(ym,)]).get((ym,))
    if record is None:
        create(entry, "periods", [New({"ym": ym, "closed": closed}, entry.day)])
        return
    day = max(entry.day, record.first_day, FIRST_DAY)
    change(entry, "periods", [Edit(record.record_id, {"closed": closed}, day)], {record.record_id: record})
