"""Every golden case on SQLite and PostgreSQL: the same text as from its folder, cell by cell."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.period import date_of
from dacheng.exchange.csvbook import sound_company
from dacheng.service.folders import OpenFolder
from dacheng.service.golden import Case, read_case
from dacheng.service.printing import csv_rows
from dacheng.service.questions import identified, understood_basis
from dacheng.service.reports import run_report

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
CASES = sorted(path.parent for path in GOLDEN.rglob("case.toml"))


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_case_has_the_same_rows_and_totals_on_a_database(empty: None, folder: Path):
    case = read_case(folder / "case.toml")

    assert from_the_database(folder, case) == from_the_folder(folder, case)


def from_the_folder(folder: Path, case: Case) -> list[object]:
    opened = OpenFolder.read(folder / "book")
    basis = understood_basis(case.basis)
    book = opened.book(as_of_day=case.as_of_day, today=case.today, basis=basis, viewer=case.viewer)
    return answers(case, book, opened.names)


def from_the_database(folder: Path, case: Case) -> list[object]:
    from dacheng.service.books import open_database
    from dacheng.service.labels import DatabaseNames
    from dacheng.service.people import viewer_now
    from dacheng.store.actions.company import install_company

    asked = datetime.combine(date_of(case.today), datetime.min.time(), tzinfo=UTC)
    install_company(actor=SYSTEM, at=asked, company=sound_company(folder / "book"))
    names = DatabaseNames()
    viewer = viewer_now(identified("people", case.viewer, names), asked) if case.viewer else SYSTEM
    book = open_database(viewer, at=asked, as_of_day=case.as_of_day, basis=understood_basis(case.basis))
    return answers(case, book, names)


def answers(case: Case, book, names) -> list[object]:
    found = [run_report(asked.report, asked.params, book=book, names=names) for asked in case.asked]
    return [(csv_rows(one.table, names), dict(one.table.totals), one.remarks("zh")) for one in found]
