"""What a cell of a file can hold, and how a row of cells travels from the reading child (单元格).

A row is one line of JSON: numbers and texts as themselves, everything else as an
object with one letter. Nothing that arrives can run: there is no pickle here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple, TypeAlias


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell whose program could not compute it, for example ``#REF!``; never a missing value."""

    code: str


NOT_CALCULATED = "#NOT-CALCULATED"
"""The code of a formula that was saved without its result (files written by programs, not by Excel)."""

Cell: TypeAlias = None | str | bool | int | Decimal | date | datetime | time | timedelta | ErrorCell
"""None is an empty cell. Sheet numbers are int where whole, else Decimal; csv cells are all text."""

WHOLE_FLOAT = 2.0**53
"""Up to here a float holds every whole number, so it may be handed on as an int."""


class Row(NamedTuple):
    """One row that is not blank.

    Args:
        number: the sheet's own row number, 1-based; in csv the record's number.
        cells: from column A on, without the empty cells at the end.
    """

    number: int
    cells: tuple[Cell, ...]


def column_letters(position: int) -> str:
    """Return the letters of a column; position 0 is A.

    >>> column_letters(0), column_letters(26), column_letters(16383)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_position(letters: str) -> int:
    """Return the position of a column, A is 0.

    >>> column_position("XFD")
    16383
    """
    position = 0
    for letter in letters:
        position = 26 * position + ord(letter) - 64
    return position - 1


def cell_place(reference: str) -> tuple[int, int]:
    """Return the row number (1-based) and the column position (0-based) of a reference such as ``B7``."""
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", reference).groups()  # type: ignore[union-attr]
    return int(digits), column_position(letters)


def _plain_float(value: float) -> object:
    if not isfinite(value):
        return {"e": "#NUM!"}
    return int(value) if value.is_integer() and abs(value) <= WHOLE_FLOAT else value


_PLAIN: dict[type, Callable[[Any], object]] = {
    float: _plain_float,
    datetime: lambda value: {"t": value.isoformat()},
    date: lambda value: {"d": value.isoformat()},
    time: lambda value: {"h": value.isoformat()},
    timedelta: lambda value: {"s": value.total_seconds()},
    ErrorCell: lambda value: {"e": value.code},
}


def _plain(value: Any) -> object:
    return _PLAIN[type(value)](value) if type(value) in _PLAIN else value


_TYPED: dict[str, Callable[[Any], Cell]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "h": time.fromisoformat,
    "s": lambda seconds: timedelta(seconds=float(seconds)),
    "e": ErrorCell,
}


def plain_cells(values: list[Any]) -> list[object]:
    """Return what JSON can hold of the values that a reader gave, without the empty end."""
    cells = [(value or None) if type(value) is str else _plain(value) for value in values]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


_to_json = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def encode_row(number: int, cells: list[object]) -> bytes:
    """Return one line for a row of ``plain_cells``."""
    return _to_json([number, cells]).encode() + b"\n"


def _typed(marked: dict[str, Any]) -> Cell:
    ((letter, value),) = marked.items()
    return _TYPED[letter](value)


_from_json = json.JSONDecoder(parse_float=Decimal, object_hook=_typed).decode


def decode_row(line: bytes) -> Row:
    """Return the row of a line; a fraction becomes the Decimal that is written, digit by digit."""
    number, cells = _from_json(line.decode())
    return Row(number, tuple(cells))
