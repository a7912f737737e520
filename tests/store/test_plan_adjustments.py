"""The register of adjustments: asked for, decided by another one, written into the plan exactly."""

from __future__ import annotations

from uuid import UUID

import pytest

from dacheng.core.errors import NotAllowed, NotFound, RuleError
from dacheng.core.plans.adjusted import plan_adjusted
from dacheng.core.plans.adjusting import Line
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.register import plan_adjustments
from dacheng.core.plans.schema import BY_OWN, EVENLY, GRANTED, REJECTED, WHOLE, WITHDRAWN
from dacheng.service.books import open_database
from dacheng.service.plan_adjustments import Wish, approve, ask_for, effect_of, line_shown, register_of
from dacheng.store.actions.plan_adjustments import edit_adjustment, reject_adjustment, withdraw_adjustment
from dacheng.store.actions.plans import copy_plan
from dacheng.store.standing import standing_uid
from tests.store.company import AT, actor, month, on
from tests.store.test_plans import at, broken_down, made, moved, opened, pin

LEAVE, TRANSFER, MEGA = 7, 9, 4


def drafted() -> UUID:
    """Return a plan from July 2026 to June 2027: 1,200 in the year, 100 a month, 25 of them 李雷's."""
    plan = made()
    broken_down(plan, 1200_00)
    return plan


def asked(plan: UUID, name: str = "李雷", who: str = "ops", **wish) -> UUID:
    book = open_database(actor(who), at=AT)
    one = opened(plan, who)
    given = {"kind": LEAVE, "start": on(10, 1), "reason": "产假", "evidence": "批假单"} | wish
    other = given.pop("other", None)
    wanted = Wish(row=at(one, name), other=None if other is None else at(one, other), **given)
    return ask_for(actor(who), AT, book, one, wanted).uid


def line(plan: UUID, one: UUID, who: str = "boss") -> Line:
    return line_shown(actor(who), open_database(actor(who), at=AT), plan, one)[1].line


def parts_of(plan: UUID, one: UUID):
    register = register_of(actor("boss"), open_database(actor("boss"), at=AT), plan)
    return register.parts_of(line(plan, one))


def rows_of(table):
    """Return the rows of a table as column -> value; None where it is not known."""
    known = {name: table.masks.get(name) for name in table.values}
    return [
        {
            name: int(values[at]) if known[name] is None or known[name][at] else None
            for name, values in table.values.items()
        }
        for at in range(len(table))
    ]


def years(plan: UUID) -> dict[str, int]:
    one = opened(plan)
    return dict(zip([name.zh for name in one.names], one.sheet.year.tolist(), strict=True))


def test_a_line_waits_and_changes_nothing_until_another_one_approves_it(database):
    plan = drafted()

    one = asked(plan, end=on(12, 1))

    assert line(plan, one).amount == -50_00  # October and November of 25 a month
    assert years(plan)["李雷"] == 300_00
    with pytest.raises(NotAllowed, match="申请人不能批准"):
        approve(actor("ops"), AT, plan, one)


def test_an_approved_line_changes_its_row_and_all_above_it_and_nobody_else(database):
    plan = drafted()
    one = asked(plan, end=on(12, 1))

    approve(actor("boss"), AT, plan, one, "同意")

    after = opened(plan)
    found = years(plan)
    assert [found[name] for name in ("集团", "华东", "上海组", "李雷")] == [1150_00, 550_00, 550_00, 250_00]
    assert [found[name] for name in ("王强", "华南", "赵敏")] == [300_00, 600_00, 600_00]
    assert after.sheet.amount[at(after, "李雷")].tolist() == [25_00] * 3 + [0, 0] + [25_00] * 7
    assert sums_of(after.sheet).broken == 0
    assert (line(plan, one).state, line(plan, one).base_amount) == (GRANTED, 300_00)


def test_a_hand_over_changes_nothing_above_the_row_under_which_both_stand(database):
    plan = drafted()
    one = asked(plan, kind=TRANSFER, other="王强", reason="王强接手")

    approve(actor("boss"), AT, plan, one)

    found = years(plan)
    assert (found["李雷"], found["王强"], found["上海组"], found["集团"]) == (75_00, 525_00, 600_00, 1200_00)


def test_the_effect_is_shown_at_every_row_before_the_approval(database):
    plan = drafted()
    one = asked(plan, kind=MEGA, full=-30_00, how=WHOLE)

    found = effect_of(open_database(actor("boss"), at=AT), plan, line(plan, one)).found

    assert found is not None
    changed = found.difference.sum(axis=1).tolist()
    assert changed == [-30_00, -30_00, -30_00, -30_00, 0, 0, 0]
    assert found.touched.tolist()[0] == 1
    assert years(plan)["李雷"] == 300_00


def test_a_line_without_evidence_is_not_approved_until_it_has_some(database):
    plan = drafted()
    one = asked(plan, evidence="")
    with pytest.raises(RuleError, match="没有依据"):
        approve(actor("boss"), AT, plan, one)

    edit_adjustment(actor=actor("ops"), at=AT, uid=one, values={"evidence": "批假单 2026-18"}, version=None)
    approve(actor("boss"), AT, plan, one)

    assert line(plan, one).state == GRANTED


def test_a_rejected_or_withdrawn_line_is_kept_and_decided_once(database):
    plan = drafted()
    first, second = asked(plan), asked(plan)
    with pytest.raises(RuleError, match="驳回要写原因"):
        reject_adjustment(actor=actor("boss"), at=AT, uid=first, said=" ")

    reject_adjustment(actor=actor("boss"), at=AT, uid=first, said="已有替补")
    withdraw_adjustment(actor=actor("ops"), at=AT, uid=second)

    assert [line(plan, one).state for one in (first, second)] == [REJECTED, WITHDRAWN]
    with pytest.raises(RuleError, match="已驳回"):
        approve(actor("boss"), AT, plan, first)
    assert years(plan)["集团"] == 1200_00


def test_who_may_only_look_asks_for_nothing_and_who_cannot_see_finds_nothing(database):
    plan = drafted()
    one = asked(plan)

    with pytest.raises(NotFound):
        line(plan, one, "south")
    with pytest.raises(NotAllowed):
        reject_adjustment(actor=actor("east"), at=AT, uid=one, said="不")


def test_a_rep_asks_for_himself_once_the_plan_is_proposed(database):
    plan = drafted()
    with pytest.raises(NotFound):
        asked(plan, who="li")
    moved(plan, "propose", who="ops")

    one = asked(plan, who="li")

    assert line(plan, one).requested_by_id == actor("li").person_id


def test_months_that_stand_are_not_adjusted(database):
    plan = drafted()
    later = copy_plan(actor=actor("ops"), at=AT, uid=plan, values={"name": "年中", "effective_ym": month(10)}).uid

    with pytest.raises(RuleError, match="2026-09-30 在方案生效之前"):
        asked(later, start=on(9, 30), kind=MEGA, full=-90_00, how=EVENLY)
    found = asked(later, start=on(10, 1), kind=MEGA, full=-90_00, how=EVENLY)
    approve(actor("boss"), AT, later, found)

    one = opened(later)
    assert one.sheet.amount[at(one, "李雷")].tolist()[:3] == [25_00] * 3
    assert line(later, found).amount == -67_50  # nine of twelve months


def test_a_line_that_waits_goes_with_the_next_version(database):
    plan = drafted()
    one = asked(plan)
    moved(plan, "propose", who="ops")
    moved(plan, "approve")
    with pytest.raises(RuleError, match="已批准，不能再改"):
        approve(actor("boss"), AT, plan, one)

    later = copy_plan(actor=actor("ops"), at=AT, uid=plan, values={"name": "年中", "effective_ym": month(9)}).uid
    approve(actor("boss"), AT, later, one)

    assert register_of(actor("boss"), open_database(actor("boss"), at=AT), plan).lines == []
    assert (years(plan)["李雷"], years(later)["李雷"]) == (300_00, 75_00)


def test_a_line_of_a_unit_is_spread_over_those_below_it_when_it_is_approved(database):
    plan = drafted()
    one = asked(plan, "上海组", kind=MEGA, start=on(7, 1), full=-120_00, how=WHOLE)

    approve(actor("boss"), AT, plan, one)

    found = years(plan)
    assert [found[name] for name in ("集团", "上海组", "李雷", "王强", "赵敏")] == [
        1080_00,
        480_00,
        240_00,
        240_00,
        600_00,
    ]
    assert sums_of(opened(plan).sheet).broken == 0
    register = register_of(actor("ops"), open_database(actor("ops"), at=AT), plan)
    parts = register.parts_of(line(plan, one))
    assert [(part.line.amount, part.line.base_amount, part.line.state) for part in parts] == [
        (-60_00, 300_00, GRANTED),
        (-60_00, 300_00, GRANTED),
    ]
    assert [shown.uid for shown in register.asked_for] == [one]


def test_pinned_months_below_a_unit_take_no_part_of_its_line(database):
    plan = drafted()
    pin(plan, opened(plan), at(opened(plan), "李雷"))
    one = asked(plan, "上海组", kind=MEGA, start=on(7, 1), full=-120_00, how=WHOLE)

    approve(actor("boss"), AT, plan, one)

    assert (years(plan)["李雷"], years(plan)["王强"]) == (300_00, 180_00)
    assert [part.line.amount for part in parts_of(plan, one)] == [-120_00]


def test_a_unit_hands_over_to_somebody_of_another_unit_and_nothing_changes_above_both(database):
    plan = drafted()
    one = asked(plan, "上海组", kind=TRANSFER, full=-120_00, how=EVENLY, other="赵敏")

    approve(actor("boss"), AT, plan, one)

    found = years(plan)
    assert (found["集团"], found["上海组"], found["赵敏"]) == (1200_00, 510_00, 690_00)
    assert sorted(part.line.amount for part in parts_of(plan, one)) == [-45_00, -45_00, 90_00]


def test_a_line_between_a_unit_and_somebody_below_it_is_refused(database):
    plan = drafted()

    with pytest.raises(RuleError, match="同一支"):
        asked(plan, "上海组", kind=TRANSFER, full=-120_00, how=WHOLE, other="李雷")


def test_base_and_every_kind_of_adjustment_make_the_result_at_every_row(database):
    plan = drafted()
    for name, wish in (
        ("上海组", {"kind": MEGA, "start": on(7, 1), "full": -120_00, "how": WHOLE}),
        ("李雷", {"end": on(12, 1)}),
    ):
        approve(actor("boss"), AT, plan, asked(plan, name, **wish))
    asked(plan, "赵敏", kind=MEGA, full=-1_00, how=WHOLE)
    book = open_database(actor("ops"), at=AT)
    number = standing_uid("plans", plan).record_id

    table = plan_adjusted(book, plan=number)

    names = [one.zh for one in opened(plan).names]
    found = {
        name: (row["base"], row["mega_deal"], row["leave"], row["adjusted"], row["year"])
        for name, row in zip(names, rows_of(table), strict=True)
    }
    assert found["集团"] == (1200_00, -120_00, -40_00, -160_00, 1040_00)
    assert found["李雷"] == (300_00, -60_00, -40_00, -100_00, 200_00)
    assert found["王强"] == (300_00, -60_00, None, -60_00, 240_00)
    assert found["赵敏"] == (600_00, None, None, 0, 600_00)
    row = int(table.values["plan_row_id"][names.index("上海组")])
    assert plan_adjustments(book, plan=number, row=row, kind="mega_deal").totals["effective"] == -120_00
    assert plan_adjustments(book, plan=number).totals["effective"] == -160_00
    assert [note.count for note in table.notes] == [0]


def test_the_register_adds_up_what_is_effective_and_tells_what_waits(database):
    plan = drafted()
    approve(actor("boss"), AT, plan, asked(plan, end=on(12, 1)))
    asked(plan, name="王强", how=BY_OWN, start=on(7, 1), end=on(8, 1))

    book = open_database(actor("boss"), at=AT)
    table = plan_adjustments(book, plan=standing_uid("plans", plan).record_id)

    assert table.totals["effective"] == -50_00
    assert [note.count for note in table.notes] == [1]
