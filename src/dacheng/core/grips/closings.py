"""What deals open at the start of a period came to in it: amount and month beside what was expected (R158, G22)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import Pool, pooled
from dacheng.core.deals import columns as shown
from dacheng.core.deals.closed import OUTCOMES, closed_in
from dacheng.core.deals.schema import OPEN, WON
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.paging import ranked, sliced
from dacheng.core.period import Period
from dacheng.core.report import Flag, PeriodName, PersonId, Rowspan, UnitId, report
from dacheng.core.table import EVERY_ROW, Table, TableColumn, column_of, table_of

OPEN_THEN = "SELECT deal_id, unit_id, amount, expected_day, part, share_bp FROM credits"

COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    column_of("units", "unit_id", label=Text("组织", "Unit")),
    column_of("deals", "state", label=Text("结果", "Outcome"), choices=OUTCOMES),
    column_of("deals", "expected_day", label=Text("期初预计签约", "Expected at the start")),
    column_of("deals", "closed_day"),
    TableColumn(
        "in_month",
        "flag",
        Text("按月关闭", "In its month"),
        help=Text("在期初预计的那个月关闭", "Closed in the month expected at the start"),
    ),
    TableColumn(
        "estimated",
        "money",
        Text("期初金额", "Amount at the start"),
        help=Text("期间前一天的金额", "As of the day before the period"),
    ),
    TableColumn(
        "came",
        "money",
        Text("赢的金额", "Came to"),
        judged="more",
        help=Text("赢单金额，丢单为 0", "Amount won; 0 when lost"),
    ),
    TableColumn(
        "error",
        "money",
        Text("偏差", "Off by"),
        judged="less",
        help=Text("|赢的金额 − 期初金额|", "|came to − amount at the start|"),
    ),
)
MONEY = ("estimated", "came", "error")


@dataclass(frozen=True)
class Closings:
    """Deals open at the start of a period and closed in it, one row each, shape (n,).

    Args:
        rows: as they were closed, with ``expected`` at the start. estimated, known: at the start.
        came: minor units, 0 of a lost one. in_month: closed in the month expected.
        counted: not those of which the view has only a part.
    """

    rows: Rows
    expected: IntArray
    estimated: IntArray
    known: BoolArray
    came: IntArray
    in_month: BoolArray
    counted: BoolArray

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Return (estimated, came) of those whose amount was known at the start."""
        return list(zip(self.estimated[self.known].tolist(), self.came[self.known].tolist(), strict=True))

    def only(self, keep: BoolArray | IntArray) -> Closings:
        """Return some of them, in the order of ``keep``."""
        return Closings(
            self.rows.only(keep),
            self.expected[keep],
            self.estimated[keep],
            self.known[keep],
            self.came[keep],
            self.in_month[keep],
            self.counted[keep],
        )

    def money(self) -> dict[str, tuple[IntArray, BoolArray]]:
        """Return the columns of money; what has no estimate has no error."""
        every = np.ones(len(self.came), dtype=np.bool_)
        return {
            "estimated": (self.estimated, self.known),
            "came": (self.came, every),
            "error": (np.abs(self.came - self.estimated), self.known),
        }


def closings_of(book: Book, span: Period, whose: Filter) -> Closings:
    """Return what the deals came to that were open when a period began and were closed in it by the Book's day.

    Args:
        whose: conditions on credits; units of the Book's day.
    """
    then = book.at(book.months.from_day(span) - 1)
    asked = whose & INSIDE & equal(state=OPEN)
    opened = pooled(then.gather(f"{OPEN_THEN} {asked.where}", **asked.params), "amount")
    opened = opened.only(np.argsort(opened["deal_id"]))
    closed = closed_in(book, span, whose)
    pool = Pool.of(closed)
    rows = pool.rows(closed, "amount")
    ids = opened["deal_id"]
    at = np.minimum(np.searchsorted(ids, rows["deal_id"]), max(len(ids) - 1, 0))
    there: BoolArray = ids[at] == rows["deal_id"] if len(ids) else np.zeros(len(rows), dtype=np.bool_)
    rows, at = rows.only(there), at[there]
    expected = opened["expected_day"][at]
    in_month = book.months.ym_of(expected) == book.months.ym_of(rows["closed_day"])
    came = np.where((rows["state"] == WON) & rows.known("amount"), rows["amount"], 0)
    estimated, known = opened["amount"][at], opened.known("amount")[at]
    return Closings(rows, expected, np.where(known, estimated, 0), known, came, in_month, pool.counted[there])


@report(
    "grips/closings",
    title=Text("预计与结果", "Expected and closed"),
    help=Text(
        "期间开始前一天在途、期间内关闭的商机：金额和月份与当时预计的比。期间里才创建的不在其中。",
        "Opportunities that were open the day before a period and closed in it, beside what was expected then. What "
        "was created within the period is not among them.",
    ),
    columns=COLUMNS,
    listed=False,
)
def closings(
    book: Book,
    *,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    punctual: Flag = False,
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what deals came to beside what was expected when the period began (商机准确度).

    Args:
        period: default the fiscal year. punctual: only those closed in the month expected.

    Source: R158; golden case G22.
    """
    found = closings_of(book, fiscal_year_of(book, period), in_unit(book, unit, direct) & equal(owner_id=owner))
    if punctual:
        found = found.only(found.in_month)
    error, known = found.money()["error"]
    order = ranked(error, known, True, outside=shown.outside(found.rows), key=found.rows["deal_id"])
    listed = found.only(sliced(order, page))
    return table_of(
        COLUMNS,
        listed.rows,
        {**listed.money(), "expected_day": listed.expected, "in_month": listed.in_month.astype(np.int64)},
        key=("deal_id",),
        totals={
            name: int(values[told].sum()) if told.any() or not len(told) else None
            for name, (values, told) in found.money().items()
        },
        count=len(found.rows),
        page=page,
    ).with_parts(int((~found.counted).sum()))
