"""A Table: what a report returns and every shell shows.

Columns carry units and the formula in words; rows are integer arrays (labels of ids
are filled in by the service); totals and notes say what was counted and what was
left out; drills lead from any number back to its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from dacheng.core.book import BoolArray, IntArray, Rows
from dacheng.core.errors import Text

CellKind = Literal["ref", "choice", "money", "count", "days", "day", "ym", "ratio", "pp", "flag"]
"""``ref`` an id shown by its name · ``ratio`` 0–1 shown as % · ``pp`` a difference of ratios."""

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
    """

    report: str
    take: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, int | str] = field(default_factory=dict)
    carry: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column of a Table.

    Args:
        ref: for ``ref`` the relation whose names are shown.
        choices: for ``choice`` (number, code, label) triples.
        judged: whether more or less of it is better; empty = no judgement.
        total: how the total row shows it: its sum, its own value, or nothing.
        help: the formula in words.
        drill: where a number of a row opens; ``total_drill`` the same for the total.
        optional: not shown unless chosen in the column chooser.
    """

    name: str
    kind: CellKind
    label: Text
    help: Text = Text("", "")
    ref: str = ""
    choices: tuple[tuple[int, str, Text], ...] = ()
    judged: Judged = ""
    drill: Drill | None = None
    total_drill: Drill | None = None
    optional: bool = False

    @property
    def numeric(self) -> bool:
        """Tell whether the column is right-aligned and opens."""
        return self.kind in ("money", "count", "days", "ratio", "pp")


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader must know: what was left out and why, with the count."""

    code: str
    text: Text
    count: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows of a long list are wanted; ``limit`` 0 = all."""

    offset: int = 0
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart beside a table: one bar per row of a small aggregate.

    Args:
        by: the ``ref``/``choice`` column described, whose values are ``keys``.
        parameter: the report parameter a bar filters by; empty = bars do not filter.
    """

    title: Text
    by: TableColumn
    keys: IntArray
    amounts: IntArray
    parameter: str = ""
    measure: TableColumn | None = None


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
        bars: charts made from the same rows.
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
    notes: tuple[Note, ...] = ()
    bars: tuple[Bars, ...] = ()
    help: Text = Text("", "")
    before: Mapping[str, Values] | None = None
    before_masks: Mapping[str, BoolArray] = field(default_factory=dict)
    before_totals: Mapping[str, int | float | None] = field(default_factory=dict)
    sort: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.values.values()))) if self.values else 0

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

    def cell(self, name: str, row: int) -> int | float | None:
        """Return one value, None where it is not known."""
        if not self.known(name)[row]:
            return None
        value = self.values[name][row]
        return float(value) if self.column(name).kind in ("ratio", "pp") else int(value)

    def rows(self) -> list[tuple[int | float | None, ...]]:
        """Return the rows as tuples in column order."""
        return [tuple(self.cell(column.name, row) for column in self.columns) for row in range(len(self))]

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

    def changed(self, name: str) -> BoolArray:
        """Return where a compared value differs, shape (n,); all false without a comparison."""
        if self.before is None:
            return np.zeros(len(self), dtype=np.bool_)
        was_known, is_known = self.before_masks[name], self.known(name)
        differs: BoolArray = was_known & is_known & (self.before[name] != self.values[name])
        return differs | (was_known != is_known)


def table_of(
    name: str,
    columns: tuple[TableColumn, ...],
    rows: Rows,
    *,
    key: tuple[str, ...],
    title: Text = Text("", ""),
    **computed: Values,
) -> Table:
    """Return a Table of gathered rows and computed columns.

    A computed column may come with ``<name>_known`` beside it, its mask.
    """
    masks = {column.name: rows.masks[column.name] for column in columns if column.name in rows.masks}
    for column in columns:
        mask = computed.get(f"{column.name}_known")
        if mask is not None:
            masks[column.name] = mask.astype(np.bool_)
    values = {
        column.name: computed[column.name] if column.name in computed else rows[column.name] for column in columns
    }
    return Table(name=name, title=title, columns=columns, key=key, values=values, masks=masks, count=len(rows))


def _keys(table: Table) -> list[tuple[int, ...]]:
    return list(zip(*(table.values[name].tolist() for name in table.key), strict=True))
