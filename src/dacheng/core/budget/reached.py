"""How far a budget's unit has come at the end of each period gone by (累计达成), as it stands now (R036)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.book import Book, Rows
from dacheng.core.budget.drafting import MeasuredTarget
from dacheng.core.budget.releasing import cumulative_attainment
from dacheng.core.budget.standing import UnitBudget
from dacheng.core.filtering import EVERYTHING
from dacheng.core.period import Period
from dacheng.core.targets.cascading import Amounts, Grid, cells_of, planned
from dacheng.core.targets.results import counting, results
from dacheng.core.tree import UNKNOWN


@dataclass(frozen=True, slots=True)
class Reached:
    """Done and target from the budget's first month to the end of a period, minor units; None = not known."""

    done: int | None
    target: int | None

    @property
    def attainment(self) -> Fraction | None:
        """Return done ÷ target, exact; None where the band must be chosen by hand."""
        return cumulative_attainment(self.done, self.target)


def ended_periods(book: Book, budget: UnitBudget) -> int:
    """Return how many periods of release have ended at the end of the as-of day."""
    return sum(book.months.to_day(one) <= book.as_of_day + 1 for one in budget.plan.periods)


def reached(book: Book, budgets: Sequence[UnitBudget]) -> list[list[Reached]]:
    """Return for each budget what was reached at the end of each period that has ended, in order.

    Budgets of the same months and releases are gathered together: one gather of targets, one of results a period.
    """
    groups: dict[tuple[Period, int], list[int]] = {}
    for at, one in enumerate(budgets):
        groups.setdefault((one.span, one.release_months), []).append(at)
    found: list[list[Reached]] = [[] for _ in budgets]
    for (span, _), places in groups.items():
        alike = [budgets[at] for at in places]
        for at, reached_there in zip(places, _alike(book, span, alike), strict=True):
            found[at] = reached_there
    return found


def _alike(book: Book, span: Period, budgets: Sequence[UnitBudget]) -> list[list[Reached]]:
    measures = np.unique(np.array([one.measure_id for one in budgets], dtype=np.int64))
    grid = Grid(measures, span)
    target = target_months(book, grid)
    found: list[list[Reached]] = [[] for _ in budgets]
    for period in budgets[0].plan.periods[: ended_periods(book, budgets[0])]:
        through = Period(span.from_ym, period.to_ym)
        counts = counting(book, through)
        sums = results(book, counts, ("unit_id",), EVERYTHING, measures.tolist())
        for at, one in enumerate(budgets):
            done = _done(book, sums, one) if one.measure_id in counts.known else None
            found[at].append(Reached(done, _target(book, grid, target, one, len(through))))
    return found


def target_months(book: Book, grid: Grid) -> Amounts:
    """Return the target of every unit of the tree, by position, for the measures and months of a grid."""
    cells = cells_of(book, grid.period, EVERYTHING)
    placed = book.tree.position_of(cells["unit_id"]) != UNKNOWN
    return planned(book.tree, grid, cells.only(placed & np.isin(cells["measure_id"], grid.measures))).target


def months_of_unit(book: Book, grid: Grid, target: Amounts, unit: int, measure: int) -> MeasuredTarget:
    """Return a unit's target of a measure by month; a unit that does not stand has none."""
    place, width = book.tree.position_of(unit), len(grid.period)
    if place == UNKNOWN:
        return MeasuredTarget(np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.bool_))
    column = int(np.searchsorted(grid.measures, measure)) * width
    part = slice(column, column + width)
    return MeasuredTarget(target.value[place, part], target.known[place, part])


def _target(book: Book, grid: Grid, target: Amounts, budget: UnitBudget, months: int) -> int | None:
    own = months_of_unit(book, grid, target, budget.unit_id, budget.measure_id)
    return MeasuredTarget(own.months[:months], own.known[:months]).whole


def _done(book: Book, sums: Rows, budget: UnitBudget) -> int | None:
    """Return what is done in a unit and below; None where no result tells its amount."""
    if budget.unit_id not in book.tree:
        return None
    placed = book.tree.position_of(sums["unit_id"]) != UNKNOWN
    own = sums.only(placed & (sums["measure_id"] == budget.measure_id))
    own = own.only(book.tree.is_under(own["unit_id"], budget.unit_id)) if len(own) else own
    there, counted = int(own["there"].sum()), int(own["counted"].sum())
    return int(own["amount"].sum()) if counted or not there else None
