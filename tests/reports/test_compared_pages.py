"""A page of a list compared with an earlier day: the earlier values of the rows shown, the earlier totals of all."""

from __future__ import annotations

from dataclasses import replace

import pytest

import dacheng.core.reports  # noqa: F401  registers every report
from dacheng.core.report import REPORTS
from dacheng.service.reports import run_report
from tests.reports.company import Company, day

DEALS = [(f"D{n}", "2026-01-05", {"amount": n, "customer": f"C{n}"}) for n in (1, 2, 4)]
NARROWED = sorted(name for name, one in REPORTS.items() if one.takes("only"))


@pytest.mark.parametrize("name", NARROWED)
def test_a_list_narrowed_to_some_rows_keeps_the_totals_and_the_count_of_all(name):
    book = Company(deals=DEALS).book("2026-02-01")

    whole, narrowed = REPORTS[name].run(book), REPORTS[name].run(book, only=(2,))

    assert (len(whole), len(narrowed)) == (3, 1)
    assert (narrowed.totals, narrowed.count) == (whole.totals, whole.count)


@pytest.mark.parametrize("name", NARROWED)
def test_a_page_is_compared_by_one_run_of_the_earlier_day(name, monkeypatch):
    company = Company(deals=[*DEALS, ("D1", "2026-02-01", {"amount": 100})])
    report, days = REPORTS[name], []

    def counted(book, **params):
        days.append(book.as_of_day)
        return report.function(book, **params)

    monkeypatch.setitem(REPORTS, name, replace(report, function=counted))
    table = run_report(
        name, {"limit": "1"}, book=company.book("2026-02-01"), names=None, compare_day=day("2026-01-15")
    ).table

    assert days == [day("2026-02-01"), day("2026-01-15")]
    assert len(table) == 1
    assert table.before_totals == REPORTS[name].run(company.book("2026-01-15")).totals
