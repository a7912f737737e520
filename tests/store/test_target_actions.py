"""Target cells: one entry for a grid, conflicts cell by cell, nothing into closed months."""

from __future__ import annotations

from uuid import uuid4

import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.targets import Cell, SetCells, create_measure, edit_measure, set_targets
from dacheng.store.models import LogEntry, Target
from tests.store.company import AT, START, TODAY, actor, facts, month, on, record, uid


def cell(unit: str, amount: int | None, *, ym: int = 6, person: str = "", version: int | None = None) -> Cell:
    who = uid("people", person) if person else None
    return Cell(uid("units", unit), who, uid("measures", "contract"), month(ym), amount, version)


def put(who: str, *cells: Cell, day: int | None = None, currency: str = "") -> SetCells:
    return set_targets(actor=actor(who), at=AT, cells=cells, on=day, currency=currency)


def amounts(target: Target) -> list[tuple[int, int]]:
    from dacheng.store.standing import standing

    (one,) = standing("targets", [target.pk]).values()
    return [(version.from_day, version.values[0]) for version in one.versions]


def east_june() -> Target:
    return Target.objects.get(person_id=0, ym=month(6))


def test_a_grid_of_cells_is_one_entry(database):
    before = LogEntry.objects.count()

    done = put("ops", cell("EAST", 600, version=1), cell("EAST", 700, ym=7), cell("SH", 300_000_00, person="li"))

    assert done == SetCells(created=1, changed=1, unchanged=1)
    assert LogEntry.objects.count() == before + 1
    assert amounts(east_june()) == [(START, 500_000_00), (TODAY, 600)]


def test_a_target_is_seen_from_the_day_it_takes_effect_whatever_its_month(database):
    put("ops", cell("SOUTH", 900, ym=12), day=on(6, 20))

    assert amounts(Target.objects.get(ym=month(12))) == [(on(6, 20), 900)]


def test_a_target_set_earlier_than_it_was_holds_until_then(database):
    put("ops", cell("SOUTH", 900, ym=12), day=on(6, 20))

    put("ops", cell("SOUTH", 800, ym=12), day=on(6, 1))

    assert amounts(Target.objects.get(ym=month(12))) == [(on(6, 1), 800), (on(6, 20), 900)]


def test_cells_set_meanwhile_are_a_conflict_that_shows_both_amounts_of_each(database):
    put("ops", cell("EAST", 600, version=1), cell("EAST", 700, ym=7, version=0))

    with pytest.raises(Conflict) as refused:
        put("east", cell("EAST", 650, version=1), cell("EAST", 750, ym=7, version=0), cell("EAST", 9, ym=8, version=0))

    assert refused.value.yours == {"华东 · 合同额 · 2026-06": 650, "华东 · 合同额 · 2026-07": 750}
    assert refused.value.theirs == {"华东 · 合同额 · 2026-06": 600, "华东 · 合同额 · 2026-07": 700}
    assert not Target.objects.filter(ym=month(8)).exists()


def test_a_stale_cell_is_a_conflict_even_when_it_asks_for_what_stands(database):
    put("ops", cell("EAST", 600, version=1))

    with pytest.raises(Conflict):
        put("east", cell("EAST", 600, version=1))


def test_taking_a_target_away_leaves_none_which_is_not_zero(database):
    put("ops", cell("EAST", None, version=1))

    assert amounts(east_june())[-1] == (TODAY, None)


def test_an_empty_cell_left_empty_writes_nothing(database):
    assert put("ops", cell("SOUTH", None, ym=9, version=0)) == SetCells(0, 0, 1)


def test_a_closed_month_keeps_its_targets_and_the_first_open_day_is_named(database):
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    for cells, day in (([cell("EAST", 1, ym=8)], on(5, 31)), ([cell("EAST", 1, ym=5)], None)):
        with pytest.raises(RuleError, match="关账至 2026-05") as refused:
            put("ops", *cells, day=day)
        assert "2026-06-01" in refused.value.remedy.zh

    put("ops", cell("EAST", 1, ym=8), day=on(6, 1))


@pytest.mark.parametrize(
    ("who", "unit", "error"), [("east", "SOUTH", NotFound), ("li", "SH", NotAllowed), ("boss", "HQ", NotAllowed)]
)
def test_targets_are_set_by_who_looks_after_the_unit(database, who, unit, error):
    with pytest.raises(error):
        put(who, cell(unit, 1))


def test_one_cell_out_of_reach_refuses_the_whole_grid(database):
    with pytest.raises(NotFound):
        put("east", cell("SH", 1), cell("SOUTH", 1))

    assert not Target.objects.filter(amount=1).exists()


def test_what_makes_no_cell_is_refused(sqlite_database):
    with pytest.raises(RuleError, match="出现了两次"):
        put("ops", cell("EAST", 1), cell("EAST", 2))
    with pytest.raises(RuleError, match="不能是「1000000000000000」"):
        put("ops", cell("EAST", 10**15))
    with pytest.raises(RuleError, match="USD"):
        put("ops", cell("EAST", 1), currency="USD")
    with pytest.raises(NotFound):
        put("ops", Cell(uid("units", "EAST"), None, uuid4(), month(6), 1))


def test_a_measure_is_added_and_its_basis_holds_from_the_beginning(database):
    made = create_measure(actor=actor("ops"), at=AT, values={"code": "cash", "name": "回款"})

    edit_measure(actor=actor("ops"), at=AT, uid=made.uid, values={"basis": 2}, version=1)

    assert [fact["basis"] for fact in facts("measures", "cash")] == [2]
    assert record("measures", "cash").version == 2
