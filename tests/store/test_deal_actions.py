"""Deals: who may do what, what is refused with the way out, what is kept."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.period import FAR_DAY
from dacheng.store.actions.deals import close_deal, create_deal, edit_deal, move_stage, reassign_deals
from dacheng.store.models import Change, LogEntry
from tests.store.company import AT, START, TODAY, actor, facts, number, on, record, uid


def edit(who: str, code: str, version: int | None = 1, day: int | None = None, **values):
    return edit_deal(actor=actor(who), at=AT, uid=uid("deals", code), values=values, version=version, on=day)


def test_a_rep_creates_a_deal_of_his_own_and_gets_a_code_that_counts_nothing(database):
    values = {"name": "新项目", "owner_id": uid("people", "li"), "stage_id": uid("stages", "lead"), "amount": 500}

    saved = create_deal(actor=actor("li"), at=AT, values=values)

    created = record("deals", str(_code(saved.uid)))
    assert (created.name, created.amount, created.state, created.created_day) == ("新项目", 500, 0, TODAY)
    assert created.code.startswith("D-") and len(created.code) == 12
    assert [fact["from_day"] for fact in facts("deals", created.id)] == [TODAY]


def test_a_rep_cannot_create_a_deal_for_somebody_else(database):
    values = {"name": "新项目", "owner_id": uid("people", "wang"), "stage_id": uid("stages", "lead")}

    with pytest.raises(NotAllowed, match="新建商机"):
        create_deal(actor=actor("li"), at=AT, values=values)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "名称"),
        ({"amount": 10**15}, "必须在"),
        ({"amount": "12"}, "必须是整数"),
        ({"win_bp": 10_001}, "10000"),
        ({"category": 9}, "commit"),
        ({"closed_day": 5}, "没有可填的列"),
        ({"customer_id": str(uuid4())}, "请从列表中选择"),
        ({"stage_id": ""}, "必须填写"),
        ({"code": "D1"}, "不能用"),
    ],
)
def test_a_value_that_is_not_possible_is_refused_with_the_column_and_what_is(sqlite_database, wrong, words):
    values = {"name": "新项目", "owner_id": uid("people", "li"), "stage_id": uid("stages", "lead")} | wrong

    with pytest.raises(RuleError) as refused:
        create_deal(actor=actor("li"), at=AT, values=values)

    assert words in refused.value.sentence("zh") and refused.value.remedy.en
    assert not LogEntry.objects.filter(action="deal.created").exists()


def test_a_back_dated_amount_holds_until_the_next_recorded_change(database):
    edit("li", "D1", day=on(5, 1), amount=300)

    edit("li", "D1", version=2, day=on(3, 1), amount=200)

    assert [(fact["from_day"], fact["amount"]) for fact in facts("deals", "D1")] == [
        (START, 100_000_00),
        (on(3, 1), 200),
        (on(5, 1), 300),
    ]
    assert (record("deals", "D1").amount, record("deals", "D1").version) == (300, 3)


def test_a_correction_can_end_on_a_day(database):
    deal = uid("deals", "D1")

    edit_deal(actor=actor("li"), at=AT, uid=deal, values={"amount": 7}, version=1, on=on(2, 1), until=on(3, 1))

    assert [fact["amount"] for fact in facts("deals", "D1")] == [100_000_00, 7, 100_000_00]


def test_an_edit_that_says_what_stands_leaves_no_trace(database):
    before = LogEntry.objects.count()

    saved = edit("li", "D1", amount=100_000_00, name="云平台一期")

    assert (saved.version, LogEntry.objects.count()) == (1, before)


def test_the_log_tells_the_columns_that_changed_with_both_values_and_the_day(database):
    edit("li", "D1", day=on(5, 1), amount=300, next_step="约见")

    change = Change.objects.order_by("-seq").first()
    assert (change.relation, change.record_id, change.from_day) == ("deals", number("deals", "D1"), on(5, 1))
    assert change.before == '{"amount":10000000,"next_step":""}'
    assert change.after == '{"amount":300,"next_step":"约见"}'


def test_a_stale_version_is_a_conflict_that_carries_both_values(database):
    edit("li", "D1", amount=300)

    with pytest.raises(Conflict) as refused:
        edit("east", "D1", version=1, amount=400)

    assert (refused.value.yours, refused.value.theirs) == ({"amount": 400}, {"amount": 300})
    assert record("deals", "D1").amount == 300


def test_a_stale_version_is_a_conflict_even_when_it_asks_for_what_stands(database):
    edit("li", "D1", amount=300)

    with pytest.raises(Conflict) as refused:
        edit("east", "D1", version=1, amount=300)

    assert refused.value.yours == refused.value.theirs == {"amount": 300}


def test_what_one_may_not_see_does_not_exist(database):
    with pytest.raises(NotFound) as unseen:
        edit("zhao", "D1", amount=1)
    with pytest.raises(NotFound) as unknown:
        edit_deal(actor=actor("zhao"), at=AT, uid=uuid4(), values={"amount": 1}, version=1)

    assert str(unseen.value) == str(unknown.value)


def test_who_sees_a_deal_only_may_not_edit_it(database):
    with pytest.raises(NotAllowed, match="修改商机"):
        edit("boss", "D1", amount=1)


def test_a_manager_edits_deals_under_his_unit_and_not_elsewhere(database):
    assert edit("east", "D1", amount=1).version == 2

    with pytest.raises(NotFound):
        edit("east", "D3", amount=1)


def test_rights_are_read_after_the_lock_not_from_what_the_caller_once_was(database):
    remembered = actor("east")
    from dacheng.core.access import MANAGER
    from dacheng.store.actions.rights import revoke_role

    revoke_role(actor=actor("admin"), at=AT, person=uid("people", "east"), role=MANAGER, unit=uid("units", "EAST"))

    with pytest.raises(NotFound):
        edit_deal(actor=remembered, at=AT, uid=uid("deals", "D1"), values={"amount": 1}, version=1)


def test_a_deal_cannot_change_in_the_future_or_before_it_began(database):
    with pytest.raises(RuleError, match="还没有到"):
        edit("li", "D1", day=TODAY + 1, amount=1)
    with pytest.raises(RuleError, match="2026-01-01"):
        edit("li", "D1", day=START - 1, amount=1)


def test_moving_a_stage_dates_it_and_closing_as_won_sets_state_and_day(database):
    deal = uid("deals", "D1")
    moved = move_stage(actor=actor("li"), at=AT, uid=deal, stage=uid("stages", "offer"), version=1, on=on(4, 1))

    close_deal(actor=actor("li"), at=AT, uid=deal, outcome="won", version=moved.version, amount=90, on=on(6, 1))

    last = facts("deals", "D1")[-1]
    assert (last["state"], last["closed_day"], last["stage_day"], last["amount"]) == (1, on(6, 1), on(6, 1), 90)
    assert [fact["stage_day"] for fact in facts("deals", "D1")] == [START, on(4, 1), on(6, 1)]


def test_a_lost_deal_needs_a_reason(database):
    with pytest.raises(RuleError, match="丢单没有写原因"):
        close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="lost", version=1)

    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="lost", version=1, reason="价格")

    assert (record("deals", "D1").state, record("deals", "D1").lost_reason) == (2, "价格")


def test_a_lost_deal_needs_a_reason_however_its_stage_is_set(sqlite_database):
    with pytest.raises(RuleError, match="丢单没有写原因"):
        edit("li", "D1", stage_id=uid("stages", "lost"))


def test_a_won_deal_needs_its_amount(database):
    with pytest.raises(RuleError, match="赢单没有金额"):
        close_deal(actor=actor("zhao"), at=AT, uid=uid("deals", "D3"), outcome="won", version=1)


def test_a_reopened_deal_is_open_again(database):
    deal = uid("deals", "D1")
    close_deal(actor=actor("li"), at=AT, uid=deal, outcome="lost", version=1, reason="价格", on=on(4, 1))

    move_stage(actor=actor("li"), at=AT, uid=deal, stage=uid("stages", "offer"), version=2, on=on(5, 1))

    assert [(fact["state"], fact["closed_day"]) for fact in facts("deals", "D1")] == [
        (0, FAR_DAY),
        (2, on(4, 1)),
        (0, FAR_DAY),
    ]


def test_deals_are_handed_over_together_as_one_entry(database):
    deals = [uid("deals", "D1"), uid("deals", "D2")]
    before = LogEntry.objects.count()

    changed = reassign_deals(actor=actor("east"), at=AT, uids=deals, to=uid("people", "wang"), on=on(6, 1))

    assert changed == 1  # D2 is his already
    assert [fact["owner_id"] for fact in facts("deals", "D1")] == [number("people", "li"), number("people", "wang")]
    assert LogEntry.objects.count() == before + 1


def test_a_manager_hands_nothing_over_to_somebody_out_of_his_reach(database):
    with pytest.raises(NotAllowed, match="转移商机"):
        reassign_deals(actor=actor("east"), at=AT, uids=[uid("deals", "D1")], to=uid("people", "zhao"))


def test_closed_deals_are_not_handed_over(database):
    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="lost", version=1, reason="价格")

    with pytest.raises(RuleError, match="D1 云平台一期"):
        reassign_deals(actor=actor("ops"), at=AT, uids=[uid("deals", "D1")], to=uid("people", "zhao"))


def test_nobody_gets_a_deal_after_leaving(database):
    from dacheng.store.actions.people import mark_left

    mark_left(actor=actor("ops"), at=AT, uid=uid("people", "wang"), version=1)

    with pytest.raises(RuleError, match="不在职"):
        reassign_deals(actor=actor("ops"), at=AT, uids=[uid("deals", "D1")], to=uid("people", "wang"))


def _code(deal_uid) -> str:
    from dacheng.store.models import Deal

    return Deal.objects.values_list("code", flat=True).get(uid=deal_uid)
