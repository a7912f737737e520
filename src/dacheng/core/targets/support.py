"""What closes the gap (缺口靠什么补): weighted pipeline by category against 距目标 (R148 first cut, R149)."""

from __future__ import annotations

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.deals.flags import upcoming_only
from dacheng.core.deals.schema import BEST, CATEGORIES, COMMIT, OPEN, PIPELINE
from dacheng.core.deals.weighing import stages_of, weighted_credit
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, days_of, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.period import Period
from dacheng.core.report import PeriodName, UnitId, report
from dacheng.core.table import Table, TableColumn, table_of
from dacheng.core.targets.attainment import attainment
from dacheng.core.targets.schema import CONTRACT

UNSUPPORTED, GAP = 9, 10
PARTS = (
    *(one for one in CATEGORIES if one[0] in (COMMIT, BEST, PIPELINE)),
    (UNSUPPORTED, "unsupported", Text("无支撑", "Unsupported")),
    (GAP, "gap", Text("距目标", "Gap")),
)
OPEN_DEALS = """
    SELECT category, stage_id, win_bp, whole, part, share_bp, before_bp, COUNT(*) AS credits_there
    FROM credits"""
GROUPED_BY = "GROUP BY category, stage_id, win_bp, whole, part, share_bp, before_bp"

COLUMNS = (
    TableColumn("part", "choice", Text("构成", "Part"), choices=PARTS),
    TableColumn("deals", "count", Text("单数", "Opportunities")),
    TableColumn(
        "amount",
        "money",
        Text("金额", "Amount"),
        help=Text(
            "承诺、力争、管道 = 期间内预计签约且未逾期的在途加权额；无支撑 = 距目标 − 三者之和",
            "Commit, best case, pipeline = weighted amounts expected to sign in the period and not overdue; "
            "unsupported = gap − their sum",
        ),
    ),
)


@report(
    "targets/support",
    title=Text("缺口靠什么补", "What closes the gap"),
    help=Text(
        "合同额距目标 = 承诺 + 力争 + 管道（加权，期间内预计签约，未逾期）+ 无支撑。无支撑为负表示在途已超过缺口。",
        "Gap of contract value = commit + best case + pipeline (weighted, expected to sign in the period, not overdue) "
        "+ unsupported. A negative unsupported part means that the pipeline exceeds the gap.",
    ),
    columns=COLUMNS,
    listed=False,
)
def support(book: Book, *, unit: UnitId | None = None, period: PeriodName | None = None) -> Table:
    """Split the gap of contract value into weighted pipeline and what nothing supports (无支撑).

    Without a target there is no gap, and no unsupported part.

    Source: settled decision "Forecast"; design guide "Gap bar".
    """
    span = fiscal_year_of(book, period)
    gap = attainment(book, unit=unit, measure=CONTRACT, period=span).totals.get("gap")
    weighted, deals = _weighted(book, unit, span)
    amounts = [*weighted, (gap or 0) - sum(weighted), gap or 0]
    known = np.array([True] * len(weighted) + [gap is not None] * 2, dtype=np.bool_)
    rows = Rows({"part": np.array([number for number, _, _ in PARTS], dtype=np.int64)})
    counts = np.array([*deals, 0, 0], dtype=np.int64)
    return table_of(
        COLUMNS,
        rows,
        {
            "deals": (counts, np.arange(len(PARTS)) < len(weighted)),
            "amount": (np.array(amounts, dtype=np.int64), known),
        },
        key=("part",),
    )


def _weighted(book: Book, unit: int | None, span: Period) -> tuple[list[int], list[int]]:
    """Return weighted amount and number of the open deals of each category that close in a period, not overdue."""
    wanted = equal(state=OPEN) & INSIDE & in_unit(book, unit)
    wanted = wanted & days_of("expected_day", span, book.months) & upcoming_only(book, True)
    rows = book.gather(f"{OPEN_DEALS} {wanted.where} {GROUPED_BY}", **wanted.params)
    amount, known = weighted_credit(rows, stages_of(book))
    many = rows["credits_there"]
    amounts, deals = [], []
    for category in (COMMIT, BEST, PIPELINE):
        inside = rows["category"] == category
        amounts.append(int((amount * many)[inside & known].sum()))
        deals.append(int(many[inside & (rows["part"] == 0)].sum()))
    return amounts, deals
