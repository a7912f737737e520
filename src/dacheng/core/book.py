"""The Book (账本): the facts one viewer may see, as of one day.

A Book holds that day's rules, calendar and organisation and gathers from named,
scoped, as-of relations. It fixes the log sequence when it opens, so that many
gathers give one consistent picture without a read transaction. What-if, as-of views
and frozen Books are the same calls on another Book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from dacheng.core.access import Scope
from dacheng.core.calendar import Calendar
from dacheng.core.errors import RuleError, Text
from dacheng.core.months import CALENDAR_MONTHS, Months
from dacheng.core.rules import Rules
from dacheng.core.schema import RELATIONS
from dacheng.core.tree import Tree

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

Basis = Literal["then", "today"]
"""``then`` 当时口径: organisation and owners' homes of the as-of day; ``today`` 今日口径."""

OUTSIDE = 0
"""The ``unit_id`` of a row that is seen only by a grant: shown apart, in no sum."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of equal length, shape (n,), int64; nullable ones with a ``known`` mask.

    A value that is not known holds 0 and must not be used; it is never a masked
    array, because ``bincount`` and ``where`` drop the mask.
    """

    columns: Mapping[str, IntArray]
    masks: Mapping[str, BoolArray] = field(default_factory=dict)

    def __getitem__(self, name: str) -> IntArray:
        return self.columns[name]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def known(self, name: str) -> BoolArray:
        """Return where a column has a value; all true for a column that always has."""
        mask = self.masks.get(name)
        return np.ones(len(self), dtype=np.bool_) if mask is None else mask

    def only(self, keep: BoolArray | IntArray) -> Rows:
        """Return the chosen rows, in the order of ``keep``."""
        return Rows(
            {name: column[keep] for name, column in self.columns.items()},
            {name: mask[keep] for name, mask in self.masks.items()},
        )

    def records(self) -> list[dict[str, Any]]:
        """Return each row as column -> value; None where it is not known."""
        known = {name: self.known(name).tolist() for name in self.columns}
        values = {name: column.tolist() for name, column in self.columns.items()}
        return [{name: values[name][at] if known[name][at] else None for name in values} for at in range(len(self))]

    @classmethod
    def of(cls, names: Sequence[str], tuples: Sequence[Sequence[int | None]]) -> Rows:
        """Return rows from tuples; a column with a None gets a mask."""
        columns: dict[str, IntArray] = {}
        masks: dict[str, BoolArray] = {}
        for at, name in enumerate(names):
            values = [one[at] for one in tuples]
            if any(value is None for value in values):
                masks[name] = np.array([value is not None for value in values], dtype=np.bool_)
            columns[name] = np.array([value or 0 for value in values], dtype=np.int64)
        return cls(columns, masks)


@dataclass(frozen=True, slots=True)
class Ever:
    """Keep what ever had a value of a column in ``[first, end)``, in any version, such as deals created in a year."""

    column: str
    first: int
    end: int


class Source(Protocol):
    """Where a Book's relations live; engines implement it."""

    def gather(self, book: Book, sql: str, params: Mapping[str, int | Sequence[int]]) -> Rows:
        """Run a portable query over the Book's relations."""

    def spans(self, book: Book, name: str, ever: Ever | None = None) -> Rows:
        """Return every version of a relation in scope, with ``from_day`` and ``to_day``."""

    def calendar(self) -> Calendar:
        """Return the working calendar."""

    def open(self, book: Book, day: int) -> Book:
        """Open the same viewer's Book at the same sequence on another day."""


@dataclass(frozen=True)
class Book:
    """The facts one viewer may see, as of one day.

    Args:
        as_of_day: the Book shows the end of this day.
        today: the day of the question itself, for 今日口径 and nothing else.
        tree: the organisation of the day that ``basis`` names.
        months: the days of every month, the same on every day.
        replaced: relations replaced for a what-if.
    """

    as_of_day: int
    today: int
    basis: Basis
    scope: Scope
    tree: Tree
    rules: Rules
    source: Source
    months: Months = CALENDAR_MONTHS
    replaced: Mapping[str, Rows] = field(default_factory=dict)

    @cached_property
    def calendar(self) -> Calendar:
        """Return the working calendar."""
        return self.source.calendar()

    @property
    def org_day(self) -> int:
        """Return the day whose organisation places open rows."""
        return self.today if self.basis == "today" else self.as_of_day

    def gather(self, sql: str, **params: int | Sequence[int]) -> Rows:
        """Run a portable query over the Book's own relation names."""
        return self.source.gather(self, sql, params)

    def spans(self, name: str, ever: Ever | None = None) -> Rows:
        """Return scoped versions with their days, for histories in one pass.

        Args:
            ever: only of what ever had a value in a range: all versions of it; None = of everything.
        """
        return self.source.spans(self, name, ever)

    def at(self, day: int) -> Book:
        """Return the same viewer's Book at the same sequence on another day."""
        return replace(self.source.open(self, day), replaced=self.replaced)

    def replace(self, **relations: Rows) -> Book:
        """Return a Book in which relations hold other rows (what-if, drafts).

        Raises:
            RuleError: the relation is unknown, a column is missing, or a row lies
                outside the viewer's units.
        """
        for name, rows in relations.items():
            _check_replacement(self, name, rows)
        return replace(self, replaced={**self.replaced, **relations})


def _check_replacement(book: Book, name: str, rows: Rows) -> None:
    if name not in RELATIONS:
        raise RuleError(Text(f"没有名为 {name} 的关系。", f"There is no relation {name}."))
    expected = {column.name for column in RELATIONS[name].facts}
    if RELATIONS[name].placed:
        expected.add("unit_id")
    missing = sorted(expected - set(rows.columns))
    if missing:
        raise RuleError(
            Text(f"{name} 缺少列：{'、'.join(missing)}。", f"{name} lacks columns: {', '.join(missing)}."),
            Text("补齐这些列。", "Add them."),
        )
    if "unit_id" in expected and not book.scope.whole:
        outside = ~np.isin(rows["unit_id"], np.array(book.scope.units, dtype=np.int64))
        if outside.any():
            raise RuleError(
                Text(f"{name} 有 {outside.sum()} 行不在你的范围内。", f"{outside.sum()} rows of {name} lie outside."),
                Text("只能替换自己范围内的行。", "Replace rows inside your own units only."),
            )
