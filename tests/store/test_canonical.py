"""The canonical form: what the company is, not how it came about."""

from __future__ import annotations

import pytest

from dacheng.core.access import SYSTEM
from dacheng.core.staging import Batch, Staged
from dacheng.store.actions.company import install_company
from dacheng.store.actions.deals import edit_deal
from dacheng.store.actions.imports import commit_import, undo_import
from dacheng.store.actions.org import move_unit
from dacheng.store.actions.rights import give_grant
from dacheng.store.actions.targets import Cell, set_targets
from dacheng.store.canonical import canonical_hash, company_hash, export_company
from dacheng.store.history import writing
from tests.store import company
from tests.store.company import AT, START, actor, month, on, uid


def some_history() -> None:
    """Change the company in several ways."""
    move_unit(actor=actor("ops"), at=AT, uid=uid("units", "SH"), parent=uid("units", "SOUTH"), version=1, on=on(6, 1))
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": 5}, version=1, on=on(3, 1))
    give_grant(
        actor=actor("ops"), at=AT, person=uid("people", "zhao"), relation="deals", uid=uid("deals", "D2"), reason="协作"
    )
    cell = Cell(uid("units", "EAST"), None, uid("measures", "contract"), month(7), 900)
    set_targets(actor=actor("ops"), at=AT, cells=[cell])


def rows(*codes: str) -> Batch:
    own = [
        Staged("deals", code, {"name": code, "owner_id": "li", "stage_id": "lead", "customer_id": "N1"}, on(4, 1))
        for code in codes
    ]
    return Batch("crm", "a.xlsx", "CNY", (Staged("customers", "N1", {"name": "新客户"}, START), *own))


def test_both_databases_give_the_same_hash(prepared, django_db_blocker):
    from tests.store.switching import using

    hashes = []
    for vendor in ("sqlite", "postgres"):
        with django_db_blocker.unblock(), using(prepared(vendor, True)):
            hashes.append(canonical_hash())

    assert hashes[0] == hashes[1]


def test_an_export_loaded_into_an_empty_database_is_the_same_company(database, prepared, django_db_blocker, opened):
    some_history()
    commit_import(actor=SYSTEM, at=AT, batch=rows("X1"))
    exported, digest = export_company(), canonical_hash()

    with opened("sqlite", with_company=False, alone=True):
        install_company(actor=SYSTEM, at=AT, company=exported)
        assert canonical_hash() == digest


def test_sequence_numbers_and_versions_leave_no_mark(database):
    some_history()
    digest = canonical_hash()

    for amount in (7, 5):
        values = {"amount": amount}
        edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values=values, version=None, on=on(3, 1))

    assert canonical_hash() == digest


def test_an_import_undone_leaves_the_hash_as_it_was_and_done_again_gives_the_same(database):
    some_history()
    before = canonical_hash()

    first = commit_import(actor=SYSTEM, at=AT, batch=rows("X1", "X2", "D1"))
    changed = canonical_hash()
    undo_import(actor=SYSTEM, at=AT, uid=first.uid)
    undone = canonical_hash()
    commit_import(actor=SYSTEM, at=AT, batch=rows("X1", "X2", "D1"))

    assert (undone, canonical_hash()) == (before, changed) and before != changed


@pytest.mark.parametrize("values", [{"amount": 6}, {"name": "别的"}, {"next_step": "约见"}])
def test_any_value_that_differs_gives_another_hash(sqlite_database, values):
    digest = canonical_hash()

    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values=values, version=1)

    assert canonical_hash() != digest


def test_the_same_columns_in_another_order_are_the_same_company(sqlite_database):
    exported = company.small_company()
    turned = type(exported)(exported.name, exported.currency, dict(reversed(list(exported.frames.items()))))

    assert company_hash(exported) == company_hash(turned)


def test_an_entry_that_fails_leaves_no_mark(database):
    digest = canonical_hash()

    with pytest.raises(ZeroDivisionError), writing(SYSTEM, AT, "deal.edited"):
        edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": 6}, version=1)
        _ = 1 // 0

    assert canonical_hash() == digest
