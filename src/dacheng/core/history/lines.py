"""The lines of history (历史业绩明细): what was brought in, one row each."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.history.figures import usual_period
from dacheng.core.history.past import Wanted, lines_wanted
from dacheng.core.paging import ranked, sliced
from dacheng.core.report import (
    Flag,
    MeasureId,
    PeriodName,
    Rowspan,
    SegmentId,
    UnitId,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Table, column_of, table_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

QUERY = """
    SELECT actual_id, unit_id, person_id, customer_id, segment_id, day, amount, kind, one_off
    FROM actuals {where} ORDER BY actual_id"""

COLUMNS = (
    column_of("actuals", "day"),
    column_of("actuals", "actual_id"),
    column_of("actuals", "unit_id"),
    column_of("actuals", "person_id"),
    column_of("actuals", "customer_id"),
    column_of("actuals", "segment_id"),
    column_of("actuals", "kind", optional=True),
    column_of("actuals", "one_off"),
    column_of("actuals", "amount", judged="more"),
)


@report(
    "history/lines",
    title=Text("历史业绩明细", "Lines of history"),
    help=Text(
        "导入或登记的历史业绩，一行一笔，合计等于它所组成的数。期初应收是余额，不在其中。",
        "Results brought in or recorded, one row each; they add up to the figure they make. Opening receivables are a "
        "balance and not among them.",
    ),
    columns=COLUMNS,
    listed=False,
)
def lines(
    book: Book,
    *,
    measure: MeasureId = CONTRACT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    division: SegmentId | None = None,
    undivided: Flag = False,
    regular: Flag = False,
    sort: Annotated[str, sorting("amount", "day")] = "-amount",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List lines of history (历史业绩明细).

    Args:
        period: default the full fiscal years of a trend, and the running one. direct: only those of the unit itself.
        division: only lines of the segment. undivided: only those that no segment cuts. regular: without one-offs.
    """
    wanted = lines_wanted(
        book, measure, period or usual_period(book), Wanted(unit, direct, division, undivided, regular)
    )
    found = book.gather(QUERY.format(where=wanted.where), **wanted.params)
    found = found.only(book.tree.position_of(found["unit_id"]) != UNKNOWN)
    column, descending = sorted_by(sort, "amount", "day")
    always = np.ones(len(found), dtype=np.bool_)
    order = ranked(found[column], always, descending, outside=~always, key=found["actual_id"])
    rows: Rows = found.only(sliced(order, page))
    return table_of(
        COLUMNS,
        rows,
        {
            "person_id": (rows["person_id"], rows["person_id"] != 0),
            "segment_id": (rows["segment_id"], rows["segment_id"] != 0),
        },
        key=("actual_id",),
        totals={"amount": int(found["amount"].sum())},
        count=len(found),
        page=page,
        sort=sort,
    )
