"""The period that a question is about, where it names none."""

from __future__ import annotations

from dacheng.core.book import Book
from dacheng.core.period import Period, ym_of


def fiscal_year_of(book: Book, period: Period | None) -> Period:
    """Return the period, or the fiscal year of the as-of day when none is given."""
    fiscal = book.rules.fiscal
    return period or fiscal.year(fiscal.year_of(ym_of(book.as_of_day)))
