"""The period that a question is about, where it names none, and how much of it has gone by."""

from __future__ import annotations

from dacheng.core.book import Book
from dacheng.core.period import Period


def days_gone(book: Book, period: Period) -> tuple[int, int]:
    """Return how many days of a period have gone by at the end of the as-of day, and how many it has."""
    first, end = book.months.from_day(period), book.months.to_day(period)
    return min(max(book.as_of_day + 1 - first, 0), end - first), end - first


def fiscal_year_of(book: Book, period: Period | None) -> Period:
    """Return the period, or the fiscal year of the as-of day when none is given."""
    fiscal = book.rules.fiscal
    return period or fiscal.year(fiscal.year_of(book.months.ym_of(book.as_of_day)))
