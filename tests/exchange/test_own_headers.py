"""A table whose titles we know is read without a mapping, whatever stands above it."""

from __future__ import annotations

import pytest

from dacheng.core.period import FIRST_DAY
from tests.exchange.mapping_cases import TODAY, day, rows, staged_own, told, xlsx

TITLES = ["商机号", "名称", "负责人", "客户", "金额", "阶段", "预计签约日"]


def test_a_simple_workbook_imports_without_a_mapping():
    book = xlsx(("商机", [TITLES, ["D1", "MES 二期", "李想", "北辰智造有限公司", "86万", "需求确认", "2026年9月30日"]]))

    result = staged_own(book, "商机.xlsx")

    assert not result.is_blocked
    assert rows(result, "deals") == [
        (
            "D1",
            {
                "code": "D1",
                "name": "MES 二期",
                "owner_id": "E1",
                "customer_id": "C1",
                "amount": 86_000_000,
                "stage_id": "need",
                "expected_day": day("2026-09-30"),
            },
            TODAY,
            [],
        )
    ]


def test_titles_in_english_and_of_other_systems_are_understood():
    deals = (
        "Record ID,Deal Name,Deal Stage,Amount,Close Date,Deal owner,Associated Company\n"
        "18230045511,MES 二期,offer,860000,2026-09-15 00:00,李想,\n"
    )

    ((code, values, _, _),) = rows(staged_own(deals), "deals")

    assert (code, values["stage_id"], values["expected_day"]) == ("18230045511", "offer", day("2026-09-15"))


@pytest.mark.parametrize("stars", ["*{}", "{} *", "{}（必填）"])
def test_the_mark_of_a_required_column_does_not_matter(stars):
    titles = [stars.format(title) for title in TITLES]
    book = xlsx(("Sheet1", [titles, ["D1", "MES", "李想", "", 1, "需求确认", None]]))

    assert [code for code, *_ in rows(staged_own(book), "deals")] == ["D1"]


def test_notes_above_the_header_are_passed_over():
    book = xlsx(
        ("商机", [["填写说明：带 * 的必填，金额单位为元"], TITLES, ["D1", "MES", "李想", "", 1, "需求确认", None]])
    )

    assert [code for code, *_ in rows(staged_own(book), "deals")] == ["D1"]


@pytest.mark.parametrize("line", ["某公司 10 月商机台账（单位：万元）", "金额单位为 万元", "单位: 人民币万元"])
def test_the_unit_that_a_line_above_the_header_names_holds_for_amounts_without_their_own(line):
    said = [["D1", "MES", "李想", "", 12.5, "需求确认", None], ["D2", "WMS", "李想", "", "30000元", "需求确认", None]]

    result = staged_own(xlsx(("商机", [[line], TITLES, *said])))

    assert [values["amount"] for _, values, *_ in rows(result, "deals")] == [12_500_000, 3_000_000]
    assert "import/unit-above" in {one.rule for one in result.findings}


def test_two_units_above_the_header_say_nothing():
    row = ["D1", "MES", "李想", "", 12.5, "需求确认", None]

    result = staged_own(xlsx(("商机", [["合同单位：万元；费用单位：元"], TITLES, row])))

    assert [values["amount"] for _, values, *_ in rows(result, "deals")] == [1_250]


def test_a_sheet_of_instructions_beside_the_table_is_told_and_not_read():
    table = [TITLES, ["D1", "MES", "李想", "", 1, "需求确认", None]]
    book = xlsx(("填写须知", [["请按模板填写", "不要改表头", "x"], ["a", "b", "c"]]), ("数据", table))

    result = staged_own(book)

    assert [code for code, *_ in rows(result, "deals")] == ["D1"]
    assert [one.sheet for one in result.findings if one.rule == "import/unused-table"] == ["填写须知"]


def test_of_a_title_that_stands_twice_the_first_is_read_and_it_is_told():
    contracts = (
        "合同编号,合同名称,合同编号,负责人,下单日期,合同金额\n301,MES 实施,HT20260620001,李想,2026-06-20,860000.00\n"
    )

    result = staged_own(contracts)

    assert [code for code, *_ in rows(result, "contracts")] == ["301"]
    assert told(result, "import/same-title") == [("warn", None, "合同编号", "")]


def test_a_unit_in_the_title_counts():
    contracts = "合同号,合同名称,负责人,签订日期,合同金额（万元）\nHT1,MES,李想,2026-06-20,86\n"

    ((_, values, since, _),) = rows(staged_own(contracts), "contracts")

    assert (values["amount"], values["effective_day"], since) == (86_000_000, day("2026-06-20"), day("2026-06-20"))


def test_columns_that_are_not_read_are_told():
    result = staged_own("客户编号,客户名称,客户级别\nK1,北辰,A（重点客户）\n")

    (note,) = [one for one in result.findings if one.rule == "import/unread-columns"]

    assert "客户级别" in note.message.zh


def test_a_table_that_lacks_a_column_says_which_and_what_is_near():
    result = staged_own("商机名称,预计成交日期,归属销售,商机阶段\nMES,2026-09-30,李想,需求确认\n")

    (finding,) = [one for one in result.findings if one.rule == "import/missing-column"]

    assert finding.severity == "block" and "负责人" in finding.message.zh


def test_a_table_of_something_else_is_not_taken_for_ours():
    receipts = "编号,回款编号,回款方式,回款金额,客户名字,合同编号,负责人名字\n61,HK1,电汇,258000,北辰,301,李想\n"

    result = staged_own(receipts)

    assert result.batch.rows == ()
    assert told(result, "import/nothing-to-read") == [("block", None, "", "")]


def test_without_a_code_the_name_is_one():
    assert [code for code, *_ in rows(staged_own("产品名称,产品线,目录价\nMES,软件,100\n"), "products")] == ["MES"]


def test_an_open_opportunity_begins_on_the_day_it_was_created():
    deals = "商机号,商机名称,负责人,阶段,金额,创建日期\nD1,MES,李想,方案价值,100,2026-02-03\n"

    ((_, values, since, later),) = rows(staged_own(deals), "deals")

    assert (values["stage_id"], values["amount"], since, later) == ("offer", 10_000, day("2026-02-03"), [])


def test_the_outcome_of_a_closed_opportunity_is_not_known_before_its_day():
    deals = (
        "商机号,商机名称,负责人,阶段,金额,创建日期,实际成交日期\n"
        "D1,MES,李想,赢单,100,2026-02-03,2026-05-06\nD2,SCADA,李想,丢单,80,2026-02-03,2026-05-07\n"
    )

    won, lost = rows(staged_own(deals), "deals")

    assert (won[1]["stage_id"], won[1]["amount"], won[2]) == ("need", None, day("2026-02-03"))
    assert won[3] == [(day("2026-05-06"), {"amount": 10_000, "stage_id": "won"})]
    assert lost[3] == [(day("2026-05-07"), {"amount": 0, "stage_id": "lost"})]


def test_people_bring_their_home_and_role():
    result = staged_own("工号,姓名,所属部门,角色\nE9,何涛,华东大区,销售\n")

    assert [values for _, values, _, _ in rows(result, "assignments")] == [{"person_id": "E9", "unit_id": "EAST"}]
    assert [values for _, values, _, _ in rows(result, "roles")] == [{"person_id": "E9", "role": 1, "unit_id": "EAST"}]


def test_months_in_the_title_row_are_targets():
    book = xlsx(("目标", [["组织", "指标", "2026-01", "2026年2月", "合计"], ["华东大区", "合同额", 100, 200, 300]]))

    result = staged_own(book)

    assert [(values["ym"], values["amount"]) for _, values, _, _ in rows(result, "targets")] == [
        (24312, 10_000),
        (24313, 20_000),
    ]


def test_a_file_of_our_own_export_carries_its_history():
    deals = (
        "code,name,owner,stage,amount,from,to\n"
        "D1,MES,E1,need,10.00,2026-01-05,2026-03-01\nD1,MES,E1,won,12.00,2026-03-01,\n"
    )

    result = staged_own(deals, "deals.csv")

    assert rows(result, "deals") == [
        (
            "D1",
            {"code": "D1", "name": "MES", "owner_id": "E1", "stage_id": "need", "amount": 1000},
            day("2026-01-05"),
            [(day("2026-03-01"), {"stage_id": "won", "amount": 1200})],
        )
    ]


def test_a_blank_first_day_of_our_own_export_means_always():
    ((_, _, since, _),) = rows(staged_own("code,name,from,to\nK1,北辰,,\n", "customers.csv"), "customers")

    assert since == FIRST_DAY


def test_a_role_that_was_taken_away_does_not_come_back():
    roles = "person,role,unit,from,to\nE1,rep,EAST,2026-01-01,\nE1,manager,EAST,2025-01-01,2026-01-01\n"

    result = staged_own(roles, "roles.csv")

    assert [values["role"] for _, values, _, _ in rows(result, "roles")] == [1]
    assert told(result, "import/ended") == [("note", 3, "", "")]


def test_a_role_that_will_end_is_refused_and_not_given_for_ever():
    result = staged_own("person,role,unit,from,to\nE1,rep,EAST,2026-01-01,2027-01-01\n", "roles.csv")

    assert rows(result, "roles") == []
    assert told(result, "import/ends") == [("block", 2, "", "")]


def test_contacts_are_known_by_account_and_name_and_colleagues_with_numbers_are_no_contacts():
    contacts = "联系人姓名,客户名称,职务,手机\n陈立,北辰智造有限公司,主任,+86 139 0000 0001\n"
    colleagues = "工号,姓名,所属部门,职务,手机,邮箱\nE9,李梅,EAST,经理,13900000002,li@example.com\n"

    ((code, values, since, _),) = rows(staged_own(contacts), "contacts")
    result = staged_own(colleagues)

    assert (code, values["customer_id"], values["title"], since) == ("北辰智造有限公司·陈立", "C1", "主任", TODAY)
    assert [one for one, *_ in rows(result, "people")] == ["E9"] and not rows(result, "contacts")


def test_a_yes_is_no_number_although_it_equals_one_that_was_read_before():
    titles = ["商机号", "名称", "负责人", "阶段", "金额", "人工赢率"]
    lines = [[f"X-{at}", "泵站", "E1", "需求确认", 10, rate] for at, rate in enumerate([1, 1, True, 1.0])]

    result = staged_own(xlsx(("商机", [titles, *lines])), "ours.xlsx")

    assert [code for code, *_ in rows(result, "deals")] == ["X-0", "X-1", "X-3"]
    assert [(one.row, one.column) for one in result.findings if one.severity == "block"] == [(4, "人工赢率")]
