"""Delivery projects: milestones give terms their due day, slips move what is expected, progress counts (R160)."""

from __future__ import annotations

import pytest

import dacheng.core.reports  # noqa: F401  fills the registry
from dacheng.core.delivery.schema import OVER_TIME
from dacheng.core.errors import Conflict, NotAllowed, NotFound, RuleError
from dacheng.core.report import REPORTS
from dacheng.service.books import open_database
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.projects import (
    edit_project,
    reach_milestone,
    recognise_progress,
    record_project,
    set_milestones,
    slip_milestone,
)
from dacheng.store.actions.terms import set_terms
from dacheng.store.standing import standing_uid
from dacheng.store.triggering import milestones_of, of_contract
from tests.store.company import AT, actor, on, uid

ARRIVAL, ACCEPTANCE, OTHER = 1, 3, 4
AFTER_DELIVERY, AFTER_ACCEPTANCE, AFTER_EVENT = 3, 4, 6
DISPUTED = 2


def signed(owner: str = "li", amount: int = 1_130_000_00, amount_ex: int | None = 1_000_000_00):
    day = on(1, 5)
    given = {"signed_day": day, "effective_day": day, "owner_id": uid("people", owner)}
    return record_contract(actor=actor("ops"), at=AT, values=given, lines=[Line(amount, amount_ex=amount_ex)]).uid


def agreed(contract):
    terms = [
        {"name": "到货后30天", "amount": 700_000_00, "falls_due": AFTER_DELIVERY, "days_after": 30},
        {"name": "验收后30天", "amount": 300_000_00, "falls_due": AFTER_ACCEPTANCE, "days_after": 30},
        {"name": "上线后15天", "amount": 100_000_00, "falls_due": AFTER_EVENT, "days_after": 15},
    ]
    set_terms(actor=actor("ops"), at=AT, contract=contract, terms=terms)
    return {one.row["name"]: one for one in terms_now(contract)}


def terms_now(contract):
    return list(of_contract("payment_terms", standing_uid("contracts", contract).record_id).values())


def due(contract) -> dict[str, int | None]:
    return {one.row["name"]: one.row["due_day"] for one in terms_now(contract)}


def planned(contract, who: str = "ops", **values):
    steps = [
        {"name": "到货", "kind": ARRIVAL, "planned_day": on(4, 10), "share_bp": 7000},
        {"name": "终验", "kind": ACCEPTANCE, "planned_day": on(5, 30), "share_bp": 3000},
    ]
    given = {"contract_id": contract, "name": "一期交付", "start_day": on(1, 10)} | values
    return record_project(actor=actor(who), at=AT, values=given, milestones=steps).uid


def steps_of(contract):
    return {one.row["name"]: one for one in milestones_of(standing_uid("contracts", contract).record_id).values()}


def shown(report: str, who: str = "ops", **params):
    return REPORTS[report].run(open_database(actor(who), at=AT), **params)


def waiting(contract):
    table = shown("tables/receivable", contract=standing_uid("contracts", contract).record_id)
    return [(table.cell("due_day", row), table.cell("due_expected", row)) for row in range(len(table))]


def test_a_milestone_that_is_reached_gives_its_terms_their_due_day_and_taken_back_they_wait_again(database):
    contract = signed()
    agreed(contract)
    planned(contract)
    steps = steps_of(contract)
    assert due(contract) == {"到货后30天": None, "验收后30天": None, "上线后15天": None}

    reach_milestone(actor=actor("ops"), at=AT, uid=steps["到货"].uid, on=on(4, 12))
    assert due(contract) == {"到货后30天": on(4, 12) + 30, "验收后30天": None, "上线后15天": None}

    reach_milestone(actor=actor("ops"), at=AT, uid=steps["到货"].uid, on=None)
    assert due(contract)["到货后30天"] is None


def test_a_slip_moves_only_the_day_on_which_a_term_is_expected_to_fall_due(database):
    contract = signed()
    agreed(contract)
    planned(contract)
    assert (None, on(5, 30) + 30) in waiting(contract)

    late = on(7, 20)
    slip_milestone(actor=actor("ops"), at=AT, uid=steps_of(contract)["终验"].uid, on=late, reason=DISPUTED, note="标准")

    assert (None, late + 30) in waiting(contract)
    assert due(contract)["验收后30天"] is None
    table = shown("delivery/projects", contract=standing_uid("contracts", contract).record_id)
    assert (table.cell("slip", 0), table.cell("waits", 0)) == (late - on(5, 30), 1_000_000_00)


def test_a_milestone_that_names_a_term_brings_that_one_alone(database):
    contract = signed()
    terms = agreed(contract)
    project = planned(contract)
    given = [
        {"code": one.row["code"], "name": name, "kind": one.row["kind"], "planned_day": one.row["planned_day"]}
        for name, one in steps_of(contract).items()
    ]
    given.append({"name": "上线", "kind": OTHER, "planned_day": on(5, 1), "term_id": terms["上线后15天"].uid})
    set_milestones(actor=actor("ops"), at=AT, project=project, milestones=given)

    reach_milestone(actor=actor("ops"), at=AT, uid=steps_of(contract)["上线"].uid, on=on(5, 3))

    assert due(contract) == {"到货后30天": None, "验收后30天": None, "上线后15天": on(5, 3) + 15}


def test_terms_that_are_agreed_after_delivery_fall_due_at_once(database):
    contract = signed()
    planned(contract)
    reach_milestone(actor=actor("ops"), at=AT, uid=steps_of(contract)["到货"].uid, on=on(4, 12))

    agreed(contract)

    assert due(contract)["到货后30天"] == on(4, 12) + 30


def test_what_is_earned_by_milestones_is_recognised_once_and_over_time_by_how_much_is_done(database):
    contract = signed()
    project = planned(contract, done_bp=8000)
    steps = steps_of(contract)
    with pytest.raises(RuleError, match="没有可以确收"):
        recognise_progress(actor=actor("fin"), at=AT, project=project, day=on(6, 1))
    reach_milestone(actor=actor("ops"), at=AT, uid=steps["到货"].uid, on=on(4, 12))

    recognise_progress(actor=actor("fin"), at=AT, project=project, day=on(6, 1))
    assert standing_uid("contracts", contract).row["recognised_ex"] == 700_000_00
    with pytest.raises(RuleError, match="没有可以确收"):
        recognise_progress(actor=actor("fin"), at=AT, project=project, day=on(6, 1))

    recognise_progress(actor=actor("fin"), at=AT, project=project, way=OVER_TIME, day=on(6, 2))
    assert standing_uid("contracts", contract).row["recognised_ex"] == 800_000_00


def test_what_cannot_be_is_refused_with_the_way_out(database):
    contract = signed()
    project = planned(contract)
    last = steps_of(contract)["终验"]
    one = {"name": "多", "kind": OTHER, "planned_day": on(5, 1), "share_bp": 6_000}
    many = [one, one]
    reached = steps_of(contract)["到货"]
    reach_milestone(actor=actor("ops"), at=AT, uid=reached.uid, on=on(4, 12))

    for refused, words in (
        (lambda: reach_milestone(actor=actor("ops"), at=AT, uid=last.uid, on=on(12, 31)), "还没有到"),
        (lambda: slip_milestone(actor=actor("ops"), at=AT, uid=last.uid, on=on(8, 1), reason=None), "没有写原因"),
        (lambda: slip_milestone(actor=actor("ops"), at=AT, uid=reached.uid, on=on(8, 1), reason=1), "完成"),
        (lambda: set_milestones(actor=actor("ops"), at=AT, project=project, milestones=[]), "没有里程碑"),
        (lambda: set_milestones(actor=actor("ops"), at=AT, project=project, milestones=many), "超过 100%"),
        (
            lambda: set_milestones(actor=actor("ops"), at=AT, project=project, milestones=[one]),
            "已经完成",
        ),
        (
            lambda: edit_project(actor=actor("ops"), at=AT, uid=project, values={"spent": -1}, version=None),
            "不能是 -0.01",
        ),
        (
            lambda: edit_project(
                actor=actor("ops"), at=AT, uid=project, values={"contract_id": contract}, version=None
            ),
            "不能改",
        ),
    ):
        with pytest.raises(RuleError, match=words):
            refused()


def test_a_project_manager_follows_what_he_sees_and_costs_are_for_who_sees_costs(database):
    own = signed("wang")
    contract = signed("li")
    managed = planned(own, manager_id=uid("people", "wang"))
    project = planned(contract, budget=600_000_00, manager_id=uid("people", "wang"))

    edit_project(actor=actor("wang"), at=AT, uid=managed, values={"done_bp": 1000}, version=None)
    with pytest.raises(NotFound):
        edit_project(actor=actor("wang"), at=AT, uid=project, values={"done_bp": 1000}, version=None)
    with pytest.raises(NotAllowed):
        edit_project(actor=actor("li"), at=AT, uid=project, values={"budget": 1}, version=None)
    with pytest.raises(NotAllowed):
        edit_project(actor=actor("boss"), at=AT, uid=project, values={"done_bp": 1000}, version=None)
    with pytest.raises(Conflict):
        edit_project(actor=actor("ops"), at=AT, uid=project, values={"done_bp": 1000}, version=99)
    table = shown("delivery/projects", "li")
    assert "budget" not in {one.name for one in table.columns}
    assert not shown("delivery/projects", "li", alert="no-budget").count


def test_a_project_moves_with_its_contract_to_a_new_owner(database):
    from dacheng.store.actions.contracts import edit_contract

    contract = signed()
    planned(contract)
    own = standing_uid("contracts", contract)

    values = {"owner_id": uid("people", "zhao")}
    edit_contract(actor=actor("ops"), at=AT, uid=contract, values=values, version=own.row["version"])

    owner = standing_uid("contracts", contract).row["owner_id"]
    assert {one.row["owner_id"] for one in steps_of(contract).values()} == {owner}
