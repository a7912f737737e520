"""The pipeline table (商机在途表): every open deal in scope, one row each (R149)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import Pool, part_of
from dacheng.core.deals import columns as shown
from dacheng.core.deals.flags import Flags, flagged_only, flags_of, upcoming_only
from dacheng.core.deals.schema import CATEGORIES, OPEN
from dacheng.core.deals.weighing import stage_win, stages_of, weighted_credit
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, among, days_of, equal, in_unit
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.org.branches import branch_heads, branch_of
from dacheng.core.paging import in_order, ranked, sliced, summed_by
from dacheng.core.report import (
    CustomerId,
    Flag,
    Keys,
    PeriodName,
    PersonId,
    ProductId,
    Rowspan,
    StageId,
    UnitId,
    coded,
    number_of,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Bars, Drill, Note, Table, TableColumn, Values, column_of, table_of
from dacheng.core.tax import amount_before_tax

IN_SUMS = """
    SELECT deal_id, unit_id, owner_id, stage_id, category, amount, whole, tax_bp, win_bp, estimated, expected_day,
        stage_day, push_count, created_day, part, share_bp, before_bp
    FROM credits"""
"""What sums, order and charts depend on; one row a credit, because each amount is weighed and rounded
by itself (grouping by amount and rate costs twice the time and hardly ever finds two deals alike)."""

ON_PAGE = """
    SELECT deal_id, customer_id, product_id, grade, margin_bp, first_expected_day
    FROM credits"""
"""What is only shown."""

SORTS = ("amount", "weighted", "expected_day", "stage_days", "created_day")

FILTERS = ("unit", "direct", "owner", "customer", "product", "stage", "category", "closing", "upcoming", "flagged")
SAME_ROWS = Drill("tables/pipeline", carry=FILTERS)

COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.SHARE,
    shown.PRODUCT,
    shown.GRADE,
    shown.STAGE,
    TableColumn(
        "stage_days",
        "days",
        Text("停留天数", "Days in stage"),
        judged="less",
        help=Text("截至日 − 进入当前阶段的日子", "As-of day − day the stage was entered"),
    ),
    column_of("deals", "amount", label=Text("金额", "Amount"), total_drill=SAME_ROWS),
    TableColumn(
        "weighted",
        "money",
        Text("加权额", "Weighted"),
        judged="more",
        total_drill=SAME_ROWS,
        help=Text(
            "金额 × 赢率，逐单四舍五入到分后相加。赢率 = 人工赢率，没有时用系统赢率。",
            "Amount × win rate, rounded per row, then summed. Win rate = the manual one, else the stage's.",
        ),
    ),
    TableColumn(
        "amount_ex",
        "money",
        Text("金额不含税", "Amount excl. tax"),
        optional=True,
        total_drill=SAME_ROWS,
        help=Text("金额 ÷ (1 + 税率)，逐单四舍五入到分；没有税率的不算", "Amount ÷ (1 + VAT rate), rounded per row"),
    ),
    shown.ESTIMATED,
    column_of("deals", "margin_bp", name="margin_ratio", judged="more", optional=True),
    column_of("deals", "first_expected_day", optional=True),
    shown.EXPECTED,
    column_of("deals", "push_count", judged="less"),
    TableColumn(
        "stage_ratio",
        "ratio",
        Text("系统赢率", "Stage win rate"),
        help=Text("截至日该阶段的赢率（规则）", "The stage's win rate on the as-of day, a dated rule"),
    ),
    column_of("deals", "win_bp", name="win_ratio", label=Text("人工赢率", "Manual win rate")),
    shown.CATEGORY,
    TableColumn(
        "red_flags",
        "count",
        Text("红旗", "Red flags"),
        judged="less",
        total_drill=Drill("tables/pipeline", fixed={"flagged": 1}, carry=FILTERS[:-1]),
        help=Text("逾期 + 停留过久 + 多次推迟", "Overdue + stalled + pushed too often"),
    ),
    TableColumn(
        "overdue",
        "flag",
        Text("逾期", "Overdue"),
        optional=True,
        help=Text("预计签约日早于截至日", "Expected signing before the as-of day"),
    ),
    TableColumn(
        "stalled",
        "flag",
        Text("停留过久", "Stalled"),
        optional=True,
        help=Text(
            "停留天数达到规则 deals.stalled_days，或阶段标准停留天数的 1.5 倍",
            "Days in stage reach the rule deals.stalled_days, or 1.5 times the stage's usual days",
        ),
    ),
    TableColumn(
        "pushed",
        "flag",
        Text("多次推迟", "Pushed too often"),
        optional=True,
        help=Text("推迟次数达到规则 deals.pushed_limit", "Times pushed reach the rule deals.pushed_limit"),
    ),
    shown.CREATED,
)
PRIVATE = ("margin_ratio",)


@report(
    "tables/pipeline",
    title=Text("商机在途表", "Pipeline"),
    help=Text(
        "截至日当天结束时仍在途的商机，一单一行。加权额 = 金额 × 赢率，逐单四舍五入到分后相加；"
        "赢率取人工赢率，没有时取截至日该阶段的赢率。没有金额的单列出但不计入合计；因授权才可见的单列在后，不计入合计。"
        "红旗 = 逾期（预计签约日早于截至日）、停留过久、多次推迟，后两项按规则。",
        "Opportunities still open at the end of the as-of day, one row each. Weighted = amount × win rate, rounded "
        "per row, then summed; the win rate is the manual one, else the stage's on the as-of day. Rows without an "
        "amount are listed and not summed; rows seen only by a grant come last and enter no total. Red flags: "
        "overdue (expected signing before the as-of day), stalled, pushed too often, the last two by rule.",
    ),
    columns=COLUMNS,
)
def pipeline(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    product: ProductId | None = None,
    stage: StageId | None = None,
    category: Annotated[str, coded(CATEGORIES)] | None = None,
    closing: PeriodName | None = None,
    upcoming: Flag = False,
    flagged: Flag = False,
    sort: Annotated[str, sorting(*SORTS)] = "-amount",
    page: Rowspan = EVERY_ROW,
    only: Keys | None = None,
) -> Table:
    """List the open deals in scope with their weighted amounts and red flags (商机在途表).

    ``only`` narrows the listed rows; totals, charts and notes stay those of the filter.

    Source: R149; settled decisions "Rounding" and "Forecast".
    """
    stages = stages_of(book)
    wanted = (
        equal(state=OPEN, owner_id=owner, customer_id=customer, product_id=product, stage_id=stage)
        & equal(category=number_of(CATEGORIES, category))
        & in_unit(book, unit, direct)
        & days_of("expected_day", closing, book.months)
        & upcoming_only(book, upcoming)
        & flagged_only(book, flagged, stages)
    )
    deals = _deals(book, wanted, stages)
    order = _order(deals, sort)
    if only is not None:
        order = order[np.isin(deals.rows["deal_id"][order], only)]
    at = sliced(order, page)
    rows, computed = _listed(book, wanted, deals, at, stages)
    return table_of(
        shown.columns_seen(book, COLUMNS, PRIVATE),
        rows,
        computed,
        key=("deal_id",),
        totals=deals.totals(),
        count=len(deals.rows),
        outside=~deals.inside[at],
        outside_count=int((~deals.inside).sum()),
        notes=_notes(deals),
        bars=_bars(book, deals, stages, unit),
        page=page,
        sort=sort,
    ).with_parts(int((deals.inside & ~deals.counted).sum()))


@dataclass(frozen=True)
class Deals:
    """Every deal that the filter lets through, one row each, with what is computed of it.

    Args:
        credits: the rows of ``IN_SUMS``, each person's weighted amount, and where that is known.
        rows: the columns of ``IN_SUMS``, amounts summed over the parts of the view.
        days: days in the stage.
        weighted, before_tax: rounded amounts, and where they are known.
        inside: which deals enter sums; the others are seen only by a grant.
        counted: which of those count: not those of which the view has only a part.
    """

    credits: tuple[Rows, IntArray, BoolArray]
    rows: Rows
    days: IntArray
    flags: Flags
    weighted: tuple[IntArray, BoolArray]
    before_tax: tuple[IntArray, BoolArray]
    inside: BoolArray
    counted: BoolArray

    def count(self, which: BoolArray) -> int:
        """Return how many of some deals count."""
        return int((which & self.counted).sum())

    def total(self, amounts: IntArray, known: BoolArray) -> int | None:
        """Return the sum of known amounts; None when there are deals and none has one."""
        summed = known & self.inside
        if self.inside.any() and not summed.any():
            return None
        return int(amounts[summed].sum())

    def totals(self) -> dict[str, int | float | None]:
        """Return the total row."""
        return {
            "amount": self.total(self.rows["amount"], self.rows.known("amount")),
            "amount_ex": self.total(*self.before_tax),
            "weighted": self.total(*self.weighted),
            "red_flags": self.total(self.flags.number, self.counted),
        }


def _deals(book: Book, wanted: Filter, stages: Rows) -> Deals:
    credits = book.gather(f"{IN_SUMS} {wanted.where}", **wanted.params)
    pool = Pool.of(credits)
    rows = pool.rows(credits, "amount")
    inside = ~shown.outside(rows)
    weighted, rated = weighted_credit(credits, stages)
    before_tax, taxed = amount_before_tax(credits, "whole")
    return Deals(
        (credits, weighted, rated),
        rows,
        days=book.as_of_day - rows["stage_day"],
        flags=flags_of(book, rows, stages),
        weighted=(pool.sum(weighted), rated[pool.keep]),
        before_tax=(pool.sum(part_of(before_tax, credits)), taxed[pool.keep]),
        inside=inside,
        counted=inside & pool.counted,
    )


def _order(deals: Deals, sort: str) -> IntArray:
    column, descending = sorted_by(sort, *SORTS)
    given = {"weighted": deals.weighted, "stage_days": (deals.days, np.ones_like(deals.inside))}
    values, known = given.get(column) or (deals.rows[column], deals.rows.known(column))
    return ranked(values, known, descending, outside=~deals.inside, key=deals.rows["deal_id"])


def _listed(
    book: Book, wanted: Filter, deals: Deals, at: IntArray, stages: Rows
) -> tuple[Rows, dict[str, Values | tuple[Values, BoolArray]]]:
    """Return the rows on the page with all their columns."""
    rows = deals.rows.only(at)
    narrow = wanted if len(at) == len(deals.rows) else wanted & among("deal_id", rows["deal_id"].tolist())
    described = _described(book.gather(f"{ON_PAGE} {narrow.where}", **narrow.params), rows["deal_id"])
    of_stage, staged = stage_win(stages, rows["stage_id"])
    return rows, {
        **{name: (described[name], described.known(name)) for name in described.columns},
        "owner_id": rows["owner_id"],
        "unit_id": (rows["unit_id"], deals.inside[at]),
        "share_ratio": rows["share_bp"] / BP_PER_WHOLE,
        "stage_days": deals.days[at],
        "amount_ex": (deals.before_tax[0][at], deals.before_tax[1][at]),
        "margin_ratio": (described["margin_bp"] / BP_PER_WHOLE, described.known("margin_bp")),
        "stage_ratio": (of_stage / BP_PER_WHOLE, staged),
        "win_ratio": (rows["win_bp"] / BP_PER_WHOLE, rows.known("win_bp")),
        "weighted": (deals.weighted[0][at], deals.weighted[1][at]),
        "red_flags": (deals.flags.number[at], (deals.counted | ~deals.inside)[at]),
        "overdue": deals.flags.overdue[at].astype(np.int64),
        "stalled": deals.flags.stalled[at].astype(np.int64),
        "pushed": deals.flags.pushed[at].astype(np.int64),
    }


def _described(rows: Rows, deals: IntArray) -> Rows:
    """Return what is only shown of deals, in their order; it is the same on all credits of one."""
    _, first = np.unique(rows["deal_id"], return_index=True)
    return in_order(rows.only(first), "deal_id", deals)


def _notes(deals: Deals) -> tuple[Note, ...]:
    rows = deals.rows
    amount = rows.known("amount")
    overdue, undated = deals.count(deals.flags.overdue), deals.count(~rows.known("expected_day"))
    untaxed, unrated = deals.count(amount & ~deals.before_tax[1]), deals.count(amount & ~deals.weighted[1])
    return shown.noted(
        shown.without_amount_note(deals.count(~amount)),
        shown.estimated_note(deals.count(amount & (rows["estimated"] == 1))),
        Note(
            "overdue",
            Text(f"{overdue} 单预计签约日已过，仍在途。", f"Still open after the expected signing day: {overdue}."),
            overdue,
        ),
        Note(
            "undated",
            Text(f"{undated} 单没有预计签约日。", f"Without an expected signing day: {undated}."),
            undated,
            column="expected_day",
        ),
        Note(
            "without-tax",
            Text(f"{untaxed} 单没有税率，不计入不含税合计。", f"Without a VAT rate and so not in this sum: {untaxed}."),
            untaxed,
            column="amount_ex",
        ),
        Note(
            "without-win-rate",
            Text(f"{unrated} 单没有赢率，不计入加权额。", f"Without a win rate and so not weighted: {unrated}."),
            unrated,
        ),
        shown.outside_note(int((~deals.inside).sum())),
    )


def _bars(book: Book, deals: Deals, stages: Rows, unit: int | None) -> tuple[Bars, ...]:
    """Break the weighted amount down by unit, category, expected month and stage."""
    credits, weighted, known = deals.credits
    summed = known & ~shown.outside(credits)
    rows, amounts = credits.only(summed), weighted[summed]
    heads = branch_heads(book, unit)
    dated = rows.known("expected_day")
    order = {int(stage): at for at, stage in enumerate(_by_position(stages))}
    bars = (
        _unit_bars(book, heads, *summed_by(branch_of(book.tree, heads, rows["unit_id"]), amounts)),
        _bar(Text("按预测类别", "By category"), shown.CATEGORY, "category", *summed_by(rows["category"], amounts)),
        _bar(
            Text("按预计签约", "By expected month"),
            TableColumn("closing", "ym", Text("签约期", "Signing in")),
            "closing",
            *summed_by(book.months.ym_of(rows["expected_day"][dated]), amounts[dated]),
        ),
        _bar(Text("按阶段", "By stage"), shown.STAGE, "stage", *summed_by(rows["stage_id"], amounts), order=order),
    )
    return tuple(one for one in bars if len(one.keys) > 1)


def _bar(
    title: Text,
    by: TableColumn,
    parameter: str,
    keys: IntArray,
    amounts: IntArray,
    order: Mapping[int, int] | None = None,
) -> Bars:
    """Return bars in the order of their keys, or of the place each key has in ``order``."""
    place = np.array([order.get(key, len(order)) for key in keys.tolist()] if order else keys, dtype=np.int64)
    at = np.lexsort((keys, place))
    return Bars(title, by, keys[at], amounts[at], parameter, _WEIGHTED)


def _unit_bars(book: Book, heads: IntArray, keys: IntArray, amounts: IntArray) -> Bars:
    at = np.argsort(book.tree.position_of(keys))
    direct = {int(key): {"direct": 1} for key in np.setdiff1d(keys, heads)}
    return Bars(Text("按组织", "By unit"), shown.UNIT, keys[at], amounts[at], "unit", _WEIGHTED, direct)


def _by_position(stages: Rows) -> IntArray:
    return stages["stage_id"][np.lexsort((stages["stage_id"], stages["position"], stages["set_id"]))]


_WEIGHTED = next(column for column in COLUMNS if column.name == "weighted")
