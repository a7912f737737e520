"""The demo company in a database, made once per engine and run; a test that writes gets a copy."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.store.switching import using

Opened = Callable[..., AbstractContextManager[str]]
ENGINES = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker
) -> Callable[[str, bool], str]:
    """Return a function from an engine, and whether people have worked in it, to the URL of a database to read from."""
    from tests.proofs import world  # models can be imported once Django is set up

    urls: dict[tuple[str, bool], str] = {}

    def url_of(engine: str, worked: bool) -> str:
        if (engine, worked) in urls:
            return urls[engine, worked]
        if worked:
            url = _copy(url_of(engine, False), tmp_path_factory.mktemp("worked"))
        elif engine == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('founded') / 'demo.sqlite3'}"
        else:
            url = request.getfixturevalue("postgres_database")()
        with django_db_blocker.unblock(), using(url):
            world.nine_days_of_work() if worked else world.found()
        urls[engine, worked] = url
        return url

    return url_of


@pytest.fixture(scope="session")
def opened(made: Callable[[str, bool], str], tmp_path_factory: pytest.TempPathFactory, django_db_blocker) -> Opened:
    """Return a context manager that uses a database as it was made, or with ``alone`` a copy to write in."""
    folder = tmp_path_factory.mktemp("proofs")

    @contextmanager
    def using_database(engine: str, *, worked: bool = True, alone: bool = False) -> Iterator[str]:
        url = made(engine, worked)
        if alone:
            url = _copy(url, folder)
        with django_db_blocker.unblock(), using(url):
            yield url
        if alone:
            _drop(url)

    return using_database


@pytest.fixture(scope="session")
def asked(opened: Opened) -> Any:
    """Return (role, page) -> what each role, and nobody, gets on every page."""
    from tests.proofs.addresses import everything_asked

    return everything_asked(opened)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Return the name of a database engine; the test runs on each."""
    return str(request.param)


def _copy(source: str, folder: Path) -> str:
    name = f"copy_{uuid.uuid4().hex[:12]}"
    if source.startswith("sqlite:///"):
        shutil.copyfile(source.removeprefix("sqlite:///"), folder / name)
        return f"sqlite:///{folder / name}"
    server, _, template = source.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server}/{name}"


def _drop(url: str) -> None:
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        return
    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
