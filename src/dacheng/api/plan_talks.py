"""Agreeing on targets (协商目标): threads of a row, answers from below, offers from above, how far a plan is agreed."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import Money, Month, Words
from dacheng.api.operations import SEEN, operation
from dacheng.api.plan_fields import MeasureCode
from dacheng.core.errors import Conflict, RuleError, Text
from dacheng.core.period import date_of, ym_text
from dacheng.core.plans.schema import AGREEMENTS, TALKS
from dacheng.service.plan_talks import Month as MonthTalk
from dacheng.service.plan_talks import RowTalk, Target, aim_of, progress, row_called, row_talk
from dacheng.service.wire import amount_of, amount_text, month_of
from dacheng.store.actions import plan_talks as actions
from dacheng.store.queries.plan_talks import Word

router = Router(tags=["plans"])

STANDS = {number: code for number, code, _ in AGREEMENTS}
KIND = {number: code for number, code, _ in TALKS}
RowCode = Annotated[str, Query(description="code of the row")]


class Said(Schema):
    """One word of a thread."""

    number: int
    kind: str = Field(description="offer, counter, accept, impose or comment")
    month: Month | None = Field(description="null: of the whole year")
    amount: Money | None
    by: str = Field(description="name; empty = the system")
    day: str
    said: str
    seal: str = Field(description="fingerprint of the months that were accepted")


class MonthOffered(Schema):
    """A month of a target."""

    month: Month
    amount: Money
    submitted: Money | None = Field(description="what was asked for instead")
    stands: str


class TargetTalk(Schema):
    """A measure of a row; the year is the sum of its months."""

    measure: str
    year: Money
    submitted: Money | None
    stands: str = Field(description="offered, countered, accepted, imposed; empty = offered to nobody")
    months: list[MonthOffered]
    thread: list[Said] = Field(description="the latest first")


class Talks(Schema):
    """A row of a plan as it is talked about."""

    row: str
    name: str
    targets: list[TargetTalk]


class Answer(Schema):
    """What somebody answers to his target."""

    model_config = ConfigDict(extra="forbid")
    row: Words = Field(description="code of the row")
    measure: MeasureCode = "contract"
    month: Month | None = Field(None, description="null: the whole year")
    kind: Literal["accept", "counter", "comment"]
    amount: Money | None = Field(None, description="of a counter-offer; with accept: the amount you saw")
    said: Annotated[str, Field(max_length=300)] = ""


class Offer(Schema):
    """What the one above says of a target."""

    model_config = ConfigDict(extra="forbid")
    row: Words = Field(description="code of the row")
    measure: MeasureCode = "contract"
    month: Month | None = Field(None, description="null: the whole year")
    kind: Literal["offer", "impose"]
    said: Annotated[str, Field(max_length=300)] = ""


class UnitAgreed(Schema):
    """How many targets below a row are agreed, itself included."""

    row: str
    name: str
    asked: int
    accepted: int
    countered: int
    imposed: int
    silent: int


class Agreed(Schema):
    """How far a measure of a plan is agreed, row by row."""

    measure: str
    rows: list[UnitAgreed]


@operation(
    router, "GET", "/plans/{uuid:uid}/talks", Talks, Text("目标协商", "Show what is said of targets"), right=SEEN
)
def show_talks(request: Call, uid: UUID, row: RowCode) -> Any:
    """The targets of a row of a plan with what was said of each."""
    book = request.auth.book({})
    return _told(row_talk(request.auth.viewer, book, uid, row_called(row)), row)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/answers",
    Talks,
    Text("认同或还价", "Accept or counter a target"),
    right="plan.answer",
    body=Answer,
)
def answer_target(request: Call, uid: UUID, body: Answer) -> Talks:
    """Accept a target, counter it with another amount and a reason, or comment on it."""
    caller = request.auth
    aim = aim_of(uid, body.row, body.measure, _month(body.month))
    amount = None if body.amount is None else amount_of(body.amount)
    who: dict[str, Any] = {"actor": caller.viewer, "at": caller.at}
    if body.kind == "accept":
        _accept(who, aim, amount)
    elif body.kind == "counter":
        if amount is None:
            raise RuleError(
                Text("没有写还价的金额。", "The counter-offer has no amount."),
                Text("写你能承担的金额；0 也要写。", "Enter what you can take on; write 0 for nothing."),
            )
        actions.counter_target(**who, aim=aim, amount=amount, said=body.said)
    else:
        actions.comment_target(**who, aim=aim, said=body.said)
    return _told(row_talk(caller.viewer, caller.book({}), uid, aim.row), body.row)


@operation(
    router,
    "POST",
    "/plans/{uuid:uid}/offers",
    Talks,
    Text("重新提出或直接下达", "Offer a target again or impose it"),
    right="plan.edit",
    body=Offer,
)
def offer_target(request: Call, uid: UUID, body: Offer) -> Talks:
    """Offer a target again as it stands, or impose it with a reason."""
    caller = request.auth
    aim = aim_of(uid, body.row, body.measure, _month(body.month))
    act = actions.offer_target if body.kind == "offer" else actions.impose_target
    act(actor=caller.viewer, at=caller.at, aim=aim, said=body.said)
    return _told(row_talk(caller.viewer, caller.book({}), uid, aim.row), body.row)


@operation(
    router, "GET", "/plans/{uuid:uid}/agreement", Agreed, Text("认同进度", "Show how far a plan is agreed"), right=SEEN
)
def show_agreement(request: Call, uid: UUID, measure: str = "") -> Any:
    """How many targets below each row are accepted, countered, imposed or not answered; measure by code."""
    found = progress(request.auth.book({}), uid, measure)
    counts, one = found.counts, found.one
    columns = (counts.asked, counts.accepted, counts.countered, counts.imposed, counts.silent)
    names = ("asked", "accepted", "countered", "imposed", "silent")
    rows = [
        UnitAgreed(
            row=one.codes[position],
            name=one.name(position).zh,
            **{name: int(column[at]) for name, column in zip(names, columns, strict=True)},
        )
        for at, position in enumerate(counts.positions.tolist())
    ]
    return Agreed(measure=found.measure.code, rows=rows)


def _accept(who: dict[str, Any], aim: actions.Aim, amount: int | None) -> None:
    try:
        actions.accept_target(**who, aims=[aim], amounts=[amount])
    except Conflict as conflict:
        raise Conflict(
            conflict.message, conflict.remedy, yours=_amounts(conflict.yours), theirs=_amounts(conflict.theirs)
        ) from None


def _amounts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: amount_text(value) for name, value in values.items()}


def _month(text: str | None) -> int:
    return month_of(text) if text else 0


def _told(talk: RowTalk, code: str) -> Talks:
    return Talks(row=code, name=talk.called.zh, targets=[_target(talk, one) for one in talk.targets])


def _target(talk: RowTalk, one: Target) -> TargetTalk:
    return TargetTalk(
        measure=talk.names["measures"][one.measure_id].code,
        year=amount_text(one.year),
        submitted=_amount(one.submitted),
        stands=STANDS[one.stands],
        months=[_offered(month) for month in one.months],
        thread=[_said(talk, word) for word in one.words],
    )


def _offered(month: MonthTalk) -> MonthOffered:
    return MonthOffered(
        month=ym_text(month.ym),
        amount=amount_text(month.amount),
        submitted=_amount(month.submitted),
        stands=STANDS[month.agreed],
    )


def _said(talk: RowTalk, word: Word) -> Said:
    by = talk.names["people"].get(word.by_id)
    return Said(
        number=word.number,
        kind=KIND[word.kind],
        month=ym_text(word.ym) if word.ym else None,
        amount=_amount(word.amount),
        by=by.name if by else "",
        day=date_of(word.day).isoformat(),
        said=word.said,
        seal=word.seal,
    )


def _amount(value: int | None) -> str | None:
    return None if value is None else amount_text(value)
