"""``dacheng close``, ``reopen``, ``freeze``, ``four-tables``: a month ends, its Book is kept, its tables handed out."""

import openpyxl
import pytest

from dacheng.cli import closing
from dacheng.service.freezing import frozen_books
from dacheng.store.periods import closed_through
from tests.store.company import load, month, on


@pytest.fixture
def dacheng(terminal, settings, tmp_path):
    """Return a function that runs a command line on the small company."""
    settings.FROZEN = tmp_path / "frozen"
    load()
    return terminal(closing)


def test_a_month_is_closed_frozen_and_opened_again(dacheng, tmp_path):
    closed = dacheng("close", "2026-05")
    alone = dacheng("close", "2026-06", "--no-freeze")
    (frozen,) = frozen_books()
    reopened = dacheng("reopen", "2026-06", "--reason", "补录发票")
    written = dacheng("four-tables", "--frozen", frozen.name, "-o", tmp_path / "tables.xlsx")

    ran = [closed, alone, reopened, written]
    assert [one.exit_code for one in ran] == [0] * 4, [str(one.exception) for one in ran]
    assert closed.stdout.strip() == frozen.digest and frozen.day == on(5, 31)
    assert closed_through().through == month(5)
    assert len(openpyxl.load_workbook(tmp_path / "tables.xlsx").worksheets) == 6


def test_what_cannot_be_closed_frozen_or_found_is_said(dacheng, tmp_path):
    early = dacheng("close", "2030-01")
    ahead = dacheng("freeze", "2199-01-01")
    unknown = dacheng("four-tables", "--frozen", "2026-05-31-9", "-o", tmp_path / "tables.xlsx")
    no_kind = dacheng("four-tables", "-o", tmp_path / "tables.doc")

    assert [one.exit_code for one in (early, ahead, unknown, no_kind)] == [1] * 4
    assert "2199-01-01" in str(ahead.exception) and "2026-05-31-9" in str(unknown.exception)
    assert frozen_books() == [] and not (tmp_path / "tables.xlsx").exists()
