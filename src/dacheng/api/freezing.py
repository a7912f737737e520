"""Frozen Books (存档): listed, asked for, and the four tables of one, or of now, as a file (R152)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import ConfigDict

from dacheng.api.asking import Call
from dacheng.api.jobs import Job, told
from dacheng.api.operations import SEEN, operation
from dacheng.core.errors import Text
from dacheng.core.period import date_of, day_of
from dacheng.service.four_tables import Pack, frozen_pack, live, pack_file, pack_of
from dacheng.service.freezing import Frozen, ask_freeze, frozen_books
from dacheng.service.jobs import own_job
from dacheng.store.history import moment

router = Router(tags=["settings"])

PackKind = Annotated[Literal["xlsx", "pdf"], Query(description="xlsx or pdf")]
Unit = Annotated[str, Query(description="code of a unit; left out: everything the caller sees")]


class FrozenBook(Schema):
    """A Book that was frozen."""

    name: str
    day: date
    frozen_at: datetime
    by: str
    sha256: str
    facts: int


class FrozenBooks(Schema):
    """The frozen Books, the latest day first."""

    rows: list[FrozenBook]


class DayToFreeze(Schema):
    """The day whose Book is frozen, as it is known now."""

    model_config = ConfigDict(extra="forbid")
    day: date


class PackFile(Schema):
    """The file itself, as an attachment."""


@operation(router, "GET", "/frozen", FrozenBooks, Text("存档", "List frozen Books"), right=SEEN)
def list_frozen(request: Call) -> FrozenBooks:
    """Every frozen Book with the SHA-256 of its files."""
    return FrozenBooks(rows=[_shown(one) for one in frozen_books()])


@operation(
    router,
    "POST",
    "/frozen",
    Job,
    Text("存一天的数", "Freeze a Book"),
    right="book.freeze",
    body=DayToFreeze,
    status=201,
)
def freeze_book(request: Call, body: DayToFreeze) -> Job:
    """Freeze the Book of a day in the background; poll `/jobs/{id}` until it is done."""
    caller = request.auth
    uid = ask_freeze(caller.viewer, caller.at, day_of(body.day), caller.language)
    return told(own_job(caller.viewer, uid, caller.language), caller.language)


@operation(
    router, "GET", "/frozen/{name}/four-tables", PackFile, Text("存档的四表", "Fetch the tables of a frozen Book"),
    right=SEEN,
)  # fmt: skip
def fetch_frozen_tables(request: Call, name: str, format: PackKind = "xlsx", unit: Unit = "") -> Any:
    """The four tables of a frozen Book with what changed since the one before it, as far as the caller sees."""
    caller = request.auth
    return _attached(frozen_pack(name, caller.viewer, caller.at, unit), format, caller.language)


@operation(router, "GET", "/four-tables", PackFile, Text("四表", "Fetch the four tables"), right=SEEN)
def fetch_four_tables(request: Call, format: PackKind = "xlsx", unit: Unit = "", as_of: str = "") -> Any:
    """The four tables as they are now, or as of a day; the file says that its data are live."""
    caller = request.auth
    return _attached(pack_of(live(caller.book({"as_of": as_of})), None, unit), format, caller.language)


def _attached(pack: Pack, kind: str, language: str) -> HttpResponse:
    name, content_type, content = pack_file(pack, kind, language)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _shown(one: Frozen) -> FrozenBook:
    return FrozenBook(
        name=one.name,
        day=date_of(one.day),
        frozen_at=moment(one.at),
        by=one.by.name,
        sha256=one.digest,
        facts=one.facts,
    )
