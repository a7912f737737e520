"""How many statements a bulk action takes, and that reading neither locks nor waits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from dacheng.core.access import SYSTEM
from dacheng.core.staging import Batch, Staged
from dacheng.store.access import tree_on
from dacheng.store.actions.calendar import set_calendar_days
from dacheng.store.actions.deals import edit_deal, reassign_deals
from dacheng.store.actions.imports import commit_import, preview_import, undo_import
from dacheng.store.actions.targets import Cell, set_targets
from dacheng.store.history import head_seq
from dacheng.store.models import Deal
from dacheng.store.queries.rules import own_rules
from tests.store.company import AT, TODAY, actor, month, on, record, uid

BULK = 20


@contextmanager
def counted(most: int) -> Iterator[list[str]]:
    """Collect the statements of a block and refuse more than so many; savepoints do not count."""
    statements: list[str] = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements
    assert len(statements) <= most, "\n".join(statements)


def deals_of(count: int) -> list:
    rows = [
        Staged("deals", f"X{at}", {"name": f"商机{at}", "owner_id": "li", "stage_id": "lead", "amount": at}, on(3, 1))
        for at in range(count)
    ]
    commit_import(actor=SYSTEM, at=AT, batch=Batch("crm", "a", "CNY", tuple(rows)))
    return list(Deal.objects.filter(code__startswith="X").values_list("uid", flat=True))


def test_handing_over_300_deals_takes_20_statements(database):
    deals, east, wang = deals_of(300), actor("east"), uid("people", "wang")

    with counted(BULK):
        assert reassign_deals(actor=east, at=AT, uids=deals, to=wang) == 300


def test_setting_240_cells_takes_20_statements(database):
    ops, unit, measure = actor("ops"), uid("units", "EAST"), uid("measures", "contract")
    cells = [Cell(unit, None, measure, month(1) + at, at) for at in range(6, 246)]

    with counted(BULK):
        set_targets(actor=ops, at=AT, cells=cells)
    with counted(BULK):
        assert set_targets(actor=ops, at=AT, cells=[Cell(unit, None, measure, c.ym, 1) for c in cells]).changed == 240


def test_setting_a_year_of_calendar_days_takes_20_statements(database):
    with counted(BULK):
        set_calendar_days(actor=SYSTEM, at=AT, days={TODAY + at: at % 7 < 5 for at in range(365)}, source="手工")


def test_an_import_takes_as_many_statements_for_a_thousand_rows_as_for_ten(database):
    def rows(first: int, count: int, amount: int = 1) -> Batch:
        own = [
            Staged(
                "deals",
                f"Y{at}",
                {
                    "name": f"商机{at}",
                    "owner_id": "li",
                    "stage_id": "lead",
                    "customer_id": f"K{at % 7}",
                    "amount": amount,
                },
                on(3, 1),
                ((on(4, 1), {"stage_id": "offer"}),),
            )
            for at in range(first, first + count)
        ]
        return Batch(
            "crm", "a", "CNY", (*(Staged("customers", f"K{at}", {"name": f"客户{at}"}, 0) for at in range(7)), *own)
        )

    taken = []
    for first, count in ((0, 10), (1000, 1000)):
        with counted(2 * BULK) as new:
            commit_import(actor=SYSTEM, at=AT, batch=rows(first, count))
        with counted(2 * BULK) as changed:
            done = commit_import(actor=SYSTEM, at=AT, batch=rows(first, count, amount=2))
        with counted(2 * BULK) as undone:
            undo_import(actor=SYSTEM, at=AT, uid=done.uid)
        taken.append((len(new), len(changed), len(undone)))

    few, many = taken
    assert all(one <= other + 2 for one, other in zip(many, few, strict=True)), taken


def test_one_edit_takes_few_statements(database):
    li, deal = actor("li"), uid("deals", "D1")

    with counted(18):
        edit_deal(actor=li, at=AT, uid=deal, values={"amount": 7}, version=1)


def test_reading_opens_no_transaction_on_sqlite(sqlite_database):
    statements: list[str] = []
    tree_on(TODAY)
    connection.connection.set_trace_callback(statements.append)

    tree_on(TODAY)
    own_rules(head_seq())
    preview_import(
        actor=actor("ops"), at=AT, batch=Batch("crm", "a", "CNY", (Staged("customers", "K", {"name": "x"}, 0),))
    )

    connection.connection.set_trace_callback(None)
    assert statements and not [one for one in statements if one.startswith(("BEGIN", "SAVEPOINT"))]
    assert not connection.connection.in_transaction


def test_a_reader_does_not_wait_for_a_writer_on_sqlite(sqlite_database):
    writer = sqlite3.connect(sqlite_database.removeprefix("sqlite:///"), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("UPDATE rec_deals SET name = 'x'")

    assert record("deals", "D1").name == "云平台一期"

    writer.execute("ROLLBACK")
    writer.close()


def test_what_is_written_is_on_disk_before_the_action_answers(sqlite_database):
    edit_deal(actor=actor("li"), at=AT, uid=uid("deals", "D1"), values={"amount": 7}, version=1)

    other = sqlite3.connect(sqlite_database.removeprefix("sqlite:///"))
    assert other.execute("SELECT amount FROM rec_deals WHERE code = 'D1'").fetchone() == (7,)
    assert connection.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()
