"""``dacheng cash``: terms agreed, a receipt that pays them, an invoice, recognition, a write-off, by their numbers."""

import pytest

from dacheng.cli import settling
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.terms import terms_of
from tests.store.company import AT, actor, load, on, record, uid

TERMS = ("--term", "预付;30%;2026-06-10", "--term", "验收；70%；acceptance；30")


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with a contract over 1,130.00 of 华能电力."""
    load()
    values = {"code": "H1", "owner_id": uid("people", "li"), "customer_id": uid("customers", "C1")}
    values |= {"signed_day": on(6, 1), "effective_day": on(6, 1)}
    record_contract(actor=actor("ops"), at=AT, values=values, lines=[Line(1_130_00, tax_bp=1300)])
    return terminal(settling)


def opened():
    """Return what is open of each term, by number."""
    terms = terms_of([record("contracts", "H1").pk]).values()
    return {one.row["code"]: one.row["open"] for one in terms}


def test_a_contract_is_agreed_billed_paid_recognised_and_a_rest_written_off(dacheng):
    agreed = dacheng("cash", "terms", "H1", *TERMS)
    billed = dacheng(
        "cash", "invoice", "339", "--on", "2026-06-05", "--contract", "H1", "--term", "H1/1", "--code", "F1"
    )
    paid = dacheng("cash", "receipt", "500元", "--on", "2026-06-12", "--customer", "C1", "--code", "S1")
    given = dacheng("cash", "allocate", "S1", "--pay", "H1/2=-61", "--pay", "H1/1=0")
    earned = dacheng("cash", "recognise", "H1", "250", "--on", "2026-06-11")
    followed = dacheng("cash", "follow", "H1/2", "--expected", "2026-08-01", "--collector", "wang")
    written = dacheng("cash", "write-off", "H1/2", "30", "--on", "2026-06-20", "--reason", "质量扣款")

    ran = [agreed, billed, paid, given, earned, followed, written]
    assert [one.exit_code for one in ran] == [0] * 7, [one.output for one in ran]
    assert opened() == {"H1/1": 0, "H1/2": 791_00 - 100_00 - 30_00}
    assert record("contracts", "H1").recognised_ex == 250_00
    assert record("payment_terms", "H1/2").expected_day == on(8, 1)
    assert (billed.output.strip(), paid.output.strip()) == ("F1", "S1")


def test_by_hand_and_what_cannot_be_read_or_is_too_much(dacheng):
    dacheng("cash", "terms", "H1", *TERMS)
    by_hand = dacheng("cash", "receipt", "500", "--on", "2026-06-12", "--customer", "C1", "--pay", "H1/2=500")
    too_much = dacheng("cash", "receipt", "500", "--on", "2026-06-12", "--customer", "C1", "--pay", "H1/1=400")
    unread = dacheng("cash", "receipt", "500", "--on", "2026-06-12", "--pay", "H1/1")
    nowhere = dacheng("cash", "write-off", "H9/1", "30", "--on", "2026-06-20", "--reason", "x")
    no_term = dacheng("cash", "terms", "H1", "--term", "预付;30%")

    assert by_hand.exit_code == 0 and opened() == {"H1/1": 339_00, "H1/2": 291_00}
    assert [one.exit_code for one in (too_much, unread, nowhere, no_term)] == [1] * 4
    assert "339.00" in str(too_much.exception or too_much.output)


def test_a_step_and_a_promise_are_recorded_by_the_number_of_the_term(dacheng):
    dacheng("cash", "terms", "H1", *TERMS)

    stepped = dacheng("cash", "step", "H1/1", "--kind", "letter", "--on", "2026-06-12", "--said", "函已签收")
    promised = dacheng("cash", "promise", "H1/1", "--by", "2099-12-31", "--amount", "300元", "--on", "2026-06-13")
    refused = dacheng("cash", "promise", "H1/1", "--by", "2026-06-01", "--on", "2026-06-13")

    assert (stepped.exit_code, promised.exit_code, refused.exit_code) == (0, 0, 1)
    step = record("dunning_steps", stepped.stdout.strip())
    promise = record("promises", promised.stdout.strip())
    assert (step.kind, step.day, step.name) == (3, on(6, 12), "函已签收")
    assert (promise.amount, promise.day, promise.owner_id) == (300_00, on(6, 13), record("people", "li").pk)
