"""A SQLite file of a test's own, and what stands in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dacheng.core.schema import RELATIONS
from dacheng.store.bulk import select_rows
from dacheng.store.models import FAR_SEQ
from dacheng.store.standing import fact_table, record_columns, record_table
from tests.store.switching import using


def url_of(file: Path) -> str:
    """Return the address of a SQLite file."""
    return f"sqlite:///{file}"


@contextmanager
def copy_of(file: Path, folder: Path) -> Iterator[Path]:
    """Use a copy of a database until the block ends."""
    copy = folder / f"copy-of-{file.name}"
    shutil.copyfile(file, copy)
    with using(url_of(copy)):
        yield copy


def state() -> dict[str, Any]:
    """Return everything that stands: facts as known now, and labels."""
    stands: dict[str, Any] = {}
    for name, relation in RELATIONS.items():
        columns = [*(column.name for column in relation.facts), "from_day", "to_day"]
        facts = select_rows(fact_table(name), columns, [(f"seq_to = {FAR_SEQ}", None)])
        records = select_rows(record_table(name), ["id", *record_columns(relation)], [("NOT removed", None)])
        stands[name] = sorted(map(repr, facts)), sorted(map(repr, records))
    return stands


def entries() -> list[tuple[str, int]]:
    """Return (action, changed records) of the log, in order."""
    return select_rows("log", ["action", "changes"], [], order=("seq",))
