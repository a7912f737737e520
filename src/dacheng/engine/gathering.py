"""Running a portable query over a Book's relations on any engine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dacheng.core.book import BoolArray, IntArray, Rows

Params = Mapping[str, int | Sequence[int]]


class Engine(Protocol):
    """A place where fact tables live and SQL runs."""

    def fetch(self, sql: str, arrays: Sequence[Sequence[int | None]] = ()) -> tuple[list[str], list[list[int | None]]]:
        """Run finished SQL; return the column names and the columns."""

    def array_relation(self, columns: Sequence[str], first: int) -> str:
        """Return a SELECT over array parameters number ``first``, ``first`` + 1, …, one per column."""


@dataclass(frozen=True, slots=True)
class Part:
    """One relation of a finished query: its SELECT and the arrays it takes."""

    sql: str
    arrays: tuple[Sequence[int | None], ...] = ()


PLACEHOLDER = re.compile(r":([a-z_]+)")


def filled(sql: str, params: Params) -> str:
    """Return the text with ``:name`` places filled by whole numbers.

    An empty list becomes ``-1``, an id that no row has. Nothing but integers can be
    filled in, so no text of a user ever reaches SQL.
    """

    def literal(found: re.Match[str]) -> str:
        value = params[found.group(1)]
        if isinstance(value, (int, np.integer)):
            return str(int(value))
        return ", ".join(str(int(one)) for one in value) or "-1"

    return PLACEHOLDER.sub(literal, sql)


def with_relations(sql: str, parts: Mapping[str, str]) -> str:
    """Return the query with its relations put in front as common table expressions."""
    if not parts:
        return sql
    front = ",\n".join(f"{name} AS ({select})" for name, select in parts.items())
    body = sql.strip()
    if body[:5].upper() == "WITH ":
        return f"WITH {front},\n{body[5:]}"
    return f"WITH {front}\n{body}"


def as_rows(names: Sequence[str], columns: Sequence[Sequence[int | None]], nullable: Mapping[str, bool]) -> Rows:
    """Return fetched columns as Rows; a column that can be null has a mask even when empty."""
    arrays: dict[str, IntArray] = {}
    masks: dict[str, BoolArray] = {}
    for name, column in zip(names, columns, strict=True):
        if nullable.get(name, True):
            mask = np.array([value is not None for value in column], dtype=np.bool_)
            masks[name] = mask
            arrays[name] = np.array([0 if value is None else value for value in column], dtype=np.int64)
        else:
            arrays[name] = np.array(column, dtype=np.int64)
    return Rows(arrays, masks)
