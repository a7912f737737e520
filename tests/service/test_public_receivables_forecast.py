"""The collection forecast on the public receivables: both methods on the month starts of half a year (R151)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

import dacheng.core.reports  # noqa: F401  registers every report
from dacheng.core.period import Period, date_of, day_of, ym_at
from dacheng.core.report import report_named
from dacheng.core.table import Table
from dacheng.service.folders import open_folder

HALF_YEAR = [date(2012, month, 1) for month in range(7, 13)]
END = day_of(date(2012, 12, 31))


def dates(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 -- a day, not a moment


def written(folder: Path, name: str, header: str, rows: Iterator[str]) -> None:
    (folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def folder(public_set, tmp_path_factory) -> Path:
    """Return the set as a folder: every invoice a term of its own, every settlement a receipt set against it."""
    with (public_set("receivables") / "invoices_2012.csv").open(encoding="utf-8-sig") as file:
        found = list(csv.DictReader(file))
    into = tmp_path_factory.mktemp("receivables")
    written(into, "units", "code,name,parent", iter(["hq,Company,"]))
    written(into, "people", "code,name,unit", iter(["wu,Wu,hq"]))
    customers = sorted({one["customerID"] for one in found})
    written(into, "customers", "code,name", (f"{one},{one}" for one in customers))
    written(
        into,
        "payment_terms",
        "code,name,customer,kind,amount,due,owner,from",
        (
            f"{one['invoiceNumber']},,{one['customerID']},other,{one['InvoiceAmount']},{dates(one['DueDate'])},wu,"
            f"{dates(one['InvoiceDate'])}"
            for one in found
        ),
    )
    paid = [(one["invoiceNumber"], one, dates(one["SettledDate"])) for one in found if one["SettledDate"]]
    written(
        into,
        "receipts",
        "code,owner,customer,day,amount,from",
        (f"R{number},wu,{one['customerID']},{day},{one['InvoiceAmount']}," for number, one, day in paid),
    )
    written(
        into,
        "allocations",
        "code,receipt,term,day,amount,received",
        (
            f"A{number},R{number},{number},{day},{one['InvoiceAmount']},{one['InvoiceAmount']}"
            for number, one, day in paid
        ),
    )
    return into


def errors(folder: Path, of: str) -> Table:
    book, _ = open_folder(folder, as_of_day=END, today=END)
    months = Period(ym_at(2012, 7), ym_at(2012, 12) + 1)
    return report_named("receivable/collection_errors").run(book, of=of, tried=months)


@pytest.mark.parametrize("of", ["all", "known"])
def test_paying_history_is_nearer_to_what_came_in_30_days_than_due_dates(folder, of) -> None:
    table = errors(folder, of)

    assert [date_of(day) for day in table.values["day"].tolist()] == HALF_YEAR
    assert (table.values["until"] - table.values["day"] == 30).all()
    history, by_due = table.totals["history_error"], table.totals["due_error"]
    assert history is not None
    assert by_due is not None
    assert history < by_due


def test_what_came_and_what_the_due_dates_said_are_what_the_file_says(folder, public_set) -> None:
    with (public_set("receivables") / "invoices_2012.csv").open(encoding="utf-8-sig") as file:
        found = [
            (
                dates(one["InvoiceDate"]),
                dates(one["DueDate"]),
                dates(one["SettledDate"]) if one["SettledDate"] else date.max,
                round(float(one["InvoiceAmount"]) * 100),
            )
            for one in csv.DictReader(file)
        ]

    table = errors(folder, "known")

    for row, start in enumerate(HALF_YEAR):
        end = start + timedelta(days=30)
        there = [one for one in found if one[0] <= start < one[2]]
        assert table.values["came"][row] == sum(amount for *_, paid, amount in there if paid <= end)
        assert table.values["by_due"][row] == sum(amount for _, due, _, amount in there if due <= end)


def test_a_forecast_knows_nothing_of_what_came_after_it(folder) -> None:
    """Settlements after the day are not in the Book of that day: the folder without them says the same."""
    day = day_of(HALF_YEAR[2])
    then, _ = open_folder(folder, as_of_day=day, today=day)
    later, _ = open_folder(folder, as_of_day=END, today=END)
    report = report_named("receivable/collections")

    assert report.run(then).values["history"].tolist() == report.run(later.at(day)).values["history"].tolist()
