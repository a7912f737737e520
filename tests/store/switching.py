"""Putting Django's default connection on a database of the test's own, for every thread of the process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connections

from dacheng.service.database_urls import database


@contextmanager
def using(url: str) -> Iterator[None]:
    """Use the database of a URL as Django's default until the block ends."""
    settings, original = connections.settings["default"], connections["default"]
    connections.settings["default"] = connections.configure_settings({"default": database(url)})["default"]
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = settings
        connections["default"] = original


def migrate() -> None:
    """Create every table in the database in use."""
    call_command("migrate", verbosity=0)
