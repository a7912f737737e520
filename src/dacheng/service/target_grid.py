"""The target grid (目标填报): units with their people × the months of a fiscal year (R016, R033).

A unit that does not fill a month itself counts there as the sum of what is directly
below it, as on the attainment board. The grid shows what holds on its effective day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.access import Viewer, may
from dacheng.core.book import Book, Rows
from dacheng.core.filtering import equal
from dacheng.core.fiscal import fiscal_year_of
from dacheng.core.period import Period, parse_period
from dacheng.core.schema import RELATIONS
from dacheng.core.targets.cascading import OWN, Grid, Planned, cells_of, planned
from dacheng.core.targets.schema import BASES
from dacheng.core.tree import UNKNOWN
from dacheng.service.choices import LONGEST
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

Names = Mapping[str, Mapping[int, Name]]
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
        units, measures: what else can be asked for; no units where there are too many to list.
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
    units: tuple[Name, ...]
    measures: tuple[Name, ...]

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
    period = year_named(book, asked.year)
    measures = book.gather("SELECT measure_id, basis FROM measures ORDER BY measure_id")
    excl = set(measures["measure_id"][measures["basis"] == EXCL].tolist())
    first = int(measures["measure_id"][0]) if len(measures) else 0
    measure_id = identified("measures", asked.measure, DatabaseNames()) if asked.measure else first
    top = _top(book, asked.unit)
    cells = cells_of(book, period, equal(measure_id=measure_id))
    cells = cells.only(book.tree.position_of(cells["unit_id"]) != UNKNOWN)
    places = _places(book, top, cells, set() if asked.everybody else without_targets(book.today))
    records = cell_records({place.subject[0] for place in places}, measure_id, period.from_ym, period.to_ym)
    grid = Grid(np.array([measure_id], dtype=np.int64), period)
    listed = sorted(book.scope.units, key=book.tree.position_of) if len(book.scope.units) <= LONGEST else []
    names, filling = _names(places, listed, top), _filling(book, grid, cells, records)
    editable = _may_set(viewer, book, places)
    return TargetGrid(
        day=book.as_of_day,
        period=period,
        measure_id=measure_id,
        measure=names["measures"].get(measure_id, Name("", "")),
        excl=measure_id in excl,
        top=names["units"][top] if top else None,
        rows=tuple(_row(place, filling, editable, names) for place in places),
        records=records,
        closed_through=closed_through().through,
        units=tuple(names["units"][unit] for unit in listed),
        measures=tuple(names["measures"][one] for one in sorted(names["measures"])),
    )


def year_named(book: Book, year: str) -> Period:
    """Return a fiscal year by its name; that of the Book's day when none is given."""
    fiscal = book.rules.fiscal
    return parse_period(year, fiscal) if year else fiscal_year_of(book, None)


def _names(places: Sequence[_Place], listed: Sequence[int], top: int | None) -> Names:
    """Return the names of everything the grid shows, in one query."""
    units = {place.subject[0] for place in places} | set(listed) | ({top} if top else set())
    people = {place.subject[1] for place in places}
    return DatabaseNames().names_of({"measures": None, "units": units, "people": people})


def _may_set(viewer: Viewer, book: Book, places: Sequence[_Place]) -> set[int]:
    """Return the units whose targets the viewer may set, in the organisation of today."""
    tree = book.tree if book.org_day == book.today else tree_on(book.today)
    return {unit for unit, _ in (place.subject for place in places) if may(viewer, "target.set", tree, unit_id=unit)}


def _top(book: Book, unit: str) -> int | None:
    if not unit:
        return None
    top = identified("units", unit, SeenNames(book, DatabaseNames()))
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


@dataclass(frozen=True)
class _Filling:
    """What the cells of the grid hold.

    Args:
        months: the months of the columns, in order.
        typed: amounts by unit, person and month; records: cells that were ever set.
    """

    book: Book
    months: Sequence[int]
    plan: Planned
    typed: Mapping[Key, int]
    records: Mapping[Key, CellRecord]

    def cells_of(self, subject: Subject) -> dict[int, GridCell]:
        """Return the cells of a row by month."""
        at = self.book.tree.position_of(subject[0])
        return {ym: self._cell((*subject, ym), at, column) for column, ym in enumerate(self.months)}

    def _cell(self, key: Key, at: int, column: int) -> GridCell:
        has_below = key[1] == OWN and bool(self.plan.below.known[at, column])
        record = self.records.get(key)
        return GridCell(
            own=self.typed.get(key),
            below=int(self.plan.below.value[at, column]) if has_below else None,
            version=record.version if record else 0,
        )


def _filling(book: Book, grid: Grid, cells: Rows, records: Mapping[Key, CellRecord]) -> _Filling:
    columns = (cells[name].tolist() for name in ("unit_id", "person_id", "ym", "amount"))
    typed = {(unit, person, ym): amount for unit, person, ym, amount in zip(*columns, strict=True)}
    return _Filling(book, grid.period.months().tolist(), planned(book.tree, grid, cells), typed, records)


def _row(place: _Place, filling: _Filling, editable: set[int], names: Names) -> GridRow:
    units, people = names["units"], names["people"]
    unit, person = place.subject
    return GridRow(
        key=_key(units, people, place.subject),
        parent=_key(units, people, place.parent) if place.parent else "",
        level=place.level,
        subject=place.subject,
        unit=units[unit],
        person=people.get(person),
        editable=unit in editable,
        has_below=place.has_below,
        folded=place.folded,
        moved=place.moved,
        cells=filling.cells_of(place.subject),
    )


def _key(units: Mapping[int, Name], people: Mapping[int, Name], subject: Subject) -> str:
    unit, person = subject
    parts = [units[unit].uid, *([people[person].uid] if person != OWN else [])]
    return "-".join(part.replace("-", "")[-KEY_DIGITS:] for part in parts)
