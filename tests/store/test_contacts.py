"""Contacts of customers: who may see and write them, what is refused, what merges, files and undo do to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.searching import ways_of
from dacheng.core.staging import Batch, Staged
from dacheng.service.books import open_database
from dacheng.service.records import listed
from dacheng.store.actions.contacts import create_contact, edit_contact, mark_contact_left, namesakes
from dacheng.store.actions.customers import create_customer
from dacheng.store.actions.deals import create_deal
from dacheng.store.actions.imports import commit_import, preview_import, undo_import
from dacheng.store.actions.merges import Merging, merge_customers
from dacheng.store.actions.rights import give_grant
from dacheng.store.actions.undo import undo_edit
from dacheng.store.canonical import canonical_hash
from dacheng.store.models import LogEntry
from dacheng.store.queries.searching import matching
from dacheng.store.standing import standing, standing_uid
from tests.store.company import AT, TODAY, actor, facts, number, on, record, uid

pytestmark = pytest.mark.usefixtures("database")


def made(who="li", customer="C1", name="陈立", **values):
    given = {"name": name, "customer_id": uid("customers", customer)} | values
    viewer = SYSTEM if who == "system" else actor(who)
    return create_contact(actor=viewer, at=AT, values=given).uid


def edited(contact, who="li", version=1, on=None, **values):
    return edit_contact(actor=actor(who), at=AT, uid=contact, values=values, version=version, on=on)


def seen_by(who, day=None):
    viewer = SYSTEM if who == "system" else actor(who)
    return [row["name"] for row in listed("contacts", open_database(viewer, at=AT, as_of_day=day)).rows]


def last_entry():
    return LogEntry.objects.order_by("-seq").values_list("hash", flat=True)[0]


def staged(code, customer="C1", name="周敏", **values):
    return Staged("contacts", code, {"name": name, "customer_id": customer, **values}, TODAY, known_start=False)


def test_those_who_sell_to_a_customer_see_its_contacts_and_nobody_else():
    made("li")

    seen = {who: seen_by(who) for who in ("li", "wang", "east", "boss", "ops", "fin", "zhao", "south", "admin")}

    see = {"li", "wang", "east", "boss", "ops", "fin"}
    assert seen == {who: ["陈立"] if who in see else [] for who in seen}


def test_a_grant_of_one_opportunity_shows_the_contacts_of_its_customer():
    made("li")

    give_grant(
        actor=SYSTEM, at=AT, person=uid("people", "zhao"), relation="deals", uid=uid("deals", "D1"), reason="联合"
    )

    assert seen_by("zhao") == ["陈立"]


def test_a_contact_is_there_from_the_day_it_was_made():
    made("li")

    assert (seen_by("li", TODAY - 1), seen_by("li", TODAY)) == ([], ["陈立"])


def test_whoever_sees_nothing_of_a_customer_is_answered_as_if_it_did_not_exist():
    contact = made("li")

    with pytest.raises(NotFound):
        made("zhao")
    with pytest.raises(NotFound):
        edited(contact, "zhao", part=1)
    with pytest.raises(NotAllowed):
        edited(contact, "fin", part=1)


def test_who_created_a_customer_needs_an_opportunity_before_its_contacts():
    create_customer(actor=actor("li"), at=AT, values={"code": "K9", "name": "新客户"})

    with pytest.raises(RuleError, match="商机或合同"):
        made("li", "K9")
    values = {"name": "新机会", "owner_id": uid("people", "li"), "customer_id": uid("customers", "K9")}
    create_deal(actor=actor("li"), at=AT, values=values | {"stage_id": uid("stages", "lead")})

    assert made("li", "K9")


def test_numbers_and_addresses_are_kept_in_one_form_and_wrong_ones_refused():
    contact = made("li", phone="+86 139 0000 0001", email="Chen.Li@EXAMPLE.com")
    edited(contact, phone="(021) 5555-0101 转 8")

    assert record("contacts", code_of(contact)).phone == "021-55550101-8"
    assert record("contacts", code_of(contact)).email == "Chen.Li@example.com"
    with pytest.raises(RuleError) as refused:
        edited(contact, version=2, phone="问前台")
    assert "139 0000 0001" in refused.value.remedy.zh
    with pytest.raises(RuleError, match="邮箱"):
        made("li", name="何涛", email="chenli")


def code_of(contact):
    return standing_uid("contacts", contact).row["code"]


def test_somebody_reports_within_his_company_and_never_in_a_circle():
    head, member = made("li", name="陈立"), made("li", name="何涛")
    stranger = made("system", "C2", name="黄鹏")
    edited(member, reports_to_id=head)

    with pytest.raises(RuleError, match="成了环"):
        edited(head, reports_to_id=member)
    with pytest.raises(RuleError) as refused:
        edited(head, reports_to_id=stranger)
    assert "黄鹏" not in str(refused.value)


def test_a_contact_stays_with_his_customer_and_leaves_from_a_day():
    contact = made("east", name="何涛")

    with pytest.raises(RuleError, match="另一个客户"):
        edited(contact, "ops", customer_id=uid("customers", "C2"))
    mark_contact_left(actor=actor("li"), at=AT, uid=contact, version=1)

    assert [one["left"] for one in facts("contacts", code_of(contact))] == [1]
    with pytest.raises(Conflict):
        edited(contact, version=1, part=2)
    with pytest.raises(RuleError):
        edited(contact, version=2, on=on(6, 16), part=2)


def test_the_same_name_twice_is_told_and_not_refused():
    first, second = made("li"), made("wang")

    assert namesakes(second, TODAY) == [code_of(first)]
    assert namesakes(made("system", "C2"), TODAY) == []


def test_a_step_on_a_contact_is_taken_back_whole():
    before = canonical_hash()
    contact = made("li")
    entry = last_entry()

    with pytest.raises(NotFound):
        undo_edit(actor=actor("zhao"), at=AT, entry=entry)
    undone = undo_edit(actor=actor("li"), at=AT, entry=entry)

    assert (undone.relation, undone.uids, undone.removed) == ("contacts", (contact,), True)
    assert canonical_hash() == before


def test_contacts_go_along_when_their_customers_are_merged_and_come_back_with_the_undo():
    boss = made("system", "C2", name="黄鹏")
    made("system", "C2", name="何涛", reports_to_id=boss)
    before = canonical_hash()
    merging = Merging(uid("customers", "C2"), uid("customers", "C1"))

    merged = merge_customers(actor=actor("ops"), at=AT, merging=merging)

    assert merged.moved["contacts"] == 2
    assert {record("contacts", code_of(boss)).customer_id} == {number("customers", "C1")}
    assert sorted(seen_by("li")) == ["何涛", "黄鹏"]
    undo_edit(actor=actor("ops"), at=AT, entry=last_entry())
    assert canonical_hash() == before


def test_contacts_are_found_by_name_sound_and_number():
    made("li", phone="139 0000 4321")
    made("li", name="周敏", phone="021-5555 0101")

    def found(text):
        return [code_name(one) for one, _ in matching("contacts", [ways_of(text)], limit=9)]

    def code_name(number_of):
        return standing("contacts", [number_of])[number_of].row["name"]

    assert [found(one) for one in ("陈", "cl", "zhoumin", "00004321", "+8613900004321", "02155550101")] == [
        ["陈立"], ["陈立"], ["周敏"], ["陈立"], ["陈立"], ["周敏"],
    ]  # fmt: skip
    assert found("999") == []


def test_a_file_brings_contacts_warns_of_namesakes_and_refuses_circles():
    made("li")
    same = Batch("crm", "联系人.csv", "CNY", (staged("L1", name="陈立", phone="+86 139 0000 0001"), staged("L2")))

    seen = preview_import(actor=actor("ops"), at=AT, batch=same)
    commit_import(actor=actor("ops"), at=AT, batch=same)

    assert [(one.rule, one.severity) for one in seen.findings] == [("contacts/same-name", "warn")]
    assert record("contacts", "L1").phone == "13900000001"
    circle = Batch("crm", "联系人.csv", "CNY", (staged("L1", reports_to_id="L2"), staged("L2", reports_to_id="L1")))
    seen = preview_import(actor=actor("ops"), at=AT, batch=circle)
    assert [(one.rule, one.severity) for one in seen.findings] == [("contacts/circle", "block")]
    bad = Batch("crm", "联系人.csv", "CNY", (staged("L3", name="何涛", phone="问前台"),))
    (problem,) = preview_import(actor=actor("ops"), at=AT, batch=bad).findings
    assert problem.severity == "block" and "139 0000 0001" in problem.remedy.zh


def unnumbered(name, customer="C1", **values):
    return replace(staged(f"{customer}·{name}", customer, name, **values), made_code=True)


def batch(*rows):
    return Batch("crm", "联系人.csv", "CNY", rows)


def test_a_file_without_numbers_meets_the_contacts_that_were_made_by_hand():
    chen = made("li", name="陈总", phone="139 0000 0001", title="副总")
    zhou = made("li", name="周敏")
    rows = batch(unnumbered("陈立", phone="+86 13900000001"), unnumbered("周敏", part=2), unnumbered("何涛"))

    seen = preview_import(actor=actor("ops"), at=AT, batch=rows)
    done = commit_import(actor=actor("ops"), at=AT, batch=rows)
    again = preview_import(actor=actor("ops"), at=AT, batch=rows)

    assert [(one.rule, one.severity) for one in seen.findings] == [("contacts/known", "note")] * 2
    assert "手机或邮箱" in seen.findings[0].message.zh and "陈总" in seen.findings[0].message.en
    assert done.counts["contacts"] == {"created": 1, "changed": 2, "unchanged": 0}
    found = {uid: standing_uid("contacts", uid).row for uid in (chen, zhou)}
    assert (found[chen]["name"], found[chen]["title"], found[zhou]["part"]) == ("陈立", "副总", 2)
    assert again.counts["contacts"] == {"created": 0, "changed": 0, "unchanged": 3}


def test_who_cannot_be_told_comes_as_a_new_contact_with_a_warning():
    made("li", name="陈立", phone="13900000001")
    made("li", name="陈立", phone="13900000002")
    rows = batch(unnumbered("陈立"), unnumbered("潘工", "C2"))

    seen = preview_import(actor=actor("ops"), at=AT, batch=rows)

    assert [(one.rule, one.severity) for one in seen.findings] == [
        ("contacts/ambiguous", "warn"),
        ("contacts/same-name", "warn"),
    ]
    assert seen.counts["contacts"]["created"] == 2


def test_two_rows_are_never_the_same_contact_and_one_with_a_number_is_his_own():
    contact = made("li", name="陈立", phone="13900000001")
    mobile = {"phone": "13900000001"}
    own = staged(code_of(contact), name="陈立", **mobile)

    twice = preview_import(
        actor=actor("ops"), at=AT, batch=batch(unnumbered("陈立", **mobile), unnumbered("陈总", **mobile))
    )
    numbered = preview_import(actor=actor("ops"), at=AT, batch=batch(own, unnumbered("陈总", **mobile)))

    assert [one.counts["contacts"]["created"] for one in (twice, numbered)] == [1, 1]


def test_the_import_that_met_them_is_undone_whole():
    made("li", name="陈总", phone="13900000001")
    before = canonical_hash()
    done = commit_import(actor=actor("ops"), at=AT, batch=batch(unnumbered("陈立", phone="13900000001")))

    undo_import(actor=actor("ops"), at=AT, uid=done.uid)

    assert canonical_hash() == before
