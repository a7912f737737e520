"""DuckDB in memory as an engine: CSV folders, golden books, frozen Books."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt

from dacheng.core.relation import Relation
from dacheng.core.schema import INTERVAL, KNOWLEDGE
from dacheng.engine.relations import fact_table


class DuckEngine:
    """A private in-memory DuckDB that holds fact tables."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(":memory:", config={"threads": 1})

    def load(self, relation: Relation, columns: Mapping[str, Sequence[int | None]]) -> None:
        """Create and fill the fact table of a relation.

        Args:
            columns: every fact column and the interval; sequences default to 0 … FAR.
        """
        names = [column.name for column in relation.facts] + [*INTERVAL, *KNOWLEDGE]
        declared = ", ".join(f'"{name}" BIGINT' for name in names)
        self.connection.execute(f"CREATE OR REPLACE TABLE {fact_table(relation)} ({declared})")
        rows = len(next(iter(columns.values()), ()))
        if rows:
            places = ", ".join(f'unnest(?::BIGINT[]) AS "{name}"' for name in names)
            self.connection.execute(
                f"INSERT INTO {fact_table(relation)} SELECT {places}", [_plain(columns[name]) for name in names]
            )

    def fetch(self, sql: str, arrays: Sequence[Sequence[int | None]] = ()) -> tuple[list[str], list[list[int | None]]]:
        """Run SQL and return names and columns."""
        found = self.connection.execute(sql, [_plain(array) for array in arrays])
        names = [one[0] for one in found.description]
        fetched = found.fetchnumpy()
        return names, [_listed(fetched[name]) for name in names]

    def array_relation(self, columns: Sequence[str], first: int) -> str:
        """Return a SELECT over array parameters, one per column."""
        picks = ", ".join(f"unnest(?::BIGINT[]) AS {name}" for name in columns)
        return f"SELECT {picks}"


def _plain(array: Iterable[int | None]) -> list[int | None]:
    return [None if value is None else int(value) for value in array]


def _listed(column: npt.NDArray[np.int64]) -> list[int | None]:
    if isinstance(column, np.ma.MaskedArray):
        return [None if hidden else int(value) for value, hidden in zip(column.data, _mask(column), strict=True)]
    return [int(value) for value in column.tolist()]


def _mask(column: np.ma.MaskedArray) -> npt.NDArray[np.bool_]:
    return np.broadcast_to(np.ma.getmaskarray(column), column.shape)
