"""Receivables by recognition (应收按确收): what is recognised and not collected, contract by contract (R151)."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals.columns import noted, outside_note
from dacheng.core.delivery.forthcoming import counted
from dacheng.core.errors import Text
from dacheng.core.filtering import INSIDE, Filter, equal, in_unit, prefixed
from dacheng.core.paging import ranked, sliced
from dacheng.core.report import (
    CustomerId,
    Flag,
    ParameterKind,
    PersonId,
    Rowspan,
    UnitId,
    choice,
    report,
    sorted_by,
    sorting,
)
from dacheng.core.table import EVERY_ROW, Drill, Note, Table, TableColumn, column_of, table_of
from dacheng.core.tables.unrecognised import OF_ROW

ContractId = Annotated[int, ParameterKind("ref", "contracts")]

SETTLED_BY_CONTRACT = """
    WITH moved AS (
        SELECT CASE WHEN amends_id IS NULL THEN contract_id ELSE amends_id END AS base_id, unit_id, owner_id,
            customer_id, amount, recognised, 0 AS allocated, 0 AS written_off
        FROM contracts {contracts}
        UNION ALL
        SELECT CASE WHEN c.amends_id IS NULL THEN c.contract_id ELSE c.amends_id END AS base_id, c.unit_id, c.owner_id,
            c.customer_id, 0 AS amount, 0 AS recognised, t.allocated, t.written_off
        FROM payment_terms t JOIN contracts c ON c.contract_id = t.contract_id {terms}
    )
    SELECT base_id, unit_id, owner_id, customer_id, CAST(SUM(amount) AS BIGINT) AS amount,
        CAST(SUM(recognised) AS BIGINT) AS recognised, CAST(SUM(allocated) AS BIGINT) AS allocated,
        CAST(SUM(written_off) AS BIGINT) AS written_off
    FROM moved {of} GROUP BY base_id, unit_id, owner_id, customer_id"""
"""What is recognised and what is settled of each contract with what changed it, where each of them stands."""

RECOGNISED_ON = """
    SELECT CASE WHEN c.amends_id IS NULL THEN c.contract_id ELSE c.amends_id END AS base_id, r.owner_id, r.posted_day,
        r.amount
    FROM recognitions r JOIN contracts c ON c.contract_id = r.contract_id {where}
    ORDER BY r.posted_day, r.recognition_id"""
WITHOUT_CONTRACT = """
    SELECT CAST(SUM(open) AS BIGINT) AS open, COUNT(*) AS there FROM payment_terms {where}"""
NO_CONTRACT = Filter(("contract_id IS NULL", "open <> 0"))

OWED, ADVANCED, EVEN, EVERY = "owed", "advanced", "even", "all"
SHOWN = (
    (OWED, Text("应收", "Receivable")),
    (ADVANCED, Text("合同负债", "Contract liability")),
    (EVEN, Text("两清", "Even")),
    (EVERY, Text("全部", "All")),
)
SORTS = (
    "receivable", "liability", "recognised", "allocated", "unrecognised", "amount", "written_off", "earned", "to_come",
)  # fmt: skip
SUMMED = ("amount", "recognised", "allocated", "written_off")
FILTERS = ("unit", "direct", "owner", "customer", "contract", "state")
SAME_ROWS = Drill("receivable/recognised", carry=FILTERS)

COLUMNS = (
    column_of("contracts", "contract_id"),
    column_of("contracts", "customer_id"),
    column_of("contracts", "owner_id"),
    column_of("units", "unit_id", label=Text("组织", "Unit")),
    TableColumn(
        "amount",
        "money",
        Text("合同额含税", "Amount incl. tax"),
        optional=True,
        total_drill=SAME_ROWS,
        help=Text("含变更、冲减与取消", "With what changed it"),
    ),
    TableColumn(
        "recognised",
        "money",
        Text("已确收含税", "Recognised incl. tax"),
        drill=Drill("contracts/recognitions", take=OF_ROW, fixed={"sort": "-amount", "direct": "1"}, when="unit_id"),
        total_drill=SAME_ROWS,
        help=Text("按合同自己的税折成含税", "With the tax of the contract itself"),
    ),
    TableColumn(
        "unrecognised",
        "money",
        Text("未确收含税", "Unrecognised incl. tax"),
        optional=True,
        total_drill=SAME_ROWS,
        help=Text(
            "合同额含税 − 已确收含税；负数 = 确收超过合同额",
            "Amount − recognised, both incl. tax; below zero = more is recognised than signed",
        ),
    ),
    TableColumn(
        "allocated",
        "money",
        Text("已收", "Collected"),
        drill=Drill("receivable/allocations", take=OF_ROW, fixed={"sort": "-amount", "direct": "1"}, when="unit_id"),
        total_drill=SAME_ROWS,
        help=Text("核销到这份合同各期的收款", "What receipts were set against its terms"),
    ),
    TableColumn(
        "written_off",
        "money",
        Text("已核销坏账", "Written off"),
        optional=True,
        judged="less",
        total_drill=SAME_ROWS,
    ),
    TableColumn(
        "receivable",
        "money",
        Text("应收", "Receivable"),
        judged="less",
        total_drill=SAME_ROWS,
        help=Text(
            "已确收含税 − 已收 − 已核销坏账；不低于 0", "Recognised incl. tax − collected − written off, not below 0"
        ),
    ),
    TableColumn(
        "liability",
        "money",
        Text("合同负债", "Contract liability"),
        total_drill=SAME_ROWS,
        help=Text("收的比确收的多的部分：预收", "What came before it was recognised: an advance"),
    ),
    TableColumn(
        "earned",
        "money",
        Text("已确收已收", "Recognised and collected"),
        optional=True,
        total_drill=SAME_ROWS,
        help=Text("已收 − 合同负债", "Collected − contract liability"),
    ),
    TableColumn(
        "to_come",
        "money",
        Text("未确收未收", "Neither recognised nor collected"),
        optional=True,
        total_drill=SAME_ROWS,
        help=Text("未确收含税 − 合同负债", "Unrecognised incl. tax − contract liability"),
    ),
    TableColumn(
        "since",
        "day",
        Text("最早未收的确收日", "Oldest open recognition"),
        help=Text("收款先抵最早的确收", "What came pays the earliest recognition first"),
    ),
    TableColumn(
        "days",
        "days",
        Text("账龄", "Age"),
        judged="less",
        help=Text("截至日 − 最早未收的确收日", "As-of day − the oldest open recognition"),
    ),
)


@report(
    "receivable/recognised",
    title=Text("应收（按确收）", "Receivables by recognition"),
    help=Text(
        "应收未收的另一个基准，财务口径：一份合同一行，应收 = 已确收含税 − 已收 − 已核销坏账，收得更多的是合同负债"
        "（预收）。不看应收日，所以没到期的也在其中，到期而没确收的不在。变更、冲减与取消并入原合同；"
        "没有合同的发票没有确收，单列在说明里。"
        "因授权才可见的单列在后，不计入合计。",
        "The other basis of receivables, as finance sees them: one row a contract, receivable = recognised incl. tax − "
        "collected − written off, and where more came a contract liability (an advance). Due days play no part: what "
        "is recognised and not due is among them, what is due and not recognised is not. What changed a contract is "
        "put to it. Invoices without a contract are not recognised and are told in a note. Rows seen only by a grant "
        "come last and enter no total.",
    ),
    columns=COLUMNS,
)
def recognised_receivable(
    book: Book,
    *,
    unit: UnitId | None = None,
    direct: Flag = False,
    owner: PersonId | None = None,
    customer: CustomerId | None = None,
    contract: ContractId | None = None,
    state: Annotated[str, choice(*SHOWN)] | None = None,
    sort: Annotated[str, sorting(*SORTS)] = "-receivable",
    page: Rowspan = EVERY_ROW,
) -> Table:
    """List what is recognised and not collected, and what came before it was (应收按确收).

    Args:
        state: default what is receivable and what is a liability.

    Source: R151; glossary 应收未收, the other basis; golden case G21.
    """
    whose = equal(owner_id=owner, customer_id=customer) & in_unit(book, unit, direct)
    found = settled_by_contract(book, whose, contract)
    owed, ahead = receivable_of(found)
    even: BoolArray = (owed == 0) & (ahead == 0)
    which = {OWED: owed != 0, ADVANCED: ahead != 0, EVEN: even, EVERY: even | ~even}
    rows = found.only(which[state] if state else ~even)
    owed, ahead = receivable_of(rows)
    outside = rows["unit_id"] == OUTSIDE
    column, descending = sorted_by(sort, *SORTS)
    money = {
        **{name: rows[name] for name in SUMMED},
        "unrecognised": rows["amount"] - rows["recognised"],
        "receivable": owed,
        "liability": ahead,
        "earned": rows["allocated"] - ahead,
        "to_come": rows["amount"] - rows["recognised"] - ahead,
    }
    there = np.ones(len(rows), dtype=np.bool_)
    at = sliced(ranked(money[column], there, descending, outside=outside, key=rows["base_id"]), page)
    since, known = _oldest(book, rows.only(at), owed[at])
    return table_of(
        COLUMNS,
        rows.only(at),
        {
            "contract_id": rows["base_id"][at],
            "unit_id": (rows["unit_id"][at], ~outside[at]),
            **{name: values[at] for name, values in money.items()},
            "since": (since, known),
            "days": (book.as_of_day - since, known),
        },
        key=("contract_id", "unit_id", "owner_id", "customer_id"),
        totals={name: int(values[~outside].sum()) for name, values in money.items()},
        count=len(rows),
        outside=outside[at],
        outside_count=int(outside.sum()),
        notes=noted(_without_contract(book, whose, contract), outside_note(int(outside.sum()))),
        page=page,
        sort=sort,
    )


def settled_by_contract(book: Book, whose: Filter, contract: int | None = None) -> Rows:
    """Return what is signed, recognised, collected and written off of each contract with what changed it.

    Args:
        whose: conditions on contracts.

    Returns:
        Rows of ``base_id``, its place and customer, ``amount``, ``recognised``, ``allocated``, ``written_off``.
    """
    wanted = whose & counted(book)
    of = equal(base_id=contract)
    sql = SETTLED_BY_CONTRACT.format(contracts=wanted.where, terms=prefixed("c", wanted).where, of=of.where)
    return book.gather(sql, **wanted.params, **of.params)


def receivable_of(rows: Rows) -> tuple[IntArray, IntArray]:
    """Return what is receivable by recognition, and what is a contract liability, shape (n,) each, both >= 0."""
    gap = rows["recognised"] - rows["allocated"] - rows["written_off"]
    return np.maximum(gap, 0), np.maximum(-gap, 0)


def _oldest(book: Book, rows: Rows, owed: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the day of the oldest recognition that is not collected in full, where something is receivable."""
    since, known = np.zeros(len(rows), dtype=np.int64), owed > 0
    if not known.any():
        return since, known
    contracts = rows["base_id"][known].tolist()
    wanted = Filter(
        ("(c.contract_id IN (:bases) OR c.amends_id IN (:bases))", "r.posted_day <= :by"),
        {"bases": tuple(sorted(set(contracts))), "by": book.as_of_day},
    )
    posted = book.gather(RECOGNISED_ON.format(where=wanted.where), **wanted.params)
    of: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for base, owner, day, amount in zip(*(posted[n].tolist() for n in posted.columns), strict=True):
        of.setdefault((base, owner), []).append((day, amount))
    for at in np.flatnonzero(known).tolist():
        paid = int(rows["recognised"][at] - owed[at])
        days = of.get((int(rows["base_id"][at]), int(rows["owner_id"][at])), [])
        since[at], known[at] = first_open(days, paid), bool(days)
    return since, known


def first_open(postings: list[tuple[int, int]], paid: int) -> int:
    """Return the day from which on a running sum stays above what is paid; 0 of nothing.

    Args:
        postings: (day, amount) by day; what is taken back is negative, so the sum may fall again.

    >>> first_open([(10, 100), (20, 50), (30, -50), (40, 60)], 120)
    40
    """
    running, since = 0, 0
    for day, amount in postings:
        before, running = running, running + amount
        since = (since if before > paid else day) if running > paid else 0
    return since


def _without_contract(book: Book, whose: Filter, contract: int | None) -> Note:
    """Say what is open of invoices without a contract: nothing is recognised of them, and they must not vanish."""
    if contract is not None:
        return Note("", Text("", ""))
    wanted = whose & NO_CONTRACT & INSIDE
    sums = book.gather(WITHOUT_CONTRACT.format(where=wanted.where), **wanted.params)
    count = int(sums["there"][0])
    words = Text(
        f"没有合同的发票 {count} 笔未收 {{}}，没有确收，不在其中。",
        f"Invoices without a contract are not recognised and not among them: {{}} open in {count} rows.",
    )
    return Note.of_amounts("without-contract", words, [int(sums["open"][0]) if count else 0], count)
