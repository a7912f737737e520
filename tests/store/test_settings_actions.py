"""Periods, calendar, rules, stages, products, customers and the company itself."""

from __future__ import annotations

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError, Text
from dacheng.core.period import FIRST_DAY
from dacheng.core.rules import DatedRule, RuleKind
from dacheng.store.actions.calendar import set_calendar_days
from dacheng.store.actions.company import install_company
from dacheng.store.actions.customers import create_customer, edit_customer
from dacheng.store.actions.deals import close_deal, edit_deal
from dacheng.store.actions.periods import close_period, reopen_period
from dacheng.store.actions.products import create_product, edit_product
from dacheng.store.actions.rules import set_rule
from dacheng.store.actions.stages import create_stage, create_stage_set, edit_stage
from dacheng.store.history import head_seq
from dacheng.store.models import CalendarDay, CompanySetting, LogEntry
from dacheng.store.periods import closed_through
from dacheng.store.queries.rules import own_rules, sequence_and_rules
from tests.store.company import AT, START, TODAY, actor, facts, month, on, record, small_company, uid

STALLED = RuleKind(
    "deals.stalled_days", Text("停滞天数", "Stalled"), Text("", ""), Text("天", "days"), "R149", lowest=1, highest=365
)


def close_month(number: int) -> None:
    close_period(actor=actor("fin"), at=AT, ym=month(number))


def test_months_are_closed_in_order_once_they_have_ended(database):
    close_month(4)

    for number, words in ((4, "已经关账"), (6, "请先关 2026-05")):
        with pytest.raises(RuleError) as refused:
            close_month(number)
        assert words in refused.value.sentence("zh")
    close_month(5)
    with pytest.raises(RuleError, match="还没有结束"):
        close_month(6)

    assert closed_through().through == month(5)


def test_only_the_last_closed_month_is_reopened_with_a_reason(database):
    close_month(4)
    close_month(5)

    for number, reason, words in ((4, "漏记", "只能重新打开最后关账的月份 2026-05"), (5, " ", "没有写原因")):
        with pytest.raises(RuleError) as refused:
            reopen_period(actor=actor("ops"), at=AT, ym=month(number), reason=reason)
        assert words in refused.value.sentence("zh")
    reopen_period(actor=actor("ops"), at=AT, ym=month(5), reason="漏记")

    assert closed_through().through == month(4)
    close_month(5)
    assert closed_through().through == month(5)


def test_who_sells_does_not_close_months(database):
    with pytest.raises(NotAllowed, match="关账"):
        close_period(actor=actor("east"), at=AT, ym=month(5))


def test_a_deal_won_in_a_closed_month_keeps_amount_owner_and_day(database):
    deal = uid("deals", "D1")
    close_deal(actor=actor("li"), at=AT, uid=deal, outcome="won", version=1, on=on(5, 20))
    close_month(5)

    for values in ({"amount": 1}, {"owner_id": uid("people", "wang")}, {"stage_id": uid("stages", "offer")}):
        with pytest.raises(RuleError, match="已计入关账期间"):
            edit_deal(actor=actor("ops"), at=AT, uid=deal, values=values, version=2, on=on(6, 10))

    edit_deal(actor=actor("ops"), at=AT, uid=deal, values={"next_step": "回访"}, version=2)


def test_a_deal_is_not_won_into_a_closed_month(database):
    close_month(5)

    with pytest.raises(RuleError, match="关账至 2026-05"):
        close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=1, on=on(5, 20))

    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=1, on=on(6, 1))


def test_an_open_deal_may_be_corrected_in_a_closed_month(database):
    close_month(5)

    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": 5}, version=1, on=on(5, 1))

    assert [fact["amount"] for fact in facts("deals", "D1")] == [100_000_00, 5]


def test_calendar_days_are_set_together_and_the_same_again_writes_nothing(database):
    days = {on(10, 1): False, on(10, 2): True}
    assert set_calendar_days(actor=actor("ops"), at=AT, days=days, source="国务院公布") == 2
    before = LogEntry.objects.count()

    again = set_calendar_days(actor=actor("ops"), at=AT, days=days, source="国务院公布")
    changed = set_calendar_days(actor=actor("ops"), at=AT, days={on(10, 2): False}, source="手工")

    assert (again, changed, LogEntry.objects.count()) == (0, 1, before + 1)
    assert list(CalendarDay.objects.order_by("day").values_list("ym", "working", "source")) == [
        (month(10), 0, "国务院公布"),
        (month(10), 0, "手工"),
    ]


def test_the_calendar_keeps_no_gap(database):
    set_calendar_days(actor=actor("ops"), at=AT, days={on(10, 2): True}, source="公布")

    with pytest.raises(RuleError, match="2026-10-03"):
        set_calendar_days(actor=actor("ops"), at=AT, days={on(10, 4): True}, source="手工")
    set_calendar_days(actor=actor("ops"), at=AT, days={on(10, 1): True, on(10, 3): False}, source="手工")

    assert CalendarDay.objects.count() == 3


def test_a_rule_has_a_value_from_a_day_on_and_earlier_knowledge_stays(database):
    before = head_seq()
    assert set_rule(actor=actor("ops"), at=AT, kind=STALLED, value=45, reason="新流程", on=on(6, 1))
    assert set_rule(actor=actor("ops"), at=AT, kind=STALLED, value=50, reason="改正", on=on(6, 1))
    assert not set_rule(actor=actor("ops"), at=AT, kind=STALLED, value=50, reason="再来", on=on(6, 1))

    assert own_rules(head_seq()) == (DatedRule("deals.stalled_days", on(6, 1), 50),)
    assert own_rules(before + 1) == (DatedRule("deals.stalled_days", on(6, 1), 45),)
    assert own_rules(before) == ()
    assert sequence_and_rules() == (head_seq(), own_rules(head_seq()))


def test_a_rule_out_of_range_without_a_reason_or_in_a_closed_month_is_refused(database):
    close_month(5)

    for value, reason, day, words in (
        (0, "x", None, "1 – 365"),
        (10, "", None, "没有写原因"),
        (10, "x", on(5, 1), "已关账"),
    ):
        with pytest.raises(RuleError) as refused:
            set_rule(actor=actor("ops"), at=AT, kind=STALLED, value=value, reason=reason, on=day)
        assert words in refused.value.sentence("zh")


def test_a_win_rate_is_dated(database):
    edit_stage(
        actor=actor("ops"), at=AT, uid=uid("stages", "offer"), values={"weight_bp": 6000}, version=1, on=on(6, 1)
    )

    assert [(fact["from_day"], fact["weight_bp"]) for fact in facts("stages", "offer")] == [
        (START, 5000),
        (on(6, 1), 6000),
    ]


def test_the_outcome_of_a_stage_that_deals_have_used_is_fixed(database):
    with pytest.raises(RuleError, match="已有商机用过"):
        edit_stage(actor=actor("ops"), at=AT, uid=uid("stages", "lead"), values={"state": 1}, version=1)

    edit_stage(actor=actor("ops"), at=AT, uid=uid("stages", "offer"), values={"state": 1}, version=1)


def test_a_stage_set_grows_stage_by_stage(database):
    own = create_stage_set(actor=actor("ops"), at=AT, values={"name": "大项目"})

    create_stage(
        actor=actor("ops"),
        at=AT,
        values={"code": "b1", "name": "立项", "set_id": own.uid, "position": 1, "weight_bp": 2000},
    )

    assert facts("stages", "b1")[0]["from_day"] == FIRST_DAY


def test_a_list_price_is_dated(database):
    made = create_product(actor=actor("ops"), at=AT, values={"code": "P9", "name": "网关", "list_price": 10})

    edit_product(actor=actor("ops"), at=AT, uid=made.uid, values={"list_price": 12}, version=1)

    assert [(fact["from_day"], fact["list_price"]) for fact in facts("products", "P9")] == [
        (FIRST_DAY, 10),
        (TODAY, 12),
    ]


def test_a_customer_is_edited_by_who_sees_it(database):
    customer = uid("customers", "C1")

    for who in ("li", "east"):
        edit_customer(actor=actor(who), at=AT, uid=customer, values={"industry": f"电力-{who}"}, version=None)
    with pytest.raises(NotFound):
        edit_customer(actor=actor("zhao"), at=AT, uid=customer, values={"name": "x"}, version=1)
    with pytest.raises(NotAllowed):
        edit_customer(actor=actor("boss"), at=AT, uid=customer, values={"name": "x"}, version=1)

    assert record("customers", "C1").industry == "电力-east"


def test_who_created_a_customer_may_correct_it_before_there_is_a_deal(database):
    made = create_customer(actor=actor("li"), at=AT, values={"name": "新客户"})

    edit_customer(actor=actor("li"), at=AT, uid=made.uid, values={"name": "新客户集团"}, version=1)

    with pytest.raises(NotFound):
        edit_customer(actor=actor("zhao"), at=AT, uid=made.uid, values={"name": "x"}, version=2)


def test_a_taken_code_says_nothing_about_who_has_it(database):
    with pytest.raises(RuleError) as refused:
        create_customer(actor=actor("zhao"), at=AT, values={"code": "C1", "name": "x"})

    assert "华能" not in refused.value.sentence("zh") and "询问销售运营" in refused.value.remedy.zh


def test_two_editors_of_a_customer_are_kept_apart(database):
    edit_customer(actor=actor("li"), at=AT, uid=uid("customers", "C1"), values={"region": "上海"}, version=1)

    with pytest.raises(Conflict) as refused:
        edit_customer(actor=actor("wang"), at=AT, uid=uid("customers", "C1"), values={"region": "苏州"}, version=1)

    assert refused.value.theirs == {"region": "上海"}


def test_an_empty_database_gets_one_company(empty_database):
    done = install_company(actor=SYSTEM, at=AT, company=small_company())

    with pytest.raises(RuleError, match="已经有一家公司"):
        install_company(actor=SYSTEM, at=AT, company=small_company())

    assert (done["deals"], CompanySetting.objects.get().name) == (3, "测试公司")
