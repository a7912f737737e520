"""The policy table, role by role and action by action: what it allows is done, anything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dacheng.core.access import ACTION_LABEL, POLICY, ROLE_CODE, ROLE_NUMBER, SYSTEM
from dacheng.core.activity.schema import VISIT
from dacheng.core.errors import NotAllowed, NotFound, Text
from dacheng.core.period import ym_at
from dacheng.core.rules import RuleKind
from dacheng.core.staging import Batch, Staged
from dacheng.store.actions.accounts import invite
from dacheng.store.actions.activity import Done, WeeklyPlan, plan_actions, record_actions
from dacheng.store.actions.actuals import record_actual
from dacheng.store.actions.assigning import answer_assignment, assign_deal, assign_new_deal
from dacheng.store.actions.calendar import set_calendar_days
from dacheng.store.actions.checklist_templates import create_checklist_template
from dacheng.store.actions.checklists import create_item
from dacheng.store.actions.company import install_company
from dacheng.store.actions.contacts import create_contact
from dacheng.store.actions.contracts import Line, decide_late, edit_contract, record_contract
from dacheng.store.actions.customers import create_customer
from dacheng.store.actions.deals import close_deal, create_deal, edit_deal, reassign_deals
from dacheng.store.actions.estimates import Estimated, Typed, adopt_estimate, set_inputs, submit_estimate
from dacheng.store.actions.expense_categories import create_expense_category
from dacheng.store.actions.expenses import decide_overspend, record_expense
from dacheng.store.actions.factors import create_factor, record_figure
from dacheng.store.actions.freezing import record_frozen
from dacheng.store.actions.goals import create_goal
from dacheng.store.actions.imports import commit_import, undo_import
from dacheng.store.actions.inventory import challenge_line, fill_line
from dacheng.store.actions.loss_reasons import create_loss_reason
from dacheng.store.actions.losses import verify_loss
from dacheng.store.actions.markets import create_market_fact
from dacheng.store.actions.merges import Merging, merge_customers, merge_deals
from dacheng.store.actions.org import create_unit
from dacheng.store.actions.people import create_person
from dacheng.store.actions.periods import close_period, reopen_period
from dacheng.store.actions.plan_cells import CellChange, set_plan_cells
from dacheng.store.actions.plan_talks import Aim, counter_target
from dacheng.store.actions.plans import create_plan, lock_plan, move_plan
from dacheng.store.actions.products import create_product
from dacheng.store.actions.projects import record_project
from dacheng.store.actions.receipts import record_receipt
from dacheng.store.actions.recognitions import write_off
from dacheng.store.actions.releases import decide_release
from dacheng.store.actions.rights import give_grant, grant_role
from dacheng.store.actions.rules import set_rule
from dacheng.store.actions.segments import create_segment
from dacheng.store.actions.stages import create_stage_set
from dacheng.store.actions.targets import Cell, create_measure, set_targets
from dacheng.store.actions.terms import set_terms, terms_of
from dacheng.store.models import LogEntry
from dacheng.store.plans import rows_of_plan
from dacheng.store.standing import standing, standing_uid
from tests.store.budget_drafts import drafted, proposed
from tests.store.company import AT, TODAY, actor, month, number, on, small_company, uid

KIND = RuleKind("x", Text("例", "x"), Text("", ""), Text("", ""), "", lowest=0, highest=9)
CONTRACT = {"code": "H1", "signed_day": on(5, 20), "effective_day": on(5, 20)}
HOLDERS = {"rep": "li", "manager": "east", "sales_ops": "ops", "executive": "boss", "admin": "admin", "finance": "fin"}
"""Role -> who holds it; the rep and the manager of East, the others of the whole company."""

ELSEWHERE = {"rep": "wang", "manager": "zhao"}
"""Role -> the owner of something that its holder does not reach."""


def batch(code: str) -> Batch:
    return Batch("crm", "a", "CNY", (Staged("customers", code, {"name": "x"}, 0),))


def record_for(owner: str, who: Any) -> Any:
    values = CONTRACT | {"owner_id": uid("people", owner)}
    return record_contract(actor=who, at=AT, values=values, lines=[Line(1)])


def owed_by(owner: str) -> tuple[Any, Any]:
    """Record a contract of somebody with one payment term; return both."""
    values = {"owner_id": uid("people", owner), "signed_day": TODAY, "effective_day": TODAY}
    own = record_contract(actor=SYSTEM, at=AT, values=values, lines=[Line(113, amount_ex=100)]).uid
    set_terms(actor=SYSTEM, at=AT, contract=own, terms=[{"amount": 113, "due_day": TODAY}])
    (term,) = terms_of([standing_uid("contracts", own).record_id]).values()
    return own, term.uid


def overspent_by(owner: str) -> Any:
    """Record an expense of somebody that would overspend, asked for by the system."""
    values = {"day": TODAY, "amount": 1, "person_id": uid("people", owner), "unit_id": uid("units", UNIT_OF[owner])}
    over = Text("会超支。", "It would overspend.")
    return record_expense(actor=SYSTEM, at=AT, values=values | {"reason": "展会"}, judge=lambda columns, own: over).uid


def late_for(owner: str) -> Any:
    close_period(actor=actor("fin"), at=AT, ym=month(5))
    late = {"owner_id": uid("people", owner), "signed_day": on(5, 20), "effective_day": on(5, 20)}
    return record_contract(actor=actor("ops"), at=AT, values=late, lines=[Line(1)]).uid


def verified(owner: str, who: Any) -> Any:
    deal = uid("deals", DEAL_OF[owner])
    close_deal(actor=actor("ops"), at=AT, uid=deal, outcome="lost", version=None, reason="x")
    return verify_loss(actor=who, at=AT, uid=deal, category=None, version=None)


def merged(owner: str, who: Any) -> Any:
    other = {"li": "D2"}.get(owner, "D1")
    return merge_deals(actor=who, at=AT, merging=Merging(uid("deals", DEAL_OF[owner]), uid("deals", other)))


def estimate_at(unit: str) -> Estimated:
    return Estimated(uid("units", unit), ym_at(2027, 1), uid("measures", "contract"))


def adopted(unit: str, who: Any) -> int:
    submit_estimate(actor=actor("ops"), at=AT, of=estimate_at(unit), tiers={"target": 1})
    return adopt_estimate(actor=who, at=AT, of=estimate_at(unit))


def line_of(owner: str) -> dict[str, Any]:
    return {"name": "续约", "owner_id": uid("people", owner), "ym": ym_at(2027, 1), "kind": 1}


def actual_at(unit: str) -> dict[str, Any]:
    return {"unit_id": uid("units", unit), "measure_id": uid("measures", "contract"), "day": on(5, 31), "amount": 1}


def planned(owner: str, who: Any) -> Any:
    months = {"from_ym": month(7), "until_ym": month(8)}
    return create_plan(actor=who, at=AT, values={"name": "x", "unit_id": uid("units", UNIT_OF[owner]), **months}).uid


def approved(owner: str) -> Any:
    plan = planned(owner, actor("ops"))
    row = min(rows_of_plan(standing_uid("plans", plan).record_id))
    cell = CellChange(row, number("measures", "contract"), month(7), {"amount": 1})
    set_plan_cells(actor=actor("ops"), at=AT, uid=plan, cells=[cell])
    move_plan(actor=actor("ops"), at=AT, uid=plan, step="approve", version=None)
    return plan


def countered(owner: str, who: Any) -> Any:
    plan = planned(owner, actor("ops"))
    rows = rows_of_plan(standing_uid("plans", plan).record_id)
    (row,) = (one for one in rows.values() if one.person_id == number("people", owner))
    cell = CellChange(row.row_id, number("measures", "contract"), month(7), {"amount": 1})
    set_plan_cells(actor=actor("ops"), at=AT, uid=plan, cells=[cell])
    move_plan(actor=actor("ops"), at=AT, uid=plan, step="propose", version=None)
    aim = Aim(plan, standing("plan_rows", [row.row_id])[row.row_id].uid, uid("measures", "contract"))
    return counter_target(actor=who, at=AT, aim=aim, amount=2, said="x")


def answered(owner: str, who: Any) -> Any:
    mine = next((one for one in ("east", "ops") if who.person_id == actor(one).person_id and owner == "li"), owner)
    values = {"name": "x", "owner_id": uid("people", mine), "stage_id": uid("stages", "lead")}
    deal = assign_new_deal(actor=SYSTEM, at=AT, values=values).uid
    return answer_assignment(actor=who, at=AT, uid=deal, accepted=True)


def close_first() -> None:
    close_period(actor=actor("ops"), at=AT, ym=month(5))


ACTIONS: dict[str, Callable[[Any, str], object]] = {
    "deal.create": lambda who, owner: create_deal(
        actor=who, at=AT, values={"name": "x", "owner_id": uid("people", owner), "stage_id": uid("stages", "lead")}
    ),
    "deal.edit": lambda who, owner: edit_deal(
        actor=who, at=AT, uid=uid("deals", DEAL_OF[owner]), values={"amount": 1}, version=None
    ),
    "deal.reassign": lambda who, owner: reassign_deals(
        actor=who, at=AT, uids=[uid("deals", DEAL_OF[owner])], to=uid("people", {"li": "wang"}.get(owner, "li"))
    ),
    "deal.verify_loss": lambda who, owner: verified(owner, who),
    "deal.merge": lambda who, owner: merged(owner, who),
    "contract.record": lambda who, owner: record_for(owner, who),
    "contract.edit": lambda who, owner: edit_contract(
        actor=who, at=AT, uid=record_for(owner, actor("ops")).uid, values={"name": "x"}, version=None
    ),
    "customer.edit": lambda who, owner: create_customer(actor=who, at=AT, values={"name": "x"}),
    "customer.merge": lambda who, owner: merge_customers(
        actor=who, at=AT, merging=Merging(uid("customers", "C2"), uid("customers", "C1"))
    ),
    "contact.edit": lambda who, owner: create_contact(
        actor=who, at=AT, values={"name": "x", "customer_id": uid("customers", CUSTOMER_OF[owner])}
    ),
    "product.edit": lambda who, owner: create_product(actor=who, at=AT, values={"name": "x"}),
    "stage.edit": lambda who, owner: create_stage_set(actor=who, at=AT, values={"name": "x"}),
    "loss_reason.edit": lambda who, owner: create_loss_reason(
        actor=who, at=AT, values={"code": "x", "name": "x", "position": 1}
    ),
    "measure.edit": lambda who, owner: create_measure(actor=who, at=AT, values={"code": "x", "name": "x"}),
    "target.set": lambda who, owner: set_targets(
        actor=who, at=AT, cells=[Cell(uid("units", UNIT_OF[owner]), None, uid("measures", "margin"), month(8), 1)]
    ),
    "action.plan": lambda who, owner: plan_actions(
        actor=who, at=AT, plans=[WeeklyPlan(uid("people", owner), VISIT, month(8), 8)]
    ),
    "action.record": lambda who, owner: record_actions(
        actor=who, at=AT, done=[Done(uid("people", owner), TODAY, VISIT, 2)]
    ),
    "segment.edit": lambda who, owner: create_segment(actor=who, at=AT, values={"name": "x"}),
    "estimate.edit": lambda who, owner: set_inputs(
        actor=who, at=AT, of=estimate_at(UNIT_OF[owner]), inputs=[Typed("leads", 0, 5)]
    ),
    "estimate.adopt": lambda who, owner: adopted(UNIT_OF[owner], who),
    "inventory.fill": lambda who, owner: fill_line(actor=who, at=AT, values=line_of(owner)),
    "inventory.challenge": lambda who, owner: challenge_line(
        actor=who,
        at=AT,
        uid=fill_line(actor=actor("ops"), at=AT, values=line_of(owner)).uid,
        verdict="accepted",
        version=None,
    ),
    "history.record": lambda who, owner: record_actual(actor=who, at=AT, values=actual_at(UNIT_OF[owner])),
    "plan.edit": lambda who, owner: planned(owner, who),
    "plan.answer": lambda who, owner: countered(owner, who),
    "plan.approve": lambda who, owner: move_plan(
        actor=who, at=AT, uid=planned(owner, actor("ops")), step="approve", version=None
    ),
    "plan.lock": lambda who, owner: lock_plan(actor=who, at=AT, uid=approved(owner), version=None),
    "budget.edit": lambda who, owner: drafted(who, UNIT_OF[owner]),
    "release.approve": lambda who, owner: decide_release(
        actor=who, at=AT, uid=proposed(actor("fin"), UNIT_OF[owner]).uid, approve=True, version=None
    ),
    "contract.approve": lambda who, owner: decide_late(
        actor=who, at=AT, uid=late_for(owner), approve=True, version=None
    ),
    "terms.edit": lambda who, owner: set_terms(actor=who, at=AT, contract=owed_by(owner)[0], terms=[]),
    "project.edit": lambda who, owner: record_project(
        actor=who,
        at=AT,
        values={"contract_id": owed_by(owner)[0], "start_day": TODAY},
        milestones=[{"name": "终验", "planned_day": TODAY}],
    ),
    "cash.record": lambda who, owner: record_receipt(
        actor=who, at=AT, values={"day": TODAY, "amount": 1, "owner_id": uid("people", owner)}
    ),
    "cash.write_off": lambda who, owner: write_off(
        actor=who, at=AT, values={"term_id": owed_by(owner)[1], "day": TODAY, "amount": 1, "name": "x"}
    ),
    "checklist_template.edit": lambda who, owner: create_checklist_template(
        actor=who, at=AT, values={"name": "x", "kind": 2, "position": 1}
    ),
    "expense_category.edit": lambda who, owner: create_expense_category(
        actor=who, at=AT, values={"name": "培训", "position": 8}
    ),
    "expense.approve": lambda who, owner: decide_overspend(
        actor=who, at=AT, uid=overspent_by(owner), approve=True, version=None
    ),
    "expense.record": lambda who, owner: record_expense(
        actor=who,
        at=AT,
        values={"day": TODAY, "amount": 1, "person_id": uid("people", owner), "unit_id": uid("units", UNIT_OF[owner])},
        judge=lambda columns, own: None,
    ),
    "goal.edit": lambda who, owner: create_goal(
        actor=who, at=AT, values={"name": "x", "unit_id": uid("units", UNIT_OF[owner])}
    ),
    "checklist.edit": lambda who, owner: create_item(
        actor=who,
        at=AT,
        values={"name": "x", "kind": 2, "person_id": uid("people", owner), "unit_id": uid("units", UNIT_OF[owner])},
    ),
    "factor.edit": lambda who, owner: create_factor(actor=who, at=AT, values={"name": "门店数"}),
    "figure.record": lambda who, owner: record_figure(
        actor=who,
        at=AT,
        values={
            "factor_id": create_factor(actor=actor("ops"), at=AT, values={"name": "门店数"}).uid,
            "unit_id": uid("units", UNIT_OF[owner]),
            "value": 1,
        },
    ),
    "market.edit": lambda who, owner: create_market_fact(
        actor=who, at=AT, values={"name": "x", "unit_id": uid("units", UNIT_OF[owner]), "year": 2026}
    ),
    "deal.assign": lambda who, owner: assign_deal(actor=who, at=AT, uid=uid("deals", DEAL_OF[owner])),
    "deal.accept": lambda who, owner: answered(owner, who),
    "import.commit": lambda who, owner: commit_import(actor=who, at=AT, batch=batch("N1")),
    "import.undo": lambda who, owner: undo_import(
        actor=who, at=AT, uid=commit_import(actor=actor("ops"), at=AT, batch=batch("N2")).uid
    ),
    "book.freeze": lambda who, owner: record_frozen(
        actor=who, at=AT, day=on(5, 31), seq=1, folder="2026-05-31-1", digest="0" * 64, facts=1
    ),
    "period.close": lambda who, owner: close_period(actor=who, at=AT, ym=month(5)),
    "period.reopen": lambda who, owner: (close_first(), reopen_period(actor=who, at=AT, ym=month(5), reason="x")),
    "org.edit": lambda who, owner: create_unit(actor=who, at=AT, name="x", parent=uid("units", "HQ")),
    "person.edit": lambda who, owner: create_person(actor=who, at=AT, values={"name": "x"}, home=uid("units", "HQ")),
    "role.grant": lambda who, owner: grant_role(
        actor=who, at=AT, person=uid("people", "li"), role=ROLE_NUMBER["finance"], unit=uid("units", "SH")
    ),
    "grant.give": lambda who, owner: give_grant(
        actor=who, at=AT, person=uid("people", "zhao"), relation="deals", uid=uid("deals", "D1"), reason="x"
    ),
    "account.invite": lambda who, owner: invite(actor=who, at=AT, person_id=1),
    "calendar.edit": lambda who, owner: set_calendar_days(actor=who, at=AT, days={TODAY: True}, source="x"),
    "rule.edit": lambda who, owner: set_rule(actor=who, at=AT, kind=KIND, value=1, reason="x"),
}
DEAL_OF = {"li": "D1", "wang": "D2", "zhao": "D3"}
CUSTOMER_OF = {"li": "C1", "wang": "C1", "zhao": "C2"}
UNIT_OF = {"li": "SH", "wang": "SH", "zhao": "SOUTH"}

OF_OTHER_LAYERS = {"log.read", "job.read", "replica.read", "export.company", "company.found"}
"""Rights on reading, asked for by the service; and the founding, which an empty database alone allows."""


def test_every_right_of_the_policy_is_tried_here_and_has_a_label():
    assert set(POLICY) - OF_OTHER_LAYERS == set(ACTIONS)
    assert set(POLICY) == set(ACTION_LABEL)


@pytest.mark.parametrize("role", HOLDERS)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_done_by_the_roles_of_the_policy_and_by_nobody_else(sqlite_database, action, role):
    who = actor(HOLDERS[role])
    reach = POLICY[action].get(ROLE_NUMBER[role])
    written = LogEntry.objects.count()

    if reach:
        ACTIONS[action](who, "li")
        assert LogEntry.objects.count() > written
        return
    with pytest.raises((NotAllowed, NotFound)):
        ACTIONS[action](who, "li")


@pytest.mark.parametrize("role", ELSEWHERE)
@pytest.mark.parametrize("action", [name for name, rights in POLICY.items() if set(rights.values()) & {"own", "units"}])
def test_a_right_that_reaches_to_own_rows_or_units_stops_there(sqlite_database, action, role):
    with pytest.raises((NotAllowed, NotFound)):
        ACTIONS[action](actor(HOLDERS[role]), ELSEWHERE[role])


def test_a_company_is_founded_by_an_administrator_only(sqlite_database):
    for role, who in HOLDERS.items():
        if ROLE_CODE[ROLE_NUMBER[role]] != "admin":
            with pytest.raises(NotAllowed, match="建立公司"):
                install_company(actor=actor(who), at=AT, company=small_company())
