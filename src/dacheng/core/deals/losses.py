"""Lost deals (丢单明细): what the owner said, what a review found, and what each was worth (R117)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import Pool, part_of
from dacheng.core.deals import columns as shown
from dacheng.core.deals.histories import versions_in_view, worth_of
from dacheng.core.deals.schema import LOST
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, days_of, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import ranked, sliced
from dacheng.core.period import Period
from dacheng.core.report import Flag, LossReasonId, PeriodName, PersonId, Rowspan, UnitId, report
from dacheng.core.table import EVERY_ROW, Table, column_of, table_of

LOST_DEALS = """
    SELECT deal_id, customer_id, owner_id, unit_id, product_id, closed_day, loss_reason_id, verified_reason_id,
        part, share_bp, before_bp
    FROM credits"""
WORTH = column_of(
    "deals",
    "amount",
    label=Text("丢单前金额", "Amount before"),
    help=Text("本范围内还在途时最后一次已知的金额", "The last amount known while it was open in this scope"),
)
TOLD = column_of(
    "deals", "loss_reason_id", help=Text("负责人关闭时选的；空 = 未填", "What the owner chose; blank = none")
)
VERIFIED = column_of(
    "deals",
    "verified_reason_id",
    help=Text("主管复核后认定的；空 = 未核实", "What a review found; blank = not verified"),
)
COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.SHARE,
    shown.PRODUCT,
    TOLD,
    VERIFIED,
    column_of("deals", "closed_day", label=Text("丢单日", "Lost on")),
    WORTH,
)


@dataclass(frozen=True)
class Losses:
    """Deals lost in a view; shape (n,) each.

    Args:
        worth, known: the view's parts of the amount before the loss, minor units, and where there is one.
        counted: which count: not those of which the view has only a part.
    """

    rows: Rows
    worth: IntArray
    known: BoolArray
    counted: BoolArray

    @property
    def told(self) -> BoolArray:
        """Return which have a category of the owner."""
        return self.rows.known("loss_reason_id")

    @property
    def verified(self) -> BoolArray:
        """Return which were reviewed."""
        return self.rows.known("verified_reason_id")

    @property
    def compared(self) -> BoolArray:
        """Return which have both."""
        return self.told & self.verified

    @property
    def differing(self) -> BoolArray:
        """Return where the review found another category than the owner said."""
        differs: BoolArray = self.rows["loss_reason_id"] != self.rows["verified_reason_id"]
        return self.compared & differs

    def only(self, keep: BoolArray | IntArray) -> Losses:
        """Return some of them, in the order of ``keep``."""
        return Losses(self.rows.only(keep), self.worth[keep], self.known[keep], self.counted[keep])

    def total(self) -> int | None:
        """Return the sum of what is known; None when there are some and none is known."""
        return int(self.worth[self.known].sum()) if self.known.any() or not len(self.rows) else None


def losses_in(book: Book, closed: Period, unit: int | None, direct: bool, owner: int | None) -> Losses:
    """Return the deals of a view that are lost on the as-of day and were so in a period, by id."""
    wanted = (
        equal(state=LOST, owner_id=owner)
        & INSIDE
        & in_unit(book, unit, direct)
        & days_of("closed_day", closed, book.months)
    )
    rows = book.gather(f"{LOST_DEALS} {wanted.where} ORDER BY deal_id, part, owner_id", **wanted.params)
    pool = Pool.of(rows)
    deals = np.unique(rows["deal_id"])
    before, seen = worth_of(deals, versions_in_view(book, unit, direct, of="credits"))
    at = np.searchsorted(deals, rows["deal_id"])
    return Losses(pool.rows(rows), pool.sum(part_of(before[at], rows)), seen[at][pool.keep], pool.counted)


@report(
    "deals/losses",
    title=Text("丢单明细", "Losses in detail"),
    help=Text(
        "期间内丢单、截至日仍是丢单的商机，丢单前金额大的在前。",
        "Opportunities lost in the period and still lost on the as-of day, the largest first.",
    ),
    columns=COLUMNS,
    listed=False,
)
def losses(
    book: Book,
    *,
    reason: LossReasonId | None = None,
    verified: LossReasonId | None = None,
    untold: Flag = False,
    unverified: Flag = False,
    differing: Flag = False,
    closed: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List lost deals (丢单明细).

    Args:
        untold, unverified: without a category of the owner, or of a review.
        differing: only where the two are not the same.
        closed: lost in this period; default the fiscal year of the as-of day.
    """
    found = losses_in(book, fiscal_year_of(book, closed), unit, direct, owner)
    keep = np.ones(len(found.rows), dtype=np.bool_)
    for column, wanted, without in (("loss_reason_id", reason, untold), ("verified_reason_id", verified, unverified)):
        known = found.rows.known(column)
        keep &= ~known if without else known & (found.rows[column] == wanted) if wanted is not None else True
    found = found.only(keep & found.differing if differing else keep)
    order = ranked(found.worth, found.known, True, outside=shown.outside(found.rows), key=found.rows["deal_id"])
    listed = found.only(sliced(order, page))
    return table_of(
        COLUMNS,
        listed.rows,
        {"amount": (listed.worth, listed.known), "share_ratio": listed.rows["share_bp"] / BP_PER_WHOLE},
        key=("deal_id",),
        totals={"amount": found.total()},
        count=len(found.rows),
        page=page,
        notes=shown.noted(shown.without_amount_note(int((~found.known & found.counted).sum()))),
    ).with_parts(int((~found.counted).sum()))
