"""An empty database for each test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

FOUNDED = datetime(2026, 7, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory, django_db_blocker) -> Callable[[str], str]:
    """Return a function from a vendor to the URL of a database with tables and nothing in them."""
    from dacheng.service.setting_up import migrate
    from tests.store.switching import using

    made: dict[str, str] = {}

    def url_of(vendor: str) -> str:
        if vendor not in made:
            file = tmp_path_factory.mktemp("migrated") / "migrated.sqlite3"
            made[vendor] = f"sqlite:///{file}" if vendor == "sqlite" else request.getfixturevalue("postgres_database")()
            with django_db_blocker.unblock(), using(made[vendor]):
                migrate()
        return made[vendor]

    return url_of


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, migrated, tmp_path: Path, django_db_blocker) -> Iterator[None]:
    """Use a database without a company; on PostgreSQL all is rolled back."""
    from django.db import transaction

    from tests.store.switching import using

    url = migrated(request.param)
    if request.param == "sqlite":
        copy = tmp_path / "own.sqlite3"
        shutil.copyfile(url.removeprefix("sqlite:///"), copy)
        with django_db_blocker.unblock(), using(f"sqlite:///{copy}"):
            yield
        return
    with django_db_blocker.unblock(), using(url), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def company(empty: None) -> None:
    """Use a database with a company that has nothing yet."""
    from dacheng.service.setting_up import found_company

    found_company(FOUNDED, "汀岚")
