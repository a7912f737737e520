"""The unrecognised table (未确收表): signed contracts whose revenue is not recognised yet, one row each (R150, G21)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals.columns import noted, outside_note
from dacheng.core.delivery.forthcoming import FAMILIES, counted
from dacheng.core.delivery.outlook import DELIVERY, PLANNED, Outlook, outlook
from dacheng.core.errors import Text
from dacheng.core.filtering import equal, in_unit
from dacheng.core.paging import ranked, sliced
from dacheng.core.report import (
    CustomerId,
    Flag,
    ParameterKind,
    PersonId,
    Rowspan,
    UnitId,
    choice,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, Values, column_of, table_of

ContractId = Annotated[int, ParameterKind("ref", "contracts")]

LEFT, OVER, WITHOUT_TAX, DONE = "left", "over", "unknown", "done"
SHOWN = (
    (LEFT, Text("未确收", "Unrecognised")),
    (OVER, Text("超额确收", "Recognised too much")),
    (WITHOUT_TAX, Text("没有不含税金额", "Without an amount excl. tax")),
    (DONE, Text("已确收完", "Recognised in full")),
)
SORTS = ("unrecognised_ex", "amount", "days", "first_day", "quarter_ex", "passed_ex")
FILTERS = ("unit", "direct", "owner", "customer", "contract", "state")
SAME_ROWS = Drill("tables/unrecognised", carry=FILTERS)
OF_ROW = {"contract": "contract_id", "owner": "owner_id", "unit": "unit_id"}
RECOGNISED = Drill("contracts/recognitions", take=OF_ROW, fixed={"direct": "1"}, when="unit_id")
MONEY = ("amount", "amount_ex", "recognised_ex", "unrecognised_ex", "unrecognised", "over_ex")

COLUMNS = (
    column_of("contracts", "contract_id"),
    column_of("contracts", "customer_id"),
    column_of("contracts", "owner_id"),
    column_of("units", "unit_id", label=Text("组织", "Unit")),
    TableColumn("first_day", "day", Text("生效日", "Effective")),
    TableColumn(
        "amount",
        "money",
        Text("合同额含税", "Amount incl. tax"),
        optional=True,
        total_drill=SAME_ROWS,
        help=Text("含变更、冲减与取消", "With what changed it"),
    ),
    TableColumn(
        "amount_ex",
        "money",
        Text("合同额不含税", "Amount excl. tax"),
        total_drill=SAME_ROWS,
        help=Text("含变更、冲减与取消", "With what changed it"),
    ),
    TableColumn(
        "recognised_ex",
        "money",
        Text("已确收", "Recognised"),
        drill=RECOGNISED,
        total_drill=SAME_ROWS,
        help=Text("不含税，财务确认", "Excl. tax, as finance recognised it"),
    ),
    TableColumn(
        "unrecognised_ex",
        "money",
        Text("未确收", "Unrecognised"),
        judged="less",
        total_drill=SAME_ROWS,
        help=Text("合同额不含税 − 已确收；不低于 0", "Amount excl. tax − recognised, not below 0"),
    ),
    TableColumn(
        "unrecognised",
        "money",
        Text("未确收含税", "Unrecognised incl. tax"),
        optional=True,
        judged="less",
        total_drill=SAME_ROWS,
        help=Text("合同额含税 − 已确收含税", "Amount incl. tax − recognised incl. tax"),
    ),
    TableColumn(
        "over_ex",
        "money",
        Text("超额确收", "Recognised too much"),
        optional=True,
        judged="less",
        total_drill=SAME_ROWS,
        help=Text("已确收比合同额多的部分，是一条错误", "What is recognised above the contract: an error"),
    ),
    TableColumn(
        "done_ratio",
        "ratio",
        Text("确收进度", "Recognised part"),
        judged="more",
        help=Text("已确收 ÷ 合同额不含税", "Recognised ÷ amount excl. tax"),
    ),
    TableColumn(
        "days",
        "days",
        Text("账龄", "Age"),
        judged="less",
        help=Text("截至日 − 最早的生效日", "As-of day − the earliest effective day"),
    ),
    *DELIVERY,
)


@report(
    "tables/unrecognised",
    title=Text("未确收表", "Unrecognised"),
    help=Text(
        "截至日已经生效、还没有确认完收入的合同，一份一行，变更、冲减与取消并入原合同。未确收 = 合同额不含税 − 已确收，"
        "超过合同额的部分单列为超额确收。框架合同不算，下单才算。里程碑把未确收排到本季、以后，过了日子的和没有排的单列。没有不含税金额的算不出未确收，单列并说明。"
        "因授权才可见的单列在后，不计入合计。",
        "Contracts in force on the as-of day whose revenue is not recognised in full, one row each, with what changed "
        "them. Unrecognised = amount excl. tax − recognised; what is recognised above the contract is an error of its "
        "own. A framework is none, its call-offs are. Milestones plan it for this quarter or later; what has passed "
        "and what no milestone covers stand apart. Without an amount excl. tax nothing follows, which is told. "
        "Rows seen only by a grant come last and enter no total.",
    ),
    columns=COLUMNS,
)
def unrecognised(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    state: Annotated[str, choice(*SHOWN)] | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-unrecognised_ex",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what is signed and not recognised (未确收表).

    Args:
        state: default everything but what is recognised in full.

    Source: R150; settled decisions "Identities" and "Order date"; golden case G21.
    """
    wanted = equal(owner_id=owner, customer_id=customer) & in_unit(book, unit, direct)
    wanted &= counted(book)
    of = equal(base_id=contract)
    every = book.gather(FAMILIES.format(where=wanted.where, of=of.where), **wanted.params, **of.params)
    which = _of_line(every)
    kept = which[state] if state else ~which[DONE]
    rows = every.only(kept)
    left, over, known = _left(rows)
    ahead = outlook(book, rows, left, known, in_unit(book, unit, direct) & equal(owner_id=owner, contract_id=contract))
    values = {"unrecognised_ex": left, "over_ex": over, "unrecognised": _incl(rows, left, over), **ahead.planned}
    outside = rows["unit_id"] == OUTSIDE
    days = book.as_of_day - rows["first_day"]
    at = sliced(_order(rows, {**values, "days": days}, known, outside, sort), page)
    totals = {
        name: int(column[~outside & (known if name != "amount" else True)].sum())
        for name, column in {**{name: rows[name] for name in MONEY[:3]}, **values}.items()
    }
    return table_of(
        COLUMNS,
        rows.only(at),
        _columns(rows, values, known, days, at) | ahead.columns(at),
        key=("contract_id", "unit_id", "owner_id", "customer_id"),
        totals=totals,
        count=len(rows),
        outside=outside[at],
        outside_count=int(outside.sum()),
        notes=_notes(every, which, over, outside, ahead),
        page=page,
        sort=sort,
    )


def _left(rows: Rows) -> tuple[IntArray, IntArray, BoolArray]:
    """Return what is unrecognised, what is recognised too much, and where they are known."""
    known: BoolArray = rows["known_ex"] == rows["there"]
    whole = np.where(known, rows["amount_ex"], 0)
    gap = whole - rows["recognised_ex"]
    sign = np.where(whole < 0, -1, 1)
    left = np.where(known & (gap * sign > 0), gap, 0)
    over = np.where(known & (gap * sign < 0), np.abs(gap), 0)
    return left, over, known


def _incl(rows: Rows, left: IntArray, over: IntArray) -> IntArray:
    """Return what is unrecognised incl. tax; nothing where nothing is left."""
    found: IntArray = np.where((left != 0) & (over == 0), rows["amount"] - rows["recognised"], 0)
    return found


def _of_line(rows: Rows) -> dict[str, BoolArray]:
    left, over, known = _left(rows)
    return {LEFT: left != 0, OVER: over != 0, WITHOUT_TAX: ~known, DONE: known & (left == 0) & (over == 0)}


def _order(rows: Rows, values: dict[str, IntArray], known: BoolArray, outside: BoolArray, sort: str) -> IntArray:
    column, descending = sorted_by(sort, *SORTS)
    found = values.get(column, rows[column] if column in rows.columns else rows["base_id"])
    there = known if column in ("unrecognised_ex", *PLANNED) else np.ones(len(rows), dtype=np.bool_)
    return ranked(found, there, descending, outside=outside, key=rows["base_id"])


def _columns(
    rows: Rows, values: dict[str, IntArray], known: BoolArray, days: IntArray, at: IntArray
) -> dict[str, Values | tuple[Values, BoolArray]]:
    whole = rows["amount_ex"]
    rated = known & (whole != 0)
    part = np.where(rated, rows["recognised_ex"] / np.where(rated, whole, 1), 0.0)
    return {
        "contract_id": rows["base_id"][at],
        "unit_id": (rows["unit_id"][at], rows["unit_id"][at] != OUTSIDE),
        "amount_ex": (whole[at], known[at]),
        **{name: (column[at], known[at]) for name, column in values.items()},
        "done_ratio": (part[at], rated[at]),
        "days": days[at],
    }


def _notes(
    every: Rows, which: dict[str, BoolArray], over: IntArray, outside: BoolArray, ahead: Outlook
) -> tuple[Note, ...]:
    inside = every["unit_id"] != OUTSIDE
    unknown, too_much = which[WITHOUT_TAX] & inside, which[OVER] & inside
    amount = int(every["amount"][unknown].sum())
    return noted(
        Note.of_amounts(
            "over",
            Text(
                f"{int(too_much.sum())} 份合同的已确收比合同额多 {{}}：冲回，或登记合同变更。",
                f"{int(too_much.sum())} contracts have {{}} more recognised than they come to: take it back or amend.",
            ),
            [int(over[~outside].sum())],
            int(too_much.sum()),
        ),
        Note.of_amounts(
            "without-tax",
            Text(
                f"{int(unknown.sum())} 份合同没有不含税金额，含税共 {{}}，算不出未确收。",
                f"{int(unknown.sum())} contracts have no amount excl. tax, {{}} incl. tax: nothing follows for them.",
            ),
            [amount],
            int(unknown.sum()),
        ),
        *ahead.notes(~outside),
        outside_note(int(outside.sum())),
    )
