"""Merging duplicates: what moves, what past days show, what is refused, and that an undo leaves nothing behind."""

from __future__ import annotations

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.staging import Batch, Staged
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.customers import edit_customer
from dacheng.store.actions.deals import close_deal, create_deal, edit_deal
from dacheng.store.actions.imports import commit_import
from dacheng.store.actions.merges import Merging, merge_customers, merge_deals
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.rights import give_grant
from dacheng.store.actions.undo import undo_edit
from dacheng.store.canonical import canonical_hash
from dacheng.store.importing import planned
from dacheng.store.merged import leads_to, merged_into, successors
from dacheng.store.models import LogEntry
from tests.store.company import AT, START, TODAY, actor, facts, month, number, on, record, uid


def last_entry():
    return LogEntry.objects.order_by("-seq").values_list("hash", flat=True)[0]


def merged_deals(who="east", goes="D2", stays="D1", **more):
    merging = Merging(uid("deals", goes), uid("deals", stays), **more)
    return merge_deals(actor=actor(who), at=AT, merging=merging)


def merged_customers(who="ops", goes="C2", stays="C1", **more):
    merging = Merging(uid("customers", goes), uid("customers", stays), **more)
    return merge_customers(actor=actor(who), at=AT, merging=merging)


def contract(who, code, customer, day, amount, deal=""):
    values = {
        "code": code, "owner_id": uid("people", who), "customer_id": uid("customers", customer), "signed_day": day,
        "effective_day": day, "amount": amount,
    }  # fmt: skip
    given = values | ({"deal_id": uid("deals", deal)} if deal else {})
    return record_contract(actor=actor("ops"), at=AT, values=given, lines=[Line(amount)])


def done_on(day):
    book = open_database(SYSTEM, at=AT, as_of_day=day)
    given = {"measure": "contract", "period": "2026"}
    return run_report("targets/attainment", given, book=book, names=DatabaseNames()).table.totals["done"]


def listed(day):
    book = open_database(SYSTEM, at=AT, as_of_day=day)
    table = run_report("deals/list", {}, book=book, names=DatabaseNames()).table
    return set(table.values["deal_id"].tolist())


def test_contracts_and_grants_go_along_and_the_one_that_goes_ends_today(database):
    contract("wang", "K1", "C1", on(5, 4), 900_00, deal="D2")
    give_grant(
        actor=actor("admin"),
        at=AT,
        person=uid("people", "zhao"),
        relation="deals",
        uid=uid("deals", "D2"),
        reason="x",
        on=on(3, 1),
    )
    gone, both = number("deals", "D2"), {number("deals", "D1"), number("deals", "D2")}

    done = merged_deals(taken=["amount", "next_step"])

    assert {name: count for name, count in done.moved.items() if count} == {"contracts": 1, "grants": 1}
    assert record("deals", "D1").amount == 20_000_00
    assert [one["deal_id"] for one in facts("contracts", "K1")][-1] == number("deals", "D1")
    assert listed(TODAY) & both == {number("deals", "D1")}
    assert both <= listed(TODAY - 1)
    assert facts("deals", gone)[-1]["to_day"] == TODAY
    assert leads_to("deals", uid("deals", "D2")) == uid("deals", "D1")
    grants = facts("grants", number("people", "zhao"))
    assert len(grants) == 2


def test_an_undo_restores_the_company_to_the_byte(database):
    contract("wang", "K1", "C1", on(5, 4), 900_00, deal="D2")
    before = canonical_hash()

    merged_deals(taken=["name", "amount"])
    assert canonical_hash() != before
    undo_edit(actor=actor("east"), at=AT, entry=last_entry())
    assert canonical_hash() == before
    merged_customers(taken=["name"])
    undo_edit(actor=actor("ops"), at=AT, entry=last_entry())

    assert canonical_hash() == before
    assert leads_to("deals", uid("deals", "D2")) is None


def test_what_is_done_in_every_month_is_the_same_before_and_after(database):
    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=None, on=on(3, 5))
    contract("wang", "K1", "C1", on(4, 4), 900_00, deal="D2")
    contract("zhao", "K2", "C2", on(2, 4), 700_00)
    days = [on(2, 28), on(3, 31), on(5, 31), TODAY]
    before = [done_on(day) for day in days]

    merged_customers()

    assert [done_on(day) for day in days] == before
    assert before[0] == 700_00 and before[-1] > before[0]


def test_two_won_deals_that_both_count_are_refused(database):
    for code, who in (("D1", "li"), ("D2", "wang")):
        close_deal(actor=actor(who), at=AT, uid=uid("deals", code), outcome="won", version=None, on=on(3, 5))

    with pytest.raises(RuleError, match="合并不能改业绩") as refused:
        merged_deals()

    assert "都计入业绩" in refused.value.remedy.zh
    assert len(listed(TODAY)) == 3


def test_the_won_one_stays_and_the_open_one_goes(database):
    close_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), outcome="won", version=None, on=on(3, 5))

    with pytest.raises(RuleError, match="合并不能改业绩"):
        merged_deals(goes="D1", stays="D2")
    merged_deals(goes="D2", stays="D1")

    assert done_on(TODAY) == 100_000_00


def test_a_customer_is_merged_although_months_of_his_are_closed(database):
    contract("zhao", "K2", "C2", on(2, 4), 700_00)
    close_deal(
        actor=actor("zhao"), at=AT, uid=uid("deals", "D3"), outcome="won", version=None, on=on(2, 5), amount=5_00
    )
    for one in (1, 2):
        close_period(actor=actor("ops"), at=AT, ym=month(one))
    before, whole = canonical_hash(), [done_on(day) for day in (on(2, 28), TODAY)]

    done = merged_customers()

    assert {name: count for name, count in done.moved.items() if count} == {"deals": 1, "contracts": 1}
    assert [(one["from_day"], one["customer_id"]) for one in facts("contracts", "K2")][-1] == (
        TODAY,
        number("customers", "C1"),
    )
    assert [done_on(day) for day in (on(2, 28), TODAY)] == whole
    undo_edit(actor=actor("ops"), at=AT, entry=last_entry())
    assert canonical_hash() == before


def test_a_past_day_shows_the_customers_as_they_were(database):
    merged_customers()

    def customers_on(day):
        book = open_database(SYSTEM, at=AT, as_of_day=day)
        table = run_report("customers/accounts", {}, book=book, names=DatabaseNames()).table
        return sorted(table.values["customer_id"].tolist())

    both = [number("customers", "C1"), number("customers", "C2")]
    assert customers_on(TODAY - 1) == both
    assert customers_on(TODAY) == both[:1]


def test_a_filter_by_the_old_code_finds_the_one_that_stays_and_on_a_past_day_the_old_one(database):
    merged_customers()

    def deals_of(day):
        book = open_database(SYSTEM, at=AT, as_of_day=day)
        table = run_report("deals/list", {"customer": "C2"}, book=book, names=DatabaseNames()).table
        return len(table)

    assert (deals_of(TODAY - 1), deals_of(TODAY)) == (1, 3)


def test_merges_that_follow_each_other_lead_to_the_last(database):
    for code in ("D8", "D9"):
        values = {
            "code": code, "name": code, "owner_id": uid("people", "li"), "stage_id": uid("stages", "lead"),
            "customer_id": uid("customers", "C1"),
        }  # fmt: skip
        create_deal(actor=actor("ops"), at=AT, values=values, on=on(3, 1))
    numbers = [number("deals", one) for one in ("D8", "D9", "D1")]

    merged_deals(goes="D8", stays="D9")
    merged_deals(goes="D9", stays="D1")

    assert successors("deals", numbers) == {numbers[0]: numbers[2], numbers[1]: numbers[2]}
    assert merged_into("deals", "D1") == [numbers[1], numbers[0]]
    with pytest.raises(RuleError, match="已经并入"):
        merged_deals(goes="D9", stays="D2")


def test_who_may_merge(database):
    with pytest.raises(NotAllowed):
        merged_deals("li", goes="D1", stays="D1")
    with pytest.raises(NotFound):
        merged_deals("south")
    with pytest.raises(NotFound):
        merged_deals("east", goes="D3", stays="D1")
    with pytest.raises(NotAllowed):
        merged_customers("east")
    with pytest.raises(RuleError, match="并入它自己"):
        merged_deals("east", goes="D1", stays="D1")
    merged_deals("east")
    with pytest.raises(NotFound):
        undo_edit(actor=actor("south"), at=AT, entry=last_entry())


def test_a_record_that_was_changed_meanwhile_is_not_merged(database):
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": 5}, version=None)
    edit_customer(actor=actor("ops"), at=AT, uid=uid("customers", "C1"), values={"region": "x"}, version=None)

    with pytest.raises(Conflict):
        merged_deals(versions=(1, 1))
    with pytest.raises(Conflict):
        merged_customers(versions=(1, 1))
    merged_deals(versions=(1, 2))


def test_only_what_a_merge_can_take_is_taken(database):
    with pytest.raises(RuleError, match="stage_id"):
        merged_deals(taken=["stage_id"])
    assert facts("deals", "D1")[0]["from_day"] == START


def brought(*rows):
    return commit_import(actor=actor("ops"), at=AT, batch=Batch("crm", "again.csv", "CNY", tuple(rows)))


def test_a_later_file_with_the_old_code_finds_the_one_that_stays(database):
    merged_customers()

    brought(
        Staged("customers", "C2", {"region": "深圳"}, 0, row=1),
        Staged("deals", "D7", {"name": "新单", "owner_id": "li", "customer_id": "C2", "stage_id": "lead"}, START),
    )

    assert record("customers", "C1").region == "深圳"
    assert record("customers", "C2").region == ""
    assert record("deals", "D7").customer_id == number("customers", "C1")


def test_of_two_rows_of_one_merged_record_its_own_counts_and_the_other_is_told(database):
    merged_customers()
    rows = (
        Staged("customers", "C2", {"region": "深圳"}, 0, row=1),
        Staged("customers", "C1", {"region": "北京"}, 0, row=2),
    )

    findings = planned(Batch("crm", "again.csv", "CNY", rows), TODAY).findings
    brought(*rows)

    assert [(one.rule, one.severity, one.row) for one in findings] == [("import/merged", "note", 1)]
    assert record("customers", "C1").region == "北京"
