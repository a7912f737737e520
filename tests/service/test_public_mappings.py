"""Every public set that holds deals, targets, people or customers comes in by a written mapping.

The figures were counted from the files by hand, or stand in the descriptions of the sets.
"""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.period import day_of
from dacheng.service import imports
from dacheng.service.books import open_database
from dacheng.service.imports import Upload
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from tests.service.databases import url_of
from tests.store.switching import using

MAPPINGS = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "mappings"
AT = datetime(2026, 7, 1, 2, tzinfo=UTC)

ORDERS = (
    "合同号,名称,负责人,签订日,生效日,合同额含税\n"
    "O-BEFORE,one day before,275,2023-11-29,2023-11-29,1000\n"
    "O-AFTER,one day after,275,2023-11-30,2023-11-30,2000\n"
)
"""275 went from territory 2 to territory 3 on 2023-11-30."""


@pytest.fixture
def empty(migrated, tmp_path, django_db_blocker):
    """Work in an empty database of the test's own."""
    file = tmp_path / "public.sqlite3"
    shutil.copyfile(migrated("sqlite").removeprefix("sqlite:///"), file)
    with django_db_blocker.unblock(), using(url_of(file)):
        yield


def prepared(name: str, *files: Path):
    """Return files of a set, mapped as the example of that name says."""
    mapping = (MAPPINGS / f"{name}.yaml").read_text("utf-8")
    uploads = [Upload(one.name, one) for one in files]
    return imports.prepare(uploads, on_day=imports.day_of_import(AT), mapping=mapping)


def brought(name: str, *files: Path):
    """Import files of a set; return what was prepared."""
    found = prepared(name, *files)
    assert [one for one in found.findings if one.severity == "block"] == []
    imports.commit(SYSTEM, AT, found)
    return found


def done(day: str, period: str) -> dict[str, int]:
    """Return unit -> contracts of a period, in minor units."""
    book = open_database(SYSTEM, at=AT, as_of_day=day_of(date.fromisoformat(day)))
    given = {"period": period, "measure": "contract"}
    table = run_report("targets/attainment", given, book=book, names=DatabaseNames()).table
    names = DatabaseNames().names("units", set(table.values["unit_id"].tolist()))
    units = zip(*(table.values[name].tolist() for name in ("unit_id", "person_id", "done")), strict=True)
    return {names[unit].code: amount for unit, person, amount in units if not person}


def test_orders_of_a_retailer_sum_to_their_known_amounts(public_set, empty):
    (file,) = public_set("superstore_cn").glob("*.xlsx")

    found = brought("superstore", file)

    assert found.counts["contracts"] == 6_599
    assert found.counts["people"] == 6
    assert [done("2016-12-31", year)["HQ"] for year in ("2014", "2015", "2016")] == [
        293_966_338,
        344_337_623,
        424_604_282,
    ]


def test_an_order_counts_in_the_territory_where_its_seller_was_that_day(public_set, empty):
    folder = public_set("adventureworks")
    names = ("SalesPerson", "SalesTerritory", "SalesTerritoryHistory", "SalesPersonQuotaHistory")
    brought("adventureworks", *(folder / f"{name}.csv" for name in names))

    orders = imports.prepare([Upload("contracts.csv", ORDERS.encode())], on_day=imports.day_of_import(AT))
    imports.commit(SYSTEM, AT, orders)

    units = done("2023-12-31", "2023-11")
    assert (units["2"], units["3"]) == (100_000, 200_000)


def test_quotas_are_targets_that_sum_to_their_known_amount(public_set, empty):
    folder = public_set("adventureworks")
    names = ("SalesPerson", "SalesTerritory", "SalesTerritoryHistory", "SalesPersonQuotaHistory")

    found = brought("adventureworks", *(folder / f"{name}.csv" for name in names))

    targets = [one for one in found.batch.rows if one.relation == "targets"]
    assert len(targets) == 163
    assert sum(int(one.values["amount"]) for one in targets) == 9_571_400_000
    assert found.counts["people"] == 17


def test_opportunities_without_a_number_are_kept_apart_by_their_row(public_set, empty):
    found = brought("salvirt", *public_set("bohanec").glob("*.csv"))

    deals = [one for one in found.batch.rows if one.relation == "deals"]
    assert len(deals) == 448  # 83 are exact repetitions, and opportunities all the same
    assert {one.values["stage_id"] for one in deals} == {"Won", "Lost"}


def settled_by(file: Path, last: date) -> list[tuple[date, int]]:
    """Return due day and minor units of the invoices that are open at the end of a day, read by themselves."""
    found = []
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            issued, due, paid = (
                datetime.strptime(row[name], "%m/%d/%Y").date() if row[name] else None  # noqa: DTZ007 - days alone
                for name in ("InvoiceDate", "DueDate", "SettledDate")
            )
            if issued <= last and (paid is None or paid > last):
                found.append((due, int(Decimal(row["InvoiceAmount"]) * 100)))
    return found


def test_invoices_with_their_days_of_payment_are_receivables_on_every_day(public_set, empty):
    (file,) = public_set("receivables").glob("*.csv")

    found = brought("receivables", file)
    again = brought("receivables", file)
    told = {}
    for day in (date(2012, 3, 31), date(2012, 9, 15), date(2012, 12, 31)):
        book = open_database(SYSTEM, at=AT, as_of_day=day_of(day))
        table = run_report("receivable/ageing", {}, book=book, names=DatabaseNames()).table
        told[day] = {row[:2]: row[2:4] for row in table.rows()}
        expected = settled_by(file, day)
        assert (table.totals["there"], table.totals["open"]) == (len(expected), sum(one for _, one in expected))
        late = [amount for due, amount in expected if 0 < (day - due).days <= 30]
        assert told[day][OVERDUE, FIRST_BAND] == (len(late), sum(late))

    assert found.counts["customers"] == 100 and again.counts == found.counts
    assert open_amounts(told[date(2012, 12, 31)]) == [(84, 4_867_11), (2, 69_21), (13, 788_74)]


OVERDUE, FIRST_BAND = 4, 1


def open_amounts(ageing) -> list[tuple[int, int]]:
    """Return number and amount of what is due later, that day, and 1–30 days ago."""
    return [ageing[2, None], ageing[3, None], ageing[OVERDUE, FIRST_BAND]]


@pytest.mark.parametrize("name", sorted(path.stem for path in MAPPINGS.glob("*.yaml")))
def test_the_examples_are_sound_mappings(name):
    imports.check_mapping((MAPPINGS / f"{name}.yaml").read_text("utf-8"))
