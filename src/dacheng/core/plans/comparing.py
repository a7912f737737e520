"""Two versions of a plan beside each other (版本对比): the same row and month before and after (R033).

A row of one version is the row of another one that is of the same kind, unit, person, account and segment; where
several are alike, such as two vacancies of a unit, they follow one another in the order of the tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.plans.schema import PERSON
from dacheng.core.plans.sheet import Sheet

ABSENT = -1
"""The position of a row in a version in which it is not."""

Identity = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Compared:
    """The rows of two sheets, each once: those of ``after`` in its order, then those that only ``before`` has.

    Args:
        at_before, at_after: shape (k,), positions; ``ABSENT`` where a sheet has no such row.
    """

    before: Sheet
    after: Sheet
    at_before: IntArray
    at_after: IntArray

    def __len__(self) -> int:
        return len(self.at_after)

    @cached_property
    def was(self) -> IntArray:
        """Return the amounts before, shape (k, months of ``after``), 0 where none is set."""
        return _aligned(self.before, self.at_before, self.after)

    @cached_property
    def now(self) -> IntArray:
        """Return the amounts after, shape (k, months of ``after``), 0 where none is set."""
        return _aligned(self.after, self.at_after, self.after)

    @property
    def difference(self) -> IntArray:
        """Return what each month becomes more, shape (k, months), below zero where it becomes less."""
        return self.now - self.was

    @cached_property
    def moved(self) -> BoolArray:
        """Return the rows of which a month changes, or that are there in one of the two only, shape (k,)."""
        gone = (self.at_before == ABSENT) | (self.at_after == ABSENT)
        changed: BoolArray = np.any(self.difference != 0, axis=1) | gone
        return changed

    @cached_property
    def touched(self) -> IntArray:
        """Return how many people at or below each row get another target, shape (k,)."""
        found = np.zeros(len(self), dtype=np.int64)
        for sheet, places in ((self.after, self.at_after), (self.before, self.at_before)):
            here = places != ABSENT
            others = here if sheet is self.after else here & (self.at_after == ABSENT)
            own = np.zeros(len(sheet), dtype=np.int64)
            own[places[others]] = self.moved[others] & (sheet.kind[places[others]] == PERSON)
            below = sheet.tree.roll_up(own, np.arange(len(sheet))) if len(sheet) else own
            found[here] += below[places[here]]
        return found


def compared(before: Sheet, after: Sheet) -> Compared:
    """Return two versions of a plan row by row; months are those of ``after``.

    A row or month that only one of them has counts as zero in the other one.

    Source: R033 "effect at every node before approval".
    """
    old = {one: at for at, one in enumerate(identities(before))}
    new = identities(after)
    pairs = [(old.pop(one, ABSENT), at) for at, one in enumerate(new)]
    pairs += [(at, ABSENT) for at in sorted(old.values())]
    first = int(after.shared_top and before.shared_top)
    at_before, at_after = np.array(pairs[first:], dtype=np.int64).reshape(-1, 2).T
    return Compared(before, after, at_before, at_after)


def identities(sheet: Sheet) -> list[Identity]:
    """Return what makes each row the one it is in any version: whose it is, and which of those that are alike."""
    columns = (sheet.kind, sheet.unit_id, sheet.person_id, sheet.customer_id, sheet.segment_id, sheet.product_id)
    seen: dict[Identity, int] = {}
    found = []
    for whose in zip(*(column.tolist() for column in columns), strict=True):
        seen[whose] = seen.get(whose, 0) + 1
        found.append((*whose, seen[whose]))
    return found


def _aligned(sheet: Sheet, places: IntArray, like: Sheet) -> IntArray:
    """Return the amounts of rows in the months of another sheet."""
    month = np.arange(like.plan.from_ym, like.plan.until_ym) - sheet.plan.from_ym
    there = (month >= 0) & (month < sheet.plan.months)
    found = np.zeros((len(places), len(month)), dtype=np.int64)
    rows = np.flatnonzero(places != ABSENT)
    found[np.ix_(rows, np.flatnonzero(there))] = sheet.amount[np.ix_(places[rows], month[there])]
    return found
