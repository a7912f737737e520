"""``dacheng plan``: made of the organisation, weighed, broken down, edited, taken out and brought back."""

import csv

import pytest

from dacheng.cli import planning, report
from dacheng.core.errors import RuleError
from tests.store.company import load


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with the small company and a plan of it."""
    load()
    run = terminal(planning, report)
    run("plan", "create", "2027 plan", "--unit", "HQ", "--period", "2027")
    return run


def rows(result):
    return list(csv.DictReader(result.stdout.splitlines()))


def test_a_total_is_broken_down_and_read_as_a_report(dacheng):
    done = dacheng("plan", "break-down", "1,200万", "--season", "1,1,1,1,1,1,1,1,1,1,1,1")

    assert "Cells written: 84; 52 sums, 0 do not hold." in done.stderr
    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert (found["集团"], found["华东"], found["李雷"]) == ("12000000.00", "6000000.00", "3000000.00")


def test_an_edit_tells_what_follows_and_a_look_writes_nothing(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    looked = rows(dacheng("plan", "set", "李雷", "50", "--month", "2027-03", "--dry-run"))
    done = rows(dacheng("plan", "set", "李雷", "50", "--month", "2027-03"))

    assert looked == done
    assert {(row["name"], row["before"], row["after"], row["asked"]) for row in done} >= {
        ("李雷", "25.00", "50.00", "1"),
        ("集团", "100.00", "125.00", "0"),
    }


def test_a_pinned_row_stays_when_the_total_is_broken_down_again(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    dacheng("plan", "set", "华南", "900")
    dacheng("plan", "pin", "华南")

    dacheng("plan", "break-down", "1500", "--season", ",".join(["1"] * 12))

    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert (found["华南"], found["华东"]) == ("900.00", "600.00")


def test_rows_are_weighed_by_what_was_said_and_an_amount_moves_between_them(dacheng):
    weighed = dacheng("plan", "weigh", "capacity=1")
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))

    moved = rows(dacheng("plan", "move", "华东", "华南", "100"))

    assert "Weights changed: 1." in weighed.stderr
    found = {row["plan_row_name"]: row["year"] for row in rows(dacheng("report", "plans/sheet"))}
    assert (found["华东"], found["华南"]) == ("700.00", "500.00")
    assert {row["name"] for row in moved} == {"华东", "上海组", "李雷", "王强", "华南", "赵敏"}


def test_a_workbook_comes_back_as_it_went(dacheng, tmp_path):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    file = tmp_path / "plan.xlsx"
    dacheng("plan", "export", file)
    dacheng("plan", "set", "赵敏", "60", "--month", "2027-01")

    found = rows(dacheng("plan", "bring-back", file, "--take"))

    assert {row["outcome"] for row in found} == {"theirs"}


def test_what_cannot_be_is_said_with_the_rows(dacheng):
    dacheng("plan", "break-down", "1200", "--season", ",".join(["1"] * 12))
    dacheng("plan", "pin", "华东")

    refused = dacheng("plan", "break-down", "500", "--season", ",".join(["1"] * 12))

    assert isinstance(refused.exception, RuleError)
    assert "华东" in refused.exception.message.zh
