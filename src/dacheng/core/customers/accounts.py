"""Accounts (客户一览): the customers a viewer deals with, through the deals and contracts he sees.

Customers as such are public; listed are only those that a visible deal or contract
names, so the list says nothing about anybody else's business.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals.columns import noted, outside, without_amount_note
from dacheng.core.deals.schema import OPEN
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.paging import ranked, sliced, summed_by
from dacheng.core.report import CustomerId, Flag, Keys, PersonId, Rowspan, UnitId, report, sorted_by, sorting
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, column_of, table_of
from dacheng.core.targets.results import counting, results
from dacheng.core.targets.schema import CONTRACT

WITH_CUSTOMER = Filter(("customer_id IS NOT NULL",))
OPEN_INSIDE = f"state = {OPEN} AND unit_id <> {OUTSIDE}"
MET = f"""
    SELECT customer_id, MAX(unit_id) AS unit_id,
        COUNT(CASE WHEN {OPEN_INSIDE} AND part = 0 THEN 1 END) AS open_deals,
        COUNT(CASE WHEN {OPEN_INSIDE} THEN 1 END) AS open_credits,
        COUNT(CASE WHEN {OPEN_INSIDE} THEN amount END) AS amounts,
        COUNT(CASE WHEN {OPEN_INSIDE} AND part = 0 AND amount IS NULL THEN 1 END) AS without,
        CAST(SUM(CASE WHEN {OPEN_INSIDE} THEN amount END) AS BIGINT) AS open_amount,
        0 AS last_day
    FROM credits {{where}} GROUP BY customer_id
    UNION ALL
    SELECT customer_id, MAX(unit_id) AS unit_id, 0 AS open_deals, 0 AS open_credits, 0 AS amounts, 0 AS without,
        0 AS open_amount, MAX(CASE WHEN unit_id <> {OUTSIDE} THEN effective_day END) AS last_day
    FROM contract_credits {{where}} GROUP BY customer_id"""
"""Each customer that a visible deal names, and each that a contract names; together, column by column, by adding.

The largest unit is ``OUTSIDE``, which is 0, where only a grant shows the row; a sum of 0 says so of the customer.
"""

FILTERS = ("unit", "direct", "owner")
OPEN_DEALS = Drill("tables/pipeline", take={"customer": "customer_id"}, carry=FILTERS)

COLUMNS = (
    column_of("deals", "customer_id"),
    TableColumn(
        "open_deals",
        "count",
        Text("在途单数", "Open"),
        drill=OPEN_DEALS,
        help=Text("在途商机数，没有金额的也计", "Open opportunities, those without an amount too"),
    ),
    TableColumn(
        "open_amount",
        "money",
        Text("在途金额", "Open amount"),
        judged="more",
        drill=OPEN_DEALS,
        help=Text("在途商机金额之和，没有金额的不计", "Sum of the known amounts of open opportunities"),
    ),
    TableColumn(
        "done",
        "money",
        Text("本年合同额", "Contract value this year"),
        judged="more",
        drill=Drill("targets/done", take={"customer": "customer_id"}, carry=FILTERS),
        help=Text(
            "截至日所在财年的合同额业绩：合同，及规则允许时没有合同的赢单",
            "Done of contract value in the fiscal year of the as-of day: contracts, and won opportunities without one",
        ),
    ),
    TableColumn(
        "last_day",
        "day",
        Text("最近合同", "Last contract"),
        help=Text("最近一份合同的生效日", "Effective day of the latest contract"),
    ),
)
SORTS = ("open_deals", "open_amount", "done", "last_day")


def _customers(book: Book, wanted: Filter) -> Rows:
    """Return one row a customer, by id; ``unit_id`` is ``OUTSIDE`` where only a grant shows it."""
    met = book.gather(MET.format(where=wanted.where), **wanted.params)
    customer = np.unique(met["customer_id"])
    names = ("unit_id", "open_deals", "open_credits", "amounts", "without", "open_amount", "last_day")
    columns = {name: summed_by(met["customer_id"], np.where(met.known(name), met[name], 0))[1] for name in names}
    results_there = _done(book, wanted)
    done = {name: _spread(customer, results_there, name) for name in ("done", "there", "counted")}
    masks = {
        "open_amount": (columns["amounts"] > 0) | (columns["open_credits"] == 0),
        "done": (done["counted"] > 0) | (done["there"] == 0),
        "last_day": columns["last_day"] > 0,
    }
    return Rows({"customer_id": customer} | columns | done, masks)


def _done(book: Book, wanted: Filter) -> Rows:
    """Return this fiscal year's contract value by customer, how many results make it, and how many have an amount."""
    sums = results(book, counting(book, fiscal_year_of(book, None)), ("customer_id",), wanted, (CONTRACT,))
    of_contracts = sums.only(sums["measure_id"] == CONTRACT)
    customer, done = summed_by(of_contracts["customer_id"], of_contracts["amount"])
    counts = {name: summed_by(of_contracts["customer_id"], of_contracts[name])[1] for name in ("there", "counted")}
    return Rows({"customer_id": customer, "done": done, **counts})


def _spread(customer: IntArray, rows: Rows, name: str) -> IntArray:
    """Return a column for each customer, 0 where the rows do not have him or it."""
    spread = np.zeros(len(customer), dtype=np.int64)
    spread[np.searchsorted(customer, rows["customer_id"])] = np.where(rows.known(name), rows[name], 0)
    return spread


def _total(rows: Rows, name: str) -> int | None:
    """Return the sum of a column; None when there are customers and none has a known value."""
    known = rows.known(name)
    return int(rows[name][known].sum()) if known.any() or not len(rows) else None


def _notes(without: int, apart: int) -> tuple[Note, ...]:
    return noted(
        without_amount_note(without),
        Note(
            "outside",
            Text(
                f"{apart} 个客户只因授权才涉及，单列在后，不计金额。",
                f"Reached only by a grant, listed last without figures: {apart}.",
            ),
            apart,
        ),
    )


@report(
    "customers/accounts",
    title=Text("客户一览", "Accounts"),
    help=Text(
        "你能看到的商机与合同涉及的客户。在途 = 截至日当天结束时在途的商机；本年合同额 = 截至日所在财年的合同额业绩。"
        "只因授权才涉及的客户单列在后，金额不计。",
        "The accounts that the opportunities and contracts you see are about. Open = opportunities open at the end of "
        "the as-of day; contract value this year = done in its fiscal year. Accounts reached only by a grant come last "
        "without figures.",
    ),
    columns=COLUMNS,
)
def accounts(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-open_amount",
    page: Rowspan = EVERY_ROW,
    only: Keys | None = None,
) -> Table:
    """List customers with their open deals and this year's contract value (客户一览).

    ``only`` narrows the listed rows; totals stay those of the filter.
    """
    wanted = in_unit(book, unit, direct) & equal(owner_id=owner, customer_id=customer) & WITH_CUSTOMER
    rows = _customers(book, wanted)
    column, descending = sorted_by(sort, *SORTS)
    apart = outside(rows)
    order = ranked(rows[column], rows.known(column), descending, outside=apart, key=rows["customer_id"])
    if only is not None:
        order = order[np.isin(rows["customer_id"][order], only)]
    at = sliced(order, page)
    without = int(rows["without"].sum())
    return table_of(
        COLUMNS,
        rows.only(at),
        key=("customer_id",),
        totals={name: _total(rows, name) for name in ("open_deals", "open_amount", "done")},
        count=len(rows),
        outside=apart[at],
        outside_count=int(apart.sum()),
        notes=_notes(without, int(apart.sum())),
        page=page,
        sort=sort,
    )
