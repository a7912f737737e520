"""What a step on many deals does to the open sums of each unit (影响): before, after, difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.crediting import part_of
from dacheng.core.deals.schema import OPEN
from dacheng.core.deals.weighing import stages_of, weighted_credit

COLUMNS = ("unit_id", "stage_id", "whole", "win_bp", "part", "share_bp", "before_bp")
STANDING = f"""
    SELECT {", ".join(COLUMNS)} FROM credits
    WHERE state = {OPEN} AND unit_id IN (:units) ORDER BY deal_id, part, owner_id"""


@dataclass(frozen=True, slots=True)
class OpenSums:
    """Open deals of a unit: how many, their known amounts and weighted amounts in minor units."""

    count: int = 0
    amount: int = 0
    weighted: int = 0

    def __add__(self, other: OpenSums) -> OpenSums:
        return OpenSums(self.count + other.count, self.amount + other.amount, self.weighted + other.weighted)

    def __neg__(self) -> OpenSums:
        return OpenSums(-self.count, -self.amount, -self.weighted)


@dataclass(frozen=True, slots=True)
class UnitEffect:
    """The open deals placed at a unit itself, as the viewer sees them, before and after."""

    unit_id: int
    before: OpenSums
    after: OpenSums


Facts = Mapping[str, int | None]
"""Facts of one credit of a deal: state and the ``COLUMNS``; empty where it does not stand."""


def effects_by_unit(book: Book, was: Iterable[Facts], becomes: Iterable[Facts]) -> list[UnitEffect]:
    """Return the open sums of every unit that a step touches, in the order of the organisation.

    Weighted amounts are rounded deal by deal, as in the pipeline table, with the win rates of
    the Book's day. Units that the viewer does not see are left out.

    Args:
        was, becomes: the credits of the changed deals on the Book's day.
    """
    stages = stages_of(book)
    gone, come = _summed(_open_rows(was), stages), _summed(_open_rows(becomes), stages)
    units = sorted((unit for unit in {*gone, *come} if unit in book.tree), key=book.tree.position_of)
    standing = _summed(book.gather(STANDING, units=tuple(units)), stages) if units else {}
    nothing = OpenSums()
    return [
        UnitEffect(one, before, before + -gone.get(one, nothing) + come.get(one, nothing))
        for one in units
        for before in [standing.get(one, nothing)]
    ]


def _open_rows(facts: Iterable[Facts]) -> Rows:
    rows: Sequence[tuple[int | None, ...]] = [
        tuple(one[name] for name in COLUMNS) for one in facts if one and one["state"] == OPEN
    ]
    return Rows.of(COLUMNS, rows)


def _summed(rows: Rows, stages: Rows) -> dict[int, OpenSums]:
    """Return the sums of each unit that has rows."""
    if not len(rows):
        return {}
    weighted, weighed = weighted_credit(rows, stages)
    once, place = np.unique(rows["unit_id"], return_inverse=True)
    amount = part_of(np.where(rows.known("whole"), rows["whole"], 0), rows)
    sums = np.zeros((3, len(once)), dtype=np.int64)
    for at, values in enumerate((rows["part"] == 0, amount, np.where(weighed, weighted, 0))):
        np.add.at(sums[at], place, values)
    return {int(unit): OpenSums(*(int(one) for one in sums[:, at])) for at, unit in enumerate(once)}
