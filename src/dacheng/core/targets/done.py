"""What makes a done figure (业绩明细): contracts, and won deals without a contract."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.crediting import Pool
from dacheng.core.deals import columns as shown
from dacheng.core.deals.columns import noted, outside, outside_note
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, among, equal, in_unit
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.paging import ranked, sliced
from dacheng.core.report import (
    CustomerId,
    Flag,
    MeasureId,
    PeriodName,
    PersonId,
    Rowspan,
    UnitId,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Note, Table, TableColumn, column_of, table_of
from dacheng.core.targets.results import ALWAYS, Counting, amount_in, counting, won_amount_in
from dacheng.core.targets.schema import CASH, CONTRACT

A_CONTRACT, A_WON_DEAL, A_RECEIPT = 1, 2, 3
KINDS = (
    (A_CONTRACT, "contract", Text("合同", "Contract")),
    (A_WON_DEAL, "won-deal", Text("赢单（无合同）", "Won, no contract")),
    (A_RECEIPT, "receipt", Text("回款", "Receipt")),
)
CONTRACTS = """
    SELECT contract_id, deal_id, customer_id, owner_id, unit_id, posted_day AS counted_day, amount, amount_ex, cost,
        part, share_bp, before_bp
    FROM contract_credits {where} ORDER BY contract_id, part, owner_id"""
WON_DEALS = """
    SELECT deal_id, customer_id, owner_id, unit_id, closed_day AS counted_day, amount, whole, tax_bp,
        part, share_bp, before_bp
    FROM credits {where} ORDER BY deal_id, part, owner_id"""
RECEIPTS = """
    SELECT allocation_id, contract_id, deal_id, customer_id, owner_id, unit_id, posted_day AS counted_day, received,
        part, share_bp, before_bp
    FROM allocation_credits {where} ORDER BY allocation_id, part, owner_id"""

COLUMNS = (
    TableColumn("kind", "choice", Text("来源", "Source"), choices=KINDS),
    column_of("contracts", "contract_id"),
    column_of("contracts", "deal_id"),
    column_of("allocations", "allocation_id", label=Text("核销", "Allocation"), optional=True),
    column_of("contracts", "customer_id"),
    column_of("contracts", "owner_id"),
    shown.SHARE,
    TableColumn(
        "unit_id",
        "ref",
        Text("组织", "Unit"),
        ref="units",
        help=Text("生效日或赢单日负责人的归属组织", "The owner's home unit on the effective or winning day"),
    ),
    TableColumn(
        "counted_day",
        "day",
        Text("计入日", "Counted on"),
        help=Text(
            "合同和回款按记账日，赢单按赢单日",
            "A contract or a receipt on its posted day, a won opportunity on the day it was won",
        ),
    ),
    TableColumn(
        "amount",
        "money",
        Text("业绩", "Done"),
        judged="more",
        help=Text("该指标口径下的金额", "The amount in the measure's own terms"),
    ),
)


@report(
    "targets/done",
    title=Text("业绩明细", "Done in detail"),
    help=Text(
        "组成一个业绩数的合同与无合同的赢单，回款是收款的核销，合计等于该数。金额按所选指标：合同额按其税口径；"
        "毛利 = 不含税合同额 − 成本，两者都有才算；回款 = 实收本位币。因授权才可见的单列在后，不计入合计。",
        "The contracts and the won opportunities without a contract that make a figure of done, of cash what receipts "
        "were set against; they add up to it. The amount is in the measure's terms: contract value by its tax basis; "
        "margin = amount excl. tax − cost where both are known; cash as it came. Rows seen only by a grant come last "
        "and enter no total.",
    ),
    columns=COLUMNS,
    listed=False,
)
def done(
    book: Book,
    *,
    measure: MeasureId = CONTRACT,
    period: PeriodName | None = None,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    regular: Flag = False,
    sort: Annotated[str, sorting("amount", "counted_day")] = "-amount",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what makes a figure of done (业绩明细).

    Args:
        measure: default 合同额. period: default the fiscal year of the as-of day.
        direct: only results placed at the unit itself. owner: only those he owned.
        regular: without contracts marked as one-offs.
    """
    wanted = in_unit(book, unit, direct) & equal(owner_id=owner, customer_id=customer)
    counts = counting(book, fiscal_year_of(book, period))
    rows, amount, known = _results(book, measure, counts, wanted, regular)
    column, descending = sorted_by(sort, "amount", "counted_day")
    value, there = (amount, known) if column == "amount" else (rows["counted_day"], np.ones_like(known))
    apart = outside(rows)
    order = ranked(value, there, descending, outside=apart, key=np.arange(len(rows)))
    at = sliced(order, page)
    counted = known & ~apart
    total = int(amount[counted].sum()) if counted.any() or (apart.all() and measure in counts.known) else None
    return table_of(
        COLUMNS,
        rows.only(at),
        {
            "unit_id": (rows["unit_id"][at], rows["unit_id"][at] != OUTSIDE),
            "share_ratio": rows["share_bp"][at] / BP_PER_WHOLE,
            "amount": (amount[at], known[at]),
        },
        key=("kind", "contract_id", "deal_id", "allocation_id"),
        totals={"amount": total},
        count=len(rows),
        outside=apart[at],
        outside_count=int(apart.sum()),
        notes=_notes(int((~known & ~apart).sum()), int(apart.sum())),
        page=page,
        sort=sort,
    ).with_parts(int((~apart & (rows["part"] == 1)).sum()))


def _results(
    book: Book, measure: int, counts: Counting, wanted: Filter, regular: bool
) -> tuple[Rows, IntArray, BoolArray]:
    """Return contracts, then won deals, by id, with their amounts in the measure; of 回款 what came."""
    if measure == CASH and counts.counts_cash:
        receipts = _gathered(book, RECEIPTS, counts.cash & wanted)
        return _pooled(receipts, receipts["received"], receipts.known("received"), A_RECEIPT)
    if measure not in ALWAYS:
        wanted = among("unit_id", ())
    contracts = _gathered(book, CONTRACTS, counts.contracts & wanted & equal(one_off=0 if regular else None))
    rows, amount, known = _pooled(contracts, *amount_in(measure, counts, contracts), A_CONTRACT)
    if counts.won_deals:
        deals = _gathered(book, WON_DEALS, counts.deals & wanted)
        won, more, more_known = _pooled(deals, *won_amount_in(measure, counts, deals), A_WON_DEAL)
        rows = _followed_by(rows, won)
        amount, known = np.concatenate((amount, more)), np.concatenate((known, more_known))
    return rows, amount, known


def _gathered(book: Book, query: str, wanted: Filter) -> Rows:
    return book.gather(query.format(where=wanted.where), **wanted.params)


def _pooled(rows: Rows, amount: IntArray, known: BoolArray, kind: int) -> tuple[Rows, IntArray, BoolArray]:
    """Return one row a contract, deal or receipt with the parts of the view together."""
    pool = Pool.of(rows, OF_KIND[kind])
    return _with_kind(pool.rows(rows), kind), pool.sum(np.where(known, amount, 0)), known[pool.keep]


OF_KIND = {A_CONTRACT: "contract_id", A_WON_DEAL: "deal_id", A_RECEIPT: "allocation_id"}
"""Kind -> the column whose number tells its rows apart."""

SHARED = ("deal_id", "customer_id", "owner_id", "unit_id", "counted_day", "share_bp", "part")


def _with_kind(rows: Rows, kind: int) -> Rows:
    """Return the columns that all kinds have; a won deal has no contract, and only a receipt was set against one."""
    columns = {name: rows[name] for name in SHARED}
    masks = {name: rows.known(name) for name in SHARED}
    nothing, none = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
    for name in ("contract_id", "allocation_id"):
        told = name in rows.columns
        columns[name], masks[name] = (rows[name], rows.known(name)) if told else (nothing, none)
    return Rows(columns | {"kind": nothing + kind}, masks | {"kind": ~none})


def _followed_by(rows: Rows, more: Rows) -> Rows:
    columns = {name: np.concatenate((rows[name], more[name])) for name in rows.columns}
    return Rows(columns, {name: np.concatenate((rows.known(name), more.known(name))) for name in rows.columns})


def _notes(without: int, apart: int) -> tuple[Note, ...]:
    return noted(
        Note(
            "without-amount",
            Text(
                f"{without} 笔没有该指标的金额或你无权查看，不计入合计。",
                f"Without an amount in this measure, or not shown to you, and so not summed: {without}.",
            ),
            without,
        ),
        outside_note(apart),
    )
