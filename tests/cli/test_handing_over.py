"""``dacheng reassign`` and ``dacheng undo``: looked at first, written as one step, taken back."""

import pytest
import typer
from typer.testing import CliRunner

from dacheng.cli import handing_over
from dacheng.core.errors import RuleError
from dacheng.service.setting_up import migrate
from tests.service.databases import url_of
from tests.store.company import load, number, record
from tests.store.switching import using


@pytest.fixture
def dacheng(tmp_path, django_db_blocker, monkeypatch):
    """Return a function that runs a command line on a database with the small company."""
    monkeypatch.setenv("DACHENG_LANGUAGE", "en")
    app = typer.Typer()
    handing_over.register(app, lambda url: None)

    with django_db_blocker.unblock(), using(url_of(tmp_path / "own.sqlite3")):
        migrate()
        load()
        yield lambda *words: CliRunner().invoke(app, [str(word) for word in words])


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
