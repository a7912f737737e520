"""Breaking a plan down (分解方案): years down the tree, then months, true across and down.

What is pinned, what stands in months gone by, and where a row is not there yet or no more stays as
it is; everything else follows from the total, the weights of the rows and the weights of the months.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import BP_PER_WHOLE, Weights, round_half_away, split, whole_weights
from dacheng.core.plans.schema import BUFFER, RESERVE
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.allocating import allocate
from dacheng.core.targets.decomposing import Family, Terms, cascade, families
from dacheng.core.targets.feasibility import Naming, Stated, nth_part
from dacheng.core.targets.margins import Names, Pins, fit
from dacheng.core.targets.rounding import round_months


def broken_down(sheet: Sheet, total: int, season: Weights, name: Naming = nth_part) -> Sheet:
    """Return a sheet broken down anew from a total of the top row.

    Args:
        total: minor units, of all months of the plan. season: shape (months,), the weight of each month, >= 0.
        name: of a row by its position.

    Raises:
        RuleError: impossible; names the rows, or the total of the months that stand, or the weights.

    Source: R033, R041, R042; golden cases G10, G11, G12, G45.
    """
    gone = np.where(sheet.frozen, sheet.amount, 0)
    years = _years(sheet, total, gone.sum(axis=1), name)
    weights = whole_weights(season)
    open_weights = np.where(sheet.frozen, 0, weights)
    if not np.any(open_weights > 0):
        raise RuleError(
            Text("还开放的月份权重全部为 0。", "All months that are still open have the weight 0."),
            Text("至少给一个月份大于 0 的权重。", "Give one of them a weight above zero."),
        )
    rest = years - gone.sum(axis=1)
    months = gone + round_months(sheet.tree.parent_position, rest, open_weights).cells
    settled = _settled(sheet, years, months, open_weights, name)
    found = sheet.with_amounts(settled)
    return replace(found, cells=replace(found.cells, automatic=found.cells.amount))


def _years(sheet: Sheet, total: int, gone: IntArray, name: Naming) -> IntArray:
    """Return the year of each row: the rest after the months that stand is broken down by the terms."""
    terms = _of_the_rest(sheet, gone)
    rest = total - int(gone[0]) if len(sheet) else total
    if not np.any(sheet.years.buffer_bp):
        return cascade(sheet.tree, rest, terms, name).amount + gone
    return _with_buffers(sheet, rest, terms, name) + gone


def _of_the_rest(sheet: Sheet, gone: IntArray) -> Terms:
    """Return the terms less what stands already; a buffer or what is not assigned takes no share by weight."""
    terms = sheet.terms()
    apart = (sheet.kind == BUFFER) | ((sheet.kind == RESERVE) & ~sheet.years.pinned)
    months = np.where(sheet.fixed & ~sheet.frozen, sheet.amount, 0).sum(axis=1)
    wholly = np.all(sheet.fixed, axis=1)
    pin = Stated(np.where(wholly, months, terms.pin.value - gone), terms.pin.known | wholly)
    floor, cap = (Stated(one.value - gone, one.known) for one in (terms.floor, terms.cap))
    return Terms(np.where(apart, 0, terms.weights), floor, cap, replace(pin, known=pin.known & ~(sheet.kind == BUFFER)))


def _with_buffers(sheet: Sheet, total: int, terms: Terms, name: Naming) -> IntArray:
    """Break down level by level; the row of a buffer takes, below zero, what its siblings get beyond the total."""
    amount = np.zeros(len(sheet), dtype=np.int64)
    amount[0] = total
    buffers = sheet.kind == BUFFER
    for family in families(sheet.tree):
        bp = sheet.years.buffer_bp[family.parents]
        more = round_half_away(amount[family.parents].astype(object) * bp, np.full(len(bp), BP_PER_WHOLE, dtype=object))
        _check_buffer_rows(family, more, buffers, name)
        amount[family.rows] = _assigned(family, amount[family.parents] + more.astype(np.int64), terms, buffers, name)
        own = family.rows[buffers[family.rows]]
        amount[own] = -more.astype(np.int64)[family.group[buffers[family.rows]]]
    return amount


def _assigned(family: Family, totals: IntArray, terms: Terms, buffers: BoolArray, name: Naming) -> IntArray:
    found = allocate(
        terms.family(family, totals),
        lambda at: name(int(family.rows[at])),
        lambda at: name(int(family.parents[at])),
    )
    return np.where(buffers[family.rows], 0, found.amount)


def _check_buffer_rows(family: Family, more: IntArray, buffers: BoolArray, name: Naming) -> None:
    has = np.bincount(family.group[buffers[family.rows]], minlength=len(family.parents)) > 0
    lacking = np.flatnonzero((more != 0) & ~has)
    if lacking.size:
        who = name(int(family.parents[lacking[0]]))
        raise RuleError(
            Text(f"“{who.zh}”有缓冲，但没有缓冲行。", f"{who.en} has a buffer, but no row for it."),
            Text("先加一行缓冲。", "Add a buffer row first."),
        )


def _settled(sheet: Sheet, years: IntArray, months: IntArray, weights: IntArray, name: Naming) -> IntArray:
    """Let pinned months stand and rows be there only in their own months; what else moves keeps every sum."""
    held = sheet.cells.pinned & ~sheet.frozen & sheet.cells.amount.known
    asks = np.any(held, axis=1) | ~np.all(sheet.present | sheet.frozen, axis=1)
    moved = np.zeros(len(sheet), dtype=np.bool_)
    if len(sheet) and asks[0]:
        months[0] = _top_months(sheet, int(years[0]), months[0], held[0], weights)
        moved[0] = True
    for level in families(sheet.tree):
        for parent, rows in siblings(level):
            if moved[parent] or np.any(asks[rows]):
                fitted = _fitted(sheet, rows, parent, years, months, held, weights, name)
                moved[rows] = np.any(fitted != months[rows], axis=1)
                months[rows] = fitted
    return months


def siblings(level: Family) -> Iterator[tuple[int, IntArray]]:
    """Return each parent of a level with its children; in preorder siblings of one depth stand together."""
    starts = np.searchsorted(level.group, np.arange(1, len(level.parents)))
    yield from zip(level.parents.tolist(), np.split(level.rows, starts), strict=True)


def _top_months(sheet: Sheet, year: int, months: IntArray, held: BoolArray, weights: IntArray) -> IntArray:
    """Return the months of the top row with its pinned months as they are."""
    fixed = held | sheet.frozen
    kept = np.where(held, sheet.amount[0], months)
    rest = year - int(kept[fixed].sum())
    if not np.any(weights[~fixed] > 0):
        return kept
    kept[~fixed] = split(rest, weights[~fixed])
    return kept


def _fitted(
    sheet: Sheet,
    rows: IntArray,
    parent: int,
    years: IntArray,
    months: IntArray,
    held: BoolArray,
    weights: IntArray,
    name: Naming,
) -> IntArray:
    """Return the months of a family that meet its years and its parent's months."""
    pinned = held[rows] | sheet.frozen | ~sheet.present[rows] | (sheet.kind[rows] == BUFFER)[:, np.newaxis]
    amounts = np.where(held[rows], sheet.amount[rows], months[rows])
    amounts = np.where(sheet.present[rows] | sheet.frozen, amounts, 0)
    seed = np.abs(years[rows])[:, np.newaxis].astype(object) * weights
    largest = int(max(seed.max(initial=0), 1))
    scaled = np.array([[int(cell) * 10**9 // largest or int(cell > 0) for cell in row] for row in seed], dtype=np.int64)
    names = Names([name(int(row)).zh for row in rows], [])
    return fit(scaled, years[rows], months[parent], pins=Pins(amounts, pinned), names=names).cells
