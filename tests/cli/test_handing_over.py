"""``dacheng reassign`` and ``dacheng undo``: looked at first, written as one step, taken back."""

import pytest

from dacheng.cli import handing_over
from dacheng.core.access import SYSTEM
from dacheng.core.errors import RuleError
from dacheng.store.actions.splits import split_deal
from tests.store.company import AT, load, number, record, uid


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with the small company."""
    load()
    return terminal(handing_over)


def test_a_leavers_deals_are_looked_at_handed_over_and_taken_back(dacheng):
    seen = dacheng("reassign", "--from", "li", "--to", "王强", "--dry-run")
    assert seen.exit_code == 0 and "上海组: open 2 → 2, 120,000.00 → 120,000.00" in seen.output
    assert record("deals", "D1").owner_id == number("people", "li")

    done = dacheng("reassign", "--from", "li", "--to", "王强")
    assert record("deals", "D1").owner_id == number("people", "wang")

    dacheng("undo", done.stdout.strip().splitlines()[-1])
    assert record("deals", "D1").owner_id == number("people", "li")


def test_somebody_unknown_is_told(dacheng):
    done = dacheng("reassign", "--from", "li", "--to", "nobody")

    assert isinstance(done.exception, RuleError)


def test_only_what_he_owns_is_handed_over_and_a_part_of_the_taker_is_said_to_end(dacheng):
    share("D2", "li", 3000)
    share("D1", "wang", 4000)

    seen = dacheng("reassign", "--from", "li", "--to", "wang", "--dry-run")
    dacheng("reassign", "--from", "li", "--to", "zhao")

    assert "D1: 王强's part of 40% ends" in seen.output
    assert record("deals", "D2").owner_id == number("people", "wang")
    assert record("deals", "D1").owner_id == number("people", "zhao")


def share(deal, person, share_bp):
    """Give somebody a part of a deal."""
    parts = [(uid("people", person), share_bp)]
    split_deal(actor=SYSTEM, at=AT, uid=uid("deals", deal), shares=parts, version=None)
