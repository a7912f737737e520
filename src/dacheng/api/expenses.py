"""Expenses (费用): listed, shown, recorded, corrected (R037)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router, Schema
from pydantic import ConfigDict

from dacheng.api.asking import Call
from dacheng.api.deals import saved
from dacheng.api.fields import (
    Limit,
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
from dacheng.service import expenses as service
from dacheng.service.records import listed, one_record

router = Router(tags=["budgets"])

ExpenseRow = shown_schema("ExpenseRow", "expenses")
ExpenseList = listed_schema("ExpenseList", ExpenseRow)
NewExpense = new_schema("NewExpense", "expenses", made=("code", "unit_id"))
ExpenseEdit = edit_schema("ExpenseEdit", "expenses")


@operation(router, "GET", "/expenses", ExpenseList, Text("费用清单", "List expenses"), right=SEEN)
def list_expenses(request: Call, as_of: str = "", offset: Offset = 0, limit: Limit = 100) -> Any:
    """Expenses that exist at the end of a day, the first recorded first."""
    page = listed("expenses", request.auth.book({"as_of": as_of}), offset=offset, limit=limit)
    return ExpenseList(count=page.count, rows=page.rows)


@operation(router, "GET", "/expenses/{uuid:uid}", ExpenseRow, Text("费用", "Show an expense"), right=SEEN)
def show_expense(request: Call, uid: UUID, as_of: str = "") -> Any:
    """One expense as it stood at the end of a day."""
    return ExpenseRow(**one_record("expenses", uid, request.auth.book({"as_of": as_of})))


@operation(
    router,
    "POST",
    "/expenses",
    Saved,
    Text("登记费用", "Record an expense"),
    right="expense.record",
    body=NewExpense,
    status=201,
)
def record_expense(request: Call, body: Any) -> Saved:
    """Record an expense or a commitment; unit and person default to the caller's own, a refund is negative.

    One that would overspend needs a reason, and waits for approval: `overspend` says how it stands.
    """
    caller = request.auth
    return saved(service.record(caller.viewer, caller.at, body.columns()))


@operation(
    router,
    "PATCH",
    "/expenses/{uuid:uid}",
    Saved,
    Text("修改费用", "Correct an expense"),
    right="expense.record",
    body=ExpenseEdit,
)
def edit_expense(request: Call, uid: UUID, body: Any) -> Saved:
    """Correct an expense from its first day on, while its month is open."""
    caller, values = request.auth, body.columns()
    with telling_conflicts("expenses", caller):
        return saved(service.edit(caller.viewer, caller.at, uid, values, body.version))


class OverspendDecision(Schema):
    """Approve an expense that would overspend, or reject it with an answer."""

    model_config = ConfigDict(extra="forbid")
    approve: bool
    answer: Words = ""
    version: Version


@operation(
    router,
    "POST",
    "/expenses/{uuid:uid}/decide",
    Saved,
    Text("审批超支费用", "Decide on an expense that would overspend"),
    right="expense.approve",
    body=OverspendDecision,
)
def decide_expense(request: Call, uid: UUID, body: Any) -> Saved:
    """Approve what waits, so that it counts from today on, or reject it; not what one asked for oneself."""
    caller = request.auth
    with telling_conflicts("expenses", caller):
        return saved(
            service.decide(
                caller.viewer, caller.at, uid, approve=body.approve, answer=body.answer, version=body.version
            )
        )
