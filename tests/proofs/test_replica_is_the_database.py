"""Through the columnar replica everybody gets what the database tells them, byte for byte, and nobody more."""

from __future__ import annotations

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
PAGES = ("/", "/deals/board/", *(f"/reports/{name}/" for name in sorted(REPORTS) if name != "deals/moves"))


pytestmark = pytest.mark.usefixtures("replicas")


def refresh():
    return replicating.refresh(microseconds(world.FOUNDED), step=lambda: None, is_gone=lambda _number: True)


def by_replica_and_database(monkeypatch, viewers, days, basis="then"):
    """Return the answers to everything, through the replica and without it."""
    found = {}
    monkeypatch.setattr("dacheng.service.books.is_wide", lambda seen, units: True)
    for mode in ("on", "off"):
        monkeypatch.setattr(settings, "REPLICA", mode)
        books = {(viewer, day): database_book(viewer, day, basis) for viewer in viewers for day in days}
        assert {isinstance(book.source.engine, ReplicaEngine) for book in books.values()} == {mode == "on"}
        found[mode] = {
            (*one, *key): body
            for one, book in books.items()
            for key, body in answers(book, all_questions=one == (world.EAST, world.TODAY)).items()
        }
    monkeypatch.setattr(settings, "REPLICA", "on")
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_every_report_is_the_same_with_nine_days_of_work_read_beside_it_and_written_into_it(
    opened, engine, monkeypatch
):
    with opened(engine, worked=False, alone=True):
        refresh()
        world.nine_days_of_work()
        beside = by_replica_and_database(monkeypatch, VIEWERS, DAYS)
        written = refresh()
        inside = by_replica_and_database(monkeypatch, (world.EXECUTIVE, world.REP), DAYS[:1], "today")

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
