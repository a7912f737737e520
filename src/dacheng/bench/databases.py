"""The demo company at a scale, in SQLite and PostgreSQL, loaded once and kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.db import connections

LOADER = """
import sys
from datetime import UTC, date, datetime
from dacheng.conf.main import use_database
use_database(sys.argv[1])
from dacheng.demo import generate
from dacheng.service.setting_up import ready_demo
day = date.fromisoformat(sys.argv[2])
ready_demo(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), day, int(sys.argv[3]), generate)
"""


def load(url: str, day: str, deals: int) -> None:
    """Load the demo company of a day at a scale into an empty database, in a process of its own."""
    subprocess.run([sys.executable, "-c", LOADER, url, day, str(deals)], check=True, env=os.environ)


def sqlite_file(folder: Path, deals: int, day: str) -> str:
    """Return the URL of a copy of the SQLite database of a scale, which is made when it is not there.

    Measuring writes, and the next run must begin with what PostgreSQL is loaded with.
    """
    kept = (folder / f"bench-{deals}-{day}-{_edition()}.sqlite3").resolve()
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        load(f"sqlite:///{kept}", day, deals)
    copy = kept.with_name(f"measured-{deals}.sqlite3")
    for left in kept.parent.glob(f"{copy.name}*"):
        left.unlink()
    shutil.copyfile(kept, copy)
    return f"sqlite:///{copy}"


def empty_file(folder: Path, name: str) -> str:
    """Return the URL of a SQLite database that is not there yet; one of an earlier run is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    path = (folder / f"{name}.sqlite3").resolve()
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    return f"sqlite:///{path}"


def _edition() -> str:
    """Return what tells the tables and the company of this version from those of another."""
    digest = sha256()
    for package in ("dacheng.store.migrations", "dacheng.demo"):
        for file in sorted(Path(str(files(package))).glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def connect(alias: str, settings: dict[str, object]) -> None:
    """Add a database to Django's connections under an alias."""
    complete = connections.databases["default"] | {"OPTIONS": {}} | settings
    connections.databases[alias] = complete


def rows_of(alias: str, sql: str) -> list[tuple[Any, ...]]:
    """Run a contender's own SQL."""
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
