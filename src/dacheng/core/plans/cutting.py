"""A second cut of a plan (双向分解): units × segments, both margins exact, then months (R043, R044).

The years of the lowest units are one margin and the totals of the segments the other; the table between is fitted to
both in the proportions of a seed, such as last year's. Then each unit's segments are fitted to their years and to
the unit's months. What stands above is the sum of what is below it, so every margin of every level is exact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.errors import RuleError, Text
from dacheng.core.history.past import EVERYTHING, lines_wanted, recorded_by_type
from dacheng.core.money import split
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.plans.breaking_down import siblings
from dacheng.core.plans.schema import SEGMENT, UNIT
from dacheng.core.plans.sheet import OF_DIMENSION, TOGETHER, Sheet, sheet_of
from dacheng.core.targets.decomposing import families
from dacheng.core.targets.feasibility import Naming, nth_part
from dacheng.core.targets.margins import Names, Pins, fit
from dacheng.core.tree import UNKNOWN

CUTS = """
    SELECT DISTINCT s.dimension FROM plan_rows r JOIN segments s ON s.segment_id = r.segment_id
    WHERE r.plan_id = :plan ORDER BY s.dimension"""
LINES = """
    SELECT unit_id, segment_id, CAST(SUM(amount) AS BIGINT) AS amount FROM actuals {where}
    GROUP BY unit_id, segment_id ORDER BY unit_id, segment_id"""
YEARS_BACK = 3
LINE_COLUMNS = ("unit_id", "segment_id", "amount")

Seed = Mapping[tuple[int, int], int]
"""Unit and segment -> what the proportions come from, >= 0, such as last year's amounts."""


def no_segments() -> RuleError:
    """Return what is said where a dimension has no segments."""
    return RuleError(
        Text("这个维度还没有划分项。", "There are no segments of this dimension yet."),
        Text("先建划分项，或导入带划分项的历史。", "Create them, or import history that is cut by them."),
    )


def sheet_to_cut(book: Book, plan_id: int, measure_id: int, dimension: int) -> Sheet:
    """Return a cut as it begins: a row for every segment below every lowest unit; those that are new have no figures.

    Raises:
        NotFound: there is no such plan. RuleError: the dimension has no segments.

    Source: R043, R044.
    """
    segments = book.gather(OF_DIMENSION, dimension=dimension)["segment_id"].tolist()
    if not segments:
        raise no_segments()
    return sheet_of(book, plan_id, measure_id, dimension, begun=lambda rows: _with_segments(rows, segments))


def _with_segments(rows: Rows, segments: Sequence[int]) -> Rows:
    """Return rows of a plan with those of segments that are not there yet, numbered as no row of any plan is."""
    units = rows["kind"] == UNIT
    lowest = rows.only(units & ~np.isin(rows["plan_row_id"], rows["parent_id"][units]))
    there = set(zip(rows["parent_id"].tolist(), rows["segment_id"].tolist(), strict=True))
    wanted = [
        (row, unit, one)
        for row, unit in zip(lowest["plan_row_id"].tolist(), lowest["unit_id"].tolist(), strict=True)
        for one in segments
        if (row, one) not in there
    ]
    new = {name: np.zeros(len(wanted), dtype=np.int64) for name in rows.columns}
    new["plan_row_id"] = np.arange(len(wanted)) + TOGETHER + 1
    new["kind"][:] = SEGMENT
    if wanted:
        new["parent_id"], new["unit_id"], new["segment_id"] = np.array(wanted, dtype=np.int64).T
    return Rows({name: np.concatenate((column, new[name])) for name, column in rows.columns.items()})


def cut_down(sheet: Sheet, seed: Seed, totals: Mapping[int, int] | None = None, name: Naming = nth_part) -> Sheet:
    """Return a cut broken down from the years and months of its units.

    Args:
        sheet: of a cut: units with segments below the lowest ones. totals: segment -> minor units of the whole plan;
            left out they follow the seed. name: of a row by its position.

    Raises:
        RuleError: the totals do not add up to the plan, nothing is in the seed of a unit or segment that gets
            something, or there are no segments.

    Source: R044; golden case G60; invariant I2.
    """
    leaves = _leaves(sheet)
    if not leaves:
        raise RuleError(
            Text("还没有划分项的行。", "There are no rows of segments yet."),
            Text("先加上划分项，再按它分解。", "Add the segments first."),
        )
    units = np.array([unit for unit, _ in leaves], dtype=np.int64)
    segments = _segments(sheet, leaves)
    table = _seeded(sheet, units, segments, seed)
    table[table.sum(axis=1) == 0] = np.maximum(table.sum(axis=0), 1)
    years = sheet.year[units]
    names = Names([name(int(unit)).zh for unit in units], [_segment_name(sheet, leaves, one, name) for one in segments])
    fitted = fit(table, years, _margins(table, int(years.sum()), segments, totals), names=names).cells
    amount = sheet.amount
    for at, (unit, rows) in enumerate(leaves):
        parts = fitted[at, [segments.index(int(sheet.segment_id[row])) for row in rows.tolist()]]
        months = np.abs(amount[unit])[np.newaxis, :]
        amount[rows] = fit((parts != 0)[:, np.newaxis] * months, parts, amount[unit]).cells
    return sheet.with_amounts(amount)


@dataclass(frozen=True, slots=True, eq=False)
class CutTable:
    """The years of a cut: units in the tree's order × segments (切分表).

    Args:
        units: shape (k,), positions of units with segments at or below them. lowest: those whose own segments stand.
        segments: ids, ascending. rows: shape (k, s), positions of the segments' rows; ``UNKNOWN`` where there is none.
        amount: shape (k, s), minor units; of other units the sum of the lowest ones below.
        year: shape (k,), what each unit has itself, which its segments make together.
    """

    units: IntArray
    lowest: BoolArray
    segments: IntArray
    rows: IntArray
    amount: IntArray
    year: IntArray

    @property
    def totals(self) -> IntArray:
        """Return what each segment has in the whole plan, shape (s,)."""
        total: IntArray = self.amount[self.lowest].sum(axis=0)
        return total

    @property
    def broken(self) -> int:
        """Return how many of the lowest units do not have what their segments make together."""
        return int(np.count_nonzero(self.amount[self.lowest].sum(axis=1) != self.year[self.lowest]))


def cut_table(sheet: Sheet) -> CutTable:
    """Return the years of a cut by unit and segment.

    Source: R043, R044.
    """
    leaves = _leaves(sheet)
    segments = _segments(sheet, leaves)
    rows = np.full((len(sheet), len(segments)), UNKNOWN, dtype=np.int64)
    amount = np.zeros((len(sheet), len(segments)), dtype=np.int64)
    for unit, below in leaves:
        for row in below.tolist():
            at = segments.index(int(sheet.segment_id[row]))
            rows[unit, at] = row
            amount[unit, at] = sheet.year[row]
    lowest = np.isin(np.arange(len(sheet)), [unit for unit, _ in leaves])
    order = np.arange(len(sheet))
    rolled = sheet.tree.roll_up(amount, order) if len(sheet) else amount
    units = np.flatnonzero((sheet.tree.roll_up(lowest.astype(np.int64), order) > 0) & (sheet.kind == UNIT))
    ids = np.array(segments, dtype=np.int64)
    return CutTable(units, lowest[units], ids, rows[units], rolled[units], sheet.year[units])


def recut(sheet: Sheet, wanted: Mapping[int, int], name: Naming = nth_part) -> Sheet:
    """Return a cut with years of segments' rows as they were asked for; every unit and every segment keeps its total.

    What an edited cell takes, others of its unit and of its segment give in their present proportion, and the other
    way round elsewhere; pinned years stay. The months of a unit whose segments change are fitted anew.

    Args:
        wanted: position of a segment's row -> minor units.

    Raises:
        RuleError: a position is none of a segment, or the totals cannot be kept; names unit or segment.

    Source: R044; invariant I2.
    """
    table = cut_table(sheet)
    rows, cells = table.rows[table.lowest], table.amount[table.lowest]
    held = (rows != UNKNOWN) & sheet.years.pinned[rows]
    amounts = cells.copy()
    for position, amount in wanted.items():
        places = np.argwhere(rows == position)
        if not len(places):
            raise RuleError(Text("这一行不是划分项。", "This row is none of a segment."))
        held[tuple(places[0])] = True
        amounts[tuple(places[0])] = amount
    units = table.units[table.lowest]
    leaves = [(unit, below[below != UNKNOWN]) for unit, below in zip(units.tolist(), rows, strict=True)]
    names = Names(
        [name(int(unit)).zh for unit in units],
        [_segment_name(sheet, leaves, one, name) for one in table.segments.tolist()],
    )
    open_cells = np.where((rows == UNKNOWN) | held, 0, np.maximum(cells, 0))
    pins = Pins(np.where(rows == UNKNOWN, 0, amounts), held | (rows == UNKNOWN))
    fitted = fit(open_cells, cells.sum(axis=1), table.totals, pins=pins, names=names).cells
    amount_now = sheet.amount
    for at in np.flatnonzero(np.any(fitted != cells, axis=1)).tolist():
        there = rows[at] != UNKNOWN
        below = rows[at][there]
        months = np.maximum(amount_now[below], 0)
        months[months.sum(axis=1) == 0] = np.abs(amount_now[units[at]])
        parts = fitted[at][there]
        amount_now[below] = fit(months * (parts != 0)[:, np.newaxis], parts, amount_now[units[at]]).cells
    return sheet.with_amounts(amount_now)


class CutChange(NamedTuple):
    """A year of a segment's row that becomes another one.

    Args:
        position, unit: of the row, and of the unit above it. asked: somebody asked for it; else it follows.
    """

    position: int
    unit: int
    segment_id: int
    before: int
    after: int
    asked: bool


def cut_changes(before: Sheet, after: Sheet, asked: Collection[int] = ()) -> list[CutChange]:
    """Return the years of segments that differ, in the tree's order.

    Args:
        asked: positions of those that were asked for.
    """
    differs = np.flatnonzero((after.kind == SEGMENT) & (before.year != after.year)).tolist()
    above = after.tree.parent_position
    return [
        CutChange(at, int(above[at]), int(after.segment_id[at]), int(before.year[at]), int(after.year[at]), at in asked)
        for at in differs
    ]


def _segments(sheet: Sheet, leaves: Sequence[tuple[int, IntArray]]) -> list[int]:
    return sorted({int(sheet.segment_id[row]) for _, rows in leaves for row in rows.tolist()})


def _seeded(sheet: Sheet, units: IntArray, segments: Sequence[int], seed: Seed) -> IntArray:
    """Return the seed by unit and segment; a unit without any takes its part of what stands of the nearest above."""
    found = np.zeros((len(units), len(segments)), dtype=np.int64)
    heirs: dict[int, list[int]] = {}
    for at, unit in enumerate(units.tolist()):
        above = unit
        while above != UNKNOWN and not any(seed.get((int(sheet.unit_id[above]), one), 0) for one in segments):
            above = int(sheet.tree.parent_position[above])
        if above != UNKNOWN:
            heirs.setdefault(above, []).append(at)
    for above, places in heirs.items():
        years = np.maximum(sheet.year[units[places]], 0)
        parts = years if years.sum() else np.ones(len(places), dtype=np.int64)
        for column, segment in enumerate(segments):
            found[places, column] = split(seed.get((int(sheet.unit_id[above]), segment), 0), parts)
    return found


def cuts_of(book: Book, plan_id: int) -> list[int]:
    """Return the dimensions that a plan is cut by, ascending."""
    return [int(one) for one in book.gather(CUTS, plan=plan_id)["dimension"]]


def cut_seed(book: Book, sheet: Sheet, segments: Collection[int] | None = None) -> Seed:
    """Return what each unit of a plan brought of each segment in the latest of three years that has anything of them.

    Lines that were brought in count by their segment, contracts and won deals by the type of their account.

    Args:
        segments: those that the plan is cut by; None = those that it has rows of.

    Source: R043, R044.
    """
    cut_by = set(sheet.segment_id[sheet.kind == SEGMENT].tolist() if segments is None else segments)
    for years in range(1, YEARS_BACK + 1):
        first = sheet.plan.from_ym - years * MONTHS_PER_YEAR
        brought = _brought(book, sheet, Period(first, first + MONTHS_PER_YEAR))
        if found := {(unit, one): amount for (unit, one), amount in brought.items() if one in cut_by}:
            return found
    return {}


def _brought(book: Book, sheet: Sheet, span: Period) -> dict[tuple[int, int], int]:
    wanted = lines_wanted(book, sheet.measure_id, span, EVERYTHING)
    lines = book.gather(LINES.format(where=wanted.where), **wanted.params)
    columns = [lines[name] for name in LINE_COLUMNS]
    if recorded := recorded_by_type(book, measure=sheet.measure_id, span=span):
        own = (recorded.unit_id, recorded.segment_id, recorded.amount)
        columns = [np.concatenate(pair) for pair in zip(columns, own, strict=True)]
    units = {int(sheet.unit_id[row]) for row in np.flatnonzero(sheet.kind == UNIT).tolist()}
    found: dict[tuple[int, int], int] = {}
    for unit, segment, amount in zip(*(column.tolist() for column in columns), strict=True):
        if unit in units and segment:
            found[unit, segment] = found.get((unit, segment), 0) + amount
    return {place: max(amount, 0) for place, amount in found.items()}


def segment_years(sheet: Sheet) -> dict[int, int]:
    """Return what each segment has over all units and months."""
    found: dict[int, int] = {}
    for row in np.flatnonzero(sheet.kind == SEGMENT).tolist():
        segment = int(sheet.segment_id[row])
        found[segment] = found.get(segment, 0) + int(sheet.year[row])
    return found


def _leaves(sheet: Sheet) -> list[tuple[int, IntArray]]:
    """Return each unit that has segments below it, with their rows."""
    return [
        (parent, rows[sheet.kind[rows] == SEGMENT])
        for level in families(sheet.tree)
        for parent, rows in siblings(level)
        if np.any(sheet.kind[rows] == SEGMENT)
    ]


def _margins(table: IntArray, total: int, segments: Sequence[int], totals: Mapping[int, int] | None) -> IntArray:
    if totals is None:
        return split(total, table.sum(axis=0))
    return np.array([totals.get(one, 0) for one in segments], dtype=np.int64)


def _segment_name(sheet: Sheet, leaves: Sequence[tuple[int, IntArray]], segment: int, name: Naming) -> str:
    row = next(row for _, rows in leaves for row in rows.tolist() if int(sheet.segment_id[row]) == segment)
    return name(row).zh
