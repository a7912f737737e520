"""A plan's months in weeks and days (月 → 周 → 日), and what the months themselves followed (R042).

A month is shared by its working days, to the 分: the earlier day takes what is left over. Weeks are the
sums of their days. Nothing of it is kept: it is drawn from the plan and the company's calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.money import split
from dacheng.core.months import WEEK, WEEKDAYS
from dacheng.core.paging import sliced
from dacheng.core.period import Period
from dacheng.core.plans.month_sources import source_of
from dacheng.core.plans.schema import MONTH_WAYS
from dacheng.core.plans.sheet import Sheet
from dacheng.core.plans.tables import TO_DAYS, PlanId, PlanRowId, months_told, nothing, sheet_asked
from dacheng.core.report import MeasureId, PeriodName, Rowspan, choice, report
from dacheng.core.table import (
    EVERY_ROW,
    Note,
    Table,
    TableColumn,
    Values,
    column_of,
    fractions_known,
    table_of,
    whole_known,
)
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import UNKNOWN

BY_WEEK, BY_DAY = "week", "day"
SPANS = choice((BY_WEEK, Text("周", "Weeks")), (BY_DAY, Text("日", "Days")))
_THURSDAY = 3
"""Weekday of 1970-01-01, Monday being 0."""

DAYS = (
    column_of("plan_rows", "plan_row_id", label=Text("行", "Row")),
    column_of("plan_cells", "ym"),
    TableColumn("day", "day", Text("第一天", "First day")),
    TableColumn("last_day", "day", Text("最后一天", "Last day"), optional=True),
    TableColumn("working", "count", Text("工作日", "Working days")),
    TableColumn(
        "amount",
        "money",
        Text("目标", "Target"),
        help=Text("当月目标按工作日分，到分为止", "The month's target shared by working days, to the cent"),
    ),
    TableColumn(
        "through",
        "money",
        Text("当月累计", "Month to date"),
        help=Text("当月到这一天为止；最后一行等于当月目标", "Of the month up to this day; the last line is its target"),
        optional=True,
    ),
    TableColumn(
        "part_ratio", "ratio", Text("占当月", "Of the month"), help=Text("目标 ÷ 当月目标", "÷ the month's target")
    ),
)


Columns = dict[str, Values | tuple[Values, BoolArray]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days of a month on end.

    Args:
        ym: the month. day, until: ``[day, until)``. working: its working days. amount: minor units.
        through: of the month up to its end.
    """

    ym: int
    day: int
    until: int
    working: int
    amount: int
    through: int


@report(
    "plans/days",
    title=Text("按周按日", "A plan by week and day"),
    help=Text(
        "方案一行的各月按工作日分到周和日：每天 = 当月目标 ÷ 当月工作日，余下的分从月初的日子起各加一分；"
        "周 = 它在当月的各日之和，跨月的一周分成两行。一个月的各行相加正好等于当月目标。"
        "不填行 = 最上一行；不填期间 = 全部月份。月份里没有工作日的按自然日分。",
        "The months of a row shared by working days to weeks and days: a day = the month's target ÷ its working days, "
        "what is left over goes to the first days; a week = its days in the month, so one across two months stands "
        "twice. The lines of a month add up to exactly its target. Without a row the topmost, without a period all "
        "months. A month without working days is shared by all of its days.",
    ),
    columns=DAYS,
    listed=False,
)
def plan_days(
    book: Book,
    *,
    plan: PlanId | None = None,
    measure: MeasureId = CONTRACT,
    row: PlanRowId | None = None,
    period: PeriodName | None = None,
    by: Annotated[str, SPANS] = BY_WEEK,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Share the months of a row of a plan by weeks or days (周、日).

    Raises:
        RuleError: the working calendar does not know one of the months.

    Source: R042.
    """
    sheet = sheet_asked(book, plan, measure)
    at = _row_asked(sheet, row) if sheet else None
    if sheet is None or at is None:
        return table_of(DAYS, nothing(DAYS), key=("day",))
    found = list(stretches(book, sheet, at, period, by))
    order = sliced(np.arange(len(found)), page)
    shown = [found[one] for one in order.tolist()]
    rows = Rows(
        {
            "plan_row_id": np.full(len(shown), sheet.tree.unit_ids[at], dtype=np.int64),
            "ym": _column([one.ym for one in shown]),
            "day": _column([one.day for one in shown]),
        }
    )
    whole = {one.ym: one.through for one in found}
    values: Columns = {
        "last_day": _column([one.until - 1 for one in shown]),
        "working": _column([one.working for one in shown]),
        "amount": _column([one.amount for one in shown]),
        "through": _column([one.through for one in shown]),
        "part_ratio": (
            np.array([one.amount / (whole[one.ym] or 1) for one in shown], dtype=np.float64),
            np.array([whole[one.ym] != 0 for one in shown], dtype=np.bool_),
        ),
    }
    totals = {"amount": sum(one.amount for one in found)}
    unworked = len({one.ym for one in found} - {one.ym for one in found if one.working})
    notes = noted(
        Note(
            "no-working-days",
            Text(f"{unworked} 个月没有工作日，按自然日分。", f"{unworked} months without working days: by all days."),
            unworked,
        )
    )
    return table_of(DAYS, rows, values, key=("day",), totals=totals, count=len(found), page=page, notes=notes)


def stretches(book: Book, sheet: Sheet, at: int, period: Period | None, by: str) -> Iterator[Stretch]:
    """Yield the weeks or working days of each month of a row that has a target, with their part of it."""
    for month in range(sheet.plan.months):
        ym = sheet.plan.from_ym + month
        if sheet.cells.amount.known[at, month] and (period is None or period.from_ym <= ym < period.to_ym):
            yield from _of_month(book, ym, int(sheet.amount[at, month]), by)


def _of_month(book: Book, ym: int, amount: int, by: str) -> Iterator[Stretch]:
    first, end = book.months.first_day_of(ym), book.months.first_day_of(ym + 1)
    days = np.arange(first, end)
    worked: IntArray = book.calendar.working_days(days, days + 1)
    shares = split(amount, worked if worked.any() else np.ones(len(days), dtype=np.int64))
    before = np.concatenate(([0], np.cumsum(shares)))
    for start, stop in _weeks(book, first, end) if by == BY_WEEK else [(one, one + 1) for one in days.tolist()]:
        own = slice(start - first, stop - first)
        if by == BY_DAY and worked.any() and not worked[own].any():
            continue
        yield Stretch(ym, start, stop, int(worked[own].sum()), int(shares[own].sum()), int(before[stop - first]))


def _weeks(book: Book, first: int, end: int) -> list[tuple[int, int]]:
    """Return the weeks of a month, cut at its ends; they begin on Monday, or as the company's months of weeks do."""
    weekday = WEEKDAYS.index(book.rules.word("fiscal.weekday")) if book.months.rules else 0
    begins = [one for one in range(first + 1, end) if (one + _THURSDAY) % WEEK == weekday]
    cuts = [first, *begins, end]
    return list(pairwise(cuts))


def _row_asked(sheet: Sheet, row: int | None) -> int | None:
    """Return the position of the row that was asked for; None where the plan has none of that id."""
    if row is None:
        return int(sheet.shared_top)
    at = int(sheet.tree.position_of(row))
    return None if at == UNKNOWN else at


def _column(values: list[int]) -> IntArray:
    return np.array(values, dtype=np.int64)


MONTHS = (
    column_of("plan_rows", "plan_row_id", label=Text("行", "Row")),
    column_of("plan_cells", "ym"),
    TableColumn("by", "choice", Text("月份按什么", "Months follow"), choices=MONTH_WAYS),
    TableColumn(
        "share_ratio",
        "ratio",
        Text("月份占比", "Share of the month"),
        places=2,
        help=Text(
            "最近一次分解时，这个月占还开放的各月多少；空 = 没有分解过，或那时已过",
            "Of the months that were open when it was last broken down; blank = never, or the month stood",
        ),
    ),
    TableColumn("lift_ratio", "ratio", Text("其中节日上浮", "Festival uplift"), optional=True),
    TableColumn(
        "working",
        "count",
        Text("工作日", "Working days"),
        help=Text("现在日历里的；空 = 日历没有这个月", "In the calendar as it stands; blank = it lacks the month"),
    ),
    TableColumn(
        "amount",
        "money",
        Text("目标", "Target"),
        drill=TO_DAYS,
    ),
    TableColumn(
        "amount_ratio", "ratio", Text("目标占各月", "Share of the target"), places=2, help=Text("÷ 全年", "÷ the year")
    ),
)


@report(
    "plans/months",
    title=Text("月份来源", "What the months follow"),
    help=Text(
        "方案的各月在分解时按什么分：季节系数、公司曲线、工作日、4-4-5 周或自己填的比例；每月占多少、节日上浮多少，"
        "和现在的目标占多少。不填行 = 最上一行。",
        "What the months of a plan followed when it was broken down: season, the company's profile, working days, "
        "weeks or shares typed; what each counted, its uplift, and what the target has now. Without a row the topmost.",
    ),
    columns=MONTHS,
    listed=False,
)
def plan_months(
    book: Book,
    *,
    plan: PlanId | None = None,
    measure: MeasureId = CONTRACT,
    row: PlanRowId | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """Tell what the months of a row followed, month by month (月份来源).

    Source: R042, R045.
    """
    sheet = sheet_asked(book, plan, measure)
    at = _row_asked(sheet, row) if sheet else None
    if sheet is None or at is None:
        return table_of(MONTHS, nothing(MONTHS), key=("ym",))
    source = source_of(book, sheet, at)
    order = sliced(np.arange(sheet.plan.months), page)
    known = sheet.cells.amount.known[at, order]
    amount, year = sheet.amount[at, order], int(sheet.year[at])
    shares = [source.share(one) if source else None for one in order.tolist()]
    working = [_working_days(book, sheet.plan.from_ym + one) for one in order.tolist()]
    rows = Rows(
        {
            "plan_row_id": np.full(len(order), sheet.tree.unit_ids[at], dtype=np.int64),
            "ym": sheet.plan.from_ym + order,
        }
    )
    values: Columns = {
        "by": np.full(len(order), source.by if source else 0, dtype=np.int64),
        "share_ratio": fractions_known(shares),
        "lift_ratio": (
            (source.lift_bp[order] if source else 0 * order) / 10_000,
            np.full(len(order), source is not None, dtype=np.bool_),
        ),
        "working": whole_known(working),
        "amount": (amount, known),
        "amount_ratio": (amount / (year or 1), known & (year != 0)),
    }
    totals = {"amount": int(sheet.year[at])}
    notes = (months_told(source),) if source else ()
    return table_of(MONTHS, rows, values, key=("ym",), totals=totals, count=sheet.plan.months, page=page, notes=notes)


def _working_days(book: Book, ym: int) -> int | None:
    first, end = book.months.first_day_of(ym), book.months.first_day_of(ym + 1)
    calendar = book.calendar
    if not calendar.first_day <= first or end > calendar.end_day:
        return None
    return calendar.working_days(first, end)
