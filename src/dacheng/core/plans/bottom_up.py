"""What comes from below (自下而上): what a row submitted, or what those below it submitted together."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.plans.schema import BUFFER, PERSON, RESERVE, UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.targets.decomposing import families
from dacheng.core.targets.feasibility import Stated


def from_below(sheet: Sheet) -> tuple[Stated, Stated]:
    """Return what came from below for each month, shape (n, m), and for the year, shape (n,).

    A row counts as what it submitted itself. A unit that said nothing counts as what is directly below it once
    all of that is known; rows of nobody, such as a vacancy, count as they are planned. Nothing said is not zero.
    A year that was not submitted is the sum of the months that were, where all of them were.

    Source: R031, R041.
    """
    amount, cells = sheet.cells.amount, sheet.cells.submitted
    months = _rolled_up(sheet, cells, amount)
    whole = np.all(cells.known | ~sheet.present, axis=1) & np.any(cells.known, axis=1)
    summed = np.where(cells.known, cells.value, 0).sum(axis=1)
    years = sheet.years.submitted.or_else(Stated(summed, whole))
    column = Stated(years.value[:, np.newaxis], years.known[:, np.newaxis])
    planned = Stated(sheet.year[:, np.newaxis], np.any(amount.known, axis=1)[:, np.newaxis])
    rolled = _rolled_up(sheet, column, planned)
    return months, Stated(rolled.value[:, 0], rolled.known[:, 0])


def answered(sheet: Sheet) -> tuple[int, int]:
    """Return how many people of a plan have submitted a year, and how many there are."""
    told, people = _answers(sheet)
    return int(np.count_nonzero(told)), int(np.count_nonzero(people))


def answered_below(sheet: Sheet) -> tuple[IntArray, IntArray]:
    """Return for each row how many people at or below it have submitted a year, and how many there are, shape (n,)."""
    order = np.arange(len(sheet))
    told, people = (sheet.tree.roll_up(one.astype(np.int64), order) for one in _answers(sheet))
    return told, people


def _answers(sheet: Sheet) -> tuple[BoolArray, BoolArray]:
    """Return which rows are people who submitted, and which are people, shape (n,)."""
    people = sheet.kind == PERSON
    told = sheet.years.submitted.known | np.any(sheet.cells.submitted.known, axis=1)
    return people & told, people


def _rolled_up(sheet: Sheet, own: Stated, planned: Stated) -> Stated:
    """Return what is stated, and where nothing is, the sum of what is directly below once all of it is known."""
    nobody = (~np.isin(sheet.kind, (UNIT, PERSON)))[:, np.newaxis]
    apart = np.isin(sheet.kind, (BUFFER, RESERVE))
    told: BoolArray = own.known.copy()
    known: BoolArray = own.known | (nobody & planned.known)
    value: IntArray = np.where(own.known, own.value, np.where(known, planned.value, 0))
    for level in reversed(families(sheet.tree)):
        rows = level.rows[~apart[level.rows]]
        parents = sheet.tree.parent_position[rows]
        sums, lacking, some = (np.zeros(value.shape, dtype=np.int64) for _ in range(3))
        np.add.at(sums, parents, np.where(known[rows], value[rows], 0))
        np.add.at(lacking, parents, (~known[rows]).astype(np.int64))
        np.add.at(some, parents, told[rows].astype(np.int64))
        follows = ~known & (lacking == 0) & (some > 0)
        value, known, told = np.where(follows, sums, value), known | follows, told | follows
    return Stated(value, known)
