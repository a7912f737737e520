"""Rows on their way in: what a mapping makes of a file, before any of it is written.

A mapping turns sheets into staged rows; the preview checks them against what stands;
the import action writes them all or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

StagedValue = int | str | None
"""Money in minor units, days and months as integers, refs as the code of the other record, labels as text."""


@dataclass(frozen=True, slots=True)
class Staged:
    """One record of a file.

    Args:
        relation: the relation it belongs to.
        code: the code of an entity; the key of any other row is in ``values``.
        values: column -> value on ``from_day``; only columns that the file speaks about.
        from_day: the first day; rows without a day hold from ``FIRST_DAY``.
        later: (day, changed columns) that follow, ascending.
        known_start: False when the file says what is true now and not since when. A new record
            then begins on ``from_day`` (the day of the import, or ``FIRST_DAY`` for what holds
            from the beginning, such as homes); one that stands keeps its own history and takes
            the values from the day of the import on.
        sheet, row: where it stood, for findings and rejected rows.
        made_code: the file has no code of its own; this one was made of names.
    """

    relation: str
    code: str
    values: Mapping[str, StagedValue]
    from_day: int
    later: tuple[tuple[int, Mapping[str, StagedValue]], ...] = ()
    sheet: str = ""
    row: int | None = None
    known_start: bool = True
    made_code: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """The version of the data that a file of our own shows.

    Args:
        seq: the log sequence it was exported at; day: the day it shows.
    """

    seq: int
    day: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What one file or folder brings.

    Args:
        source: name of the system it comes from; rows are keyed by (source, code).
        name: the file or folder as its user knows it.
        currency: ISO code of its money.
        bases: sheet of a row -> what it shows, where the sheet is an export of ours.
    """

    source: str
    name: str
    currency: str
    rows: tuple[Staged, ...] = field(default=())
    bases: Mapping[str, Base] = field(default_factory=dict)
