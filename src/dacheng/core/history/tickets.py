"""Tickets by segment (客单价按划分项): mean, median and how much they vary, beside those of the whole year (R021)."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.history.figures import notes_of
from dacheng.core.history.past import Wanted, past_of
from dacheng.core.history.schema import UNDIVIDED
from dacheng.core.history.years import COLUMNS as OF_YEARS
from dacheng.core.history.years import few_years, told_of, years_asked
from dacheng.core.period import Period
from dacheng.core.report import Flag, MeasureId, PeriodName, UnitId, report
from dacheng.core.table import Note, Table, TableColumn, Values, column_of, fractions_known, table_of, whole_known
from dacheng.core.targets.schema import CONTRACT

TOLD = ("tickets", "ticket", "ticket_median", "ticket_cv")
"""What is told of each segment, as of a whole year."""

COLUMNS = (
    TableColumn("year", "year", Text("财年", "Fiscal year")),
    column_of("actuals", "segment_id"),
    *(column for column in OF_YEARS if column.name in TOLD),
    TableColumn(
        "year_ticket_cv",
        "number",
        Text("全年变异系数", "CV of the year"),
        places=2,
        help=Text("这一年全部成交的，不分划分项", "Of all sales of the year, however they are cut"),
    ),
)


@report(
    "history/tickets",
    title=Text("客单价按划分项", "Tickets by segment"),
    help=Text(
        "每个财年 × 划分项的成交笔数、平均客单价、中位数和变异系数，旁边是全年的变异系数："
        "差得多，说明波动来自各项之间的差别。只看单笔成交；达成里的合同按客户类型归入，客户还没有分类型的列在「–」一行。",
        "Sales, mean and median ticket and their coefficient of variation by fiscal year and segment, beside that of "
        "the year: where they differ much, the tickets vary between segments. Single sales only. Contracts of "
        "Dacheng stand under the type of their account; those of accounts without one in the row “–”.",
    ),
    columns=COLUMNS,
)
def tickets(
    book: Book,
    *,
    measure: MeasureId = CONTRACT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    regular: Flag = False,
) -> Table:
    """Tell tickets of each year by segment (客单价按划分项).

    Args:
        period: the fiscal years that it touches; default as many full ones as a trend needs, and the running one.
        regular: without one-offs.

    Source: R021.
    """
    first, last = years_asked(book, period)
    fiscal = book.rules.fiscal
    span = Period(fiscal.year(first).from_ym, fiscal.year(last).to_ym)
    told = past_of(book, measure=measure, span=span, wanted=Wanted(unit, regular=regular, typed=True))
    known = told.only(told.known)
    found = np.unique(known.year)
    segments = np.unique(known.segment_id)
    whole = told_of(known, found)["ticket_cv"]
    by_segment = {int(one): told_of(known.only(known.segment_id == one), found) for one in segments.tolist()}
    sold = [
        (year, int(one))
        for year in range(len(found))
        for one in segments.tolist()
        if by_segment[int(one)]["tickets"][1][year]
    ]
    at = np.array([year for year, _ in sold], dtype=np.int64)
    segment = np.array([one for _, one in sold], dtype=np.int64)
    values: dict[str, Values | tuple[Values, BoolArray]] = {
        "segment_id": (segment, segment != UNDIVIDED),
        "year_ticket_cv": (whole[0][at], whole[1][at]),
    }
    for name in TOLD:
        known_at = [(by_segment[one][name], year) for year, one in sold]
        if name == "ticket_cv":
            values[name] = fractions_known(
                [float(one[year]) if there[year] else None for (one, there), year in known_at]
            )
        else:
            values[name] = whole_known([int(one[year]) if there[year] else None for (one, there), year in known_at])
    notes = notes_of(book, measure, told, few_years(book, found), *noted(_uncut(segment)))
    return table_of(COLUMNS, Rows({"year": found[at]}), values, key=("year", "segment_id"), notes=notes)


def _uncut(segment: IntArray) -> Note:
    count = int(np.count_nonzero(segment == UNDIVIDED))
    return Note(
        "uncut",
        Text(
            f"{count} 行没有划分项：达成里的合同和没有写划分项的明细，合在一起。",
            f"Rows without a segment: {count}. Contracts of Dacheng and lines that name none, together.",
        ),
        count,
    )
