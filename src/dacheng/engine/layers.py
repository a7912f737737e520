"""Fact tables in layers: segments that stay as they are, and over them what changed since.

A layer holds every version of its keys, so of each key only the newest layer counts. The
segments are DuckDB files opened read-only, by as many processes as like; what changed
since lies in tables of the process itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb

from dacheng.core.book import Rows
from dacheng.core.relation import Relation
from dacheng.core.schema import RELATIONS
from dacheng.engine.duck import SETTINGS, masked, rows_on
from dacheng.engine.gathering import fetched
from dacheng.engine.parquet import fact_columns, quoted
from dacheng.engine.relations import fact_table

FORMAT = 1
MEMORY = "120MB"
"""What a reading process may hold of the segments; what it holds can be read again at any time."""

SEGMENTS = ("base", "later")
COVERED = {"base": "passed", "later": "changed"}
"""Segment -> the keys of which something newer is known."""

PIECES_AT_ONCE = 12
"""Pieces of a table that one transaction takes while a base is gathered."""

Key = tuple[int, ...]
Versions = Sequence[tuple[int | None, ...]]
"""Rows of the fact columns, the interval and the sequences."""


def edition() -> str:
    """Return what tells the tables and the file format of this version from those of another."""
    tables = [(name, relation.key, fact_columns(relation)) for name, relation in RELATIONS.items()]
    return sha256(repr((FORMAT, duckdb.__version__, tables)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SegmentFile:
    """A segment on the disk, and the relations that have a table in it."""

    file: Path
    held: frozenset[str]


class Layers:
    """A base and a later segment, where there are any, with what changed since.

    Queries of several threads run beside each other; each sees a change whole or not at all.

    Args:
        spill: a folder for what a query cannot hold in memory.
        home: where what changed since is kept; in memory unless a file is named.
    """

    def __init__(
        self,
        base: SegmentFile | None,
        later: SegmentFile | None,
        *,
        spill: Path,
        home: Path | None = None,
        memory: str = MEMORY,
    ) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            **SETTINGS,
            "memory_limit": memory,
            "temp_directory": str(spill),
        }
        self.damaged = False
        self._since: dict[str, int] = {}
        self._connection = duckdb.connect(":memory:" if home is None else str(home), config=config)
        self._lock = threading.Lock()
        self._held = {"base": base.held if base else frozenset(), "later": later.held if later else frozenset()}
        for name, segment in (("base", base), ("later", later)):
            if segment:
                self._connection.execute(f"ATTACH {quoted(segment.file)} AS {name} (READ_ONLY)")
        for relation in RELATIONS.values():
            self._lay(relation)

    @property
    def since(self) -> int:
        """Return the number of versions laid over the segments."""
        return sum(self._since.values())

    def fetch(self, sql: str, given: Sequence[Rows] = ()) -> Rows:
        """Run SQL over the fact tables."""
        with self._lock:
            cursor = self._connection.cursor()
        try:
            return rows_on(cursor, sql, given)
        finally:
            cursor.close()

    def extend(self, changed: Mapping[str, tuple[Sequence[Key], Iterable[Versions]]]) -> None:
        """Lay versions of keys over what there is; all of them appear at once.

        Args:
            changed: relation -> keys, and every version of theirs in pieces.
        """
        with self._lock:
            cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN")
            for name, (keys, pieces) in changed.items():
                if name not in self._since:
                    rows = self._over(RELATIONS[name], SEGMENTS, changed=True)
                    cursor.execute(f"CREATE OR REPLACE VIEW {fact_table(RELATIONS[name])} AS {rows}")
                self._cover(cursor, RELATIONS[name], keys, pieces)
            counts = {name: _count(cursor, f"since_{name}") for name in changed}
            cursor.execute("COMMIT")
            self._since |= counts
        finally:
            cursor.close()

    def gather(self, name: str, pieces: Iterable[Versions]) -> None:
        """Add versions of keys that no layer holds yet; they appear piece by piece, so nobody may be reading.

        One large transaction would be held in memory as a whole.
        """
        self._connection.execute("BEGIN")
        for number, piece in enumerate(pieces, 1):
            insert_versions(self._connection, RELATIONS[name], f"since_{name}", [piece])
            if number % PIECES_AT_ONCE == 0:
                self._connection.execute("COMMIT; BEGIN")
        self._connection.execute("COMMIT")

    def execute(self, sql: str) -> None:
        """Run a statement of the writer of a segment."""
        self._connection.execute(sql)

    def count(self, table: str) -> int:
        """Return the number of rows of a table or view."""
        return _count(self._connection, table)

    def close(self) -> None:
        """Let the files go."""
        self._connection.close()

    def _lay(self, relation: Relation) -> None:
        """Make the tables of what changed since, and the fact table over all layers.

        ``changed`` holds the keys of what changed since, ``passed`` those of the later segment too.
        """
        name, run = relation.name, self._connection.execute
        keys, every = (
            ", ".join(f'"{column}" BIGINT' for column in columns) for columns in (relation.key, fact_columns(relation))
        )
        run(f"CREATE TABLE since_{name} ({every})")
        run(f"CREATE TABLE changed_{name} ({keys})")
        run(f"CREATE TABLE passed_{name} ({keys})")
        if name in self._held["later"]:
            names = ", ".join(relation.key)
            run(f"INSERT INTO passed_{name} SELECT DISTINCT {names} FROM later.{fact_table(relation)}")
        run(f"CREATE VIEW later_{name} AS {self._over(relation, ['later'], changed=True)}")
        run(f"CREATE VIEW {fact_table(relation)} AS {self._over(relation, SEGMENTS, changed=False)}")

    def _over(self, relation: Relation, segments: Sequence[str], *, changed: bool) -> str:
        """Return the rows of segments that nothing newer covers, with what changed since.

        Args:
            changed: something may have changed since. Most relations stand in one segment as they are: a query
                names several relations in several branches, and is planned in half the time without empty layers.
        """
        picks = ", ".join(f'"{column}"' for column in fact_columns(relation))
        held = [one for one in segments if relation.name in self._held[one]]
        branches = []
        for segment in held:
            select = f"SELECT {picks} FROM {segment}.{fact_table(relation)} t"
            covered = changed or segment != held[-1]
            branches.append(f"{select} WHERE {_uncovered(relation, COVERED[segment])}" if covered else select)
        if changed or not held:
            branches.append(f"SELECT {picks} FROM since_{relation.name}")
        return " UNION ALL ".join(branches)

    def _cover(
        self, cursor: duckdb.DuckDBPyConnection, relation: Relation, keys: Sequence[Key], pieces: Iterable[Versions]
    ) -> None:
        name = relation.name
        given = fetched(list(relation.key), list(zip(*keys, strict=True)) if keys else [()] * len(relation.key))
        cursor.register("covering", masked(given))
        same = " AND ".join(f'c."{key}" = t."{key}"' for key in relation.key)
        cursor.execute(f"DELETE FROM since_{name} t WHERE EXISTS (SELECT 1 FROM covering c WHERE {same})")
        for table in (f"changed_{name}", f"passed_{name}"):
            known = f"SELECT 1 FROM {table} t WHERE {same}"
            cursor.execute(f"INSERT INTO {table} SELECT * FROM covering c WHERE NOT EXISTS ({known})")
        cursor.unregister("covering")
        insert_versions(cursor, relation, f"since_{name}", pieces)


def insert_versions(
    cursor: duckdb.DuckDBPyConnection, relation: Relation, table: str, pieces: Iterable[Versions]
) -> None:
    """Insert versions into a table of their columns."""
    columns = fact_columns(relation)
    for piece in pieces:
        if piece:
            cursor.register("coming", masked(fetched(columns, list(zip(*piece, strict=True)))))
            cursor.execute(f"INSERT INTO {table} SELECT * FROM coming")
            cursor.unregister("coming")


def _uncovered(relation: Relation, over: str) -> str:
    """Return the condition that no newer layer holds the key of a row."""
    same = " AND ".join(f'n."{key}" = t."{key}"' for key in relation.key)
    return f"NOT EXISTS (SELECT 1 FROM {over}_{relation.name} n WHERE {same})"


def _count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    row = cursor.execute(f"SELECT COUNT(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])
