"""Foreign target sheets in plans: nothing counts twice, nothing is lost, what was changed here is kept."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.plans.editing import Edit
from dacheng.core.plans.proving import sums_of
from tests.store.company import AT, actor, month, number
from tests.store.test_plans import at, broken_down, opened, set_cells

LATER = AT + timedelta(hours=1)
TITLES = "部门,姓名,2027-01,2027-02,全年"


def sheet(*rows: str) -> list[tuple[bytes, str]]:
    return [("\n".join([TITLES, *rows]).encode(), "明年目标.csv")]


def look(files, who: str = "ops", at=AT, **aim):
    from dacheng.service.plan_imports import Aim, look_at_plan

    return look_at_plan(actor(who), at, files, Aim(**{"period": "2027", **aim}))


def bring(files, who: str = "ops", at=AT, preferred=(), seal: str = "", **aim) -> UUID:
    from dacheng.service.plan_imports import Aim, bring_plan

    return bring_plan(actor(who), at, files, Aim(**{"period": "2027", **aim}), preferred, seal)[0]


def rules(found) -> list[str]:
    return [one.rule for one in found.findings]


SAME = ("华东,,30,60,90", "上海组,李雷,10,20,30", "上海组,王强,20,40,60", "华南,,5,,5")


def test_a_department_that_equals_its_people_counts_once_in_a_new_draft(database):
    found = look(sheet(*SAME))
    plan = bring(sheet(*SAME), seal=found.seal)

    one = opened(plan)
    assert rules(found) == ["plan/same-money"]
    assert one.sheet.year[at(one, "集团")] == 95_00 and one.sheet.year[at(one, "李雷")] == 30_00
    assert sums_of(one.sheet).broken == 0


def test_where_every_fen_of_the_file_went_adds_up(database):
    found = look(sheet(*SAME, "华北,,7,,7", "上海组,李雷,10,,10"))

    (sums,) = [one.sums for one in found.measures]
    assert (sums.file, sums.once, sums.double, sums.unmatched, sums.twice) == (202_00, 95_00, 90_00, 7_00, 10_00)
    assert sums.file == sums.once + sums.double + sums.unmatched + sums.outside + sums.twice
    assert {"plan/not-matched", "plan/said-twice"} <= set(rules(found))


def test_a_look_writes_nothing(database):
    from dacheng.store.history import head_seq

    before = head_seq()
    look(sheet(*SAME))

    assert head_seq() == before


def test_a_department_above_its_people_stands_and_the_rest_is_not_assigned(database):
    plan = bring(sheet("华东,,35,50,85", "上海组,李雷,10,20,30", "上海组,王强,20,40,60"))

    one = opened(plan)
    rows = {one.name(row).zh: one.sheet.amount[row, :2].tolist() for row in range(len(one.sheet))}
    assert rows["华东"] == [35_00, 50_00] and rows["未分配"] == [5_00, 0] and rows["缓冲"] == [0, -10_00]
    assert sums_of(one.sheet).broken == 0


def test_the_people_can_count_instead_of_the_department(database):
    plan = bring(sheet("华东,,35,50,85", "上海组,李雷,10,20,30", "上海组,王强,20,40,60"), take="below")

    one = opened(plan)
    assert one.sheet.amount[at(one, "集团"), :2].tolist() == [30_00, 60_00] and len(one.sheet) == 7


def test_a_name_of_nobody_is_said_with_who_it_may_be_and_can_be_matched(database):
    files = sheet("上海组,李磊,10,20,30", "华南,,1,1,2")

    found = look(files)
    plan = bring(files, matches={"李磊": "li"})

    (said,) = [one for one in found.findings if one.rule == "plan/not-matched"]
    assert "李磊" in said.message.zh and "李雷" in said.remedy.zh and said.row == 2
    assert opened(plan).sheet.year[at(opened(plan), "李雷")] == 30_00


def test_the_same_file_again_changes_nothing_and_a_later_one_keeps_what_was_changed_here(database):
    plan = bring(sheet(*SAME))
    one = opened(plan)
    set_cells(plan, [Edit(at(one, "李雷"), 0, 12_00)], at=LATER)

    again = look(sheet(*SAME), at=LATER, plan=str(plan))
    newer = sheet("上海组,李雷,15,20,35", "上海组,王强,21,40,61")
    found = look(newer, at=LATER, plan=str(plan))
    bring(newer, at=LATER, plan=str(plan))

    assert again.changed == 0 and {cell.outcome for cell in again.measures[0].found.cells} == {"theirs"}
    assert sorted(cell.outcome for cell in found.measures[0].found.cells) == ["conflict", "mine"]
    after = opened(plan).sheet
    assert [after.amount[at(one, name), 0] for name in ("李雷", "王强", "上海组")] == [12_00, 21_00, 33_00]
    assert sums_of(after).broken == 0


def test_of_a_conflict_the_file_is_taken_where_it_was_chosen(database):
    plan = bring(sheet(*SAME))
    one = opened(plan)
    set_cells(plan, [Edit(at(one, "李雷"), 0, 12_00)], at=LATER)
    newer = sheet("上海组,李雷,15,20,35")
    (chosen,) = look(newer, at=LATER, plan=str(plan)).conflicts

    bring(newer, at=LATER, preferred=[chosen], plan=str(plan))

    assert opened(plan).sheet.amount[at(one, "李雷"), 0] == 15_00


def test_a_plan_that_changed_since_the_look_is_looked_at_again(database):
    plan = bring(sheet(*SAME))
    newer = sheet("上海组,李雷,15,20,35")
    seal = look(newer, at=LATER, plan=str(plan)).seal
    set_cells(plan, [Edit(at(opened(plan), "王强"), 0, 1_00)], at=LATER)

    with pytest.raises(Conflict, match="预览之后"):
        bring(newer, at=LATER, seal=seal, plan=str(plan))


def test_the_year_of_a_broken_down_plan_gives_way_to_the_file(database):
    from tests.store.test_plans import made

    plan = made()
    broken_down(plan)
    files = [("姓名,2027-01\n赵敏,77".encode(), "x.csv")]

    bring(files, plan=str(plan))

    after, one = opened(plan).sheet, opened(plan)
    assert after.amount[at(one, "赵敏"), month(1) + 12 - month(7)] == 77_00 and sums_of(after).broken == 0


def test_quotas_of_quarters_are_spread_to_months_exactly(database):
    text = "QuotaOwnerId,QuotaAmount,StartDate\nli,100,2027-01-01\nzhao,50,2027-04-01\n"

    plan = bring([(text.encode(), "quota.csv")])

    one = opened(plan)
    assert one.sheet.amount[at(one, "李雷"), :3].tolist() == [33_34, 33_33, 33_33]


def test_files_of_several_years_ask_which_one_and_other_months_are_said(database):
    text = "姓名,2026-12,2027-01\n李雷,5,6\n"
    files = [(text.encode(), "x.csv")]

    with pytest.raises(RuleError, match="几个财年：2026、2027"):
        look(files, period="")
    found = look(files)
    assert rules(found) == ["plan/out-of-months"] and found.measures[0].sums.outside == 5_00


def test_a_measure_that_the_company_does_not_have_is_said(database):
    text = "objectId,objectName,objectType,year,bizType," + ",".join(
        f"{one}TargetPrice"
        for one in "january february march april may june july august september october november december".split()  # noqa: SIM905
    )
    rows = f"1,李雷,3,2027,5{',10' * 12}\n1,李雷,3,2027,7{',9' * 12}\n"

    found = look([(f"{text}\n{rows}".encode(), "目标.csv")])

    assert rules(found) == ["plan/no-measure"] and found.measures[0].sums.file == 120_00


def test_whoever_may_not_plan_may_not_bring_a_plan(database):
    with pytest.raises((NotAllowed, NotFound)):
        look(sheet(*SAME), who="li")


def test_a_manager_brings_a_plan_of_his_own_unit(database):
    plan = bring(sheet("上海组,李雷,10,20,30"), who="east", unit="EAST")

    assert opened(plan, "east").sheet.year[0] == 30_00
    assert number("measures", "contract") == opened(plan, "east").sheet.measure_id


@pytest.mark.parametrize("shape", ["yudao", "salesforce"])
def test_a_plan_written_for_another_system_comes_back_as_it_went(shape, sqlite_database):
    from dacheng.service.plan_exports import plan_csv

    first = opened(bring(sheet(*SAME)))
    text = plan_csv(first, "contract", shape)

    again = opened(bring([(text.encode(), "x.csv")], every=1))

    assert text.startswith("\ufeff")
    people = [at(first, name) for name in ("李雷", "王强")]
    assert again.sheet.amount[people].tolist() == first.sheet.amount[people].tolist()
    if shape == "yudao":
        assert again.sheet.amount.tolist() == first.sheet.amount[: len(again.sheet)].tolist()


def test_a_shape_that_is_none_is_refused_with_those_there_are(sqlite_database):
    from dacheng.service.plan_exports import plan_csv

    one = opened(bring(sheet(*SAME)))

    with pytest.raises(RuleError) as refused:
        plan_csv(one, "contract", "nonsense")
    assert "yudao、salesforce" in refused.value.remedy.zh
    with pytest.raises(RuleError, match="芋道没有指标"):
        plan_csv(one, "margin", "yudao")
