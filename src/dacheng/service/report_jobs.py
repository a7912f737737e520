"""The export of a report as a job: what is asked, what it is called, and doing it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.jobs import COMPUTING, EXPORT, WRITING
from dacheng.core.period import date_of
from dacheng.core.report import report_named
from dacheng.service.books import open_database
from dacheng.service.exporting import FORMATS, write_export
from dacheng.service.job_work import Ending, Work
from dacheng.service.jobs import ask
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


def ask_export(viewer: Viewer, at: datetime, parameters: Mapping[str, Any], language: str) -> UUID:
    """Ask for a report as a file; returns the public id of the job.

    Raises:
        RuleError: the person has too many jobs under way.
    """
    title = report_named(parameters["report"]).title
    tail = f" · {parameters['as_of']} · {parameters['format']}"
    return ask(
        viewer, at, EXPORT, title=Text(title.zh + tail, title.en + tail), parameters=parameters, language=language
    )


def write_asked(work: Work) -> Ending:
    """Write the report that a job asks for."""
    work.step(COMPUTING, 0, 0)
    answer = _answered(work.parameters, work.viewer, work.at)
    total, kind = len(answer.table), work.parameters["format"]
    work.step(WRITING, 0, total)
    write_export(
        answer,
        kind,
        work.out,
        columns=work.parameters["columns"],
        language=work.language,
        step=lambda done: work.step(WRITING, done, total),
    )
    name = export_name(work.parameters["report"], work.parameters["as_of"], kind)
    return Ending(rows=total, file=(name, FORMATS[kind]))


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
