"""A plan's workbook brought back by command: each conflict is answered by options or at the terminal (R041)."""

from __future__ import annotations

import csv
from io import BytesIO

import pytest

from dacheng.cli import planning, report
from dacheng.core.errors import RuleError
from tests.store.company import load
from tests.store.test_plan_workbook import with_cells

NAMES = ("李雷", "王强")


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with a plan of 1,200, 25 a month for each of NAMES."""
    load()
    run = terminal(planning, report)
    run("plan", "create", "2027 plan", "--unit", "HQ", "--period", "2027")
    run("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    return run


@pytest.fixture
def clashing(dacheng, tmp_path, monkeypatch):
    """Return a workbook in which January of both is 30, while it became 40 here since it was exported."""
    file = tmp_path / "plan.xlsx"
    with monkeypatch.context() as chinese:
        chinese.setenv("DACHENG_LANGUAGE", "zh")
        dacheng("plan", "export", file)
    file.write_bytes(with_cells(BytesIO(file.read_bytes()), {(name, "2027-01"): 30 for name in NAMES}))
    for name in NAMES:
        dacheng("plan", "set", name, "40", "--month", "2027-01")
    return file


def rows(result):
    return list(csv.DictReader(result.stdout.splitlines()))


def places(result):
    """Return name of a row in conflict -> how the conflict is called."""
    return {row["name"]: f"{row['row']}@{row['month']}" for row in rows(result) if row["outcome"] == "conflict"}


def januaries(dacheng):
    found = {row["plan_row_name"]: row["m1"] for row in rows(dacheng("report", "plans/sheet"))}
    return [found[name] for name in NAMES]


def test_one_conflict_takes_the_file_and_the_other_stays(dacheng, clashing):
    clash = places(dacheng("plan", "bring-back", clashing))

    done = dacheng("plan", "bring-back", clashing, "--take", "--file-wins", clash["李雷"], "--stays", clash["王强"])

    assert sorted(clash) == sorted(NAMES) and done.exit_code == 0
    assert januaries(dacheng) == ["30.00", "40.00"]


def test_a_conflict_left_unanswered_is_named_and_nothing_is_written(dacheng, clashing):
    clash = places(dacheng("plan", "bring-back", clashing))

    refused = dacheng("plan", "bring-back", clashing, "--take", "--file-wins", clash["李雷"])
    strange = dacheng("plan", "bring-back", clashing, "--take", "--stays", "X@2027-01")
    others = dacheng("plan", "bring-back", clashing, "--take", "--prefer-file", "--stays", clash["李雷"])

    assert isinstance(refused.exception, RuleError) and clash["王强"] in str(refused.exception)
    assert "X@2027-01 is no conflict" in str(strange.exception)
    assert others.exit_code == 0 and januaries(dacheng) == ["40.00", "30.00"]


def test_at_a_terminal_each_conflict_is_asked_for(dacheng, clashing, monkeypatch):
    monkeypatch.setattr("dacheng.cli.plan_workbook.asks_here", lambda: True)

    stopped = dacheng("plan", "bring-back", clashing, "--take", typed="file\nstop\n")
    before = januaries(dacheng)
    done = dacheng("plan", "bring-back", clashing, "--take", typed="perhaps\nstay\nfile\n")

    assert "Nothing was written" in stopped.stderr and stopped.exit_code == 1 and before == ["40.00", "40.00"]
    assert "Conflict 1/2" in done.stderr and "exported 25.00, file 30.00, now 40.00" in done.stderr
    assert sorted(januaries(dacheng)) == ["30.00", "40.00"]


def test_at_a_terminal_the_rest_can_be_answered_at_once(dacheng, clashing, monkeypatch):
    monkeypatch.setattr("dacheng.cli.plan_workbook.asks_here", lambda: True)

    done = dacheng("plan", "bring-back", clashing, "--take", typed="all-file\n")

    assert "Conflict 2/2" not in done.stderr and januaries(dacheng) == ["30.00", "30.00"]


def test_without_a_terminal_and_options_conflicts_stay_and_it_is_told(dacheng, clashing):
    done = dacheng("plan", "bring-back", clashing, "--take")

    assert "Conflicts that stay as they are: 2" in done.stderr and januaries(dacheng) == ["40.00", "40.00"]
