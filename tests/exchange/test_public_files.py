"""Files that nobody here wrote are read whole."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from dacheng.exchange.reading import find_table, read_workbook
from dacheng.exchange.values import Notes, parse_date, parse_money, parse_text

PublicSet = Callable[[str], Path]


def test_the_chinese_retail_workbook_sums_to_its_known_amounts(public_set: PublicSet) -> None:
    (path,) = public_set("superstore_cn").glob("*.xlsx")

    book = read_workbook(path)
    orders = find_table(book.sheet("订单"))
    notes: Notes = []
    sums: dict[int, int] = {}
    for row in orders.rows:
        day, amount = parse_date(row.cells["订单日期"]), parse_money(row.cells["销售额"], notes=notes)
        assert day is not None and amount is not None
        sums[day.year] = sums.get(day.year, 0) + amount

    assert [sheet.name for sheet in book.sheets] == ["订单", "退货", "销售人员"]
    assert orders.row_count == 6_599
    assert orders.findings == ()
    assert sums == {2014: 293966338, 2015: 344337623, 2016: 424604282}
    assert {note.rule for note in notes} == {"money/rounded"}


def test_the_crm_export_is_read_whole(public_set: PublicSet) -> None:
    table = find_table(read_workbook(public_set("maven_crm") / "sales_pipeline.csv").sheet())

    won = without_account = 0
    for row in table.rows:
        without_account += parse_text(row.cells["account"]) is None
        if row.cells["deal_stage"] == "Won":
            won += parse_money(row.cells["close_value"], currency="USD") or 0

    assert (table.row_count, without_account, won) == (8_800, 1_425, 1_000_553_400)


@pytest.mark.parametrize(
    ("name", "delimiter", "rows"), [("SalesPersonQuotaHistory.csv", "\t", 163), ("FactSalesQuota.csv", "|", 163)]
)
def test_exports_without_a_header_are_read_by_letters(
    public_set: PublicSet, name: str, delimiter: str, rows: int
) -> None:
    book = read_workbook(public_set("adventureworks") / name)

    table = find_table(book.sheet(), header_row=0)

    assert (book.delimiter, table.row_count) == (delimiter, rows)


def test_the_quotas_of_adventureworks_sum_to_their_known_amount(public_set: PublicSet) -> None:
    table = find_table(
        read_workbook(public_set("adventureworks") / "SalesPersonQuotaHistory.csv").sheet(), header_row=0
    )

    total = sum(parse_money(row.cells["C"]) or 0 for row in table.rows)

    assert Decimal(total) / 100 == 95_714_000


def test_a_semicolon_file_of_categories_is_read_whole(public_set: PublicSet) -> None:
    book = read_workbook(public_set("bohanec") / "Salvirt_B2B_ML_dataset.csv")

    assert (book.delimiter, find_table(book.sheet()).row_count) == (";", 448)
