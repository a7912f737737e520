"""Trends (走势): the pipeline, done and the forecast as they stood on many days, in one pass (R196, R148).

Every point is what the reports of that day say: the same scope, organisation, rules and
stage rates of that day, on what is known now. Versions are read once and sliced by day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.contracts.schema import COUNTED, FRAMEWORK
from dacheng.core.crediting import part_of
from dacheng.core.deals.histories import units_in
from dacheng.core.deals.schema import OMITTED, OPEN, WON
from dacheng.core.deals.weighing import weighted_credit, win_rate
from dacheng.core.errors import RuleError, Text
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import share_of
from dacheng.core.months import Months
from dacheng.core.period import Period, date_of
from dacheng.core.report import Day, MeasureId, PeriodName, UnitId, choice, report
from dacheng.core.table import Drill, Line, Table, TableColumn, Values, column_of, table_of
from dacheng.core.targets.attaining import attainment_ratio
from dacheng.core.targets.cascading import Grid, that_count
from dacheng.core.targets.open_deals import whole_amount
from dacheng.core.targets.results import EXCL, Counting, amount_in, cash_from, won_amount_in
from dacheng.core.targets.schema import CASH, CONTRACT
from dacheng.core.tree import UNKNOWN

WEEK, MOST_POINTS = 7, 400
HALF_A_YEAR = 26 * WEEK

TO_PIPELINE = Drill("tables/pipeline", carry=("unit",), day="day")

DAY = TableColumn("day", "day", Text("截至日", "As of"))
FIGURES = (
    TableColumn("deals", "count", Text("在途单数", "Open opportunities"), drill=TO_PIPELINE),
    column_of("deals", "amount", label=Text("在途金额", "Pipeline amount"), drill=TO_PIPELINE, judged="more"),
    TableColumn(
        "weighted",
        "money",
        Text("加权额", "Weighted"),
        judged="more",
        drill=TO_PIPELINE,
        help=Text("当日在途金额 × 当日赢率，逐单四舍五入", "Open amounts × the win rates of that day, rounded per row"),
    ),
    TableColumn(
        "target",
        "money",
        Text("目标", "Target"),
        help=Text("期间的目标，按当日已生效的", "The period's target as it held on that day"),
    ),
    TableColumn(
        "done",
        "money",
        Text("业绩", "Done"),
        judged="more",
        help=Text("到当日为止记入期间的", "What is posted in the period up to that day"),
    ),
    TableColumn(
        "attainment_ratio",
        "ratio",
        Text("达成率", "Attainment"),
        judged="more",
        help=Text("业绩 ÷ 目标，不封顶", "Done ÷ target, not capped"),
    ),
    TableColumn(
        "forecast",
        "money",
        Text("预测合计", "Forecast"),
        judged="more",
        help=Text(
            "业绩 + 期间内预计签约、当日未逾期的加权额；回款的预测不逐日重算，不适用",
            "Done + weighted amounts expected to sign in the period and not overdue on that day; that of cash is not "
            "worked out day by day",
        ),
    ),
)
COLUMNS = (DAY, *FIGURES)
STEPS = (("week", Text("每周", "Week")), ("month", Text("每月", "Month")))


@report(
    "tables/trends",
    title=Text("走势", "Trends"),
    help=Text(
        "在途、业绩与预测在各个截至日的样子，一天一行。每个点等于把报表的截至日设为那天：按那天的组织、规则和赢率，"
        "用现在所知的事实。目标、业绩、达成率、预测合计是同一期间、同一指标的。",
        "Pipeline, done and forecast as they stood on each day, one row a day. Every point is what the reports say "
        "with that as-of day: with that day's organisation, rules and win rates, on what is known now. Target, done, "
        "attainment and forecast are of one period and one measure.",
    ),
    columns=COLUMNS,
)
def trends(
    book: Book,
    *,
    figure: Annotated[str, choice(*((one.name, one.label) for one in FIGURES))] = "weighted",
    step: Annotated[str, choice(*STEPS)] = "week",
    since: Day | None = None,
    unit: UnitId | None = None,
    measure: MeasureId = CONTRACT,
    period: PeriodName | None = None,
) -> Table:
    """Follow the pipeline, done and the forecast over as-of days (走势).

    Args:
        figure: the one that is drawn.
        since: the first day; default half a year before the as-of day.
        period: of target, done and forecast; default the fiscal year of the as-of day.

    Raises:
        RuleError: the first day lies after the as-of day, or there would be too many points.

    Source: R148, R196.
    """
    days = points(book, step, since)
    past = Past.of(book, fiscal_year_of(book, period), unit, measure)
    found = [past.on(day) for day in days.tolist()]
    values = {name: _column([one[name] for one in found]) for name in found[0]}
    attained = attainment_ratio(values["done"][0], values["target"][0], values["done"][1] & values["target"][1])
    computed: dict[str, Values | tuple[Values, BoolArray]] = {**values, "attainment_ratio": attained}
    drawn = next(one for one in FIGURES if one.name == figure)
    drawn_values = attained if figure == "attainment_ratio" else values[figure]
    return table_of(
        COLUMNS,
        Rows({"day": days}),
        computed,
        key=("day",),
        lines=(Line(drawn, DAY, days, *drawn_values),),
    )


def points(book: Book, step: str, since: int | None) -> IntArray:
    """Return the as-of days, ascending: every week back from the Book's day, or the ends of months and that day."""
    last = book.as_of_day
    first = last - HALF_A_YEAR if since is None else since
    if first > last:
        raise RuleError(
            Text(
                f"起始日 {date_of(first)} 晚于截至日 {date_of(last)}。",
                f"The first day {date_of(first)} lies after the as-of day {date_of(last)}.",
            ),
            Text("把起始日改到截至日或更早。", "Choose a first day on or before the as-of day."),
        )
    days = _weeks(first, last) if step == "week" else _month_ends(first, last, book.months)
    if len(days) > MOST_POINTS:
        raise RuleError(
            Text(f"有 {len(days)} 个点，最多 {MOST_POINTS} 个。", f"{len(days)} points are more than {MOST_POINTS}."),
            Text("改为每月，或把起始日往后移。", "Take months, or a later first day."),
        )
    return days


def _weeks(first: int, last: int) -> IntArray:
    return np.arange(last, first - 1, -WEEK, dtype=np.int64)[::-1]


def _month_ends(first: int, last: int, months: Months) -> IntArray:
    ends = months.last_day_of(np.arange(months.ym_of(first), months.ym_of(last) + 1))
    return np.unique(np.append(ends[(ends >= first) & (ends < last)], last))


Found = tuple[int, bool]
"""A figure of one day and whether it is known."""


@dataclass(frozen=True)
class Past:
    """Versions of everything a point needs, read once."""

    book: Book
    span: Period
    unit: int | None
    measure: int
    deals: Rows
    posted: Rows
    targets: Rows
    stages: Rows
    measures: Rows

    @classmethod
    def of(cls, book: Book, span: Period, unit: int | None, measure: int) -> Past:
        """Read the versions of deals, contracts or cash, targets, stages and measures."""
        posted = "allocation_credits" if measure == CASH else "contract_credits"
        names = ("credits", posted, "targets", "stages", "measures")
        return cls(book, span, unit, measure, *(book.spans(name) for name in names))

    def on(self, day: int) -> dict[str, Found]:
        """Return every figure of one day."""
        book = self.book.at(day)
        units = None if self.unit is None else units_in(book, self.unit)
        counts = self._counting(book, day)
        stages = _in_id_order(_holding(self.stages, day))
        deals = _placed(_holding(self.deals, day), units)
        done = self._done(book, counts, _placed(_holding(self.posted, day), units), deals)
        open_ones = deals.only(deals["state"] == OPEN)
        return {
            "deals": (int((open_ones["part"] == 0).sum()), True),
            "amount": _summed(open_ones["amount"], open_ones.known("amount")),
            "weighted": _summed(*weighted_credit(open_ones, stages)),
            "target": self._target(book, _placed(_holding(self.targets, day), units)),
            "done": done,
            "forecast": (done[0] + self._to_come(counts, open_ones, stages, day), done[1] and self.measure != CASH),
        }

    def _counting(self, book: Book, day: int) -> Counting:
        measures = _holding(self.measures, day)
        basis = dict(zip(measures["measure_id"].tolist(), measures["basis"].tolist(), strict=True))
        first, end = book.months.from_day(self.span), min(book.months.to_day(self.span), day + 1)
        return Counting(
            first,
            end,
            basis.get(CONTRACT) == EXCL,
            book.rules.won_without_contract_counts,
            book.rules.frameworks_count,
            cash_from(book),
        )

    def _done(self, book: Book, counts: Counting, posted_ones: Rows, deals: Rows) -> Found:
        """Return what counts as done; not known where there are results and none tells its amount."""
        if self.measure not in counts.known:
            return 0, False
        if self.measure == CASH:
            posted = posted_ones["posted_day"]
            within = (posted >= max(counts.first, counts.cash_from or 0)) & (posted < counts.end)
            return int(_in_tree(book, posted_ones.only(within))["received"].sum()), True
        posted = posted_ones["posted_day"]
        within = (posted >= counts.first) & (posted < counts.end) & (posted_ones["intake"] == COUNTED)
        rows = _in_tree(book, posted_ones.only(within & (counts.frameworks | (posted_ones["kind"] != FRAMEWORK))))
        amount, known = amount_in(self.measure, counts, rows)
        total, there, counted = int(amount[known].sum()), len(rows), int(known.sum())
        if counts.won_deals:
            won = _in_tree(book, deals.only(_won_in(deals, counts)))
            amount, known = won_amount_in(self.measure, counts, won)
            total, there, counted = total + int(amount[known].sum()), there + len(won), counted + int(known.sum())
        return total, there == 0 or counted > 0

    def _target(self, book: Book, cells: Rows) -> Found:
        wanted = (cells["measure_id"] == self.measure) & cells.known("amount")
        wanted &= (cells["ym"] >= self.span.from_ym) & (cells["ym"] < self.span.to_ym)
        rows = _in_tree(book, cells.only(wanted))
        counting = that_count(book.tree, Grid(np.array([self.measure], dtype=np.int64), self.span), rows)
        return int(rows["amount"][counting].sum()), len(rows) > 0

    def _to_come(self, counts: Counting, rows: Rows, stages: Rows, day: int) -> int:
        """Return the weighted amounts that the forecast of a day counts."""
        expected = rows["expected_day"]
        counted = rows.known("expected_day") & (rows["category"] != OMITTED) & (expected >= day)
        first, end = self.book.months.from_day(self.span), self.book.months.to_day(self.span)
        rows = rows.only(counted & (expected >= first) & (expected < end))
        whole, known = whole_amount(rows, self.measure, before_tax=counts.before_tax)
        rate, rated = win_rate(rows, stages)
        both = known & rated
        return int(part_of(np.where(both, share_of(whole, rate), 0), rows).sum())


def _holding(rows: Rows, day: int) -> Rows:
    return rows.only((rows["from_day"] <= day) & (rows["to_day"] > day))


def _placed(rows: Rows, units: IntArray | None) -> Rows:
    """Return the rows that enter sums, with a unit only those in it."""
    inside = rows["unit_id"] != OUTSIDE
    return rows.only(inside if units is None else inside & np.isin(rows["unit_id"], units))


def _in_tree(book: Book, rows: Rows) -> Rows:
    return rows.only(book.tree.position_of(rows["unit_id"]) != UNKNOWN)


def _in_id_order(stages: Rows) -> Rows:
    return stages.only(np.argsort(stages["stage_id"]))


def _won_in(deals: Rows, counts: Counting) -> BoolArray:
    closed = deals["closed_day"]
    won: BoolArray = (deals["state"] == WON) & (deals["contracted"] == 0)
    won &= (closed >= counts.first) & (closed < counts.end)
    return won


def _summed(amounts: IntArray, known: BoolArray) -> Found:
    """Return the sum of known amounts; not known where there are rows and none has one."""
    return int(amounts[known].sum()), len(amounts) == 0 or bool(known.any())


def _column(found: list[Found]) -> tuple[IntArray, BoolArray]:
    values = np.array([value for value, _ in found], dtype=np.int64)
    return values, np.array([known for _, known in found], dtype=np.bool_)
