"""``dacheng year``: the five steps of a year told, locked, and shown as they were."""

import pytest

from dacheng.cli import annual_plans
from tests.store.company import load


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on the small company."""
    load()
    return terminal(annual_plans)


def test_a_year_is_locked_and_shown_as_it_was(dacheng):
    undone = dacheng("year", "lock", "2027", "HQ")
    locked = dacheng("year", "lock", "2027", "HQ", "--note", "先锁一版")
    told = dacheng("year", "steps", "2027")
    version = told.stderr.split(": ")[1].split()[0]
    then = dacheng("year", "steps", "2027", "--version", version)

    assert [one.exit_code for one in (undone, locked, told, then)] == [1, 0, 0, 0], told.stderr
    assert len(told.stdout.splitlines()) == 5 and told.stdout == then.stdout
    assert "先锁一版" in told.stderr
