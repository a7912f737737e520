"""Answers that stand until something is recorded: a report is a pure function of its Book, so its Table is kept.

Two Books are one when the history they are of, the sequence, the viewer with his roles, the days
and the basis are the same. The hash of the log's last entry names a history: whatever is recorded,
undone or restored gives another one, so nothing need be forgotten in time. What is old only takes
room, and the oldest goes first. Each process remembers by itself.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from dacheng.core.book import Book, BoolArray
from dacheng.core.report import Report
from dacheng.core.table import Table, Values
from dacheng.engine.opening import EngineSource
from dacheng.engine.replica import ReplicaEngine

LARGEST_SHARE = 4
"""A table larger than this part of the room is not kept: a few of them would drive out everything else."""
WITHOUT_ARRAYS = 4_096
"""Bytes that a table takes beside its arrays, as a guess."""


@dataclass
class Memory:
    """Tables by what was asked, up to a number of bytes.

    Threads may make the same table beside each other; one of them stays.
    """

    room: int
    _kept: OrderedDict[Hashable, tuple[Table, int]] = field(default_factory=OrderedDict)
    _taken: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, asked: Hashable) -> Table | None:
        """Return the table that was asked for; None where it is not known."""
        with self._lock:
            if asked not in self._kept:
                return None
            self._kept.move_to_end(asked)
            return self._kept[asked][0]

    def keep(self, asked: Hashable, table: Table) -> None:
        """Keep a table, unless it is very large; the oldest make room for it."""
        arrays = list(_arrays(table))
        size = WITHOUT_ARRAYS + sum(one.nbytes for one in arrays)
        if size * LARGEST_SHARE > self.room:
            return
        for one in arrays:
            one.setflags(write=False)  # who is given it next must find it as it was
        with self._lock:
            self._taken += size - self._kept.pop(asked, (table, 0))[1]
            self._kept[asked] = table, size
            while self._taken > self.room:
                self._taken -= self._kept.popitem(last=False)[1][1]


MEMORY = Memory(settings.ANSWERS_BYTES)
"""What this process remembers."""


def run_once(report: Report, book: Book, params: Mapping[str, Any]) -> Table:
    """Return a report's Table on a Book, remembered where the Book can be told from every other.

    An answer of the replica is remembered as one: pages say which of them came from it.
    """
    asked = _asked(report, book, params)
    if asked is None or not MEMORY.room:
        return report.run(book, **params)
    found, replica = MEMORY.find(asked), _replica_of(book)
    if found is None:
        found = report.run(book, **params)
        if replica is None or replica.answered:
            MEMORY.keep(asked, found)
    elif replica:
        replica.answered = True
    return found


def _replica_of(book: Book) -> ReplicaEngine | None:
    """Return the replica that answers a Book; None where another engine does."""
    engine = getattr(book.source, "engine", None)
    return engine if isinstance(engine, ReplicaEngine) else None


def _asked(report: Report, book: Book, params: Mapping[str, Any]) -> Hashable | None:
    """Return what tells a question from every other; None where nobody vouches for the Book's history."""
    source = book.source
    if not isinstance(source, EngineSource) or not source.history or book.replaced:
        return None
    replica = _replica_of(book)
    standpoint = (source.history, source.seq, source.viewer, book.as_of_day, book.today, book.basis)
    return standpoint, replica and replica.freshness, report.name, tuple(sorted(params.items()))


def _arrays(table: Table) -> Iterator[Values | BoolArray]:
    for columns in (table.values, table.masks, table.before or {}, table.before_masks):
        yield from columns.values()
