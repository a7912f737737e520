"""Past results year by year (历史业绩按年): growth, one-offs, churn, repurchase and tickets (R021)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median_high, median_low

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import Text
from dacheng.core.history.figures import (
    AMOUNT,
    BROUGHT,
    GROWTH,
    POSTED,
    last_full_year,
    notes_of,
    to_lines,
    to_results,
    years_until,
)
from dacheng.core.history.past import Past, Wanted, past_of
from dacheng.core.money import round_half_away
from dacheng.core.period import Period
from dacheng.core.report import Flag, MeasureId, PeriodName, SegmentId, UnitId, report
from dacheng.core.table import Note, Table, TableColumn, Values, fractions_known, table_of, whole_known
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.targets.setting.compounding import yearly_growth
from dacheng.core.targets.setting.history import YearOfHistory, history_of

COLUMNS = (
    TableColumn("year", "year", Text("财年", "Fiscal year")),
    replace(POSTED, drill=to_results("year")),
    replace(BROUGHT, drill=to_lines("year")),
    AMOUNT,
    replace(
        GROWTH,
        help=Text(
            "本年 ÷ 上年 − 1；上年不大于 0、任一年没有过完时不适用",
            "The year ÷ the year before − 1; n/a where that is not above zero or either has not ended",
        ),
    ),
    TableColumn(
        "cagr_ratio",
        "ratio",
        Text("复合增长率", "CAGR"),
        judged="more",
        help=Text(
            "从所列最早一年到本年，每年平均增长：(本年 ÷ 最早年)^(1 ÷ 年数) − 1",
            "Growth a year from the first year listed: (the year ÷ the first)^(1 ÷ years) − 1",
        ),
    ),
    TableColumn(
        "one_off",
        "money",
        Text("其中一次性", "One-off among it"),
        optional=True,
        help=Text("标为一次性的合同和明细", "Contracts and lines marked as one-off"),
    ),
    TableColumn(
        "one_off_ratio",
        "ratio",
        Text("一次性占比", "Share of one-offs"),
        help=Text("一次性 ÷ 业绩", "One-offs ÷ result"),
    ),
    TableColumn(
        "months",
        "count",
        Text("有数的月份", "Months told"),
        optional=True,
        help=Text("有业绩的月份数", "Months with any result"),
    ),
    TableColumn(
        "tickets",
        "count",
        Text("成交笔数", "Sales"),
        help=Text(
            "合同、无合同赢单各一笔；明细里同一客户同一天算一笔，没有客户的每行一笔；合计行不算",
            "A contract or a won opportunity is one; lines of one account on one day are one, a line without an "
            "account is one; totals are none",
        ),
    ),
    TableColumn(
        "ticket",
        "money",
        Text("平均客单价", "Mean ticket"),
        help=Text("成交金额 ÷ 成交笔数", "Amount of sales ÷ sales"),
    ),
    TableColumn(
        "ticket_median",
        "money",
        Text("客单价中位数", "Median ticket"),
        optional=True,
        help=Text("一半的成交不超过它", "Half of the sales are not above it"),
    ),
    TableColumn(
        "ticket_cv",
        "number",
        Text("客单价变异系数", "Ticket CV"),
        places=2,
        help=Text("标准差 ÷ 平均，越大说明客单价越不稳", "Standard deviation ÷ mean: the larger, the less steady"),
    ),
    TableColumn(
        "customers",
        "count",
        Text("成交客户", "Buying accounts"),
        help=Text("当年有成交的客户", "Accounts with a sale in the year"),
    ),
    TableColumn(
        "churn_ratio",
        "ratio",
        Text("客户流失率", "Churn"),
        judged="less",
        help=Text(
            "上年成交、本年没有成交的客户 ÷ 上年成交客户", "Accounts of the year before that did not buy ÷ those"
        ),
    ),
    TableColumn(
        "repurchase_ratio",
        "ratio",
        Text("复购率", "Repurchase"),
        judged="more",
        help=Text("当年成交两笔以上的客户 ÷ 成交客户", "Accounts with two sales or more ÷ buying accounts"),
    ),
)


@dataclass(frozen=True)
class Sales:
    """Single sales, shape (n,): what tickets, churn and repurchase are told of."""

    customer_id: IntArray
    year: IntArray
    amount: IntArray
    ym: IntArray

    def only(self, keep: BoolArray) -> Sales:
        """Return the chosen sales."""
        return Sales(self.customer_id[keep], self.year[keep], self.amount[keep], self.ym[keep])


@report(
    "history/years",
    title=Text("历史业绩按年", "Past results by year"),
    help=Text(
        "每个财年的业绩、增长、一次性占比，以及客户流失、复购和客单价。业绩 = 达成里的合同与赢单 + 导入的明细。"
        "流失、复购和客单价只看单笔成交：按月合计的数进业绩，不进客单价。还没过完的财年不算增长。",
        "Result, growth and share of one-offs of each fiscal year, with churn, repurchase and tickets. Result = "
        "contracts and won opportunities + lines of history. Churn, repurchase and tickets are told of single sales: "
        "monthly totals are in the result and in no ticket. A year that has not ended has no growth.",
    ),
    columns=COLUMNS,
)
def years(
    book: Book,
    *,
    measure: MeasureId = CONTRACT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    division: SegmentId | None = None,
    regular: Flag = False,
) -> Table:
    """Tell past results year by year (历史业绩按年).

    Args:
        period: the fiscal years that it touches; default as many full ones as a trend needs, and the running one.
        regular: without one-offs.

    Source: R021, R045.
    """
    first, last = years_asked(book, period)
    fiscal = book.rules.fiscal
    span = Period(fiscal.year(first - 1).from_ym, fiscal.year(last).to_ym)
    past = past_of(book, measure=measure, span=span, wanted=Wanted(unit, segment=division, regular=regular))
    told = past.only(past.year >= first)
    found = np.unique(told.year[told.known])
    columns = _columns(past.only(past.known), found, last_full_year(book))
    return table_of(
        COLUMNS,
        Rows({"year": found}),
        columns,
        key=("year",),
        totals={name: _total(*columns[name]) for name in ("posted", "brought", "amount")},
        notes=notes_of(book, measure, told, few_years(book, found)),
    )


def years_asked(book: Book, period: Period | None) -> tuple[int, int]:
    """Return the first and last fiscal year of a question: as many full ones as a trend needs, and the running one."""
    fiscal = book.rules.fiscal
    if period is not None:
        return int(fiscal.year_of(period.from_ym)), int(fiscal.year_of(period.to_ym - 1))
    full = last_full_year(book)
    return int(fiscal.year_of(years_until(book, full).from_ym)), full + 1


def _columns(past: Past, found: IntArray, full: int) -> dict[str, tuple[Values, BoolArray]]:
    """Return the figures of each year, and where they are known."""
    posted, brought, amount, one_off = (
        _sums(past, found, keep)
        for keep in (~past.brought, past.brought, np.ones(len(past), dtype=np.bool_), past.one_off)
    )
    told = told_of(past, found)
    positive = amount[1] & (amount[0] > 0)
    share = np.where(positive, one_off[0] / np.where(positive, amount[0], 1), 0.0)
    return {
        "posted": posted,
        "brought": brought,
        "amount": amount,
        "growth_ratio": _growth(past, found, full),
        "cagr_ratio": _cagr(found, amount[0], full),
        "one_off": one_off,
        "one_off_ratio": (share, positive),
        "months": (np.array([len(set(past.ym[past.year == one].tolist())) for one in found.tolist()]), amount[1]),
        **told,
    }


def single_sales(past: Past) -> Sales:
    """Return what was sold at once: contracts and won deals, and lines of one account on one day together."""
    one = past.only(past.single)
    alone = one.brought & (one.customer_id == 0)
    together = one.brought & (one.customer_id > 0)
    first = np.where(together, one.customer_id, one.number)
    then = np.where(together, one.day, np.where(alone, -1, 0))
    keys, at = np.unique(np.stack((one.source, first, then), axis=1), axis=0, return_inverse=True)
    at = at.reshape(-1)
    amounts, customers, years, months = np.zeros((4, len(keys)), dtype=np.int64)
    np.add.at(amounts, at, one.amount)
    customers[at], years[at], months[at] = one.customer_id, one.year, one.ym
    return Sales(customers, years, amounts, months)


def told_of(past: Past, found: IntArray) -> dict[str, tuple[Values, BoolArray]]:
    """Return what single sales tell of each year: tickets and how they vary, accounts, churn and repurchase."""
    sales = single_sales(past)
    whole = _by_year(sales, found)
    named = sales.customer_id > 0
    buying = _by_year(sales.only(named), found)
    several = [sales.amount[sales.year == one].tolist() for one in found.tolist()]
    years = [whole[one] for one in found.tolist()]
    bought = [buying[one] for one in found.tolist()]
    return {
        "tickets": whole_known([one.contracts or None for one in years]),
        "ticket": whole_known([_rounded(one.ticket) for one in years]),
        "ticket_median": whole_known([_median(one) for one in several]),
        "ticket_cv": fractions_known([one.ticket_cv for one in years]),
        "customers": whole_known([one.customers or None for one in bought]),
        "churn_ratio": fractions_known([one.churn if one.customers else None for one in bought]),
        "repurchase_ratio": fractions_known([one.repurchase for one in bought]),
    }


def _by_year(sales: Sales, found: IntArray) -> Mapping[int, YearOfHistory]:
    if not len(found):
        return {}
    known = np.ones(len(sales.amount), dtype=np.bool_)
    first, last = int(found.min()), int(found.max())
    told = history_of(sales.customer_id, sales.year, sales.amount, known, first=first, last=last, enough=1)
    return {one.year: one for one in told.years}


def _rounded(ticket: Fraction | None) -> int | None:
    return None if ticket is None else int(round_half_away(ticket.numerator, ticket.denominator))


def _median(amounts: Sequence[int]) -> int | None:
    if not amounts:
        return None
    return int(round_half_away(median_low(amounts) + median_high(amounts), 2))


def _sums(past: Past, found: IntArray, keep: BoolArray) -> tuple[IntArray, BoolArray]:
    amounts, there = np.zeros(len(found), dtype=np.int64), np.zeros(len(found), dtype=np.bool_)
    keep = keep & np.isin(past.year, found)
    at = np.searchsorted(found, past.year[keep])
    np.add.at(amounts, at, past.amount[keep])
    there[at] = True
    return amounts, there


def _growth(past: Past, found: IntArray, full: int) -> tuple[Values, BoolArray]:
    """Return the growth on the year before, which need not be listed; n/a for years that have not ended."""
    everything = np.unique(np.concatenate((found, found - 1)))
    amounts, there = _sums(past, everything, np.ones(len(past), dtype=np.bool_))
    now, before = np.searchsorted(everything, found), np.searchsorted(everything, found - 1)
    known = there[now] & there[before] & (amounts[before] > 0) & (found <= full)
    growth = (amounts[now] - amounts[before]) / np.where(known, amounts[before], 1)
    return np.where(known, growth, 0.0), known


def _cagr(found: IntArray, amount: IntArray, full: int) -> tuple[Values, BoolArray]:
    ratios = []
    for year, value in zip(found.tolist(), amount.tolist(), strict=True):
        between = year - int(found[0])
        known = between > 0 and value > 0 and int(amount[0]) > 0 and year <= full
        ratios.append(yearly_growth(int(amount[0]), value, between) if known else None)
    return fractions_known(ratios)


def few_years(book: Book, found: IntArray) -> Note:
    """Say that so few full fiscal years tell no trend (R021)."""
    enough, full = book.rules.number("history.years"), last_full_year(book)
    seen = int((found <= full).sum())
    message = Text(
        f"只有 {seen} 个完整财年有业绩，不到 {enough} 年：增长、流失率、复购率和客单价说明不了趋势。",
        f"Only {seen} full fiscal years have results, fewer than {enough}: growth, churn, repurchase and ticket "
        "tell no trend.",
    )
    return Note("few-years", message, int(seen < enough))


def _total(values: Values, known: BoolArray) -> int | None:
    return int(values[known].sum()) if known.any() or not len(known) else None
