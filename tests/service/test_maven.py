"""A real CRM export of 8,800 opportunities, from its four files to the figures.

The data set is public: "CRM Sales Opportunities". The figures were counted from its files by hand.
"""

from __future__ import annotations

import csv
import shutil
import time
from datetime import UTC, date, datetime

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.period import day_of
from dacheng.service import imports
from dacheng.service.books import open_database
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.service.setting_up import migrate
from dacheng.store.canonical import canonical_hash
from tests.service.databases import copy_of, entries, state, url_of
from tests.store.switching import using

AT = datetime(2026, 7, 1, 2, tzinfo=UTC)
LATER = datetime(2026, 7, 9, 2, tzinfo=UTC)
SECONDS = 30
OFFICES = ("Central", "East", "West")


def prepared(folder, at=AT):
    """Return the files of the folder, ready to be committed."""
    return imports.prepare(
        imports.files_in([folder]), on_day=imports.day_of_import(at), mapping="maven", name="maven_crm"
    )


@pytest.fixture(scope="module")
def maven(public_set, tmp_path_factory, django_db_blocker):
    """Import the set into an empty database once; return (database file, folder, what was prepared, seconds)."""
    folder = public_set("maven_crm")
    file = tmp_path_factory.mktemp("maven") / "maven.sqlite3"
    with django_db_blocker.unblock(), using(url_of(file)):
        began = time.monotonic()
        migrate()
        files = prepared(folder)
        imports.commit(SYSTEM, AT, files)
        yield file, folder, files, time.monotonic() - began


@pytest.fixture
def unblocked(django_db_blocker):
    """Let a test use the database that it has chosen."""
    with django_db_blocker.unblock():
        yield


def at_the_end_of(day: str):
    """Return the Book of a day with everything in it."""
    return open_database(SYSTEM, at=AT, as_of_day=day_of(date.fromisoformat(day)))


def report(name: str, day: str, **given: str):
    """Return a report's table as of a day."""
    return run_report(name, given, book=at_the_end_of(day), names=DatabaseNames()).table


def won(period: str) -> dict[str, int]:
    """Return unit -> what was won in a period, in dollars."""
    table = report("targets/attainment", "2017-12-31", period=period, measure="contract")
    names = DatabaseNames().names("units", set(table.values["unit_id"].tolist()))
    rows = zip(*(table.values[name].tolist() for name in ("unit_id", "person_id", "done")), strict=True)
    return {names[unit].code: done // 100 for unit, person, done in rows if not person}


def with_close_value(folder, target, code: str, value: str):
    """Copy the set with another close value of one opportunity."""
    shutil.copytree(folder, target)
    file = target / "sales_pipeline.csv"
    file.chmod(0o644)
    target.chmod(0o755)
    with (folder / "sales_pipeline.csv").open(newline="", encoding="utf-8") as source:
        rows = list(csv.reader(source))
    (row,) = [row for row in rows if row[0] == code]
    row[-1] = value
    with file.open("w", newline="", encoding="utf-8") as changed:
        csv.writer(changed).writerows(rows)
    return target


def test_the_import_takes_less_than_half_a_minute(maven):
    *_, seconds = maven

    assert seconds <= SECONDS


def test_every_record_of_the_files_is_accepted(maven):
    _, _, files, _ = maven

    assert not files.is_blocked
    assert files.counts == {
        "units": 9,
        "people": 41,
        "assignments": 41,
        "roles": 41,
        "customers": 85,
        "products": 7,
        "stage_sets": 1,
        "stages": 4,
        "deals": 8800,
    }


def test_thirty_five_agents_stand_in_six_teams_and_three_offices(maven):
    book = at_the_end_of("2017-12-31")

    homes = book.gather("SELECT person_id, unit_id FROM assignments ORDER BY person_id")
    roles = book.gather("SELECT unit_id, parent_id FROM units ORDER BY unit_id")

    parents = dict(zip(roles["unit_id"].tolist(), roles["parent_id"].tolist(), strict=True))
    (top,) = [unit for unit, parent in parents.items() if not parent]
    offices = [unit for unit, parent in parents.items() if parent == top]
    teams = [unit for unit, parent in parents.items() if parent in offices]
    assert (len(offices), len(teams)) == (3, 6)
    assert sorted(set(homes["unit_id"].tolist())) == sorted(teams)
    assert len(homes) == 35 + 6


def test_the_misspelt_product_is_told_once_with_its_rows_and_the_right_name(maven):
    _, _, files, _ = maven

    (finding,) = [one for one in files.findings if "GTXPro" in one.value]

    assert finding.severity == "warn"
    assert "1,480 rows" in finding.message.en and "GTX Pro" in finding.message.en


def test_opportunities_without_account_are_kept_and_counted(maven):
    _, _, files, _ = maven

    (finding,) = [one for one in files.findings if one.rule == "import/blank"]
    without = [row for row in files.batch.rows if row.relation == "deals" and row.values["customer_id"] is None]

    assert finding.severity == "note" and "1,425 rows" in finding.message.en
    assert len(without) == 1425


def test_the_misspelt_sector_is_kept_and_told_once(maven):
    _, _, files, _ = maven

    (finding,) = [one for one in files.findings if one.column == "sector"]

    assert (finding.value, finding.severity) == ("technolgy", "warn") and "technology" in finding.remedy.en
    assert sum(row.values.get("industry") == "technolgy" for row in files.batch.rows) == 12


@pytest.mark.parametrize(("day", "deals"), [("2017-07-01", 1706), ("2017-10-01", 2434), ("2017-12-01", 2105)])
def test_the_pipeline_of_a_past_day_holds_what_was_open_then(maven, day, deals):
    table = report("tables/pipeline", day)

    assert len(table.values["deal_id"]) == deals


def test_what_has_no_beginning_is_in_no_earlier_pipeline(maven):
    before, after = report("tables/pipeline", "2026-06-30"), report("tables/pipeline", "2026-07-01")

    assert len(before.values["deal_id"]) == 1589
    assert len(after.values["deal_id"]) == 1589 + 500


def test_what_was_won_is_the_sum_of_the_closed_values(maven):
    done = won("2017")

    assert done["maven"] == 10_005_534
    assert [done[office] for office in OFFICES] == [3_346_293, 3_090_594, 3_568_647]


@pytest.mark.parametrize(
    ("quarter", "amount"),
    [("2017-Q1", 1_134_672), ("2017-Q2", 3_086_111), ("2017-Q3", 2_982_255), ("2017-Q4", 2_802_496)],
)
def test_what_was_won_counts_in_the_quarter_it_was_closed(maven, quarter, amount):
    assert won(quarter)["maven"] == amount


def test_before_the_closing_day_the_amount_is_the_list_price_and_marked_as_an_estimate(maven):
    sql = "SELECT deal_id, amount, estimated, state FROM deals ORDER BY deal_id"

    before = at_the_end_of("2017-02-28").gather(sql)
    after = at_the_end_of("2017-03-01").gather(sql)

    first = int(before["deal_id"][0])  # 1C1I7A6R: GTX Plus Basic, won on 2017-03-01 for 1,054
    assert (int(before["amount"][0]), int(before["estimated"][0]), int(before["state"][0])) == (109_600, 1, 0)
    closed = after.only(after["deal_id"] == first)
    assert (int(closed["amount"][0]), int(closed["estimated"][0]), int(closed["state"][0])) == (105_400, 0, 1)


def test_the_same_folder_again_changes_nothing_on_a_later_day_either(maven, tmp_path, unblocked):
    file, folder, *_ = maven
    with copy_of(file, tmp_path):
        before = entries(), state()

        done = imports.commit(SYSTEM, LATER, prepared(folder, LATER))

        assert done.uid is None
        assert (entries(), state()) == before


def test_one_changed_value_makes_exactly_one_change(maven, tmp_path, unblocked):
    file, folder, *_ = maven
    changed = with_close_value(folder, tmp_path / "changed", "1C1I7A6R", "1055")
    with copy_of(file, tmp_path):
        before = entries()

        files = prepared(changed, LATER)
        (seen,) = imports.preview(SYSTEM, LATER, files).changes
        imports.commit(SYSTEM, LATER, files)

        assert (seen.code, dict(seen.columns)) == ("1C1I7A6R", {"amount": (105_400, 105_500)})
        assert entries() == [*before, ("import.committed", 1)]
        assert won("2017")["maven"] == 10_005_535


def test_undo_restores_the_hash_of_the_canonical_export(maven, tmp_path, unblocked):
    file, folder, *_ = maven
    changed = with_close_value(folder, tmp_path / "changed", "1C1I7A6R", "1055")
    with copy_of(file, tmp_path):
        before = canonical_hash()
        done = imports.commit(SYSTEM, LATER, prepared(changed, LATER))
        assert canonical_hash() != before

        imports.undo(SYSTEM, LATER, str(done.uid))

        assert canonical_hash() == before


def test_undo_of_the_first_import_leaves_the_empty_company(maven, tmp_path, unblocked):
    file, *_ = maven
    with copy_of(file, tmp_path):
        (batch,) = imports.batches()

        imports.undo(SYSTEM, LATER, batch.uid)

        stands = state()
        assert [len(stands[name][1]) for name in ("units", "people", "deals", "stages")] == [1, 0, 0, 0]
        assert [one.undone for one in imports.batches()] == [True]
