"""A plan by the organisation of a day (今日口径的方案): every target where its person or unit stands then (R033).

A plan keeps the rows that it was drawn with. Here a person's row stands in his home of the day, a unit where it
stands in the tree of the day, and what is nobody's yet (a vacancy, a channel, a buffer) with the unit it was drawn
for. No amount changes, so the topmost rows together are what the plan was drawn with; who stands outside the plan's
unit by now is a topmost row of his own and is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book
from dacheng.core.errors import Text
from dacheng.core.plans.schema import NOBODY, PERSON, RESERVE, UNIT, VACANCY
from dacheng.core.plans.sheet import TOGETHER, Cells, Sheet, Years, tree_of_rows
from dacheng.core.targets.feasibility import Stated
from dacheng.core.tree import NO_PARENT, UNKNOWN, Tree

HOMES = "SELECT person_id, unit_id FROM assignments ORDER BY person_id"
LEFT = "SELECT p.person_id FROM people p WHERE p.left = 1 ORDER BY p.person_id"
CLOSED = "SELECT unit_id FROM units WHERE closed = 1 ORDER BY unit_id"

HERE, MOVED, GONE, SHUT, OPEN, NEW, KEPT_BACK, BEYOND, ABSENT = range(1, 10)
STANDINGS = (
    (HERE, "here", Text("未变", "As drawn")),
    (MOVED, "moved", Text("换了组织", "Moved")),
    (GONE, "left", Text("已离职", "Left")),
    (SHUT, "closed", Text("组织已撤销", "Unit closed")),
    (OPEN, "vacancy", Text("待招", "Vacancy")),
    (NEW, "new", Text("方案之后的组织", "Unit that the plan has not")),
    (KEPT_BACK, "undivided", Text("没有分给下级", "Not handed down")),
    (BEYOND, "outside", Text("在方案组织之外", "Outside the plan's unit")),
    (ABSENT, "absent", Text("当日还没有", "Not there on the day")),
)
"""How a row stands on a day, as (number, code, label)."""


@dataclass(frozen=True, slots=True, eq=False)
class Organisation:
    """Where units and people stand on a day, as far as a viewer sees it.

    Args:
        homes: person -> unit. left: people who are gone. closed: units. within: units in which he sees everything;
            None = all.
    """

    tree: Tree
    homes: dict[int, int]
    left: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    within: frozenset[int] | None = None

    def seen(self, unit: int) -> bool:
        """Tell whether the viewer sees everything of a unit."""
        return self.within is None or unit in self.within


@dataclass(frozen=True, eq=False)
class Standing:
    """A plan by the organisation of a day.

    Args:
        sheet: rows in the tree of that day; a row that the plan was not drawn with has an id above ``TOGETHER``.
        at_drawn: shape (k,), positions in the sheet as it was drawn; ``UNKNOWN`` for a row that it has not.
        how: shape (k,), one of ``STANDINGS``.
        without_row: people whose home is in a unit of the plan and who have no row.
    """

    drawn: Sheet
    sheet: Sheet
    at_drawn: IntArray
    how: IntArray
    without_row: int

    @property
    def first(self) -> int:
        """Return the position of the first row that is more than what puts several together."""
        return int(self.sheet.shared_top)


def organisation_of(book: Book) -> Organisation:
    """Return where everybody stands on the day that a Book's basis names: the as-of day, or today."""
    there = book if book.org_day == book.as_of_day else book.at(book.org_day)
    homes = there.gather(HOMES)
    return Organisation(
        tree=there.tree,
        homes=dict(zip(homes["person_id"].tolist(), homes["unit_id"].tolist(), strict=True)),
        left=frozenset(there.gather(LEFT)["person_id"].tolist()),
        closed=frozenset(there.gather(CLOSED)["unit_id"].tolist()),
        within=None if book.scope.whole else frozenset(book.scope.units),
    )


def standing(drawn: Sheet, organisation: Organisation) -> Standing:
    """Return a plan by the organisation of a day; the months of its topmost rows add up to what was drawn.

    A unit is the sum of what stands below it by now. What a unit had and did not hand down stays with it, as a row
    of its own where others stand below. All rows of a person stand in his home, with what stands below them.

    Source: R033 "old reports reproducible as of any date"; 当时口径 and 今日口径 of results and targets.
    """
    layout = _Layout(drawn, organisation)
    layout.place()
    return layout.finished()


@dataclass(slots=True, eq=False)
class _Layout:
    """Rows on their way to where they stand: positions below ``len(drawn)`` are drawn ones, the others are new.

    Args:
        above: of every row the row above it; ``UNKNOWN`` = topmost.
        unit, how: of every row. seats: unit -> its row.
    """

    drawn: Sheet
    organisation: Organisation
    above: list[int] = field(default_factory=list)
    unit: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    how: list[int] = field(default_factory=list)
    seats: dict[int, int] = field(default_factory=dict)

    def place(self) -> None:
        """Place every row: first the units, then what stands in them."""
        sheet = self.drawn
        self.kind, self.unit = sheet.kind.tolist(), sheet.unit_id.tolist()
        self.above, self.how = [UNKNOWN] * len(sheet), [HERE] * len(sheet)
        rows = range(int(sheet.shared_top), len(sheet))
        for at in rows:
            if self.kind[at] == UNIT:
                self.seats.setdefault(self.unit[at], at)
        units = set(self.seats.values())
        for at in rows:
            if at not in units and self._heads_block(at):
                self._place_block(at)
        for at in rows:
            if at not in units and not self._heads_block(at):
                self.above[at] = int(sheet.tree.parent_position[at])
        for unit, at in list(self.seats.items()):
            self._place_unit(unit, at)

    def _drawn_above(self, at: int) -> int:
        """Return the row that a row was drawn under; ``UNKNOWN`` for a topmost one."""
        above = int(self.drawn.tree.parent_position[at])
        return UNKNOWN if above == 0 and self.drawn.shared_top else above

    def _heads_block(self, at: int) -> bool:
        """Tell whether a row that is no unit's stands directly in a unit: what is below it goes where it goes."""
        above = self._drawn_above(at)
        return above == UNKNOWN or self.kind[above] == UNIT

    def _place_block(self, at: int) -> None:
        """Let a row stand in the home of its person, or in the unit that it was drawn for."""
        person, drawn_for = int(self.drawn.person_id[at]), self.unit[at]
        if self.kind[at] == VACANCY:
            self.how[at] = OPEN
        if self.kind[at] != PERSON or person == NOBODY:
            self.above[at] = self._drawn_above(at)
            return
        home = self.organisation.homes.get(person)
        if home is None:  # nobody yet, or in a unit that the viewer does not see
            known = self.organisation.within is None
            self.how[at] = ABSENT if known else BEYOND
            self.above[at] = self._drawn_above(at) if known else UNKNOWN
            return
        self.unit[at] = home
        self.above[at] = self._drawn_above(at) if home == drawn_for else self._seat(home)
        if person in self.organisation.left:
            self.how[at] = GONE
        elif home != drawn_for:
            self.how[at] = MOVED if self.above[at] != UNKNOWN else BEYOND

    def _seat(self, unit: int) -> int:
        """Return the row of a unit, a new one where the plan has none; ``UNKNOWN`` outside the plan's unit."""
        if unit not in self.seats:
            tree, top = self.organisation.tree, self.drawn.plan.unit_id
            if not tree.is_under(unit, top) or not self.organisation.seen(unit):
                return UNKNOWN
            self.seats[unit] = self._added(UNIT, unit, UNKNOWN, NEW)
        return self.seats[unit]

    def _added(self, kind: int, unit: int, above: int, how: int) -> int:
        for column, value in ((self.kind, kind), (self.unit, unit), (self.above, above), (self.how, how)):
            column.append(value)
        return len(self.kind) - 1

    def _place_unit(self, unit: int, at: int) -> None:
        """Let a unit stand under the nearest unit above it that has a row."""
        drawn_above = self._drawn_above(at) if at < len(self.drawn) else UNKNOWN
        if unit not in self.organisation.tree:
            self.above[at], self.how[at] = drawn_above, ABSENT
            return
        nearest = (self.seats[one] for one in self.organisation.tree.ancestors(unit) if one in self.seats)
        self.above[at] = next(nearest, UNKNOWN)
        if unit in self.organisation.closed:
            self.how[at] = SHUT
        elif at < len(self.drawn) and self.above[at] != drawn_above:
            self.how[at] = BEYOND if self.above[at] == UNKNOWN else MOVED

    def finished(self) -> Standing:
        """Return the rows with their months."""
        own, known = self._own()
        own, known = self._undivided(own, known)
        start = int(self.drawn.shared_top)
        new = range(len(self.drawn), len(self.kind))
        ids = [*self.drawn.tree.unit_ids.tolist(), *(TOGETHER + 1 + at for at in new)]
        parents = [NO_PARENT if above == UNKNOWN else ids[above] for above in self.above]
        tree = tree_of_rows(np.array(ids[start:], dtype=np.int64), np.array(parents[start:], dtype=np.int64))
        where = tree.position_of(np.array(ids[start:], dtype=np.int64))
        amount = tree.roll_up(own[start:], where)
        there = tree.roll_up(known[start:].astype(np.int64), where) > 0
        at_drawn = np.full(len(tree), UNKNOWN, dtype=np.int64)
        how = np.full(len(tree), HERE, dtype=np.int64)
        numbers = np.arange(start, len(self.kind))
        at_drawn[where] = np.where(numbers < len(self.drawn), numbers, UNKNOWN)
        how[where] = np.array(self.how[start:], dtype=np.int64)
        sheet = self._sheet(tree, where, Stated(amount, there), at_drawn)
        return Standing(self.drawn, sheet, at_drawn, how, self._without_row())

    def _own(self) -> tuple[IntArray, BoolArray]:
        """Return what every row has beyond the rows directly below it, as it was drawn, shape (k, m)."""
        sheet = self.drawn
        own = np.zeros((len(self.kind), sheet.plan.months), dtype=np.int64)
        known = np.zeros(own.shape, dtype=np.bool_)
        own[: len(sheet)], known[: len(sheet)] = sheet.amount, sheet.cells.amount.known
        above = sheet.tree.parent_position
        below = np.flatnonzero(above != UNKNOWN)
        np.subtract.at(own, above[below], sheet.amount[below])
        return own, known

    def _undivided(self, own: IntArray, known: BoolArray) -> tuple[IntArray, BoolArray]:
        """Give what a unit did not hand down a row of its own, where others stand below the unit by now."""
        has_below = set(self.above)
        rows = [at for at in self.seats.values() if at in has_below and np.any(own[at])]
        for at in rows:
            self._added(RESERVE, self.unit[at], at, KEPT_BACK)
        more, seen = own[rows].copy(), known[rows].copy()
        own[rows] = 0
        return np.concatenate((own, more)), np.concatenate((known, seen))

    def _sheet(self, tree: Tree, where: IntArray, amount: Stated, at_drawn: IntArray) -> Sheet:
        start = int(self.drawn.shared_top)
        was, months = at_drawn != UNKNOWN, self.drawn.plan.months

        def column(values: list[int]) -> IntArray:
            found = np.zeros(len(tree), dtype=np.int64)
            found[where] = np.array(values[start:], dtype=np.int64)
            return found

        def drawn(values: IntArray) -> IntArray:
            found = np.zeros(len(tree), dtype=np.int64)
            found[was] = values[at_drawn[was]]
            return found

        present = np.ones((len(tree), months), dtype=np.bool_)
        present[was] = self.drawn.present[at_drawn[was]]
        return replace(
            self.drawn,
            tree=tree,
            kind=column(self.kind),
            unit_id=column(self.unit),
            person_id=drawn(self.drawn.person_id),
            customer_id=drawn(self.drawn.customer_id),
            segment_id=drawn(self.drawn.segment_id),
            product_id=drawn(self.drawn.product_id),
            present=present,
            years=Years.nothing(len(tree)),
            cells=Cells.of_amounts(amount),
        )

    def _without_row(self) -> int:
        """Return how many people stand in the plan's unit and have no row in it."""
        planned = set(self.drawn.person_id[self.drawn.kind == PERSON].tolist())
        if not any(kind == PERSON for kind in self.kind):
            return 0
        tree, top = self.organisation.tree, self.drawn.plan.unit_id
        return sum(
            person not in planned and person not in self.organisation.left and bool(tree.is_under(home, top))
            for person, home in self.organisation.homes.items()
        )
