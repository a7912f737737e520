"""A real CRM export of 8,800 opportunities through the command line, as a stranger would type it.

The data set is public: "CRM Sales Opportunities". The figures were counted from its files by hand.
"""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

SECONDS = 30
DACHENG = Path(sys.executable).with_name("dacheng")

OFFICES = {"Central": 3_346_293, "East": 3_090_594, "West": 3_568_647}
QUARTERS = {"2017-Q1": 1_134_672, "2017-Q2": 3_086_111, "2017-Q3": 2_982_255, "2017-Q4": 2_802_496}
OPEN = {"2017-07-01": 1_706, "2017-10-01": 2_434, "2017-12-01": 2_105}


class Shell:
    """A terminal with a home and a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'crm.sqlite3'}"
        self.environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.environment |= {"DACHENG_HOME": str(folder), "DACHENG_LANGUAGE": "en"}

    def run(self, *words: str) -> str:
        """Run ``dacheng`` on the database and return what it prints to standard output."""
        command = [str(DACHENG), *words, "--db", self.url]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bring(self, folder: Path) -> dict[str, object]:
        """Import a folder with the mapping that ships."""
        answer: dict[str, object] = json.loads(
            self.run("import", str(folder), "--mapping", "maven", "--format", "json")
        )
        return answer

    def exported(self, folder: Path) -> dict[str, bytes]:
        """Return every file of the exported company."""
        self.run("export", str(folder))
        return {file.name: file.read_bytes() for file in folder.iterdir()}

    def report(self, name: str, **options: str) -> list[dict[str, str]]:
        """Return the rows of a report."""
        words = [part for key, value in options.items() for part in (f"--{key.replace('_', '-')}", value)]
        return list(csv.DictReader(io.StringIO(self.run("report", name, *words, "--format", "csv"))))


@pytest.fixture(scope="module")
def imported(public_set, tmp_path_factory):
    """Import the set once; return the terminal, what the import said, and how long it computed."""
    folder = public_set("maven_crm")
    shell = Shell(tmp_path_factory.mktemp("crm"))
    before = computed()
    said = shell.bring(folder)
    return shell, said, computed() - before


def computed() -> float:
    """Return the seconds that ended child processes computed: what else runs on the machine does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def done(rows: list[dict[str, str]], unit: str) -> Decimal:
    """Return what a unit has done on a board."""
    (row,) = [row for row in rows if row["unit"] == unit and not row["person"]]
    return Decimal(row["done"])


def top_of(rows: list[dict[str, str]]) -> str:
    """Return the code of the unit that a board begins with."""
    return next(row["unit"] for row in rows if row["depth"] == "0")


def test_the_import_accepts_every_record_in_less_than_half_a_minute(imported):
    _, said, seconds = imported

    created = {name: counts["created"] for name, counts in said["counts"].items()}
    expected = {"deals": 8_800, "customers": 85, "products": 7, "units": 9, "people": 41}
    assert {name: created[name] for name in expected} == expected
    assert seconds <= SECONDS


def test_the_misspelt_product_is_flagged_once_with_the_one_that_is_meant(imported):
    _, said, _ = imported

    flagged = [one for one in said["findings"] if one["value"] == "GTXPro"]
    assert len(flagged) == 1
    assert "GTX Pro" in flagged[0]["message"] + flagged[0]["remedy"]


def test_opportunities_without_an_account_are_kept(imported):
    shell, *_ = imported

    rows = shell.report("deals/list")

    assert (len(rows), sum(not row["customer"] for row in rows)) == (8_800, 1_425)


def test_what_was_won_stands_at_the_offices_and_adds_up_to_the_company(imported):
    shell, *_ = imported

    year = shell.report("targets/attainment", as_of="2017-12-31", period="2017", measure="contract")

    assert {office: done(year, office) for office in OFFICES} == OFFICES
    assert done(year, top_of(year)) == sum(OFFICES.values()) == 10_005_534


@pytest.mark.slow
@pytest.mark.parametrize("quarter", QUARTERS)
def test_what_was_won_stands_in_its_quarter(imported, quarter):
    shell, *_ = imported

    rows = shell.report("targets/attainment", as_of="2017-12-31", period=quarter, measure="contract")

    assert done(rows, top_of(rows)) == QUARTERS[quarter]


def test_the_pipeline_of_a_past_day_lists_each_open_opportunity_once(imported):
    shell, *_ = imported

    found = {day: [row["deal"] for row in shell.report("tables/pipeline", as_of=day)] for day in OPEN}

    assert {day: len(codes) for day, codes in found.items()} == OPEN
    assert all(len(set(codes)) == len(codes) for codes in found.values())


@pytest.mark.slow
def test_the_same_folder_changes_nothing_and_one_changed_value_is_one_change_that_undo_takes_back(
    imported, public_set, tmp_path
):
    shell, *_ = imported
    before = shell.exported(tmp_path / "before")
    again, unchanged = shell.bring(public_set("maven_crm")), shell.exported(tmp_path / "again")
    other = with_close_value(public_set("maven_crm"), tmp_path / "changed", "1C1I7A6R", "1055")
    changed, moved = shell.bring(other), shell.exported(tmp_path / "moved")
    shell.run("import", "--undo", str(changed["batch"]))

    assert again["batch"] == "" and unchanged == before != moved
    assert {name: counts["changed"] for name, counts in changed["counts"].items() if counts["changed"]} == {"deals": 1}
    assert shell.exported(tmp_path / "undone") == before


def with_close_value(folder: Path, target: Path, code: str, value: str) -> Path:
    """Return a copy of the set with another close value of one opportunity."""
    shutil.copytree(folder, target, copy_function=shutil.copyfile)
    file = target / "sales_pipeline.csv"
    rows = list(csv.reader((folder / "sales_pipeline.csv").open(newline="", encoding="utf-8")))
    (row,) = [row for row in rows if row[0] == code]
    row[-1] = value
    with file.open("w", newline="", encoding="utf-8") as changed:
        csv.writer(changed).writerows(rows)
    return target
