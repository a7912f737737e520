"""Past results month by month (历史业绩按月): of the whole view, by unit one level down, or by segment (R045)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.history.figures import (
    AMOUNT,
    BROUGHT,
    CARRIED,
    GROWTH,
    POSTED,
    notes_of,
    to_lines,
    to_results,
    usual_period,
)
from dacheng.core.history.past import Past, Wanted, branches, past_of
from dacheng.core.org.branches import branch_heads
from dacheng.core.period import FIRST_YM, MONTHS_PER_YEAR, Period
from dacheng.core.report import Flag, MeasureId, PeriodName, SegmentId, UnitId, choice, report
from dacheng.core.table import Table, TableColumn, Values, column_of, table_of
from dacheng.core.targets.attaining import attainment_ratio
from dacheng.core.targets.schema import CONTRACT

CUTS = (
    ("none", Text("不分", "Not cut")),
    ("unit", Text("按下级组织", "By unit")),
    ("segment", Text("按划分项", "By segment")),
)
OF_UNIT = {"unit": "unit_id", "direct": "direct"}
OF_SEGMENT = {"division": "segment_id", "undivided": "undivided"}

COLUMNS = (
    TableColumn("ym", "ym", Text("月份", "Month")),
    column_of("actuals", "unit_id"),
    TableColumn(
        "direct",
        "flag",
        Text("直属", "Direct"),
        optional=True,
        help=Text("1 = 只含直接记在此组织的", "1 = only what is placed at the unit itself"),
    ),
    column_of("actuals", "segment_id"),
    TableColumn(
        "undivided", "flag", Text("未划分", "Undivided"), help=Text("1 = 没有划分项", "1 = no segment cuts it")
    ),
    replace(POSTED, drill=to_results("ym", **OF_UNIT)),
    replace(BROUGHT, drill=replace(to_lines("ym", **OF_UNIT, **OF_SEGMENT), carry=(*CARRIED, "undivided"))),
    AMOUNT,
    TableColumn("before", "money", Text("上年同月", "Same month before"), optional=True),
    GROWTH,
    TableColumn(
        "one_off",
        "money",
        Text("其中一次性", "One-off among it"),
        optional=True,
        help=Text("标为一次性的合同和明细", "Contracts and lines marked as one-off"),
    ),
)


@dataclass(frozen=True)
class Cut:
    """Rows of a view: which result belongs to which.

    Args:
        ym, unit_id, segment_id: shape (r,), what each row is of; 0 = not cut by it.
        direct: shape (r,), the row is what the unit has itself. at: shape (n,), the row of each result.
    """

    ym: IntArray
    unit_id: IntArray
    segment_id: IntArray
    direct: BoolArray
    at: IntArray

    def __len__(self) -> int:
        return len(self.ym)

    def sums(self, past: Past, keep: BoolArray) -> tuple[IntArray, BoolArray]:
        """Return the sum of the chosen results of each row, and whether there is any."""
        amounts = np.zeros(len(self), dtype=np.int64)
        there = np.zeros(len(self), dtype=np.bool_)
        np.add.at(amounts, self.at[keep], past.amount[keep])
        there[self.at[keep]] = True
        return amounts, there


@report(
    "history/monthly",
    title=Text("历史业绩按月", "Past results by month"),
    help=Text(
        "每个月的业绩：达成里的合同与赢单（与达成榜同一口径），加上导入的历史明细。可以按下级组织或划分项分开。"
        "没有任何数的月份不是 0，不出现。同比 = 本月 ÷ 上年同月 − 1，上年同月不大于 0 时不适用。",
        "What each month brought: contracts and won opportunities, as on the attainment board, and the lines of "
        "history. It can be cut by unit or by segment. A month without any figure is not zero and has no row. "
        "Growth = the month ÷ the same month a year before − 1, n/a where that is not above zero.",
    ),
    columns=COLUMNS,
)
def monthly(
    book: Book,
    *,
    measure: MeasureId = CONTRACT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    division: SegmentId | None = None,
    apart: Annotated[str, choice(*CUTS)] = "none",
    regular: Flag = False,
) -> Table:
    """Tell past results month by month (历史业绩按月).

    Args:
        period: default as many full fiscal years as a trend needs, and the running one.
        apart: none, by unit one level down, or by segment. regular: without one-offs.

    Source: R021, R045.
    """
    span = period or usual_period(book)
    earlier = Period(max(span.from_ym - MONTHS_PER_YEAR, FIRST_YM), span.to_ym)
    past = past_of(book, measure=measure, span=earlier, wanted=Wanted(unit, segment=division, regular=regular))
    told = past.only(past.ym >= span.from_ym)
    rows = _cut(book, past.only(past.known), unit, apart)
    known = past.only(past.known)
    columns = _columns(rows, known, by_segment=apart == "segment")
    shown = rows.ym >= span.from_ym
    return table_of(
        COLUMNS,
        Rows({"ym": rows.ym[shown], "unit_id": rows.unit_id[shown], "segment_id": rows.segment_id[shown]}),
        {name: (value[shown], there[shown]) for name, (value, there) in columns.items()},
        key=("ym", "unit_id", "segment_id"),
        totals={
            name: _total(columns[name][0][shown], columns[name][1][shown]) for name in ("posted", "brought", "amount")
        },
        notes=notes_of(book, measure, told),
    )


def _cut(book: Book, past: Past, unit: int | None, cut: str) -> Cut:
    nothing = np.zeros(len(past), dtype=np.int64)
    units = branches(book, unit, past) if cut == "unit" else nothing
    segments = past.segment_id if cut == "segment" else nothing
    place = np.where(units > 0, book.tree.position_of(units), 0)
    keys = np.stack((past.ym, place, units, segments), axis=1)
    found, at = np.unique(keys, axis=0, return_inverse=True)
    heads = branch_heads(book, unit) if cut == "unit" else nothing[:0]
    return Cut(found[:, 0], found[:, 2], found[:, 3], ~np.isin(found[:, 2], heads), at.reshape(-1))


def _columns(rows: Cut, past: Past, *, by_segment: bool) -> dict[str, tuple[Values, BoolArray]]:
    """Return the figures of each row, and where they are known."""
    amount, there = rows.sums(past, np.ones(len(past), dtype=np.bool_))
    before, was = _year_before(rows, amount)
    growth = attainment_ratio(amount - before, before, was & (before > 0))
    by_unit = rows.unit_id > 0
    return {
        "unit_id": (rows.unit_id, by_unit),
        "direct": (rows.direct.astype(np.int64), by_unit),
        "segment_id": (rows.segment_id, rows.segment_id > 0),
        "undivided": ((rows.segment_id == 0).astype(np.int64), np.full(len(rows), by_segment)),
        "posted": rows.sums(past, ~past.brought),
        "brought": rows.sums(past, past.brought),
        "amount": (amount, there),
        "before": (before, was),
        "growth_ratio": growth,
        "one_off": rows.sums(past, past.one_off),
    }


def _year_before(rows: Cut, amount: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the amount of the same row a year before, and whether there is one."""
    cuts = (rows.unit_id.tolist(), rows.segment_id.tolist())
    place = {key: at for at, key in enumerate(zip(rows.ym.tolist(), *cuts, strict=True))}
    wanted = zip((rows.ym - MONTHS_PER_YEAR).tolist(), *cuts, strict=True)
    found = np.array([place.get(key, -1) for key in wanted], dtype=np.int64)
    was = found >= 0
    return np.where(was, amount[found], 0) if len(found) else found, was


def _total(values: Values, known: BoolArray) -> int | None:
    """Return the sum of what is known; None where there are rows and none is."""
    return int(values[known].sum()) if known.any() or not len(known) else None
