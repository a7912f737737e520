"""Every registered report with questions that it takes, and its answer as the bytes that people get."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import dacheng.core.reports  # noqa: F401  registers every report
from dacheng.core.book import Basis, Book
from dacheng.core.errors import RuleError
from dacheng.core.report import REPORTS, Parameter
from dacheng.service.books import open_database
from dacheng.service.exporting import as_json, exported
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Names
from dacheng.service.reports import Answer, run_report
from tests.proofs import world

Given = Mapping[str, str]
EVERYTHING = "DACHENG_TEST_EVERYTHING" in os.environ

VALUES = {
    "units": ("HD", "BF-SX"),
    "people": ("T0016", "T0034"),
    "customers": ("KH00007",),
    "products": ("TL-D300",),
    "stages": ("need",),
    "expense_categories": ("travel",),
    "loss_reasons": ("price",),
    "segments": ("LINE2",),
    "measures": ("contract", "margin"),
    "plans": ("FA-2026-1",),
    "plan_rows": ("FA-2026-1-00002",),
    "factors": ("sites",),
    "themes": ("Z1",),
    "goals": ("M2",),
    "contracts": ("HT23-0002",),
    "payment_terms": ("HT26-0002/1",),
    "receipts": ("SK26-0003",),
    "projects": ("JF-HT26-0096",),
}
"""Codes of the demo company for parameters that refer to records."""

PERIODS = ("2026-Q2", "2026-08")
SINCE = "2026-05-31"


CHOICES_ASKED = 2
"""Of a parameter with named choices as many are asked for, spread evenly; with --full every one."""


def questions(name: str) -> list[Given]:
    """Return the report without parameters, with each of them alone, and as a page."""
    report = REPORTS[name]
    plain = {one.name: next(iter(values_of(one))) for one in report.parameters if one.required}
    single = [plain | {one.name: value} for one in report.parameters for value in values_of(one)]
    pages = [plain | {"offset": "3", "limit": "7"}] if report.takes("page") else []
    return [plain, *single, *pages]


def values_of(parameter: Parameter) -> Iterator[str]:
    """Yield values that a parameter takes."""
    kind = parameter.kind
    if kind.name == "ref":
        yield from VALUES[kind.ref]
    elif kind.name == "period":
        yield from PERIODS
    elif kind.name == "day":
        yield SINCE
    elif kind.name == "flag":
        yield "1"
    elif kind.name in ("choice", "sort"):
        codes = [code for code, _ in kind.choices]
        every = EVERYTHING or len(codes) <= CHOICES_ASKED
        yield from codes if every else codes[:: max(len(codes) // CHOICES_ASKED, 1)][:CHOICES_ASKED]


def database_book(viewer: str, day: int, basis: Basis = "then") -> Book:
    """Open a Book on the database in use for somebody who asks now."""
    return open_database(world.viewer(viewer), at=world.NOW, as_of_day=day, basis=basis)


def answered(name: str, given: Given, book: Book, names: Names | None = None) -> Answer:
    """Run a report."""
    return run_report(name, given, book=book, names=names or DatabaseNames())


def as_bytes(answer: Answer) -> bytes:
    """Return an answer as the JSON of the API; with --full as the files that the shells hand out, JSON and CSV.

    test_shells_agree.py proves that the CSV of a table says what its JSON says.
    """
    if EVERYTHING:
        return b"".join(exported(answer, kind, columns=(), language="zh-hans") for kind in ("json", "csv"))
    return json.dumps(as_json(answer, (), "zh-hans"), ensure_ascii=False).encode()


def answers(book: Book, names: Names | None = None, *, all_questions: bool = True) -> dict[tuple[str, str], bytes]:
    """Return (report, question) -> bytes for every report; a question that is refused answers nothing."""
    found = {}
    for name in sorted(REPORTS):
        asked = questions(name)
        for given in asked if all_questions else asked[:1]:
            try:
                found[name, urlencode(given)] = as_bytes(answered(name, given, book, names))
            except RuleError:
                found[name, urlencode(given)] = b""
    return found


def differing(one: Mapping[Any, bytes], other: Mapping[Any, bytes]) -> list[Any]:
    """Return what has another answer, for a message that can be read."""
    return [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
