"""xlsx and xls are read as their programs show them: numbers, dates, errors, hidden and merged cells."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlwt

from dacheng.core.errors import NotFound
from dacheng.exchange.cells import column_letters, column_position
from dacheng.exchange.reading import NOT_CALCULATED, Area, Cell, ErrorCell, FileRefused, find_table, read_workbook
from tests.exchange.hostile_files import number_cell, row, text_cell, xlsx


def saved(book: openpyxl.Workbook | xlwt.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(source: bytes) -> dict[int, tuple[Cell, ...]]:
    return {row.number: row.cells for row in read_workbook(source).sheets[0].rows}


# Numbers and texts ---------------------------------------------------------------------------------


def test_numbers_are_exact_and_texts_are_kept() -> None:
    source = xlsx(
        row(1, number_cell("A", "1375.92"), number_cell("B", "5"), number_cell("C", "-0.1"), text_cell("D", "00123"))
        + row(2, number_cell("A", "9007199254740992"), number_cell("B", "0.30000000000000004"), text_cell("C", "𠮷"))
    )

    rows = rows_of(source)

    assert rows[1] == (Decimal("1375.92"), 5, Decimal("-0.1"), "00123")
    assert rows[2] == (9007199254740992, Decimal("0.30000000000000004"), "𠮷")
    assert [type(cell) for cell in rows[1][:2]] == [Decimal, int]


def test_row_numbers_and_columns_are_those_of_the_sheet() -> None:
    rows = rows_of(xlsx(row(5, number_cell("C", 1), number_cell("E", 2)) + row(9, number_cell("D", 3))))

    assert rows == {5: (None, None, 1, None, 2), 9: (None, None, None, 3)}


def test_a_boolean_stays_one() -> None:
    assert rows_of(xlsx(row(1, 'A|t="b"|<v>1</v>', 'B|t="b"|<v>0</v>'))) == {1: (True, False)}


# Dates ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("properties", "serial", "expected"),
    [
        ("", "46027", date(2026, 1, 5)),
        ("", "1", date(1900, 1, 1)),
        ("", "61", date(1900, 3, 1)),
        ("", "46027.5", datetime.fromisoformat("2026-01-05T12:00")),
        ("", "0.25", time(6)),
        ('<workbookPr date1904="1"/>', "44565", date(2026, 1, 5)),
    ],
)
def test_date_cells_are_read_in_both_date_systems(properties: str, serial: str, expected: Cell) -> None:
    source = xlsx(row(1, number_cell("A", serial, attributes='s="1"')), properties=properties)

    assert rows_of(source) == {1: (expected,)}


@pytest.mark.parametrize("properties", ["", '<workbookPr date1904="1"/>'])
def test_the_workbook_tells_from_which_day_bare_numbers_count(properties: str) -> None:
    assert read_workbook(xlsx(row(1, number_cell("A", 1)), properties=properties)).from_1904 == bool(properties)


def test_a_duration_is_no_date() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = timedelta(hours=30)

    assert rows_of(saved(book)) == {1: (timedelta(hours=30),)}


# Errors and formulas ---------------------------------------------------------------------------------


def test_an_error_is_an_error_cell_and_not_a_missing_value() -> None:
    source = xlsx(row(3, text_cell("A", "北辰"), 'B|t="e"|<f>A9</f><v>#REF!</v>') + row(4, 'C|t="e"|<v>#N/A</v>'))

    assert rows_of(source) == {3: ("北辰", ErrorCell("#REF!")), 4: (None, None, ErrorCell("#N/A"))}


def test_a_formula_saved_without_its_result_is_an_error_cell() -> None:
    book = openpyxl.Workbook()
    book.active.append(["名称", "金额"])
    book.active.append(["北辰", "=1+1"])

    assert rows_of(saved(book))[2] == ("北辰", ErrorCell(NOT_CALCULATED))


def test_a_formula_with_its_result_is_that_result() -> None:
    source = xlsx(row(1, "A||<f>1+1</f><v>2</v>", 'B|t="str"|<f>IF(1,"")</f><v></v>', 'C|t="str"|<f>"x"</f><v>x</v>'))

    assert rows_of(source) == {1: (2, None, "x")}


def test_a_sheet_written_with_a_prefix_is_scanned_too() -> None:
    sheet = (
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="2" hidden="1"><x:c r="A2" t="e"><x:v>#DIV/0!</x:v></x:c><x:c r="B2"><x:v>7</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )

    book = read_workbook(xlsx(parts={"xl/worksheets/sheet1.xml": sheet}))

    assert [row.cells for row in book.sheet().rows] == [(ErrorCell("#DIV/0!"), 7)]
    assert book.sheet().hidden_rows == ((2, 2),)


# Hidden and merged -----------------------------------------------------------------------------------


def test_hidden_rows_are_told_and_read() -> None:
    book = openpyxl.Workbook()
    for number in range(1, 9):
        book.active.append(["名称" if number == 1 else f"客户{number}", "金额" if number == 1 else number])
    for number in (3, 4, 7):
        book.active.row_dimensions[number].hidden = True

    sheet = read_workbook(saved(book)).sheet()
    table = find_table(sheet)

    assert sheet.hidden_rows == ((3, 4), (7, 7))
    assert table.row_count == 7
    assert [(finding.rule, finding.row, finding.value) for finding in table.findings] == [
        ("sheet/hidden-rows", 3, "3–4"),
        ("sheet/hidden-rows", 7, "7"),
    ]


def test_merged_cells_hold_their_value_once_and_are_told() -> None:
    book = openpyxl.Workbook()
    for cells in (["部门", "客户"], ["华东", "北辰"], [None, "华岳"], [None, "中原"]):
        book.active.append(cells)
    book.active.merge_cells("A2:A4")

    sheet = read_workbook(saved(book)).sheet()
    table = find_table(sheet)

    assert sheet.merged == (Area(2, 0, 4, 0),)
    assert [row.cells["部门"] for row in table.rows] == ["华东", None, None]
    assert [(finding.rule, finding.row, finding.column, finding.value) for finding in table.findings] == [
        ("sheet/merged-cells", 2, "A", "A2:A4")
    ]


def test_a_hidden_sheet_is_told_and_not_chosen_by_itself() -> None:
    book = openpyxl.Workbook()
    book.active.title = "旧数据"
    book.active.append(["名称", "金额"])
    book.active.sheet_state = "hidden"
    book.create_sheet("数据").append(["客户", "金额"])

    workbook = read_workbook(saved(book))

    assert workbook.sheet().name == "数据"
    assert [finding.rule for finding in find_table(workbook.sheet("旧数据")).findings] == ["sheet/hidden-sheet"]


def test_a_sheet_that_is_not_there_is_refused_with_the_names_that_are() -> None:
    with pytest.raises(NotFound) as caught:
        read_workbook(xlsx(row(1, number_cell("A", 1))), "客户.xlsx").sheet("商机")

    assert "数据" in caught.value.remedy.zh
    assert "客户.xlsx" in caught.value.message.en


# Legacy .xls -----------------------------------------------------------------------------------------


def test_a_legacy_xls_is_read_with_errors_hidden_rows_and_merged_cells() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("客户")
    for place, cells in enumerate((("名称", "金额", "日期"), ("北辰", 12.5, None), ("华岳", 3, None))):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(place + 2, column + 1, cell)
    sheet.write(3, 3, datetime.fromisoformat("2026-01-05T00:00"), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.row(4).set_cell_error(3, "#REF!")
    sheet.row(4).hidden = True
    sheet.write_merge(5, 6, 1, 1, "中原")

    workbook = read_workbook(saved(book), "客户.xlsx")

    assert workbook.kind == "xls"
    assert {row.number: row.cells for row in workbook.sheet("客户").rows} == {
        3: (None, "名称", "金额", "日期"),
        4: (None, "北辰", Decimal("12.5"), date(2026, 1, 5)),
        5: (None, "华岳", 3, ErrorCell("#REF!")),
        6: (None, "中原"),
    }
    assert workbook.sheet().hidden_rows == ((5, 5),)
    assert [str(area) for area in workbook.sheet().merged] == ["B6:B7"]


def test_a_large_legacy_xls_spans_many_sectors() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    for name in ("一", "二"):
        sheet = book.add_sheet(name)
        for number in range(4_000):
            sheet.write(number, 0, f"{name}{number}")
        sheet.row(3_999).set_cell_error(1, "#DIV/0!")
    book.dates_1904 = True

    workbook = read_workbook(saved(book))

    assert workbook.from_1904
    for sheet_read in workbook.sheets:
        last = list(sheet_read.rows)[-1]
        assert (last.number, last.cells[1]) == (4_000, ErrorCell("#DIV/0!"))


def test_a_compound_file_whose_sectors_run_in_a_circle_is_refused() -> None:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x" * 5_000)
    whole = bytearray(saved(book))
    table = (int.from_bytes(whole[76:80], "little") + 1) * 512
    whole[table : table + 4] = (0).to_bytes(4, "little")

    with pytest.raises(FileRefused) as caught:
        read_workbook(bytes(whole))

    assert caught.value.finding.rule == "file/damaged"


# Sources -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["客户.csv", "客户.xls", "客户", "客户.txt"])
def test_the_content_decides_and_not_the_name(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(xlsx(row(1, number_cell("A", 7))))

    book = read_workbook(path)

    assert (book.kind, book.sheet().name) == ("xlsx", "数据")


def test_a_path_bytes_and_an_open_file_are_read_alike(tmp_path: Path) -> None:
    content = xlsx(row(2, text_cell("B", "北辰")))
    path = tmp_path / "客户.xlsx"
    path.write_bytes(content)

    with path.open("rb") as file:
        books = [read_workbook(path), read_workbook(str(path)), read_workbook(content), read_workbook(file)]
    books.append(read_workbook(io.BytesIO(content)))

    assert [list(book.sheet().rows) for book in books] == [[(2, (None, "北辰"))]] * 5


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        read_workbook(tmp_path / "没有.xlsx")

    assert "没有.xlsx" in caught.value.message.zh


def test_rows_can_be_iterated_again_and_side_by_side() -> None:
    sheet = read_workbook(xlsx("".join(row(n, number_cell("A", n)) for n in range(1, 4_001)))).sheet()

    pairs = list(zip(sheet.rows, sheet.rows, strict=True))

    assert len(pairs) == sheet.row_count == 4_000
    assert all(first == second for first, second in pairs)


def test_column_letters_and_positions_are_inverse() -> None:
    assert [column_position(column_letters(position)) for position in range(16_384)] == list(range(16_384))
