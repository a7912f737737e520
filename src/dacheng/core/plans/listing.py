"""Which plans there are (目标方案一览), each measure with its total."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.plans.schema import DRAFT
from dacheng.core.report import report
from dacheng.core.table import Drill, Table, TableColumn, column_of, table_of

PLANS = """
    SELECT plan_id, unit_id, from_ym, until_ym, effective_ym, state, number, base_id
    FROM plans ORDER BY plan_id"""
TOTALS = """
    SELECT c.plan_id, c.measure_id, CAST(SUM(c.amount) AS BIGINT) AS amount
    FROM plan_cells c JOIN plan_rows r ON r.plan_row_id = c.plan_row_id
    WHERE r.parent_id = 0 AND c.amount IS NOT NULL
    GROUP BY c.plan_id, c.measure_id ORDER BY c.plan_id, c.measure_id"""
SEEN = "SELECT DISTINCT plan_id FROM plan_rows {where} ORDER BY plan_id"

TO_CELLS = Drill("plans/cells", take={"plan": "plan_id", "measure": "measure_id"}, fixed={"top": 1})

COLUMNS = (
    column_of("plans", "plan_id"),
    column_of("plans", "unit_id"),
    column_of("plans", "number"),
    column_of("plans", "state"),
    column_of("plans", "from_ym"),
    TableColumn("to_ym", "ym", Text("最后月", "Last month")),
    column_of("plans", "effective_ym"),
    column_of("plans", "base_id"),
    column_of("targets", "measure_id"),
    TableColumn(
        "amount",
        "money",
        Text("全期", "All months"),
        help=Text(
            "最上一行各月之和；空 = 还没有分解，或不在你的范围", "The topmost row's months; blank = none, or not yours"
        ),
        drill=TO_CELLS,
    ),
)


@report(
    "plans/list",
    title=Text("目标方案", "Plans"),
    help=Text(
        "每个方案的版本、状态和各指标的总额。草稿只有看得到该组织的人能看到。",
        "Each plan with its version, state and totals. A draft is seen by those who look after its units.",
    ),
    columns=COLUMNS,
)
def plans(book: Book) -> Table:
    """List the plans of which the viewer sees a row, the latest first (目标方案一览)."""
    found = plans_seen(book)
    rows = _with_totals(found, book.gather(TOTALS))
    order = np.lexsort((rows["measure_id"], -rows["plan_id"]))
    rows = rows.only(order)
    return table_of(
        COLUMNS,
        rows,
        {
            "to_ym": rows["until_ym"] - 1,
            "base_id": (rows["base_id"], rows["base_id"] != 0),
            "measure_id": (rows["measure_id"], rows.known("amount")),
        },
        key=("plan_id", "measure_id"),
    )


def plans_seen(book: Book) -> Rows:
    """Return the plans of which the viewer sees a row; the columns are those of ``Plan``."""
    found = book.gather(PLANS)
    return found.only(np.isin(found["plan_id"], _seen(book, found)))


def _seen(book: Book, found: Rows) -> IntArray:
    """Return the plans of which the viewer sees a row: a draft's only at his own units."""
    if book.scope.whole:
        return found["plan_id"]
    everything = book.gather(SEEN.format(where=""))["plan_id"]
    drafts = found["plan_id"][found["state"] == DRAFT]
    settled = np.setdiff1d(everything, drafts)
    if not book.scope.units:
        return settled
    at_units = book.gather(SEEN.format(where="WHERE unit_id IN (:units)"), units=book.scope.units)["plan_id"]
    return np.concatenate((settled, np.intersect1d(at_units, drafts)))


def _with_totals(found: Rows, totals: Rows) -> Rows:
    """Return a row for each plan and measure; a plan without figures has one row without a measure."""
    plans, names = found["plan_id"].tolist(), list(found.columns)
    of_plan: dict[int, list[tuple[int, int | None]]] = {}
    for plan, measure, amount in zip(
        *(totals[name].tolist() for name in ("plan_id", "measure_id", "amount")), strict=True
    ):
        of_plan.setdefault(plan, []).append((measure, amount))
    rows = [
        (*(int(found[name][at]) for name in names), measure, amount)
        for at, plan in enumerate(plans)
        for measure, amount in of_plan.get(plan, [(0, None)])
    ]
    return Rows.of((*names, "measure_id", "amount"), rows)
