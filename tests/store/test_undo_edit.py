"""Undo of one edit: by whom, when, and what it refuses."""

import pytest

from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.store.actions.contracts import Line, edit_contract, record_contract
from dacheng.store.actions.deals import close_deal, edit_deal, reassign_deals
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.undo import undo_edit
from dacheng.store.models import Contract, LogEntry
from tests.store.company import AT, TODAY, actor, facts, month, on, record, uid


def last_entry():
    return LogEntry.objects.order_by("-seq").values_list("hash", flat=True)[0]


def undo(who, entry=None):
    return undo_edit(actor=actor(who), at=AT, entry=entry or last_entry())


def edit(who="li", **values):
    return edit_deal(actor=actor(who), at=AT, uid=uid("deals", "D1"), values=values, version=None)


def test_an_edit_taken_back_leaves_the_facts_as_they_were_and_an_entry_of_its_own(database):
    before = facts("deals", "D1")
    edit(amount=70_000_00)

    undo("li")

    assert facts("deals", "D1") == before
    assert LogEntry.objects.order_by("-seq").values_list("action", flat=True)[0] == "edit.undone"


def test_a_manager_takes_back_what_his_people_did(database):
    edit(amount=70_000_00)

    undo("east")

    assert record("deals", "D1").amount == 100_000_00


def test_a_colleague_does_not_learn_that_there_is_anything_to_undo(database):
    edit(amount=70_000_00)

    with pytest.raises(NotFound):
        undo("wang")


def test_a_rep_does_not_take_back_what_his_manager_did(database):
    edit("east", amount=70_000_00)

    with pytest.raises(NotAllowed):
        undo("li")


def test_who_lost_the_right_cannot_take_it_back(database):
    reassign_deals(actor=actor("east"), at=AT, uids=[uid("deals", "D1")], to=uid("people", "wang"))

    with pytest.raises(NotFound):
        undo("li")


def test_the_same_step_is_taken_back_once(database):
    edit(amount=70_000_00)
    entry = last_entry()
    undo("li", entry)

    with pytest.raises(RuleError, match="之后又改过"):
        undo("li", entry)


def test_an_undo_is_no_step_to_take_back(database):
    edit(amount=70_000_00)
    undo("li")

    with pytest.raises(NotFound):
        undo("li")


def test_an_unknown_entry_is_answered_like_one_of_others(database):
    with pytest.raises(NotFound):
        undo("ops", "0" * 64)


def test_what_a_closed_month_rests_on_stays(database):
    day = on(1, 20)
    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=None, on=day, amount=5)
    entry = last_entry()
    close_period(actor=actor("ops"), at=AT, ym=month(1))

    with pytest.raises(RuleError):
        undo("li", entry)


def test_a_recorded_contract_is_taken_back_with_its_lines_and_its_mark_on_the_deal(database):
    values = {"deal_id": uid("deals", "D1"), "signed_day": TODAY, "effective_day": TODAY}
    record_contract(actor=actor("li"), at=AT, values=values, lines=[Line(amount=5_00)])
    assert facts("deals", "D1")[-1]["contracted"] == 1

    undone = undo("li")

    assert undone.removed and not Contract.objects.filter(removed=False).exists()
    assert facts("deals", "D1")[-1]["contracted"] == 0


def test_a_change_of_lines_alone_is_taken_back(database):
    values = {"deal_id": uid("deals", "D1"), "signed_day": TODAY, "effective_day": TODAY, "code": "HT1"}
    made = record_contract(actor=actor("li"), at=AT, values=values, lines=[Line(amount=5_00), Line(amount=7_00)])
    moved = [Line(amount=6_00, code="HT1-1"), Line(amount=6_00, code="HT1-2")]
    edit_contract(actor=actor("east"), at=AT, uid=made.uid, values={}, version=None, lines=moved)

    undo("east")

    assert [facts("contract_lines", code)[-1]["amount"] for code in ("HT1-1", "HT1-2")] == [5_00, 7_00]
