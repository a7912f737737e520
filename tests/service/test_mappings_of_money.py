"""Plans, invoices and receipts of seven systems come in by the mappings that ship; twice is once (R151, R222)."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dacheng.core.access import SYSTEM
from dacheng.exchange.mapping_file import shipped_text
from dacheng.service import imports
from dacheng.service.books import open_database
from dacheng.service.imports import Upload
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.store.actions.contracts import Line, record_contract
from dacheng.store.actions.customers import create_customer
from dacheng.store.actions.imports import ImportRefused
from dacheng.store.models import RECORDS
from tests.service.databases import url_of
from tests.store import company
from tests.store.switching import using

EXPORTS = Path(__file__).resolve().parents[1] / "exchange" / "exports"
AT = datetime(2026, 12, 31, 2, tzinfo=UTC)


@pytest.fixture
def firm(migrated, tmp_path, django_db_blocker):
    """Work in a company in which 李雷 sold 860,000.00 to 澄川水务."""
    file = tmp_path / "money.sqlite3"
    shutil.copyfile(migrated("sqlite").removeprefix("sqlite:///"), file)
    with django_db_blocker.unblock(), using(url_of(file)):
        company.load()
        RECORDS["people"].objects.filter(code="li").update(name="李想")
        yield


def sold(code: str, name: str = "实施合同") -> None:
    customer = create_customer(actor=company.actor("ops"), at=company.AT, values={"name": "澄川水务"}).uid
    values = {"code": code, "name": name, "customer_id": customer, "owner_id": company.uid("people", "li")}
    values |= {"signed_day": company.on(6, 1), "effective_day": company.on(6, 1)}
    record_contract(actor=company.actor("ops"), at=company.AT, values=values, lines=[Line(860_000_00, tax_bp=600)])


def brought(mapping: str, *names: str) -> None:
    """Import files by a mapping that ships, one after the other; nothing is refused."""
    for name in names:
        upload = Upload(f"{name}.csv", EXPORTS / f"{name}.csv")
        found = imports.prepare([upload], on_day=imports.day_of_import(AT), mapping=shipped_text(mapping))
        assert [(one.rule, one.message.zh) for one in found.findings if one.severity == "block"] == []
        imports.commit(SYSTEM, AT, found)


def opened() -> dict[str, tuple[int, int]]:
    """Return term -> collected and open, minor units, of all that stands."""
    return {one.code: (one.allocated, one.open) for one in RECORDS["payment_terms"].objects.filter(removed=False)}


def told(report: str, name: str) -> int:
    table = run_report(report, {}, book=open_database(SYSTEM, at=AT), names=DatabaseNames()).table
    return table.totals[name]


def written() -> int:
    return sum(RECORDS[name].objects.count() for name in ("payment_terms", "invoices", "receipts", "allocations"))


def twice(mapping: str, *names: str) -> None:
    """Import, and find that the same files again write nothing."""
    brought(mapping, *names)
    before = written()
    brought(mapping, *names)
    assert written() == before


def test_wukong_plans_receipts_and_invoices(firm):
    sold("HT-2026-031")

    twice("wukong", "wukong_plans", "wukong_receipts", "wukong_invoices")

    assert opened() == {"HT-2026-031/1": (258_000_00, 0), "HT-2026-031/2": (2_000_00, 600_000_00)}
    assert told("receivable/invoices", "amount") == 258_000_00
    assert told("tables/receivable", "open") == 600_000_00


def test_yudao_plans_and_receipts(firm):
    sold("HT20260620001")

    twice("yudao", "yudao_plans", "yudao_receivables")

    assert opened() == {"HT20260620001/1": (258_000_00, 0), "HT20260620001/2": (0, 430_000_00)}


def test_cordys_plans_receipts_and_invoices(firm):
    sold("HT-9", "澄川水务实施合同")

    twice("cordys", "cordys_plans", "cordys_receipts", "cordys_invoices")

    assert [*opened().values()] == [(200_000_00, 58_000_00), (0, 602_000_00)]
    assert told("receivable/invoices", "amount") == 258_000_00


def test_erpnext_invoices_and_payments(firm):
    twice("erpnext", "erpnext_invoices", "erpnext_payments")

    assert opened() == {"SINV-1": (200_000_00, 58_000_00)}


@pytest.mark.parametrize(("mapping", "name", "code"), [("kingdee", "kingdee_receivables", "AR00000112")])
def test_a_receivable_is_of_who_looks_after_the_account(firm, mapping, name, code):
    sold("HT-9")

    twice(mapping, name)

    assert opened() == {code: (0, 258_000_00)}
    assert RECORDS["invoices"].objects.get(code=code).owner_id == company.number("people", "li")


def test_odoo_invoices_and_its_credit_note(firm):
    sold("HT-9")
    customer = create_customer(actor=company.actor("ops"), at=company.AT, values={"name": "禾岭电子"}).uid
    values = {"code": "HT-10", "customer_id": customer, "owner_id": company.uid("people", "wang")}
    values |= {"signed_day": company.on(6, 1), "effective_day": company.on(6, 1)}
    record_contract(actor=company.actor("ops"), at=company.AT, values=values, lines=[Line(1_00)])

    twice("odoo", "odoo_invoices_zh")

    assert opened() == {"INV/2026/00031": (0, 258_000_00), "RINV/2026/00002": (0, -50_000_00)}
    assert RECORDS["invoices"].objects.get(code="RINV/2026/00002").kind == 2
    assert told("tables/receivable", "open") == 208_000_00


def test_e_invoices_and_the_red_one_that_takes_a_part_back(firm):
    sold("HT-9")

    twice("einvoice", "einvoice_list")

    blue, red = (RECORDS["invoices"].objects.get(code=f"261100000000000{end}") for end in ("12345", "12399"))
    assert (blue.amount, blue.amount_ex, red.amount, red.kind) == (258_000_00, 243_396_23, -50_000_00, 2)
    assert red.reverses_id == blue.pk
    assert told("tables/receivable", "open") == 208_000_00


def test_nobody_to_be_told_whose_an_invoice_is_is_refused_with_its_row(firm):
    upload = Upload("einvoice_list.csv", EXPORTS / "einvoice_list.csv")
    found = imports.prepare([upload], on_day=imports.day_of_import(AT), mapping=shipped_text("einvoice"))

    with pytest.raises(ImportRefused) as refused:
        imports.commit(SYSTEM, AT, found)

    assert {one.rule for one in refused.value.findings} == {"money/invoice-alone"}
    assert written() == 0
