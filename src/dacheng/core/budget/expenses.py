"""The expenses of units (费用明细): committed and actual, with what each still takes of its budget (R037)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book
from dacheng.core.budget.charging import NO_UNIT, PARTS, PURPOSES_AND_NONE, Charged, charged
from dacheng.core.budget.schema import COMMITTED, EXPENSE_STATES, OVERSPENDS
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.paging import ranked, sliced
from dacheng.core.period import Period
from dacheng.core.report import (
    CustomerId,
    ExpenseCategoryId,
    Flag,
    PeriodName,
    PersonId,
    Rowspan,
    UnitId,
    coded,
    number_of,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Note, Table, TableColumn, column_of, table_of

SORTS = ("day", "posted_day", "amount")

COLUMNS = (
    column_of("expenses", "expense_id"),
    column_of("expenses", "unit_id"),
    column_of("expenses", "person_id"),
    column_of("expenses", "day"),
    column_of("expenses", "posted_day", optional=True),
    column_of("expenses", "category_id", optional=True),
    TableColumn("state", "choice", Text("状态", "State"), choices=EXPENSE_STATES),
    column_of("expenses", "amount"),
    TableColumn(
        "actual",
        "money",
        Text("实际", "Actual"),
        optional=True,
        help=Text("已花的钱，退款为负", "Money spent; a refund is negative"),
    ),
    TableColumn(
        "committed",
        "money",
        Text("未结承诺", "Still committed"),
        help=Text("承诺 − 结算它的实际费用，不低于 0", "A commitment less the expenses that settle it, not below 0"),
    ),
    TableColumn(
        "used",
        "money",
        Text("占用预算", "Used"),
        optional=True,
        help=Text("实际 + 未结承诺", "Actual + still committed"),
    ),
    TableColumn(
        "waiting",
        "money",
        Text("待批", "Waiting"),
        optional=True,
        help=Text(
            "会超出已释放预算，等批准；批准前不占用预算",
            "Would exceed what is released and waits for approval; it takes of no budget before",
        ),
    ),
    column_of("expenses", "overspend", optional=True),
    TableColumn(
        "charged_id",
        "ref",
        Text("记入预算", "Charged to"),
        ref="units",
        help=Text(
            "预算行所在的预算；没写预算行的，取部门自己的、没有就取上级最近的已批准预算",
            "The budget of its line; without one the approved budget of the unit, or of the nearest unit above",
        ),
    ),
    column_of("expenses", "line_id", optional=True),
    TableColumn("purpose", "choice", Text("用途", "Purpose"), choices=PURPOSES_AND_NONE),
    column_of("expenses", "customer_id"),
    column_of("expenses", "deal_id", optional=True),
)


@report(
    "budget/expenses",
    title=Text("费用明细", "Expenses"),
    help=Text(
        "一笔一行。实际是已花的钱，退款为负；承诺在结算前占用预算。关账期间的费用记入下一个开放期间，原日期保留。"
        "每笔只记入一份预算。",
        "One row each. Actual is money spent, a refund is negative; a commitment takes of the budget until it is "
        "settled. What belongs to a closed month is posted in the next open one and keeps its own day. Each is "
        "charged to one budget only.",
    ),
    columns=COLUMNS,
)
def expenses(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    person: PersonId | None = None,
    customer: CustomerId | None = None,
    period: PeriodName | None = None,
    state: Annotated[str, coded(EXPENSE_STATES)] | None = None,
    category: ExpenseCategoryId | None = None,
    purpose: Annotated[str, coded(PURPOSES_AND_NONE)] | None = None,
    part: Annotated[str, coded(PARTS)] | None = None,
    overspend: Annotated[str, coded(OVERSPENDS)] | None = None,
    charged_to: UnitId | None = None,
    starting: PeriodName | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-day",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List expenses (费用明细).

    Args:
        period: the months they are posted in, default the fiscal year of the as-of day, and every month where a
            budget is named. charged_to: the unit whose budget takes them; starting: the first month of that budget,
            or of the fiscal year where they have none.

    Source: R037.
    """
    found = charged(book)
    span = period if period or starting else fiscal_year_of(book, None)
    keep = spent_in(book, found, unit, direct) & posted_in(found, span)
    keep &= _is(found.rows["state"], number_of(EXPENSE_STATES, state))
    keep &= _is(np.where(found.rows.known("category_id"), found.rows["category_id"], 0), category)
    keep &= _is(found.purpose, number_of(PURPOSES_AND_NONE, purpose)) & _is(found.part, number_of(PARTS, part))
    keep &= _is(found.unit, charged_to) & _is(found.first_ym, starting.from_ym if starting else None)
    keep &= _is(found.rows["person_id"], person) & _is(found.rows["customer_id"], customer)
    keep &= _is(found.rows["overspend"], number_of(OVERSPENDS, overspend))
    column, descending = sorted_by(sort, *SORTS)
    nothing = np.zeros(int(keep.sum()), dtype=np.bool_)
    rows = found.rows.only(keep)
    order = ranked(rows[column], ~nothing, descending, outside=nothing, key=rows["expense_id"])
    at = np.flatnonzero(keep)[sliced(order, page)]
    amounts = {"actual": found.actual, "committed": found.committed, "used": found.actual + found.committed}
    amounts["waiting"] = found.waiting
    return table_of(
        COLUMNS,
        found.rows.only(at),
        {
            **{name: value[at] for name, value in amounts.items()},
            "purpose": found.purpose[at],
            "charged_id": (found.unit[at], found.unit[at] != NO_UNIT),
            "person_id": (found.rows["person_id"][at], found.rows["person_id"][at] != 0),
        },
        key=("expense_id",),
        totals={name: int(value[keep].sum()) for name, value in amounts.items()},
        count=len(rows),
        notes=_notes(found, keep),
        page=page,
        sort=sort,
    )


def spent_in(book: Book, found: Charged, unit: int | None, direct: bool) -> BoolArray:
    """Return which expenses are of a unit, or of anything below it."""
    units = found.rows["unit_id"]
    if unit is None:
        return np.ones(len(units), dtype=np.bool_)
    if direct or unit not in book.tree:
        return _is(units, unit)
    below: BoolArray = np.isin(units, np.array(book.tree.subtree(unit), dtype=np.int64))
    return below


def posted_in(found: Charged, period: Period | None) -> BoolArray:
    """Return which expenses are posted in a period; None keeps all."""
    months = found.posted_ym
    if period is None:
        return np.ones(len(months), dtype=np.bool_)
    inside: BoolArray = (months >= period.from_ym) & (months < period.to_ym)
    return inside


def _is(values: IntArray, wanted: int | None) -> BoolArray:
    same: BoolArray = np.ones(len(values), dtype=np.bool_) if wanted is None else values == wanted
    return same


def _notes(found: Charged, keep: BoolArray) -> tuple[Note, ...]:
    late = int((keep & (found.rows["day"] != found.rows["posted_day"])).sum())
    settled = int((keep & (found.rows["state"] == COMMITTED) & (found.committed == 0)).sum())
    return noted(
        Note(
            "budget/posted-later",
            Text(
                f"{late} 笔的发生日在已关账的期间，计入下一个开放期间。",
                f"Posted in the next open month because their own is closed: {late}.",
            ),
            late,
        ),
        Note(
            "budget/settled", Text(f"{settled} 笔承诺已经结清。", f"Commitments that are settled: {settled}."), settled
        ),
    )
