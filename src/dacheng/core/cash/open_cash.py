"""Cash that a forecast still counts in a period (预计回款): of payment terms that are open, and of contracts to come.

What comes by paying history (``core.cash.expecting``); where not enough was seen to learn from, on due days. Invoices
without a contract that are still to be posted are nobody's row yet and stay out: ``receivable/collections`` tells them.
"""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.cash.expecting import Coming, deals_coming, learned, terms_coming
from dacheng.core.crediting import part_of
from dacheng.core.deals.schema import WHOLE_BP
from dacheng.core.filtering import Filter
from dacheng.core.period import Period
from dacheng.core.targets.open_deals import OpenDeals

OF_BOTH = ("customer_id", "owner_id", "unit_id")
OF_DEALS = ("deal_id", "stage_id", "category", "expected_day", "tax_bp", "win_bp", "whole")
OF_PARTS = ("part", "share_bp", "before_bp")


def open_cash(book: Book, span: Period, wanted: Filter) -> OpenDeals:
    """Return what is expected to come in a period after the Book's day, one row a term or a person's part of a deal.

    Of a term ``amount`` is what is open, of a deal the whole contract; ``weighted`` is what comes of it in the period.
    Rows have ``term_id`` beside the columns of open deals; rows of which nothing comes are left out.

    Source: R148, R159.
    """
    start = max(book.as_of_day, book.months.from_day(span) - 1)
    ends = np.array([max(start, book.months.to_day(span) - 1)], dtype=np.int64)
    known = learned(book)
    terms = terms_coming(book, known, ends, wanted, start)
    deals = deals_coming(book, known, ends, wanted, start)
    expected = [(one.by_due if known.due is None else one.history)[:, 0] for one in (terms, deals)]
    kept = [one.only(there != 0) for one, there in zip(_alike(terms, deals), expected, strict=True)]
    rows = _joined(*kept)
    amount = part_of(rows["whole"], rows)
    always = np.ones(len(rows), dtype=np.bool_)
    weighted = np.concatenate([there[there != 0] for there in expected])
    return OpenDeals(rows, amount, always, weighted, always)


def _alike(terms: Coming, deals: Coming) -> tuple[Rows, Rows]:
    """Return terms and deals with the same columns."""
    of_term, of_deal = terms.rows, deals.rows
    size = len(of_term)
    falls = np.where(of_term.known("due_day"), of_term["due_day"], of_term["expected_day"])
    nothing, none = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    told: dict[str, tuple[IntArray, BoolArray]] = dict.fromkeys(OF_DEALS, (nothing, none))
    told |= {"expected_day": (falls, terms.dated), "whole": (of_term["open"], ~none)}
    told |= {name: (of_term[name], of_term.known(name)) for name in (*OF_BOTH, "term_id")}
    told |= {name: (nothing + value, ~none) for name, value in zip(OF_PARTS, (0, WHOLE_BP, 0), strict=True)}
    no_term = np.zeros(len(of_deal), dtype=np.int64)
    named = {name: of_deal[name] for name in (*OF_DEALS, *OF_BOTH, *OF_PARTS)}
    masks = {name: of_deal.known(name) for name in named}
    return (
        Rows({name: value for name, (value, _) in told.items()}, {name: mask for name, (_, mask) in told.items()}),
        Rows(named | {"term_id": no_term}, masks | {"term_id": no_term == 1}),
    )


def _joined(terms: Rows, deals: Rows) -> Rows:
    columns = {name: np.concatenate((terms[name], deals[name])) for name in deals.columns}
    return Rows(columns, {name: np.concatenate((terms.known(name), deals.known(name))) for name in columns})
