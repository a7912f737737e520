"""The list of opportunities (商机清单): open and closed ones, with filters."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.crediting import Pool
from dacheng.core.deals import columns as shown
from dacheng.core.deals.histories import joined
from dacheng.core.deals.schema import CATEGORIES, STATES, WHOLE_BP
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, days_of, equal, in_unit
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import narrowed, order_by, page_of, ranked, sliced
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

OF_DEAL = """deal_id, customer_id, owner_id, unit_id, product_id, grade, stage_id, state, amount, estimated, category,
        created_day, expected_day, closed_day, contracted"""
ALONE = Filter((f"own_bp = {WHOLE_BP}",))
"""Deals that are not shared: nearly all. They are read as they stand; so is every deal where all parts are seen."""
SHARED = Filter((f"(part = 1 OR share_bp < {WHOLE_BP})",))
"""Credits of deals that are shared: few. All are read, to be drawn together to one row a deal."""
PAGE = f"""
    SELECT {OF_DEAL}, 0 AS part, {WHOLE_BP} AS share_bp
    FROM deals"""
SHARED_PAGE = f"""
    SELECT {OF_DEAL}, part, share_bp
    FROM credits"""
OF_CREDIT = "deal_id, owner_id, unit_id, amount, estimated, created_day, expected_day, closed_day, part, share_bp"
IN_ORDER = f"SELECT {OF_CREDIT} FROM credits"
NO_CREDITS = Rows.of(OF_CREDIT.split(", "), [])
SUMS = f"""
    SELECT COUNT(*) AS there, CAST(SUM(CASE WHEN unit_id = {OUTSIDE} THEN 0 ELSE 1 END) AS BIGINT) AS inside,
        COUNT(CASE WHEN unit_id <> {OUTSIDE} THEN amount END) AS amounts,
        CAST(SUM(CASE WHEN unit_id <> {OUTSIDE} THEN amount END) AS BIGINT) AS amount,
        COUNT(CASE WHEN unit_id <> {OUTSIDE} AND amount IS NULL THEN 1 END) AS without,
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
    shown.SHARE,
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
    in_parts = not book.scope.whole or unit is not None or owner is not None
    shared, alone = (_shared(book, wanted), wanted & ALONE) if in_parts else (NO_CREDITS, wanted)
    sums = _sums(book, alone, shared)
    wanted, alone = narrowed(wanted, "deal_id", only), narrowed(alone, "deal_id", only)
    rows = _page(book, wanted, alone, _drawn(shared, only), sort, page)
    together = Pool.of(shared).rows(shared)
    outside_count = (
        sums["there"] - sums["inside"] - int(shown.outside(shared).sum()) + int(shown.outside(together).sum())
    )
    return table_of(
        COLUMNS,
        rows,
        {
            "unit_id": (rows["unit_id"], rows["unit_id"] != OUTSIDE),
            "share_ratio": rows["share_bp"] / BP_PER_WHOLE,
            "closed_day": (rows["closed_day"], rows["closed_day"] < FAR_DAY),
        },
        key=("deal_id",),
        totals={"amount": None if sums["inside"] and not sums["amounts"] else sums["amount"]},
        count=sums["there"] - len(shared) + len(together),
        outside=shown.outside(rows),
        outside_count=outside_count,
        notes=_notes(sums, outside_count),
        page=page,
        sort=sort,
    ).with_parts(int((~shown.outside(together) & (together["part"] == 1)).sum()))


def _shared(book: Book, wanted: Filter) -> Rows:
    """Return the credits of the shared deals that the filter lets through, by deal."""
    return book.gather(f"{IN_ORDER} {(wanted & SHARED).where} ORDER BY deal_id, part, owner_id", **wanted.params)


def _sums(book: Book, alone: Filter, shared: Rows) -> dict[str, int]:
    """Return the sums over everything the filter lets through; 0 where there is nothing to sum."""
    rows = book.gather(f"{SUMS} {alone.where}", **alone.params)
    found = {name: int(column[0]) if rows.known(name)[0] else 0 for name, column in rows.columns.items()}
    inside, known = ~shown.outside(shared), shared.known("amount")
    counts = inside & (shared["part"] == 0)
    of_parts = {
        "there": len(shared),
        "inside": inside.sum(),
        "amounts": (inside & known).sum(),
        "amount": shared["amount"][inside & known].sum(),
        "without": (counts & ~known).sum(),
        "guessed": (counts & known & (shared["estimated"] == 1)).sum(),
    }
    return {name: found[name] + int(of_parts[name]) for name in found}


def _drawn(shared: Rows, only: Keys | None) -> Rows:
    """Return one row for each shared deal, with the parts of the view together."""
    rows = Pool.of(shared).rows(shared, "amount")
    return rows if only is None else rows.only(np.isin(rows["deal_id"], only))


def _page(book: Book, wanted: Filter, alone: Filter, shared: Rows, sort: str, page: Page) -> Rows:
    """Return a page of deals: of those that are read as they stand the database gives the rows that can be on it."""
    column, descending = sorted_by(sort, *SORTS)
    order = order_by(column, descending, key="deal_id", nullable=SORTS[column])
    if not len(shared):
        return page_of(book, PAGE, alone, order, page)
    first = max(page.offset - len(shared), 0)
    end = page.offset + page.limit
    standing = page_of(book, PAGE, alone, order, Page(first, end - first if page.limit else 0))
    values, key = (np.concatenate((standing[name], shared[name])) for name in (column, "deal_id"))
    known = np.concatenate((standing.known(column), shared.known(column)))
    outside = np.concatenate((shown.outside(standing), shown.outside(shared)))
    at = ranked(values, known, descending, outside=outside, key=key)
    at = sliced(at, Page(page.offset - first, page.limit))
    drawn = _whole(book, wanted, np.sort(key[at[at >= len(standing)]]))
    place = len(standing) + np.searchsorted(drawn["deal_id"], key[at])
    return joined([standing, drawn]).only(np.where(at < len(standing), at, place))


def _whole(book: Book, wanted: Filter, deals: IntArray) -> Rows:
    """Return everything that is shown of shared deals, one row each, in their order."""
    those = narrowed(wanted & SHARED, "deal_id", tuple(deals.tolist()))
    rows = book.gather(f"{SHARED_PAGE} {those.where} ORDER BY deal_id, part, owner_id", **those.params)
    return Pool.of(rows).rows(rows, "amount")


def _notes(sums: dict[str, int], outside: int) -> tuple[Note, ...]:
    return shown.noted(
        shown.without_amount_note(sums["without"]), shown.estimated_note(sums["guessed"]), shown.outside_note(outside)
    )
