"""Each test gets a database of its own, on SQLite and on PostgreSQL, with real commits: a copy of a prepared one."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.store.switching import migrate, using


@pytest.fixture(scope="session")
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker
) -> Callable[[str, bool], str]:
    """Return a function from a vendor, and whether the small company is in it, to a prepared database's URL."""
    from tests.store import company  # models can be imported once Django is set up

    made: dict[tuple[str, bool], str] = {}

    def url_of(vendor: str, with_company: bool) -> str:
        if (vendor, with_company) not in made:
            if vendor == "sqlite":
                url = f"sqlite:///{tmp_path_factory.mktemp('prepared') / 'prepared.sqlite3'}"
            else:
                url = request.getfixturevalue("postgres_database")()
            with django_db_blocker.unblock(), using(url):
                migrate()
                if with_company:
                    company.load()
            made[vendor, with_company] = url
        return made[vendor, with_company]

    return url_of


@pytest.fixture(scope="session")
def copied(prepared: Callable[[str, bool], str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Return a function that copies a prepared database and returns the copy's URL."""
    folder = tmp_path_factory.mktemp("copies")

    def copy(vendor: str, with_company: bool = True) -> str:
        source, name = prepared(vendor, with_company), f"copy_{uuid.uuid4().hex[:12]}"
        if vendor == "sqlite":
            shutil.copyfile(source.removeprefix("sqlite:///"), folder / name)
            return f"sqlite:///{folder / name}"
        server, _, template = source.rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"{server}/{name}"

    return copy


def dropped(url: str) -> None:
    """Remove a database that a test is done with."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        return
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, copied: Callable[..., str], django_db_blocker) -> Iterator[str]:
    """Use a database with the small company in it; returns its URL."""
    url = copied(request.param)
    with django_db_blocker.unblock(), using(url):
        yield url
    dropped(url)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, copied: Callable[..., str], django_db_blocker) -> Iterator[str]:
    """Use a database with tables and nothing in them; returns its URL."""
    url = copied(request.param, with_company=False)
    with django_db_blocker.unblock(), using(url):
        yield url
    dropped(url)


@pytest.fixture
def sqlite_database(copied: Callable[..., str], django_db_blocker) -> Iterator[str]:
    """Use a SQLite database with the small company in it, where the engine makes no difference; returns its URL."""
    url = copied("sqlite")
    with django_db_blocker.unblock(), using(url):
        yield url
    dropped(url)
