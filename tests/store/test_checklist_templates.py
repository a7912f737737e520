"""Templates of checklists: changed from a day on, while lists keep the items they began with (R051, R058, R059)."""

from __future__ import annotations

import pytest

from dacheng.core.errors import RuleError
from dacheng.service.books import open_database
from dacheng.service.checklist_templates import template_of
from dacheng.service.checklists import checklist_view, start
from dacheng.store.actions.checklist_templates import create_checklist_template, edit_checklist_template
from dacheng.store.actions.checklists import end_item
from dacheng.store.standing import standing_uid
from tests.store.company import AT, TODAY, actor, uid

CALENDAR, OPENING = 4, 2


def item(name: str, **more: object):
    values = {"name": name, "name_en": f"{name} (en)", "kind": OPENING, "position": 1, "part": 4, "after_days": 7}
    return create_checklist_template(actor=actor("ops"), at=AT, values=values | more).uid


def changed(item_uid: object, on: int | None = None, **values: object):
    edit_checklist_template(actor=actor("ops"), at=AT, uid=item_uid, values=values, version=None, on=on)


def started():
    book = open_database(actor("ops"), at=AT)
    return start(actor("ops"), AT, book, {"kind": OPENING, "person_id": uid("people", "east")})


def names(day: int = TODAY) -> list[str]:
    return [one.name for one in template_of(OPENING, day)]


def test_a_company_that_never_had_a_template_begins_with_what_ships(database):
    assert len(names()) >= 6


def test_a_list_begins_with_the_items_in_use_in_their_order_and_due_after_their_days(database):
    item("第二", position=2), item("第一"), item("停了", position=3, offered=0)

    first, *rest = started()

    row = standing_uid("checklist_items", first).row
    assert (row["name"], row["name_en"], row["due_day"], len(rest)) == ("第一", "第一 (en)", TODAY + 7, 1)


def test_a_running_list_keeps_what_it_began_with(database):
    wanted = item("拜访前十名客户")
    first, *_rest = started()

    changed(wanted, name="拜访前二十名客户", position=9, after_days=30)

    view = checklist_view(actor("ops"), first, open_database(actor("ops"), at=AT))
    assert [one.name.zh for one in view.items] == ["拜访前十名客户"]
    assert names() == ["拜访前二十名客户"]


def test_an_item_is_retired_from_a_day_on_and_holds_before(database):
    item("留着"), (late := item("停用", position=2))

    changed(late, on=TODAY + 10, offered=0)

    assert (names(TODAY + 9), names(TODAY + 10)) == (["留着", "停用"], ["留着"])


def test_a_template_without_an_item_in_use_begins_nothing(database):
    item("停了", offered=0)

    with pytest.raises(RuleError, match="没有启用的事项"):
        started()


def test_a_required_item_stays_on_its_list(database):
    item("必做", required=1), item("可选", position=2)
    must, may = started()

    end_item(actor=actor("ops"), at=AT, uid=may, version=None)
    with pytest.raises(RuleError, match="必做"):
        end_item(actor=actor("ops"), at=AT, uid=must, version=None)


def test_an_item_keeps_its_kind_and_the_due_day_of_its_kind(database):
    one = item("一")

    with pytest.raises(RuleError, match="不能移到别的模板"):
        changed(one, kind=CALENDAR)
    with pytest.raises(RuleError, match="按月底到期"):
        changed(one, month=3)
    with pytest.raises(RuleError, match="按月底到期"):
        item("二", kind=CALENDAR)
    assert item("三", kind=CALENDAR, after_days=None, month=-1)
