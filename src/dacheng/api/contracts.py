"""Contracts (合同) with their lines: listed, shown, recorded, corrected."""

from __future__ import annotations

from typing import Annotated, Any
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
    many,
    new_schema,
    shown_schema,
)
from dacheng.api.operations import SEEN, operation, telling_conflicts
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE
from dacheng.service.records import listed, one_record, parts_of
from dacheng.service.wire import amount_of
from dacheng.store.actions import contracts as actions
from dacheng.store.actions import one_offs
from dacheng.store.actions.contracts import Line

router = Router(tags=["contracts"])

MOST_LINES = 500


VatRate = Annotated[int, Field(ge=0, le=BP_PER_WHOLE, strict=True)]


class ContractLine(Schema):
    """One line of a contract; the contract's amount is the sum of its lines."""

    model_config = ConfigDict(extra="forbid")
    code: Words = Field("", description="blank = numbered within the contract; a known code keeps that line")
    product_id: UUID | None = None
    amount: Money
    amount_ex: Money | None = None
    cost: Money | None = None
    tax_bp: VatRate | None = Field(None, description="basis points; without tax follows where it is not told")


class LateDecision(Schema):
    """Whether a signing into a closed period is an order."""

    model_config = ConfigDict(extra="forbid")
    approve: StrictBool
    reason: Words = Field("", description="kept with the contract; a refusal must have one")
    version: Version


class OneOff(Schema):
    """Whether a contract is one-off, and why."""

    model_config = ConfigDict(extra="forbid")
    one_off: StrictBool
    reason: Words = Field(description="kept with the contract")
    version: Version


Lines = Annotated[list[ContractLine], Field(max_length=MOST_LINES)]

ShownLine = shown_schema("ShownContractLine", "contract_lines")
ContractRow = shown_schema("ContractRow", "contracts")
ContractList = listed_schema("ContractList", ContractRow)
Contract = shown_schema("Contract", "contracts", lines=(many(ShownLine), ...))
NewContract = new_schema(
    "NewContract", "contracts", made=("code", "owner_id", "amount"), leave=("cost",), lines=(Lines, Field(min_length=1))
)
ALL_LINES = Field(None, description="all lines as they shall be; left out: as they are")
ContractEdit = edit_schema("ContractEdit", "contracts", leave=("cost",), lines=(Lines | None, ALL_LINES))


@operation(router, "GET", "/contracts", ContractList, Text("合同清单", "List contracts"), right=SEEN)
def list_contracts(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Contracts that exist at the end of a day, the first recorded first."""
    page = listed("contracts", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return ContractList(count=page.count, rows=page.rows)


@operation(router, "GET", "/contracts/{uuid:uid}", Contract, Text("合同", "Show a contract"), right=SEEN)
def show_contract(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One contract with its lines as it stood at the end of a day."""
    book = request.auth.book({"as_of": as_of})
    lines = parts_of("contract_lines", "contract_id", uid, book)
    return Contract(**one_record("contracts", uid, book), lines=lines)


@operation(
    router,
    "POST",
    "/contracts",
    Saved,
    Text("登记合同", "Record a contract"),
    right="contract.record",
    body=NewContract,
    status=201,
)
def record_contract(request: Call, body: Any) -> Saved:
    """Record a contract with its lines; it counts from its effective day."""
    caller = request.auth
    values, lines = body.columns(), _lines(body.lines)
    return saved(actions.record_contract(actor=caller.viewer, at=caller.at, values=values, lines=lines))


@operation(
    router,
    "PATCH",
    "/contracts/{uuid:uid}",
    Saved,
    Text("修改合同", "Correct a contract"),
    right="contract.edit",
    body=ContractEdit,
)
def edit_contract(request: Call, uid: UUID, body: Any) -> Saved:
    """Correct a contract from its first day on, while its month is open."""
    caller = request.auth
    lines = None if body.lines is None else _lines(body.lines)
    values = body.columns()
    with telling_conflicts("contracts", caller):
        return saved(
            actions.edit_contract(
                actor=caller.viewer, at=caller.at, uid=uid, values=values, version=body.version, lines=lines
            )
        )


@operation(
    router,
    "POST",
    "/contracts/{uuid:uid}/decide",
    Saved,
    Text("批准或驳回补签", "Approve or refuse a late signing"),
    right="contract.approve",
    body=LateDecision,
)
def decide_on_late_signing(request: Call, uid: UUID, body: LateDecision) -> Saved:
    """Decide on a contract signed into a closed period: until it is approved it is no order."""
    caller = request.auth
    with telling_conflicts("contracts", caller):
        return saved(
            actions.decide_late(
                actor=caller.viewer,
                at=caller.at,
                uid=uid,
                approve=body.approve,
                version=body.version,
                reason=body.reason,
            )
        )


@operation(
    router,
    "POST",
    "/contracts/{uuid:uid}/one-off",
    Saved,
    Text("标为一次性合同", "Mark a contract as one-off"),
    right="contract.edit",
    body=OneOff,
)
def mark_one_off(request: Call, uid: UUID, body: OneOff) -> Saved:
    """Leave a contract out of estimates, years and seasons from today on, or count it there again."""
    caller = request.auth
    with telling_conflicts("contracts", caller):
        return saved(
            one_offs.mark_one_off(
                actor=caller.viewer,
                at=caller.at,
                uid=uid,
                one_off=body.one_off,
                reason=body.reason,
                version=body.version,
            )
        )


def _lines(given: list[ContractLine]) -> list[Line]:
    return [
        Line(
            amount=amount_of(one.amount),
            product=one.product_id,
            amount_ex=None if one.amount_ex is None else amount_of(one.amount_ex),
            cost=None if one.cost is None else amount_of(one.cost),
            code=one.code,
            tax_bp=one.tax_bp,
        )
        for one in given
    ]
