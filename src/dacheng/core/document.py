"""A document to be signed or handed out (文书): titled blocks of text and tables, as every kind of file writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Look = Literal["plain", "quiet", "strong"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph."""

    text: str
    look: Look = "plain"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Args:
        head: the texts of its first row; none = a table without one.
        rows: as many texts each. numbers: columns that stand at the right.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[int] = frozenset()


Block = Heading | Line | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A document.

    Args:
        language: zh-hans or en. foot: what every page says at its end. wide: pages lie on their long side.
    """

    title: str
    language: str
    blocks: Sequence[Block]
    foot: str = ""
    wide: bool = False
