"""Open deals that a forecast counts (预测明细): those that close in the period and are not overdue (R126, R148).

- 合同额 contract value: the deal's amount, with or without tax as the measure says.
- 毛利 margin: amount without tax × expected margin, rounded per deal, where both are known.
- Other measures have none.

Weighted = amount × win rate, rounded per deal. Deals of the category 不计 are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.crediting import Pool, part_of
from dacheng.core.deals import columns as shown
from dacheng.core.deals.flags import upcoming_only
from dacheng.core.deals.schema import CATEGORIES, OMITTED, OPEN
from dacheng.core.deals.weighing import stages_of, win_rate
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, days_of, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE, share_of
from dacheng.core.paging import ranked, sliced
from dacheng.core.period import Period
from dacheng.core.report import Flag, MeasureId, PeriodName, PersonId, Rowspan, UnitId, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Table, TableColumn, table_of
from dacheng.core.targets.results import counting
from dacheng.core.targets.schema import CONTRACT, MARGIN
from dacheng.core.tax import amount_before_tax

OPEN_DEALS = """
    SELECT deal_id, customer_id, owner_id, unit_id, stage_id, category, expected_day, whole, tax_bp, margin_bp, win_bp,
        part, share_bp, before_bp
    FROM credits"""
COUNTED = Filter(("category <> :omitted",), {"omitted": OMITTED})


@dataclass(frozen=True)
class OpenDeals:
    """Credits of open deals with their amounts in a measure; shape (n,) each.

    Args:
        amount, weighted: each person's part in minor units, 0 where not known.
        known, rated: whether the amount is known, and the win rate too.
    """

    rows: Rows
    amount: IntArray
    known: BoolArray
    weighted: IntArray
    rated: BoolArray


def open_deals(book: Book, span: Period, wanted: Filter) -> Rows:
    """Gather the credits of open deals that a forecast of a period counts, and those seen only by a grant."""
    wanted = (
        wanted & COUNTED & equal(state=OPEN) & days_of("expected_day", span, book.months) & upcoming_only(book, True)
    )
    return book.gather(f"{OPEN_DEALS} {wanted.where} ORDER BY deal_id, part, owner_id", **wanted.params)


def open_amounts(book: Book, rows: Rows, measure: int, span: Period) -> OpenDeals:
    """Return what credits of open deals are worth in a measure, unweighted and weighted."""
    whole, known = whole_amount(rows, measure, before_tax=counting(book, span).before_tax)
    rate, has_rate = win_rate(rows, stages_of(book))
    rated = known & has_rate
    weighted = part_of(np.where(rated, share_of(whole, rate), 0), rows)
    return OpenDeals(rows, part_of(np.where(known, whole, 0), rows), known, weighted, rated)


def whole_amount(rows: Rows, measure: int, *, before_tax: bool) -> tuple[IntArray, BoolArray]:
    """Return the amount of each whole deal in a measure, and where it is known.

    Args:
        rows: credits, with ``whole``, ``tax_bp`` and ``margin_bp``.
        before_tax: 合同额 counts without tax.
    """
    if measure == CONTRACT and not before_tax:
        return rows["whole"], rows.known("whole")
    if measure not in (CONTRACT, MARGIN):
        return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
    amount, known = amount_before_tax(rows, "whole")
    if measure == CONTRACT:
        return amount, known
    known = known & rows.known("margin_bp")
    return np.where(known, share_of(amount, rows["margin_bp"]), 0), known


COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.SHARE,
    shown.STAGE,
    shown.CATEGORY,
    shown.EXPECTED,
    TableColumn(
        "amount",
        "money",
        Text("金额", "Amount"),
        help=Text("该指标口径下的金额", "The amount in the measure's own terms"),
    ),
    TableColumn(
        "win_ratio",
        "ratio",
        Text("赢率", "Win rate"),
        help=Text("人工赢率，没有时用系统赢率", "The manual win rate, else the stage's"),
    ),
    TableColumn(
        "weighted",
        "money",
        Text("加权额", "Weighted"),
        judged="more",
        help=Text("金额 × 赢率，逐单四舍五入到分后相加", "Amount × win rate, rounded per row, then summed"),
    ),
)


@report(
    "targets/open",
    title=Text("预测明细", "Forecast in detail"),
    help=Text(
        "预测计入的在途商机：期间内预计签约、未逾期、类别不是「不计」。金额按所选指标：合同额按其税口径；"
        "毛利 = 不含税金额 × 预计毛利率，逐单四舍五入。加权额 = 金额 × 赢率。因授权才可见的单列在后，不计入合计。",
        "The open opportunities a forecast counts: expected to sign in the period, not overdue, not omitted. The "
        "amount is in the measure's terms: contract value by its tax basis; margin = amount excl. tax × expected "
        "margin, rounded per row. Weighted = amount × win rate. Rows seen only by a grant are last and in no total.",
    ),
    columns=COLUMNS,
    listed=False,
)
def open_in_forecast(
    book: Book,
    *,
    measure: MeasureId = CONTRACT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    category: Annotated[str, coded(CATEGORIES)] | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List the open deals behind a figure of the forecast, the largest weighted first (预测明细).

    Args:
        measure: default 合同额. period: default the fiscal year of the as-of day.
        direct: only deals placed at the unit itself.
    """
    span = fiscal_year_of(book, period)
    wanted = in_unit(book, unit, direct) & equal(owner_id=owner, category=number_of(CATEGORIES, category))
    found = _pooled(open_amounts(book, open_deals(book, span, wanted), measure, span))
    rows = found.rows
    apart = shown.outside(rows)
    at = sliced(ranked(found.weighted, found.rated, True, outside=apart, key=rows["deal_id"]), page)
    rate, rated = win_rate(rows, stages_of(book))
    return table_of(
        COLUMNS,
        rows.only(at),
        {
            "unit_id": (rows["unit_id"][at], rows["unit_id"][at] != OUTSIDE),
            "share_ratio": rows["share_bp"][at] / BP_PER_WHOLE,
            "amount": (found.amount[at], found.known[at]),
            "win_ratio": (rate[at] / BP_PER_WHOLE, rated[at]),
            "weighted": (found.weighted[at], found.rated[at]),
        },
        key=("deal_id",),
        totals={
            "amount": _total(found.amount, found.known, apart),
            "weighted": _total(found.weighted, found.rated, apart),
        },
        count=len(rows),
        outside=apart[at],
        outside_count=int(apart.sum()),
        notes=shown.noted(
            shown.without_amount_note(int((~found.known & ~apart & (rows["part"] == 0)).sum())),
            shown.outside_note(int(apart.sum())),
        ),
        page=page,
    ).with_parts(int((~apart & (rows["part"] == 1)).sum()))


def _pooled(found: OpenDeals) -> OpenDeals:
    """Return one row a deal with the parts of the view together."""
    pool = Pool.of(found.rows)
    kept = found.known[pool.keep], found.rated[pool.keep]
    return OpenDeals(pool.rows(found.rows), pool.sum(found.amount), kept[0], pool.sum(found.weighted), kept[1])


def _total(amounts: IntArray, known: BoolArray, apart: BoolArray) -> int | None:
    """Return the sum of what is known inside; None when there are deals and none is known."""
    counted = known & ~apart
    return int(amounts[counted].sum()) if counted.any() or apart.all() else None
