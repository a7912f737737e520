"""One step moves a person and hands over; the preview is what happens; one undo takes all of it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dacheng.core.access import MANAGER, SYSTEM
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.handover.handing import Terms
from dacheng.core.handover.transfer import FIGURES, effect, reparented
from dacheng.service.books import open_database
from dacheng.service.transferring import foreseen
from dacheng.store.actions.accounts import invite
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.deals import close_deal, edit_deal, reassign_deals
from dacheng.store.actions.org import move_unit
from dacheng.store.actions.periods import close_period
from dacheng.store.actions.rights import grant_role
from dacheng.store.actions.targets import Cell, set_targets
from dacheng.store.actions.transfers import leave, transfer_person, undo_transfer
from dacheng.store.actions.views import save_view
from dacheng.store.bulk import select_rows
from dacheng.store.canonical import company_hash, export_company
from dacheng.store.handing import Ways, handover_of, taker_of
from dacheng.store.history import Entry
from dacheng.store.models import RECORDS, Account, LogEntry, SavedView, Target
from dacheng.store.saving import end
from dacheng.store.standing import standing_uid
from tests.store.company import AT, START, TODAY, actor, facts, month, number, on, record, uid

LATER = AT + timedelta(hours=1)


def owners(code: str) -> list[tuple[int, str]]:
    """Return from which day on who owned a deal."""
    names = {number("people", one): one for one in ("li", "wang", "zhao", "east")}
    return [(fact["from_day"], names[fact["owner_id"]]) for fact in facts("deals", number("deals", code))]


def cells(person: str) -> dict[tuple[int, int], int | None]:
    """Return (unit, month) -> amount of a person's targets as they stand from today on."""
    rows = record_rows(person)
    return {(one["unit_id"], one["ym"]): one["amount"] for one in rows}


def record_rows(person: str) -> list[dict]:
    return list(Target.objects.filter(person_id=number("people", person), removed=False).values())


def move(ways: Ways, *, to: str = "SOUTH", day: int = TODAY, who: str = "ops", at=AT):
    person, unit = uid("people", "li"), uid("units", to)
    return transfer_person(actor=actor(who), at=at, uid=person, unit=unit, ways=ways, version=1, on=day)


def target(person: str, unit: str, number_of_month: int, amount: int) -> None:
    holder = uid("people", person) if person else None
    cell = Cell(uid("units", unit), holder, uid("measures", "contract"), month(number_of_month), amount)
    set_targets(actor=SYSTEM, at=AT, cells=[cell], on=START)


def to(code: str, **ways) -> Ways:
    return Ways(**ways, to=uid("people", code))


def test_open_deals_go_to_the_taker_from_the_day_on_and_stay_his_before(database):
    done = move(to("wang", deals="taker"), day=on(6, 10))

    assert done.deals == 1
    assert owners("D1") == [(START, "li"), (on(6, 10), "wang")]
    assert LogEntry.objects.filter(action="person.transferred").count() == 1


def test_a_deal_that_became_his_after_the_day_is_handed_over_from_then(database):
    reassign_deals(actor=actor("ops"), at=AT, uids=[uid("deals", "D2")], to=uid("people", "li"), on=on(6, 12))

    move(to("zhao", deals="taker"), day=on(6, 10), at=LATER)

    assert owners("D2") == [(START, "wang"), (on(6, 12), "zhao")]


def test_what_is_closed_stays_with_whoever_closed_it(database):
    close_deal(actor=actor("ops"), at=AT, uid=uid("deals", "D1"), outcome="won", version=None)

    assert move(to("wang", deals="taker"), day=on(6, 10), at=LATER).deals == 0

    assert {who for _, who in owners("D1")} == {"li"}


def test_what_stays_with_the_unit_goes_to_its_manager(database):
    person, unit = uid("people", "wang"), uid("units", "SH")
    grant_role(actor=actor("admin"), at=AT, person=person, role=MANAGER, unit=unit, on=START)

    move(Ways(deals="unit"), at=LATER)

    assert owners("D1")[-1] == (TODAY, "wang")


def test_nobody_takes_over_in_a_unit_without_a_manager_of_its_own(database):
    with pytest.raises(RuleError, match="没有归属其中的管理者"):
        move(Ways(deals="unit"))


def test_a_contract_that_takes_effect_later_goes_with_the_credit_and_an_earlier_one_stays(database):
    for code, day in (("K1", on(6, 1)), ("K2", on(7, 1))):
        values = {"code": code, "owner_id": uid("people", "li"), "signed_day": on(5, 20), "effective_day": day}
        record_contract(actor=SYSTEM, at=AT, values=values, lines=[Line(amount=1_000_00)])

    done = move(to("wang", credit="taker"), day=on(6, 10), at=LATER)

    assert done.contracts == 1
    assert record("contracts", "K1").owner_id == number("people", "li")
    assert record("contracts", "K2").owner_id == number("people", "wang")
    line = facts("contract_lines", record_line("K2"))
    assert {one["owner_id"] for one in line} == {number("people", "wang")}


def record_line(contract: str) -> int:
    return int(RECORDS["contract_lines"].objects.get(contract_id=number("contracts", contract)).pk)


def test_targets_of_the_months_from_the_day_on_go_to_the_taker_and_the_month_is_divided(database):
    target("li", "SH", 7, 60_000_00)
    shanghai = number("units", "SH")

    move(to("wang", targets="taker"), day=on(6, 16))

    assert cells("li") == {(shanghai, month(6)): 150_000_00, (shanghai, month(7)): None}
    assert cells("wang") == {(shanghai, month(6)): 150_000_00, (shanghai, month(7)): 60_000_00}
    june = [("person_id = %s", number("people", "li")), ("ym = %s", month(6)), ("to_day = %s", on(6, 16))]
    assert select_rows("fact_targets", ["amount"], june) == [(300_000_00,)]


def test_the_unit_above_gives_up_what_leaves_it(database):
    target("li", "SH", 7, 60_000_00)
    target("", "EAST", 7, 100_000_00)
    target("", "SOUTH", 7, 10_000_00)

    move(Ways(), day=on(7, 1))

    own = {number("units", code): code for code in ("EAST", "SOUTH")}
    found = {
        own[one.unit_id]: one.amount for one in Target.objects.filter(person_id=0, ym=month(7), unit_id__in=list(own))
    }
    assert found == {"EAST": 40_000_00, "SOUTH": 70_000_00}


def test_a_target_too_small_to_give_is_named_and_nothing_is_written(database):
    target("li", "SH", 7, 60_000_00)
    target("", "EAST", 7, 50_000_00)

    with pytest.raises(RuleError, match="华东 2026-07"):
        move(Ways(), day=on(7, 1))

    assert len(facts("assignments", number("people", "li"))) == 1


def test_deals_are_not_handed_over_on_a_day_to_come_but_may_go_along(database):
    with pytest.raises(RuleError, match="还没有到"):
        move(to("wang", deals="taker"), day=on(7, 1))

    move(Ways(), day=on(7, 1))

    assert [one["from_day"] for one in facts("assignments", number("people", "li"))] == [START, on(7, 1)]


def test_a_day_in_a_closed_month_is_refused(database):
    close_period(actor=actor("fin"), at=AT, ym=month(5))

    with pytest.raises(RuleError, match="已关账"):
        move(Ways(), day=on(5, 31), at=LATER)


def test_who_may_not_reassign_hands_nothing_over(database):
    with pytest.raises((NotAllowed, NotFound)):
        move(to("wang", deals="taker"), who="admin")
    with pytest.raises(NotAllowed):
        move(Ways(), who="east")

    assert len(facts("assignments", number("people", "li"))) == 1


def test_a_home_that_somebody_else_moved_meanwhile_is_a_conflict(database):
    move(Ways())

    with pytest.raises(Conflict):
        move(Ways(), to="HQ", at=LATER)


def test_a_leaver_hands_over_and_is_back_with_everything_when_it_is_undone(database):
    invite(actor=actor("admin"), at=AT, person_id=number("people", "li"))
    target("li", "SH", 7, 60_000_00)
    before = company_hash(export_company())

    done = leave(
        actor=actor("ops"),
        at=LATER,
        uid=uid("people", "li"),
        ways=to("wang", deals="taker", targets="taker", credit="taker"),
        version=1,
        on=on(6, 10),
    )
    left = Account.objects.get(person_id=number("people", "li")).is_active
    entry = LogEntry.objects.get(action="person.left").hash
    undo_transfer(actor=actor("ops"), at=LATER + timedelta(hours=1), entry=entry)

    assert (done.deals, done.targets, left) == (1, 4, False)
    assert company_hash(export_company()) == before
    assert Account.objects.get(person_id=number("people", "li")).is_active


@pytest.mark.parametrize(("manager", "heir"), [("east", "east"), ("", "ops")])
def test_the_views_a_leaver_shares_go_to_the_manager_else_to_operations_and_come_back(database, manager, heir):
    li = actor("li")
    save_view(actor=li, at=AT, report="deals/list", name="只给自己", query="sort=amount")
    shared = save_view(
        actor=li, at=AT, report="deals/list", name="上海的", query="sort=amount", unit_id=number("units", "SH")
    )
    save_view(actor=actor(heir), at=AT, report="deals/list", name="上海的", query="sort=code")
    if not manager:
        end(Entry(10**6, SYSTEM, AT, TODAY, "test"), "roles", roles_of_managers(), TODAY - 30)
    common = {"uid": uid("people", "li"), "ways": to("wang", deals="taker", targets="taker", credit="taker")}

    said = [one.zh for one in foreseen(actor("ops"), AT, unit=None, on=TODAY, **common).said]
    leave(actor=actor("ops"), at=LATER, version=1, on=TODAY, **common)
    kept = SavedView.objects.get(uid=shared)
    undo_transfer(actor=actor("ops"), at=LATER, entry=LogEntry.objects.get(action="person.left").hash)

    assert any("「上海的」" in one for one in said)
    assert (kept.person_id, kept.name) == (number("people", heir), "上海的（李雷）")
    assert SavedView.objects.filter(person_id=li.person_id).count() == 2


def roles_of_managers() -> list[int]:
    """Return the records of everybody's role of manager."""
    return [one for (one,) in select_rows("rec_roles", ["id"], [("role = %s", MANAGER)])]


def test_what_was_changed_since_is_not_overwritten_by_an_undo(database):
    move(to("wang", deals="taker"))
    entry = LogEntry.objects.get(action="person.transferred").hash
    edit_deal(actor=actor("ops"), at=LATER, uid=uid("deals", "D1"), values={"amount": 1_00}, version=None)

    with pytest.raises(RuleError, match="之后又改过"):
        undo_transfer(actor=actor("ops"), at=LATER + timedelta(hours=1), entry=entry)


def test_only_a_transfer_is_undone_here_and_only_by_who_could_do_it(database):
    move(to("wang", deals="taker"))
    entry = LogEntry.objects.get(action="person.transferred").hash

    with pytest.raises(NotAllowed):
        undo_transfer(actor=actor("east"), at=LATER, entry=entry)
    with pytest.raises(NotFound):
        undo_transfer(actor=actor("ops"), at=LATER, entry="0" * 64)


@pytest.mark.parametrize("day", [on(6, 1), on(6, 10), TODAY])
@pytest.mark.parametrize("unit", ["SOUTH", None])
@pytest.mark.parametrize(("deals", "targets", "credit"), [("person",) * 3, ("taker",) * 3, ("taker", "person", "unit")])
def test_what_was_foreseen_at_every_node_is_what_then_stands(sqlite_database, day, unit, deals, targets, credit):
    _a_busy_month()
    ways = to("zhao", deals=deals, targets=targets, credit=credit)
    where = uid("units", unit) if unit else None
    plan = handover_of(standing_uid("people", uid("people", "li")), where, day, ways, Terms(), taker_of(ways))
    table = effect(open_database(SYSTEM, at=LATER, as_of_day=day), plan)

    common = {"actor": actor("ops"), "at": LATER, "uid": uid("people", "li"), "ways": ways, "version": 1, "on": day}
    transfer_person(**common, unit=where) if where else leave(**common)

    stands = effect(open_database(SYSTEM, at=LATER, as_of_day=day), plan)
    assert [table.cell(f"{name}_after", row) for row in range(len(table)) for name in FIGURES] == [
        stands.cell(name, row) for row in range(len(stands)) for name in FIGURES
    ]
    pairs = [(table.cell(name, row), table.cell(f"{name}_after", row)) for row in range(len(table)) for name in FIGURES]
    assert any(before != after for before, after in pairs) == (unit is not None or deals != "person")


def _a_busy_month() -> None:
    """Let 李雷 have won, contracted and planned things around the middle of June."""
    grant_role(actor=SYSTEM, at=AT, person=uid("people", "wang"), role=MANAGER, unit=uid("units", "SH"), on=START)
    target("li", "SH", 7, 60_000_00)
    for code, day in (("K1", on(6, 1)), ("K2", on(6, 10)), ("K3", TODAY)):
        values = {"code": code, "owner_id": uid("people", "li"), "signed_day": on(5, 20), "effective_day": day}
        record_contract(actor=SYSTEM, at=AT, values=values, lines=[Line(amount=1_000_00)])
    reassign_deals(actor=SYSTEM, at=AT, uids=[uid("deals", "D2")], to=uid("people", "li"), on=on(6, 2))


@pytest.mark.parametrize("day", [on(6, 10), TODAY, on(7, 1)])
def test_what_was_foreseen_of_a_new_parent_is_what_then_stands_at_every_node(sqlite_database, day):
    _a_busy_month()
    unit, parent = number("units", "SH"), number("units", "SOUTH")
    table = reparented(open_database(SYSTEM, at=LATER, as_of_day=day), unit, parent)

    move_unit(actor=actor("ops"), at=LATER, uid=uid("units", "SH"), parent=uid("units", "SOUTH"), version=1, on=day)

    back = reparented(open_database(SYSTEM, at=LATER, as_of_day=day), unit, number("units", "EAST"))
    assert of_units(table, "_after") == of_units(back, "")
    assert of_units(table, "") == of_units(back, "_after")
    assert of_units(table, "") != of_units(table, "_after")


def of_units(table, when: str) -> dict[int, list]:
    """Return unit -> its figures before or after."""
    units = table.values["unit_id"].tolist()
    return {unit: [table.cell(f"{name}{when}", row) for name in FIGURES] for row, unit in enumerate(units)}


def test_a_parent_below_the_unit_itself_is_refused(sqlite_database):
    with pytest.raises(RuleError, match="就在这个组织下面"):
        reparented(open_database(SYSTEM, at=AT), number("units", "EAST"), number("units", "SH"))


def test_somebody_who_keeps_no_people_foresees_nothing(database):
    with pytest.raises(NotAllowed):
        foreseen(actor("east"), AT, uid("people", "li"), uid("units", "SOUTH"), TODAY, Ways())
