"""What an estimate is about: a unit, a fiscal year, a measure and a plan."""

from __future__ import annotations

from dataclasses import dataclass

from dacheng.core.book import Book
from dacheng.core.estimates.schema import SCHEMES
from dacheng.core.filtering import Filter, equal
from dacheng.core.org.branches import topmost
from dacheng.core.period import Period
from dacheng.core.report import number_of


@dataclass(frozen=True, slots=True)
class Question:
    """Which estimate is asked for.

    Args:
        unit_id: with everything below it. year: a fiscal year, as months; number: its name.
        scheme: number of the plan.
    """

    unit_id: int
    year: Period
    number: int
    measure_id: int
    scheme: int

    @property
    def filter(self) -> Filter:
        """Keep the rows of the estimate itself."""
        return equal(unit_id=self.unit_id, ym=self.year.from_ym, measure_id=self.measure_id, scheme=self.scheme)

    @property
    def key(self) -> tuple[int, int, int, int]:
        """Return the key of the estimate's record."""
        return self.unit_id, self.year.from_ym, self.measure_id, self.scheme


def year_asked(book: Book, period: Period | None) -> tuple[int, Period]:
    """Return the fiscal year that holds the first month of a period; without one the year after the as-of day's."""
    fiscal = book.rules.fiscal
    if period is None:
        number = int(fiscal.year_of(book.months.ym_of(book.as_of_day))) + 1
    else:
        number = int(fiscal.year_of(period.from_ym))
    return number, fiscal.year(number)


def question_of(book: Book, unit: int | None, period: Period | None, measure: int, scheme: str) -> Question | None:
    """Return the question; None where the viewer looks after no unit.

    Args:
        unit: default the viewer's topmost one. period: default the next fiscal year. scheme: code of ``SCHEMES``.
    """
    tops = topmost(book) if unit is None else [unit]
    if not len(tops):
        return None
    number, year = year_asked(book, period)
    return Question(int(tops[0]), year, number, measure, number_of(SCHEMES, scheme) or 1)
