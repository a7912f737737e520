"""Columns to Parquet and back, by DuckDB: what a facts export is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dacheng.core.relation import Relation
from dacheng.core.schema import INTERVAL, KNOWLEDGE
from dacheng.engine.duck import DuckEngine, connected
from dacheng.engine.gathering import Values, fetched
from dacheng.engine.relations import fact_table

Texts = Sequence[str]

NAMES = ("code", "name", "english", "uid")
"""The texts of a name, beside its ``id`` and whether it is ``removed``."""


def write_parquet(file: Path, numbers: Mapping[str, Values], texts: Mapping[str, Texts] | None = None) -> None:
    """Write one Parquet file; the same columns give the same bytes."""
    connection = connected()
    rows = fetched(list(numbers), list(numbers.values()))
    columns: dict[str, npt.NDArray[Any]] = {
        name: np.ma.array(values, mask=~rows.masks[name]) if name in rows.masks else values
        for name, values in rows.columns.items()
    }
    columns |= {name: np.array(values, dtype=object) for name, values in (texts or {}).items()}
    typed = [f'CAST("{name}" AS BIGINT) AS "{name}"' for name in numbers]
    typed += [f'CAST("{name}" AS VARCHAR) AS "{name}"' for name in texts or {}]
    connection.register("leaving", columns)
    connection.execute(f"COPY (SELECT {', '.join(typed)} FROM leaving) TO {quoted(file)} (FORMAT parquet)")
    connection.close()


def fact_columns(relation: Relation) -> list[str]:
    """Return the columns of the facts of a relation, as every engine holds them."""
    return [*(column.name for column in relation.facts), *INTERVAL, *KNOWLEDGE]


class ParquetEngine(DuckEngine):
    """A DuckDB whose tables are Parquet files that stay where they are."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[Sequence[str], Sequence[str], list[Path]]] = {}
        super().__init__()

    def attach(self, table: str, numbers: Sequence[str], texts: Sequence[str], files: Iterable[Path]) -> None:
        """Make a table of files that hold these columns; without a file it is empty."""
        self._files[table] = (numbers, texts, list(files))
        self._show(table)

    def attach_facts(self, relation: Relation, files: Iterable[Path]) -> None:
        """Make the fact table of a relation of its files."""
        self.attach(fact_table(relation), fact_columns(relation), (), files)

    def rows_with_text(self, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a finished SELECT that may hold text."""
        return self.connection.execute(sql, list(params)).fetchall()

    def _replace_connection(self) -> None:
        super()._replace_connection()
        for table in self._files:
            self._show(table)

    def _show(self, table: str) -> None:
        numbers, texts, files = self._files[table]
        names = ", ".join(f'"{name}"' for name in (*numbers, *texts))
        empty = ", ".join(
            [*(f'CAST(0 AS BIGINT) AS "{name}"' for name in numbers), *(f"'' AS \"{name}\"" for name in texts)]
        )
        listed = ", ".join(quoted(file) for file in files)
        select = f"SELECT {names} FROM read_parquet([{listed}])" if files else f"SELECT {empty} WHERE 1 = 0"
        self.connection.execute(f"CREATE OR REPLACE VIEW {table} AS {select}")


def quoted(file: Path) -> str:
    """Return a path as a literal of DuckDB."""
    return "'" + str(file.resolve()).replace("'", "''") + "'"
