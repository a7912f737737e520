"""The export of a report as a job: what is asked, what it is called, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.period import date_of
from dacheng.core.report import REPORTS, report_named
from dacheng.service.books import open_database
from dacheng.service.exporting import FORMATS, write_export
from dacheng.service.labels import DatabaseNames
from dacheng.service.questions import asked_day, understood_basis
from dacheng.service.reports import Answer, run_report

IMMEDIATE_ROWS = 50_000
"""A report with more rows is written in the background."""


PAGE = ("offset", "limit")


def asked_export(
    book: Book, name: str, kind: str, given: Mapping[str, str], columns: Iterable[str], compare_day: int | None
) -> dict[str, Any]:
    """Return what a job needs to write a report as it is seen now; the as-of day stands even if it runs tomorrow."""
    return {
        "report": name,
        "format": kind,
        "given": {key: value for key, value in sorted(given.items()) if key not in PAGE and value},
        "columns": sorted(set(columns)),
        "as_of": date_of(book.as_of_day).isoformat(),
        "basis": book.basis,
        "compare": "" if compare_day is None else date_of(compare_day).isoformat(),
    }


def rows_of_export(book: Book, name: str, given: Mapping[str, str]) -> int:
    """Return how many rows a report has, asking for one of them only where it takes pages.

    Raises:
        NotFound: there is no such report. RuleError: a parameter is not understood.
    """
    one = {key: value for key, value in given.items() if key not in PAGE}
    if report_named(name).takes("page"):
        one["limit"] = "1"
    return run_report(name, one, book=book, names=DatabaseNames()).table.count


def is_long(book: Book, name: str, given: Mapping[str, str]) -> bool:
    """Tell whether a report is too long to be written while somebody waits."""
    return report_named(name).takes("page") is not None and rows_of_export(book, name, given) > IMMEDIATE_ROWS


def export_name(name: str, as_of: str, kind: str) -> str:
    """Return the name of the file of a report."""
    return f"{name.replace('/', '-')}-{as_of}.{kind}"


def export_named(parameters: Mapping[str, Any], language: str) -> str:
    """Return what an export is of, in words."""
    report = REPORTS.get(parameters["report"])
    title = report.title.in_language(language) if report else parameters["report"]
    return f"{title} · {parameters['as_of']} · {parameters['format']}"


def write_asked(
    parameters: Mapping[str, Any],
    out: BinaryIO,
    *,
    viewer: Viewer,
    at: datetime,
    language: str,
    step: Callable[[int, int], None],
) -> tuple[str, str]:
    """Write the report that a job asks for; return the name of its file and its content type.

    Args:
        step: told how many of how many rows are written.
    """
    step(0, 0)
    answer = _answered(parameters, viewer, at)
    total, kind = len(answer.table), parameters["format"]
    step(0, total)
    write_export(
        answer, kind, out, columns=parameters["columns"], language=language, step=lambda done: step(done, total)
    )
    return export_name(parameters["report"], parameters["as_of"], kind), FORMATS[kind]


def _answered(parameters: Mapping[str, Any], viewer: Viewer, at: datetime) -> Answer:
    book = open_database(
        viewer, at=at, as_of_day=asked_day(parameters["as_of"]), basis=understood_basis(parameters["basis"])
    )
    return run_report(
        parameters["report"],
        parameters["given"],
        book=book,
        names=DatabaseNames(),
        compare_day=asked_day(parameters["compare"]),
    )
