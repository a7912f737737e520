"""Whether what is kept of money is what its postings add up to (对账检查), record by record (R147)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import OUTSIDE, Book, Rows
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
    TableColumn("looked", "count", Text("查了", "Looked at"), help=Text("几条记录", "How many records")),
    TableColumn("unmet", "count", Text("对不上", "Do not meet"), judged="less"),
    column_of("payment_terms", "term_id"),
    column_of("contracts", "contract_id"),
    column_of("receipts", "receipt_id"),
    TableColumn("kept", "money", Text("记的", "Kept"), help=Text("记录上的数", "What records say")),
    TableColumn("added", "money", Text("加出来的", "Added up"), help=Text("明细相加", "What their rows add up to")),
    TableColumn("off", "money", Text("差", "Off by"), judged="less", help=Text("记的 − 加出来的", "Kept − added up")),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check looked at: records by id with what is kept and what its rows add up to, shape (n,) each."""

    check: int
    ids: IntArray
    kept: IntArray
    added: IntArray

    @property
    def unmet(self) -> BoolArray:
        off: BoolArray = self.kept != self.added
        return off

    def rows(self) -> Rows:
        """Return a row for the check as a whole (record 0), then one for each record that does not meet."""
        off = self.unmet
        columns = {
            "check": np.full(1 + int(off.sum()), self.check, dtype=np.int64),
            "record": np.concatenate(([0], self.ids[off])),
            "kept": np.concatenate(([self.kept.sum()], self.kept[off])),
            "added": np.concatenate(([self.added.sum()], self.added[off])),
            "looked": np.concatenate(([len(off)], np.zeros(int(off.sum()), dtype=np.int64))),
            "unmet": np.concatenate(([int(off.sum())], np.zeros(int(off.sum()), dtype=np.int64))),
        }
        return Rows(columns)


@report(
    "contracts/checks",
    title=Text("对账检查", "Checks"),
    help=Text(
        "把截至日的明细重新相加，和记录上的数比：每期付款条件的已收、坏账、未收，每份合同的确收，每笔收款的去向。"
        "一种检查一行，下面是对不上的记录，一条一行。收款的去向可能在别的组织，所以只有看得到全公司的人才查收款。"
        "因授权才可见的不在其中。",
        "Adds the rows of the as-of day up again and compares them with what records say: collected, written off and "
        "open of every payment term, recognised of every contract, where every receipt went. Every check is a row; "
        "below it stand the records that do not meet. Receipts may have gone to other units, so they are checked for "
        "who sees the whole company. Rows seen only by a grant are not among them.",
    ),
    columns=COLUMNS,
)
def money_checks(book: Book) -> Table:
    """Tell of every check how much it looked at and which records are not what their postings add up to (对账检查).

    Source: R147; ADR 0015.
    """
    checks = [*_of_terms(book), *_of_contracts(book), *_of_receipts(book)]
    parts = [one.rows() for one in checks]
    found = Rows({name: np.concatenate([part[name] for part in parts]) for name in parts[0].columns})
    check, record = found["check"], found["record"]
    whole: BoolArray = record == 0
    return table_of(
        COLUMNS,
        Rows({"check": check}),
        {
            "looked": (found["looked"], whole),
            "unmet": (found["unmet"], whole),
            "term_id": (record, ~whole & (check <= OPEN)),
            "contract_id": (record, ~whole & ((check == RECOGNISED_EX) | (check == RECOGNISED))),
            "receipt_id": (record, ~whole & (check == RECEIVED)),
            "kept": found["kept"],
            "added": found["added"],
            "off": found["kept"] - found["added"],
        },
        key=("check", "term_id", "contract_id", "receipt_id"),
        count=len(check),
        notes=(_told(int(found["unmet"].sum())),),
    )


def _of_terms(book: Book) -> Iterator[Checked]:
    terms = book.gather(TERMS)
    for check, name, sql in ((COLLECTED, "allocated", ALLOCATED), (WRITTEN_OFF, "written_off", OFF)):
        yield _against(check, terms, name, _beside(book.gather(sql, by=book.as_of_day), terms, "amount"))
    yield _against(OPEN, terms, "open", terms["amount"] - terms["allocated"] - terms["written_off"])


def _of_contracts(book: Book) -> Iterator[Checked]:
    contracts, done = book.gather(CONTRACTS), book.gather(DONE, by=book.as_of_day)
    for check, name, of in ((RECOGNISED_EX, "recognised_ex", "amount_ex"), (RECOGNISED, "recognised", "amount")):
        yield _against(check, contracts, name, _beside(done, contracts, of))


def _of_receipts(book: Book) -> Iterator[Checked]:
    if book.scope.whole:
        receipts = book.gather(RECEIPTS, by=book.as_of_day)
        yield _against(RECEIVED, receipts, "amount", _beside(book.gather(WENT, by=book.as_of_day), receipts, "amount"))


def _against(check: int, records: Rows, name: str, added: IntArray) -> Checked:
    return Checked(check, records["id"], records[name], added)


def _beside(sums: Rows, records: Rows, name: str) -> IntArray:
    """Return the sum of each record, 0 where nothing was posted; both stand by id."""
    if not len(sums):
        return np.zeros(len(records), dtype=np.int64)
    at = np.minimum(np.searchsorted(sums["id"], records["id"]), len(sums) - 1)
    found: IntArray = np.where(sums["id"][at] == records["id"], sums[name][at], 0)
    return found


def _told(unmet: int) -> Note:
    words = Text(f"{unmet} 处对不上。", f"{unmet} do not meet.") if unmet else Text("都对得上。", "All meet.")
    return Note("unmet", words, unmet)
