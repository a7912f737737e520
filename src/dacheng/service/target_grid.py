"""The target grid (目标填报): units with their people × the months of a fiscal year (R016, R033).

A unit that does not fill a month itself counts there as the sum of what is directly
below it, as on the attainment board. The grid shows what holds on its effective day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.access import Viewer, may
from dacheng.core.book import Book, Rows
from dacheng.core.filtering import equal
from dacheng.core.period import Period, parse_period, ym_of
from dacheng.core.schema import RELATIONS
from dacheng.core.targets.cascading import OWN, Grid, Planned, cells_of, planned
from dacheng.core.targets.schema import BASES
from dacheng.core.tree import UNKNOWN
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.questions import identified
from dacheng.service.seeing import SeenNames
from dacheng.store.access import tree_on
from dacheng.store.identity import hidden
from dacheng.store.periods import closed_through
from dacheng.store.queries.people import without_targets
from dacheng.store.queries.targets import CellRecord, Key, cell_records

MOST_ROWS = 160
"""Beyond this the lowest levels stay folded; each opens as a grid of its own."""

KEY_DIGITS = 10
"""How much of a public id names a row within a grid."""

EXCL = next(number for number, code, _ in BASES if code == "excl")
PEOPLE = "SELECT p.person_id, p.unit_id FROM people p WHERE p.left = 0 ORDER BY p.person_id"
CLOSED = "SELECT unit_id FROM units WHERE closed = 1 ORDER BY unit_id"

Subject = tuple[int, int]
"""A unit and a person at it; person 0 is the unit itself."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """A month of a row, in minor units; None where nothing is set.

    Args:
        own: what was typed; below: the sum of what is directly below.
        version: 0 for a cell that was never set.
    """

    own: int | None
    below: int | None
    version: int

    @property
    def counted(self) -> int | None:
        """Return what the cell counts as."""
        return self.below if self.own is None else self.own


@dataclass(frozen=True, slots=True)
class GridRow:
    """A unit or a person at a unit.

    Args:
        key: names the row within the grid; no number of ours.
        parent: the key of the unit above; empty at the top.
        folded: what is below it is not in this grid.
        moved: a person who is not, or no longer, at this unit.
    """

    key: str
    parent: str
    level: int
    subject: Subject
    unit: Name
    person: Name | None
    editable: bool
    has_below: bool
    folded: bool
    moved: bool
    cells: Mapping[int, GridCell]

    @property
    def name(self) -> Name:
        """Return who or what the row is about."""
        return self.person or self.unit


@dataclass(frozen=True)
class TargetGrid:
    """The targets of one measure and fiscal year as they hold on an effective day.

    Args:
        excl: amounts of the measure are without tax.
        top: the unit that was asked for; None = everything the viewer sees.
        records: the cells that were ever set, by unit, person and month.
        closed_through: months up to this one are closed, 0 when none is.
    """

    day: int
    period: Period
    measure_id: int
    measure: Name
    excl: bool
    top: Name | None
    rows: tuple[GridRow, ...]
    records: Mapping[Key, CellRecord]
    closed_through: int

    @property
    def editable(self) -> bool:
        """Tell whether any cell may be typed."""
        return any(row.editable for row in self.rows) and self.period.to_ym > self.closed_through + 1

    def row(self, key: str) -> GridRow:
        """Return a row by its key.

        Raises:
            NotFound: this viewer's grid has no such row, or two that cannot be told apart.
        """
        found = [row for row in self.rows if row.key == key]
        if len(found) != 1:
            raise hidden(RELATIONS["targets"].label)
        return found[0]


@dataclass(frozen=True, slots=True)
class _Place:
    """A subject in the order of the grid."""

    subject: Subject
    parent: Subject | None
    level: int
    has_below: bool = False
    folded: bool = False
    moved: bool = False


@dataclass(frozen=True, slots=True)
class GridQuestion:
    """Which grid.

    Args:
        unit, measure: codes; without one everything that is seen, and the first measure.
        year: a fiscal year by its name, default that of the effective day.
        everybody: also people whose roles carry no target of their own, such as managers.
    """

    unit: str = ""
    measure: str = ""
    year: str = ""
    everybody: bool = False


def target_grid(viewer: Viewer, book: Book, asked: GridQuestion) -> TargetGrid:
    """Return the grid of a Book opened on the effective day.

    Raises:
        NotFound: the unit is not the viewer's to see. RuleError: a code or the year is not known.
    """
    names = DatabaseNames()
    period = year_named(book, asked.year)
    measures = book.gather("SELECT measure_id, basis FROM measures ORDER BY measure_id")
    excl = set(measures["measure_id"][measures["basis"] == EXCL].tolist())
    first = int(measures["measure_id"][0]) if len(measures) else 0
    measure_id = identified("measures", asked.measure, names) if asked.measure else first
    top = _top(book, asked.unit, names)
    cells = cells_of(book, period, equal(measure_id=measure_id))
    cells = cells.only(book.tree.position_of(cells["unit_id"]) != UNKNOWN)
    places = _places(book, top, cells, set() if asked.everybody else without_targets(book.today))
    records = cell_records({place.subject[0] for place in places}, measure_id, period.from_ym, period.to_ym)
    grid = Grid(np.array([measure_id], dtype=np.int64), period)
    return TargetGrid(
        day=book.as_of_day,
        period=period,
        measure_id=measure_id,
        measure=names.names("measures", [measure_id]).get(measure_id, Name("", "")),
        excl=measure_id in excl,
        top=names.names("units", [top])[top] if top else None,
        rows=tuple(_rows(viewer, book, grid, cells, places, records)),
        records=records,
        closed_through=closed_through(),
    )


def year_named(book: Book, year: str) -> Period:
    """Return a fiscal year by its name; that of the Book's day when none is given."""
    fiscal = book.rules.fiscal
    return parse_period(year, fiscal) if year else fiscal.year(fiscal.year_of(ym_of(book.as_of_day)))


def _top(book: Book, unit: str, names: DatabaseNames) -> int | None:
    if not unit:
        return None
    top = identified("units", unit, SeenNames(book, names))
    if top not in book.scope.units or top not in book.tree:
        raise hidden(RELATIONS["units"].label)
    return top


def _places(book: Book, top: int | None, cells: Rows, left_out: set[int]) -> list[_Place]:
    """Return units in tree order, each followed by its people; folded where there would be too many.

    Args:
        left_out: people who get a row only where they have a target.
    """
    homes = book.gather(PEOPLE)
    at_home = set(zip(homes["unit_id"].tolist(), homes["person_id"].tolist(), strict=True))
    with_cells = set(zip(cells["unit_id"].tolist(), cells["person_id"].tolist(), strict=True))
    expected = {subject for subject in at_home if subject[1] not in left_out}
    staff: dict[int, list[Subject]] = {}
    for subject in sorted(one for one in expected | with_cells if one[1] != OWN):
        staff.setdefault(subject[0], []).append(subject)
    levels = _levels(book, _units(book, top, cells))
    deepest = _deepest(levels, staff)
    places: list[_Place] = []
    for unit, (parent, level, has_units) in levels.items():
        if level > deepest:
            continue
        below = has_units or unit in staff
        folded = below and level == deepest
        above = None if parent is None else (parent, OWN)
        places.append(_Place((unit, OWN), above, level, below, folded))
        if not folded:
            places += [_Place(one, (unit, OWN), level + 1, moved=one not in at_home) for one in staff.get(unit, [])]
    alone = [] if top else [one for unit in staff if unit not in levels for one in staff[unit]]
    return places + [_Place(one, None, 0, moved=one not in at_home) for one in alone]


def _units(book: Book, top: int | None, cells: Rows) -> list[int]:
    """Return the visible units in tree order, without closed ones that have no target."""
    seen = set(book.scope.units)
    closed = set(book.gather(CLOSED)["unit_id"].tolist()) - set(cells["unit_id"].tolist())
    listed = book.tree.subtree(top) if top else book.tree.unit_ids.tolist()
    return [unit for unit in listed if unit in seen and unit not in closed]


def _levels(book: Book, units: Sequence[int]) -> dict[int, tuple[int | None, int, bool]]:
    """Return of each unit the one above it in the list, its level, and whether units are below it."""
    listed = set(units)
    above = {unit: next((one for one in book.tree.ancestors(unit) if one in listed), None) for unit in units}
    parents = set(above.values())
    levels: dict[int, tuple[int | None, int, bool]] = {}
    for unit in units:
        parent = above[unit]
        levels[unit] = (parent, 0 if parent is None else levels[parent][1] + 1, unit in parents)
    return levels


def _deepest(levels: Mapping[int, tuple[int | None, int, bool]], staff: Mapping[int, Sequence[Subject]]) -> int:
    """Return the level whose units stay folded, so that the grid keeps a readable size."""
    lowest = max((level for _, level, _ in levels.values()), default=0)
    rows = 0
    for level in range(lowest + 1):
        units = [unit for unit, (_, own, _) in levels.items() if own == level]
        rows += len(units)
        if level and rows > MOST_ROWS:
            return level - 1
        rows += sum(len(staff.get(unit, [])) for unit in units)
        if rows > MOST_ROWS:
            return level
    return lowest + 1


def _rows(
    viewer: Viewer,
    book: Book,
    grid: Grid,
    cells: Rows,
    places: Sequence[_Place],
    records: Mapping[Key, CellRecord],
) -> Iterable[GridRow]:
    plan = planned(book.tree, grid, cells)
    typed = {
        (unit, person, ym): amount
        for unit, person, ym, amount in zip(
            *(cells[name].tolist() for name in ("unit_id", "person_id", "ym", "amount")), strict=True
        )
    }
    names = DatabaseNames()
    units = names.names("units", {place.subject[0] for place in places})
    people = names.names("people", {place.subject[1] for place in places})
    today = tree_on(book.today)
    may_set = {unit: may(viewer, "target.set", today, unit_id=unit) for unit in units}
    for place in places:
        unit, person = place.subject
        yield GridRow(
            key=_key(units, people, place.subject),
            parent=_key(units, people, place.parent) if place.parent else "",
            level=place.level,
            subject=place.subject,
            unit=units[unit],
            person=people.get(person),
            editable=may_set[unit],
            has_below=place.has_below,
            folded=place.folded,
            moved=place.moved,
            cells=_cells(book, grid, plan, place.subject, typed, records),
        )


def _cells(
    book: Book,
    grid: Grid,
    plan: Planned,
    subject: Subject,
    typed: Mapping[Key, int],
    records: Mapping[Key, CellRecord],
) -> dict[int, GridCell]:
    at = book.tree.position_of(subject[0])
    found: dict[int, GridCell] = {}
    for column, ym in enumerate(grid.period.months().tolist()):
        has_below = subject[1] == OWN and bool(plan.below.known[at, column])
        record = records.get((*subject, ym))
        found[ym] = GridCell(
            own=typed.get((*subject, ym)),
            below=int(plan.below.value[at, column]) if has_below else None,
            version=record.version if record else 0,
        )
    return found


def _key(units: Mapping[int, Name], people: Mapping[int, Name], subject: Subject) -> str:
    unit, person = subject
    parts = [units[unit].uid, *([people[person].uid] if person != OWN else [])]
    return "-".join(part.replace("-", "")[-KEY_DIGITS:] for part in parts)
