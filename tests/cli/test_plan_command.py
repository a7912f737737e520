"""``dacheng plan``: made of the organisation, weighed, broken down, edited, taken out and brought back."""

import csv
from decimal import Decimal
from zipfile import ZipFile

import pytest

from dacheng.cli import planning, report
from dacheng.core.access import SYSTEM
from dacheng.core.errors import RuleError
from dacheng.service.working_calendar import fill_year
from dacheng.store.actions.segments import create_segment
from tests.store.company import AT, load


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with the small company and a plan of it."""
    load()
    run = terminal(planning, report)
    run("plan", "create", "2027 plan", "--unit", "HQ", "--period", "2027")
    return run


def rows(result):
    return list(csv.DictReader(result.stdout.splitlines()))


def test_a_total_is_broken_down_and_read_as_a_report(dacheng):
    done = dacheng("plan", "break-down", "1,200万", "--season", "1,1,1,1,1,1,1,1,1,1,1,1")

    assert "Cells written: 91; 52 sums, 0 do not hold." in done.stderr
    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert (found["集团"], found["华东"], found["李雷"]) == ("12000000.00", "6000000.00", "3000000.00")


def test_an_edit_tells_what_follows_and_a_look_writes_nothing(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    looked = rows(dacheng("plan", "set", "李雷", "50", "--month", "2027-03", "--dry-run"))
    done = rows(dacheng("plan", "set", "李雷", "50", "--month", "2027-03"))

    assert looked == done
    assert {(row["name"], row["before"], row["after"], row["asked"]) for row in done} >= {
        ("李雷", "25.00", "50.00", "1"),
        ("集团", "100.00", "125.00", "0"),
    }


def test_a_pinned_row_stays_when_the_total_is_broken_down_again(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    dacheng("plan", "set", "华南", "900")
    dacheng("plan", "pin", "华南")

    dacheng("plan", "break-down", "1500", "--season", ",".join(["1"] * 12))

    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert (found["华南"], found["华东"]) == ("900.00", "600.00")


def test_rows_are_weighed_by_what_was_said_and_an_amount_moves_between_them(dacheng):
    weighed = dacheng("plan", "weigh", "capacity=100")
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    moved = rows(dacheng("plan", "move", "华东", "华南", "100"))

    assert "Weights changed: 1." in weighed.stderr
    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert (found["华东"], found["华南"]) == ("700.00", "500.00")
    assert {row["name"] for row in moved} == {"华东", "上海组", "李雷", "王强", "华南", "赵敏"}


def test_a_workbook_comes_back_as_it_went(dacheng, tmp_path):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    file = tmp_path / "plan.xlsx"
    dacheng("plan", "export", file)
    dacheng("plan", "set", "赵敏", "60", "--month", "2027-01")

    found = rows(dacheng("plan", "bring-back", file, "--take"))

    assert {row["outcome"] for row in found} == {"theirs"}


def test_what_cannot_be_is_said_with_the_rows(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    dacheng("plan", "pin", "华东")

    refused = dacheng("plan", "break-down", "500", "--season", ",".join(["1"] * 12))

    assert isinstance(refused.exception, RuleError)
    assert "华东" in refused.exception.message.zh


def test_a_target_sheet_is_looked_at_first_and_written_when_it_is_said(dacheng, tmp_path):
    file = tmp_path / "targets.csv"
    file.write_text(
        "部门,姓名,2027-01,2027-02\n上海组,,35,50\n上海组,李雷,10,20\n上海组,王强,20,40\n华北,,1,1\n", "utf-8"
    )

    looked = dacheng("plan", "import", file, "--period", "2027", "--name", "brought")
    done = dacheng("plan", "import", file, "--period", "2027", "--name", "brought", "--apply")

    assert "counted 85.00 + counted already 90.00 + nobody's 2.00" in looked.stderr
    assert "Nothing was written" in looked.stderr and "Cells written to brought" in done.stderr
    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet", "--plan", "brought"))}
    assert (found["集团"], found["李雷"]) == ("85.00", "30.00")


def test_a_distribution_that_is_not_whole_is_refused_with_the_way_out(dacheng, tmp_path):
    people, curve = tmp_path / "people.csv", tmp_path / "curve.csv"
    people.write_text(
        "Sales Person Name,Fiscal Year (Targets),Target  Amount (Targets),Target Distribution (Targets)\n"
        "李雷,2027,1000,curve\n",
        "utf-8",
    )
    shares = "".join(
        f"{'curve' if not at else ''},{month},{8.36 if not at else 8.33}\n"
        for at, month in enumerate(("January", "February", "March", "April", "May", "June", "July", "August"))
    )
    curve.write_text(f"Distribution Name,Month (Percentages),Percentage Allocation (Percentages)\n{shares}", "utf-8")

    refused = dacheng("plan", "import", people, curve)

    assert isinstance(refused.exception, RuleError) and "not 12 months and 100 %" in str(refused.exception)


def test_an_adjustment_is_asked_for_looked_at_and_approved(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    wish = (
        "--kind",
        "transfer",
        "--from",
        "2027-07-01",
        "--to",
        "赵敏",
        "--reason",
        "客户随区域走",
        "--evidence",
        "红头文件",
    )

    line = dacheng("plan", "adjust", "request", "李雷", *wish).stdout.strip()
    looked = rows(dacheng("plan", "adjust", "effect", line))
    dacheng("plan", "adjust", "approve", line)

    assert {(row["name"], row["difference"]) for row in looked} >= {
        ("李雷", "-150.00"),
        ("华东", "-150.00"),
        ("赵敏", "150.00"),
    }
    assert "集团" not in {row["name"] for row in looked}
    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert (found["李雷"], found["赵敏"], found["集团"]) == ("150.00", "750.00", "1200.00")
    assert [row["state"] for row in rows(dacheng("plan", "adjust", "list"))] == ["approved"]


def test_a_fit_far_from_a_hundred_percent_asks_for_a_reason(dacheng):
    refused = dacheng("plan", "weigh", "capacity=100", "--fit", "李雷=150")
    done = dacheng("plan", "weigh", "capacity=100", "--fit", "李雷=150:老客户多")
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    assert "plan.fit_without_reason_bp" in refused.exception.remedy.en and "Weights changed" in done.stderr
    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert int(float(found["李雷"]) * 2) == int(float(found["王强"]) * 3)


def test_letters_are_written_one_by_one_or_all_as_a_zip(dacheng, tmp_path):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    one = dacheng("plan", "letter", tmp_path / "li.docx", "--row", "李雷")
    every = dacheng("plan", "letter", tmp_path / "every.zip")

    assert one.exit_code == 0 and every.exit_code == 0, (one.exception, every.exception)
    with ZipFile(tmp_path / "li.docx") as word, ZipFile(tmp_path / "every.zip") as package:
        assert "word/document.xml" in word.namelist()
        assert any("李雷" in name and name.endswith(".docx") for name in package.namelist())


def test_a_partner_is_added_and_stands_in_the_report_of_partners(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    done = dacheng("plan", "add", "华东", "--account", "C1", "--name", "华东渠道")
    refused = dacheng("plan", "add", "华东", "--kind", "person")
    unknown = dacheng("plan", "add", "华东", "--account", "没有的客户")

    found = rows(dacheng("report", "plans/channels"))
    assert done.exit_code == 0, done.exception
    assert len(found) == 1 and "华能电力" in found[0].values() and done.stdout.startswith("FH")
    assert "“person” is not possible here" in str(refused.exception) and "没有的客户" in str(unknown.exception)


def test_a_row_that_few_accounts_stand_behind_is_not_split_by_80_20(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    refused = dacheng("plan", "pareto", "李雷", "--dry-run")

    assert isinstance(refused.exception, RuleError) and "not meaningful" in str(refused.exception)


def test_a_row_is_split_into_known_members_only(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    unknown = dacheng("plan", "pareto", "李雷", "--into", "regions", "--dry-run")
    alone = dacheng("plan", "pareto", "李雷", "--into", "owner", "--dry-run")
    products = dacheng("plan", "pareto", "李雷", "--into", "product", "--dry-run")

    assert "customer, owner, product" in unknown.exception.sentence("en")
    assert "one person" in str(alone.exception.message.en)
    assert "Products that brought something" in products.exception.sentence("en")


def test_a_cut_without_a_dimension_says_which_it_took(dacheng):
    from dacheng.store.actions.segments import create_segment

    dacheng("plan", "break-down", "1,200万", "--season", ",".join(["1"] * 12))
    create_segment(actor=SYSTEM, at=AT, values={"name": "华东片", "dimension": 3})

    done = dacheng("plan", "cut")

    assert "0 do not hold" in done.stderr
    assert "华东片" in dacheng("report", "plans/sheet", "--cut", "region").stdout


def test_customer_types_are_drawn_from_accounts_and_cut_the_plan(dacheng):
    from dacheng.store.actions.customers import create_customer

    create_customer(actor=SYSTEM, at=AT, values={"name": "甲车厂", "industry": "汽车"})
    dacheng("plan", "break-down", "1,200万", "--season", ",".join(["1"] * 12))

    looked = dacheng("plan", "types", "--dry-run")
    done = dacheng("plan", "types")
    cut = dacheng("plan", "cut", "customer", "--weight", "汽车=1")

    assert looked.stdout == done.stdout and {"type": "汽车", "accounts": "1", "typed": "0"} in rows(done)
    assert "New segments: 1; accounts sorted: 1" in done.stderr
    assert "0 do not hold" in cut.stderr


def test_an_account_joins_a_partner_and_leaves_him(dacheng):
    from dacheng.store.actions.customers import create_customer

    for name in ("苏北渠道", "苏北分公司"):
        create_customer(actor=SYSTEM, at=AT, values={"name": name})
    dacheng("plan", "add", "集团", "--account", "苏北渠道")

    dacheng("plan", "partner", "苏北分公司", "苏北渠道")
    joined = rows(dacheng("report", "plans/channels"))
    refused = dacheng("plan", "partner", "苏北渠道", "苏北分公司")
    dacheng("plan", "partner", "苏北分公司")
    left = rows(dacheng("report", "plans/channels"))

    assert [row["accounts"] for row in joined] == ["2"] and [row["accounts"] for row in left] == ["1"]
    assert isinstance(refused.exception, RuleError)


def test_months_follow_weeks_and_the_choice_stands_beside_each_month_and_week(dacheng):
    fill_year(SYSTEM, AT, 2027)
    done = dacheng("plan", "break-down", "5200", "--months", "4-4-5", "--uplift", "2027-02=30%")

    months = rows(dacheng("report", "plans/months"))
    weeks = rows(dacheng("report", "plans/days", "--period", "2027-03"))
    assert "Months follow: 4-4-5 weeks." in done.stderr
    assert [row["by"] for row in months] == ["4-4-5"] * 12
    assert months[1]["share_ratio"] == "9.77%"  # 4 × 1.3 ÷ (52 + 4 × 0.3)
    assert sum(Decimal(row["amount"]) for row in weeks) == Decimal(months[2]["amount"])


def test_weeks_and_days_ask_for_a_calendar_that_knows_the_plan(dacheng):
    dacheng("plan", "break-down", "5200", "--months", "evenly")

    refused = dacheng("report", "plans/days")

    assert isinstance(refused.exception, RuleError) and "working calendar is empty" in str(refused.exception)


def test_shares_of_months_that_are_no_whole_are_refused_with_what_is_left(dacheng):
    refused = dacheng("plan", "break-down", "100", "--months", "typed", "--season", ",".join(["8%"] * 12))

    assert isinstance(refused.exception, RuleError) and "4% are left" in str(refused.exception)


def test_shares_of_rows_are_stated_and_the_rest_is_asked_for_by_name(dacheng):
    refused = dacheng("plan", "shares", "华东=40")
    elsewhere = dacheng("plan", "shares", "李雷=40", "--under", "集团")
    done = dacheng("plan", "shares", "华东=40", "华南=60%")
    dacheng("plan", "break-down", "1000", "--months", "evenly")

    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert "60% are left" in str(refused.exception) and "华南" in refused.exception.remedy.zh
    assert "is not directly below 集团" in str(elsewhere.exception)
    assert "Weights changed: 2." in done.stderr
    assert (found["华东"], found["华南"]) == ("400.00", "600.00")


def test_a_unit_is_taken_under_another_with_its_people_and_a_look_writes_nothing(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    looked = rows(dacheng("plan", "place", "上海组", "华南", "--dry-run"))
    done = rows(dacheng("plan", "place", "上海组", "华南"))

    assert looked == done and {row["name"] for row in done} == {"华东", "华南"}
    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert (found["华东"], found["华南"], found["上海组"]) == ("0.00", "1200.00", "600.00")


def test_a_cut_is_looked_at_written_and_a_cell_of_it_set_with_both_totals_kept(dacheng):
    for name in ("设备", "服务"):
        create_segment(actor=SYSTEM, at=AT, values={"name": name, "dimension": 1})
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    weights = ("line", "--weight", "设备=75", "--weight", "服务=25")

    looked = rows(dacheng("plan", "cut", *weights, "--dry-run"))
    early = dacheng("plan", "set-cut", "上海组", "设备", "500")
    done = dacheng("plan", "cut", *weights)
    tried = rows(dacheng("plan", "set-cut", "上海组", "设备", "500", "--dry-run"))
    changed = rows(dacheng("plan", "set-cut", "上海组", "设备", "500"))
    again = rows(dacheng("plan", "set-cut", "上海组", "设备", "500"))

    assert ("上海组", "设备", "450.00") in {(row["unit"], row["segment"], row["after"]) for row in looked}
    assert "is not cut by" in str(early.exception) and ", 0 do not hold" in done.stderr
    assert tried == changed and again == []
    assert {(row["unit"], row["segment"], row["before"], row["after"], row["asked"]) for row in changed} == {
        ("上海组", "设备", "450.00", "500.00", "1"),
        ("上海组", "服务", "150.00", "100.00", "0"),
        ("华南", "设备", "450.00", "400.00", "0"),
        ("华南", "服务", "150.00", "200.00", "0"),
    }


def test_a_cut_by_no_segment_or_no_weight_is_refused_by_name(dacheng):
    create_segment(actor=SYSTEM, at=AT, values={"name": "设备", "dimension": 1})
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    unknown = dacheng("plan", "cut", "line", "--weight", "药品=1")
    none = dacheng("plan", "cut", "line", "--weight", "设备=多")

    assert "There is no segment 药品" in str(unknown.exception) and "设备" in unknown.exception.remedy.zh
    assert "is no weight" in str(none.exception)


def test_a_factor_is_made_filled_and_weighed_by_on_the_command_line(dacheng):
    dacheng("plan", "factor", "门店数", "--code", "stores", "--in", "家")
    said = dacheng("plan", "figure", "stores", "华东", "90", "--day", "2026-06-01", "--source", "台账")
    refused = dacheng("plan", "weigh", "capacity=40", "stores=50")
    done = dacheng("plan", "weigh", "capacity=40", "stores=60")

    found = rows(dacheng("report", "plans/factors"))
    east = [one for one in found if one["plan_row_name"] == "华东" and one["factor_name"] == "门店数"]
    assert "stores is 90 at 华东." in said.stderr
    assert refused.exit_code != 0 and "10% are left" in str(refused.exception)
    assert done.exit_code == 0
    assert [(one["figure"], one["wanted_ratio"]) for one in east] == [("90", "60.00%")]
