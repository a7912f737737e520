"""What is written out is what comes back: no live formula, no altered value, exact amounts."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.core.period import FAR_DAY, day_of, ym_at
from dacheng.exchange import writing
from dacheng.exchange.cells import ErrorCell
from dacheng.exchange.reading import find_table, read_workbook
from dacheng.exchange.values import parse_money
from dacheng.exchange.writing import OutColumn, OutSheet, text_width, write_csv, write_xlsx

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "＝1+1",
    "\t=1",
    "\r=1",
    "http://a.b",
    "_x000D_",
    "00123",
    "1e5",
    "{=1}",
]
COLUMNS = [
    OutColumn("客户"),
    OutColumn("金额", "money"),
    OutColumn("日期", "day"),
    OutColumn("月份", "month"),
    OutColumn("完成率", "ratio"),
]


def written(*sheets: OutSheet, **options: object) -> bytes:
    out = io.BytesIO()
    write_xlsx(sheets, out, **options)  # type: ignore[arg-type]
    return out.getvalue()


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_hostile_texts_stay_texts_to_the_letter_and_nothing_is_live() -> None:
    content = written(OutSheet("数据", [OutColumn("名称")], [[text] for text in HOSTILE]))

    back = [row.cells[0] for row in read_workbook(content).sheet().rows][1:]
    xml = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")

    assert back == HOSTILE
    assert b"<f" not in xml and b"hyperlink" not in xml
    assert all(cell.data_type != "f" for row in opened(content).active.iter_rows(min_row=2) for cell in row)


def test_values_are_written_as_numbers_dates_and_texts() -> None:
    row = ["北辰", 123456, day_of(date(2026, 1, 5)), ym_at(2026, 1), 0.356]

    book = opened(written(OutSheet("数据", COLUMNS, [row])))

    cells = [cell.value for cell in book.active[2]]
    assert cells == ["北辰", 1234.56, datetime.fromisoformat("2026-01-05T00:00"), "2026-01", 0.356]
    assert [cell.number_format for cell in book.active[2]] == [
        "@",
        "#,##0.00;[Red]-#,##0.00",
        "yyyy-mm-dd",
        "@",
        "0.0%",
    ]
    assert book.active.freeze_panes == "A2"


def test_missing_values_are_empty_cells_and_open_ends_too() -> None:
    rows = [[None] * 5, ["x", 0, FAR_DAY, None, float("nan")]]

    book = opened(written(OutSheet("数据", COLUMNS, rows)))

    assert [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)] == [
        [None] * 5,
        ["x", 0, None, None, None],
    ]


def test_the_total_stands_below_the_header_and_is_no_row_when_read_again() -> None:
    sheet = OutSheet("数据", COLUMNS[:2], [["北辰", 100], ["华岳", 200]], total=["合计", 300])

    table = find_table(read_workbook(written(sheet)).sheet())

    assert [tuple(row.cells.values()) for row in table.rows] == [("北辰", 1), ("华岳", 2)]
    assert [(finding.rule, finding.row) for finding in table.findings] == [("sheet/totals-row", 2)]


def test_an_amount_beyond_15_digits_is_a_text_and_told() -> None:
    rows = [[999_999_999_999_999], [1_234_567_890_123_456], [-(10**15)]]

    book = opened(written(OutSheet("数据", [OutColumn("金额", "money")], rows)))

    assert [cell.value for cell in book["数据"]["A"]][1:] == [
        9999999999999.99,
        "12345678901234.56",
        "-10000000000000.00",
    ]
    assert [row[1].value[:3] for row in book["说明"].iter_rows(min_row=2)] == ["A3 ", "A4 "]


def test_notes_of_all_sheets_come_on_one_sheet_in_the_reader_s_language() -> None:
    sheets = [
        OutSheet("Deals", [OutColumn("a")], notes=["As of 2026-01-05"]),
        OutSheet("Units", [OutColumn("b")], notes=["All"]),
    ]

    book = opened(written(*sheets, language="en"))

    assert book.sheetnames == ["Deals", "Units", "Notes"]
    assert [[cell.value for cell in row] for row in book["Notes"].iter_rows()] == [
        ["Sheet", "Note"],
        ["Deals", "As of 2026-01-05"],
        ["Units", "All"],
    ]


def test_a_text_that_no_cell_can_hold_is_cut_and_told_and_whole_in_csv() -> None:
    long = "长" * 40_000
    out = io.StringIO(newline="")

    book = opened(written(OutSheet("数据", [OutColumn("备注")], [[long]])))
    write_csv(["备注"], [[long]], out)

    assert len(book["数据"]["A2"].value) == 32_767
    assert "A2" in book["说明"]["B2"].value and "40,000" in book["说明"]["B2"].value
    assert long in out.getvalue()


def test_rows_beyond_a_sheet_go_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SHEET_ROWS", 4)

    book = opened(written(OutSheet("商机", [OutColumn("号", "count")], ([n] for n in range(7)), total=[21])))

    assert [[cell.value for cell in book[name]["A"]] for name in book.sheetnames] == [
        ["号", 21, 0, 1],
        ["号", 2, 3, 4],
        ["号", 5, 6],
    ]
    assert book.sheetnames == ["商机", "商机 (2)", "商机 (3)"]


def test_sheet_names_are_made_acceptable_and_different() -> None:
    names = ["a/b[c]:*?", "", "x" * 40, "x" * 40, "数据", "数据 ", "History", "'q'"]

    book = opened(written(*(OutSheet(name, [OutColumn("t")]) for name in names)))

    assert len(book.sheetnames) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in book.sheetnames)


def test_columns_are_as_wide_as_their_titles_and_values_with_chinese_counted_double() -> None:
    sheet = OutSheet(
        "数据",
        [OutColumn("客户名称"), OutColumn("n", "count", 30), OutColumn("金额", "money")],
        [["北辰智造有限公司", 1, 123456789]],
    )

    widths = {
        letters: dimension.width for letters, dimension in opened(written(sheet)).active.column_dimensions.items()
    }

    assert text_width("北辰智造有限公司") == 16
    assert [round(widths[letters]) for letters in "ABC"] == [19, 31, 15]


def test_the_same_rows_give_the_same_bytes() -> None:
    sheet = OutSheet("数据", COLUMNS, [["北辰", 1, 2, 3, 0.5]], notes=["x"])

    assert written(sheet) == written(sheet)


def test_a_path_is_written_too_and_memory_stays_flat(tmp_path: Path) -> None:
    rows = ((f"客户{n}", n) for n in range(20_000))

    count = write_xlsx([OutSheet("数据", COLUMNS[:2], rows)], tmp_path / "出.xlsx")

    assert count == 20_000
    assert read_workbook(tmp_path / "出.xlsx").sheet().row_count == 20_001


def test_cells_as_they_were_read_go_back_as_they_were() -> None:
    cells = [
        "=x",
        7,
        Decimal("1375.92"),
        date(2026, 1, 5),
        datetime.fromisoformat("2026-01-05T08:00"),
        ErrorCell("#REF!"),
        None,
        12345678901234567,
    ]
    columns = [OutColumn(str(place), "any") for place in range(len(cells))]

    back = list(read_workbook(written(OutSheet("数据", columns, [cells]))).sheet("数据").rows)[1].cells

    assert back == (*cells[:5], "#REF!", None, "12345678901234567")


def test_a_date_before_excel_s_calendar_is_right_is_a_text() -> None:
    book = opened(written(OutSheet("数据", [OutColumn("日", "any")], [[date(1899, 5, 1)]])))

    assert book.active["A2"].value == "1899-05-01"


# csv -----------------------------------------------------------------------------------------------


def test_csv_carries_hostile_texts_unaltered() -> None:
    out = io.StringIO(newline="")

    write_csv(["名称"], [[text] for text in HOSTILE], out)

    back = [row.cells[0] for row in read_workbook(out.getvalue().encode(), delimiter=",").sheet().rows][1:]
    assert back == HOSTILE


def test_csv_is_written_for_people() -> None:
    out = io.StringIO(newline="")

    count = write_csv(
        COLUMNS, [["北辰, 一期", -5, day_of(date(2026, 1, 5)), ym_at(2026, 1), 0.356], [None] * 5], out, mark=True
    )

    assert (
        out.getvalue() == '\ufeff客户,金额,日期,月份,完成率\r\n"北辰, 一期",-0.05,2026-01-05,2026-01,0.356\r\n,,,,\r\n'
    )
    assert count == 2


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        write_csv(["a", "b"], [["1"]], io.StringIO(newline=""))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-(10**14), 10**14), min_size=1, max_size=20))
def test_amounts_come_back_from_xlsx_and_csv_to_the_cent(amounts: list[int]) -> None:
    columns, rows = [OutColumn("号", "count"), OutColumn("金额", "money")], list(enumerate(amounts))
    out = io.StringIO(newline="")
    write_csv(columns, rows, out)

    books = [read_workbook(written(OutSheet("数据", columns, rows))), read_workbook(out.getvalue().encode())]

    for book in books:
        assert [parse_money(row.cells["金额"]) for row in find_table(book.sheet()).rows] == amounts
