"""Page, API, command line and spreadsheet show one table: the same rows in the same order, to the cent."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dacheng.cli.app import build
from dacheng.core.relation import csv_name
from dacheng.core.report import Report
from dacheng.core.table import TableColumn
from tests.proofs import visiting, world
from tests.proofs.asking import REPORTS, database_book
from tests.proofs.asking import answered as asked
from tests.proofs.tables import number_in, page_table
from tests.proofs.visiting import API, got, signed_in

AS_OF = world.on(7, 31)
PAGE_ROWS = 50
EXACT, ROUNDED = ("money", "count", "days"), ("ratio", "pp")
HALF_A_TENTH = Decimal("0.055")
"""A page shows a percentage with one decimal, a file with two."""

Rows = list[dict[str, str | None]]


def printed(report: str, viewer: str, capture: Callable[[], tuple[bytes, bytes]]) -> bytes:
    """Return what ``dacheng report`` writes to standard output."""
    words = ["dacheng", "report", report, "--as-of", world.iso(AS_OF), "--viewer", viewer]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", words)
        build(lambda url: None)()
    assert ended.value.code == 0
    return capture()[0]


def rows_of_csv(text: bytes) -> Rows:
    """Return the rows of a CSV; an empty field is missing."""
    return [{name: value or None for name, value in row.items()} for row in csv.DictReader(io.StringIO(text.decode()))]


def rows_of_json(body: bytes) -> Rows:
    """Return the rows of an answer without the public ids that only programs need."""
    answer = json.loads(body)
    names = {column["name"] for column in answer["columns"]}
    return [{name: value for name, value in row.items() if name in names} for row in answer["rows"]]


def sheet_of(body: bytes, totals: bool) -> tuple[list[Any], list[list[Any]]]:
    """Return the total row, empty where there is none, and the rows of a workbook's first sheet."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    return (rows[1], rows[2:]) if totals else ([], rows[1:])


def as_decimal(value: Any) -> Decimal | None:
    """Return a figure of a file; a percentage as 0–100."""
    return None if value in (None, "") else Decimal(str(value).removesuffix("%"))


def assert_same_figures(kind: str, shown: Decimal | None, expected: Decimal | None, tolerance: Decimal) -> None:
    if shown is None or expected is None or kind in EXACT:
        assert shown == expected
    else:
        assert abs(shown - expected) <= tolerance


def figures(report: Report, rows: Rows) -> list[tuple[TableColumn, str]]:
    """Return the columns that hold figures, with their names outside."""
    names = rows[0].keys() if rows else ()
    numeric = [one for one in report.columns if one.kind in (*EXACT, *ROUNDED)]
    return [(one, csv_name(one.name)) for one in numeric if csv_name(one.name) in names]


@pytest.mark.parametrize("code", [world.EXECUTIVE, world.SOUTH])
def test_files_of_the_page_the_api_and_the_command_line_are_one_table(opened, code, capsysbinary):
    with opened("sqlite", alone=True), visiting.standing_clock():
        client = signed_in(code)
        for name in sorted(REPORTS):
            at = f"as_of={world.iso(AS_OF)}"
            expected = rows_of_json(got(client, f"{API}/reports/{name}?{at}").body)
            by_page = {kind: got(client, f"/reports/{name}/export.{kind}?{at}").body for kind in ("csv", "json")}
            by_api = got(client, f"{API}/reports/{name}?{at}&format=csv").body
            assert expected, name
            assert rows_of_json(by_page["json"]) == expected, name
            assert rows_of_csv(by_page["csv"]) == expected, name
            assert by_page["csv"] == by_api == printed(name, code, capsysbinary.readouterr), name


@pytest.mark.parametrize("code", [world.EXECUTIVE, world.SOUTH])
def test_the_spreadsheet_holds_the_same_figures_as_numbers(opened, code):
    with opened("sqlite", alone=True), visiting.standing_clock():
        client = signed_in(code)
        for name, report in sorted(REPORTS.items()):
            at = f"as_of={world.iso(AS_OF)}"
            answer = json.loads(got(client, f"{API}/reports/{name}?{at}").body)
            body = got(client, f"/reports/{name}/export.xlsx?{at}").body
            total, rows = sheet_of(body, bool(answer["totals"]))
            places = {column["name"]: place for place, column in enumerate(answer["columns"])}
            assert len(rows) == len(answer["rows"]) == answer["count"], name
            for column, outside in figures(report, answer["rows"]):
                factor = 100 if column.kind in ROUNDED else 1
                for shown, row in [*zip(rows, answer["rows"], strict=True), (total, answer["totals"])]:
                    if outside not in row:
                        continue
                    number = as_decimal(shown[places[outside]])
                    found = None if number is None else round(number * factor, 4)
                    assert_same_figures(column.kind, found, as_decimal(row[outside]), Decimal("0.005"))


def whole_page(client, name: str, query: str) -> tuple[list[str], list[list[str]]]:
    """Return the texts of the total row and of every row of a report, page by page."""
    rows: list[list[str]] = []
    while True:
        offset = f"&offset={len(rows)}" if rows else ""
        table = page_table(got(client, f"/reports/{name}/?show=yuan&{query}{offset}"))
        rows += [[cell.text for cell in row] for row in table.rows]
        if len(table.rows) < PAGE_ROWS or not REPORTS[name].takes("page"):
            return [cell.text for cell in table.total], rows


@pytest.mark.parametrize("code", [world.EXECUTIVE, world.SOUTH])
def test_the_page_shows_the_same_figures_to_the_cent(opened, code):
    with opened("sqlite", alone=True), visiting.standing_clock():
        client, book = signed_in(code), database_book(code, AS_OF)
        for name, report in sorted(REPORTS.items()):
            table = asked(name, {}, book).table
            answer = json.loads(got(client, f"{API}/reports/{name}?as_of={world.iso(AS_OF)}").body)
            shown = [table.columns[0], *(column for column, _ in figures(report, answer["rows"]))]
            chosen = "&".join(f"col={one.name}" for one in shown)
            total, rows = whole_page(client, name, f"as_of={world.iso(AS_OF)}&{chosen}")
            assert len(rows) == len(answer["rows"]) > 0, name
            for place, column in enumerate(shown[1:], 1):
                outside = csv_name(column.name)
                for texts, row in zip(rows, answer["rows"], strict=True):
                    expected = as_decimal(row[outside])
                    assert_same_figures(column.kind, number_in(texts[place]), expected, HALF_A_TENTH)
                if total and outside in answer["totals"]:
                    expected = as_decimal(answer["totals"][outside])
                    assert_same_figures(column.kind, number_in(total[place]), expected, HALF_A_TENTH)
