"""Past results come in from order lines and from sheets of months, add up to what the files say, and come only once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.history.past import child_totals, opening_receivables, segment_totals
from dacheng.core.period import Period, day_of, ym_at
from dacheng.core.targets.schema import CONTRACT
from dacheng.exchange.chosen import found_tables, plain
from dacheng.exchange.suggesting import suggested
from dacheng.service import imports
from dacheng.service.books import open_database
from dacheng.service.imports import KnownHere, Upload
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.service.setting_up import found_company
from tests.service.databases import url_of
from tests.store.switching import using

AT = datetime(2017, 1, 10, 2, tzinfo=UTC)
KNOWN = [2_939_663_38, 3_443_376_23, 4_246_042_82]
"""What the description of the set says of 2014, 2015 and 2016, each line rounded to the 分."""

MONTHS = "组织,指标,年份,1月,2月,3月\n集团,合同额,2016,100,200.50,\n集团,回款,2016,90,,30\n"
LONG = "组织,月份,指标,金额\n集团,2016-01,毛利,10\n集团,2016-02,毛利,-3.5\n"


@pytest.fixture
def empty(migrated, tmp_path, django_db_blocker):
    """Work in a database of the test's own that holds a company of one unit."""
    file = tmp_path / "history.sqlite3"
    shutil.copyfile(migrated("sqlite").removeprefix("sqlite:///"), file)
    with django_db_blocker.unblock(), using(url_of(file)):
        yield


@pytest.fixture
def company(empty):
    found_company(AT, "集团", "CNY", code="HQ")


def book():
    return open_database(SYSTEM, at=AT, as_of_day=day_of(date(2016, 12, 31)))


def years(**given: str) -> list[int | None]:
    """Return the result of each year."""
    table = run_report("history/years", given, book=book(), names=DatabaseNames()).table
    return [table.cell("amount", row) for row in range(len(table))]


def by_hand(file: Path, name: str):
    """Return a file as somebody reads it who takes the suggestions for past results and lets names be created."""
    uploads = [Upload(file.name, file)]
    tables, _ = found_tables(imports.read_files(uploads)[0])
    (table,) = (one for one in tables if one.label == name)
    chosen = replace(suggested(table.table, table.names, KnownHere(), "actuals").chosen, label=name, creates=True)
    return imports.prepare(uploads, on_day=imports.day_of_import(AT), chosen=[plain(chosen)])


def brought(text: str, name: str = "历史业绩.csv", **more):
    found = imports.prepare([Upload(name, text.encode())], on_day=imports.day_of_import(AT), **more)
    assert [one.message.zh for one in found.findings if one.severity == "block"] == []
    imports.commit(SYSTEM, AT, found)
    return found


def test_order_lines_of_a_workbook_become_past_results_with_its_regions_and_categories(public_set, company):
    (file,) = public_set("superstore_cn").glob("*.xlsx")

    found = by_hand(file, "订单")
    imports.commit(SYSTEM, AT, found)

    assert {name: found.counts[name] for name in ("units", "segments", "actuals")} == {
        "units": 6,
        "segments": 3,
        "actuals": 2 * 6_599,
    }
    assert years() == KNOWN
    span = Period(ym_at(2014, 1), ym_at(2017, 1))
    for parts in (
        child_totals(book(), measure=CONTRACT, span=span, unit=1),
        segment_totals(book(), measure=CONTRACT, span=span),
    ):
        assert sum(parts.values()) == sum(KNOWN)
    assert {one.rule for one in found.findings if one.severity == "note"} >= {"money/rounded"}


def test_the_written_mapping_brings_the_same_and_again_nothing(public_set, empty):
    (file,) = public_set("superstore_cn").glob("*.xlsx")
    mapping = Path("docs/how-to/mappings/superstore-history.yaml")
    text = (Path(__file__).resolve().parents[2] / mapping).read_text("utf-8")

    found = imports.prepare([Upload(file.name, file)], on_day=imports.day_of_import(AT), mapping=text)
    imports.commit(SYSTEM, AT, found)
    again = imports.prepare([Upload(file.name, file)], on_day=imports.day_of_import(AT), mapping=text)

    assert years() == KNOWN
    counts = imports.preview(SYSTEM, AT, again).counts
    assert {name: (one["created"], one["changed"]) for name, one in counts.items()} == {"actuals": (0, 0)}


def test_a_sheet_with_a_column_for_each_month_is_totals_at_the_ends_of_months(company):
    found = brought(MONTHS)

    rows = {one.code: (one.values["amount"], one.from_day) for one in found.batch.rows}
    assert rows["HQ·contract·2016-02-29·2"] == (200_50, day_of(date(2016, 2, 29)))
    assert len(rows) == 4  # a blank month tells nothing, and is not zero
    assert (years(), years(measure="cash")) == ([300_50], [120_00])


def test_a_month_in_a_row_is_read_by_its_titles_and_a_new_figure_replaces_the_old(company):
    brought(LONG)
    brought(LONG.replace("-3.5", "-4"))

    assert years(measure="margin") == [6_00]


def test_what_customers_owed_is_no_result_and_the_latest_balance_counts(company):
    brought("组织,日期,指标,金额,类型\n集团,2016-01-01,回款,500,期初应收\n集团,2015-01-01,回款,900,期初应收\n")

    assert years(measure="cash") == []
    assert opening_receivables(book(), day=day_of(date(2016, 6, 30))) == 500_00


def test_a_figure_of_a_day_to_come_stays_out(company):
    found = imports.prepare([Upload("历史业绩.csv", LONG.replace("2016-02", "2017-02").encode())], on_day=0)

    with pytest.raises(imports.ImportRefused) as refused:
        imports.commit(SYSTEM, AT, found)

    assert [one.rule for one in refused.value.findings] == ["actuals/future"]


def test_an_undone_import_leaves_nothing_behind(company):
    found = imports.prepare([Upload("历史业绩.csv", MONTHS.encode())], on_day=0)
    done = imports.commit(SYSTEM, AT, found)

    imports.undo(SYSTEM, AT.replace(hour=3), str(done.uid))

    assert years() == []
