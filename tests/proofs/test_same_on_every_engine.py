"""A report is the same, byte for byte, on SQLite, on PostgreSQL, and on DuckDB over the exported folder of CSVs."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

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
VIEWERS = (world.EXECUTIVE, world.EAST, world.SOUTH, world.REP)
WHOLE = ("", world.TODAY, "then")
REGION = (world.EAST, world.on(6, 30), "today")


@pytest.fixture(scope="module")
def folder(opened, tmp_path_factory):
    """Return the folder that the worked company exports to, opened."""
    path = tmp_path_factory.mktemp("exported")
    with opened("sqlite"):
        write_company(export_company(), path)
    return OpenFolder.read(path)


@pytest.fixture(scope="module")
def every_answer(folder):
    """Return a function from a standpoint to the folder's answers to every question, which are found once."""

    @cache
    def every_answer_of(viewer, day, basis):
        return folder_answers(folder, (viewer, day, basis), all_questions=True)

    return every_answer_of


def folder_answers(folder, standpoint, *, all_questions):
    """Return what somebody gets of the folder."""
    viewer, day, basis = standpoint
    book = folder.book(as_of_day=day, today=world.TODAY, basis=basis, viewer=viewer)
    return answers(book, folder.names, all_questions=all_questions)


def each_in_turn(viewers, days, bases):
    """Return everybody with both bases, each time with another day: every day comes up on every basis too."""
    return [
        (viewer, days[(place + shift) % len(days)], basis)
        for shift, basis in enumerate(bases)
        for place, viewer in enumerate(viewers)
    ]


def standpoints(viewers, days, bases):
    """Return everybody with every day and both bases."""
    return [(viewer, day, basis) for viewer in viewers for day in days for basis in bases]


def digested(found):
    """Return the digest of each answer."""
    return {key: sha256(body).digest() for key, body in found.items()}


def everywhere(opened, folder, wanted, *, all_questions):
    """Return engine -> (standpoint, report, question) -> digest: the bytes of all of them would fill the memory."""
    found = {"duckdb": {}, "sqlite": {}, "postgres": {}}
    for one in wanted:
        found["duckdb"][one] = digested(folder_answers(folder, one, all_questions=all_questions))
    for engine in ENGINES:
        with opened(engine):
            for one in wanted:
                found[engine][one] = digested(answers(database_book(*one), all_questions=all_questions))
    return {
        engine: {(*one, *key): digest for one, part in by_standpoint.items() for key, digest in part.items()}
        for engine, by_standpoint in found.items()
    }


def test_every_report_is_the_same_for_everybody_and_on_every_day_and_basis(opened, folder):
    wanted = each_in_turn(VIEWERS, DAYS, BASES)

    found = everywhere(opened, folder, wanted, all_questions=False)

    assert differing(found["sqlite"], found["duckdb"]) == []
    assert differing(found["postgres"], found["duckdb"]) == []


@pytest.mark.parametrize(("engine", "standpoint"), [("sqlite", WHOLE), ("postgres", REGION)], ids=ENGINES)
def test_every_parameter_of_every_report_gives_the_same_rows(opened, every_answer, engine, standpoint):
    with opened(engine):
        found = answers(database_book(*standpoint), all_questions=True)

    assert differing(found, every_answer(*standpoint)) == []


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


def test_the_answers_compared_hold_rows_and_tell_people_apart(folder, every_answer):
    whole = every_answer(*WHOLE)
    east, rep = (folder_answers(folder, (one, *WHOLE[1:]), all_questions=False) for one in (world.EAST, world.REP))

    listed = {name for name in REPORTS if len(whole[name, ""]) > len(east[name, ""]) > len(rep[name, ""]) > 0}
    refused = [key for key, body in whole.items() if not body]
    assert {"tables/pipeline", "deals/list", "targets/attainment", "targets/done"} <= listed
    assert refused == []
