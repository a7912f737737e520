"""Target sheets of other systems: read into the same lines, what is counted twice or does not add up is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.period import FiscalYear, ym_at
from dacheng.core.plans.incoming import Line, Part, spread
from dacheng.exchange.plan_line_cells import Asked, Reading
from dacheng.exchange.plan_lines import read_plan_lines

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WUKONG = (
    "achievement_id,obj_id,type,year,january,february,march,april,may,june,july,august,september,october,november,"
    "december,status,yeartarget\n"
)
SALESFORCE = "QuotaOwnerId,QuotaAmount,CurrencyIsoCode,StartDate,ForecastingTypeId,ProductFamily\n"
ERPNEXT = (
    "Sales Person Name,Parent Sales Person,Is Group,Item Group (Targets),Fiscal Year (Targets),"
    "Target  Amount (Targets),Target Distribution (Targets)\n"
)


def read(*texts: str, shape: str = "auto", **asked) -> Reading:
    return read_plan_lines([(text.encode(), f"{at}.csv") for at, text in enumerate(texts)], Asked(**asked), shape)


def rules(found: Reading) -> list[str]:
    return [one.rule for one in found.findings]


def distribution(name: str, *shares: str) -> str:
    rows = [f"{name if not at else ''},{MONTHS[at]},{share}" for at, share in enumerate(shares)]
    return "\n".join(["Distribution Name,Month (Percentages),Percentage Allocation (Percentages)", *rows])


def test_a_twelve_month_sheet_tells_company_departments_and_people_apart():
    found = read(WUKONG + f"1,1,1,2026,{'10,' * 12}1,120\n2,7,2,2026,{'6,' * 12}1,72\n3,8,3,2026,{'5,' * 12}2,60\n")

    assert found.shape == "wukong"
    assert [(one.kind, one.code, one.measure, one.total) for one in found.lines] == [
        ("company", "1", "contract", 120_00),
        ("unit", "7", "contract", 72_00),
        ("person", "8", "cash", 60_00),
    ]
    assert found.lines[0].parts[0] == Part(ym_at(2026, 1), 1, 10_00)


def test_a_year_that_is_not_the_sum_of_its_months_is_said_to_the_cent_and_the_months_count():
    found = read(WUKONG + f"1,7,2,2026,{'10,' * 12}1,120.01\n")

    assert rules(found) == ["plan/year-and-months"]
    assert "差 0.01" in found.findings[0].message.zh and found.lines[0].total == 120_00


def test_a_row_of_which_nobody_can_tell_whose_it_is_is_named_and_its_money_is_not_lost():
    found = read(WUKONG + f"1,7,9,2026,{'10,' * 12}1,120\n")

    assert found.lines == () and found.left_out == 120_00
    assert [(one.severity, one.row) for one in found.findings] == [("block", 2)]


def test_a_target_detail_is_spread_by_the_percentages_of_its_distribution():
    shares = ["5", "5", "15"] * 4
    found = read(ERPNEXT + "李想,华北大区,0,软件,2026,1000,季末\n", distribution("季末", *shares[:-1], "15.00"))

    (line,) = found.lines
    months = spread(line.parts)
    assert [months[ym_at(2026, at)] for at in (1, 2, 3, 12)] == [50_00, 50_00, 150_00, 150_00]
    assert sum(months.values()) == 1000_00


@pytest.mark.parametrize("last", ["8.36", "8.38"])
def test_a_distribution_of_99_99_or_100_01_percent_is_refused_with_the_way_out(last):
    found = read(ERPNEXT + "李想,华北大区,0,软件,2026,1000,曲线\n", distribution("曲线", *["8.33"] * 11, last))

    assert found.lines == () and found.left_out == 1000_00
    (said,) = found.findings
    assert (said.rule, said.severity) == ("plan/distribution-not-whole", "block")
    assert said.value in ("99.99", "100.01") and "0.01" in said.remedy.zh


def test_a_distribution_of_exact_twelfths_is_whole():
    found = read(ERPNEXT + "李想,,0,,2026,120,平均\n", distribution("平均", *["8.333333"] * 12))

    assert set(spread(found.lines[0].parts).values()) == {10_00}


def test_a_distribution_that_was_not_brought_is_asked_for():
    found = read(ERPNEXT + "李想,,0,,2026,120,季末\n")

    assert rules(found) == ["plan/no-distribution"] and found.left_out == 120_00


def test_a_target_of_all_items_stands_before_those_of_item_groups():
    found = read(ERPNEXT + "李想,,0,All Item Groups,2026,1000,\n,,,软件,2026,600,\n,,,服务,2026,500,\n")

    assert found.lines[0].total == 1000_00 and found.left_out == 1100_00
    assert "差 -100.00" in found.findings[0].message.zh


def test_a_fiscal_year_of_erpnext_begins_where_the_company_says():
    found = read(ERPNEXT + "李想,,0,,2026-2027,120,\n", fiscal=FiscalYear(4))

    assert found.lines[0].parts == (Part(ym_at(2026, 4), 12, 120_00),)


def test_quotas_are_of_quarters_when_all_begin_one_and_of_months_otherwise():
    quarters = read(SALESFORCE + "005A,90,CNY,2026-01-01,T,\n005A,90,CNY,2026-04-01,T,\n")
    months = read(SALESFORCE + "005A,90,CNY,2026-01-01,T,\n005A,90,CNY,2026-02-01,T,\n")

    assert {one.months for one in quarters.lines[0].parts} == {3}
    assert {one.months for one in months.lines[0].parts} == {1}


def test_overlapping_quotas_are_said_and_never_added():
    found = read(
        SALESFORCE
        + "005A,100,CNY,2026-01-01,T,\n005A,40,CNY,2026-01-01,T,Software\n005A,70,CNY,2026-02-01,U,\n"
        + "005B,30,CNY,2026-02-01,T,Software\n005B,20,CNY,2026-02-01,T,Service\n"
    )

    assert [(one.code, one.total) for one in found.lines] == [("005A", 100_00), ("005B", 50_00)]
    assert rules(found) == ["plan/quota-overlap"] * 2 and found.left_out == 110_00


def test_a_quota_of_another_currency_is_not_taken():
    found = read(SALESFORCE + "005A,100,USD,2026-01-01,T,\n", currency="CNY")

    assert found.lines == () and rules(found) == ["plan/other-currency"]


FREE = """2027年销售目标,,,,,,,
单位：万元,,,,,,,
部门,姓名,1月,2月,3月,Q1,Q2,合计
华东,,10,20,30,60,40,100
华东,李雷,4,8,12,24,16,40
华东,王强,6,12,18,36,24,60
合计,,20,40,60,120,80,200
制表人：张三
"""


def test_a_sheet_of_ones_own_is_read_by_its_titles_and_coarser_columns_are_only_checked():
    found = read(FREE)

    li = found.lines[1]
    assert (li.kind, li.name, li.above) == ("person", "李雷", "华东")
    assert li.parts == (
        Part(ym_at(2027, 1), 1, 4_0000_00),
        Part(ym_at(2027, 2), 1, 8_0000_00),
        Part(ym_at(2027, 3), 1, 12_0000_00),
        Part(ym_at(2027, 4), 3, 16_0000_00),
    )


def test_a_total_that_adds_departments_and_people_is_flagged_once_and_never_a_line():
    found = read(FREE)

    assert [one.kind for one in found.lines] == ["unit", "person", "person"]
    (said,) = [one for one in found.findings if one.rule == "plan/total-counts-twice"]
    assert said.row == 7 and "算了两遍" in said.message.zh


def test_a_total_or_a_row_that_does_not_add_up_is_said_with_the_difference():
    found = read("姓名,2027-01,2027-02,合计\n李雷,10,20,31\n王强,1,2,3\n总计,11,23,34\n")

    assert rules(found) == ["plan/row-total", "plan/column-total"]
    assert "差 1.00" in found.findings[0].message.zh and "差 1.00" in found.findings[1].message.zh


@pytest.mark.parametrize(
    ("titles", "first", "months"),
    [
        ("1月,2月", ym_at(2027, 1), 1),
        ("Jan,Feb", ym_at(2027, 1), 1),
        ("2027年1月目标（元）,2027年2月目标（元）", ym_at(2027, 1), 1),
        ("Q1,Q2", ym_at(2027, 4), 3),
        ("一季度,二季度", ym_at(2027, 4), 3),
        ("2027-Q1,2027-Q2", ym_at(2027, 4), 3),
        ("上半年,下半年", ym_at(2027, 4), 6),
        ("全年", ym_at(2027, 4), 12),
    ],
)
def test_titles_of_months_quarters_and_years_are_known(titles, first, months):
    found = read(f"姓名,{titles}\n李雷,{','.join(['5'] * len(titles.split(',')))}\n", year=2027, fiscal=FiscalYear(4))

    assert found.lines[0].parts[0] == Part(first, months, 5_00)


def test_months_that_run_over_the_end_of_the_year_go_on_into_the_next():
    found = read("姓名,4月,12月,1月,3月\n李雷,1,2,3,4\n", year=2027)

    assert [one.from_ym for one in found.lines[0].parts] == [
        ym_at(2027, 4),
        ym_at(2027, 12),
        ym_at(2028, 1),
        ym_at(2028, 3),
    ]


def test_months_without_a_year_are_refused_with_the_way_out():
    with pytest.raises(RuleError, match="没有写年份"):
        read("姓名,1月\n李雷,1\n")


def test_a_blank_month_is_missing_and_not_zero():
    found = read("姓名,2027-01,2027-02\n李雷,,0\n")

    assert found.lines[0].parts == (Part(ym_at(2027, 2), 1, 0),)


def test_a_sheet_without_periods_is_refused():
    with pytest.raises(RuleError, match="没有一张工作表"):
        read("姓名,电话\n李雷,139\n")


def test_every_quota_of_adventureworks_is_read_and_none_overlaps():
    folder = Path(os.environ.get("DACHENG_PUBLIC_SETS", "")) / "adventureworks"
    if not os.environ.get("DACHENG_PUBLIC_SETS") or not folder.is_dir():
        pytest.skip("the public set of AdventureWorks is not here")
    found = read_plan_lines([(folder / "SalesPersonQuotaHistory.csv", "history.csv")], Asked())

    lines: tuple[Line, ...] = found.lines
    assert (found.shape, len(lines), found.findings, found.left_out) == ("adventureworks", 17, (), 0)
    assert sum(one.total for one in lines) == 95_714_000_00
    assert sum(sum(spread(one.parts, [1, 2, 3] * 4).values()) for one in lines) == 95_714_000_00
