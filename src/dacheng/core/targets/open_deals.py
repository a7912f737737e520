"""Open deals that a forecast counts: those that close in the period and are not overdue (R126, R148).

- 合同额 contract value: the deal's amount, with or without tax as the measure says.
- 毛利 margin: amount without tax × expected margin, rounded per deal, where both are known.
- 回款 cash comes of payment terms too: ``cash.open_cash``. Other measures have none.

Weighted = amount × win rate, rounded per deal. Deals of the category 不计 are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.crediting import part_of
from dacheng.core.deals.flags import upcoming_only
from dacheng.core.deals.schema import OMITTED, OPEN
from dacheng.core.deals.weighing import stages_of, win_rate
from dacheng.core.filtering import Filter, days_of, equal
from dacheng.core.money import share_of
from dacheng.core.period import Period
from dacheng.core.targets.results import counting
from dacheng.core.targets.schema import CONTRACT, MARGIN
from dacheng.core.tax import amount_before_tax

OPEN_DEALS = """
    SELECT deal_id, customer_id, owner_id, unit_id, stage_id, category, expected_day, whole, tax_bp, margin_bp, win_bp,
        part, share_bp, before_bp
    FROM credits"""
COUNTED = Filter(("category <> :omitted",), {"omitted": OMITTED})


@dataclass(frozen=True)
class OpenDeals:
    """Credits of open deals with their amounts in a measure; shape (n,) each.

    Args:
        amount, weighted: each person's part in minor units, 0 where not known.
        known, rated: whether the amount is known, and the win rate too.
    """

    rows: Rows
    amount: IntArray
    known: BoolArray
    weighted: IntArray
    rated: BoolArray

    def only(self, keep: BoolArray) -> OpenDeals:
        """Return the chosen rows."""
        return OpenDeals(
            self.rows.only(keep), self.amount[keep], self.known[keep], self.weighted[keep], self.rated[keep]
        )


def open_deals(book: Book, span: Period, wanted: Filter) -> Rows:
    """Gather the credits of open deals that a forecast of a period counts, and those seen only by a grant."""
    return closing_deals(book, span, wanted & upcoming_only(book, True))


def closing_deals(book: Book, span: Period, wanted: Filter) -> Rows:
    """Gather the credits of open deals that are expected to close in a period, overdue or not."""
    wanted = wanted & COUNTED & equal(state=OPEN) & days_of("expected_day", span, book.months)
    return book.gather(f"{OPEN_DEALS} {wanted.where} ORDER BY deal_id, part, owner_id", **wanted.params)


def open_amounts(book: Book, rows: Rows, measure: int, span: Period) -> OpenDeals:
    """Return what credits of open deals are worth in a measure, unweighted and weighted."""
    whole, known = whole_amount(rows, measure, before_tax=counting(book, span).before_tax)
    rate, has_rate = win_rate(rows, stages_of(book))
    rated = known & has_rate
    weighted = part_of(np.where(rated, share_of(whole, rate), 0), rows)
    return OpenDeals(rows, part_of(np.where(known, whole, 0), rows), known, weighted, rated)


def whole_amount(rows: Rows, measure: int, *, before_tax: bool) -> tuple[IntArray, BoolArray]:
    """Return the amount of each whole deal in a measure, and where it is known.

    Args:
        rows: credits, with ``whole``, ``tax_bp`` and ``margin_bp``.
        before_tax: 合同额 counts without tax.
    """
    if measure == CONTRACT and not before_tax:
        return rows["whole"], rows.known("whole")
    if measure not in (CONTRACT, MARGIN):
        return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.bool_)
    amount, known = amount_before_tax(rows, "whole")
    if measure == CONTRACT:
        return amount, known
    known = known & rows.known("margin_bp")
    return np.where(known, share_of(amount, rows["margin_bp"]), 0), known
