"""What a stage asks of a deal: from its day on, in every way a deal can come there, and never on the way back."""

from __future__ import annotations

import pytest

from dacheng.core.deals.standards import ASKED_FROM, StageNeeds
from dacheng.core.staging import Batch, Staged
from dacheng.exchange.defaults import default_rules
from dacheng.store.actions.deal_edits import DealRow, preview_deals
from dacheng.store.actions.deals import close_deal, create_deal, edit_deal, move_stage
from dacheng.store.actions.imports import ImportRefused, commit_import
from dacheng.store.actions.rules import set_rule
from dacheng.store.models import LogEntry
from tests.store.company import AT, START, actor, facts, number, on, record, uid


def ask(name="expected_day", order=2, day=START):
    """Let sales operations ask for a column from an order of stages on."""
    kind = next(one for one in default_rules()[0] if one.name == ASKED_FROM[name])
    set_rule(actor=actor("ops"), at=AT, kind=kind, value=order, reason="阶段标准", on=day)


def move(code="D1", stage="offer", day=None, **filled):
    """Move a deal as its owner does."""
    seen = record("deals", code).version
    own = {"uid": uid("deals", code), "stage": uid("stages", stage), "version": seen, "on": day}
    return move_stage(actor=actor("li"), at=AT, filled=filled, **own)


def test_nothing_is_asked_for_until_a_company_says_so(database):
    move()

    assert record("deals", "D1").stage_id == number("stages", "offer")


def test_a_deal_without_what_the_stage_needs_stays_and_hears_what_is_missing(database):
    ask("expected_day")
    ask("grade")

    with pytest.raises(StageNeeds) as refused:
        move()

    assert refused.value.columns == ("expected_day", "grade")
    assert "报价" in refused.value.sentence("zh") and "预计签约日、级别" in refused.value.sentence("zh")
    assert "Expected signing, Grade" in refused.value.sentence("en")
    assert record("deals", "D1").stage_id == number("stages", "lead")
    assert not LogEntry.objects.filter(action="deal.stage_moved").exists()


def test_what_is_missing_is_filled_in_with_the_move_as_one_step(database):
    ask("expected_day")

    move(expected_day=on(9, 1))

    assert (record("deals", "D1").stage_id, facts("deals", "D1")[-1]["expected_day"]) == (
        number("stages", "offer"),
        on(9, 1),
    )
    assert LogEntry.objects.filter(action="deal.stage_moved").count() == 1


def test_a_standard_holds_from_its_day_on(database):
    ask("expected_day", day=on(6, 1))

    move(day=on(5, 20))

    assert facts("deals", "D1")[-1]["from_day"] == on(5, 20)


def test_creating_editing_and_winning_ask_for_the_same(database):
    ask("expected_day")
    values = {"name": "新", "owner_id": uid("people", "li"), "stage_id": uid("stages", "offer")}
    edit = {"uid": uid("deals", "D1"), "values": {"stage_id": uid("stages", "offer")}, "version": 1}

    with pytest.raises(StageNeeds):
        create_deal(actor=actor("li"), at=AT, values=values)
    with pytest.raises(StageNeeds):
        edit_deal(actor=actor("li"), at=AT, **edit)
    with pytest.raises(StageNeeds):
        close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=1)


def test_going_back_and_losing_ask_for_nothing(database):
    move()
    ask("expected_day", order=1)

    move(stage="lead")
    close = {"uid": uid("deals", "D1"), "outcome": "lost", "reason": "价格"}
    close_deal(actor=actor("li"), at=AT, version=record("deals", "D1").version, **close)

    assert record("deals", "D1").state == 2


def test_other_edits_of_a_deal_that_lacks_something_are_not_held_up(database):
    move()
    ask("expected_day", order=1)

    seen = record("deals", "D1").version
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": 500}, version=seen)

    assert record("deals", "D1").amount == 500


def test_an_import_refuses_such_a_row_and_names_it(database):
    ask("expected_day")
    known = {"name": "导入", "owner_id": "li", "stage_id": "offer", "amount": 900}
    rows = [Staged("deals", "X1", known, on(6, 2), (), sheet="商机", row=7)]

    with pytest.raises(ImportRefused) as refused:
        commit_import(actor=actor("ops"), at=AT, batch=Batch("crm", "销售.xlsx", "CNY", rows))

    (finding,) = refused.value.findings
    assert (finding.rule, finding.row) == ("deals/stage-standard", 7)
    assert "预计签约日" in finding.message.zh


def test_a_step_on_many_deals_says_it_of_each_row(database):
    ask("expected_day")
    rows = [DealRow({"stage_id": uid("stages", "offer")}, uid("deals", code)) for code in ("D1", "D2")]

    plan = preview_deals(actor=actor("ops"), at=AT, rows=rows)

    assert [type(one.problem) for one in plan.rows] == [StageNeeds, StageNeeds]
