"""What factors count in a plan (因子各算多少): as was chosen for it, else by the rules (R048)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.book import Book
from dacheng.core.factors.choosing import Counts, counts_by_rules
from dacheng.core.plans.schema import UNIT
from dacheng.core.plans.sheet import Sheet
from dacheng.core.tree import UNKNOWN

CHOSEN = """
    SELECT unit_id, factor_id, percent FROM plan_factors
    WHERE plan_id = :plan AND measure_id = :measure AND percent > 0 ORDER BY unit_id, factor_id"""


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """What factors count, row by row.

    Args:
        counts: each choice that holds somewhere, the rules' among them.
        below: shape (n,): which of them holds for the rows directly below a row.
        chosen: of each choice, whether somebody chose it for the plan; else the rules say so.
    """

    counts: tuple[Counts, ...]
    below: IntArray
    chosen: tuple[bool, ...]


def choices_of(book: Book, sheet: Sheet, counts: Counts | None = None) -> Choices:
    """Return what factors count at each row of a plan: as chosen at its unit or the nearest above, else by the rules.

    Args:
        counts: what they shall count everywhere instead.
    """
    rows = len(sheet)
    if counts is not None:
        return Choices((counts,), np.zeros(rows, dtype=np.int64), (True,))
    found: dict[int, dict[int, int]] = {}
    for one in book.gather(CHOSEN, plan=sheet.plan.plan_id, measure=sheet.measure_id).records():
        found.setdefault(int(one["unit_id"] or 0), {})[int(one["factor_id"] or 0)] = int(one["percent"] or 0)
    numbers = {unit: at for at, unit in enumerate(found, 1)}
    below = np.zeros(rows, dtype=np.int64)
    for at in range(rows):
        above = int(sheet.tree.parent_position[at])
        inherited = _from_above(book, numbers, int(sheet.unit_id[at])) if above == UNKNOWN else int(below[above])
        own = numbers.get(int(sheet.unit_id[at])) if int(sheet.kind[at]) == UNIT else None
        below[at] = inherited if own is None else own
    return Choices((counts_by_rules(book), *found.values()), below, (False, *(True for _ in found)))


def _from_above(book: Book, numbers: Mapping[int, int], unit: int) -> int:
    """Return what was chosen above the topmost row that the viewer sees; 0 = nothing, so the rules say."""
    at = int(book.tree.position_of(unit))
    while at != UNKNOWN:
        number = numbers.get(int(book.tree.unit_ids[at]))
        if number is not None:
            return number
        at = int(book.tree.parent_position[at])
    return 0
