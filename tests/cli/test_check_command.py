"""``dacheng check`` and the worker's look at the books: what does not meet is listed, and told once a day."""

import logging
from datetime import timedelta

import pytest

from dacheng.cli import checking, settling
from dacheng.service.money_check import Nightly
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.models import FACTS
from tests.store.company import AT, actor, load, on, uid


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with a contract, its two terms and a receipt."""
    load()
    values = {"code": "H1", "owner_id": uid("people", "li"), "customer_id": uid("customers", "C1")}
    values |= {"signed_day": on(6, 1), "effective_day": on(6, 1)}
    record_contract(actor=actor("ops"), at=AT, values=values, lines=[Line(1_130_00, tax_bp=1300)])
    run = terminal(settling, checking)
    assert (
        run("cash", "terms", "H1", "--term", "预付;30%;2026-06-10", "--term", "验收；70%；acceptance；30").exit_code
        == 0
    )
    assert run("cash", "receipt", "500元", "--on", "2026-06-12", "--customer", "C1").exit_code == 0
    assert run("cash", "recognise", "H1", "250", "--on", "2026-06-11").exit_code == 0
    return run


def behind_the_log() -> None:
    """Change what a term says was collected, as no action would."""
    FACTS["payment_terms"].objects.filter(amount=339_00, allocated=339_00).update(allocated=300_00)


def test_books_that_meet_say_so_and_what_was_changed_behind_the_log_is_named(dacheng):
    sound = dacheng("check")
    behind_the_log()
    broken = dacheng("check")

    assert sound.exit_code == 0 and "All meet." in sound.output
    assert [row.split(",")[1:3] for row in sound.stdout.splitlines()[1:7]] == [[looked, "0"] for looked in "222111"]
    assert broken.exit_code == 1 and "2 do not meet." in broken.output
    rows = [row.split(",") for row in broken.stdout.splitlines() if ",H1/1," in row]
    assert [row[0] for row in rows] == ["allocated", "open"]
    assert rows[0][-3:] == ["300.00", "339.00", "-39.00"]


def test_the_worker_looks_once_a_day_and_says_what_does_not_meet(dacheng, caplog):
    nightly, day = Nightly(), AT + timedelta(days=30)
    behind_the_log()
    with caplog.at_level(logging.INFO, logger="dacheng.service.money_check"):
        for moment in (day, day + timedelta(hours=1), day + timedelta(days=1)):
            nightly.look(moment)

    told = [one.getMessage() for one in caplog.records if "do not meet" in one.getMessage()]
    assert len(told) == 2 and "2 do not meet" in told[0]
    assert len([one for one in caplog.records if one.getMessage().startswith("does not meet")]) == 4
