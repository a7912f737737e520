"""People with a home on every day; roles and grants from a day on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dacheng.core.access import ADMIN, MANAGER, REP, SYSTEM
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.store.access import viewer_of
from dacheng.store.actions.accounts import invite, redeem_link
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.deals import edit_deal
from dacheng.store.actions.people import create_person, edit_person, mark_left, move_person
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.rights import give_grant, grant_role, revoke_role, withdraw_grant
from dacheng.store.models import Grant, Person
from tests.store.company import AT, START, TODAY, actor, facts, month, number, on, record, uid


def homes(code: str) -> list[tuple[int, int]]:
    return [(fact["from_day"], fact["unit_id"]) for fact in facts("assignments", number("people", code))]


def done_in(unit: str, day: int) -> int:
    book = open_database(SYSTEM, at=AT, as_of_day=day)
    given = {"unit": unit, "measure": "contract", "period": "2026"}
    return run_report("targets/attainment", given, book=book, names=DatabaseNames()).table.totals["done"]


def test_a_person_without_a_home_is_refused_with_the_way_out(database):
    with pytest.raises(RuleError, match="韩梅梅 不是每一天都有归属组织") as refused:
        create_person(actor=actor("ops"), at=AT, values={"code": "han", "name": "韩梅梅"}, home=None)

    assert "归属组织" in refused.value.remedy.zh and not Person.objects.filter(code="han").exists()


def test_a_new_person_stands_from_his_day_and_has_his_home_from_the_beginning(database):
    create_person(
        actor=actor("ops"), at=AT, values={"code": "han", "name": "韩梅梅"}, home=uid("units", "SH"), on=on(7, 1)
    )

    (home,), (joined,) = facts("assignments", number("people", "han")), facts("people", "han")
    assert (home["from_day"], home["to_day"], home["unit_id"]) == (FIRST_DAY, FAR_DAY, number("units", "SH"))
    assert (joined["from_day"], joined["to_day"]) == (on(7, 1), FAR_DAY)


def test_what_a_new_person_brings_along_from_before_counts_in_his_home(database):
    create_person(actor=actor("ops"), at=AT, values={"code": "han", "name": "韩梅梅"}, home=uid("units", "SH"))

    days = {"signed_day": on(3, 10), "effective_day": on(3, 10)}
    values = {"code": "K1", "owner_id": uid("people", "han"), **days}
    record_contract(actor=actor("ops"), at=AT, values=values, lines=[Line(amount=7_000_00)])

    assert [done_in("SH", day) for day in (on(3, 9), on(3, 31), TODAY)] == [0, 7_000_00, 7_000_00]


def test_a_person_moves_from_a_day_on_until_the_next_recorded_move(database):
    move_person(actor=actor("ops"), at=AT, uid=uid("people", "li"), unit=uid("units", "SOUTH"), version=1, on=on(5, 1))

    move_person(actor=actor("ops"), at=AT, uid=uid("people", "li"), unit=uid("units", "HQ"), version=2, on=on(3, 1))

    assert homes("li") == [
        (START, number("units", "SH")),
        (on(3, 1), number("units", "HQ")),
        (on(5, 1), number("units", "SOUTH")),
    ]


def test_two_editors_of_a_home_are_kept_apart(database):
    move_person(actor=actor("ops"), at=AT, uid=uid("people", "li"), unit=uid("units", "SOUTH"), version=1)

    with pytest.raises(Conflict):
        move_person(actor=actor("admin"), at=AT, uid=uid("people", "li"), unit=uid("units", "HQ"), version=1)


def test_a_move_dated_into_a_closed_month_is_refused(database):
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    with pytest.raises(RuleError, match="已关账"):
        move_person(actor=actor("ops"), at=AT, uid=uid("people", "li"), unit=uid("units", "SOUTH"), on=on(5, 31))

    move_person(actor=actor("ops"), at=AT, uid=uid("people", "li"), unit=uid("units", "SOUTH"), on=on(6, 1))


def test_a_leaver_keeps_the_last_home_loses_roles_and_account_and_is_nobody(database):
    invite(actor=actor("admin"), at=AT, person_id=number("people", "east"))
    person = uid("people", "east")

    mark_left(actor=actor("ops"), at=AT, uid=person, version=1, on=on(6, 10))

    assert homes("east") == [(START, number("units", "EAST"))]
    assert [fact["left"] for fact in facts("people", "east")] == [0, 1]
    assert viewer_of(number("people", "east"), on(6, 9)).roles == {MANAGER}
    assert viewer_of(number("people", "east"), TODAY).held == ()


def test_a_leavers_link_opens_nothing(database):
    link = invite(actor=actor("admin"), at=AT, person_id=number("people", "east"))
    mark_left(actor=actor("ops"), at=AT, uid=uid("people", "east"), version=1)

    with pytest.raises(NotFound, match="登录链接"):
        redeem_link(at=AT + timedelta(hours=1), secret=link.secret)


def test_the_last_administrator_neither_leaves_nor_loses_the_role(database):
    with pytest.raises(RuleError, match="最后一位系统管理员"):
        mark_left(actor=actor("ops"), at=AT, uid=uid("people", "admin"), version=1)
    with pytest.raises(RuleError, match="最后一位系统管理员"):
        revoke_role(actor=actor("admin"), at=AT, person=uid("people", "admin"), role=ADMIN, unit=uid("units", "HQ"))

    assert actor("admin").roles == {ADMIN}


def test_a_role_holds_from_its_day_until_it_is_revoked_and_can_be_given_again(database):
    person, unit = uid("people", "li"), uid("units", "SH")
    grant_role(actor=actor("admin"), at=AT, person=person, role=MANAGER, unit=unit, on=on(6, 1), until=on(7, 1))
    assert viewer_of(number("people", "li"), on(6, 15)).roles == {REP, MANAGER}
    assert viewer_of(number("people", "li"), on(7, 1)).roles == {REP}

    revoke_role(actor=actor("admin"), at=AT, person=person, role=MANAGER, unit=unit, on=on(6, 10))
    assert viewer_of(number("people", "li"), on(6, 15)).roles == {REP}

    assert grant_role(actor=actor("admin"), at=AT, person=person, role=MANAGER, unit=unit, on=on(6, 14))
    assert not grant_role(actor=actor("admin"), at=AT, person=person, role=MANAGER, unit=unit, on=on(6, 14))
    assert viewer_of(number("people", "li"), TODAY).roles == {REP, MANAGER}


def test_only_an_administrator_grants_roles(database):
    with pytest.raises(NotAllowed, match="授予角色"):
        grant_role(actor=actor("ops"), at=AT, person=uid("people", "ops"), role=ADMIN, unit=uid("units", "HQ"))


def test_somebody_without_a_role_is_a_rep_of_his_own_rows(database):
    revoke_role(actor=actor("admin"), at=AT, person=uid("people", "li"), role=REP, unit=uid("units", "SH"))

    assert viewer_of(number("people", "li"), TODAY).roles == {REP}


def test_a_grant_lets_see_one_deal_with_a_reason_and_edits_nothing(database):
    give = {"actor": actor("ops"), "at": AT, "person": uid("people", "zhao"), "relation": "deals"}
    with pytest.raises(RuleError, match="没有写原因"):
        give_grant(**give, uid=uid("deals", "D1"), reason=" ")

    give_grant(**give, uid=uid("deals", "D1"), reason="联合方案")

    assert Grant.objects.get().reason == "联合方案"
    with pytest.raises(NotAllowed):
        edit_deal(actor=actor("zhao"), at=AT, uid=uid("deals", "D1"), values={"amount": 1}, version=1)
    withdraw_grant(**give, uid=uid("deals", "D1"))
    with pytest.raises(NotFound):
        edit_deal(actor=actor("zhao"), at=AT, uid=uid("deals", "D1"), values={"amount": 1}, version=1)


def test_a_persons_labels_change_without_a_day(database):
    edit_person(actor=actor("admin"), at=AT, uid=uid("people", "li"), values={"email": "li@example.cn"}, version=1)

    assert record("people", "li").email == "li@example.cn"
