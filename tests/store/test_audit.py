"""The audit: a database that was only written through actions is sound; any other change is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dacheng.core.staging import Batch, Staged
from dacheng.store.actions.deals import close_deal, edit_deal
from dacheng.store.actions.imports import commit_import, undo_import
from dacheng.store.actions.people import mark_left, move_person
from dacheng.store.actions.rights import revoke_role
from dacheng.store.audit import verify
from dacheng.store.bulk import select_rows
from tests.store.company import AT, START, actor, number, on, uid

LOG = ("seq", "at", "actor_id", "action", "detail", "changes", "changes_hash", "previous_hash", "hash")
CHANGE = ("seq", "position", "relation", "record_id", "from_day", "before", "after")


def some_history() -> None:
    """Write a dozen entries of different kinds."""
    deal = uid("deals", "D1")
    for day, amount in ((3, 1), (4, 2), (2, 3)):
        edit_deal(actor=actor("li"), at=AT, uid=deal, values={"amount": amount}, version=None, on=on(day, 1))
    close_deal(actor=actor("wang"), at=AT, uid=uid("deals", "D2"), outcome="lost", version=1, reason="价格")
    move_person(actor=actor("ops"), at=AT, uid=uid("people", "li"), unit=uid("units", "SOUTH"))
    mark_left(actor=actor("ops"), at=AT, uid=uid("people", "wang"), version=1, on=on(6, 1))
    rows = [Staged("customers", f"N{at}", {"name": f"客户{at}"}, START) for at in range(5)]
    done = commit_import(actor=actor("ops"), at=AT, batch=Batch("crm", "a.xlsx", "CNY", tuple(rows)))
    undo_import(actor=actor("ops"), at=AT, uid=done.uid)
    commit_import(actor=actor("ops"), at=AT, batch=Batch("crm", "a.xlsx", "CNY", tuple(rows)))
    revoke_role(actor=actor("admin"), at=AT, person=uid("people", "zhao"), role=1, unit=uid("units", "SOUTH"))


def run(sql: str, *params: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)


def rules() -> set[str]:
    return {finding.rule for finding in verify()}


@contextmanager
def tampering() -> Iterator[None]:
    """Change the log behind its triggers' back, and take everything back afterwards."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            run("ALTER TABLE log DISABLE TRIGGER USER")
            run("ALTER TABLE log_change DISABLE TRIGGER USER")
        else:
            for (name,) in select_rows("sqlite_master", ["name"], [("type = 'trigger'", None)]):
                run(f"DROP TRIGGER {name}")
        yield
        transaction.set_rollback(True)


def test_what_was_written_by_actions_is_sound(database):
    some_history()

    assert verify() == []


def test_an_empty_database_is_sound(empty_database):
    assert verify() == []


@pytest.mark.parametrize("table", ["log", "log_change"])
def test_the_log_refuses_to_be_changed_or_deleted(database, table):
    for sql in (f"UPDATE {table} SET seq = seq", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            run(sql)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_flipped_value_of_the_log_is_found(history: str, data: st.DataObject) -> None:
    table, columns, key = data.draw(
        st.sampled_from([("log", LOG, ("seq",)), ("log_change", CHANGE, ("seq", "position"))])
    )
    row = data.draw(st.sampled_from(select_rows(table, columns, [], order=key)))
    column = data.draw(st.sampled_from(columns))
    old = row[columns.index(column)]
    new = data.draw(
        st.integers(-3, 10**6) if isinstance(old, int) else st.text(st.characters(min_codepoint=32), max_size=8)
    )
    if new == old:
        return
    met = " AND ".join(f"{name} = %s" for name in key)

    with tampering():
        try:
            with transaction.atomic():
                run(f"UPDATE {table} SET {column} = %s WHERE {met}", new, *row[: len(key)])
        except DatabaseError:  # the new key or hash stands already: the database itself refuses
            return
        assert verify() != []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_row_of_the_log_deleted_or_put_in_is_found(history: str, data: st.DataObject) -> None:
    table, columns = data.draw(st.sampled_from([("log", LOG), ("log_change", CHANGE)]))
    row = data.draw(st.sampled_from(select_rows(table, columns, [], order=("seq",))))
    met = "seq = %s" + (" AND position = %s" if table == "log_change" else "")

    with tampering():
        if data.draw(st.booleans()):
            run(f"DELETE FROM {table} WHERE {met}", *row[: met.count("%s")])
        else:
            copy = list(row)
            copy[columns.index("seq")] += 1000
            if table == "log":
                copy[columns.index("hash")] = "0" * 64
            run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", *copy)
        assert verify() != []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_two_entries_that_change_places_are_found(history: str, data: st.DataObject) -> None:
    seqs = [row[0] for row in select_rows("log", ["seq"], [], order=("seq",))]
    one, other = data.draw(st.lists(st.sampled_from(seqs), min_size=2, max_size=2, unique=True))

    with tampering():
        for old, new in ((one, -1), (other, one), (-1, other)):
            run("UPDATE log SET seq = %s WHERE seq = %s", new, old)
            run("UPDATE log_change SET seq = %s WHERE seq = %s", new, old)
        assert verify() != []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_tail_that_was_cut_is_found_even_when_the_head_is_set_back(history: str, data: st.DataObject) -> None:
    entries = select_rows("log", ["seq", "hash"], [], order=("seq",))
    kept = data.draw(st.integers(1, len(entries) - 1))
    seq, digest = entries[kept - 1]

    with tampering():
        run("DELETE FROM log_change WHERE seq > %s", seq)
        run("DELETE FROM log WHERE seq > %s", seq)
        if data.draw(st.booleans()):
            run("UPDATE chain SET seq = %s, hash = %s", seq, digest)
        assert verify() != []


@pytest.fixture
def history(database: str) -> str:
    some_history()
    return database


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (
            "UPDATE fact_deals SET amount = 77 WHERE deal_id = {D1} AND to_day = 2932896 AND seq_to > 1000000",
            "audit/record-differs",
        ),
        ("UPDATE rec_deals SET amount = 77 WHERE id = {D1}", "audit/record-differs"),
        (
            "UPDATE fact_deals SET to_day = to_day + 3 WHERE deal_id = {D1} AND from_day = {feb} AND seq_to > 1000000",
            "audit/overlap",
        ),
        (
            "UPDATE fact_deals SET to_day = from_day WHERE deal_id = {D2} AND from_day = {start} AND seq_to > 1000000",
            "audit/overlap",
        ),
        (
            "UPDATE fact_deals SET seq_from = 5000 WHERE deal_id = {D1} AND from_day = {feb} AND seq_to > 1000000",
            "audit/fact-without-entry",
        ),
        ("UPDATE fact_deals SET seq_to = 4999 WHERE deal_id = {D1} AND seq_to < 1000000", "audit/fact-without-entry"),
        ("DELETE FROM fact_units WHERE unit_id = {SH}", "audit/record-differs"),
        ("DELETE FROM rec_customers WHERE id = {C2}", "audit/fact-without-record"),
        ("DELETE FROM chain", "audit/head"),
    ],
)
def test_facts_and_records_changed_behind_the_log_are_found(history, sql, rule):
    numbers = {"D1": number("deals", "D1"), "D2": number("deals", "D2")}
    numbers |= {"SH": number("units", "SH"), "C2": number("customers", "C2"), "feb": on(2, 1), "start": START}

    run(sql.format(**numbers))

    assert rule in rules()


def test_findings_of_one_kind_are_counted_when_there_are_many(sqlite_database):
    some_history()
    run('UPDATE rec_people SET "left" = 1 - "left"')
    run("UPDATE rec_units SET closed = 1 - closed")
    run("UPDATE rec_deals SET amount = 5")
    run("UPDATE rec_targets SET amount = 5")
    run("UPDATE rec_stages SET weight_bp = 5")

    found = verify()

    assert found[-1].rule == "audit/more" and len(found) == 21
