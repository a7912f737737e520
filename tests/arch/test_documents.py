"""Documents that must keep step with the code."""

from __future__ import annotations

import importlib.util
import re

import pytest

from tests.arch.repository import ROOT

REFERENCE = ROOT / "docs" / "reference"
REQUIREMENT = re.compile(r"^\| (R\d{3}) \| (yes|part) \| (.+?) \| (.+?) \| (.*?) ?\|$")


def rows() -> list[str]:
    """Return the lines of the requirements table below its header."""
    lines = (ROOT / "docs" / "requirements.md").read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("|")][2:]


def named_tests(cell: str) -> list[str]:
    return re.findall(r"`(tests/[^`]+)`", cell)


def exists(test: str) -> bool:
    """Say whether `tests/x/test_y.py` or `tests/x/test_y.py::test_name` is there."""
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and (not name or re.search(rf"def {re.escape(name)}\b", path.read_text("utf-8")) is not None)


def test_requirement_rows_are_well_formed():
    assert [row for row in rows() if not REQUIREMENT.match(row)] == []
    identifiers = [row.split(" ")[1] for row in rows()]
    assert identifiers == sorted(set(identifiers))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[2:6])
def test_a_requirement_names_its_tests_or_says_what_is_missing(row):
    match = REQUIREMENT.match(row)
    assert match, row

    _, status, _, tests, missing = match.groups()

    assert [test for test in named_tests(tests) if not exists(test)] == []
    assert named_tests(tests) or (status == "part" and tests == "-"), "a requirement that is done names its test"
    assert (status == "yes") == (missing in ("", "-")), "`part` says what is missing, `yes` has nothing to say"


def reports() -> list[str]:
    """Return the names of all registered reports."""
    if importlib.util.find_spec("dacheng.core.reports") is None:
        return []
    importlib.import_module("dacheng.core.reports")
    registry = importlib.import_module("dacheng.core.report")
    return sorted(registry.REPORTS)
