"""Talking about targets in a plan: offered, countered, accepted, imposed; every word is kept."""

from __future__ import annotations

from uuid import UUID

import pytest

from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.plans.editing import Edit
from dacheng.core.plans.schema import ACCEPT, ACCEPTED, COUNTER, COUNTERED, IMPOSED, OFFER, OFFERED
from dacheng.core.plans.talking import agreement, standing
from dacheng.store.actions.plan_talks import (
    Aim,
    accept_target,
    comment_target,
    counter_target,
    impose_target,
    offer_target,
)
from dacheng.store.actions.plans import copy_plan
from dacheng.store.bulk import select_rows
from dacheng.store.standing import standing as records
from tests.store.company import AT, actor, month, uid
from tests.store.test_plans import at, broken_down, made, moved, opened, set_cells

YEAR = 25000
"""What 李雷 has of the year: a quarter of 1000."""


def proposed() -> UUID:
    plan = made()
    broken_down(plan, 1000_00)
    moved(plan, "propose", who="ops")
    return plan


def aim(plan: UUID, name: str, ym: int = 0) -> Aim:
    one = opened(plan)
    number = int(one.sheet.tree.unit_ids[at(one, name)])
    return Aim(plan, records("plan_rows", [number])[number].uid, uid("measures", "contract"), ym)


def accepted(plan: UUID, name: str, who: str, amount: int | None = None) -> int:
    return accept_target(actor=actor(who), at=AT, aims=[aim(plan, name)], amounts=[amount])


def stands(plan: UUID, name: str) -> int:
    one = opened(plan)
    return int(standing(one.sheet)[at(one, name)])


def thread(plan: UUID, name: str) -> list[tuple[int, int | None]]:
    number = records_of(plan, name)
    columns = ["number", "kind", "amount"]
    rows = select_rows("rec_plan_talks", columns, [("plan_row_id = %s", number)], order=("number",))
    return [(kind, amount) for _, kind, amount in rows]


def records_of(plan: UUID, name: str) -> int:
    one = opened(plan)
    return int(one.sheet.tree.unit_ids[at(one, name)])


def test_proposing_offers_every_target_below_the_plans_own(database):
    plan = proposed()

    one = opened(plan)

    assert standing(one.sheet).tolist() == [0, *[OFFERED] * 6]
    assert thread(plan, "李雷") == [(OFFER, YEAR)]


def test_proposing_again_offers_only_what_is_another_amount(database):
    plan = proposed()
    moved(plan, "take_back", who="ops")
    set_cells(plan, [Edit(at(opened(plan), "赵敏"), 0, 1)])

    moved(plan, "propose", who="ops")

    assert len(thread(plan, "李雷")) == 1
    assert len(thread(plan, "赵敏")) == 2


def test_a_person_accepts_what_he_saw(database):
    plan = proposed()

    accepted(plan, "李雷", "li", YEAR)

    assert stands(plan, "李雷") == ACCEPTED
    assert thread(plan, "李雷")[-1] == (ACCEPT, YEAR)


def test_what_changed_since_he_looked_is_a_conflict(database):
    plan = proposed()

    with pytest.raises(Conflict, match=r"250\.00"):
        accepted(plan, "李雷", "li", YEAR + 1)


def test_nobody_accepts_in_another_ones_stead(database):
    plan = proposed()

    with pytest.raises(NotAllowed, match="本人"):
        accepted(plan, "李雷", "east")
    with pytest.raises(NotFound):
        accepted(plan, "李雷", "wang")
    with pytest.raises(NotAllowed):
        accepted(plan, "李雷", "fin")


def test_a_unit_is_accepted_by_who_looks_after_it(database):
    plan = proposed()

    accepted(plan, "华东", "east")

    assert stands(plan, "华东") == ACCEPTED


def test_a_counter_offer_stands_beside_the_target_with_its_reason(database):
    plan = proposed()
    with pytest.raises(RuleError, match="原因"):
        counter_target(actor=actor("li"), at=AT, aim=aim(plan, "李雷"), amount=200_00, said=" ")

    counter_target(actor=actor("li"), at=AT, aim=aim(plan, "李雷"), amount=200_00, said="大客户已迁走")

    one = opened(plan)
    li = at(one, "李雷")
    assert stands(plan, "李雷") == COUNTERED
    assert (int(one.sheet.years.submitted.value[li]), int(one.sheet.year[li])) == (200_00, YEAR)


def test_a_month_is_countered_by_itself_and_settled_with_the_year(database):
    plan = proposed()
    counter_target(actor=actor("li"), at=AT, aim=aim(plan, "李雷", month(9)), amount=1, said="出差")
    assert stands(plan, "李雷") == COUNTERED

    accepted(plan, "李雷", "li")

    assert stands(plan, "李雷") == ACCEPTED


def test_a_counter_offer_stays_open_while_others_move_the_target(database):
    plan = proposed()
    counter_target(actor=actor("li"), at=AT, aim=aim(plan, "李雷"), amount=200_00, said="大客户已迁走")

    set_cells(plan, [Edit(at(opened(plan), "上海组"), 0, 1)])

    assert stands(plan, "李雷") == COUNTERED


def test_what_is_not_agreed_is_imposed_from_above_with_a_reason(database):
    plan = proposed()
    with pytest.raises(NotAllowed):
        impose_target(actor=actor("li"), at=AT, aim=aim(plan, "李雷"), said="x")
    with pytest.raises(NotAllowed):
        impose_target(actor=actor("east"), at=AT, aim=aim(plan, "华东"), said="x")

    impose_target(actor=actor("east"), at=AT, aim=aim(plan, "李雷"), said="年初已核定")

    assert stands(plan, "李雷") == IMPOSED


def test_another_amount_takes_the_acceptance_back_and_the_thread_keeps_it(database):
    plan = proposed()
    accepted(plan, "李雷", "li")

    set_cells(plan, [Edit(at(opened(plan), "李雷"), 0, 1)])

    assert stands(plan, "李雷") == OFFERED
    assert [kind for kind, _ in thread(plan, "李雷")] == [OFFER, ACCEPT, OFFER]
    assert thread(plan, "李雷")[1] == (ACCEPT, YEAR)


def test_the_next_version_keeps_what_was_accepted_until_it_changes(database):
    plan = proposed()
    accepted(plan, "李雷", "li")
    accepted(plan, "赵敏", "zhao")
    moved(plan, "approve")

    later = copy_plan(actor=actor("ops"), at=AT, uid=plan, values={"name": "年中", "effective_ym": month(10)}).uid
    set_cells(later, [Edit(at(opened(later), "赵敏"), 6, 1)])

    assert stands(later, "李雷") == ACCEPTED
    assert stands(later, "赵敏") == OFFERED


def test_a_draft_is_talked_about_by_those_who_look_after_it_only(database):
    plan = made()
    broken_down(plan)

    with pytest.raises(NotFound):
        comment_target(actor=actor("li"), at=AT, aim=aim(plan, "李雷"), said="x")
    with pytest.raises(RuleError, match="草稿"):
        accepted(plan, "上海组", "east")


def test_a_new_offer_answers_a_counter_offer(database):
    plan = proposed()
    counter_target(actor=actor("li"), at=AT, aim=aim(plan, "李雷"), amount=200_00, said="大客户已迁走")

    offer_target(actor=actor("east"), at=AT, aim=aim(plan, "李雷"), said="已计入结转")

    assert [kind for kind, _ in thread(plan, "李雷")] == [OFFER, COUNTER, OFFER]
    assert stands(plan, "李雷") == OFFERED


def test_what_is_open_is_counted_by_unit(database):
    plan = proposed()
    accepted(plan, "李雷", "li")
    counter_target(actor=actor("wang"), at=AT, aim=aim(plan, "王强"), amount=1, said="新人")

    one = opened(plan)
    found = agreement(one.sheet)

    rows = zip(found.positions, found.asked, found.accepted, found.countered, found.imposed, found.silent, strict=True)
    assert [(one.names[row].zh, *map(int, counts)) for row, *counts in rows] == [
        ("集团", 6, 1, 1, 0, 4), ("华东", 4, 1, 1, 0, 2), ("上海组", 3, 1, 1, 0, 1), ("华南", 2, 0, 0, 0, 2),
    ]  # fmt: skip
