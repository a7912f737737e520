"""The deals of one number of the funnel (漏斗明细), with the stay in a stage that put them there."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.deals import columns as shown
from dacheng.core.deals.funnel import BY
from dacheng.core.deals.passing import LINES, Passing, passing
from dacheng.core.errors import Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.paging import sliced
from dacheng.core.report import Flag, PeriodName, PersonId, Rowspan, StageId, UnitId, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Page, Table, TableColumn, column_of, table_of

COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    column_of("stages", "stage_id"),
    TableColumn("entered_day", "day", Text("进入日", "Entered on")),
    TableColumn(
        "left_day",
        "day",
        Text("离开日", "Left on"),
        help=Text("空 = 截至日仍在该阶段", "Blank = still in the stage on the as-of day"),
    ),
    TableColumn(
        "days",
        "days",
        Text("停留天数", "Days in stage"),
        judged="less",
        help=Text("离开日 − 进入日；仍在的算到截至日", "Day left − day entered; up to the as-of day while it goes on"),
    ),
    TableColumn("next_id", "ref", Text("去了", "Went to"), ref="stages"),
    column_of("deals", "amount", help=Text("停留最后一天的金额", "The amount of the stay's last day")),
)


@report(
    "deals/stays",
    title=Text("漏斗明细", "Funnel in detail"),
    help=Text(
        "漏斗一个数背后的商机，一单一行，停留最久的在前。跳过的列它到过的、更后面的阶段。",
        "The opportunities behind one number of the funnel, one row each, the longest stay first. For those that "
        "skipped the stage, the further stage they reached.",
    ),
    columns=COLUMNS,
    listed=False,
)
def stays(
    book: Book,
    *,
    stage: StageId | None = None,
    line: Annotated[str, coded(LINES)] = "entered",
    by: BY = "cohort",
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the deals of a line of the funnel (漏斗明细).

    Args:
        stage: default the first stage.
    """
    passed = passing(book, period=fiscal_year_of(book, period), by=by, unit=unit, direct=direct, owner=owner)
    ids = passed.stages["stage_id"]
    wanted = stage if stage is not None else int(ids[0]) if len(ids) else 0
    number = number_of(LINES, line)
    at = passed.line(number, wanted) if number is not None and wanted in ids else np.zeros(0, dtype=np.int64)
    at = at[np.lexsort((passed.stays.deal_id[at], -passed.stays.days[at]))]
    return _listed(passed, at, page)


def _listed(passed: Passing, order: IntArray, page: Page) -> Table:
    found, at = passed.stays, sliced(order, page)
    rows, going = found.versions, found.going[at]
    amounts, known = rows["amount"][order], rows.known("amount")[order]
    return table_of(
        COLUMNS,
        rows.only(at),
        {
            "entered_day": found.entered[at],
            "left_day": (found.until[at], ~found.standing[at]),
            "days": found.days[at],
            "next_id": (np.where(going >= 0, found.stage_id[going], 0), going >= 0),
        },
        key=("deal_id",),
        totals={"amount": int(amounts[known].sum()) if known.any() or not len(order) else None},
        count=len(order),
        page=page,
        notes=shown.noted(shown.without_amount_note(int((~known).sum()))),
    )
