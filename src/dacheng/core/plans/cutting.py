"""A second cut of a plan (双向分解): units × segments, both margins exact, then months (R043, R044).

The years of the lowest units are one margin and the totals of the segments the other; the table between is fitted to
both in the proportions of a seed, such as last year's. Then each unit's segments are fitted to their years and to
the unit's months. What stands above is the sum of what is below it, so every margin of every level is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.errors import RuleError, Text
from dacheng.core.history.past import EVERYTHING, lines_wanted
from dacheng.core.money import split
from dacheng.core.period import MONTHS_PER_YEAR, Period
from dacheng.core.plans.breaking_down import siblings
from dacheng.core.plans.schema import SEGMENT, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.decomposing import families
from dacheng.core.targets.feasibility import Naming, nth_part
from dacheng.core.targets.margins import Names, fit

CUTS = """
    SELECT DISTINCT s.dimension FROM plan_rows r JOIN segments s ON s.segment_id = r.segment_id
    WHERE r.plan_id = :plan ORDER BY s.dimension"""
LINES = """
    SELECT unit_id, segment_id, CAST(SUM(amount) AS BIGINT) AS amount FROM actuals {where}
    GROUP BY unit_id, segment_id ORDER BY unit_id, segment_id"""
LINE_COLUMNS = ("unit_id", "segment_id", "amount")

Seed = Mapping[tuple[int, int], int]
"""Unit and segment -> what the proportions come from, >= 0, such as last year's amounts."""


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
    segments = sorted({int(sheet.segment_id[row]) for _, rows in leaves for row in rows.tolist()})
    table = np.array(
        [[seed.get((int(sheet.unit_id[unit]), segment), 0) for segment in segments] for unit in units], dtype=np.int64
    )
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


def cuts_of(book: Book, plan_id: int) -> list[int]:
    """Return the dimensions that a plan is cut by, ascending."""
    return [int(one) for one in book.gather(CUTS, plan=plan_id)["dimension"]]


def cut_seed(book: Book, sheet: Sheet) -> Seed:
    """Return what each unit of a plan brought of each segment in the year before."""
    span = Period(sheet.plan.from_ym - MONTHS_PER_YEAR, sheet.plan.from_ym)
    wanted = lines_wanted(book, sheet.measure_id, span, EVERYTHING)
    lines = book.gather(LINES.format(where=wanted.where), **wanted.params)
    units = {int(sheet.unit_id[row]) for row in np.flatnonzero(sheet.kind == UNIT).tolist()}
    found: dict[tuple[int, int], int] = {}
    for unit, segment, amount in zip(*(lines[name].tolist() for name in LINE_COLUMNS), strict=True):
        if unit in units:
            found[unit, segment] = found.get((unit, segment), 0) + max(amount, 0)
    return found


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
