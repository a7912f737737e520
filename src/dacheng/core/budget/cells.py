"""The months of lines that make a budget figure (预算明细), opened from the plan, the release and the tilt."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import Book, Rows
from dacheng.core.budget.charging import PURPOSES_AND_NONE, UNTOLD
from dacheng.core.budget.schema import LINE_KINDS
from dacheng.core.budget.standing import BUDGETS, cells_in, lines_in
from dacheng.core.errors import Text
from dacheng.core.filtering import among, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.paging import sliced
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, Rowspan, UnitId, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Table, TableColumn, column_of, table_of

COLUMNS = (
    column_of("budget_cells", "unit_id"),
    column_of("budget_cells", "line_id"),
    TableColumn("kind", "choice", Text("类型", "Kind"), choices=LINE_KINDS),
    TableColumn("purpose", "choice", Text("用途", "Purpose"), choices=PURPOSES_AND_NONE),
    column_of("budget_cells", "ym"),
    column_of("budget_cells", "amount"),
)


@report(
    "budget/cells",
    title=Text("预算明细", "Budget cells"),
    help=Text(
        "组成一个预算数的预算行与月份，合计等于该数。只列已生效的行、在自己预算月份之内的月份。",
        "The lines and months that make a figure of a budget; they add up to it. Listed are effective lines, in the "
        "months of their own budget.",
    ),
    columns=COLUMNS,
    listed=False,
)
def cells(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    period: PeriodName | None = None,
    first: PeriodName | None = None,
    last: PeriodName | None = None,
    kind: Annotated[str, coded(LINE_KINDS)] | None = None,
    purpose: Annotated[str, coded(PURPOSES_AND_NONE)] | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the months of budget lines (预算明细).

    Args:
        period: default the fiscal year of the as-of day; first, last: months instead of it.
    """
    span = asked_months(book, period, first, last)
    found = within_budgets(book, unit, direct)
    keep = (found["ym"] >= span.from_ym) & (found["ym"] < span.to_ym)
    keep &= _is(found, "kind", number_of(LINE_KINDS, kind)) & _is(
        found, "purpose", number_of(PURPOSES_AND_NONE, purpose)
    )
    found = found.only(keep)
    order = np.lexsort((found["ym"], found["line_id"], book.tree.position_of(found["unit_id"])))
    rows = found.only(sliced(order, page))
    return table_of(
        COLUMNS,
        rows,
        key=("line_id", "ym"),
        totals={"amount": int(found["amount"].sum())},
        count=len(found),
        page=page,
    )


def asked_months(book: Book, period: Period | None, first: Period | None, last: Period | None) -> Period:
    """Return the months from the first to the last one where both are given, else the period or the fiscal year."""
    return Period(first.from_ym, last.to_ym) if first and last else fiscal_year_of(book, period)


def within_budgets(book: Book, unit: int | None, direct: bool) -> Rows:
    """Return the months of effective lines that lie in their own budget; a purpose that is not told is ``UNTOLD``."""
    lines = lines_in(book, in_unit(book, unit, direct) & equal(effective=1))
    found = cells_in(book, lines)
    wanted = among("budget_id", np.unique(lines["budget_id"]).tolist())
    budgets = book.gather(f"{BUDGETS} {wanted.where} ORDER BY budget_id", **wanted.params)
    at = np.searchsorted(budgets["budget_id"], found["budget_id"])
    inside = (found["ym"] >= budgets["first_ym"][at]) & (found["ym"] <= budgets["last_ym"][at])
    told = np.where(found.known("purpose"), found["purpose"], UNTOLD)
    return Rows({**found.columns, "purpose": told}).only(inside)


def _is(rows: Rows, name: str, wanted: int | None) -> BoolArray:
    same: BoolArray = rows[name] == wanted if wanted is not None else np.ones(len(rows), dtype=np.bool_)
    return same
