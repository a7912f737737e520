"""A report is the same, byte for byte, on SQLite, on PostgreSQL, and on DuckDB over the exported folder of CSVs."""

from __future__ import annotations

import pytest

from dacheng.core.schema import RELATIONS
from dacheng.exchange.csvbook import write_company
from dacheng.service.folders import OpenFolder
from dacheng.store.canonical import export_company
from tests.proofs import world
from tests.proofs.asking import REPORTS, answers, database_book, differing
from tests.proofs.conftest import ENGINES

DAYS = (world.TODAY, world.on(8, 12), world.on(5, 31), world.on(12, 31, 2025))
BASES = ("then", "today")


@pytest.fixture(scope="module")
def folder(opened, tmp_path_factory):
    """Return the folder that the worked company exports to, opened."""
    path = tmp_path_factory.mktemp("exported")
    with opened("sqlite"):
        write_company(export_company(), path)
    return OpenFolder.read(path)


def standpoints(viewers, days, bases):
    """Return everybody with every day and both bases."""
    return [(viewer, day, basis) for viewer in viewers for day in days for basis in bases]


def everywhere(opened, folder, wanted, *, all_questions):
    """Return engine -> (standpoint, report, question) -> bytes."""
    found = {"duckdb": {}, "sqlite": {}, "postgres": {}}
    for viewer, day, basis in wanted:
        book = folder.book(as_of_day=day, today=world.TODAY, basis=basis, viewer=viewer)
        found["duckdb"][viewer, day, basis] = answers(book, folder.names, all_questions=all_questions)
    for engine in ENGINES:
        with opened(engine):
            for one in wanted:
                found[engine][one] = answers(database_book(*one), all_questions=all_questions)
    return {
        engine: {(*one, *key): body for one, part in by_standpoint.items() for key, body in part.items()}
        for engine, by_standpoint in found.items()
    }


def test_every_report_is_the_same_for_everybody_on_every_day_and_basis(opened, folder):
    wanted = standpoints((world.EXECUTIVE, world.EAST, world.SOUTH, world.REP), DAYS, BASES)

    found = everywhere(opened, folder, wanted, all_questions=False)

    assert differing(found["sqlite"], found["duckdb"]) == []
    assert differing(found["postgres"], found["duckdb"]) == []


def test_every_parameter_of_every_report_gives_the_same_rows(opened, folder):
    wanted = [("", world.TODAY, "then"), (world.EAST, world.on(6, 30), "today")]

    found = everywhere(opened, folder, wanted, all_questions=True)

    assert differing(found["sqlite"], found["duckdb"]) == []
    assert differing(found["postgres"], found["duckdb"]) == []


def test_both_databases_export_the_same_folder(opened, tmp_path):
    for engine in ENGINES:
        with opened(engine):
            write_company(export_company(), tmp_path / engine)

    sqlite, postgres = ({file.name: file.read_bytes() for file in (tmp_path / one).iterdir()} for one in ENGINES)
    assert differing(sqlite, postgres) == []
    assert len(sqlite) > len(RELATIONS)


@pytest.mark.slow
def test_every_parameter_gives_the_same_for_everybody_on_every_day_and_basis(opened, folder):
    wanted = standpoints(world.VIEWERS, (*DAYS, world.on(1, 1), world.on(3, 31)), BASES)

    found = everywhere(opened, folder, wanted, all_questions=True)

    assert differing(found["sqlite"], found["duckdb"]) == []
    assert differing(found["postgres"], found["duckdb"]) == []


def test_the_answers_compared_hold_rows_and_tell_people_apart(opened):
    with opened("sqlite"):
        whole, east, rep = (answers(database_book(one, world.TODAY)) for one in ("", world.EAST, world.REP))

    listed = {name for name in REPORTS if len(whole[name, ""]) > len(east[name, ""]) > len(rep[name, ""]) > 0}
    refused = [key for key, body in whole.items() if not body]
    assert {"tables/pipeline", "deals/list", "targets/attainment", "targets/done"} <= listed
    assert refused == []
