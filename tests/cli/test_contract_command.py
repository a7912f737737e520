"""``dacheng contract``: a signing into a closed period approved, another one refused, with what is said of it."""

import pytest

from dacheng.cli import contracting
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.periods import close_period
from tests.store.company import AT, actor, load, month, on, record, uid


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with two late signings."""
    load()
    close_period(actor=actor("fin"), at=AT, ym=month(5))
    for code in ("H1", "H2"):
        values = {"code": code, "owner_id": uid("people", "li"), "signed_day": on(5, 20), "effective_day": on(5, 20)}
        record_contract(actor=actor("ops"), at=AT, values=values, lines=[Line(100)])
    return terminal(contracting)


def test_one_is_approved_one_refused_and_neither_twice(dacheng):
    approved = dacheng("contract", "approve", "H1", "--reason", "原件已归档")
    refused = dacheng("contract", "refuse", "H2", "--reason", "未盖章")
    again = dacheng("contract", "approve", "H2")

    assert (approved.exit_code, refused.exit_code, again.exit_code) == (0, 0, 1)
    assert [(record("contracts", code).intake, record("contracts", code).intake_note) for code in ("H1", "H2")] == [
        (1, "原件已归档"),
        (3, "未盖章"),
    ]
