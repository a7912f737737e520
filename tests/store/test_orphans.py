"""What nobody looks after is told, with who and where; nothing is told that has its owner."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

from dacheng.api.organisation import OrphanKind
from dacheng.core.access import MANAGER, SYSTEM
from dacheng.service.books import open_database
from dacheng.service.organisation import organisation
from dacheng.service.orphans import KINDS, orphans
from dacheng.store.access import viewer_of
from dacheng.store.actions.org import close_unit
from dacheng.store.actions.people import create_person, mark_left
from dacheng.store.actions.rights import grant_role
from dacheng.store.actions.transfers import leave, transfer_person
from dacheng.store.handing import Ways
from tests.store.company import AT, TODAY, number, on, uid

LATER = AT + timedelta(hours=1)


def told(viewer=SYSTEM) -> list[tuple[str, str, str, int]]:
    """Return kind, unit, person and count of every orphan."""
    found = orphans(organisation(TODAY), open_database(viewer, at=LATER))
    return [
        (one.kind, one.unit.unit.code if one.unit else "", one.person.code if one.person else "", one.count)
        for one in found
    ]


def test_a_unit_without_a_manager_of_its_own_is_told_and_one_led_by_an_executive_is_not(sqlite_database):
    assert told() == [("unmanaged", "SH", "", 0)]


def test_whoever_stands_in_is_a_manager_until_the_last_day(sqlite_database):
    person, unit = uid("people", "wang"), uid("units", "SH")
    grant_role(actor=SYSTEM, at=AT, person=person, role=MANAGER, unit=unit, on=TODAY, until=on(7, 1))

    assert told() == []
    assert viewer_of(number("people", "wang"), on(6, 30)).holds(MANAGER)
    assert not viewer_of(number("people", "wang"), on(7, 1)).holds(MANAGER)


def test_what_a_leaver_leaves_behind_is_told(sqlite_database):
    mark_left(actor=SYSTEM, at=AT, uid=uid("people", "li"), version=1, on=TODAY)

    assert told() == [("unmanaged", "SH", "", 0), ("leaver-deals", "SH", "li", 1), ("leaver-targets", "SH", "li", 1)]


def test_nothing_is_left_behind_by_a_leaver_who_handed_over(sqlite_database):
    ways = Ways(deals="taker", targets="taker", credit="taker", to=uid("people", "wang"))
    leave(actor=SYSTEM, at=AT, uid=uid("people", "li"), ways=ways, version=1, on=on(6, 1))

    assert told() == [("unmanaged", "SH", "", 0)]


def test_a_closed_unit_with_targets_and_a_target_away_from_home_are_told(sqlite_database):
    transfer_person(
        actor=SYSTEM, at=AT, uid=uid("people", "wang"), unit=uid("units", "SOUTH"), ways=Ways(), version=1, on=TODAY
    )
    close_unit(
        actor=SYSTEM, at=AT, uid=uid("units", "SH"), version=1, on=TODAY, people_to=uid("units", "EAST")
    )  # fmt: skip

    assert ("closed-targets", "SH", "li", 1) in told()


def test_somebody_new_without_a_role_is_told(sqlite_database):
    create_person(actor=SYSTEM, at=AT, values={"code": "han", "name": "韩梅梅"}, home=uid("units", "SOUTH"))

    assert ("no-role", "SOUTH", "han", 0) in told()


def test_deals_and_targets_out_of_sight_are_not_told(sqlite_database):
    mark_left(actor=SYSTEM, at=AT, uid=uid("people", "li"), version=1, on=TODAY)

    kinds = {kind for kind, *_ in told(viewer_of(number("people", "admin"), TODAY))}

    assert kinds == {"unmanaged"}


def test_the_api_names_the_kinds_there_are():
    assert set(get_args(OrphanKind)) == set(KINDS)
