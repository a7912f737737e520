"""The table on a sheet is found among titles, notes, totals and odd headers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dacheng.exchange.cells import Cell, Row
from dacheng.exchange.reading import Area, FileRefused, Sheet, SheetTable, find_table


def sheet(*rows: tuple[Cell, ...] | list[Cell], merged: tuple[Area, ...] = ()) -> Sheet:
    """Return a sheet whose rows are numbered from 1; an empty one is blank."""
    numbered = [Row(number, tuple(cells)) for number, cells in enumerate(rows, start=1) if cells]
    widest = max((len(row.cells) for row in numbered), default=0)
    return Sheet("数据", numbered, len(numbered), widest, merged=merged, merged_count=len(merged))


def values(table: SheetTable) -> list[tuple[Cell, ...]]:
    return [tuple(row.cells.values()) for row in table.rows]


def said(table: SheetTable) -> list[tuple[str, int | None, str]]:
    return [(finding.rule, finding.row, finding.severity) for finding in table.findings]


# Header ------------------------------------------------------------------------------------------


def test_title_and_note_rows_above_the_header_are_passed_over() -> None:
    table = find_table(
        sheet(
            ("2026 年商机导出",),
            ("1. 带 * 的列必填；2. 日期格式为 2020-02-02", None, None, None),
            (),
            ("*客户名称", "金额 （元）", "预计成交日期", "备注"),
            ("北辰", 12, date(2026, 1, 5), None),
        )
    )

    assert table.header_row == 4
    assert table.keys == ("客户名称", "金额(元)", "预计成交日期", "备注")
    assert [header.title for header in table.headers] == ["*客户名称", "金额 （元）", "预计成交日期", "备注"]
    assert values(table) == [("北辰", 12, date(2026, 1, 5), None)]
    assert [row.number for row in table.rows] == [5]


def test_headers_of_one_name_are_told_apart_by_their_order() -> None:
    table = find_table(sheet(("合同编号", "合同名称", "合同编号", " 合同编号 "), (301, "一期", "HT001", "X")))

    row = next(table.rows)

    assert table.keys == ("合同编号", "合同名称", "合同编号#2", "合同编号#3")
    assert (row.cells["合同编号"], row.cells["合同编号#2"]) == (301, "HT001")


def test_header_keys_forgive_case_width_space_and_marks() -> None:
    table = find_table(
        sheet(("Deal  Owner", "ＣＬＯＳＥ Date", "\ufeffTarget  Amount *", "客户 名称(必填)"), ("a", "b", "c", "d"))
    )

    assert table.keys == ("deal owner", "close date", "target amount", "客户名称")


def test_empty_columns_at_the_end_are_no_columns() -> None:
    table = find_table(sheet(("名称", "金额", None, ""), ("北辰", 1, None, None)))

    assert table.keys == ("名称", "金额")
    assert table.findings == ()


def test_a_column_with_values_but_no_header_is_told() -> None:
    table = find_table(sheet(("名称", None, "金额"), ("北辰", None, 1), ("华岳", "?", 2)))

    assert said(table) == [("sheet/unnamed-column", 3, "warn")]
    assert table.findings[0].column == "B"
    assert values(table) == [("北辰", 1), ("华岳", 2)]


def test_months_can_be_headers() -> None:
    table = find_table(sheet(("2026 目标",), ("单位", "2026-01", date(2026, 2, 1), "3月"), ("华东", 1, 2, 3)))

    assert table.header_row == 2
    assert table.keys == ("单位", "2026-01", "2026-02", "3月")


def test_known_keys_find_a_header_below_a_wider_row_of_texts() -> None:
    rows = sheet(
        ("制表人", "张三", "部门", "华东", "单位", "万元"),
        ("客户名称", "金额", "日期"),
        ("北辰", 12, date(2026, 1, 5)),
    )

    assert find_table(rows).header_row == 1
    assert find_table(rows, {"客户名称", "金额"}).header_row == 2


def test_a_merged_title_over_named_columns_is_joined_with_them() -> None:
    rows = sheet(
        ("合同", "合同报价信息", None, "负责人"),
        (None, "产品", "金额", None),
        ("一期", "MES", 12, "李想"),
        merged=(Area(1, 1, 1, 2), Area(1, 0, 2, 0), Area(1, 3, 2, 3)),
    )

    table = find_table(rows)

    assert table.header_row == 2
    assert table.keys == ("合同", "合同报价信息/产品", "合同报价信息/金额", "负责人")
    assert values(table) == [("一期", "MES", 12, "李想")]


def test_the_person_may_say_which_row_is_the_header() -> None:
    rows = sheet(("a", "b", "c"), ("d", "e"), ("f", "g"))

    table = find_table(rows, header_row=2)

    assert table.keys == ("d", "e")
    assert values(table) == [("f", "g")]


def test_a_table_without_a_header_is_named_by_letters() -> None:
    table = find_table(sheet((274, "x", Decimal("1.5")), (275, "y", None)), header_row=0)

    assert table.keys == ("A", "B", "C")
    assert values(table) == [(274, "x", Decimal("1.5")), (275, "y", None)]


@pytest.mark.parametrize(("rows", "header_row"), [((), None), (((1, 2), (3, 4)), None), ((("a", "b"), (), ("c",)), 2)])
def test_a_sheet_without_a_header_is_refused(rows: tuple[tuple[Cell, ...], ...], header_row: int | None) -> None:
    with pytest.raises(FileRefused) as caught:
        find_table(sheet(*rows), header_row=header_row)

    assert (caught.value.finding.rule, caught.value.finding.row) == ("sheet/no-header", header_row)


# Rows that are no rows ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "total",
    [
        ("合计", None, 300),
        ("合 计：", None, "300.00"),
        (None, "总计", 300),
        (3, "小计", 300),
        ("合计", "共 2 家", 300),
        ("华东 汇总", None, 300),
        ("East Total", None, 300),
        ("Grand Total", None, "$300"),
        ("Total", None, "300"),
        ("Subtotal:", None, 300),
        ("本页合计（元）", None, 300),
    ],
)
def test_a_total_is_left_out_and_told(total: tuple[Cell, ...]) -> None:
    table = find_table(sheet(("客户", "行业", "金额"), ("北辰", "制造", 100), total, ("华岳", "能源", 200)))

    assert [cells[0] for cells in values(table)] == ["北辰", "华岳"]
    assert said(table) == [("sheet/totals-row", 3, "note")]
    assert table.row_count == 2


@pytest.mark.parametrize(
    "record",
    [("Total", "energy", 1924), ("Petro Total", "energy", 300), ("合计科技", "软件", 300), ("总计量所", None, 5)],
)
def test_a_customer_whose_name_looks_like_a_total_stays(record: tuple[Cell, ...]) -> None:
    table = find_table(sheet(("客户", "行业", "金额"), ("北辰", "制造", 100), record))

    assert values(table)[-1] == record
    assert table.findings == ()


def test_a_repeated_header_is_left_out_and_told() -> None:
    table = find_table(sheet(("客户", "金额"), ("北辰", 1), ("客户", "金额"), ("华岳", 2)))

    assert values(table) == [("北辰", 1), ("华岳", 2)]
    assert said(table) == [("sheet/repeated-header", 3, "note")]


def test_notes_below_the_table_are_left_out_and_told() -> None:
    table = find_table(
        sheet(
            ("Deal", "Owner", "Amount"),
            ("A", "Li", 1),
            (),
            ("Confidential Information - Do Not Distribute",),
            ("Generated By: Ann Lee",),
        )
    )

    assert values(table) == [("A", "Li", 1)]
    assert said(table) == [("sheet/footer", 4, "note"), ("sheet/footer", 5, "note")]


def test_a_last_customer_with_a_name_and_nothing_else_stays() -> None:
    table = find_table(sheet(("客户", "行业", "金额"), ("北辰", "制造", 100), ("华岳",)))

    assert values(table)[-1] == ("华岳", None, None)
    assert table.findings == ()


def test_findings_of_one_kind_are_counted_beyond_fifty() -> None:
    totals = [("小计", number) for number in range(80)]

    table = find_table(sheet(("客户", "金额"), *totals))

    assert len(table.findings) == 51
    assert "30" in table.findings[-1].message.en
    assert table.row_count == 0


def test_a_million_blank_rows_between_two_rows_cost_nothing() -> None:
    rows = [Row(1, ("客户", "金额")), Row(1_000_000, ("北辰", 1))]

    table = find_table(Sheet("数据", rows, 2, 2))

    assert [row.number for row in table.rows] == [1_000_000]
