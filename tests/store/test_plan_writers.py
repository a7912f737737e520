"""Several people who work on one plan at the same time: no sum breaks, and who was too late is told."""

from __future__ import annotations

import random

import pytest

from dacheng.core.errors import Conflict, NotAllowed, RuleError
from dacheng.core.plans.editing import WHOLE_YEAR, Edit
from dacheng.core.plans.proving import sums_of
from dacheng.core.plans.schema import RESERVE
from dacheng.store.actions.plan_cells import add_plan_row
from dacheng.store.audit import verify
from tests.store.company import AT, actor, number
from tests.store.test_plans import at, broken_down, give, made, opened, set_cells
from tests.store.test_writers import at_once

WRITERS = 4


def work_at_random(plan, seed: int, edits: int):
    """Return somebody who sets cells at random, his region's manager or sales operations; refusals are part of it."""

    def work() -> int:
        choose, written = random.Random(seed), 0
        for _ in range(edits):
            who = choose.choice(["ops", "east", "south"])
            rows = len(opened(plan, who).sheet)
            edit = Edit(choose.randrange(rows), choose.randrange(12), choose.randrange(300_00))
            try:
                set_cells(plan, [edit], who)
                written += 1
            except (Conflict, RuleError, NotAllowed):
                pass  # somebody was faster five times over, or a manager asks for more or other than he was given
        return written

    return work


def broken_after(plan, writers: int, edits: int) -> tuple[int, int]:
    """Return how many edits were written by so many writers at once, and how many sums are broken afterwards."""
    written = at_once([work_at_random(plan, seed, edits) for seed in range(writers)])
    assert all(isinstance(one, int) for one in written), written
    return sum(one for one in written if isinstance(one, int)), sums_of(opened(plan).sheet).broken


def test_no_sum_breaks_under_edits_that_meet(shared_database):
    plan = made()
    broken_down(plan)

    written, broken = broken_after(plan, WRITERS, 6)

    assert written > WRITERS
    assert broken == 0
    assert verify() == []


@pytest.mark.slow
def test_no_sum_breaks_in_ten_thousand_edits_that_meet(shared_database):
    plan = made()
    broken_down(plan)

    written, broken = broken_after(plan, WRITERS, 2_500)

    assert written > 2_500
    assert broken == 0
    assert verify() == []


def test_of_two_managers_who_take_the_last_of_a_quota_at_once_one_is_told_why_not(shared_database):
    from dacheng.service.plans import move_amount

    plan = made()
    top = int(opened(plan).sheet.tree.unit_ids[0])
    add_plan_row(actor=actor("ops"), at=AT, uid=plan, parent_id=top, values={"kind": RESERVE, "name": "未分配"})
    one = opened(plan)
    kept = int(one.sheet.tree.unit_ids[at(one, "未分配")])
    give(plan, one, kept, 120_00)
    broken_down(plan)
    one = opened(plan)
    takers = [int(one.sheet.tree.unit_ids[at(one, name)]) for name in ("华东", "华南")]
    measure = number("measures", "contract")

    found = at_once(
        [
            lambda taker=taker: move_amount(actor("ops"), AT, plan, measure, kept, taker, WHOLE_YEAR, 100_00)
            for taker in takers
        ]
    )

    refused = [one for one in found if isinstance(one, RuleError)]
    assert len(refused) == 1
    assert "“未分配”只剩 20.00，要调出 100.00，差 80.00" in refused[0].message.zh
    assert sums_of(opened(plan).sheet).broken == 0
