"""Days sales outstanding (DSO 应收周转天数) at the end of every month, simple and counted back (R151, G24b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.cash.outstanding import MonthOfSales, Outstanding, days_counted_back, simple_days
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, between, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.report import CustomerId, Flag, PeriodName, PersonId, UnitId, choice, report
from dacheng.core.table import Drill, Line, Note, Table, TableColumn, Values, table_of
from dacheng.core.tables.recognised_receivable import receivable_of, settled_by_contract

BY_DUE, BY_RECOGNITION = "due", "recognised"
BASES = ((BY_DUE, Text("按到期", "By due day")), (BY_RECOGNITION, Text("按确收", "By recognition")))

OPEN_AND_DUE = "SELECT CAST(SUM(open) AS BIGINT) AS amount FROM payment_terms {where}"
FELL_DUE = """
    SELECT due_day AS day, CAST(SUM(amount) AS BIGINT) AS amount FROM payment_terms {where}
    GROUP BY due_day ORDER BY due_day"""
RECOGNISED = """
    SELECT posted_day AS day, CAST(SUM(amount) AS BIGINT) AS amount FROM recognitions {where}
    GROUP BY posted_day ORDER BY posted_day"""

CARRIED = ("unit", "direct", "owner", "customer")
RECEIVABLE: Mapping[str, Drill] = {
    BY_DUE: Drill("tables/receivable", fixed={"state": "due", "sort": "-open"}, carry=CARRIED, day="day"),
    BY_RECOGNITION: Drill(
        "receivable/recognised", fixed={"state": "owed", "sort": "-receivable"}, carry=CARRIED, day="day"
    ),
}

DAY = TableColumn("day", "day", Text("日期", "Day"), help=Text("月末，本月取截至日", "Its end; the as-of day now"))
SIMPLE = TableColumn(
    "days",
    "number",
    Text("DSO", "DSO"),
    judged="less",
    help=Text("应收 ÷ 这些月的销售额 × 这些月的天数", "Receivable ÷ sales of these months × their days"),
)
COLUMNS = (
    TableColumn("ym", "ym", Text("月份", "Month")),
    DAY,
    TableColumn(
        "receivable",
        "money",
        Text("应收", "Receivable"),
        judged="less",
        drill=RECEIVABLE[BY_DUE],
        help=Text(
            "按到期：应收未收；按确收：已确收含税 − 已收 − 已核销坏账",
            "By due day what is due and open; else recognised",
        ),
    ),
    TableColumn(
        "sales",
        "money",
        Text("销售额", "Sales"),
        help=Text(
            "到那天为止规则 receivable.dso_months 那么多个月：按到期是到期的款，按确收是确收含税",
            "Of the months up to the day that the rule receivable.dso_months says: what fell due, or was recognised",
        ),
    ),
    TableColumn("span", "count", Text("天数", "Days of them"), optional=True, help=Text("这些月的天数", "Their days")),
    SIMPLE,
    TableColumn(
        "counted",
        "number",
        Text("倒推 DSO", "Counted back"),
        judged="less",
        help=Text(
            "从最近的月份往回，应收够抵的月份计全部天数，抵不完的按比例",
            "Back from the latest month: one that the receivable covers counts in full, the last in proportion",
        ),
    ),
)


@report(
    "receivable/dso",
    title=Text("应收周转天数", "Days sales outstanding"),
    help=Text(
        "每个月末应收相当于多少天的销售额（DSO），简单法和倒推法并列。应收与销售额同一基准：按到期是应收未收与到期的款，"
        "按确收是已确收未收与确收含税。组织按截至日。因授权才可见的不在其中。",
        "How many days of sales the receivable of each month end is (DSO), simple and counted back. Both have one "
        "basis: what is due and open beside what fell due, or what is recognised and not collected beside what was "
        "recognised, with tax. Units are those of the as-of day. Rows seen only by a grant are not among them.",
    ),
    columns=COLUMNS,
)
def days_outstanding(
    book: Book,
    *,
    reckoned: Annotated[str, choice(*BASES)] | None = None,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
) -> Table:
    """Tell the days sales outstanding of every month end (应收周转天数).

    Args:
        reckoned: default the rule ``receivable.basis``.
        period: its months up to that of the as-of day; default the fiscal year.

    Source: R151; glossary DSO; golden case G24b.
    """
    by = reckoned or book.rules.word("receivable.basis")
    span = fiscal_year_of(book, period)
    whose = in_unit(book, unit, direct) & equal(owner_id=owner, customer_id=customer) & INSIDE
    last = book.months.ym_of(book.as_of_day)
    months = [ym for ym in span.months().tolist() if ym <= last]
    back = book.rules.number("receivable.dso_months")
    sold = Sold.of(book, by, whose, (months[0] if months else last) - back + 1, last)
    found = [_month(book, by, whose, sold.back_from(ym, back), min(book.months.last_day_of(ym), book.as_of_day))
             for ym in months]  # fmt: skip
    days = np.array([one.day for one in found], dtype=np.int64)
    simple, counted = _days([one.simple for one in found]), _days([one.counted for one in found])
    return table_of(
        tuple(replace(one, drill=RECEIVABLE[by]) if one.name == "receivable" else one for one in COLUMNS),
        Rows({"ym": np.array(months, dtype=np.int64)}),
        {
            "day": days,
            "receivable": np.array([one.receivable for one in found], dtype=np.int64),
            "sales": np.array([sum(month.sales for month in one.months) for one in found], dtype=np.int64),
            "span": np.array([sum(month.days for month in one.months) for one in found], dtype=np.int64),
            "days": simple,
            "counted": counted,
        },
        key=("ym",),
        notes=_notes(found),
        lines=(Line(SIMPLE, DAY, days, *simple),) if len(found) > 1 else (),
    )


@dataclass(frozen=True, slots=True)
class Sold:
    """Sales by month: month -> what was sold and its days up to the as-of day."""

    by_month: Mapping[int, MonthOfSales]

    @classmethod
    def of(cls, book: Book, by: str, whose: Filter, first: int, last: int) -> Sold:
        """Read the sales of months, both inclusive, up to the Book's day."""
        column, sql = ("due_day", FELL_DUE) if by == BY_DUE else ("posted_day", RECOGNISED)
        wanted = whose & between(column, book.months.first_day_of(first), book.as_of_day + 1)
        rows = book.gather(sql.format(where=wanted.where), **wanted.params)
        of_row = book.months.ym_of(rows["day"])
        return cls(
            {
                ym: MonthOfSales(
                    int(rows["amount"][of_row == ym].sum()),
                    min(book.months.last_day_of(ym), book.as_of_day) - book.months.first_day_of(ym) + 1,
                )
                for ym in range(first, last + 1)
            }
        )

    def back_from(self, ym: int, count: int) -> list[MonthOfSales]:
        """Return so many months up to one, the latest first."""
        return [self.by_month[one] for one in range(ym, ym - count, -1)]


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """What is receivable on a day, the months before it, latest first, and the days that makes."""

    day: int
    receivable: int
    months: list[MonthOfSales]
    simple: Outstanding
    counted: Outstanding


def _month(book: Book, by: str, whose: Filter, months: list[MonthOfSales], day: int) -> MonthEnd:
    then = book if day == book.as_of_day else book.at(day)
    owed = _due(then, whose) if by == BY_DUE else _recognised(then, whose)
    sales, days = sum(one.sales for one in months), sum(one.days for one in months)
    return MonthEnd(day, owed, months, simple_days(owed, sales, days), days_counted_back(owed, months))


def _due(book: Book, whose: Filter) -> int:
    wanted = whose & Filter(("due_day <= :by",), {"by": book.as_of_day})
    rows = book.gather(OPEN_AND_DUE.format(where=wanted.where), **wanted.params)
    return int(rows["amount"][0]) if rows.known("amount")[0] else 0


def _recognised(book: Book, whose: Filter) -> int:
    rows = settled_by_contract(book, whose)
    return int(receivable_of(rows)[0][rows["unit_id"] != OUTSIDE].sum())


def _days(found: list[Outstanding]) -> tuple[Values, BoolArray]:
    known = np.array([one.days is not None for one in found], dtype=np.bool_)
    return np.array([float(one.days or 0) for one in found], dtype=np.float64), known


def _notes(found: list[MonthEnd]) -> tuple[Note, ...]:
    """Say why there are no days, once a reason."""
    reasons: dict[Text, int] = {}
    for one in (each for month in found for each in (month.simple, month.counted)):
        if one.why is not None:
            reasons[one.why] = reasons.get(one.why, 0) + 1
    return noted(*(Note(f"no-days-{at}", why, count) for at, (why, count) in enumerate(reasons.items(), 1)))
