"""Delivery projects in the browser: planned from a contract, followed, slipped with a reason, reached, recognised."""

import re

import pytest

from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.terms import set_terms
from dacheng.store.models import Contract, Milestone, PaymentTerm, Project
from tests.store.company import AT, actor, on, uid

AFTER_ACCEPTANCE = 4


@pytest.fixture
def contract(company):
    """Record a contract of 李雷 that is paid 30 days after acceptance."""
    values = {"code": "H1", "owner_id": uid("people", "li"), "signed_day": on(1, 5), "effective_day": on(1, 5)}
    own = record_contract(actor=actor("ops"), at=AT, values=values, lines=[Line(1_130_00, amount_ex=1_000_00)]).uid
    terms = [{"code": "H1/1", "amount": 1_130_00, "falls_due": AFTER_ACCEPTANCE, "days_after": 30}]
    set_terms(actor=actor("ops"), at=AT, contract=own, terms=terms)
    return own


def rows(*given, initial=0):
    """Return milestones as the form sends them: (name, kind, planned day, share, code)."""
    sent = {"steps-TOTAL_FORMS": len(given), "steps-INITIAL_FORMS": initial, "steps-MAX_NUM_FORMS": 200}
    for at, row in enumerate(given):
        for name, value in zip(("name", "kind", "planned_day", "share_bp", "code"), row, strict=False):
            sent[f"steps-{at}-{name}"] = value
    return sent


STEPS = (("到货", "delivery", "2026-04-10", "70%"), ("终验", "acceptance", "2026-05-30", "30%"), ("", "other", "", ""))


def planned(client, contract):
    """Plan the delivery of the contract and return the page that follows."""
    head = {"code": "P1", "name": "一期交付", "manager_id": "", "start_day": "2026-01-10"}
    return client.post(f"/contracts/{contract}/projects/new/", head | rows(*STEPS), follow=True)


def step(name):
    return Milestone.objects.get(name=name, removed=False)


def sure(page):
    """Return what the form of a page carries along, to press again what was looked at."""
    return dict(re.findall(r'<input type="hidden" name="(version|sure)" value="([^"]*)"', page))


def pressed_twice(client, address, given):
    """Fill a form, look at what it does, and do it; return what was said it does."""
    first = client.get(address).content.decode()
    looked = client.post(address, sure(first) | given).content.decode()
    client.post(address, sure(looked) | given)
    return looked


def test_a_delivery_is_planned_on_the_page_of_its_contract_and_stands_there(signed_in, contract):
    client = signed_in("ops")

    page = planned(client, contract)

    assert page.redirect_chain[-1][0] == f"/projects/{Project.objects.get(code='P1').uid}/"
    assert "终验" in page.content.decode()
    assert "一期交付" in client.get(f"/contracts/{contract}/").content.decode()


def test_a_slip_says_what_it_moves_and_a_reached_milestone_gives_the_term_its_due_day(signed_in, contract):
    client = signed_in("ops")
    planned(client, contract)
    address = f"/milestones/{step('终验').uid}/"

    said = pressed_twice(client, f"{address}slip/", {"on": "2026-06-20", "why": "supply", "note": "缺件"})
    assert "2026-07-20" in said
    assert (step("终验").forecast_day, step("终验").reason_note) == (on(6, 20), "缺件")
    assert PaymentTerm.objects.get(code="H1/1").due_day is None
    assert "2026-07-20" in client.get(address).content.decode()

    said = pressed_twice(client, f"{address}reach/", {"on": "2026-06-01"})
    assert "2026-07-01" in said
    assert PaymentTerm.objects.get(code="H1/1").due_day == on(7, 1)

    pressed_twice(client, f"{address}reach/", {})
    assert PaymentTerm.objects.get(code="H1/1").due_day is None


def test_a_slip_without_a_reason_is_refused_in_the_form(signed_in, contract):
    client = signed_in("ops")
    planned(client, contract)
    address = f"/milestones/{step('终验').uid}/slip/"
    looked = client.post(address, {"on": "2026-06-20", "why": "", "note": ""}).content.decode()

    answer = client.post(address, sure(looked) | {"on": "2026-06-20", "why": "", "note": ""})

    assert answer.status_code == 422
    assert "没有写原因" in answer.content.decode()


def test_a_project_is_followed_its_milestones_changed_and_what_is_earned_recognised(signed_in, contract):
    client = signed_in("fin")
    planned(signed_in("ops"), contract)
    client = signed_in("fin")
    own = Project.objects.get(code="P1")
    follow = {"version": own.version, "name": "一期交付", "start_day": "2026-01-10", "budget": "0.08", "done_bp": "40%"}

    client.post(f"/projects/{own.uid}/follow/", follow | {"obstacle": "supply", "step": "催货"})
    own.refresh_from_db()
    assert (own.budget, own.done_bp, own.obstacle, own.step) == (800_00, 4000, 4, "催货")

    given = (("到货", "delivery", "2026-04-15", "60%", "P1/1"), ("", "acceptance", "", "", "P1/2"))
    client.post(f"/projects/{own.uid}/milestones/", {"version": own.version} | rows(*given, initial=2))
    assert [(one.name, one.share_bp) for one in Milestone.objects.filter(removed=False)] == [("到货", 6000)]

    pressed_twice(client, f"/milestones/{step('到货').uid}/reach/", {"on": "2026-05-01"})
    assert "按里程碑确收" in client.get(f"/projects/{own.uid}/").content.decode()
    client.post(f"/projects/{own.uid}/recognise/")
    assert Contract.objects.get(code="H1").recognised_ex == 600_00


def test_who_does_not_see_the_contract_sees_no_project_and_an_executive_only_looks(signed_in, contract):
    planned(signed_in("ops"), contract)
    own, one = Project.objects.get(code="P1").uid, step("终验").uid

    assert {signed_in("wang").get(f"/{path}/").status_code for path in (f"projects/{own}", f"milestones/{one}")} == {
        404
    }
    assert signed_in("boss").get(f"/projects/{own}/").status_code == 200
    assert signed_in("boss").get(f"/milestones/{one}/reach/").status_code == 403
    rep = signed_in("li").get(f"/projects/{own}/").content.decode()
    assert "预算成本" not in rep
