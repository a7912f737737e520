"""The one door to figures: every shell asks here and gets the same Table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dacheng.core.reports  # noqa: F401  registers every report
from dacheng.core.book import Book
from dacheng.core.report import Report, report_named
from dacheng.core.table import EVERY_ROW, Table
from dacheng.service.names import Names
from dacheng.service.printing import written
from dacheng.service.questions import understood
from dacheng.service.remembering import run_once


@dataclass(frozen=True)
class Answer:
    """A table with what is needed to show it: the Book it came from and the names of its ids."""

    report: Report
    book: Book
    table: Table
    names: Names
    given: Mapping[str, str]
    params: Mapping[str, Any]

    def remarks(self, language: str) -> list[str]:
        """Return what stands beside the rows: their number, the totals and the notes."""
        table = self.table
        totals = "  ".join(
            f"{table.column(name).label.in_language(language)} {written(table.column(name), value, {}) or '–'}"
            for name, value in table.totals.items()
        )
        counted = f"{table.count} rows" if language.startswith("en") else f"{table.count} 行"
        return [f"{counted}  {totals}".strip(), *(note.text.in_language(language) for note in table.notes)]


def run_report(
    name: str, given: Mapping[str, str], *, book: Book, names: Names, compare_day: int | None = None
) -> Answer:
    """Run a report by name with parameters as text.

    Args:
        compare_day: also run it as of this day and set its values beside the rows.

    Raises:
        NotFound: there is no such report. RuleError: a parameter is not understood.
    """
    report = report_named(name)
    params = understood(report, given, book, names)
    table = run_once(report, book, params)
    if compare_day is not None:
        table = table.compared_with(_earlier(report, table, book.at(compare_day), params))
    return Answer(report, book, table, names, dict(given), params)


def _earlier(report: Report, table: Table, book: Book, params: Mapping[str, Any]) -> Table:
    """Run the report on the compared day; of a paged list, list only the rows shown: its totals stay those of all."""
    only = report.takes("only")
    if only is None or not table.page.limit:
        return run_once(report, book, params)
    keys = tuple(int(key) for key in table.values[table.key[0]])
    return run_once(report, book, {**params, "page": EVERY_ROW, only.name: keys})
