"""Checklists written: started once, ticked by somebody on a day, settled with the plan (R051, R058, R222)."""

from __future__ import annotations

import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.service.books import open_database
from dacheng.service.checklists import checklist_view, start
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.store.actions.checklists import Tick, append_item, check_items, create_item, edit_item, end_item
from dacheng.store.actions.plans import create_plan, move_plan
from tests.store.company import AT, TODAY, actor, month, uid


def book(who: str = "ops"):
    return open_database(actor(who), at=AT)


def started(who: str = "ops", **values):
    return start(actor(who), AT, book(who), values)


def plan_of(unit: str = "SH"):
    values = {"name": "年度方案", "unit_id": uid("units", unit), "from_ym": month(1), "until_ym": month(1) + 12}
    return create_plan(actor=actor("ops"), at=AT, values=values).uid


def test_a_list_is_started_once_and_its_ticks_say_who_and_when(database):
    first, *rest = started(kind=4, unit_id=uid("units", "SH"), year=2026)

    check_items(actor=actor("east"), at=AT, ticks=[Tick(first, True, "已发文", 1), Tick(rest[0], False)])

    view = checklist_view(actor("east"), rest[0], book("east"))
    assert (view.left, view.items[0].row["done_day"]) == (len(rest), TODAY)
    assert view.items[0].done_by.code == "east" and view.items[0].record.row["note"] == "已发文"
    with pytest.raises(RuleError, match="已经开过"):
        started(kind=4, unit_id=uid("units", "SH"), year=2026)


def test_a_tick_seen_before_somebody_else_changed_it_is_a_conflict_and_saves_nothing(database):
    first, second, *_rest = started(kind=4, unit_id=uid("units", "SH"), year=2026)
    check_items(actor=actor("ops"), at=AT, ticks=[Tick(first, True, "", 1)])

    with pytest.raises(Conflict):
        check_items(actor=actor("ops"), at=AT, ticks=[Tick(second, True, "", 1), Tick(first, False, "x", 1)])

    assert checklist_view(actor("ops"), first, book()).left == len(_rest) + 1


def test_a_new_manager_sees_and_ticks_his_own_list_and_others_do_not(database):
    first, *_rest = started(kind=2, person_id=uid("people", "east"), start_day=TODAY - 20)

    assert check_items(actor=actor("east"), at=AT, ticks=[Tick(first, True)]) == 1
    with pytest.raises(NotFound):
        checklist_view(actor("wang"), first, book("wang"))
    with pytest.raises((NotFound, NotAllowed)):
        check_items(actor=actor("wang"), at=AT, ticks=[Tick(first, False)])


def test_what_was_checked_before_a_breakdown_is_settled_by_the_approval_of_the_plan(database):
    plan = plan_of()
    first, second, *_rest = started(kind=1, plan_id=plan)
    check_items(actor=actor("ops"), at=AT, ticks=[Tick(first, True)])
    move_plan(actor=actor("ops"), at=AT, uid=plan, step="propose", version=None)
    move_plan(actor=actor("ops"), at=AT, uid=plan, step="approve", version=None)

    with pytest.raises(RuleError, match="已经批准"):
        check_items(actor=actor("ops"), at=AT, ticks=[Tick(second, True)])
    with pytest.raises(RuleError, match="已经批准"):
        append_item(actor=actor("ops"), at=AT, uid=first, values={"name": "晚到的"})

    assert not checklist_view(actor("ops"), first, book()).editable


def test_another_list_may_take_the_items_of_an_earlier_one_with_their_due_days(database):
    first, *rest = started(kind=4, unit_id=uid("units", "SH"), year=2026)
    append_item(actor=actor("ops"), at=AT, uid=first, values={"name": "渠道伙伴签约"})
    end_item(actor=actor("ops"), at=AT, uid=rest[-1], version=1)

    found = start(actor("ops"), AT, book(), {"kind": 4, "unit_id": uid("units", "SH"), "year": 2027}, like=first)

    mine, theirs = (checklist_view(actor("ops"), one, book()).items for one in (found[0], first))
    assert [one.name.zh for one in mine] == [one.name.zh for one in theirs] and mine[-1].name.zh == "渠道伙伴签约"
    assert int(mine[0].row["due_day"]) - int(theirs[0].row["due_day"]) == 365


def test_an_item_does_not_move_to_another_list_nor_is_done_tomorrow(database):
    first, *_rest = started(kind=4, unit_id=uid("units", "SH"), year=2026)

    with pytest.raises(RuleError, match="不能移到"):
        edit_item(actor=actor("ops"), at=AT, uid=first, values={"year": 2027}, version=1)
    with pytest.raises(RuleError, match="还没有到"):
        edit_item(actor=actor("ops"), at=AT, uid=first, values={"done_day": TODAY + 1}, version=1)


def test_the_report_lists_what_is_open_and_late_and_leaves_others_drafts_out(database):
    started(kind=1, plan_id=plan_of("SH"))
    of_li = {"kind": 2, "person_id": uid("people", "li"), "unit_id": uid("units", "SH")}
    create_item(actor=actor("ops"), at=AT, values={"name": "x", "due_day": TODAY - 1, **of_li})

    def rows(who: str, **given: str):
        table = run_report("plans/checklists", given, book=book(who), names=DatabaseNames()).table
        names = [column.name for column in table.columns]
        return [dict(zip(names, row, strict=True)) for row in table.rows()]

    assert [one["late"] for one in rows("ops", kind="opening", undone="1")] == [1]
    assert {one["kind"] for one in rows("li")} == {2}
    assert {one["kind"] for one in rows("east")} == {1, 2}
