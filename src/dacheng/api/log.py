"""The log: its entries page by page, and the proof that nothing in it was touched."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import Field

from dacheng.api.asking import Call
from dacheng.api.me import Reference, referred
from dacheng.api.operations import operation
from dacheng.core.errors import Text
from dacheng.service.auditing import rules_broken
from dacheng.service.logbook import ShownChange, ShownEntry, log_page

router = Router(tags=["log"])

MOST_ENTRIES = 200
Entries = Annotated[int, Field(ge=1, le=MOST_ENTRIES)]


class LoggedChange(Schema):
    """A changed record; `before` null: it was created, `after` null: it was removed."""

    relation: str
    record: dict[str, Any]
    from_day: str = Field(description="the day it takes effect")
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class LogEntry(Schema):
    """Who did what when. `id` is the entry's hash; it is over the entry and the one before."""

    id: str
    at: datetime
    actor: Reference | None = Field(description="null: the system")
    action: str
    detail: dict[str, Any]
    changes: int = Field(description="records changed in all; `changed` shows the first of them")
    changed: list[LoggedChange]


class LogPage(Schema):
    """Entries, the latest first."""

    rows: list[LogEntry]
    next: str | None = Field(description="give it as `before` for the next page; null: this is the last")


class Verified(Schema):
    """What a check of the whole log found; `dacheng audit verify` says where."""

    intact: bool
    broken: list[str] = Field(description="rules that are broken", examples=[["audit/chain-broken"]])


@operation(router, "GET", "/log", LogPage, Text("日志", "Read the log"), right="log.read")
def read_log(request: Call, before: str = "", limit: Entries = 50) -> LogPage:
    """Entries of the log, the latest first."""
    entries = log_page(request.auth.viewer, before=before, limit=limit + 1)
    more = len(entries) > limit
    rows = [_shown(one) for one in entries[:limit]]
    return LogPage(rows=rows, next=rows[-1].id if more else None)


@operation(router, "GET", "/log/verify", Verified, Text("核对日志", "Verify the log"), right="log.read")
def verify_log(request: Call) -> Verified:
    """Check the hash chain of the whole log, the versions of all facts, and the records against them."""
    broken = rules_broken(request.auth.viewer)
    return Verified(intact=not broken, broken=broken)


def _shown(entry: ShownEntry) -> LogEntry:
    actor = entry.actor
    return LogEntry(
        id=entry.name,
        at=entry.at,
        actor=None if actor is None else referred(actor),
        action=entry.action,
        detail=dict(entry.detail),
        changes=entry.changes,
        changed=[_change(one) for one in entry.first],
    )


def _change(one: ShownChange) -> LoggedChange:
    return LoggedChange(
        relation=one.relation,
        record=dict(one.record),
        from_day=one.from_day,
        before=None if one.before is None else dict(one.before),
        after=None if one.after is None else dict(one.after),
    )
