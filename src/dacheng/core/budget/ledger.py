"""The ledger of releases (释放台账): every one with its parts and who approved it (R036, R038)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.budget.plan import NAMES
from dacheng.core.budget.schema import GRANTED, RELEASE_KINDS, RELEASE_STATES
from dacheng.core.budget.standing import BUDGETS
from dacheng.core.errors import Text
from dacheng.core.filtering import among, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.paging import sliced
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, Rowspan, UnitId, report
from dacheng.core.table import EVERY_ROW, Table, TableColumn, column_of, table_of

LEDGER = """
    SELECT release_id, budget_id, unit_id, first_ym, last_ym, kind, state, fixed, variable, project, frozen, approver_id
    FROM releases"""

COLUMNS = (
    column_of("releases", "unit_id"),
    column_of("releases", "release_id"),
    column_of("releases", "first_ym"),
    column_of("releases", "last_ym"),
    TableColumn("kind", "choice", Text("依据", "By"), choices=RELEASE_KINDS),
    TableColumn("state", "choice", Text("状态", "State"), choices=RELEASE_STATES),
    column_of("releases", "fixed"),
    column_of("releases", "variable"),
    column_of("releases", "project"),
    TableColumn(
        "released",
        "money",
        Text("已释放", "Released"),
        help=Text("批准的才计：固定 + 变动 + 项目", "Only where approved: fixed + variable + project"),
    ),
    column_of("releases", "frozen"),
    column_of("releases", "approver_id"),
)


@report(
    "budget/releases",
    title=Text("释放台账", "Ledger of releases"),
    help=Text(
        "每一次释放：依据、各部分、批准人。合计只含已批准的。",
        "Every release with what it was by, its parts and who approved it. Only approved ones are summed.",
    ),
    columns=COLUMNS,
    listed=False,
)
def releases(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    period: PeriodName | None = None,
    first: PeriodName | None = None,
    last: PeriodName | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List releases (释放台账).

    Args:
        period: default the fiscal year of the as-of day: releases of budgets that have a month of it; first, last:
            only the release of exactly these months.
    """
    where = in_unit(book, unit, direct)
    found = book.gather(f"{LEDGER} {where.where} ORDER BY release_id", **where.params)
    found = found.only(
        (found["first_ym"] == first.from_ym) & (found["last_ym"] == last.from_ym)
        if first and last
        else np.isin(found["budget_id"], _budgets_of(book, found, fiscal_year_of(book, period)))
    )
    order = np.lexsort((found["release_id"], found["first_ym"], book.tree.position_of(found["unit_id"])))
    granted = found["state"] == GRANTED
    released = np.where(granted, sum(found[name] for name in NAMES.values()), 0)
    at = sliced(order, page)
    return table_of(
        COLUMNS,
        found.only(at),
        {"released": (released[at], granted[at])},
        key=("release_id",),
        totals={"released": int(released.sum())},
        count=len(found),
        page=page,
    )


def _budgets_of(book: Book, releases: Rows, period: Period) -> IntArray:
    """Return the budgets of some releases that have a month of a period."""
    wanted = among("budget_id", np.unique(releases["budget_id"]).tolist())
    rows = book.gather(f"{BUDGETS} {wanted.where} ORDER BY budget_id", **wanted.params)
    return rows["budget_id"][(rows["first_ym"] < period.to_ym) & (rows["last_ym"] >= period.from_ym)]
