"""How a relation is described: once, for the database, the Book, CSV and the reference page.

A relation has a key and columns. Columns of text kinds (``text``) are labels: they
live in records and in CSV, never in facts, so no gather ever sees them. All other
columns are integers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from dacheng.core.errors import Text

Kind = Literal["id", "ref", "day", "ym", "money", "count", "bp", "flag", "choice", "text"]
"""``id`` the row's own number · ``ref`` another relation's id · ``day`` days since 1970-01-01 ·
``ym`` 12·year+month−1 · ``money`` minor units · ``count`` whole number · ``bp`` basis points ·
``flag`` 0/1 · ``choice`` one of a few named integers · ``text`` a label, outside facts."""

Place = Literal["public", "owner", "unit", "person", "customer", "deal", "hidden"]
"""Where a row is for the purpose of rights: nowhere (``public``), at its owner's home unit
(``owner``), at the unit it names (``unit``), at the home of the person it is about (``person``),
wherever a deal or contract of its customer is seen (``customer``), wherever its deal is (``deal``);
``hidden`` relations decide about rights and are not offered to reports."""

FieldClass = Literal["public", "money-private", "contact-private"]

Form = Literal["", "phone", "email"]
"""What a text must look like; empty = any text."""

AMOUNT_LIMIT = 10**14
"""Largest |money| in minor units: one trillion 元. Times 10,000 it still fits 2^62."""

KIND_LIMIT = {
    "id": 2**40,
    "ref": 2**40,
    "day": 2_932_896,
    "ym": 12 * 10_000,
    "money": AMOUNT_LIMIT,
    "count": 10**9,
    "bp": 10**6,
    "flag": 1,
    "choice": 1000,
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a relation.

    Args:
        ref: for ``ref``: the relation it points to.
        choices: for ``choice``: (number, code, label) triples; CSV carries the code.
        default: the value of a CSV that leaves the column out; None = required
            unless ``nullable``.
        derived: computed from other records when facts are written; people do not type it.
        form: for ``text``: what it must look like, and is kept as (``core.text_forms``).
        month_end: for ``day``: a month without a day may be written and means its last day.
        below_zero: for ``bp``: it can be negative, like a margin; a win rate or a tax rate cannot.
        above_whole: for ``bp``: it can be more than a whole, like growth of 150 %.
    """

    name: str
    kind: Kind
    label: Text
    ref: str = ""
    choices: tuple[tuple[int, str, Text], ...] = ()
    nullable: bool = False
    default: int | str | None = None
    field_class: FieldClass = "public"
    derived: bool = False
    help: Text = Text("", "")
    form: Form = ""
    month_end: bool = False
    below_zero: bool = False
    above_whole: bool = False

    @property
    def is_label(self) -> bool:
        """Tell whether the column is text and so outside facts."""
        return self.kind == "text"

    @property
    def limit(self) -> int:
        """Return the largest absolute value the column may hold."""
        return KIND_LIMIT[self.kind]


@dataclass(frozen=True)
class Relation:
    """A named set of dated rows.

    Args:
        key: names of the columns that identify a row on any day.
        columns: every column but the interval (``from_day``, ``to_day``), keys first.
        place: how a row is placed for rights and sums.
        place_column: the ``ref`` to a person or unit that ``place`` reads.
        place_day: the ``day`` column on which a posted row counts; open rows hold
            ``FAR_DAY`` there and count on the as-of day. Empty = the as-of day.
        host: the ``ref`` to a unit that sees the row as well, but not where it is placed. Empty = none.
        seen_by_person: whoever a row at a unit names as its person sees it wherever it is placed.
        entity: rows are things with a code and a name of their own.
        dated: rows have an interval; otherwise they hold always.
    """

    name: str
    label: Text
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    place: Place = "public"
    place_column: str = ""
    place_day: str = ""
    host: str = ""
    seen_by_person: bool = True
    entity: bool = False
    dated: bool = True
    help: Text = Text("", "")

    @cached_property
    def typed(self) -> Mapping[str, Column]:
        """Return the columns that people may type, by name."""
        return {column.name: column for column in self.columns if not column.derived}

    @cached_property
    def facts(self) -> tuple[Column, ...]:
        """Return the integer columns, keys first."""
        return tuple(column for column in self.columns if not column.is_label)

    @cached_property
    def labels(self) -> tuple[Column, ...]:
        """Return the text columns."""
        return tuple(column for column in self.columns if column.is_label)

    @cached_property
    def values(self) -> tuple[Column, ...]:
        """Return the integer columns that are not part of the key."""
        return tuple(column for column in self.facts if column.name not in self.key)

    @cached_property
    def value_names(self) -> tuple[str, ...]:
        """Return the names of ``values``, in their order."""
        return tuple(column.name for column in self.values)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Return where each of ``values`` stands among them, by name."""
        return {name: at for at, name in enumerate(self.value_names)}

    @property
    def placed(self) -> bool:
        """Tell whether the Book's relation carries a ``unit_id`` computed from the place."""
        return self.place in ("owner", "person")

    def column(self, name: str) -> Column:
        """Return the column of that name; KeyError when there is none."""
        try:
            return self._by_name[name]
        except KeyError:
            raise KeyError(f"{self.name}.{name}") from None

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


MERGED_INTO = Column(
    "merged_into",
    "text",
    Text("并入", "Merged into"),
    default="",
    derived=True,
    help=Text(
        "合并后留下的那条的编号；空 = 没有被合并", "The code of the record that stays; blank = it was not merged"
    ),
)
"""Where a record that was merged away leads to: the record ends, this stays."""

SUFFIXES = ("_id", "_day", "_bp")
CSV_NAMES = {
    "ym": "month",
    "from_day": "from",
    "to_day": "to",
    "stage_day": "stage_since",
    "start_ym": "start",
    "due_ym": "due",
}


def csv_name(column: str) -> str:
    """Return the header that people see in a CSV: ``owner_id`` is ``owner``, ``ym`` is ``month``."""
    if column in CSV_NAMES:
        return CSV_NAMES[column]
    for suffix in SUFFIXES:
        if column.endswith(suffix):
            return column.removesuffix(suffix)
    return column
