"""Units: nobody and nothing falls out of the tree."""

from __future__ import annotations

import pytest

from dacheng.core.errors import Conflict, NotAllowed, RuleError
from dacheng.store.access import tree_on
from dacheng.store.actions.org import close_unit, create_unit, edit_unit, move_unit
from dacheng.store.actions.people import mark_left
from dacheng.store.actions.periods import close_period
from tests.store.company import AT, START, TODAY, actor, facts, month, number, on, record, uid


def move(code: str, under: str, version: int | None = 1, day: int | None = None):
    return move_unit(
        actor=actor("ops"), at=AT, uid=uid("units", code), parent=uid("units", under), version=version, on=day
    )


def homes(code: str) -> list[tuple[int, int]]:
    return [(fact["from_day"], fact["unit_id"]) for fact in facts("assignments", number("people", code))]


def test_a_new_unit_stands_under_its_parent_from_its_day_on(database):
    create_unit(actor=actor("ops"), at=AT, name="杭州组", code="HZ", parent=uid("units", "EAST"), on=on(7, 1))

    assert number("units", "HZ") not in tree_on(on(6, 30))
    assert tree_on(on(7, 1)).is_under(number("units", "HZ"), number("units", "EAST"))


def test_a_second_top_is_refused(database):
    with pytest.raises(RuleError, match="多个最上级"):
        create_unit(actor=actor("ops"), at=AT, name="另一家", parent=None)


def test_a_unit_cannot_begin_under_a_parent_that_does_not_exist_yet(database):
    parent = create_unit(actor=actor("ops"), at=AT, name="杭州组", parent=uid("units", "EAST")).uid

    with pytest.raises(RuleError, match="还没有成立"):
        create_unit(actor=actor("ops"), at=AT, name="滨江组", parent=parent, on=TODAY - 1)


def test_a_unit_moves_from_a_day_on_and_its_past_stays(database):
    move("SH", "SOUTH", day=on(6, 1))

    assert tree_on(on(5, 31)).is_under(number("units", "SH"), number("units", "EAST"))
    assert tree_on(on(6, 1)).is_under(number("units", "SH"), number("units", "SOUTH"))


def test_a_move_that_would_run_in_a_circle_is_refused_with_the_units_and_the_day(database):
    with pytest.raises(RuleError, match=r"2026-06-15 起组织会成环：.*华东") as refused:
        move("EAST", "SH")

    assert "上级" in refused.value.remedy.zh and facts("units", "EAST")[-1]["parent_id"] == number("units", "HQ")


def test_a_move_now_that_would_make_a_circle_with_a_planned_one_is_refused(database):
    move("SOUTH", "SH", day=on(8, 1))

    with pytest.raises(RuleError, match="2026-08-01 起组织会成环"):
        move("EAST", "SOUTH")


def test_a_move_dated_into_a_closed_month_is_refused(database):
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    with pytest.raises(RuleError, match="已关账") as refused:
        move("SH", "SOUTH", day=on(5, 31))

    assert "2026-06-01" in refused.value.remedy.zh


def test_two_editors_of_a_unit_are_kept_apart(database):
    move("SH", "SOUTH")

    with pytest.raises(Conflict):
        move("SH", "HQ", version=1)


def test_a_unit_with_people_is_closed_only_with_a_new_home_for_them(database):
    with pytest.raises(RuleError, match="还有 2 人和 0 个"):
        close_unit(actor=actor("ops"), at=AT, uid=uid("units", "SH"), version=1)

    close_unit(
        actor=actor("ops"), at=AT, uid=uid("units", "SH"), version=1, people_to=uid("units", "EAST"), on=on(7, 1)
    )

    assert homes("li") == [(START, number("units", "SH")), (on(7, 1), number("units", "EAST"))]
    assert [fact["closed"] for fact in facts("units", "SH")] == [0, 1]


def test_a_unit_with_open_units_is_closed_only_with_a_new_parent_for_them(database):
    with pytest.raises(RuleError, match="还有 1 人和 1 个"):
        close_unit(actor=actor("ops"), at=AT, uid=uid("units", "EAST"), version=1, people_to=uid("units", "HQ"))

    close_unit(
        actor=actor("ops"),
        at=AT,
        uid=uid("units", "EAST"),
        version=1,
        people_to=uid("units", "HQ"),
        units_to=uid("units", "SOUTH"),
    )

    assert tree_on(TODAY).is_under(number("units", "SH"), number("units", "SOUTH"))
    assert number("units", "EAST") in tree_on(TODAY)


def test_a_leaver_stays_in_the_unit_that_closes(database):
    for code in ("li", "wang"):
        mark_left(actor=actor("ops"), at=AT, uid=uid("people", code), version=1)

    close_unit(actor=actor("ops"), at=AT, uid=uid("units", "SH"), version=1)

    assert homes("li") == [(START, number("units", "SH"))]


def test_a_unit_does_not_take_over_from_itself_and_a_closed_one_from_nobody(database):
    with pytest.raises(RuleError, match="自己"):
        close_unit(actor=actor("ops"), at=AT, uid=uid("units", "SH"), version=1, people_to=uid("units", "SH"))

    close_unit(actor=actor("ops"), at=AT, uid=uid("units", "SH"), version=1, people_to=uid("units", "EAST"))
    with pytest.raises(RuleError, match="已撤销"):
        move("SOUTH", "SH")


def test_a_units_name_changes_without_a_day_and_its_parent_does_not_change_this_way(database):
    edit_unit(actor=actor("ops"), at=AT, uid=uid("units", "SH"), values={"name": "上海一组"}, version=1)

    assert record("units", "SH").name == "上海一组"
    with pytest.raises(RuleError, match="只能改名称"):
        edit_unit(actor=actor("ops"), at=AT, uid=uid("units", "SH"), values={"closed": 1}, version=2)


def test_a_manager_does_not_edit_the_organisation(database):
    with pytest.raises(NotAllowed, match="修改组织"):
        edit_unit(actor=actor("east"), at=AT, uid=uid("units", "SH"), values={"name": "x"}, version=1)
