"""Opening a Book on an engine: one viewer, one day, one log sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dacheng.core.access import Viewer, scope_of
from dacheng.core.book import Basis, Book, Rows
from dacheng.core.calendar import Calendar
from dacheng.core.errors import RuleError, Text
from dacheng.core.rules import DatedRule, in_force
from dacheng.core.schema import RELATIONS
from dacheng.core.tree import Tree
from dacheng.engine.gathering import Engine, Params, as_rows, filled, with_relations
from dacheng.engine.portable import checked
from dacheng.engine.relations import Standpoint, relation_columns, relation_sql


@dataclass(frozen=True)
class EngineSource:
    """The relations of one viewer's Books at one sequence."""

    engine: Engine
    viewer: Viewer
    seq: int
    rules: tuple[DatedRule, ...]
    calendars: dict[int, Calendar] = field(default_factory=dict)

    def gather(self, book: Book, sql: str, params: Params) -> Rows:
        """Check, fill and run a portable query."""
        query = checked(sql, VISIBLE)
        arrays: list[Sequence[int | None]] = []
        parts = {name: self._part(book, name, arrays) for name in query.relations}
        names, columns = self.engine.fetch(with_relations(filled(sql, params), parts), arrays)
        return as_rows(names, columns, query.nullable)

    def spans(self, book: Book, name: str) -> Rows:
        """Return every version of a relation in scope, by key and day."""
        relation = RELATIONS[name]
        select = relation_sql(relation, self._standpoint(book), spans=True)
        order = ", ".join([*relation.key, "from_day"])
        names, columns = self.engine.fetch(f"SELECT * FROM ({select}) AS versions ORDER BY {order}")
        return as_rows(names, columns, relation_columns(relation) | {"from_day": False, "to_day": False})

    def open(self, book: Book, day: int) -> Book:
        """Open the same viewer's Book on another day."""
        return opened(self, as_of_day=day, today=book.today, basis=book.basis)

    def calendar(self) -> Calendar:
        """Return the working calendar, read once per source."""
        if self.seq not in self.calendars:
            _, columns = self.engine.fetch(
                "SELECT day, working FROM fact_calendar"
                f" WHERE seq_from <= {self.seq} AND seq_to > {self.seq} ORDER BY day"
            )
            days, working = (np.array(column, dtype=np.int64) for column in columns)
            self.calendars[self.seq] = Calendar.of(days, working.astype(np.bool_))
        return self.calendars[self.seq]

    def _part(self, book: Book, name: str, arrays: list[Sequence[int | None]]) -> str:
        if name not in book.replaced:
            return relation_sql(RELATIONS[name], self._standpoint(book))
        rows = book.replaced[name]
        columns = list(relation_columns(RELATIONS[name]))
        select = self.engine.array_relation(columns, len(arrays))
        for column in columns:
            known = rows.known(column)
            arrays.append([value if here else None for value, here in zip(rows[column].tolist(), known, strict=True)])
        return select

    def _standpoint(self, book: Book) -> Standpoint:
        return Standpoint(
            scope=book.scope,
            as_of=book.as_of_day,
            org_day=book.org_day,
            today=book.today,
            seq=self.seq,
            restated=book.basis == "today",
        )


VISIBLE: Mapping[str, Mapping[str, bool]] = {
    name: relation_columns(relation) for name, relation in RELATIONS.items() if relation.place != "hidden"
}


def open_book(
    engine: Engine,
    *,
    viewer: Viewer,
    as_of_day: int,
    today: int,
    seq: int,
    rules: tuple[DatedRule, ...],
    basis: Basis = "then",
) -> Book:
    """Open a Book.

    Args:
        as_of_day: the Book shows the end of this day.
        today: the day of the question; rights and 今日口径 are of this day.
        seq: the log sequence up to which things are known.

    Raises:
        RuleError: the organisation of the day is broken; the units or people are named.
    """
    return opened(EngineSource(engine, viewer, seq, rules), as_of_day=as_of_day, today=today, basis=basis)


def opened(source: EngineSource, *, as_of_day: int, today: int, basis: Basis) -> Book:
    """Open a Book on a source."""
    org_day = today if basis == "today" else as_of_day
    tree = organisation(source.engine, org_day, source.seq)
    _check_homes(source.engine, org_day, source.seq)
    return Book(
        as_of_day=as_of_day,
        today=today,
        basis=basis,
        scope=scope_of(source.viewer, tree),
        tree=tree,
        rules=in_force(source.rules, as_of_day),
        source=source,
    )


def organisation(engine: Engine, day: int, seq: int) -> Tree:
    """Return the tree of units that stood on a day, as known at a sequence."""
    _, columns = engine.fetch(
        f"SELECT unit_id, parent_id FROM fact_units WHERE {_holding(day, seq)} ORDER BY unit_id",
    )
    units, parents = (np.array(column, dtype=np.int64) for column in columns)
    return Tree.of(units, parents)


def _check_homes(engine: Engine, day: int, seq: int) -> None:
    """Refuse a Book in which somebody has no home unit, or two."""
    _, columns = engine.fetch(
        "SELECT p.person_id, COUNT(a.unit_id) AS homes FROM"
        f" (SELECT person_id FROM fact_people WHERE {_holding(day, seq)}) p"
        f" LEFT JOIN (SELECT person_id, unit_id FROM fact_assignments WHERE {_holding(day, seq)}) a"
        " ON a.person_id = p.person_id GROUP BY p.person_id HAVING COUNT(a.unit_id) <> 1 ORDER BY p.person_id"
    )
    if columns[0]:
        names = ", ".join(f"#{person} ({homes})" for person, homes in zip(*columns, strict=True))
        raise RuleError(
            Text(f"这些人当天没有唯一的归属组织（组织数）：{names}。", f"These people do not have one home: {names}."),
            Text("在「组织与人员」里补上归属，再打开。", "Give each one home unit under Organisation."),
        )


def _holding(day: int, seq: int) -> str:
    return f"from_day <= {day} AND to_day > {day} AND seq_from <= {seq} AND seq_to > {seq}"
