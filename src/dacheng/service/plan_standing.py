"""A plan's grid by the organisation of today (今日口径的分解表) beside what it was drawn with, to be read (R033)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from dacheng.core.book import Book
from dacheng.core.plans.comparing import Compared
from dacheng.core.plans.standing import Standing, organisation_of, standing
from dacheng.core.tree import UNKNOWN
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.service.plan_beside import Beside
from dacheng.service.plan_grid import PlanGrid, rows_to_show
from dacheng.service.plans import opened_sheet


@dataclass(frozen=True)
class StandingGrid:
    """The grid of a plan by the organisation of a day.

    Args:
        beside: the plan as it was drawn. units: of the units that rows were drawn for.
    """

    grid: PlanGrid
    beside: Beside
    standing: Standing
    units: Mapping[int, Name]

    def drawn_for(self, position: int) -> Name | None:
        """Return the unit that a row was drawn for, where it is not the one in which it stands."""
        at = int(self.standing.at_drawn[position])
        if at == UNKNOWN:
            return None
        unit = int(self.standing.drawn.unit_id[at])
        return None if unit == int(self.standing.sheet.unit_id[position]) else self.units.get(unit)


def standing_grid(book: Book, grid: PlanGrid, row: str = "") -> StandingGrid:
    """Return the grid of a plan by the organisation of the Book's day; nobody may type into it.

    Args:
        grid: as it was drawn. row: the key of the row to begin at; without one all.

    Raises:
        NotFound: there is no such row.
    """
    found = standing(grid.sheet, organisation_of(book))
    sheet = found.sheet
    nobody = np.zeros(len(sheet), dtype=np.bool_)
    restated = replace(
        grid,
        opened=opened_sheet(grid.opened.uid, sheet),
        keys=_keys(grid, found),
        top=None,
        submittable=nobody,
        editable=nobody,
        versions={},
    )
    top = restated.position(row) if row else None
    positions, folded = rows_to_show(sheet, top)
    restated = replace(restated, top=top, positions=positions, folded=folded)
    both = Compared(grid.sheet, sheet, found.at_drawn[found.first :], np.arange(found.first, len(sheet)))
    units = DatabaseNames().names("units", np.unique(grid.sheet.unit_id).tolist())
    return StandingGrid(restated, Beside(grid.shown, grid.opened, both), found, units)


def _keys(grid: PlanGrid, found: Standing) -> tuple[str, ...]:
    """Return the key of each row: that of the plan, or one of this page alone."""
    keys = [grid.keys[at] if at != UNKNOWN else f"new{position}" for position, at in enumerate(found.at_drawn.tolist())]
    return ("", *keys[1:]) if found.sheet.shared_top else tuple(keys)
