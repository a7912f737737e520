"""Lines of the opportunity inventory (机会盘点): listed, filled, corrected, challenged, dropped."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict, Field, StrictBool

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import (
    Limit,
    Money,
    Offset,
    Saved,
    Version,
    Words,
    edit_schema,
    listed_schema,
    new_schema,
    shown_schema,
)
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.errors import Text
from dacheng.service.inventory import fill_block
from dacheng.service.records import listed
from dacheng.service.wire import amount_of
from dacheng.store.actions import inventory as actions

router = Router(tags=["targets"])
NAME = actions.NAME
MOST_TEXT = 200_000
"""Characters of a block."""

Line = shown_schema("InventoryLine", NAME)
LineList = listed_schema("InventoryLineList", Line)
NewLine = new_schema("NewInventoryLine", NAME, made=("code",), leave=actions.VERDICT)
LineEdit = edit_schema("InventoryLineEdit", NAME, leave=(*actions.VERDICT, "code"))


class Challenge(Schema):
    """What a manager says to a line."""

    model_config = ConfigDict(extra="forbid")
    verdict: Literal["open", "accepted", "reduced", "rejected"]
    amount: Money | None = Field(None, description="that stands instead, where it is reduced")
    comment: Words = ""
    version: Version


class Seen(Schema):
    """The line as somebody saw it."""

    model_config = ConfigDict(extra="forbid")
    version: Version


class InventoryBlock(Schema):
    """Rows copied from a spreadsheet: what, kind, account, opportunity, amount, probability, in-year share, owner."""

    model_config = ConfigDict(extra="forbid")
    block: str = Field(max_length=MOST_TEXT, description="a row a line, cells parted by tabs or commas")
    period: str = Field("", max_length=20, description="fiscal year, such as 2027; blank = the next one")
    money_unit: Literal["yuan", "wan", "yi"] = Field("yuan", description="what a bare number counts")
    write: StrictBool = Field(False, description="fill them all at once, where nothing is wrong with any")


class ReadRow(Schema):
    """How a row is read; without a problem it can be filled."""

    row: int = Field(description="counted from 1, without the heading")
    cells: list[str]
    problem: str | None


class ReadBlock(Schema):
    """What a block says, and how many lines were written."""

    rows: list[ReadRow]
    written: int


@operation(router, "GET", "/targets/inventory", LineList, Text("机会盘点", "List inventory lines"), right=SEEN)
def list_inventory(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Lines of every year that the caller sees at the end of a day, the first filled first."""
    page = listed(NAME, request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return LineList(count=page.count, rows=page.rows)


@operation(
    router,
    "POST",
    "/targets/inventory",
    Saved,
    Text("填机会盘点", "Fill an inventory line"),
    right="inventory.fill",
    body=NewLine,
    status=201,
)
def fill_inventory_line(request: Call, body: Any) -> Saved:
    """Add a line from today on; without an account it is listed and not counted."""
    caller = request.auth
    return saved(actions.fill_line(actor=caller.viewer, at=caller.at, values=body.columns()))


@operation(
    router,
    "POST",
    "/targets/inventory/block",
    ReadBlock,
    Text("读一段机会盘点", "Read a block of inventory lines"),
    right="inventory.fill",
    body=InventoryBlock,
)
def read_inventory_block(request: Call, body: InventoryBlock) -> ReadBlock:
    """Say how each row of a pasted block is read and what is wrong; write all rows or none when asked to."""
    caller = request.auth
    read = fill_block(
        caller.viewer,
        caller.book({}),
        caller.at,
        body.block,
        period=body.period,
        money_unit=body.money_unit,
        write=body.write,
    )
    rows = [
        ReadRow(
            row=one.row,
            cells=list(one.cells),
            problem=one.problem.sentence(caller.language) if one.problem else None,
        )
        for one in read
    ]
    fine = body.write and not any(one.problem for one in read)
    return ReadBlock(rows=rows, written=len(read) if fine else 0)


@operation(
    router,
    "PATCH",
    "/targets/inventory/{uuid:uid}",
    Saved,
    Text("修改机会盘点", "Edit an inventory line"),
    right="inventory.fill",
    body=LineEdit,
)
def edit_inventory_line(request: Call, uid: UUID, body: Any) -> Saved:
    """Change a line from today on; its verdict is open again."""
    caller = request.auth
    with telling_conflicts(NAME, caller):
        done = actions.edit_line(
            actor=caller.viewer, at=caller.at, uid=uid, values=body.columns(), version=body.version
        )
        return saved(done)


@operation(
    router,
    "POST",
    "/targets/inventory/{uuid:uid}/challenge",
    Saved,
    Text("质询机会盘点", "Challenge an inventory line"),
    right="inventory.challenge",
    body=Challenge,
)
def challenge_inventory_line(request: Call, uid: UUID, body: Challenge) -> Saved:
    """Accept, reduce or reject a line; a reduction or rejection needs a comment."""
    caller = request.auth
    with telling_conflicts(NAME, caller):
        done = actions.challenge_line(
            actor=caller.viewer,
            at=caller.at,
            uid=uid,
            verdict=body.verdict,
            amount=None if body.amount is None else amount_of(body.amount),
            comment=body.comment,
            version=body.version,
        )
        return saved(done)


@operation(
    router,
    "POST",
    "/targets/inventory/{uuid:uid}/drop",
    Saved,
    Text("删除机会盘点", "Drop an inventory line"),
    right="inventory.fill",
    body=Seen,
)
def drop_inventory_line(request: Call, uid: UUID, body: Seen) -> Saved:
    """Take a line out from today on; its history stays."""
    caller = request.auth
    return saved(actions.drop_line(actor=caller.viewer, at=caller.at, uid=uid, version=body.version))
