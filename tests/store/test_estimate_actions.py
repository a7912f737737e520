"""Estimates are typed, chosen, submitted and adopted; lines of the inventory are filled and challenged."""

from __future__ import annotations

from typing import Any

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.errors import Conflict, NotFound, RuleError
from dacheng.core.period import ym_at
from dacheng.store.actions import estimates as actions
from dacheng.store.actions import inventory
from dacheng.store.actions.estimates import Estimated, Typed
from dacheng.store.actions.undo import entry_written, undo_edit
from dacheng.store.models import EstimateInput, InventoryLine
from tests.store.company import AT, actor, uid

BY = {"actor": SYSTEM, "at": AT}


def of(unit: str = "SH", scheme: int = 1) -> Estimated:
    return Estimated(uid("units", unit), ym_at(2027, 1), uid("measures", "contract"), scheme)


def typed(*inputs: Typed) -> int:
    return actions.set_inputs(**BY, of=of(), inputs=inputs)


def line(**values: Any) -> Any:
    given = {"name": "续约", "owner_id": uid("people", "li"), "ym": ym_at(2027, 1), "kind": 1}
    return inventory.fill_line(**BY, values=given | values)


def test_the_same_value_again_changes_nothing_and_an_undo_takes_it_back(sqlite_database):
    first, again = typed(Typed("leads", 0, 1200)), typed(Typed("leads", 0, 1200))
    undo_edit(**BY, entry=entry_written(SYSTEM, AT))

    assert (first, again) == (1, 0)
    assert not EstimateInput.objects.filter(removed=False).exists()


@pytest.mark.parametrize(
    "wrong",
    [Typed("conversion", 1, 10_001), Typed("leads", 0, -1), Typed("growth", 1, -10_000), Typed("growth", 9, 1)],
)
def test_a_value_that_an_input_does_not_take_is_refused(sqlite_database, wrong):
    with pytest.raises(RuleError):
        typed(wrong)


def test_a_stale_input_tells_both_values(sqlite_database):
    typed(Typed("leads", 0, 1200))

    with pytest.raises(Conflict) as stale:
        typed(Typed("leads", 0, 900, version=0))

    assert (stale.value.yours, stale.value.theirs) == ({"leads": 900}, {"leads": 1200})


def test_tiers_out_of_order_are_refused(sqlite_database):
    with pytest.raises(RuleError):
        actions.choose_tiers(**BY, of=of(), values={"floor": 200, "target": 100}, version=0)


def test_only_a_submitted_estimate_is_adopted_and_then_nothing_of_it_moves(sqlite_database):
    with pytest.raises(RuleError):
        actions.adopt_estimate(**BY, of=of())
    actions.submit_estimate(**BY, of=of(), tiers={"target": 100})
    actions.adopt_estimate(**BY, of=of())

    with pytest.raises(RuleError):
        typed(Typed("leads", 0, 1))


def test_a_copy_is_the_plan_it_came_from_and_what_only_the_other_had_is_gone(sqlite_database):
    typed(Typed("leads", 0, 1200, "市场部"))
    actions.set_inputs(**BY, of=of(scheme=2), inputs=[Typed("profit", 0, 5)])

    actions.copy_estimate(**BY, of=of(), to=2)

    rows = {one.input: (one.number, one.amount, one.source) for one in EstimateInput.objects.filter(scheme=2)}
    assert rows == {11: (1200, None, "市场部"), 23: (None, None, "")}


def test_a_line_takes_the_account_of_its_opportunity(sqlite_database):
    made = line(deal_id=uid("deals", "D1"), kind=4)

    assert InventoryLine.objects.get(uid=made.uid).customer_id


def test_a_probability_beyond_one_asks_back_and_a_reduction_needs_amount_and_comment(sqlite_database):
    made = line(amount=100_00, win_bp=5000, in_year_bp=10_000)

    for challenge in ({"verdict": "reduced", "amount": 200_00, "comment": "x"}, {"verdict": "rejected"}):
        with pytest.raises(RuleError):
            inventory.challenge_line(**BY, uid=made.uid, version=None, **challenge)


def test_a_challenged_line_is_open_again_once_it_is_changed(sqlite_database):
    made = line(amount=100_00)
    inventory.challenge_line(**BY, uid=made.uid, verdict="accepted", version=1)

    inventory.edit_line(**BY, uid=made.uid, values={"amount": 90_00}, version=2)

    assert InventoryLine.objects.get(uid=made.uid).verdict == 0


def test_a_rep_fills_his_own_lines_with_what_he_sees_and_nobody_elses(sqlite_database):
    mine = {"name": "续约", "owner_id": uid("people", "li"), "ym": ym_at(2027, 1), "kind": 1}
    inventory.fill_line(actor=actor("li"), at=AT, values=mine | {"customer_id": uid("customers", "C1")})

    with pytest.raises(NotFound):
        inventory.fill_line(actor=actor("li"), at=AT, values=mine | {"customer_id": uid("customers", "C2")})
