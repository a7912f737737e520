"""Answers that a process remembers: as fresh ones whatever was recorded since, and no more than there is room."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import dacheng.core.reports  # noqa: F401  registers every report
from dacheng.core.access import SYSTEM
from dacheng.core.book import Rows
from dacheng.core.report import REPORTS, report_named
from dacheng.core.table import column_of, table_of
from dacheng.service import remembering
from dacheng.service.books import open_database
from dacheng.service.exporting import exported
from dacheng.service.labels import DatabaseNames
from dacheng.service.reports import run_report
from dacheng.store.actions.deals import edit_deal, reassign_deals
from dacheng.store.actions.rights import give_grant
from dacheng.store.actions.undo import entry_written, undo_edit
from tests.store.company import AT, START, TODAY, actor, uid

ROOM = 2**20


@pytest.fixture
def memory(monkeypatch):
    """Return what the process remembers, with room for answers."""
    kept = remembering.Memory(ROOM)
    monkeypatch.setattr(remembering, "MEMORY", kept)
    return kept


def asked(name, who="system", day=TODAY, **given):
    viewer = SYSTEM if who == "system" else actor(who)
    return run_report(name, given, book=open_database(viewer, at=AT, as_of_day=day), names=DatabaseNames())


def everything_answered():
    plain = [name for name, one in REPORTS.items() if not any(of.required for of in one.parameters)]
    return {
        (name, who, day): exported(asked(name, who, day), "json", columns=(), language="en")
        for name in plain
        for who in ("boss", "li")
        for day in (START, TODAY)
    }


def steps():
    """Do one thing after the other, each of which changes what somebody sees."""
    deal = uid("deals", "D1")
    edit_deal(actor=actor("li"), at=AT, uid=deal, values={"amount": 99_900}, version=None)
    yield "an amount"
    undo_edit(actor=actor("li"), at=AT, entry=entry_written(actor("li"), AT))
    yield "its undo"
    reassign_deals(actor=actor("ops"), at=AT, uids=[deal], to=uid("people", "zhao"))
    yield "another owner"
    seen = {"relation": "deals", "uid": uid("deals", "D3"), "reason": "help with the bid"}
    give_grant(actor=actor("ops"), at=AT, person=uid("people", "li"), **seen)
    yield "a grant"


def test_what_is_remembered_is_what_would_be_answered_now(database, memory, monkeypatch):
    everything_answered()
    for step in steps():
        first, again = everything_answered(), everything_answered()
        monkeypatch.setattr(remembering, "MEMORY", remembering.Memory(0))
        fresh = everything_answered()
        monkeypatch.setattr(remembering, "MEMORY", memory)

        assert first == fresh and again == fresh, step


def test_the_same_question_is_answered_once_and_everybody_has_his_own(database, memory):
    first, again, another = (asked("deals/list", who).table for who in ("boss", "boss", "li"))

    assert again is first and another is not first
    assert asked("deals/list", "boss", sort="amount").table is not first
    assert asked("deals/list", "boss", day=START).table is not first


def test_what_is_remembered_cannot_be_changed(database, memory):
    table = asked("deals/list").table

    with pytest.raises(ValueError, match="read-only"):
        table.values["amount"][0] = 1


def test_the_oldest_make_room_and_a_very_large_one_is_not_kept():
    columns = (column_of("deals", "amount"),)

    def table(rows):
        return table_of(columns, Rows({"amount": np.zeros(rows, dtype=np.int64)}), key=())

    memory = remembering.Memory(4 * (remembering.WITHOUT_ARRAYS + 80))
    for name in "abcd":
        memory.keep(name, table(10))
    memory.find("a")
    memory.keep("e", table(10))
    memory.keep("large", table(20_000))

    assert [name for name in ("a", "b", "c", "d", "e", "large") if memory.find(name) is not None] == list("acde")


def test_a_what_if_is_never_remembered(database, memory):
    book = open_database(SYSTEM, at=AT)
    what_if = replace(book, replaced={"deals": Rows({}, {})})

    assert remembering._asked(report_named("deals/list"), book, {}) is not None
    assert remembering._asked(report_named("deals/list"), what_if, {}) is None
