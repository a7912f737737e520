"""``dacheng golden``, ``dacheng export`` and ``dacheng audit verify`` as the owner of the machine meets them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from dacheng.cli import audit, exporting, golden
from dacheng.core.access import SYSTEM
from dacheng.exchange.csvbook import sound_company
from dacheng.service.setting_up import migrate
from dacheng.store.actions.company import install_company
from dacheng.store.canonical import canonical_hash
from tests.service.databases import url_of
from tests.store.company import AT, load
from tests.store.switching import using

CASE = Path(__file__).resolve().parent.parent / "golden" / "a-leaver"


@pytest.fixture
def dacheng(terminal):
    """Return a function that runs a command line on a database with the small company."""
    load()
    return terminal(golden, exporting, audit)


def test_a_case_that_holds_is_named_and_exits_0(dacheng):
    done = dacheng("golden", CASE)

    assert (done.exit_code, done.stdout) == (0, "=\ta-leaver\n")


def test_cases_are_compared_by_the_installed_command_without_a_database(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-c", "from dacheng.conf.main import main; main()", "golden", str(CASE)]

    done = subprocess.run(
        command, env=environment | {"DACHENG_HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "=\ta-leaver\n"), done.stderr


def test_a_database_without_tables_is_told_as_that(tmp_path):
    command = [sys.executable, "-c", "from dacheng.conf.main import main; main()", "report", "targets/attainment"]
    environment = os.environ | {"DACHENG_HOME": str(tmp_path), "DACHENG_LANGUAGE": "en"}

    done = subprocess.run(
        [*command, "--db", f"sqlite:///{tmp_path / 'other.sqlite3'}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("This database is not set up") and "Traceback" not in done.stderr


def test_a_cell_that_differs_is_printed_and_exits_1(dacheng, tmp_path):
    copy = tmp_path / "cases" / "a-leaver"
    shutil.copytree(CASE, copy)
    file = next((copy / "expected").glob("*.csv"))
    header, first, *rest = file.read_text("utf-8").splitlines()
    cells = first.split(",")
    file.write_text("\n".join([header, ",".join([*cells[:-1], "12.34"]), *rest]) + "\n", "utf-8")

    done = dacheng("golden", tmp_path / "cases")

    assert done.exit_code == 1
    assert done.stdout.startswith("≠\ta-leaver\n")
    assert f"row 2 {header.split(',')[-1]}: expected 12.34, seen {cells[-1] or '–'}" in done.stdout


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_an_export_read_back_and_exported_again_is_the_same_byte_for_byte(dacheng, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"

    done = dacheng("export", first)
    digest = canonical_hash()
    with using(url_of(tmp_path / "again.sqlite3")):
        migrate()
        install_company(actor=SYSTEM, at=AT, company=sound_company(first))
        dacheng("export", second)

    assert (done.exit_code, done.stdout.strip()) == (0, digest)
    assert files_of(first) == files_of(second)
    assert {"company.toml", "deals.csv", "people.csv", "targets.csv"} <= files_of(first).keys()


def test_an_export_overwrites_nothing(dacheng, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep me")

    done = dacheng("export", tmp_path / "out")

    assert done.exit_code != 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_log_as_it_was_written_verifies(dacheng):
    assert dacheng("audit", "verify").exit_code == 0


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE log SET action = 'x' WHERE seq = 1", "was changed"),
        ("DELETE FROM log_change WHERE position = 3", "other changes than written"),
        ("DELETE FROM log WHERE seq = 1", "head says"),
        ("UPDATE fact_deals SET amount = 1 WHERE deal_id = 1", "differs from its facts"),
    ],
)
def test_whatever_was_touched_behind_the_log_is_found_and_exits_1(dacheng, statement, rule):
    with connection.cursor() as cursor:
        for table in ("log", "log_change"):
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        cursor.execute(statement)

    done = dacheng("audit", "verify")

    assert done.exit_code == 1
    assert rule in done.stderr
