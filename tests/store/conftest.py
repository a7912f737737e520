"""Each test begins with the same prepared database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
def database(request: pytest.FixtureRequest, opened: Callable[..., Any]) -> Iterator[str]:
    """Use a database with the small company in it; returns its URL. On PostgreSQL all is rolled back."""
    with opened(request.param, with_company=True, alone=False) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database(request: pytest.FixtureRequest, opened: Callable[..., Any]) -> Iterator[str]:
    """Use a database with tables and nothing in them; returns its URL. On PostgreSQL all is rolled back."""
    with opened(request.param, with_company=False, alone=False) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def shared_database(request: pytest.FixtureRequest, opened: Callable[..., Any]) -> Iterator[str]:
    """Use a database with the small company in it that other connections see as well; returns its URL."""
    with opened(request.param, with_company=True, alone=True) as url:
        yield url


@pytest.fixture
def sqlite_database(opened: Callable[..., Any]) -> Iterator[str]:
    """Use a SQLite database with the small company, where the engine makes no difference; returns its URL."""
    with opened("sqlite", with_company=True, alone=True) as url:
        yield url


@pytest.fixture
def postgres_company(opened: Callable[..., Any]) -> Iterator[str]:
    """Use a PostgreSQL database with the small company that other connections see as well; returns its URL."""
    with opened("postgres", with_company=True, alone=True) as url:
        yield url


@pytest.fixture(scope="session")
def opened(prepared: Callable[..., str], copied: Callable[..., str], django_db_blocker) -> Callable[..., Any]:
    """Return a context manager that opens a prepared database, or a copy of it for this test alone."""

    @contextmanager
    def using_database(vendor: str, *, with_company: bool, alone: bool) -> Iterator[str]:
        from django.db import transaction

        if vendor == "postgres" and not alone:  # a copy takes a second there, a roll-back nothing
            url = prepared(vendor, with_company)
            with django_db_blocker.unblock(), using(url), transaction.atomic():
                yield url
                transaction.set_rollback(True)
            return
        url = copied(vendor, with_company)
        with django_db_blocker.unblock(), using(url):
            yield url
        dropped(url)

    return using_database
