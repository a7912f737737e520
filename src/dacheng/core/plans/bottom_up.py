"""What comes from below (自下而上): what a row submitted, or what those below it submitted together."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.plans.schema import BUFFER, RESERVE
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.decomposing import families
from dacheng.core.targets.feasibility import Stated


def from_below(sheet: Sheet) -> tuple[Stated, Stated]:
    """Return what came from below for each month, shape (n, m), and for the year, shape (n,).

    A row counts as what it submitted itself; where it said nothing, as what is directly below it came to.
    A year that was not submitted is the sum of the months that were. Nothing said is not zero.

    Source: R031, R041.
    """
    months = _rolled_up(sheet, sheet.cells.submitted)
    own = sheet.years.submitted
    told = np.any(sheet.cells.submitted.known, axis=1)
    summed = np.where(sheet.cells.submitted.known, sheet.cells.submitted.value, 0).sum(axis=1)
    years = own.or_else(Stated(summed, told))
    column = Stated(years.value[:, np.newaxis], years.known[:, np.newaxis])
    rolled = _rolled_up(sheet, column)
    return months, Stated(rolled.value[:, 0], rolled.known[:, 0])


def _rolled_up(sheet: Sheet, own: Stated) -> Stated:
    """Return what is stated, and where nothing is, the sum of what is directly below."""
    value: IntArray = np.where(own.known, own.value, 0)
    known: BoolArray = own.known.copy()
    apart = np.isin(sheet.kind, (BUFFER, RESERVE))
    for level in reversed(families(sheet.tree)):
        there = known[level.rows] & ~apart[level.rows][:, np.newaxis]
        parents = level.parents[level.group]
        sums, found = np.zeros_like(value), np.zeros(known.shape, dtype=np.int64)
        np.add.at(sums, parents, np.where(there, value[level.rows], 0))
        np.add.at(found, parents, there.astype(np.int64))
        follows = ~known & (found > 0)
        value, known = np.where(follows, sums, value), known | follows
    return Stated(value, known)
