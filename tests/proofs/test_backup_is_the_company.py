"""A backup and a facts export hold the demo company whole: restored, moved and reopened it says the same."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from dacheng.bench.databases import load
from dacheng.exchange.csvbook import write_company
from dacheng.service.backing_up import back_up, restore
from dacheng.service.books import open_database
from dacheng.service.facts_export import export_facts
from dacheng.service.facts_folder import OpenFacts
from dacheng.store.audit import verify
from dacheng.store.canonical import export_company
from dacheng.store.models import RECORDS
from tests.proofs import world
from tests.proofs.asking import answers, database_book, differing
from tests.proofs.conftest import ENGINES
from tests.store.switching import using


def written(folder, name):
    """Back up and export the company in use; return the bytes of both."""
    back_up(folder / f"{name}.zip")
    write_company(export_company(), folder / name)
    files = {file.name: file.read_bytes() for file in (folder / name).iterdir()}
    return (folder / f"{name}.zip").read_bytes(), files


def restored(backup, url, name):
    """Restore into an empty database; return the bytes that it is backed up and exported to."""
    with using(url):
        restore(backup)
        assert verify() == []
        return written(backup.parent, name)


def test_a_company_goes_to_postgresql_and_back_byte_for_byte(opened, postgres_database, tmp_path):
    with opened("sqlite"):
        first = written(tmp_path, "first")
        second = restored(tmp_path / "first.zip", postgres_database(), "second")
        third = restored(tmp_path / "second.zip", f"sqlite:///{tmp_path / 'back.sqlite3'}", "third")

    assert first == second == third
    assert len(first[0]) > 100_000 and len(first[1]) > 10


SCALE, MOST_SECONDS = 100_000, 120


@pytest.mark.slow
@pytest.mark.parametrize("vendor", ["sqlite", "postgres"])
def test_a_hundred_thousand_deals_are_backed_up_and_restored_within_two_minutes(
    request, tmp_path, vendor, django_db_blocker
):
    source = f"sqlite:///{tmp_path / 'large.sqlite3'}"
    load(source, "2026-06-15", SCALE)
    there = request.getfixturevalue("postgres_database")() if vendor == "postgres" else f"sqlite:///{tmp_path / 'b'}"

    with django_db_blocker.unblock():
        began = time.monotonic()
        with using(source):
            _, fingerprint = back_up(tmp_path / "large.zip")
        with using(there):
            _, restored_as = restore(tmp_path / "large.zip")
            taken = time.monotonic() - began
            deals = RECORDS["deals"].objects.count()

    assert restored_as == fingerprint and deals >= SCALE
    assert taken <= MOST_SECONDS


@pytest.mark.parametrize("engine", ENGINES)
def test_reports_on_exported_facts_are_those_of_the_database(opened, tmp_path, engine):
    asked = [
        (viewer, day, basis)
        for viewer in (world.SYSTEM_CODE, world.EAST, world.REP)
        for day, basis in ((world.TODAY, "then"), (world.on(5, 31), "today"))
    ]

    with opened(engine):
        expected = {one: answers(database_book(*one), all_questions=False) for one in asked}
        export_facts(tmp_path / "facts")
    facts = OpenFacts.read(tmp_path / "facts")

    for viewer, day, basis in asked:
        book = facts.book(at=world.NOW, as_of_day=day, basis=basis, viewer=viewer)
        assert differing(answers(book, facts.names, all_questions=False), expected[viewer, day, basis]) == []


def test_exported_facts_know_what_was_known_at_an_earlier_moment(opened, tmp_path):
    earlier = world.FOUNDED + timedelta(hours=1)
    with opened("sqlite"):
        before = answers(open_database(world.viewer(""), at=world.NOW, known_at=earlier), all_questions=False)
        now = answers(open_database(world.viewer(""), at=world.NOW), all_questions=False)
        export_facts(tmp_path / "facts")
    facts = OpenFacts.read(tmp_path / "facts")

    book = facts.book(at=world.NOW, known_at=earlier)

    assert differing(answers(book, facts.names, all_questions=False), before) == []
    assert differing(before, now) != []


def test_both_databases_export_the_same_facts_byte_for_byte(opened, tmp_path):
    with opened("sqlite"):
        back_up(tmp_path / "a.zip")
        export_facts(tmp_path / "first")
        with using(f"sqlite:///{tmp_path / 'other.sqlite3'}"):
            restore(tmp_path / "a.zip")
            export_facts(tmp_path / "second")

    first, second = (OpenFacts.read(tmp_path / name).manifest for name in ("first", "second"))
    assert first == second
    assert len(first.files) > 20
