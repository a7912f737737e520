"""``dacheng project``: a delivery planned, followed, slipped, reached and recognised, with what each does to terms."""

import pytest

from dacheng.cli import delivering
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.terms import set_terms
from tests.store.company import AT, actor, load, on, record, uid

AFTER_ACCEPTANCE = 4
STEPS = ("--milestone", "到货;delivery;2026-04-10;70%", "--milestone", "终验；acceptance；2026-05-30；30%")


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with a contract that is paid after acceptance."""
    load()
    values = {"code": "H1", "owner_id": uid("people", "li"), "signed_day": on(1, 5), "effective_day": on(1, 5)}
    own = record_contract(actor=actor("ops"), at=AT, values=values, lines=[Line(1_130_00, amount_ex=1_000_00)]).uid
    terms = [{"code": "H1/1", "amount": 1_130_00, "falls_due": AFTER_ACCEPTANCE, "days_after": 30}]
    set_terms(actor=actor("ops"), at=AT, contract=own, terms=terms)
    return terminal(delivering)


def test_a_delivery_is_planned_followed_slipped_reached_and_recognised(dacheng):
    done = [
        dacheng("project", "plan", "H1", *STEPS, "--start", "2026-01-10", "--code", "P1", "--manager", "wang"),
        dacheng("project", "follow", "P1", "--budget", "800元", "--spent", "100元", "--done", "10%"),
        dacheng("project", "slip", "P1/2", "--on", "2026-06-20", "--reason", "supply"),
        dacheng("project", "reach", "P1/1", "--on", "2026-04-12"),
        dacheng("project", "recognise", "P1", "--on", "2026-06-01"),
    ]

    assert [one.exit_code for one in done] == [0] * 5, [one.output for one in done]
    assert (record("projects", "P1").budget, record("projects", "P1").done_bp) == (800_00, 1000)
    assert record("contracts", "H1").recognised_ex == 700_00
    assert record("payment_terms", "H1/1").due_day is None

    dacheng("project", "reach", "P1/2", "--on", "2026-06-01")
    assert record("payment_terms", "H1/1").due_day == on(6, 1) + 30
    dacheng("project", "reach", "P1/2")
    assert record("payment_terms", "H1/1").due_day is None


def test_what_cannot_be_read_says_how_to_write_it(dacheng):
    wrong = dacheng("project", "plan", "H1", "--milestone", "终验", "--start", "2026-01-10")
    nowhere = dacheng("project", "reach", "P9/1", "--on", "2026-06-01")
    unexplained = dacheng("project", "plan", "H1", *STEPS, "--start", "2026-01-10", "--code", "P1")
    late = dacheng("project", "slip", "P1/2", "--on", "2026-06-20")

    assert (wrong.exit_code, nowhere.exit_code, unexplained.exit_code, late.exit_code) == (1, 1, 0, 1)
