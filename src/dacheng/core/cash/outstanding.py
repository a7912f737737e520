"""Days sales outstanding (DSO 应收周转天数): simple, and counted back month by month (G24b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.errors import Text


@dataclass(frozen=True, slots=True)
class MonthOfSales:
    """What was sold in a month.

    Args:
        sales: minor units, with tax. days: of the month.
    """

    sales: int
    days: int


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Days, or why there are none."""

    days: Fraction | None
    why: Text | None = None


def simple_days(receivable: int, sales: int, days: int) -> Outstanding:
    """Return receivable ÷ sales × days of the same stretch.

    >>> simple_days(12, 60, 365).days
    Fraction(73, 1)
    """
    if sales <= 0:
        return Outstanding(None, Text("这段时间没有销售额。", "Nothing was sold in this stretch."))
    return Outstanding(Fraction(receivable * days, sales))


def days_counted_back(receivable: int, months: Sequence[MonthOfSales]) -> Outstanding:
    """Return how many days of the latest sales are still to be collected.

    Month by month, the latest first: a month whose sales the receivable covers counts with all its days, the first
    one it does not cover counts in proportion. A month without sales ends the count, because no part of it can.

    Args:
        months: the latest first.
    """
    left, days = receivable, Fraction(0)
    for month in months:
        if left <= 0:
            return Outstanding(days)
        if month.sales <= 0:
            return Outstanding(
                None,
                Text(
                    "倒推到了没有销售额的月份，天数无从算起。",
                    "Counting back reaches a month in which nothing was sold.",
                ),
            )
        if left < month.sales:
            return Outstanding(days + Fraction(left * month.days, month.sales))
        left, days = left - month.sales, days + month.days
    if left > 0:
        return Outstanding(
            None,
            Text("应收超过这些月份的全部销售额。", "The receivable is more than all these months sold."),
        )
    return Outstanding(days)
