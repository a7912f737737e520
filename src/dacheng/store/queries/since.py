"""What changed since an entry of the log, and the versions of what changed: what a replica reads to catch up.

Every write of a fact notes its record in the log, and a company is loaded only where
there was none: so the log names every key whose versions are others than before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection

from dacheng.core.relation import Relation
from dacheng.core.schema import INTERVAL, KNOWLEDGE, RELATIONS
from dacheng.store.bulk import among, fetch_rows, select_rows
from dacheng.store.standing import Key, fact_table, record_table

ROWS_AT_ONCE = 10_000
KEYS_AT_ONCE = 5_000

VersionRow = tuple[int | None, ...]
"""The fact columns, the interval and the sequences of one version."""


def changes_between(after: int, upto: int) -> int:
    """Return how many records the entries after one up to another changed."""
    sql = f"SELECT CAST(COALESCE(SUM(changes), 0) AS BIGINT) FROM log WHERE seq > {after} AND seq <= {upto}"
    return int(fetch_rows(sql)[0][0])


def keys_changed(after: int, upto: int) -> dict[str, list[Key]]:
    """Return relation -> the keys whose records were changed after one entry up to another."""
    sql = f"SELECT DISTINCT relation, record_id FROM log_change WHERE seq > {after} AND seq <= {upto}"
    ids: dict[str, list[int]] = {}
    for name, record_id in fetch_rows(sql):
        ids.setdefault(name, []).append(record_id)
    return {name: _keys(RELATIONS[name], numbers) for name, numbers in ids.items() if name in RELATIONS}


def versions_of_keys(relation: Relation, keys: Sequence[Key]) -> Iterator[list[VersionRow]]:
    """Yield every version of keys, known now or earlier, in pieces."""
    columns = version_columns(relation)
    for start in range(0, len(keys), KEYS_AT_ONCE):
        part = set(keys[start : start + KEYS_AT_ONCE])
        conditions = [among(column, {key[at] for key in part}) for at, column in enumerate(relation.key)]
        rows = select_rows(fact_table(relation.name), columns, conditions)
        size = len(relation.key)
        yield [row for row in rows if row[:size] in part] if size > 1 else rows


def every_version(relation: Relation) -> Iterator[list[VersionRow]]:
    """Yield every version of a relation in pieces, as of one moment."""
    names = ", ".join(f'"{column}"' for column in version_columns(relation))
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{fact_table(relation.name)}"')
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield rows


def version_columns(relation: Relation) -> list[str]:
    """Return the columns of a version, keys first."""
    return [*(column.name for column in relation.facts), *INTERVAL, *KNOWLEDGE]


def hash_at(seq: int) -> str:
    """Return the hash of the log up to an entry; empty before the first and where there is no such entry."""
    rows = fetch_rows(f"SELECT hash FROM log WHERE seq = {seq}")
    return str(rows[0][0]) if rows else ""


def deals_kept() -> int:
    """Return how many opportunities the database keeps."""
    return int(fetch_rows("SELECT COUNT(*) FROM rec_deals")[0][0])


def _keys(relation: Relation, ids: Iterable[int]) -> list[Key]:
    if relation.entity:
        return sorted((one,) for one in ids)
    return sorted(set(select_rows(record_table(relation.name), list(relation.key), [among("id", ids)])))
