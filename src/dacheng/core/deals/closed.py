"""Deals that were won or lost in a period (赢单与丢单明细): what each was worth and how long it took (R116, R120)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import Pool, part_of
from dacheng.core.deals import columns as shown
from dacheng.core.deals.histories import versions_in_view, worth_of
from dacheng.core.deals.schema import GRADES, LOST, STATES, WON
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, days_of, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import ranked, sliced
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, PersonId, ProductId, Rowspan, UnitId, coded, number_of, report
from dacheng.core.table import EVERY_ROW, Table, TableColumn, column_of, table_of

OUTCOMES = tuple(one for one in STATES if one[0] in (WON, LOST))
CLOSED_DEALS = """
    SELECT deal_id, customer_id, owner_id, unit_id, product_id, grade, state, amount, created_day, closed_day,
        part, share_bp, before_bp
    FROM credits"""
WITHOUT_PRODUCT, WITHOUT_GRADE = Filter(("product_id IS NULL",)), Filter(("grade IS NULL",))
WORTH = column_of(
    "deals",
    "amount",
    help=Text(
        "赢单 = 赢的金额；丢单 = 本范围内还在途时最后一次已知的金额",
        "Won: the amount won; lost: the last amount known while it was open in this scope",
    ),
)
CYCLE = TableColumn(
    "cycle_days",
    "days",
    Text("用时", "Days taken"),
    judged="less",
    help=Text("关闭日 − 创建日", "Day closed − day created"),
)
COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.SHARE,
    column_of("deals", "state", label=Text("结果", "Outcome"), choices=OUTCOMES),
    column_of("deals", "created_day"),
    column_of("deals", "closed_day"),
    CYCLE,
    WORTH,
)


@dataclass(frozen=True)
class Closed:
    """Deals won or lost in a period, one row each, by id; shape (n,) each.

    Args:
        worth, known: what the view's parts of each were worth, minor units, and where that is known.
        counted: which count: not those of which the view has only a part.
    """

    rows: Rows
    worth: IntArray
    known: BoolArray
    counted: BoolArray

    @property
    def won(self) -> BoolArray:
        """Return which were won; the others were lost."""
        won: BoolArray = self.rows["state"] == WON
        return won

    @property
    def days(self) -> IntArray:
        """Return the days from creation to closing."""
        days: IntArray = self.rows["closed_day"] - self.rows["created_day"]
        return days

    def only(self, keep: BoolArray | IntArray) -> Closed:
        """Return some of them, in the order of ``keep``."""
        return Closed(self.rows.only(keep), self.worth[keep], self.known[keep], self.counted[keep])

    def total(self) -> int | None:
        """Return the sum of what is known; None when there are some and none is known."""
        return int(self.worth[self.known].sum()) if self.known.any() or not len(self.rows) else None


def closed_in(book: Book, span: Period, wanted: Filter) -> Rows:
    """Gather the credits, that enter sums, of deals closed on the as-of day and in a period, by deal."""
    wanted = wanted & INSIDE & days_of("closed_day", span, book.months)
    return book.gather(f"{CLOSED_DEALS} {wanted.where} ORDER BY deal_id, part, owner_id", **wanted.params)


def priced(rows: Rows, versions: Rows) -> Closed:
    """Return what closed deals were worth: a won one its amount, a lost one what a view last knew of it.

    Args:
        rows: credits, by deal; versions: of the credits in the view, by deal and day.
    """
    deals = np.unique(rows["deal_id"])
    before, seen = worth_of(deals, versions)
    at = np.searchsorted(deals, rows["deal_id"])
    won: BoolArray = rows["state"] == WON
    known: BoolArray = np.where(won, rows.known("amount"), seen[at])
    worth = np.where(known, np.where(won, rows["amount"], part_of(before[at], rows)), 0)
    pool = Pool.of(rows)
    return Closed(pool.rows(rows), pool.sum(worth), known[pool.keep], pool.counted)


@report(
    "deals/closed",
    title=Text("赢单与丢单", "Won and lost"),
    help=Text(
        "期间内关闭、截至日仍关闭的商机，金额大的在前。",
        "Opportunities closed in the period and still closed on the as-of day, the largest first.",
    ),
    columns=COLUMNS,
    listed=False,
)
def closed(
    book: Book,
    *,
    outcome: Annotated[str, coded(OUTCOMES)] | None = None,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    product: ProductId | None = None,
    unproduced: Flag = False,
    grade: Annotated[str, coded(GRADES)] | None = None,
    ungraded: Flag = False,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what was won and lost in a period (赢单与丢单).

    Args:
        outcome: default both. period: default the fiscal year of the as-of day.
        unproduced: only those without a product; goes before ``product``. ungraded: the same of ``grade``.
    """
    wanted = equal(state=number_of(OUTCOMES, outcome), owner_id=owner) & in_unit(book, unit, direct)
    wanted = wanted & (WITHOUT_PRODUCT if unproduced else equal(product_id=product))
    wanted = wanted & (WITHOUT_GRADE if ungraded else equal(grade=number_of(GRADES, grade)))
    found = priced(
        closed_in(book, fiscal_year_of(book, period), wanted), versions_in_view(book, unit, direct, of="credits")
    )
    order = ranked(found.worth, found.known, True, outside=shown.outside(found.rows), key=found.rows["deal_id"])
    listed = found.only(sliced(order, page))
    return table_of(
        COLUMNS,
        listed.rows,
        {
            "amount": (listed.worth, listed.known),
            "share_ratio": listed.rows["share_bp"] / BP_PER_WHOLE,
            "cycle_days": listed.days,
        },
        key=("deal_id",),
        totals={"amount": found.total()},
        count=len(found.rows),
        page=page,
        notes=shown.noted(shown.without_amount_note(int((~found.known & found.counted).sum()))),
    ).with_parts(int((~found.counted).sum()))
