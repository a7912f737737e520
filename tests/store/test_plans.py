"""Plans: drawn from the organisation, broken down, changed with every sum true, locked into targets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.plans.editing import WHOLE_YEAR, Change, Edit
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import APPROVED, LOCKED, RESERVE, SUPERSEDED, VACANCY
from dacheng.store.actions.plan_cells import CellChange, add_plan_row, set_plan_cells
from dacheng.store.actions.plans import copy_plan, create_plan, edit_plan, lock_plan, move_plan
from dacheng.store.history import head_seq
from tests.store.company import AT, actor, month, number, uid

EVENLY = [1] * 12


def made(who: str = "ops", unit: str = "HQ") -> UUID:
    months = {"from_ym": month(7), "until_ym": month(7) + 12}
    return create_plan(
        actor=actor(who), at=AT, values={"name": "下年目标", "unit_id": uid("units", unit), **months}
    ).uid


def opened(plan: UUID, who: str = "ops"):
    from dacheng.service.books import open_database
    from dacheng.service.plans import open_plan

    return open_plan(open_database(actor(who), at=AT), plan, number("measures", "contract"))


def broken_down(plan: UUID, total: int = 1200_00, who: str = "ops"):
    from dacheng.service.plans import break_down

    return break_down(actor(who), AT, plan, number("measures", "contract"), total, EVENLY)


def set_cells(
    plan: UUID, edits: Sequence[Edit], who: str = "ops", seen: dict | None = None, at: datetime = AT
) -> Sequence[Change]:
    from dacheng.service.plans import edit_cells

    return edit_cells(actor(who), at, plan, number("measures", "contract"), edits, seen or {}).changes


def at(one, name: str) -> int:
    return [called.zh for called in one.names].index(name)


def moved(plan: UUID, *steps: str, who: str = "boss") -> None:
    for step in steps:
        move_plan(actor=actor(who), at=AT, uid=plan, step=step, version=None)


def test_a_plan_has_a_row_for_every_unit_and_for_everybody_who_carries_a_target(database):
    one = opened(made())

    assert [name.zh for name in one.names] == ["集团", "华东", "上海组", "李雷", "王强", "华南", "赵敏"]
    assert one.sheet.tree.depth.tolist() == [0, 1, 2, 3, 3, 1, 2]


def test_a_total_is_broken_down_to_every_row_and_month_and_every_sum_holds(database):
    plan = made()

    done = broken_down(plan, 1000_00)

    one = opened(plan)
    assert done.written == 7 * 12 + 7  # what the months follow stands with every row
    assert one.sheet.year.tolist() == [1000_00, 500_00, 500_00, 250_00, 250_00, 500_00, 500_00]
    assert sums_of(one.sheet).broken == 0


def test_an_edit_carries_up_to_the_top_in_one_entry(database):
    plan = made()
    broken_down(plan)
    li = at(opened(plan), "李雷")

    found = set_cells(plan, [Edit(li, 0, 75_00)])

    after = opened(plan).sheet
    assert [(one.position, one.after - one.before, one.asked) for one in found] == [
        (li, 50_00, True), (0, 50_00, False), (1, 50_00, False), (2, 50_00, False),
    ]  # fmt: skip
    assert after.year[0] == 1250_00 and sums_of(after).broken == 0


def test_below_a_pinned_unit_the_siblings_take_the_difference(database):
    plan = made()
    broken_down(plan)
    one = opened(plan)
    li, wang, sh = at(one, "李雷"), at(one, "王强"), at(one, "上海组")
    pin(plan, one, sh)

    found = set_cells(plan, [Edit(li, 0, 30_00)])

    assert [(change.position, change.after) for change in found] == [(li, 30_00), (wang, 20_00)]


def test_who_looks_after_a_region_cannot_move_what_he_was_given(database):
    plan = made()
    broken_down(plan)
    mine = opened(plan, "east")

    found = set_cells(plan, [Edit(at(mine, "李雷"), 0, 30_00)], "east")

    assert [name.zh for name in mine.names] == ["华东", "上海组", "李雷", "王强"]
    assert [(mine.names[one.position].zh, one.after) for one in found] == [("李雷", 30_00), ("王强", 20_00)]


def test_a_year_is_broken_back_over_its_months_and_what_is_below_follows(database):
    plan = made()
    broken_down(plan)

    set_cells(plan, [Edit(at(opened(plan), "华南"), WHOLE_YEAR, 900_00)])

    after = opened(plan)
    assert after.sheet.year[at(after, "赵敏")] == 900_00
    assert after.sheet.year[0] == 1500_00


def test_a_rep_sees_his_row_once_the_plan_is_proposed(database):
    plan = made()
    broken_down(plan)
    with pytest.raises(NotFound):
        opened(plan, "li")

    moved(plan, "propose", who="ops")

    assert [name.zh for name in opened(plan, "li").names] == ["李雷"]


def test_a_rep_changes_nothing(database):
    plan = made()
    broken_down(plan)
    moved(plan, "propose", who="ops")

    with pytest.raises(NotAllowed):
        set_cells(plan, [Edit(0, 0, 1)], "li")


def test_what_a_region_was_given_is_not_changed_by_who_looks_after_it(database):
    plan = made()
    broken_down(plan)
    east = at(opened(plan, "east"), "华东")

    with pytest.raises(NotAllowed) as found:
        set_cells(plan, [Edit(east, 0, 30_00)], "east")

    assert "“华东”的目标由上级下达" in found.value.message.zh


def test_what_somebody_changed_meanwhile_is_a_conflict(database):
    plan = made()
    broken_down(plan)
    li = at(opened(plan), "李雷")
    row = int(opened(plan).sheet.tree.unit_ids[li])
    set_cells(plan, [Edit(li, 0, 30_00)])

    with pytest.raises(Conflict):
        set_cells(plan, [Edit(li, 0, 40_00)], seen={(row, month(7)): 1})


def test_cells_worked_out_from_figures_that_somebody_changed_since_are_a_conflict_with_both_values(database):
    plan = made()
    broken_down(plan)
    li = at(opened(plan), "李雷")
    row, since = int(opened(plan).sheet.tree.unit_ids[li]), head_seq()
    set_cells(plan, [Edit(li, 0, 30_00)])
    late = CellChange(row, number("measures", "contract"), month(7), {"amount": 40_00})

    with pytest.raises(Conflict) as found:
        set_plan_cells(actor=actor("ops"), at=AT, uid=plan, cells=[late], since=since)

    assert list(found.value.yours.values()) == [40_00] and list(found.value.theirs.values()) == [30_00]


def test_an_edit_of_a_page_that_was_opened_before_somebody_elses_is_worked_out_anew(database):
    from dacheng.service.books import open_database
    from dacheng.service.plans import Begun, edit_cells, open_plan

    plan, measure = made(), number("measures", "contract")
    broken_down(plan)
    book = open_database(actor("ops"), at=AT)
    page = Begun(book, open_plan(book, plan, measure))
    li, wang = at(page.one, "李雷"), at(page.one, "王强")
    set_cells(plan, [Edit(li, 0, 30_00)])

    edit_cells(actor("ops"), AT, plan, measure, [Edit(wang, 0, 40_00)], {}, begun=page)

    after = opened(plan).sheet
    assert after.amount[[li, wang], 0].tolist() == [30_00, 40_00]
    assert sums_of(after).broken == 0


def test_cells_that_would_break_a_sum_are_refused_whole(database):
    plan = made()
    broken_down(plan)
    row = int(opened(plan).sheet.tree.unit_ids[at(opened(plan), "李雷")])
    alone = CellChange(row, number("measures", "contract"), month(7), {"amount": 1})

    with pytest.raises(Conflict, match="差"):
        set_plan_cells(actor=actor("ops"), at=AT, uid=plan, cells=[alone])

    assert sums_of(opened(plan).sheet).broken == 0


def test_a_vacancy_needs_its_month_and_has_nothing_before_it(database):
    plan = made()
    sh = int(opened(plan).sheet.tree.unit_ids[at(opened(plan), "上海组")])
    with pytest.raises(RuleError, match="到岗"):
        add_plan_row(actor=actor("ops"), at=AT, uid=plan, parent_id=sh, values={"kind": VACANCY, "name": "待招"})
    add_plan_row(
        actor=actor("ops"), at=AT, uid=plan, parent_id=sh,
        values={"kind": VACANCY, "name": "待招 9 月", "from_ym": month(9)},
    )  # fmt: skip

    broken_down(plan)

    one = opened(plan)
    assert one.sheet.amount[at(one, "待招 9 月")][:3].tolist()[:2] == [0, 0]
    assert one.sheet.amount[at(one, "待招 9 月")][2] > 0
    assert sums_of(one.sheet).broken == 0


def test_of_two_who_take_the_last_that_is_not_assigned_one_is_told_why_not(database):
    from dacheng.service.plans import move_amount

    plan = made()
    one = opened(plan)
    top = int(one.sheet.tree.unit_ids[0])
    reserve = add_plan_row(
        actor=actor("ops"), at=AT, uid=plan, parent_id=top, values={"kind": RESERVE, "name": "未分配"}
    )
    one = opened(plan)
    kept = int(one.sheet.tree.unit_ids[at(one, "未分配")])
    give(plan, one, kept, 120_00)
    broken_down(plan)
    one = opened(plan)
    east, south = (int(one.sheet.tree.unit_ids[at(one, name)]) for name in ("华东", "华南"))
    taken = ("ops", number("measures", "contract"))

    move_amount(actor(taken[0]), AT, plan, taken[1], kept, east, WHOLE_YEAR, 100_00)
    with pytest.raises(RuleError, match=r"只剩 20\.00"):
        move_amount(actor(taken[0]), AT, plan, taken[1], kept, south, WHOLE_YEAR, 100_00)

    assert reserve.version == 1
    assert sums_of(opened(plan).sheet).broken == 0


def test_locking_makes_the_targets_of_units_and_people_and_supersedes_the_plan_before(database):
    plan = made()
    broken_down(plan)
    with pytest.raises(RuleError, match="草稿"):
        lock_plan(actor=actor("boss"), at=AT, uid=plan, version=None)
    moved(plan, "approve")
    done = lock_plan(actor=actor("boss"), at=AT, uid=plan, version=None)
    with pytest.raises(RuleError, match="不能再改"):
        set_cells(plan, [Edit(0, 0, 1)])

    later = copy_plan(
        actor=actor("ops"), at=AT, uid=plan, values={"name": "年中调整", "effective_ym": month(7) + 6}
    ).uid
    set_cells(later, [Edit(0, 11, 200_00)])
    moved(later, "approve")
    again = lock_plan(actor=actor("boss"), at=AT, uid=later, version=None)

    assert done.created == 7 * 12
    assert (again.created, again.changed) == (0, 7)
    assert [state_of(one) for one in (plan, later)] == [SUPERSEDED, LOCKED]


def test_months_before_the_effective_one_stand(database):
    plan = made()
    broken_down(plan)
    later = copy_plan(
        actor=actor("ops"), at=AT, uid=plan, values={"name": "年中调整", "effective_ym": month(7) + 6}
    ).uid

    with pytest.raises(RuleError, match="生效之前"):
        set_cells(later, [Edit(0, 0, 1)])
    broken_down(later, 1800_00)

    sheet = opened(later).sheet
    assert sheet.amount[0].tolist() == [100_00] * 6 + [200_00] * 6
    assert sums_of(sheet).broken == 0


def test_an_approved_plan_is_opened_again_by_who_may_approve(database):
    plan = made()
    broken_down(plan)
    moved(plan, "approve")
    assert state_of(plan) == APPROVED

    with pytest.raises(NotAllowed):
        moved(plan, "reopen", who="south")
    moved(plan, "reopen")
    edit_plan(actor=actor("ops"), at=AT, uid=plan, values={"name": "新名"}, version=None)

    assert set_cells(plan, [Edit(0, 0, 200_00)])


def test_ten_thousand_amounts_are_seen_by_month_and_row(database):
    plan = made()
    broken_down(plan, 999_99)

    sheet = opened(plan).sheet

    assert np.array_equal(sheet.amount, sheet.cells.automatic.value)


def pin(plan: UUID, one, position: int) -> None:
    row, measure = int(one.sheet.tree.unit_ids[position]), number("measures", "contract")
    cells = [CellChange(row, measure, month(7) + at, {"pinned": 1}) for at in range(12)]
    set_plan_cells(actor=actor("ops"), at=AT, uid=plan, cells=cells)


def give(plan: UUID, one, row: int, amount: int) -> None:
    measure = number("measures", "contract")
    cells = [CellChange(row, measure, month(7) + at, {"amount": amount // 12}) for at in range(12)]
    terms = [CellChange(row, measure, 0, {"pinned": 1})]
    set_plan_cells(actor=actor("ops"), at=AT, uid=plan, cells=[*cells, *terms])


def state_of(plan: UUID) -> int:
    from dacheng.store.standing import standing_uid

    return int(standing_uid("plans", plan).row["state"])
