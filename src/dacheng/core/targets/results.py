"""Results (业绩): what counts as done for a measure in a period, and for whom.

- 合同额 contract value: contracts by the month they are posted in, at the owner's home
  unit of the effective day, late signings once they are approved; and, by the rule
  ``done.won_without_contract``, won deals without a contract by the day they were won.
  With or without tax, as the measure says.
- 毛利 margin: contract amount without tax − cost where both are known; a won deal
  without a contract has none.
- 回款 cash: what of receipts was set against terms, or against nothing yet, by the day it posts,
  at the place of its contract or of the receipt, from the month of the rule ``cash.counted_from``
  on. Before it, and without that rule, it is not known here: history may tell it.
- Other measures have no results yet: their done is not known, which is not zero.

Of a shared deal everybody is credited with his own part (``core.crediting``). Rows seen only by
a grant are in no sum. A result after the as-of day does not count yet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.contracts.schema import COUNTED, FRAMEWORK
from dacheng.core.crediting import part_of
from dacheng.core.deals.schema import WON
from dacheng.core.filtering import EVERYTHING, INSIDE, Filter, between, equal
from dacheng.core.period import Period
from dacheng.core.targets.schema import BASES, CASH, CONTRACT, MARGIN
from dacheng.core.tax import amount_before_tax

EXCL = next(number for number, code, _ in BASES if code == "excl")
ALWAYS = (CONTRACT, MARGIN)
"""Measures whose results are known in every company; of 回款 a rule tells from when on."""

MEASURES = "SELECT measure_id, basis FROM measures ORDER BY measure_id"
CONTRACT_SUMS = """
    SELECT {by}, part, COUNT(*) AS there, CAST(SUM(amount) AS BIGINT) AS amount,
        COUNT(amount_ex) AS amount_ex_there, CAST(SUM(amount_ex) AS BIGINT) AS amount_ex,
        COUNT(amount_ex - cost) AS margin_there, CAST(SUM(amount_ex - cost) AS BIGINT) AS margin
    FROM contract_credits {where} GROUP BY {by}, part"""
WON_SUMS = """
    SELECT {by}, part, COUNT(*) AS there, COUNT(amount) AS amount_there, CAST(SUM(amount) AS BIGINT) AS amount
    FROM credits {where} GROUP BY {by}, part"""
WON_GROUPS = """
    SELECT {by}, part, whole, tax_bp, share_bp, before_bp, COUNT(*) AS there
    FROM credits {where} GROUP BY {by}, part, whole, tax_bp, share_bp, before_bp"""

CASH_SUMS = """
    SELECT {by}, part, COUNT(*) AS there, CAST(SUM(received) AS BIGINT) AS received
    FROM allocation_credits {where} GROUP BY {by}, part"""

ORDERS = Filter((f"kind <> {FRAMEWORK}",))
"""Contracts that are orders."""

APPROVED = equal(intake=COUNTED)
"""Contracts of which no late signing waits for approval or was refused."""

COUNTS = ("there", "counted", "own", "left_out")
"""Parts of results; those whose amount in the measure is known; results, at their owner; those of them without one."""


@dataclass(frozen=True)
class Counting:
    """What counts in one Book: which days, with or without tax, with won deals or not.

    Args:
        first, end: the days of the period that have come, half-open.
        before_tax: 合同额 is counted without tax.
        frameworks: a framework counts when it is signed, not what is called off.
        cash_from: the day from which receipts are 回款; None = they are not.
    """

    first: int
    end: int
    before_tax: bool
    won_deals: bool
    frameworks: bool = False
    cash_from: int | None = None

    @property
    def counts_cash(self) -> bool:
        """Tell whether receipts of any day of the period are 回款."""
        return self.cash_from is not None and self.cash_from < self.end

    @property
    def expects_cash(self) -> bool:
        """Tell whether receipts are 回款 at all, be it from a day still ahead."""
        return self.cash_from is not None

    @property
    def known(self) -> tuple[int, ...]:
        """Return the measures whose results are known."""
        return (*ALWAYS, CASH) if self.counts_cash else ALWAYS

    @property
    def cash(self) -> Filter:
        """Return the filter of the postings of receipts that count."""
        return between("posted_day", max(self.first, self.cash_from or 0), self.end)

    @property
    def contracts(self) -> Filter:
        """Return the filter of the contracts that count as orders: posted in the period, a framework only by rule.

        A signing into a closed period is left out until it is approved.

        Source: R222 (signed, effective and executable; of a framework only what is called off); golden case G61.
        """
        posted = between("posted_day", self.first, self.end) & APPROVED
        return posted if self.frameworks else posted & ORDERS

    @property
    def deals(self) -> Filter:
        """Return the filter of the won deals that count by themselves."""
        return equal(state=WON, contracted=0) & between("closed_day", self.first, self.end)


def counting(book: Book, period: Period) -> Counting:
    """Return what counts as done in a period, up to the as-of day."""
    measures = book.gather(MEASURES)
    basis = dict(zip(measures["measure_id"].tolist(), measures["basis"].tolist(), strict=True))
    return Counting(
        first=book.months.from_day(period),
        end=min(book.months.to_day(period), book.as_of_day + 1),
        before_tax=basis.get(CONTRACT) == EXCL,
        won_deals=book.rules.won_without_contract_counts,
        frameworks=book.rules.frameworks_count,
        cash_from=cash_from(book),
    )


def cash_from(book: Book) -> int | None:
    """Return the first day whose receipts are 回款 (rule ``cash.counted_from``); None = receipts do not count."""
    ym = book.rules.cash_counted_from
    return None if ym is None else int(book.months.first_day_of(ym))


def results(
    book: Book,
    counts: Counting,
    by: tuple[str, ...],
    wanted: Filter = EVERYTHING,
    measures: Collection[int] | None = None,
) -> Rows:
    """Sum what is done, in at most three gathers.

    Args:
        by: columns that contracts, deals and receipts have; what the sums are by.
        wanted: conditions on columns that all have.
        measures: those that are asked for; default all.

    Returns:
        Rows of ``by``, ``measure_id``, ``amount`` and ``COUNTS``; a key may come several times.
    """
    parts: list[Rows] = []
    if measures is None or any(one in measures for one in ALWAYS):
        parts += _contract_sums(book, counts.contracts & wanted & INSIDE, by, counts.before_tax)
        if counts.won_deals:
            parts += _won_sums(book, counts.deals & wanted & INSIDE, by, counts.before_tax)
    if counts.counts_cash and (measures is None or CASH in measures):
        parts.append(_cash_sums(book, counts.cash & wanted & INSIDE, by))
    if not parts:
        return Rows({name: np.zeros(0, dtype=np.int64) for name in (*by, "measure_id", "amount", *COUNTS)})
    names = (*by, "measure_id", "amount", *COUNTS)
    return Rows({name: np.concatenate([part[name] for part in parts]) for name in names})


def _contract_sums(book: Book, wanted: Filter, by: tuple[str, ...], before_tax: bool) -> list[Rows]:
    sums = book.gather(CONTRACT_SUMS.format(by=", ".join(by), where=wanted.where), **wanted.params)
    ex = "amount_ex" if before_tax else "amount"
    counted = sums["amount_ex_there"] if before_tax else sums["there"]
    return [
        _part(sums, by, CONTRACT, (sums[ex], counted)),
        _part(sums, by, MARGIN, (sums["margin"], sums["margin_there"])),
    ]


def _won_sums(book: Book, wanted: Filter, by: tuple[str, ...], before_tax: bool) -> list[Rows]:
    """Sum won deals without a contract; tax is taken off deal by deal, so only alike deals are grouped."""
    query = WON_GROUPS if before_tax else WON_SUMS
    sums = book.gather(query.format(by=", ".join(by), where=wanted.where), **wanted.params)
    if before_tax:
        of_one, known = amount_before_tax(sums, "whole")
        amount, counted = part_of(of_one, sums) * sums["there"], sums["there"] * known
    else:
        amount, counted = sums["amount"], sums["amount_there"]
    nothing = np.zeros(len(sums), dtype=np.int64)
    return [_part(sums, by, CONTRACT, (amount, counted)), _part(sums, by, MARGIN, (nothing, nothing))]


def _cash_sums(book: Book, wanted: Filter, by: tuple[str, ...]) -> Rows:
    sums = book.gather(CASH_SUMS.format(by=", ".join(by), where=wanted.where), **wanted.params)
    return _part(sums, by, CASH, (sums["received"], sums["there"]))


def _part(sums: Rows, by: tuple[str, ...], measure: int, counted: tuple[IntArray, IntArray]) -> Rows:
    columns: Mapping[str, IntArray] = {name: sums[name] for name in by}
    amount, number = counted
    own = sums["part"] == 0
    return Rows(
        {
            **columns,
            "measure_id": np.full(len(sums), measure, dtype=np.int64),
            "amount": np.where(number > 0, amount, 0),
            "there": sums["there"],
            "counted": number,
            "own": sums["there"] * own,
            "left_out": (sums["there"] - number) * own,
        }
    )


def amount_in(measure: int, counts: Counting, rows: Rows) -> tuple[IntArray, BoolArray]:
    """Return the amount of each contract in a measure, and where it is known.

    Args:
        rows: with ``amount``, ``amount_ex`` and ``cost``.
    """
    if measure == MARGIN:
        known = rows.known("amount_ex") & rows.known("cost")
        return np.where(known, rows["amount_ex"] - rows["cost"], 0), known
    if measure == CONTRACT:
        name = "amount_ex" if counts.before_tax else "amount"
        return rows[name], rows.known(name)
    return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)


def won_amount_in(measure: int, counts: Counting, rows: Rows) -> tuple[IntArray, BoolArray]:
    """Return the amount of each won deal without a contract in a measure, and where it is known.

    Args:
        rows: credits, with ``amount``, ``whole`` and ``tax_bp``.
    """
    if measure != CONTRACT:
        return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
    if not counts.before_tax:
        return rows["amount"], rows.known("amount")
    whole, known = amount_before_tax(rows, "whole")
    return part_of(whole, rows), known
