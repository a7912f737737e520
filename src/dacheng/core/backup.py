"""What a backup says about itself: its tables, the schema they follow, the head of the log (备份)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["number", "text", "flag", "uid", "json"]
"""What a column holds; a uid is 32 hex digits, json is its canonical text."""

KINDS: tuple[Kind, ...] = ("number", "text", "flag", "uid", "json")

Row = tuple[Any, ...]
"""JSON values in the order of the columns."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: its name and its columns with their kinds, in order."""

    name: str
    columns: Mapping[str, Kind]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a backup comes from; nothing of it depends on the machine, the database or the clock.

    Args:
        version: of Dacheng.
        migrations: the schema, as the migrations that made it.
        head_seq, head_hash: the last entry of the log; head_at: its moment, microseconds UTC.
    """

    version: str
    migrations: tuple[str, ...]
    company: str
    head_seq: int
    head_hash: str
    head_at: int


@dataclass(frozen=True, slots=True)
class Written:
    """A table in a backup.

    Args:
        digest: SHA-256 of its lines.
    """

    shape: Shape
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The list of contents of a backup."""

    origin: Origin
    tables: tuple[Written, ...]
