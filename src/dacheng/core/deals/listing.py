"""The list of opportunities (商机清单): open and closed ones, with filters."""

from __future__ import annotations

from typing import Annotated

from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals import columns as shown
from dacheng.core.deals.schema import CATEGORIES, STATES
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, days_of, equal, in_unit
from dacheng.core.paging import narrowed, order_by, page_of
from dacheng.core.period import FAR_DAY
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
from dacheng.core.table import EVERY_ROW, Drill, Note, Page, Table, column_of, table_of

PAGE = """
    SELECT deal_id, customer_id, owner_id, unit_id, product_id, grade, stage_id, state, amount, estimated, category,
        created_day, expected_day, closed_day, contracted
    FROM deals"""
SUMS = f"""
    SELECT COUNT(*) AS there, CAST(SUM(CASE WHEN unit_id = {OUTSIDE} THEN 0 ELSE 1 END) AS BIGINT) AS inside,
        COUNT(CASE WHEN unit_id <> {OUTSIDE} THEN amount END) AS amounts,
        CAST(SUM(CASE WHEN unit_id <> {OUTSIDE} THEN amount END) AS BIGINT) AS amount,
        COUNT(CASE WHEN unit_id <> {OUTSIDE} AND estimated = 1 THEN amount END) AS guessed
    FROM deals"""
SORTS = {"amount": True, "expected_day": True, "closed_day": False, "created_day": False}
"""Column that can be sorted by -> whether it can be missing."""

FILTERS = ("state", "unit", "direct", "owner", "customer", "product", "stage", "category", "closing", "closed")

COLUMNS = (
    shown.DEAL,
    shown.CUSTOMER,
    shown.OWNER,
    shown.UNIT,
    shown.PRODUCT,
    shown.GRADE,
    shown.STAGE,
    column_of("deals", "state"),
    column_of("deals", "amount", total_drill=Drill("deals/list", carry=FILTERS)),
    shown.ESTIMATED,
    shown.CATEGORY,
    column_of("deals", "created_day"),
    shown.EXPECTED,
    column_of("deals", "closed_day"),
    column_of("deals", "contracted", optional=True),
)


@report(
    "deals/list",
    title=Text("商机清单", "Opportunities"),
    help=Text(
        "截至日当天结束时存在的全部商机，在途与已关闭的都在，一单一行。合计是有金额的单的金额之和；"
        "赢单按关闭时的金额，丢单的金额为 0。因授权才可见的单列在后，不计入合计。",
        "All opportunities that exist at the end of the as-of day, open and closed, one row each. The total sums the "
        "known amounts; a won one counts with its closing amount, a lost one with 0. Rows seen only by a grant come "
        "last and enter no total.",
    ),
    columns=COLUMNS,
)
def listing(
    book: Book,
    *,
    state: Annotated[str, coded(STATES)] | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    product: ProductId | None = None,
    stage: StageId | None = None,
    category: Annotated[str, coded(CATEGORIES)] | None = None,
    closing: PeriodName | None = None,
    closed: PeriodName | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-created_day",
    page: Rowspan = EVERY_ROW,
    only: Keys | None = None,
) -> Table:
    """List the deals in scope, open and closed (商机清单).

    Args:
        closing: the expected signing day lies in this period.
        closed: the deal was won or lost in this period.
        only: narrows the listed rows; the total stays that of the filter.
    """
    wanted = (
        equal(state=number_of(STATES, state), owner_id=owner, customer_id=customer, product_id=product)
        & equal(stage_id=stage, category=number_of(CATEGORIES, category))
        & in_unit(book, unit, direct)
        & days_of("expected_day", closing, book.months)
        & days_of("closed_day", closed, book.months)
    )
    sums = _sums(book, wanted)
    rows = _page(book, narrowed(wanted, "deal_id", only), sort, page)
    return table_of(
        COLUMNS,
        rows,
        {
            "unit_id": (rows["unit_id"], rows["unit_id"] != OUTSIDE),
            "closed_day": (rows["closed_day"], rows["closed_day"] < FAR_DAY),
        },
        key=("deal_id",),
        totals={"amount": None if sums["inside"] and not sums["amounts"] else sums["amount"]},
        count=sums["there"],
        outside=shown.outside(rows),
        outside_count=sums["there"] - sums["inside"],
        notes=_notes(sums),
        page=page,
        sort=sort,
    )


def _sums(book: Book, wanted: Filter) -> dict[str, int]:
    """Return the sums over everything the filter lets through; 0 where there is nothing to sum."""
    rows = book.gather(f"{SUMS} {wanted.where}", **wanted.params)
    return {name: int(column[0]) if rows.known(name)[0] else 0 for name, column in rows.columns.items()}


def _page(book: Book, wanted: Filter, sort: str, page: Page) -> Rows:
    column, descending = sorted_by(sort, *SORTS)
    return page_of(book, PAGE, wanted, order_by(column, descending, key="deal_id", nullable=SORTS[column]), page)


def _notes(sums: dict[str, int]) -> tuple[Note, ...]:
    return shown.noted(
        shown.without_amount_note(sums["inside"] - sums["amounts"]),
        shown.estimated_note(sums["guessed"]),
        shown.outside_note(sums["there"] - sums["inside"]),
    )
