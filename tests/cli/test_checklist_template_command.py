"""``dacheng checklist template``: items listed, added, changed and retired."""

import csv
import io

import pytest

from dacheng.cli import checklists
from dacheng.store.models import ChecklistTemplate
from tests.store.company import load


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database."""
    load()
    return terminal(checklists)


def test_an_item_is_added_listed_changed_and_retired(dacheng):
    added = dacheng(
        "checklist", "template", "add", "opening", "交接账本", "--en", "Hand over", "--after", "5", "--required"
    )
    code = ChecklistTemplate.objects.get().code
    changed = dacheng("checklist", "template", "change", code, "--position", "2", "--part", "days30", "--retired")
    listed = dacheng("checklist", "template", "list")

    (row,) = csv.DictReader(io.StringIO(listed.stdout))
    assert (added.exit_code, changed.exit_code, added.stdout.strip()) == (0, 0, code)
    assert (row["kind"], row["part"], row["position"], row["after_days"]) == ("opening", "days30", "2", "5")
    assert (row["name_en"], row["required"], row["in_use"]) == ("Hand over", "1", "0")


def test_an_unknown_kind_or_item_says_so(dacheng):
    assert dacheng("checklist", "template", "add", "none", "x").exit_code == 1
    assert dacheng("checklist", "template", "change", "none", "--retired").exit_code == 1
