"""Lines of history that name no account, as people read them, so that one can be named (R057)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from dacheng.core.book import Book
from dacheng.core.history.nameless import nameless_lines
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name

MOST_SHOWN = 100
"""So many lines stand on the page at once; the next ones follow when these have their account."""


@dataclass(frozen=True, slots=True)
class NamelessLine:
    """A line without an account.

    Args:
        line: its number and what was sold. kind: of ``KINDS``. amount: minor units.
    """

    uid: UUID
    line: Name
    unit: Name
    measure: Name
    day: int
    amount: int
    kind: int


def shown_nameless(book: Book) -> tuple[Sequence[NamelessLine], int]:
    """Return the first lines that name no account, and how many there are in all."""
    rows = nameless_lines(book)
    first = rows.only(np.arange(min(len(rows), MOST_SHOWN)))
    ids = {"actuals": first["actual_id"].tolist(), "units": first["unit_id"].tolist()}
    names = DatabaseNames().names_of(ids | {"measures": first["measure_id"].tolist()})
    found = []
    for one in first.records():
        line = names["actuals"][int(one["actual_id"])]
        unit, measure = names["units"][int(one["unit_id"])], names["measures"][int(one["measure_id"])]
        days = int(one["day"]), int(one["amount"] or 0), int(one["kind"])
        found.append(NamelessLine(UUID(line.uid), line, unit, measure, *days))
    return found, len(rows)
