"""Whether what is kept of money is what its postings add up to (对账检查): the rows that break an identity (R147)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
from dacheng.core.deals.columns import noted
from dacheng.core.errors import Text
from dacheng.core.report import report
from dacheng.core.table import Note, Table, TableColumn, column_of, table_of

COLLECTED, WRITTEN_OFF, OPEN, RECOGNISED_EX, RECOGNISED, RECEIVED = range(1, 7)
CHECKS = (
    (COLLECTED, "allocated", Text("已收 = 核销之和", "Collected = its allocations")),
    (WRITTEN_OFF, "written-off", Text("已核销坏账 = 坏账核销之和", "Written off = its write-offs")),
    (OPEN, "open", Text("未收 = 应收额 − 已收 − 坏账", "Open = amount − collected − written off")),
    (RECOGNISED_EX, "recognised-ex", Text("已确收不含税 = 确收之和", "Recognised excl. tax = its recognitions")),
    (RECOGNISED, "recognised", Text("已确收含税 = 确收之和", "Recognised incl. tax = its recognitions")),
    (RECEIVED, "received", Text("收款 = 去向之和", "Received = where it went")),
)

TERMS = f"""
    SELECT term_id AS id, amount, allocated, written_off, open FROM payment_terms
    WHERE unit_id <> {OUTSIDE} ORDER BY term_id"""
CONTRACTS = f"""
    SELECT contract_id AS id, recognised_ex, recognised FROM contracts
    WHERE unit_id <> {OUTSIDE} ORDER BY contract_id"""
RECEIPTS = "SELECT receipt_id AS id, amount FROM receipts WHERE posted_day <= :by ORDER BY receipt_id"
ALLOCATED = """
    SELECT term_id AS id, CAST(SUM(amount) AS BIGINT) AS amount FROM allocations
    WHERE term_id IS NOT NULL AND posted_day <= :by GROUP BY term_id ORDER BY term_id"""
OFF = """
    SELECT term_id AS id, CAST(SUM(amount) AS BIGINT) AS amount FROM write_offs
    WHERE posted_day <= :by GROUP BY term_id ORDER BY term_id"""
DONE = """
    SELECT contract_id AS id, CAST(SUM(amount_ex) AS BIGINT) AS amount_ex, CAST(SUM(amount) AS BIGINT) AS amount
    FROM recognitions WHERE posted_day <= :by GROUP BY contract_id ORDER BY contract_id"""
WENT = """
    SELECT receipt_id AS id, CAST(SUM(received) AS BIGINT) AS amount FROM allocations
    WHERE posted_day <= :by GROUP BY receipt_id ORDER BY receipt_id"""

COLUMNS = (
    TableColumn("check", "choice", Text("检查", "Check"), choices=CHECKS),
    column_of("payment_terms", "term_id"),
    column_of("contracts", "contract_id"),
    column_of("receipts", "receipt_id"),
    TableColumn("kept", "money", Text("记的", "Kept"), help=Text("记录上的数", "What the record says")),
    TableColumn("added", "money", Text("加出来的", "Added up"), help=Text("明细相加", "What its rows add up to")),
    TableColumn("off", "money", Text("差", "Off by"), judged="less", help=Text("记的 − 加出来的", "Kept − added up")),
)


@dataclass(frozen=True, slots=True)
class Broken:
    """Records of which one check fails, shape (n,) each."""

    check: int
    ids: IntArray
    kept: IntArray
    added: IntArray


@report(
    "contracts/checks",
    title=Text("对账检查", "Checks"),
    help=Text(
        "把截至日的明细重新相加，和记录上的数比：每期付款条件的已收、坏账、未收，每份合同的确收，每笔收款的去向。"
        "对不上的一行一条；没有行就是都对得上。收款的去向可能在别的组织，所以只有看得到全公司的人才查收款。"
        "因授权才可见的不在其中。",
        "Adds the rows of the as-of day up again and compares them with what records say: collected, written off and "
        "open of every payment term, recognised of every contract, where every receipt went. What does not meet is a "
        "row; no row means that all meets. Receipts may have gone to other units, so they are checked for who sees "
        "the whole company. Rows seen only by a grant are not among them.",
    ),
    columns=COLUMNS,
)
def money_checks(book: Book) -> Table:
    """List what is kept of money and is not what its postings add up to (对账检查).

    Source: R147; ADR 0015.
    """
    terms, contracts, receipts = book.gather(TERMS), book.gather(CONTRACTS), _receipts(book)
    found = [*_of_terms(book, terms), *_of_contracts(book, contracts), *_of_receipts(book, receipts)]
    broken = [one for one in found if len(one.ids)]
    check, ids, kept, added = (
        np.concatenate([*(getattr(one, name) for one in broken), np.zeros(0, dtype=np.int64)]).astype(np.int64)
        if name != "check"
        else np.repeat([one.check for one in broken], [len(one.ids) for one in broken]).astype(np.int64)
        for name in ("check", "ids", "kept", "added")
    )
    return table_of(
        COLUMNS,
        Rows({"check": check}),
        {
            "term_id": (ids, check <= OPEN),
            "contract_id": (ids, (check == RECOGNISED_EX) | (check == RECOGNISED)),
            "receipt_id": (ids, check == RECEIVED),
            "kept": kept,
            "added": added,
            "off": kept - added,
        },
        key=("check", "term_id", "contract_id", "receipt_id"),
        count=len(check),
        notes=noted(_told(len(terms), len(contracts), len(receipts), len(check))),
    )


def _receipts(book: Book) -> Rows:
    rows = book.gather(RECEIPTS, by=book.as_of_day)
    return rows if book.scope.whole else rows.only(np.zeros(0, dtype=np.int64))


def _of_terms(book: Book, terms: Rows) -> Iterator[Broken]:
    for check, name, sql in ((COLLECTED, "allocated", ALLOCATED), (WRITTEN_OFF, "written_off", OFF)):
        yield _broken(check, terms, name, _beside(book.gather(sql, by=book.as_of_day), terms, "amount"))
    yield _broken(OPEN, terms, "open", terms["amount"] - terms["allocated"] - terms["written_off"])


def _of_contracts(book: Book, contracts: Rows) -> Iterator[Broken]:
    done = book.gather(DONE, by=book.as_of_day)
    for check, name, of in ((RECOGNISED_EX, "recognised_ex", "amount_ex"), (RECOGNISED, "recognised", "amount")):
        yield _broken(check, contracts, name, _beside(done, contracts, of))


def _of_receipts(book: Book, receipts: Rows) -> Iterator[Broken]:
    yield _broken(RECEIVED, receipts, "amount", _beside(book.gather(WENT, by=book.as_of_day), receipts, "amount"))


def _beside(sums: Rows, rows: Rows, name: str) -> IntArray:
    """Return the sum of each row, 0 where nothing was posted; both stand by id."""
    if not len(sums):
        return np.zeros(len(rows), dtype=np.int64)
    at = np.minimum(np.searchsorted(sums["id"], rows["id"]), len(sums) - 1)
    found: IntArray = np.where(sums["id"][at] == rows["id"], sums[name][at], 0)
    return found


def _broken(check: int, rows: Rows, name: str, added: IntArray) -> Broken:
    off = rows[name] != added
    return Broken(check, rows["id"][off], rows[name][off], added[off])


def _told(terms: int, contracts: int, receipts: int, broken: int) -> Note:
    looked = Text(
        f"查了 {terms} 期付款条件、{contracts} 份合同、{receipts} 笔收款，",
        f"Payment terms, contracts and receipts looked at: {terms}, {contracts}, {receipts}; ",
    )
    ended = Text("都对得上。", "all meet.") if not broken else Text(f"{broken} 处对不上。", f"{broken} do not meet.")
    return Note("checked", Text(looked.zh + ended.zh, looked.en + ended.en), terms + contracts + receipts)
