"""Joining: a person with home, role and first targets, all or nothing, as one entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dacheng.core.access import MANAGER
from dacheng.core.errors import NotAllowed, RuleError
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import FAR_DAY
from dacheng.store.actions.joining import MOST_MONTHS, FirstRole, FirstTarget, first_cells, join_person
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.rights import grant_role
from dacheng.store.bulk import select_rows
from dacheng.store.models import LogEntry, Person
from tests.store.company import AT, SYSTEM, actor, month, number, on, uid

HAN = {"code": "han", "name": "韩梅梅"}


def target(amount: int = 100_00, first: int = 7, last: int = 9) -> FirstTarget:
    return FirstTarget(uid("measures", "contract"), month(first), month(last), amount)


def targets_of(code: str) -> list[tuple[int, ...]]:
    wanted = ["ym", "amount", "from_day", "unit_id"]
    return select_rows("fact_targets", wanted, [("person_id = %s", number("people", code))], order=("ym",))


def test_person_role_and_targets_stand_from_the_day_of_joining_as_one_entry(database):
    entries = LogEntry.objects.count()

    role = FirstRole(MANAGER, uid("units", "SH"))
    join_person(actor=SYSTEM, at=AT, values=HAN, home=uid("units", "SH"), on=on(7, 1), role=role, target=target())

    held = select_rows(
        "fact_roles", ["role", "unit_id", "from_day", "to_day"], [("person_id = %s", number("people", "han"))]
    )
    shares = [(month(7), 33_34), (month(8), 33_33), (month(9), 33_33)]
    assert held == [(MANAGER, number("units", "SH"), on(7, 1), FAR_DAY)]
    assert targets_of("han") == [(ym, share, on(7, 1), number("units", "SH")) for ym, share in shares]
    assert LogEntry.objects.count() == entries + 1


@pytest.mark.parametrize(("who", "refused"), [("ops", "role"), ("admin", "target")])
def test_who_may_not_give_a_role_or_a_target_creates_nobody_with_it(database, who, refused):
    more = {"role": FirstRole(MANAGER, uid("units", "SH")), "target": target()}

    with pytest.raises(NotAllowed):
        join_person(actor=actor(who), at=AT, values=HAN, home=uid("units", "SH"), **{refused: more[refused]})

    assert not Person.objects.filter(code="han").exists()


def test_who_holds_both_rights_gives_both(database):
    grant_role(actor=SYSTEM, at=AT, person=uid("people", "ops"), role=5, unit=uid("units", "HQ"))

    role = FirstRole(MANAGER, uid("units", "SH"))
    join_person(actor=actor("ops"), at=AT, values=HAN, home=uid("units", "SH"), role=role, target=target())

    assert len(targets_of("han")) == 3


def test_a_closed_month_refuses_the_whole_joining(database):
    close_period(actor=SYSTEM, at=AT, ym=month(5))

    with pytest.raises(RuleError, match="2026-05"):
        join_person(actor=SYSTEM, at=AT, values=HAN, home=uid("units", "SH"), target=target(first=5))

    assert not Person.objects.filter(code="han").exists()


@pytest.mark.parametrize("last", [6, 7 + MOST_MONTHS])
def test_months_that_run_backwards_or_too_far_are_refused_with_the_way_out(database, last):
    with pytest.raises(RuleError, match="目标月份从 2026-07") as refused:
        join_person(actor=SYSTEM, at=AT, values=HAN, home=uid("units", "SH"), target=target(first=7, last=last))

    assert str(MOST_MONTHS) in refused.value.remedy.zh


@given(st.integers(-(10**12), 10**12), st.integers(0, MOST_MONTHS - 1))
def test_the_months_add_up_to_the_total_and_differ_by_a_fen_at_most(total, more):
    from uuid import UUID

    someone = UUID(int=1)
    cells = first_cells(someone, someone, FirstTarget(someone, month(1), month(1) + more, total), CALENDAR_MONTHS)

    amounts = [cell.amount or 0 for cell in cells]
    assert sum(amounts) == total and max(amounts) - min(amounts) <= 1
    assert [cell.ym for cell in cells] == list(range(month(1), month(1) + more + 1))
