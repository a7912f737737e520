"""A question in words answered on a database or on a folder of CSVs: what the command line asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import dacheng.core.reports  # noqa: F401  registers every report
from dacheng.core.access import SYSTEM, Viewer
from dacheng.core.errors import RuleError, Text
from dacheng.core.report import REPORTS
from dacheng.exchange.facts_manifest import is_facts_export
from dacheng.service.books import open_database
from dacheng.service.facts_folder import OpenFacts
from dacheng.service.folders import open_folder
from dacheng.service.labels import DatabaseNames
from dacheng.service.people import viewer_now
from dacheng.service.questions import identified, parsed_day, parsed_moment, understood_basis
from dacheng.service.reports import Answer, run_report


def answer_database(
    name: str,
    given: Mapping[str, str],
    *,
    at: datetime,
    as_of: str = "",
    basis: str = "then",
    viewer: str = "",
    known_at: str = "",
) -> Answer:
    """Run a report on the database.

    Args:
        viewer: a person's code or name; empty = the system, which sees everything.
    """
    names = DatabaseNames()
    book = open_database(
        seen_by(viewer, at, names),
        at=at,
        as_of_day=parsed_day(as_of) if as_of else None,
        basis=understood_basis(basis),
        known_at=parsed_moment(known_at) if known_at else None,
    )
    return run_report(name, given, book=book, names=names)


def answer_folder(
    folder: Path,
    name: str,
    given: Mapping[str, str],
    *,
    at: datetime,
    as_of: str = "",
    basis: str = "then",
    viewer: str = "",
    known_at: str = "",
) -> Answer:
    """Run a report on a facts export, or on a folder of CSVs, which holds only what is known now.

    Raises:
        RuleError: ``known_at`` was given for a folder of CSVs.
    """
    if is_facts_export(folder):
        facts = OpenFacts.read(folder)
        opened = facts.book(
            at=at,
            as_of_day=parsed_day(as_of) if as_of else None,
            basis=understood_basis(basis),
            viewer=viewer,
            known_at=parsed_moment(known_at) if known_at else None,
        )
        return run_report(name, given, book=opened, names=facts.names)
    if known_at:
        raise RuleError(
            Text("CSV 文件夹只有现在已知的数据。", "A folder of CSVs holds only what is known now."),
            Text("--known-at 用在数据库上。", "Use --known-at on a database."),
        )
    today = (at.astimezone(UTC).date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days
    as_of_day = parsed_day(as_of) if as_of else today
    book, names = open_folder(folder, as_of_day=as_of_day, today=today, basis=understood_basis(basis), viewer=viewer)
    return run_report(name, given, book=book, names=names)


def catalogue(language: str) -> list[str]:
    """Return one line for each report: name, title, parameters."""
    return [
        f"{name}\t{one.title.in_language(language)}\t"
        + " ".join(f"--{parameter.name}" for parameter in one.parameters if parameter.kind.name not in ("page", "only"))
        for name, one in sorted(REPORTS.items())
    ]


def seen_by(text: str, at: datetime, names: DatabaseNames | None = None) -> Viewer:
    """Return a person of the database by code or name, with the roles of a moment; the system without a text."""
    names = names or DatabaseNames()
    return viewer_now(identified("people", text, names), at) if text else SYSTEM
