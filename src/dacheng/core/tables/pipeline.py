"""The pipeline table (商机在途表): every open deal in scope, one row each (R149)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.deals.flags import OVERDUE, PUSHED, STALLED, flag_limits, flagged_only, flags_of
from dacheng.core.deals.schema import CATEGORIES, OPEN
from dacheng.core.deals.weighing import stage_win, stages_of, weighted_amount
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, days_of, equal, in_unit
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.org.branches import branch_heads, branch_of
from dacheng.core.paging import in_order, narrowed, order_by, page_of, ranked, sliced, summed_by
from dacheng.core.period import ym_of
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
from dacheng.core.table import EVERY_ROW, Bars, Drill, Note, Page, Table, TableColumn, Values, column_of, table_of
from dacheng.core.tax import amount_before_tax

PAGE = """
    SELECT deal_id, customer_id, owner_id, unit_id, product_id, grade, stage_id, stage_day, amount, estimated, tax_bp,
        margin_bp, expected_day, first_expected_day, push_count, win_bp, category, created_day
    FROM deals"""
TO_RANK = "SELECT deal_id, unit_id, stage_id, win_bp, amount FROM deals"
GROUPS = f"""
    SELECT unit_id, stage_id, category, expected_day, win_bp, amount, tax_bp, COUNT(*) AS deals_there,
        CAST(SUM(estimated) AS BIGINT) AS estimates,
        CAST(SUM(CASE WHEN {OVERDUE} THEN 1 ELSE 0 END) AS BIGINT) AS overdue,
        CAST(SUM(CASE WHEN {STALLED} THEN 1 ELSE 0 END) AS BIGINT) AS stalled,
        CAST(SUM(CASE WHEN {PUSHED} THEN 1 ELSE 0 END) AS BIGINT) AS pushed
    FROM deals"""
GROUPED_BY = "GROUP BY unit_id, stage_id, category, expected_day, win_bp, amount, tax_bp"

SORTS = {"amount": True, "expected_day": True, "stage_day": False, "created_day": False}
"""Column that SQL sorts by -> whether it can be missing."""

FILTERS = ("unit", "direct", "owner", "customer", "product", "stage", "category", "closing", "flagged")
SAME_ROWS = Drill("tables/pipeline", carry=FILTERS)

COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
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
        help=Text("停留天数达到规则 deals.stalled_days", "Days in stage reach the rule deals.stalled_days"),
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
    flagged: Flag = False,
    sort: Annotated[str, sorting("amount", "weighted", "expected_day", "stage_days", "created_day")] = "-amount",
    page: Rowspan = EVERY_ROW,
    only: Keys | None = None,
) -> Table:
    """List the open deals in scope with their weighted amounts and red flags (商机在途表).

    ``only`` narrows the listed rows; totals, charts and notes stay those of the filter.

    Source: R149; settled decisions "Rounding" and "Forecast".
    """
    wanted = (
        equal(state=OPEN, owner_id=owner, customer_id=customer, product_id=product, stage_id=stage)
        & equal(category=number_of(CATEGORIES, category))
        & in_unit(book, unit, direct)
        & days_of("expected_day", closing)
        & flagged_only(book, flagged)
    )
    stages = stages_of(book)
    groups = _groups(book, wanted, stages)
    rows = _page(book, narrowed(wanted, "deal_id", only), stages, sort, page)
    return table_of(
        shown.columns_seen(book, COLUMNS, PRIVATE),
        rows,
        _computed(book, rows, stages),
        key=("deal_id",),
        totals=groups.totals(),
        count=int(groups.many.sum()),
        outside=shown.outside(rows),
        outside_count=groups.outside_count,
        notes=_notes(groups),
        bars=_bars(book, groups, stages, unit),
        page=page,
        sort=sort,
    )


def _page(book: Book, wanted: Filter, stages: Rows, sort: str, page: Page) -> Rows:
    """Gather one page of deals; only the order by weighted amount has to see every deal's amount."""
    column, descending = sorted_by(sort, "amount", "weighted", "expected_day", "stage_days", "created_day")
    if column == "weighted":
        return _page_by_weight(book, wanted, stages, descending, page)
    if column == "stage_days":  # the longer in the stage, the earlier it was entered
        column, descending = "stage_day", not descending
    order = order_by(column, descending, key="deal_id", nullable=SORTS[column])
    return page_of(book, PAGE, wanted, order, page)


def _page_by_weight(book: Book, wanted: Filter, stages: Rows, descending: bool, page: Page) -> Rows:
    rows = page_of(book, TO_RANK, wanted, "deal_id", EVERY_ROW)
    weighted, known = weighted_amount(rows, stages)
    order = ranked(weighted, known, descending, outside=shown.outside(rows), key=rows["deal_id"])
    ids = rows["deal_id"][sliced(order, page)]
    found = page_of(book, PAGE, narrowed(wanted, "deal_id", tuple(ids.tolist())), "deal_id", EVERY_ROW)
    return in_order(found, "deal_id", ids)


def _computed(book: Book, rows: Rows, stages: Rows) -> Mapping[str, Values | tuple[Values, BoolArray]]:
    of_stage, staged = stage_win(stages, rows["stage_id"])
    flags = flags_of(book, rows)
    return {
        "unit_id": (rows["unit_id"], rows["unit_id"] != OUTSIDE),
        "stage_days": book.as_of_day - rows["stage_day"],
        "amount_ex": amount_before_tax(rows),
        "margin_ratio": (rows["margin_bp"] / BP_PER_WHOLE, rows.known("margin_bp")),
        "stage_ratio": (of_stage / BP_PER_WHOLE, staged),
        "win_ratio": (rows["win_bp"] / BP_PER_WHOLE, rows.known("win_bp")),
        "weighted": weighted_amount(rows, stages),
        "red_flags": flags.number,
        "overdue": flags.overdue.astype(np.int64),
        "stalled": flags.stalled.astype(np.int64),
        "pushed": flags.pushed.astype(np.int64),
    }


@dataclass(frozen=True)
class Groups:
    """Deals that are alike in everything a sum depends on, counted.

    Rounding happens per deal, so deals may be grouped only with the same amount and win
    rate; each group's rounded amount then counts as often as there are deals in it.

    Args:
        rows: the columns of ``GROUPS``.
        weighted, before_tax: the rounded amount of one deal of each group, and where it is known.
    """

    rows: Rows
    weighted: tuple[IntArray, BoolArray]
    before_tax: tuple[IntArray, BoolArray]

    @property
    def many(self) -> IntArray:
        """Return the number of deals of each group."""
        return self.rows["deals_there"]

    @property
    def inside(self) -> BoolArray:
        """Return which groups enter sums."""
        return ~shown.outside(self.rows)

    @property
    def outside_count(self) -> int:
        """Return the number of deals seen only by a grant."""
        return int(self.many[~self.inside].sum())

    def count(self, which: BoolArray, column: str = "deals_there") -> int:
        """Return how many deals lie in some groups inside the scope."""
        return int(self.rows[column][which & self.inside].sum())

    def total(self, amounts: IntArray, known: BoolArray) -> int | None:
        """Return the sum of one amount per deal; None when there are deals and none has it."""
        summed = known & self.inside
        if self.inside.any() and not summed.any():
            return None
        return int((amounts * self.many)[summed].sum())

    def totals(self) -> dict[str, int | float | None]:
        """Return the total row."""
        everywhere = np.ones(len(self.rows), dtype=np.bool_)
        return {
            "amount": self.total(self.rows["amount"], self.rows.known("amount")),
            "amount_ex": self.total(*self.before_tax),
            "weighted": self.total(*self.weighted),
            "red_flags": sum(self.count(everywhere, flag) for flag in ("overdue", "stalled", "pushed")),
        }


def _groups(book: Book, wanted: Filter, stages: Rows) -> Groups:
    sql = f"{GROUPS} {wanted.where} {GROUPED_BY}"
    rows = book.gather(sql, **{**wanted.params, **flag_limits(book)})
    return Groups(rows, weighted_amount(rows, stages), amount_before_tax(rows))


def _notes(groups: Groups) -> tuple[Note, ...]:
    amount, rows = groups.rows.known("amount"), groups.rows
    overdue = groups.count(amount | ~amount, "overdue")
    untaxed = groups.count(amount & ~groups.before_tax[1])
    unrated = groups.count(amount & ~groups.weighted[1])
    undated = groups.count(~rows.known("expected_day"))
    return shown.noted(
        shown.without_amount_note(groups.count(~amount)),
        shown.estimated_note(groups.count(amount, "estimates")),
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
        shown.outside_note(groups.outside_count),
    )


def _bars(book: Book, groups: Groups, stages: Rows, unit: int | None) -> tuple[Bars, ...]:
    """Break the weighted amount down by unit, category, expected month and stage."""
    weighted, known = groups.weighted
    summed = known & groups.inside
    rows, amounts = groups.rows.only(summed), (weighted * groups.many)[summed]
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
            *summed_by(ym_of(rows["expected_day"][dated]), amounts[dated]),
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
