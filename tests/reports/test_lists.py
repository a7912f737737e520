"""The lists of opportunities and of accounts."""

from __future__ import annotations

from dataclasses import replace

from dacheng.core.customers.accounts import accounts
from dacheng.core.deals.listing import listing
from dacheng.core.errors import Text
from dacheng.core.period import parse_period
from dacheng.core.report import REPORTS
from dacheng.core.reports import __all__ as report_modules
from dacheng.core.table import Drill, RowDrills, TableColumn
from tests.reports.company import Company

UNITS = (("CN", ""), ("East", "CN"), ("West", "CN"))
PEOPLE = (("boss", "East"), ("wang", "West"))


def test_open_and_closed_deals_are_listed_the_newest_first():
    company = Company(
        deals=[
            ("old", "2026-01-05", {"amount": 10}),
            ("old", "2026-02-01", {"stage": "lost", "amount": 0}),
            ("new", "2026-01-20", {"amount": 7}),
        ]
    )
    book = company.book("2026-03-01")

    table = listing(book)

    assert company.read(table, "deal_id", "state", "amount", "closed_day") == [
        ("new", "open", 7, None),
        ("old", "lost", 0, "2026-02-01"),
    ]
    assert table.totals == {"amount": 700}
    assert company.read(listing(book, state="lost"), "deal_id") == [("old",)]
    assert company.read(listing(book, closed=parse_period("2026-02")), "deal_id") == [("old",)]
    assert company.read(listing(book, sort="amount"), "deal_id") == [("old",), ("new",)]


def test_an_account_shows_its_open_deals_and_this_years_contracts():
    company = Company(
        deals=[
            ("D1", "2026-01-05", {"amount": 10, "customer": "acme"}),
            ("D2", "2026-01-05", {"amount": None, "customer": "acme"}),
            ("D3", "2026-01-05", {"amount": 3, "customer": "globex", "stage": "won"}),
        ],
        contracts=[
            {"code": "K1", "owner": "li", "day": "2025-11-05", "amount": 50, "customer": "acme"},
            {"code": "K2", "owner": "li", "day": "2026-02-05", "amount": 70, "customer": "acme"},
        ],
    )

    table = accounts(company.book("2026-03-01"))

    assert company.read(table, "customer_id", "open_deals", "open_amount", "done", "last_day") == [
        ("acme", 2, 10, 70, "2026-02-05"),
        ("globex", 0, 0, 3, None),
    ]
    assert table.totals == {"open_deals": 2, "open_amount": 1000, "done": 7300}
    assert [(note.code, note.count) for note in table.notes] == [("without-amount", 1)]


def test_an_account_is_listed_only_through_what_the_viewer_sees():
    company = Company(
        units=UNITS,
        people=PEOPLE,
        roles=[("boss", "manager", "East")],
        grants=[("boss", "deal", "granted")],
        deals=[
            ("ours", "2026-01-05", {"owner": "boss", "amount": 1, "customer": "acme"}),
            ("granted", "2026-01-05", {"owner": "wang", "amount": 500, "customer": "globex"}),
            ("hidden", "2026-01-05", {"owner": "wang", "amount": 900, "customer": "initech"}),
        ],
    )

    table = accounts(company.book("2026-03-01", "boss"))

    assert company.read(table, "customer_id", "open_amount") == [("acme", 1), ("globex", 0)]
    assert table.outside.tolist() == [False, True]
    assert table.totals["open_amount"] == 100


def drills_of(column: TableColumn) -> list[Drill]:
    drills = column.drill.drills.values() if isinstance(column.drill, RowDrills) else [column.drill]
    return [one for one in (*drills, column.total_drill) if one is not None]


def test_every_drill_leads_to_a_report_with_the_parameters_it_fills():
    assert report_modules
    unknown = []
    for report in REPORTS.values():
        table = report.run(Company().book("2026-03-01"))
        for column in table.columns:
            for drill in drills_of(column):
                takes = {one.name for one in REPORTS[drill.report].parameters}
                handed = {*drill.take, *drill.fixed, *drill.carry}
                own = {one.name for one in report.parameters} | {one.name for one in table.columns}
                unknown += [(report.name, column.name, name) for name in handed - takes]
                unknown += [(report.name, column.name, name) for name in {*drill.take.values(), *drill.carry} - own]

    assert unknown == []


def test_every_computed_column_says_how_it_is_computed_in_both_languages():
    table_columns = [
        (name, column) for name, one in REPORTS.items() for column in one.run(Company().book("2026-03-01")).columns
    ]

    assert [(name, column.name) for name, column in table_columns if not (column.label.zh and column.label.en)] == []
    assert [(name, column.name) for name, column in table_columns if bool(column.help.zh) != bool(column.help.en)] == []


def test_a_table_has_no_column_that_its_report_does_not_declare():
    book = Company().book("2026-03-01")

    def fixed(columns):  # what a cell opens may follow from what is asked, what a choice is called from rules
        return [
            replace(
                column, drill=None, choices=tuple((number, code, Text("", "")) for number, code, _ in column.choices)
            )
            for column in columns
        ]

    strange = [
        (name, column.name)
        for name, one in REPORTS.items()
        for column in fixed(one.run(book).columns)
        if column not in fixed(one.columns)
    ]

    assert strange == []
