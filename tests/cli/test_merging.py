"""``dacheng duplicates`` and ``dacheng merge``: listed, looked at, merged, taken back."""

import pytest

from dacheng.cli import handing_over, merging
from dacheng.store.actions.customers import create_customer
from tests.store.company import AT, actor, load, number, record


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with the small company."""
    load()
    create_customer(actor=actor("ops"), at=AT, values={"code": "C9", "name": "鹏城制造（集团）有限公司"})
    return terminal(merging, handing_over)


def test_twins_are_listed_looked_at_merged_and_taken_back(dacheng):
    assert dacheng("duplicates", "customers").output.strip() == "C2\t鹏城制造\tC9\t鹏城制造（集团）有限公司\t100%"

    seen = dacheng("merge", "customers", "C2", "C9", "--dry-run")
    assert seen.exit_code == 0 and "Opportunities\t1" in seen.output
    assert record("deals", "D3").customer_id == number("customers", "C2")

    done = dacheng("merge", "customers", "C2", "C9", "--take", "name")
    assert record("deals", "D3").customer_id == number("customers", "C9")
    assert record("customers", "C9").name == "鹏城制造"

    dacheng("undo", done.stdout.strip().splitlines()[-1])
    assert record("deals", "D3").customer_id == number("customers", "C2")
    assert record("customers", "C2").merged_into == ""
