"""``dacheng init`` and ``dacheng import`` as somebody at a terminal meets them."""

from __future__ import annotations

import json

import pytest

from dacheng.cli import importing, initialise
from dacheng.exchange.reading import read_workbook
from tests.service.databases import entries

CUSTOMERS = "客户编号,客户名称,行业\nC1,北辰智造,制造\nC2,华岳能源,电力\n"


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database of its own."""
    return terminal(initialise, importing)


@pytest.fixture
def customers(tmp_path):
    """Return a file of customers."""
    file = tmp_path / "customers.csv"
    file.write_text(CUSTOMERS, "utf-8")
    return file


def test_init_makes_a_company_and_prints_one_link(dacheng):
    done = dacheng("init", "--name", "汀岚", "--admin", "周敏")

    assert done.exit_code == 0
    assert done.stdout.startswith("http://localhost:8000/sign-in/") and done.stdout.count("\n") == 1
    assert "汀岚" in done.stderr


def test_init_again_gives_another_way_in_and_changes_no_company(dacheng):
    first = dacheng("init", "--name", "汀岚", "--admin", "周敏")

    second = dacheng("init", "--admin", "周敏")

    assert second.exit_code == 0
    assert second.stdout != first.stdout


def test_an_import_prints_its_batch_and_says_what_it_did(dacheng, customers):
    dacheng("init", "--name", "汀岚")

    done = dacheng("import", customers)

    assert done.exit_code == 0
    assert len(done.stdout.strip()) == 36
    assert "Accounts: 2 new, 0 changed, 0 unchanged" in done.stderr


def test_the_same_file_again_says_that_nothing_changed(dacheng, customers):
    dacheng("init", "--name", "汀岚")
    dacheng("import", customers)

    again = dacheng("import", customers)

    assert (again.exit_code, again.stdout) == (0, "")
    assert "Nothing changed." in again.stderr


def test_a_dry_run_writes_nothing(dacheng, customers):
    dacheng("init", "--name", "汀岚")
    before = entries()

    done = dacheng("import", customers, "--dry-run")

    assert done.exit_code == 0 and "Nothing was written." in done.stderr
    assert entries() == before


def test_a_refused_row_ends_with_one_and_goes_back_in_a_workbook(dacheng, customers, tmp_path):
    dacheng("init", "--name", "汀岚")
    customers.write_text(CUSTOMERS + "C3,,零售\n", "utf-8")

    done = dacheng("import", customers, "--refused", tmp_path / "refused.xlsx")

    assert done.exit_code == 1
    assert "[block] customers.csv #4 客户名称" in done.stderr and "Nothing was written." in done.stderr
    returned = read_workbook((tmp_path / "refused.xlsx").read_bytes()).sheet()
    assert [row.cells[0] for row in returned.rows] == ["客户编号", "C3"]


def test_the_sound_rows_come_in_when_asked(dacheng, customers):
    dacheng("init", "--name", "汀岚")
    customers.write_text(CUSTOMERS + "C3,,零售\n", "utf-8")

    done = dacheng("import", customers, "--skip-refused")

    assert done.exit_code == 0 and "Accounts: 2 new" in done.stderr


def test_findings_and_counts_come_as_json(dacheng, customers):
    dacheng("init", "--name", "汀岚")
    customers.write_text(CUSTOMERS + "C2,华岳能源,电力\n", "utf-8")

    told = json.loads(dacheng("import", customers, "--format", "json").stdout)

    assert told["written"] and told["counts"]["customers"]["created"] == 2
    assert [(one["rule"], one["row"]) for one in told["findings"]] == [("import/repeated", 4)]


def test_a_batch_is_listed_and_undone_by_its_id(dacheng, customers):
    dacheng("init", "--name", "汀岚")
    batch = dacheng("import", customers).stdout.strip()

    undone = dacheng("import", "--undo", batch)
    listed = dacheng("import", "--batches").stdout

    assert undone.exit_code == 0
    assert listed.startswith(batch) and listed.strip().endswith("undone")


def test_mistakes_in_a_mapping_are_told_by_line(dacheng, customers, tmp_path):
    mapping = tmp_path / "own.yaml"
    mapping.write_text("mapping: own\nfiles:\n  - row: []\n", "utf-8")

    done = dacheng("import", customers, "--mapping", mapping)

    assert done.exit_code == 1
    assert "#3 files[1].row" in done.stderr and "Did you mean “rows”?" in done.stderr


def test_a_confirmed_spelling_is_given_as_an_alias(dacheng, tmp_path):
    dacheng("init", "--name", "汀岚")
    units = tmp_path / "units.csv"
    units.write_text("组织编码,组织名称,上级\nEAST,华东,总部\n", "utf-8")

    refused, done = dacheng("import", units), dacheng("import", units, "--alias", "上级:总部=HQ")

    assert (refused.exit_code, done.exit_code) == (1, 0)
