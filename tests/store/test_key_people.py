"""Key people of a deal: who may say it, from which day it holds, what merges, undo and files do to it."""

from __future__ import annotations

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.exchange.csvbook import sound_company, write_company
from dacheng.service.books import open_database
from dacheng.service.key_people import sent_key_people
from dacheng.store.actions.contacts import create_contact, mark_contact_left
from dacheng.store.actions.deals import edit_deal, reassign_deals
from dacheng.store.actions.key_people import set_key_person
from dacheng.store.actions.merges import Merging, merge_customers, merge_deals
from dacheng.store.actions.rights import give_grant
from dacheng.store.actions.undo import entry_written, undo_edit
from dacheng.store.canonical import canonical_hash, export_company
from dacheng.store.models import FACTS, FAR_SEQ, LogEntry
from tests.store.company import AT, START, TODAY, actor, number, on, uid

EB, UB, TB = 1, 2, 3


def contact(name="陈立", customer="C1", day=START, **values):
    given = {"name": name, "customer_id": uid("customers", customer)} | values
    return create_contact(actor=SYSTEM, at=AT, values=given, on=day).uid


def said(who, person, part, *, deal="D1", version=None, day=None):
    return set_key_person(
        actor=actor(who), at=AT, deal=uid("deals", deal), contact=person, part=part, version=version, on=day
    )


def told(who="li", deal="D1", day=None):
    """Return (name, part in the deal, part at the account, version) of everybody."""
    viewer = SYSTEM if who == "system" else actor(who)
    found = sent_key_people(uid("deals", deal), open_database(viewer, at=AT, as_of_day=day))["people"]
    return [(one["contact_name"], one["part"], one["part_at_account"], one["version"]) for one in found]


def missing(deal="D1"):
    return sent_key_people(uid("deals", deal), open_database(SYSTEM, at=AT))["missing"]


def facts(deal="D1"):
    rows = FACTS["deal_contacts"].objects.filter(deal_id=number("deals", deal), seq_to=FAR_SEQ).order_by("from_day")
    return list(rows.values_list("from_day", "part"))


def test_the_same_person_decides_in_one_deal_and_uses_in_another(database):
    chen, zhou = contact(part=TB), contact("周敏")
    edit_deal(actor=SYSTEM, at=AT, uid=uid("deals", "D2"), values={"customer_id": uid("customers", "C1")}, version=None)

    said("li", chen, EB)
    said("east", chen, UB, deal="D2")

    assert told() == [("陈立", "eb", "tb", 1), ("周敏", None, None, 0)]
    assert told("east", "D2") == [("陈立", "ub", "tb", 1), ("周敏", None, None, 0)]
    assert missing() == ["ub", "tb", "coach"] and zhou


def test_a_part_holds_from_its_day_on_and_a_later_one_takes_its_place(database):
    chen = contact()
    said("li", chen, UB, day=on(3, 1))

    said("li", chen, EB, version=1, day=on(5, 1))
    said("li", chen, TB, version=2, day=on(2, 1))

    assert facts() == [(on(2, 1), TB), (on(3, 1), UB), (on(5, 1), EB)]
    assert [told(day=day)[0][1] for day in (on(1, 9), on(2, 1), on(4, 30), on(5, 1))] == [None, "tb", "ub", "eb"]
    assert told(day=on(5, 1))[0][3] is None


def test_saying_nothing_again_lets_the_part_at_the_account_hold(sqlite_database):
    chen = contact(part=TB)
    said("li", chen, EB, day=on(5, 1))

    said("li", chen, None, version=1)
    nothing = said("li", contact("周敏"), None, version=0)

    assert told()[0] == ("陈立", None, "tb", 2)
    assert facts() == [(on(5, 1), EB), (TODAY, None)] and nothing is None


def test_only_who_edits_the_deal_says_it_and_who_sees_neither_learns_nothing(database):
    chen, other = contact(), contact("潘工", "C2")
    give_grant(
        actor=actor("admin"), at=AT, person=uid("people", "wang"), relation="deals", uid=uid("deals", "D1"), reason="联"
    )

    with pytest.raises(NotAllowed):
        said("wang", chen, EB)
    with pytest.raises(NotFound):
        said("zhao", chen, EB)
    with pytest.raises(NotFound):
        said("li", other, EB)

    assert told("wang") == told("li") and facts() == []


def test_a_contact_of_another_account_is_refused_with_the_way_out(sqlite_database):
    stranger = contact("潘工", "C2")

    with pytest.raises(RuleError) as refused:
        said("ops", stranger, EB)

    assert "潘工 不是商机 D1 的客户的联系人" in refused.value.sentence("zh") and refused.value.remedy.en
    assert not LogEntry.objects.filter(action="deal.key_person_set").exists()


def test_two_who_say_different_things_at_once_meet(sqlite_database):
    chen = contact()
    said("li", chen, EB, version=0)

    with pytest.raises(Conflict) as first:
        said("east", chen, UB, version=0)
    undo_edit(actor=actor("li"), at=AT, entry=LogEntry.objects.order_by("-seq").first().hash)
    with pytest.raises(Conflict):
        said("east", chen, UB, version=1)

    assert first.value.theirs == {"part": EB} and told()[0][1] is None


def test_a_step_is_taken_back_by_its_writer_or_a_manager_and_nobody_else(database):
    before = canonical_hash()
    chen = contact()
    after = canonical_hash()
    said("li", chen, EB)
    step = entry_written(actor("li"), AT)

    with pytest.raises(NotFound):
        undo_edit(actor=actor("zhao"), at=AT, entry=step)
    undone = undo_edit(actor=actor("east"), at=AT, entry=step)

    assert undone.uids == (uid("deals", "D1"),)
    assert canonical_hash() == after != before


def test_a_contact_who_has_a_part_in_a_deal_is_not_taken_back(sqlite_database):
    chen = contact()
    created = LogEntry.objects.order_by("-seq").first().hash
    said("li", chen, EB)

    with pytest.raises(RuleError, match="关键人"):
        undo_edit(actor=actor("ops"), at=AT, entry=created)


def test_who_left_covers_no_part_and_stays_listed_where_the_deal_names_him(sqlite_database):
    chen, zhou = contact(), contact("周敏")
    said("li", chen, EB)

    for person in (chen, zhou):
        mark_contact_left(actor=actor("li"), at=AT, uid=person, version=None)

    assert [one[0] for one in told()] == ["陈立"] and "eb" in missing()


def test_another_account_of_the_deal_shows_its_own_contacts(sqlite_database):
    said("li", contact(), EB)
    contact("潘工", "C2")

    values = {"customer_id": uid("customers", "C2")}
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values=values, version=None)

    assert [one[:2] for one in told()] == [("潘工", None)]
    assert [one[:2] for one in told(day=TODAY - 1)] == [("陈立", None)]


def test_who_hands_the_deal_over_no_longer_sees_its_key_people_not_even_in_the_log(sqlite_database):
    said("li", contact(), EB)

    reassign_deals(actor=actor("ops"), at=AT, uids=[uid("deals", "D1")], to=uid("people", "zhao"))

    with pytest.raises(NotFound):
        told("li")
    assert told("zhao")[0][:2] == ("陈立", "eb")


def test_merging_deals_keeps_what_the_one_that_stays_says_and_adds_the_rest(database):
    chen, zhou, lin = contact(), contact("周敏"), contact("林工")
    for deal in ("D1", "D2"):
        values = {"customer_id": uid("customers", "C1")}
        edit_deal(actor=SYSTEM, at=AT, uid=uid("deals", deal), values=values, version=None)
    said("ops", chen, EB, deal="D1")
    said("ops", chen, UB, deal="D2")
    said("ops", zhou, TB, deal="D2")
    said("ops", lin, UB, deal="D1", day=on(5, 1))
    said("ops", lin, None, deal="D1")
    said("ops", lin, EB, deal="D2", day=on(5, 1))
    before = canonical_hash()

    merged = merge_deals(actor=actor("east"), at=AT, merging=Merging(uid("deals", "D2"), uid("deals", "D1")))
    kept = {one[0]: one[1] for one in told("east")}
    undo_edit(actor=actor("east"), at=AT, entry=entry_written(actor("east"), AT))

    assert merged.moved["deal_contacts"] == 2
    assert kept == {"陈立": "eb", "周敏": "tb", "林工": "eb"}
    assert canonical_hash() == before


def test_merging_accounts_keeps_the_key_people_of_their_deals(database):
    said("ops", contact("潘工", "C2"), EB, deal="D3")
    before = canonical_hash()

    merge_customers(actor=actor("ops"), at=AT, merging=Merging(uid("customers", "C2"), uid("customers", "C1")))
    kept = told("system", "D3")
    undo_edit(actor=actor("ops"), at=AT, entry=entry_written(actor("ops"), AT))

    assert [one[:2] for one in kept] == [("潘工", "eb")]
    assert canonical_hash() == before


def test_the_folder_of_csv_brings_them_back(sqlite_database, tmp_path):
    chen = contact(code="L1")
    said("li", chen, UB, day=on(3, 1))
    said("li", chen, EB)
    company = export_company()

    write_company(company, tmp_path)

    text = (tmp_path / "deal_contacts.csv").read_text("utf-8-sig")
    assert text.splitlines() == [
        "deal,contact,part,from,to",
        "D1,L1,ub,2026-03-01,2026-06-15",
        "D1,L1,eb,2026-06-15,",
    ]
    assert sound_company(tmp_path).frames["deal_contacts"] == company.frames["deal_contacts"]
