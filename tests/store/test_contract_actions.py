"""Contracts: the sum of their lines, the day they count on, what a closed month allows."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from dacheng.core.contracts.listing import contracts
from dacheng.core.contracts.posting import LATE_APPROVAL, USUAL
from dacheng.core.contracts.schema import COUNTED, WAITING
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.period import FAR_DAY, Period
from dacheng.core.targets.done import done
from dacheng.exchange.defaults import default_rules
from dacheng.service.books import open_database
from dacheng.store.actions.contracts import Line, decide_late, edit_contract, record_contract
from dacheng.store.actions.periods import close_period, reopen_period
from dacheng.store.actions.rules import set_rule
from dacheng.store.models import Contract, ContractLine, LogEntry
from tests.store.company import AT, START, TODAY, actor, facts, month, number, on, record, uid

ONE_LINE = (Line(113_00, amount_ex=100_00, cost=60_00),)


def sign(who: str = "fin", lines=ONE_LINE, effective: int | None = None, **values):
    effective = on(5, 20) if effective is None else effective
    given = {"code": "H1", "owner_id": uid("people", "li"), "signed_day": effective, "effective_day": effective}
    return record_contract(actor=actor(who), at=AT, values=given | values, lines=lines)


def close_months(*months: int) -> None:
    for one in months:
        close_period(actor=actor("fin"), at=AT, ym=month(one))


def test_a_contract_is_the_sum_of_its_lines_and_counts_from_its_effective_day(database):
    sign(lines=[Line(113_00, amount_ex=100_00, cost=60_00), Line(50_00, product=uid("products", "P2"), cost=5_00)])

    (contract,) = facts("contracts", "H1")
    lines = [facts("contract_lines", code)[0] for code in ("H1-1", "H1-2")]
    assert (contract["amount"], contract["amount_ex"], contract["cost"]) == (163_00, None, 65_00)
    assert (contract["from_day"], contract["posted_day"]) == (on(5, 20), on(5, 20))
    assert [(line["owner_id"], line["effective_day"], line["amount"]) for line in lines] == [
        (number("people", "li"), on(5, 20), 113_00),
        (number("people", "li"), on(5, 20), 50_00),
    ]


def test_a_stated_amount_that_is_not_the_sum_is_refused_with_the_difference(database):
    with pytest.raises(RuleError, match=r"120.00 与各行之和 113.00 相差 7.00"):
        sign(amount=120_00)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "没有合同行"),
        ([Line(100, amount_ex=101)], "不含税"),
        ([Line(100, amount_ex=-90)], "正负号"),
        ([Line(100, cost=-1)], "成本"),
        ([Line(10**15)], "必须在"),
        ([Line(1, code="X"), Line(2, code="X")], "不能用"),
    ],
)
def test_lines_that_contradict_themselves_are_refused(sqlite_database, lines, words):
    with pytest.raises(RuleError) as refused:
        sign(lines=lines)

    assert words in refused.value.sentence("zh")
    assert not Contract.objects.exists() and not ContractLine.objects.exists()


def test_the_deal_has_a_contract_from_the_effective_day_on(database):
    sign(deal_id=uid("deals", "D1"))

    assert [(fact["from_day"], fact["contracted"]) for fact in facts("deals", "D1")] == [(START, 0), (on(5, 20), 1)]


def test_owner_and_customer_come_from_the_deal_when_they_are_not_given(database):
    given = {"code": "H1", "deal_id": uid("deals", "D1"), "signed_day": on(5, 20), "effective_day": on(5, 20)}

    record_contract(actor=actor("li"), at=AT, values=given, lines=[Line(1_00)])

    assert record("contracts", "H1").owner_id == number("people", "li")
    assert record("contracts", "H1").customer_id == number("customers", "C1")


def test_nobody_records_a_contract_on_a_deal_he_does_not_see_or_for_an_owner_out_of_reach(database):
    with pytest.raises(NotFound):
        sign(who="zhao", owner_id=uid("people", "zhao"), deal_id=uid("deals", "D1"))
    with pytest.raises(NotAllowed, match="登记合同"):
        sign(who="zhao")


def test_a_late_contract_posts_to_the_next_open_month_and_the_log_keeps_its_day(database):
    close_months(5)

    sign(effective=on(5, 20))

    (contract,) = facts("contracts", "H1")
    assert (contract["effective_day"], contract["posted_day"], contract["from_day"]) == (on(5, 20), on(6, 1), on(6, 1))
    detail = json.loads(LogEntry.objects.get(action="contract.recorded").detail)
    assert detail == {"late": {"effective": "2026-05-20", "posted": "2026-06-01"}}


def test_a_contract_of_a_closed_month_is_not_corrected_and_the_way_out_is_named(database):
    contract = sign().uid
    close_months(5)

    for lines, values in (
        (None, {"owner_id": uid("people", "wang")}),
        ([Line(200_00)], {}),
        ([Line(1_00), Line(112_00)], {}),
    ):
        with pytest.raises(RuleError, match="关账至 2026-05") as refused:
            edit_contract(actor=actor("ops"), at=AT, uid=contract, values=values, version=1, lines=lines)
        assert "2026-06-01" in refused.value.remedy.zh and "重新打开" in refused.value.remedy.zh

    assert record("contracts", "H1").amount == 113_00


def test_after_reopening_it_can_be_corrected_again(database):
    contract = sign().uid
    close_months(5)
    reopen_period(actor=actor("fin"), at=AT, ym=month(5), reason="漏记")

    edit_contract(actor=actor("ops"), at=AT, uid=contract, values={}, version=1, lines=[Line(200_00)])

    assert [fact["amount"] for fact in facts("contracts", "H1")] == [200_00]


def test_a_label_of_a_contract_of_a_closed_month_may_still_change(database):
    contract = sign().uid
    close_months(5)

    edit_contract(actor=actor("ops"), at=AT, uid=contract, values={"name": "一期合同"}, version=1)

    assert record("contracts", "H1").name == "一期合同"


def test_a_corrected_effective_day_moves_the_contract_its_lines_and_the_deals_mark(database):
    contract = sign(deal_id=uid("deals", "D1")).uid

    edit_contract(actor=actor("ops"), at=AT, uid=contract, values={"effective_day": on(4, 2)}, version=1)

    assert [(fact["from_day"], fact["to_day"], fact["posted_day"]) for fact in facts("contracts", "H1")] == [
        (on(4, 2), FAR_DAY, on(4, 2))
    ]
    assert [(fact["from_day"], fact["effective_day"]) for fact in facts("contract_lines", "H1-1")] == [
        (on(4, 2), on(4, 2))
    ]
    assert [(fact["from_day"], fact["contracted"]) for fact in facts("deals", "D1")] == [(START, 0), (on(4, 2), 1)]


def test_lines_given_again_are_corrected_added_and_removed(database):
    contract = sign(lines=[Line(100), Line(200)]).uid

    edit_contract(
        actor=actor("ops"), at=AT, uid=contract, values={}, version=1, lines=[Line(250, code="H1-2"), Line(50)]
    )

    standing = dict(ContractLine.objects.filter(removed=False).values_list("code", "amount"))
    assert standing == {"H1-2": 250, "H1-3": 50}
    assert record("contracts", "H1").amount == 300


def test_lines_changed_meanwhile_are_a_conflict_even_when_the_sum_stays(database):
    contract = sign(lines=[Line(100), Line(200)]).uid
    other = [Line(150, code="H1-1"), Line(150, code="H1-2")]
    edit_contract(actor=actor("ops"), at=AT, uid=contract, values={}, version=1, lines=other)

    with pytest.raises(Conflict):
        edit_contract(actor=actor("ops"), at=AT, uid=contract, values={}, version=1, lines=[Line(300, code="H1-1")])


def test_an_amount_alone_must_still_be_the_sum_of_the_lines(database):
    contract = sign().uid

    with pytest.raises(RuleError, match="相差"):
        edit_contract(actor=actor("ops"), at=AT, uid=contract, values={"amount": 999}, version=1)


def test_a_deal_taken_off_a_contract_has_none_any_more(database):
    contract = sign(deal_id=uid("deals", "D1")).uid

    edit_contract(actor=actor("ops"), at=AT, uid=contract, values={"deal_id": ""}, version=1)

    assert [fact["contracted"] for fact in facts("deals", "D1")] == [0]


def order_intake(day: int | None = None) -> int:
    """Return what counts as done of June at the end of a day."""
    book = open_database(actor("ops"), at=AT)
    on_day = book if day is None else book.at(day)
    return done(on_day, period=Period(month(6), month(7))).totals["amount"]


def test_a_late_signing_is_no_order_until_it_is_approved(database):
    close_months(5)
    contract = sign().uid
    before, waiting = order_intake(), contracts(open_database(actor("ops"), at=AT), intake="waiting")

    decide_late(actor=actor("fin"), at=AT, uid=contract, approve=True, version=1, reason="原件已归档")

    assert (before, len(waiting.values["amount"]), waiting.totals["amount"]) == (0, 1, 0)
    assert [(note.code, note.amounts) for note in waiting.notes] == [("late-waiting", (113_00,))]
    assert (order_intake(), order_intake(TODAY - 1)) == (113_00, 0)
    fact = facts("contracts", "H1")[-1]
    assert (fact["from_day"], fact["effective_day"], fact["posted_day"]) == (TODAY, on(5, 20), on(6, 1))
    assert record("contracts", "H1").intake_note == "原件已归档"


def test_a_late_signing_approved_after_its_month_was_closed_counts_in_the_month_then_open(database):
    close_months(5)
    contract = sign().uid
    later = AT + timedelta(days=30)
    close_period(actor=actor("fin"), at=later, ym=month(6))

    decide_late(actor=actor("fin"), at=later, uid=contract, approve=True, version=1)

    assert facts("contracts", "H1")[-1]["posted_day"] == on(7, 1)


def test_a_refusal_says_why_is_no_order_and_leaves_the_deal_without_a_contract(database):
    close_months(5)
    contract = sign(deal_id=uid("deals", "D1")).uid
    with pytest.raises(RuleError, match="没有写理由"):
        decide_late(actor=actor("fin"), at=AT, uid=contract, approve=False, version=1)

    decide_late(actor=actor("fin"), at=AT, uid=contract, approve=False, version=1, reason="未盖章")

    assert (order_intake(), record("contracts", "H1").intake_note) == (0, "未盖章")
    assert facts("deals", "D1")[-1]["contracted"] == 0
    with pytest.raises(RuleError, match="不在等批准：补签未批准"):
        decide_late(actor=actor("fin"), at=AT, uid=contract, approve=True, version=2)


def test_only_who_approves_decides_and_only_on_what_waits(database):
    plain = sign(effective=on(6, 3), code="H2").uid
    close_months(5)
    late = sign().uid

    with pytest.raises(NotAllowed, match="批准补签合同"):
        decide_late(actor=actor("ops"), at=AT, uid=late, approve=True, version=1)
    with pytest.raises(RuleError, match="不在等批准：计入"):
        decide_late(actor=actor("fin"), at=AT, uid=plain, approve=True, version=1)
    with pytest.raises(Conflict):
        decide_late(actor=actor("fin"), at=AT, uid=late, approve=True, version=7)


def test_another_amount_or_day_of_a_late_signing_asks_again(database):
    close_months(5)
    contract = sign().uid
    decide_late(actor=actor("fin"), at=AT, uid=contract, approve=True, version=1, reason="好")

    edit_contract(actor=actor("ops"), at=AT, uid=contract, values={}, version=2, lines=[Line(500_00)])
    more = (order_intake(), record("contracts", "H1").intake, record("contracts", "H1").intake_note)
    edit_contract(actor=actor("ops"), at=AT, uid=contract, values={"effective_day": on(6, 2)}, version=3)

    assert more == (0, WAITING, "")
    assert (order_intake(), record("contracts", "H1").intake) == (500_00, COUNTED)


def test_a_company_may_let_late_signings_count_at_once(database):
    kind = next(one for one in default_rules()[0] if one.name == LATE_APPROVAL)
    set_rule(actor=actor("ops"), at=AT, kind=kind, value=0, reason="财务同意", on=on(6, 1))
    close_months(5)

    sign()

    assert (order_intake(), record("contracts", "H1").intake) == (113_00, COUNTED)


def test_a_contract_counts_from_the_day_it_can_be_carried_out(database):
    sign(executable_day=on(6, 10))
    sign(code="H2", executable_day=on(5, 1))

    assert [facts("contracts", code)[0]["posted_day"] for code in ("H1", "H2")] == [on(6, 10), on(5, 20)]
    assert order_intake() == 113_00


def test_the_rules_of_order_intake_hold_as_shipped_until_they_are_set():
    shipped = {one.name: one.value for one in default_rules()[1]}

    assert {name: shipped[name] for name in USUAL} == dict(USUAL)
