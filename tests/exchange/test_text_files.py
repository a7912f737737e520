"""csv of every usual encoding and delimiter is read right; the row numbers are those of the file."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacheng.exchange.reading import FileRefused, find_table, read_workbook
from dacheng.exchange.writing import write_csv
from tests.exchange.hostile_files import as_csv

SIMPLIFIED = [
    "客户名称,负责人,金额,备注",
    "北辰智造有限公司,李想,1234.50,华北销售部首付款",
    "华岳能源集团,王蕾,86000,方案报价阶段",
]
TRADITIONAL = [
    "客戶名稱,負責人,金額,備註",
    "臺灣積體電路股份有限公司,陳怡君,1234.50,第一季度訂單確認",
    "聯發科技,林志明,86000,報價階段",
]


def rows_of(source: bytes, **known: str) -> list[tuple[object, ...]]:
    return [row.cells for row in read_workbook(source, **known).sheets[0].rows]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
    ],
)
def test_simplified_chinese_is_read_in_every_usual_encoding(encoding: str, seen: str) -> None:
    book = read_workbook(as_csv(*SIMPLIFIED, encoding=encoding))

    assert [",".join(map(str, row.cells)) for row in book.sheet().rows] == SIMPLIFIED
    assert (book.kind, book.encoding, book.findings) == ("csv", seen, ())


def test_traditional_chinese_in_big5_is_told_from_gbk() -> None:
    book = read_workbook(as_csv(*TRADITIONAL, encoding="big5"))

    assert [",".join(map(str, row.cells)) for row in book.sheet().rows] == TRADITIONAL
    assert book.encoding == "cp950"


def test_a_rare_character_outside_gbk_is_read_from_gb18030() -> None:
    rows = rows_of(as_csv("姓名,部门名称", "𠮷田一郎,华东销售一部", encoding="gb18030"))

    assert rows[1] == ("𠮷田一郎", "华东销售一部")


def test_western_text_is_read_with_a_warning() -> None:
    book = read_workbook(as_csv("name,city", "Müller,Köln", "Bouché,Orléans", encoding="cp1252"))

    assert next(reversed(list(book.sheet().rows))).cells == ("Bouché", "Orléans")
    assert [finding.rule for finding in book.findings] == ["file/encoding-guessed"]


def test_an_encoding_that_the_person_names_is_not_guessed() -> None:
    assert rows_of("a,é".encode("cp1252"), encoding="cp1252") == [("a", "é")]


def test_bytes_of_no_encoding_are_refused_with_the_bytes() -> None:
    broken = "客户名称,金额\n北辰智造,1\n".encode("gbk") + b"\xff\xff\xfe\xfe,\x80\x20\n"

    with pytest.raises(FileRefused) as caught:
        read_workbook(broken)

    finding = caught.value.finding
    assert (finding.rule, finding.row, finding.value) == ("file/encoding", 3, "ff ff fe fe")


def test_a_named_encoding_that_does_not_fit_is_refused_with_the_row() -> None:
    with pytest.raises(FileRefused) as caught:
        read_workbook(b"a,b\n1,2\n" + b"\xff,1\n", encoding="utf-8")

    assert (caught.value.finding.rule, caught.value.finding.row) == ("file/encoding", 3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    records = [delimiter.join(cells) for cells in (["名称", "金额", "说明"], ["北辰", "1", "甲"], ["华岳", "2", "乙"])]

    book = read_workbook(as_csv(*records))

    assert book.delimiter == delimiter
    assert [len(row.cells) for row in book.sheet().rows] == [3, 3, 3]


def test_commas_inside_semicolon_amounts_do_not_mislead() -> None:
    rows = rows_of(as_csv("名称;金额;日期", "北辰;1,5;2026-01-05", "华岳;2,5;2026-01-06"))

    assert rows[1] == ("北辰", "1,5", "2026-01-05")


def test_excel_s_own_hint_names_the_delimiter_and_is_no_row() -> None:
    rows = rows_of(as_csv("sep=|", "a|b", "1,2|3,4"))

    assert rows == [("a", "b"), ("1,2", "3,4")]


def test_a_newline_in_a_quoted_header_belongs_to_the_header() -> None:
    sheet = read_workbook(as_csv('"客户\n名称","金额\r\n（元）"', "北辰,1")).sheet()

    table = find_table(sheet)

    assert table.keys == ("客户名称", "金额(元)")
    assert [row.number for row in table.rows] == [2]


def test_row_numbers_count_blank_rows_as_a_spreadsheet_does() -> None:
    sheet = read_workbook(as_csv("a,b", "", "1,2", ",", "3,4")).sheet()

    assert [row.number for row in sheet.rows] == [1, 3, 5]


def test_cells_of_csv_are_texts_so_long_numbers_keep_every_digit() -> None:
    assert rows_of(as_csv("id,no", "00123456789012345678,1e400")) == [("id", "no"), ("00123456789012345678", "1e400")]


def test_a_single_column_is_a_table_too() -> None:
    assert rows_of(as_csv("客户名称", "北辰智造", "华岳能源")) == [("客户名称",), ("北辰智造",), ("华岳能源",)]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=6))
def test_what_is_written_as_csv_is_read_back_to_the_letter(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO(newline="")
    write_csv(["甲", "乙"], rows, out)

    book = read_workbook(out.getvalue().encode(), encoding="utf-8", delimiter=",")

    read = {row.number: row.cells for row in book.sheet().rows}
    for number, (first, second) in enumerate(rows, start=2):
        padded = (*read.get(number, ()), None, None)[:2]
        assert tuple(cell or "" for cell in padded) == (first, second)


def test_the_worker_reads_what_the_csv_module_of_python_reads() -> None:
    text = 'a,b\r\n"x ""quoted"", y", 2 \r\n5" pipe,3\r\n'

    assert rows_of(text.encode()) == [tuple(record) for record in csv.reader(io.StringIO(text, newline=""))]
