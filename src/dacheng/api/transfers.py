"""Transfers and leaving with what is handed over: what it will do, doing it, taking it back."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field

from dacheng.api.asking import Call
from dacheng.api.fields import Day, Money, VersionedAct
from dacheng.api.me import Reference, referred
from dacheng.api.operations import operation, telling_conflicts
from dacheng.core.errors import Text
from dacheng.core.period import day_of
from dacheng.service import transferring as service
from dacheng.service.transferring import Foreseen, Ways, foreseen, usual_ways
from dacheng.service.wire import amount_text

router = Router(tags=["organisation"])

WayCode = Literal["person", "unit", "taker"]
BY_RULE = "default: the company's rule, transfer.{}"


class Handed(Schema):
    """Which way each kind goes: with the person, staying with the unit, or to a taker."""

    model_config = ConfigDict(extra="forbid")
    deals: WayCode | None = Field(None, description=BY_RULE.format("deals"))
    targets: WayCode | None = Field(None, description=BY_RULE.format("targets"))
    credit: WayCode | None = Field(None, description=BY_RULE.format("credit"))
    taker_id: UUID | None = Field(None, description="who takes over; for `unit` default who manages it")


class Elsewhere(Schema):
    """What becomes of work beside the home; what was done in the new unit ends in any case, a leaver's too."""

    engagements: Literal["end", "keep"] = Field("end", description="on the day, or going on")


class PersonTransfer(VersionedAct, Handed, Elsewhere):
    """The unit a person moves to; the version is the `home_version` that you saw."""

    unit_id: UUID


class PersonLeaving(VersionedAct, Handed):
    """When a person leaves; without a way nothing is handed over."""


class Foreseeing(Handed, Elsewhere):
    """A transfer, or without a unit a leaving, to be looked at before it is done."""

    unit_id: UUID | None = None
    on: Day


class TransferDone(Schema):
    """What was handed over, and the entry by which all of it is taken back."""

    id: UUID
    version: int
    deals: int
    contracts: int
    targets: int
    entry: str


class NodeEffect(Schema):
    """A unit's figures at the end of the day, before and after."""

    unit: Reference
    deals: int
    deals_after: int
    pipeline: Money
    pipeline_after: Money
    weighted: Money
    weighted_after: Money
    target: Money
    target_after: Money
    done: Money
    done_after: Money


class TransferEffect(Schema):
    """What it will do, in words and at every node that the caller sees."""

    said: list[str]
    units: list[NodeEffect]


class TransferEntry(Schema):
    """The entry to take back."""

    model_config = ConfigDict(extra="forbid")
    entry: str = Field(max_length=64)


class TakenBack(Schema):
    """The person whose transfer or leaving was taken back."""

    id: UUID


@operation(
    router,
    "POST",
    "/people/{uuid:uid}/transfer/effect",
    TransferEffect,
    Text("调动的影响", "Foresee a transfer"),
    right="person.edit",
    body=Foreseeing,
)
def foresee_transfer(request: Call, uid: UUID, body: Foreseeing) -> TransferEffect:
    """Say what a transfer, or without a unit a leaving, would do; nothing is written."""
    caller = request.auth
    ways = _ways(request, body, leaves=body.unit_id is None)
    found = foreseen(caller.viewer, caller.at, uid, body.unit_id, day_of(body.on), ways)
    return TransferEffect(said=[one.in_language(caller.language) for one in found.said], units=_nodes(found))


@operation(
    router,
    "POST",
    "/people/{uuid:uid}/transfer",
    TransferDone,
    Text("调动并移交", "Transfer a person"),
    right="person.edit",
    body=PersonTransfer,
)
def transfer_person(request: Call, uid: UUID, body: PersonTransfer) -> TransferDone:
    """Move a person to another unit from a day on and hand over, in one step."""
    caller = request.auth
    ways = _ways(request, body, leaves=False)
    with telling_conflicts("assignments", caller):
        done = service.transfer(
            actor=caller.viewer,
            at=caller.at,
            uid=uid,
            unit=body.unit_id,
            ways=ways,
            version=body.version,
            on=body.day,
        )
    return _done(done)


@operation(
    router,
    "POST",
    "/people/{uuid:uid}/leave",
    TransferDone,
    Text("人员离职", "Mark a person as left"),
    right="person.edit",
    body=PersonLeaving,
)
def mark_left(request: Call, uid: UUID, body: PersonLeaving) -> TransferDone:
    """Mark a person as left from a day on and hand over what is said: the last home stays, roles end."""
    caller = request.auth
    ways = Ways.chosen(_said(body), body.taker_id)
    with telling_conflicts("people", caller):
        done = service.leave(actor=caller.viewer, at=caller.at, uid=uid, ways=ways, version=body.version, on=body.day)
    return _done(done)


@operation(
    router,
    "POST",
    "/people/transfers/undo",
    TakenBack,
    Text("撤销调动", "Take a transfer back"),
    right="person.edit",
    body=TransferEntry,
)
def undo_transfer(request: Call, body: TransferEntry) -> TakenBack:
    """Let everything that a transfer or a leaving changed be as before it."""
    caller = request.auth
    return TakenBack(id=service.undo_transfer(actor=caller.viewer, at=caller.at, entry=body.entry))


def _ways(request: Call, body: PersonTransfer | Foreseeing, *, leaves: bool) -> Ways:
    """Return the ways that a body names, others by the company's rules of today."""
    usual = usual_ways(request.auth.book({}), leaves=leaves)
    return Ways.chosen(_said(body), body.taker_id, usual=usual, engagements=body.engagements)


def _said(body: Handed) -> dict[str, WayCode | None]:
    return {"deals": body.deals, "targets": body.targets, "credit": body.credit}


def _done(done: service.Transferred) -> TransferDone:
    return TransferDone(
        id=done.uid,
        version=done.version,
        deals=done.deals,
        contracts=done.contracts,
        targets=done.targets,
        entry=service.entry_of(done.uid),
    )


def _nodes(found: Foreseen) -> list[NodeEffect]:
    table = found.table
    names = [column.name for column in table.columns if column.kind in ("money", "count")]
    rows = []
    for row, unit in enumerate(table.values["unit_id"].tolist()):
        figures = {name: int(table.cell(name, row) or 0) for name in names}
        written: dict[str, Any] = {
            name: value if name.startswith("deals") else amount_text(value) for name, value in figures.items()
        }
        rows.append(NodeEffect(unit=referred(found.names[unit]), **written))
    return rows
