"""What a forecast counts of a period, row by row (预测明细): open deals, and of 回款 what is expected of terms too."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book
from dacheng.core.cash.open_cash import open_cash
from dacheng.core.crediting import Pool
from dacheng.core.deals import columns as shown
from dacheng.core.deals.schema import CATEGORIES
from dacheng.core.deals.weighing import stages_of, win_rate
from dacheng.core.errors import Text
from dacheng.core.filtering import equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import ranked, sliced
from dacheng.core.report import Flag, MeasureId, PeriodName, PersonId, Rowspan, UnitId, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Table, TableColumn, column_of, table_of
from dacheng.core.targets.open_deals import OpenDeals, open_amounts, open_deals
from dacheng.core.targets.results import counting
from dacheng.core.targets.schema import CASH, CONTRACT

COLUMNS = (
    shown.DEAL,
    column_of("payment_terms", "term_id"),
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
        help=Text(
            "金额 × 赢率，逐单四舍五入到分后相加；回款：期间内按付款历史会来的",
            "Amount × win rate, rounded per row, then summed; of cash what comes in the period by paying history",
        ),
    ),
)


@report(
    "targets/open",
    title=Text("预测明细", "Forecast in detail"),
    help=Text(
        "预测计入的在途商机：期间内预计签约、未逾期、类别不是「不计」。金额按所选指标：合同额按其税口径；"
        "毛利 = 不含税金额 × 预计毛利率，逐单四舍五入。加权额 = 金额 × 赢率。回款列未收的付款条件和将签的商机，"
        "各在期间内预计来多少（历史不够时按应收日）。因授权才可见的单列在后，不计入合计。",
        "The open opportunities a forecast counts: expected to sign in the period, not overdue, not omitted. The "
        "amount is in the measure's terms: contract value by its tax basis; margin = amount excl. tax × expected "
        "margin, rounded per row. Weighted = amount × win rate. Of cash these are open payment terms and opportunities "
        "to be signed with what is expected of each in the period (by due day where history is too short). Rows seen "
        "only by a grant are last and in no total.",
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
    wanted = in_unit(book, unit, direct) & equal(owner_id=owner)
    if measure == CASH and category is None and counting(book, span).expects_cash:
        found = _pooled(open_cash(book, span, wanted))
    else:
        wanted &= equal(category=number_of(CATEGORIES, category))
        found = _pooled(open_amounts(book, open_deals(book, span, wanted), measure, span))
    rows = found.rows
    apart = shown.outside(rows)
    at = sliced(ranked(found.weighted, found.rated, True, outside=apart, key=np.arange(len(rows))), page)
    terms = (rows["term_id"], rows.known("term_id")) if "term_id" in rows.columns else _nothing(len(rows))
    rate, rated = win_rate(rows, stages_of(book))
    return table_of(
        COLUMNS,
        rows.only(at),
        {
            "term_id": (terms[0][at], terms[1][at]),
            "unit_id": (rows["unit_id"][at], rows["unit_id"][at] != OUTSIDE),
            "share_ratio": rows["share_bp"][at] / BP_PER_WHOLE,
            "amount": (found.amount[at], found.known[at]),
            "win_ratio": (rate[at] / BP_PER_WHOLE, rated[at]),
            "weighted": (found.weighted[at], found.rated[at]),
        },
        key=("deal_id", "term_id"),
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


def _nothing(size: int) -> tuple[IntArray, BoolArray]:
    return np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
