"""Versions of the annual plan: locked over all five steps, opened as they were known, seen by who sees the unit."""

from datetime import timedelta

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import NotAllowed, RuleError
from dacheng.service.annual_plans import compared, lock, locked_plans
from dacheng.service.books import open_database
from dacheng.store.actions.markets import create_market_fact
from tests.store.company import AT, actor, uid

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=1)


def book_of(code: str, at=LATER):
    return open_database(actor(code), at=at)


def market(at=AT) -> None:
    values = {"name": f"水务 {at:%M}", "unit_id": uid("units", "EAST"), "year": 2026, "own_share_bp": 1200}
    create_market_fact(actor=actor("ops"), at=at, values=values)


def test_a_version_shows_what_stood_when_it_was_locked_even_later_on_the_same_day(database):
    market()
    lock(actor("ops"), AT, uid("units", "HQ"), 2026, "董事会通过")
    market(LATER)

    (one,) = locked_plans(book_of("ops"), 2026)
    steps = {pair.then.code: pair for pair in compared(actor("ops"), LATER, one, book_of("ops"))}

    assert (one.number, one.note, one.by.name) == (1, "董事会通过", "周运营")
    assert (steps["market"].then.told.en, steps["market"].now.told.en) == (
        "1 markets, 1 with our share", "2 markets, 2 with our share",
    )  # fmt: skip
    assert {code for code, pair in steps.items() if pair.changed} == {"market"}


def test_steps_that_are_not_done_are_named_unless_a_note_says_why(database):
    market()
    with pytest.raises(RuleError, match="还没有完成：定目标、定策略、定计划、定预算") as refused:
        lock(actor("ops"), AT, uid("units", "HQ"), 2026, " ")
    lock(actor("ops"), AT, uid("units", "HQ"), 2026, "先定市场")

    assert "写明为什么" in refused.value.remedy.zh
    assert [one.unfinished for one in locked_plans(book_of("ops"), 2026)] == [("targets", "strategy", "plan", "budget")]


def test_versions_are_counted_for_each_unit_and_year(database):
    for unit, year in (("EAST", 2026), ("SH", 2026), ("EAST", 2026), ("EAST", 2027)):
        lock(SYSTEM, AT, uid("units", unit), year, "先锁")

    found = [(one.unit.code, one.number) for one in locked_plans(book_of("ops"), 2026)]

    assert found == [("EAST", 2), ("SH", 1), ("EAST", 1)]
    assert [one.number for one in locked_plans(book_of("ops"), 2027)] == [1]


def test_only_who_sets_goals_of_the_unit_locks_its_plan_and_who_sees_the_unit_sees_its_versions(database):
    lock(actor("east"), AT, uid("units", "EAST"), 2026, "华东先锁")
    with pytest.raises(NotAllowed):
        lock(actor("li"), AT, uid("units", "EAST"), 2026, "我也锁")
    with pytest.raises(NotAllowed):
        lock(actor("east"), AT, uid("units", "HQ"), 2026, "替总部锁")

    assert [one.unit.code for one in locked_plans(book_of("east"), 2026)] == ["EAST"]
    assert locked_plans(book_of("li"), 2026) == []


def test_a_year_that_nobody_plans_for_is_refused(database):
    with pytest.raises(RuleError, match="1066 年不能做计划"):
        lock(SYSTEM, AT, uid("units", "EAST"), 1066, "先锁")
