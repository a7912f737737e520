"""The log: its entries page by page, and the proof that nothing in it was touched."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Schema
from pydantic import Field

from dacheng.api.asking import Call, Caller
from dacheng.api.me import Reference, referred
from dacheng.api.operations import operation
from dacheng.core.errors import Text
from dacheng.core.period import date_of
from dacheng.service.log_reading import LogPage as PageOfLog
from dacheng.service.log_reading import LogQuestion, Names, ShownChange, ShownEntry, log_entry, log_page
from dacheng.service.log_reading import verify_log as log_findings
from dacheng.service.questions import asked_day
from dacheng.service.wire import sent
from dacheng.store.history import moment

router = Router(tags=["log"])

MOST_ENTRIES = 200
Entries = Annotated[int, Field(ge=1, le=MOST_ENTRIES)]
Offset = Annotated[int, Field(ge=0)]


class LoggedChange(Schema):
    """A changed record; `before` null: it was created, `after` null: it was removed."""

    relation: str
    seen: bool = Field(description="false: the record is not yours to see, so nothing of it is told")
    record: dict[str, Any]
    from_day: str = Field(description="the day it takes effect")
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class LogEntry(Schema):
    """Who did what when. `id` is the entry's hash, over the entry and the one before it."""

    id: str
    at: datetime
    actor: Reference | None = Field(description="null: the system")
    action: str
    detail: dict[str, str]
    changes: int = Field(description="records changed in all; `changed` shows the first, the entry's own address all")
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
def read_log(
    request: Call, before: str = "", person: str = "", action: str = "", day: str = "", limit: Entries = 50
) -> LogPage:
    """Entries of the log, the latest first: of a person (code or name), of an action, of a day."""
    caller = request.auth
    asked = LogQuestion(person=person, action=action, day=asked_day(day))
    page = log_page(caller.viewer, caller.book({}), asked, before=before, limit=limit)
    rows = _rows(caller, page)
    return LogPage(rows=rows, next=rows[-1].id if page.more else None)


@operation(router, "GET", "/log/entries/{name}", LogEntry, Text("日志条目", "Show a log entry"), right="log.read")
def show_log_entry(request: Call, name: str, offset: Offset = 0, limit: Entries = MOST_ENTRIES) -> LogEntry:
    """One entry with a page of its changes."""
    caller = request.auth
    page = log_entry(caller.viewer, caller.book({}), name, limit=limit, offset=offset)
    return _rows(caller, page)[0]


@operation(router, "GET", "/log/verify", Verified, Text("核对日志", "Verify the log"), right="log.read")
def verify_log(request: Call) -> Verified:
    """Check the hash chain of the whole log, the versions of all facts, and the records against them."""
    broken = sorted({one.rule for one in log_findings(request.auth.viewer)})
    return Verified(intact=not broken, broken=broken)


def _rows(caller: Caller, page: PageOfLog) -> list[LogEntry]:
    return [_shown(one, page.names, caller.language) for one in page.entries]


def _shown(entry: ShownEntry, names: Names, language: str) -> LogEntry:
    return LogEntry(
        id=entry.name,
        at=moment(entry.at),
        actor=None if entry.actor is None else referred(entry.actor),
        action=entry.action,
        detail={key: words.in_language(language) for key, words in entry.details.items()},
        changes=entry.count,
        changed=[_change(one, names) for one in entry.changes],
    )


def _change(one: ShownChange, names: Names) -> LoggedChange:
    before = {value.column.name: value.before for value in one.values}
    after = {value.column.name: value.after for value in one.values}
    return LoggedChange(
        relation=one.relation.name,
        seen=one.seen,
        record=_record(one, names),
        from_day=date_of(one.from_day).isoformat(),
        before=None if one.made else sent(one.relation, before, names),
        after=None if one.gone else sent(one.relation, after, names),
    )


def _record(one: ShownChange, names: Names) -> dict[str, Any]:
    """Return what names a record: public id, code and name of a thing, else the columns of its key."""
    if one.relation.entity and one.key:
        return {"id": str(one.key["uid"]), "code": one.key.get("code"), "name": one.key.get("name")}
    return sent(one.relation, {name: value for name, value in one.key.items() if name != "object_id"}, names)
