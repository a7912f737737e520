"""Through the columnar replica everybody gets what the database tells them, byte for byte, and nobody more."""

from __future__ import annotations

import os

import pytest
from django.conf import settings

from dacheng.engine.replica import ReplicaEngine
from dacheng.service import replicating
from dacheng.store.history import microseconds
from tests.proofs import elsewhere, visiting, world
from tests.proofs.asking import REPORTS, answers, database_book, differing
from tests.proofs.conftest import ENGINES
from tests.proofs.visiting import API, got, signed_in

DAYS = (world.TODAY, world.on(8, 12), world.on(12, 31, 2025))
VIEWERS = (world.EXECUTIVE, world.EAST, world.SOUTH, world.REP)
BY_EVERYBODY = [(viewer, day) for viewer in VIEWERS for day in DAYS]
IN_TURN = {
    "sqlite": [(world.EXECUTIVE, DAYS[1]), (world.EAST, DAYS[0]), (world.SOUTH, DAYS[2]), (world.REP, DAYS[1])],
    "postgres": [(world.EXECUTIVE, DAYS[0]), (world.EAST, DAYS[2]), (world.SOUTH, DAYS[1]), (world.REP, DAYS[0])],
}
"""Everybody and every day on each database, and every question (EAST, today) on one of them."""
TODAY_AGAIN = [(world.EXECUTIVE, world.TODAY), (world.REP, world.TODAY)]
STEP = 1 if "DACHENG_TEST_EVERYTHING" in os.environ else 3
"""Every third page is read, with --full each: all are asked by API, which shows the same tables."""
PAGES = ("/", "/deals/board/", *(f"/reports/{name}/" for name in sorted(REPORTS)[::STEP] if name != "deals/moves"))


pytestmark = pytest.mark.usefixtures("replicas")


def refresh():
    return replicating.refresh(microseconds(world.FOUNDED), step=lambda: None, is_gone=lambda _number: True)


def by_replica_and_database(monkeypatch, wanted, basis="then"):
    """Return the answers to everything, through the replica and without it."""
    found = {}
    monkeypatch.setattr("dacheng.service.books.is_wide", lambda seen, units: True)
    for mode in ("on", "off"):
        monkeypatch.setattr(settings, "REPLICA", mode)
        books = {one: database_book(*one, basis) for one in wanted}
        assert {isinstance(book.source.engine, ReplicaEngine) for book in books.values()} == {mode == "on"}
        found[mode] = {
            (*one, *key): body
            for one, book in books.items()
            for key, body in answers(book, all_questions=one == (world.EAST, world.TODAY)).items()
        }
    monkeypatch.setattr(settings, "REPLICA", "on")
    return found


@pytest.mark.parametrize(
    ("engine", "wanted"),
    [
        *(pytest.param(one, IN_TURN[one], id=one) for one in ENGINES),
        *(pytest.param(one, BY_EVERYBODY, id=f"{one}-everybody", marks=pytest.mark.slow) for one in ENGINES),
    ],
)
def test_every_report_is_the_same_with_nine_days_of_work_read_beside_it_and_written_into_it(
    opened, engine, wanted, monkeypatch
):
    with opened(engine, worked=False, alone=True):
        refresh()
        world.nine_days_of_work()
        beside = by_replica_and_database(monkeypatch, wanted)
        written = refresh()
        inside = by_replica_and_database(monkeypatch, TODAY_AGAIN, "today")

    assert written.seq > 20
    assert differing(beside["on"], beside["off"]) == []
    assert differing(inside["on"], inside["off"]) == []


def test_no_page_tells_of_changes_in_other_regions(opened):
    with opened("sqlite", alone=True), visiting.standing_clock():
        refresh()
        client = signed_in(world.EAST)
        addresses = [*PAGES, *(f"{API}/reports/{name}" for name in sorted(REPORTS))]
        before = {address: got(client, address) for address in addresses}
        elsewhere.everything_changes()
        read_beside = {address: got(client, address) for address in addresses}
        refresh()
        written = {address: got(client, address) for address in addresses}

    assert all("列存副本 · 截至" in before[address].text for address in PAGES)
    assert [one for one in addresses if before[one] != read_beside[one]] == []
    assert [one for one in addresses if before[one] != written[one]] == []
