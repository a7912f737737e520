"""Opening a Book on an engine: one viewer, one day, one log sequence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from dacheng.core.access import Viewer, scope_of
from dacheng.core.arrays import BoolArray
from dacheng.core.book import Basis, Book, Ever, Rows
from dacheng.core.calendar import Calendar
from dacheng.core.errors import RuleError, Text
from dacheng.core.months import Months, months_of
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.core.relation import Relation
from dacheng.core.rules import DatedRule, in_force
from dacheng.core.schema import CREDITS, INTERVAL, RELATIONS
from dacheng.engine.credits import credits_sql, seen_sql
from dacheng.engine.gathering import Engine, Params, filled, typed, with_relations
from dacheng.engine.organisation import (
    known_at,
    read_units,
    scopes_through_time,
    seen_units,
    tree_on,
)
from dacheng.engine.portable import checked
from dacheng.engine.relations import MET_THROUGH, Standpoint, relation_columns
from dacheng.engine.spans import spans_sql

OFFERED: Mapping[str, Relation] = {
    name: relation for name, relation in (RELATIONS | CREDITS).items() if relation.place != "hidden"
}
VISIBLE: Mapping[str, Mapping[str, bool]] = {name: relation_columns(relation) for name, relation in OFFERED.items()}
"""The relations that reports may name, with the nullability of their columns."""


def open_book(
    engine: Engine,
    *,
    viewer: Viewer,
    as_of_day: int,
    today: int,
    seq: int,
    rules: tuple[DatedRule, ...],
    basis: Basis = "then",
    known_at: datetime | None = None,
    history: str = "",
) -> Book:
    """Open a Book.

    Args:
        as_of_day: the Book shows the end of this day.
        today: the day of the question; rights and 今日口径 are of this day.
        seq: the log sequence up to which things are known.
        known_at: the moment that this sequence was asked for.
        history: the hash of the log's last entry, by which this history is told from every other.

    Raises:
        RuleError: the organisation is broken; the units or people are named.
    """
    units, splits = read_units(engine, seq)
    source = EngineSource(engine, viewer, seq, rules, units, splits, known_at=known_at, history=history)
    return source.book(as_of_day, today=today, basis=basis)


@dataclass(frozen=True)
class EngineSource:
    """The relations of one viewer's Books at one sequence.

    Args:
        units: every version of every unit, so that a Book of another day needs no query.
        splits: whether any deal was ever shared.
        answers: what was gathered already; a Book never changes, so the same query has the same rows.
        known_at: the moment of the sequence, which may be told outside; None = nobody asked at a moment.
        history: the hash of the log's last entry; empty where nothing vouches for what the engine holds.
    """

    engine: Engine
    viewer: Viewer
    seq: int
    rules: tuple[DatedRule, ...]
    units: Rows
    splits: bool = True
    answers: dict[str, Rows] = field(default_factory=dict)
    known_at: datetime | None = None
    history: str = ""

    def book(self, as_of_day: int, *, today: int, basis: Basis) -> Book:
        """Open the viewer's Book on a day."""
        tree = tree_on(self.units, today if basis == "today" else as_of_day)
        return Book(
            as_of_day=as_of_day,
            today=today,
            basis=basis,
            scope=scope_of(self.viewer, tree),
            tree=tree,
            rules=in_force(self.rules, as_of_day),
            source=self,
            months=self.months,
        )

    def open(self, book: Book, day: int) -> Book:
        """Open the same viewer's Book on another day."""
        return self.book(day, today=book.today, basis=book.basis)

    def gather(self, book: Book, sql: str, params: Params) -> Rows:
        """Check, fill and run a portable query."""
        query = checked(sql, VISIBLE)
        at = self.standpoint(book)
        parts: dict[str, str] = {}
        given: list[Rows] = []
        for name in query.relations:
            if name in book.replaced:
                columns = list(VISIBLE[name])
                parts[name] = self.engine.given_relation(columns, len(given))
                given.append(_picked(book.replaced[name], columns))
            else:
                parts[name] = _select(name, at)
        finished = with_relations(filled(sql, params, query.lists), parts)
        if given:
            return typed(self.engine.fetch(finished, given), query.nullable)
        if finished not in self.answers:
            self.answers[finished] = typed(self.engine.fetch(finished), query.nullable)
        return self.answers[finished]

    def spans(self, book: Book, name: str, ever: Ever | None = None) -> Rows:
        """Return every version of a relation in scope, by key and day; with ``ever`` only of what it keeps.

        The versions that hold on a day are exactly the rows of the Book of that day:
        they are cut where an owner's home or the viewer's scope changes. Rows that are seen
        through deals have no such days of their own: whole or not at all.

        Raises:
            RuleError: the relation is seen through deals, by somebody who does not see everything.
        """
        relation = OFFERED[name]
        if relation.place in MET_THROUGH and not book.scope.whole and name not in book.replaced:
            raise no_spans(relation)
        columns = dict(VISIBLE[name]) | dict.fromkeys(INTERVAL, False)
        if name in book.replaced:
            given = _always(book.replaced[name], list(columns))
            return given if ever is None else given.only(_ever_in(given, relation.key[0], ever))
        if book.basis == "today":
            scopes = [(FIRST_DAY, FAR_DAY, book.scope)]
        else:
            scopes = scopes_through_time(self.viewer, self.units)
        open_to_all = relation.place in ("public", *MET_THROUGH) or all(scope.whole for _, _, scope in scopes)
        seen = None if open_to_all else seen_units(scopes, self.units)
        select = "" if seen is None else self.engine.given_relation(list(seen.columns), 0)
        sql = spans_sql(relation, self.standpoint(book), seen=select, ever=ever)
        order = ", ".join([*relation.key, INTERVAL[0]])
        found = self.engine.fetch(f"{sql} ORDER BY {order}", [] if seen is None else [seen])
        return typed(found, columns)

    @cached_property
    def months(self) -> Months:
        """Return the days of every month by the rules of all days."""
        return months_of(self.rules)

    def standpoint(self, book: Book) -> Standpoint:
        """Return from where a Book of this source looks."""
        return Standpoint(
            scope=book.scope,
            as_of=book.as_of_day,
            org_day=book.org_day,
            today=book.today,
            seq=self.seq,
            restated=book.basis == "today",
            splits=self.splits,
        )

    def calendar(self) -> Calendar:
        """Return the working calendar, read once per source."""
        return self._calendar

    @cached_property
    def _calendar(self) -> Calendar:
        rows = self.engine.fetch(f"SELECT day, working FROM fact_calendar WHERE {known_at(self.seq)} ORDER BY day")
        return Calendar.of(rows["day"], rows["working"].astype(np.bool_))


def _ever_in(rows: Rows, key: str, ever: Ever) -> BoolArray:
    """Return the rows of those keys that have a value in a range in any of them."""
    inside = (rows[ever.column] >= ever.first) & (rows[ever.column] < ever.end)
    kept: BoolArray = np.isin(rows[key], rows[key][inside])
    return kept


def no_spans(relation: Relation) -> RuleError:
    """Return the error of asking for the history of rows that are seen through deals."""
    return RuleError(
        Text(f"{relation.label.zh}没有按天的可见历史。", f"{relation.label.en}: what is seen of them has no history."),
        Text("按截至日逐天查询。", "Ask for one as-of day after the other."),
    )


def answered_by(book: Book, engine: Engine) -> Book:
    """Return the same Book answered by another engine that holds the same facts."""
    assert isinstance(book.source, EngineSource)
    return replace(book, source=replace(book.source, engine=engine, answers={}))


def scoped_sql(book: Book, name: str) -> str:
    """Return the SELECT of a relation as a Book shows it, to stand inside another statement on the same database."""
    source = book.source
    assert isinstance(source, EngineSource) and name not in book.replaced, name
    return _select(name, source.standpoint(book))


def _select(name: str, at: Standpoint) -> str:
    return credits_sql(name, at) if name in CREDITS else seen_sql(RELATIONS[name], at)


def _picked(rows: Rows, columns: list[str]) -> Rows:
    return Rows(
        {name: rows[name] for name in columns}, {name: mask for name, mask in rows.masks.items() if name in columns}
    )


def _always(rows: Rows, columns: list[str]) -> Rows:
    """Return the rows of a what-if as versions that hold on every day."""
    size = len(rows)
    days = {"from_day": np.full(size, FIRST_DAY), "to_day": np.full(size, FAR_DAY)}
    return _picked(Rows({**rows.columns, **days}, rows.masks), columns)
