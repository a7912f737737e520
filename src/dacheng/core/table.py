"""A Table: what a report returns and every shell shows.

Columns carry units and the formula in words; rows are integer arrays (labels of ids
are filled in by the service); totals and notes say what was counted and what was
left out; drills lead from any number back to its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from dacheng.core.arrays import FloatArray
from dacheng.core.book import BoolArray, IntArray, Rows
from dacheng.core.errors import Text
from dacheng.core.money import in_yuan
from dacheng.core.schema import RELATIONS

CellKind = Literal["ref", "choice", "money", "count", "days", "day", "ym", "year", "ratio", "pp", "number", "flag"]
"""``ref`` an id shown by its name · ``year`` a fiscal year by its name · ``ratio`` 0–1 shown as % · ``pp`` a
difference of ratios · ``number`` one with a fraction."""

FRACTIONS = ("ratio", "pp", "number")
"""Kinds whose values are not whole."""

Values = IntArray | npt.NDArray[np.float64]
Judged = Literal["", "more", "less"]


@dataclass(frozen=True, slots=True)
class Drill:
    """How a number opens: the report and its parameters.

    Args:
        report: ``area/noun``.
        take: parameter -> the column of the same row that fills it.
        fixed: parameter -> value.
        carry: parameters of the report itself that are handed on when they are set.
        day: the ``day`` column of the same row on which it opens; empty = the Book's own day.
        when: the column that rows which open have something in, as a ``flag``; empty = every row opens.
    """

    report: str
    take: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, int | str] = field(default_factory=dict)
    carry: tuple[str, ...] = ()
    day: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class RowDrills:
    """How the numbers of a column open whose rows are different things.

    Args:
        by: the ``choice`` column that says what a row is.
        drills: its number -> how the row opens; other rows do not.
    """

    by: str
    drills: Mapping[int, Drill]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a Table.

    Args:
        ref: for ``ref`` the relation whose names are shown.
        choices: for ``choice`` (number, code, label) triples.
        judged: whether more or less of it is better; empty = no judgement.
        difference: the value is itself a difference, so its sign says better or worse.
        total: how the total row shows it: its sum, its own value, or nothing.
        help: the formula in words.
        drill: where a number of a row opens; ``total_drill`` the same for the total.
        optional: not shown unless chosen in the column chooser.
        places: decimals of a ``number`` on a page.
    """

    name: str
    kind: CellKind
    label: Text
    help: Text = Text("", "")
    ref: str = ""
    choices: tuple[tuple[int, str, Text], ...] = ()
    judged: Judged = ""
    difference: bool = False
    drill: Drill | RowDrills | None = None
    total_drill: Drill | None = None
    optional: bool = False
    places: int = 1

    @property
    def numeric(self) -> bool:
        """Tell whether the column is right-aligned and opens."""
        return self.kind in ("money", "count", "days", *FRACTIONS)


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader must know: what was left out and why, with the count.

    Args:
        column: the one column it is about; such a note is shown where the column is shown.
        pattern: the text with ``{}`` for each amount, where a shell shows amounts in a unit of its own.
        amounts: minor units.
    """

    code: str
    text: Text
    count: int = 0
    column: str = ""
    pattern: Text = Text("", "")
    amounts: tuple[int, ...] = ()

    @classmethod
    def of_amounts(cls, code: str, pattern: Text, amounts: Sequence[int], count: int = 0) -> Note:
        """Return a note about amounts, in 元 unless a shell shows another unit.

        Args:
            pattern: with ``{}`` for each of the amounts, minor units.
        """
        plain = [in_yuan(one) for one in amounts]
        text = Text(pattern.zh.format(*(f"{one} 元" for one in plain)), pattern.en.format(*plain))
        return cls(code, text, count, pattern=pattern, amounts=tuple(amounts))

    def said(self, language: str, amount: Callable[[int], str]) -> str:
        """Return the note with its amounts as a shell shows them."""
        if not self.amounts:
            return self.text.in_language(language)
        return self.pattern.in_language(language).format(*map(amount, self.amounts))


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of a long list are wanted; ``limit`` 0 = all."""

    offset: int = 0
    limit: int = 0


EVERY_ROW = Page()


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart beside a table: one bar per row of a small aggregate.

    Args:
        by: the ``ref``/``choice``/``ym`` column described, whose values are ``keys``.
        parameter: the report parameter a bar filters by; empty = bars do not filter.
        also: key -> further parameters its bar sets, for example ``direct`` for what
            belongs to a unit itself and to no branch below it.
    """

    title: Text
    by: TableColumn
    keys: IntArray
    amounts: IntArray
    parameter: str = ""
    measure: TableColumn | None = None
    also: Mapping[int, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A chart beside a table: one figure through time.

    Args:
        by: the ``day`` column of the points; days: shape (n,), ascending.
        values, known: shape (n,), the figure on each day and where it is known.
    """

    measure: TableColumn
    by: TableColumn
    days: IntArray
    values: Values
    known: BoolArray


@dataclass(frozen=True)
class Table:
    """Columns, rows, totals, notes and drills of one report.

    Args:
        key: columns that identify a row across days, for comparison.
        values: column -> shape (n,) array.
        masks: column -> where it is known; absent = always.
        totals: column -> the total in the same unit; None = not applicable.
        count: rows in all, of which ``values`` may hold one page.
        outside: rows seen only by a grant; they are in no total.
        outside_count: how many of ``count`` those are.
        parts_count: how many of ``count`` are deals of which only a part is in scope: they are summed
            here and counted where their owner is.
        bars, lines: charts made from the same rows.
        before: values and masks of the same keys on the compared day.
    """

    name: str
    title: Text
    columns: tuple[TableColumn, ...]
    key: tuple[str, ...]
    values: Mapping[str, Values]
    masks: Mapping[str, BoolArray] = field(default_factory=dict)
    totals: Mapping[str, int | float | None] = field(default_factory=dict)
    count: int = 0
    page: Page = Page()
    outside: BoolArray | None = None
    outside_count: int = 0
    parts_count: int = 0
    notes: tuple[Note, ...] = ()
    bars: tuple[Bars, ...] = ()
    lines: tuple[Line, ...] = ()
    help: Text = Text("", "")
    before: Mapping[str, Values] | None = None
    before_masks: Mapping[str, BoolArray] = field(default_factory=dict)
    before_totals: Mapping[str, int | float | None] = field(default_factory=dict)
    sort: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.values.values()))) if self.values else 0

    @property
    def counted(self) -> int:
        """Return how many things the rows count as: not those seen by a grant, nor mere parts of deals."""
        return self.count - self.outside_count - self.parts_count

    def known(self, name: str) -> BoolArray:
        """Return where a column has a value."""
        mask = self.masks.get(name)
        return np.ones(len(self), dtype=np.bool_) if mask is None else mask

    def column(self, name: str) -> TableColumn:
        """Return the column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def opening(self, name: str, row: int) -> Drill | None:
        """Return how a number of a row opens; None where it does not."""
        drill = self.column(name).drill
        if isinstance(drill, RowDrills):
            drill = drill.drills.get(int(self.cell(drill.by, row) or 0))
        return None if drill is None or (drill.when and not self.cell(drill.when, row)) else drill

    def cell(self, name: str, row: int) -> int | float | None:
        """Return one value, None where it is not known."""
        if not self.known(name)[row]:
            return None
        value = self.values[name][row]
        return float(value) if self.column(name).kind in FRACTIONS else int(value)

    def cells(self, name: str) -> list[int | float | None]:
        """Return the values of a column from the first row to the last, None where one is not known."""
        values = self.values[name]
        kind: type[int] | type[float] = float if self.column(name).kind in FRACTIONS else int
        if name not in self.masks:
            return [kind(value) for value in values.tolist()]
        known = self.masks[name].tolist()
        return [kind(value) if there else None for value, there in zip(values.tolist(), known, strict=True)]

    def rows(self) -> list[tuple[int | float | None, ...]]:
        """Return the rows as tuples in column order."""
        return list(zip(*(self.cells(column.name) for column in self.columns), strict=True))

    def piece(self, start: int, stop: int) -> Table:
        """Return the table with the rows from ``start`` up to ``stop`` only; totals and notes stay those of all."""

        def cut(columns: Mapping[str, Any]) -> dict[str, Any]:
            return {name: column[start:stop] for name, column in columns.items()}

        before = None if self.before is None else cut(self.before)
        return replace(
            self, values=cut(self.values), masks=cut(self.masks), before=before, before_masks=cut(self.before_masks)
        )

    def with_parts(self, count: int) -> Table:
        """Return the table with how many of its rows are deals of which only a part is in scope, and a note of it."""
        if not count:
            return self
        note = Note(
            "parts",
            Text(
                f"其中 {count} 行只有分成在这里：金额计入合计，单数算在负责人那里。",
                f"Rows of which only a part is here: {count}. Their amounts are summed here, "
                "the opportunities are counted where their owners are.",
            ),
            count,
        )
        return replace(self, parts_count=count, notes=(*self.notes, note))

    def compared_with(self, before: Table) -> Table:
        """Return the table with the values of an earlier one beside each row, matched by key."""
        place = {key: at for at, key in enumerate(_keys(before))}
        matched = np.array([place.get(key, -1) for key in _keys(self)], dtype=np.int64)
        found = matched >= 0
        at = np.where(found, matched, 0)
        values: dict[str, Values] = {}
        masks: dict[str, BoolArray] = {}
        for column in self.columns:
            name = column.name
            empty = len(before) == 0
            values[name] = np.zeros_like(self.values[name]) if empty else before.values[name][at]
            masks[name] = found if empty else found & before.known(name)[at]
        return replace(self, before=values, before_masks=masks, before_totals=before.totals)

    def change(self, name: str, row: int) -> int | float | None:
        """Return a value minus that of the compared day; None where either is not known."""
        now = self.cell(name, row)
        if now is None or self.before is None or not self.before_masks[name][row]:
            return None
        before = self.before[name][row]
        return now - (float(before) if isinstance(now, float) else int(before))

    def changed(self, name: str) -> BoolArray:
        """Return where a compared value differs, shape (n,); all false without a comparison."""
        if self.before is None:
            return np.zeros(len(self), dtype=np.bool_)
        was_known, is_known = self.before_masks[name], self.known(name)
        differs: BoolArray = was_known & is_known & (self.before[name] != self.values[name])
        changed: BoolArray = differs | (was_known != is_known)
        return changed


def whole_known(values: Sequence[int | None]) -> tuple[IntArray, BoolArray]:
    """Return whole numbers as a column with where they are known; missing is not zero."""
    known = np.array([one is not None for one in values], dtype=np.bool_)
    return np.array([one or 0 for one in values], dtype=np.int64), known


def fractions_known(values: Sequence[Fraction | float | None]) -> tuple[FloatArray, BoolArray]:
    """Return exact ratios as a column of floats, for showing, with where they are known."""
    known = np.array([one is not None for one in values], dtype=np.bool_)
    return np.array([float(one or 0) for one in values], dtype=np.float64), known


def table_of(
    columns: tuple[TableColumn, ...],
    rows: Rows,
    computed: Mapping[str, Values | tuple[Values, BoolArray]] | None = None,
    *,
    key: tuple[str, ...],
    **rest: Any,
) -> Table:
    """Return a Table of gathered rows and computed columns; the registry gives it its name.

    Args:
        computed: column -> values, or values and where they are known.
        rest: further fields of the Table: totals, notes, bars, count, page, sort, ….
    """
    given = {name: (column, rows.known(name)) for name, column in rows.columns.items()} | dict(computed or {})
    values: dict[str, Values] = {}
    masks: dict[str, BoolArray] = {}
    for column in columns:
        value = given[column.name]
        if not isinstance(value, tuple):
            values[column.name] = value
        else:
            values[column.name], known = value
            if not known.all():
                masks[column.name] = known
    fields = {"count": len(rows), **rest}
    return Table(name="", title=Text("", ""), columns=columns, key=key, values=values, masks=masks, **fields)


def column_of(relation: str, column: str, /, **changes: Any) -> TableColumn:
    """Return the table column of a relation's column, with its own label, choices and reference.

    A column of basis points becomes a ratio: the report hands in its values as 0–1.

    >>> column_of("deals", "owner_id").ref
    'people'
    """
    described = RELATIONS[relation].column(column)
    shown = TableColumn(
        name=column,
        kind=SHOWN_AS[described.kind],
        label=described.label,
        help=described.help,
        ref=relation if described.kind == "id" else described.ref,
        choices=described.choices,
    )
    return replace(shown, **changes)


SHOWN_AS: Mapping[str, CellKind] = {
    "id": "ref",
    "ref": "ref",
    "day": "day",
    "ym": "ym",
    "money": "money",
    "count": "count",
    "bp": "ratio",
    "flag": "flag",
    "choice": "choice",
}
"""How a column of a relation stands in a table; text is a label and stands beside its id."""


def _keys(table: Table) -> list[tuple[int, ...]]:
    return list(zip(*(table.values[name].tolist() for name in table.key), strict=True))
