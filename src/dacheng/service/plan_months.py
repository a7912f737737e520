"""Keeping with a plan what its months follow (月份按什么): the choice, and what each month counted (R042)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dacheng.core.money import split
from dacheng.core.plans.month_sources import KEPT_PARTS
from dacheng.core.plans.month_ways import MonthWeights
from dacheng.core.plans.schema import PERSON, UNIT
from dacheng.core.plans.sheet import TOGETHER, Sheet
from dacheng.store.actions.plan_cells import CellChange


def with_months(cells: Sequence[CellChange], sheet: Sheet, found: MonthWeights) -> list[CellChange]:
    """Return what is to be written with what the months follow added to every unit and person that is broken down.

    Each keeps its own, so that whoever sees nothing of the rows above is told as well; what else stands below a unit
    follows the unit.

    Source: R042.
    """
    wanted = {(one.row_id, one.ym): one for one in cells}
    for place, values in _kept(sheet, found):
        one = wanted.get(place) or CellChange(place[0], sheet.measure_id, place[1], {})
        wanted[place] = one._replace(values={**one.values, **values})
    return list(wanted.values())


def _kept(sheet: Sheet, found: MonthWeights) -> Iterator[tuple[tuple[int, int], dict[str, int | None]]]:
    first, opened = sheet.plan.from_ym, sheet.plan.frozen
    parts = split(KEPT_PARTS, found.weight[opened:]).tolist()
    chosen: dict[str, int | None] = {
        "months_by": found.by,
        "spring": int(found.spring),
        "season_from": found.years[0],
        "season_to": found.years[1],
    }
    months: list[tuple[int, dict[str, int | None]]] = [
        (month, {"month_weight": part, "lift_bp": int(found.lift_bp[month])})
        for month, part in enumerate(parts, opened)
    ]
    broken_down = np.isin(sheet.kind, (UNIT, PERSON)) & (sheet.tree.unit_ids != TOGETHER)
    for at in np.flatnonzero(broken_down).tolist():
        row = int(sheet.tree.unit_ids[at])
        yield (row, 0), chosen
        for month, values in months:
            if sheet.present[at, month]:
                yield (row, first + month), values
