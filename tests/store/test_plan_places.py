"""Rows of plans taken under another unit: whole units, and rows with months that stand; undone in one step (R041)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from dacheng.core.errors import RuleError
from dacheng.core.plans.editing import Edit
from dacheng.core.plans.proving import sums_of
from dacheng.store.actions.plan_undo import entry_of_save, undo_plan_cells
from dacheng.store.actions.plans import copy_plan, lock_plan
from dacheng.store.bulk import select_rows
from dacheng.store.history import microseconds
from tests.store.company import AT, actor, month, number
from tests.store.test_plans import at, broken_down, made, moved, opened, set_cells

LATER = AT + timedelta(hours=1)
UNDONE = LATER + timedelta(hours=1)


def taken(plan: UUID, row: str, under: str, who: str = "ops") -> None:
    from dacheng.service.plan_placing import place_row

    ids = (one := opened(plan)).sheet.tree.unit_ids
    place_row(actor(who), LATER, plan, int(ids[at(one, row)]), int(ids[at(one, under)]))


def undone(plan: UUID) -> None:
    entry = entry_of_save(actor("ops"), microseconds(LATER))
    undo_plan_cells(actor=actor("ops"), at=UNDONE, uid=plan, entry_hash=entry)


def years(plan: UUID) -> list[tuple[str, int, int]]:
    """Return name, depth and year of every row in the order of the tree."""
    one = opened(plan)
    names = [name.zh for name in one.names]
    return list(zip(names, one.sheet.tree.depth.tolist(), one.sheet.year.tolist(), strict=True))


def from_october() -> UUID:
    """Return a plan of July to June, broken down to 100 a month, of which months from October on may change."""
    plan = made()
    broken_down(plan)
    moved(plan, "approve")
    return copy_plan(actor=actor("ops"), at=AT, uid=plan, values={"name": "年中", "effective_ym": month(7) + 3}).uid


def test_a_unit_is_taken_under_another_with_all_below_it_and_every_sum_holds(database):
    plan = made()
    broken_down(plan)

    taken(plan, "上海组", "华南")

    assert years(plan) == [
        ("集团", 0, 1200_00), ("华东", 1, 0), ("华南", 1, 1200_00), ("上海组", 2, 600_00),
        ("李雷", 3, 300_00), ("王强", 3, 300_00), ("赵敏", 2, 600_00),
    ]  # fmt: skip
    assert sums_of(opened(plan).sheet).broken == 0


def test_a_unit_that_was_taken_elsewhere_is_put_back_by_one_undo(database):
    plan = made()
    broken_down(plan)
    before = years(plan)
    taken(plan, "上海组", "华南")

    undone(plan)

    assert years(plan) == before and sums_of(opened(plan).sheet).broken == 0


def test_a_unit_is_not_taken_below_itself_nor_the_topmost_row_anywhere(database):
    plan = made()
    broken_down(plan)

    with pytest.raises(RuleError, match="自己下面"):
        taken(plan, "华东", "上海组")
    with pytest.raises(RuleError, match="不能换上级"):
        taken(plan, "集团", "华南")


def test_months_that_stand_stay_with_the_row_above_and_later_ones_go(database):
    plan = from_october()

    taken(plan, "李雷", "华南")

    one = opened(plan)
    both = [position for position, name in enumerate(one.names) if name.zh == "李雷"]
    by_unit = {one.name(int(one.sheet.tree.parent_position[row])).zh: one.sheet.amount[row].tolist() for row in both}
    assert by_unit == {"上海组": [25_00] * 3 + [0] * 9, "华南": [0] * 3 + [25_00] * 9}
    assert one.sheet.amount[at(one, "上海组")].tolist() == [50_00] * 3 + [25_00] * 9
    assert one.sheet.amount[at(one, "华南")].tolist() == [50_00] * 3 + [75_00] * 9
    assert sums_of(one.sheet).broken == 0 and int(one.sheet.year[0]) == 1200_00


def test_a_unit_with_months_that_stand_goes_on_elsewhere_with_everybody_in_it_and_comes_back(database):
    plan = from_october()
    before = years(plan)

    taken(plan, "上海组", "华南")

    one = opened(plan)
    assert [name.zh for name in one.names] == [
        "集团", "华东", "上海组", "李雷", "王强", "华南", "赵敏", "上海组", "李雷", "王强",
    ]  # fmt: skip
    assert one.sheet.amount[at(one, "华东")].tolist() == [50_00] * 3 + [0] * 9
    assert one.sheet.amount[at(one, "华南")].tolist() == [50_00] * 3 + [100_00] * 9
    assert sums_of(one.sheet).broken == 0

    undone(plan)

    assert years(plan) == before and sums_of(opened(plan).sheet).broken == 0


def test_the_row_that_goes_on_is_edited_and_the_one_that_ended_is_not(database):
    plan = from_october()
    taken(plan, "李雷", "华南")
    one = opened(plan)
    ended, goes_on = (position for position, name in enumerate(one.names) if name.zh == "李雷")

    set_cells(plan, [Edit(goes_on, 5, 35_00)], at=UNDONE)

    after = opened(plan).sheet
    assert int(after.amount[goes_on, 5]) == 35_00 and int(after.amount[ended, 5]) == 0
    assert sums_of(after).broken == 0
    with pytest.raises(RuleError):
        set_cells(plan, [Edit(ended, 5, 35_00)], at=UNDONE)


def test_a_plan_with_a_unit_that_goes_on_elsewhere_locks_what_both_rows_have_together(database):
    plan = from_october()
    taken(plan, "上海组", "华南")
    moved(plan, "approve")

    lock_plan(actor=actor("boss"), at=UNDONE, uid=plan, version=None)

    of_unit = [("unit_id = %s", number("units", "SH")), ("person_id = 0 AND NOT removed", None)]
    found = select_rows("rec_targets", ["ym", "amount"], of_unit, order=("ym",))
    assert found == [(month(7) + later, 50_00) for later in range(3, 12)]


@pytest.mark.parametrize("stand", [0, 3])
def test_who_is_taken_elsewhere_in_a_later_version_has_one_target_and_not_two(database, stand):
    earlier = made()
    broken_down(earlier)
    moved(earlier, "approve")
    lock_plan(actor=actor("boss"), at=AT, uid=earlier, version=None)
    wanted = {"name": "年中", "effective_ym": month(7) + stand}
    later = copy_plan(actor=actor("ops"), at=AT, uid=earlier, values=wanted).uid
    taken(later, "李雷", "华南")
    moved(later, "approve")

    lock_plan(actor=actor("boss"), at=UNDONE, uid=later, version=None)

    person = [("person_id = %s", number("people", "li")), (f"NOT removed AND amount <> 0 AND ym >= {month(7)}", None)]
    found = select_rows("rec_targets", ["ym", "unit_id", "amount"], person, order=("ym",))
    units = [number("units", "SH")] * stand + [number("units", "SOUTH")] * (12 - stand)
    assert found == [(month(7) + at, unit, 25_00) for at, unit in enumerate(units)]
