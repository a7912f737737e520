"""Every number that opens equals the total of what it opens, and that total is the sum of the rows that it lists."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from dacheng.core.table import Table
from dacheng.service.questions import parsed_day
from tests.proofs import visiting, world
from tests.proofs.asking import REPORTS, answered, database_book
from tests.proofs.tables import Cell, PageTable, anchors, number_in, page_table, question_of
from tests.proofs.visiting import got, signed_in

PAGE_ROWS = 50
PAGES_OPENED, ROWS_OPENED = 3, 12
"""Of a longer report as many pages are read and as many of their rows opened, spread evenly; with --full every one."""
SORTED = " \u00a0\n↑↓"
FIGURE = re.compile(r"[−+]?[\d,]+(\.\d\d)?")
TAKEN_OFF = ("contracts/rollforward",)
"""Reports that write what goes out as a negative number; what it opens is the same without the sign."""
STANDING = ("grips/six",)
"""Reports of figures of many tables: each is a total of the table it opens, under whatever name."""
NESTED = ("tables/forecast",)
"""Reports whose rows are units within units: their total is that of the topmost, not the sum of all."""
STANDPOINT = ("as_of", "basis", "show", "compare")


def pages(client, name: str, query: str, most: int) -> list[PageTable]:
    """Return the table of a report's page, and of its further pages, at most so many."""
    found: list[PageTable] = []
    while not found or (len(found) < most and len(found[-1].rows) == PAGE_ROWS):
        offset = f"&offset={PAGE_ROWS * len(found)}" if found else ""
        found.append(page_table(got(client, f"/reports/{name}/?show=yuan{query}{offset}")))
        if not REPORTS[name].takes("page"):
            break
    return found


def doors(client, name: str, query: str, most_pages: int, most_rows: int) -> list[tuple[str, Cell]]:
    """Return (column title, number) of the numbers of a report that open one, of at most so many pages and rows."""
    found = []
    for table in pages(client, name, query, most_pages):
        titles = [cell.text.strip(SORTED) for cell in table.head[0]] if table.head else []
        rows = [row for row in (table.total, *table.rows) if row]
        cells = [[(title, cell) for title, cell in zip(titles, row, strict=True)] for row in rows]
        found += [[(title, cell) for title, cell in row if cell.door.startswith("/reports/")] for row in cells]
    opening = [row for row in found if row]
    return [cell for row in opening[:: max(len(opening) // most_rows, 1)] for cell in row]


def opened_number(report: str, title: str, table: Table, sort: str) -> Decimal | None:
    """Return what the opened table says of the number of a column: of the one it is sorted by, when a door says so."""
    column = next(one for one in REPORTS[report].columns if one.label.zh == title)
    if column.kind == "count" and column.name not in table.totals:
        return Decimal(table.counted)
    money = [one.name for one in table.columns if one.kind == "money" and one.name in table.totals]
    named = next(name for name in (sort.removeprefix("-"), column.name, *money) if name in table.totals)
    total = table.totals[named]
    return None if total is None else Decimal(total) / (100 if column.kind == "money" else 1)


def sums_of_rows(table: Table) -> dict[str, int | None]:
    """Return the sum of the listed rows of each column that has a total; rows seen by a grant enter none."""
    rows = [at for at in range(len(table)) if table.outside is None or not table.outside[at]]
    sums: dict[str, int | None] = {}
    for name in table.totals:
        known = [value for value in (table.cell(name, at) for at in rows) if value is not None]
        sums[name] = sum(known) if known or not rows else None
    return sums


@pytest.mark.parametrize(
    ("code", "day"), [(world.EXECUTIVE, world.TODAY), (world.SOUTH, world.TODAY), (world.EAST, world.on(5, 31))]
)
def test_every_number_of_every_page_is_the_sum_of_the_rows_that_it_opens(opened, code, day, request):
    most = (10**6, 10**6) if request.config.getoption("--full") else (PAGES_OPENED, ROWS_OPENED)
    wrong, seen = [], set()
    with opened("sqlite", alone=True), visiting.standing_clock():
        client, book = signed_in(code), database_book(code, day)
        for name, report in sorted(REPORTS.items()):
            with_people = any(one.name == "people" for one in report.parameters)
            query = f"&as_of={world.iso(day)}" + ("&people=1" if with_people else "")
            for title, cell in doors(client, name, query, *most):
                opens, given = question_of(cell.door)
                stood = book.at(parsed_day(given["as_of"]))  # a point of a trend opens the rows of its own day
                table = answered(
                    opens, {key: text for key, text in given.items() if key not in STANDPOINT}, stood
                ).table
                seen.add((name, title))
                total = opened_number(name, title, table, given.get("sort", ""))
                told = number_in(cell.text)
                meant = (
                    totals_of(table) if name in STANDING else {total, -(total or 0)} if name in TAKEN_OFF else {total}
                )
                adds_up = opens in NESTED or dict(table.totals) == sums_of_rows(table)
                if told not in meant or not adds_up:
                    wrong.append((name, title, cell.text, cell.door, total, sums_of_rows(table)))

    assert wrong == []
    assert {("targets/attainment", "目标"), ("targets/attainment", "业绩"), ("deals/waterfall", "金额")} <= seen
    assert {("customers/accounts", "在途单数"), ("tables/pipeline", "加权额"), ("deals/list", "金额")} <= seen


def test_every_number_of_the_cockpit_that_opens_is_one_that_stands_there(opened):
    with opened("sqlite", alone=True), visiting.standing_clock():
        client = signed_in(world.EAST)
        found = [cell for part in ("/", "/cockpit/changes/") for cell in shown_numbers(client, f"{part}?show=yuan")]
        book = database_book(world.EAST, world.TODAY)
        wrong = [cell for cell in found if number_in(cell.text) not in standing_there(cell.door, book)]

    assert wrong == []
    assert len(found) > 10


@pytest.mark.parametrize("period", ["2026", "2026-Q3", "2026-Q4", "2026-10..2026-11", "2026-Q1"])
def test_the_parts_of_the_gap_are_the_open_opportunities_that_close_in_the_period(opened, period):
    with opened("sqlite"):
        book = database_book(world.EXECUTIVE, world.TODAY)
        support = answered("targets/support", {"period": period}, book).table
        lists = {
            category: answered(
                "tables/pipeline", {"category": category, "closing": period, "upcoming": "1"}, book
            ).table
            for category in ("commit", "best", "pipeline")
        }

    shown = [(support.cell("deals", row), support.cell("amount", row)) for row in range(len(lists))]
    assert shown == [(one.count, one.totals["weighted"]) for one in lists.values()]


def shown_numbers(client, address: str) -> list[Cell]:
    """Return the amounts and counts of a page that are links to a report."""
    found = anchors(got(client, address))
    return [one for one in found if one.door.startswith("/reports/") and FIGURE.fullmatch(one.text)]


def standing_there(address: str, book) -> set[Decimal | None]:
    """Return the totals of an opened report, with either sign, and how many rows it has."""
    name, given = question_of(address)
    table = answered(name, {key: text for key, text in given.items() if key not in STANDPOINT}, book).table
    return {-one if one is not None else None for one in totals_of(table)} | totals_of(table)


def totals_of(table: Table) -> set[Decimal | None]:
    """Return the totals of a table, and how many rows it has."""
    totals = [
        Decimal(total) / (100 if table.column(column).kind == "money" else 1)
        for column, total in table.totals.items()
        if total is not None
    ]
    return {Decimal(table.counted), *totals}
