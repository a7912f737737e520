"""Delivery projects on one day: cost beside budget, finish beside plan, and the light that follows (R161, G22)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.delivery.forthcoming import Forthcoming
from dacheng.core.delivery.overrunning import Progress, schedule_overrun
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.rules import Rules
from dacheng.core.table import fractions_known, whole_known

PROJECTS_OF = """
    SELECT p.project_id, p.contract_id, c.customer_id, p.owner_id, p.unit_id, p.manager_id, p.start_day, p.budget,
        p.spent, p.estimate, p.done_bp, p.obstacle, p.step_due_day
    FROM projects p JOIN contracts c ON c.contract_id = p.contract_id
    {where} ORDER BY p.project_id"""

AHEAD, RUNNING, FINISHED = range(1, 4)
STAGES = (
    (AHEAD, "ahead", Text("未开工", "Not begun")),
    (RUNNING, "running", Text("进行中", "Running")),
    (FINISHED, "finished", Text("已完成", "Finished")),
)
GREEN, YELLOW, RED = range(1, 4)
LIGHTS = (
    (GREEN, "green", Text("绿", "Green")),
    (YELLOW, "yellow", Text("黄", "Yellow")),
    (RED, "red", Text("红", "Red")),
)


@dataclass(frozen=True, slots=True)
class Finish:
    """When a project ends: planned, and expected; and whether all its milestones were reached."""

    planned: int
    expected: int
    reached: bool


@dataclass(frozen=True, eq=False)
class Projects:
    """Projects as they stand on a day, shape (n,) each.

    Args:
        rows: as gathered by ``PROJECTS_OF``. costs: what each cost and will cost. finish: None without a milestone.
        stage: numbers of ``STAGES``. light: numbers of ``LIGHTS``.
    """

    rows: Rows
    costs: tuple[Progress, ...]
    finish: tuple[Finish | None, ...]
    stage: IntArray
    light: IntArray

    def only(self, keep: BoolArray) -> Projects:
        """Return some of them."""
        at = np.flatnonzero(keep).tolist()
        return Projects(
            self.rows.only(keep),
            tuple(self.costs[one] for one in at),
            tuple(self.finish[one] for one in at),
            self.stage[keep],
            self.light[keep],
        )

    @property
    def at_completion(self) -> tuple[IntArray, BoolArray]:
        """Return what each will cost in all, minor units, and where that is known."""
        return whole_known([one.at_completion for one in self.costs])

    @property
    def by_performance(self) -> tuple[IntArray, BoolArray]:
        """Return what each will cost if it goes on as it went, and where that is known."""
        return whole_known([one.by_performance for one in self.costs])

    @property
    def overrun(self) -> tuple[IntArray, BoolArray]:
        """Return estimate at completion − budget, minor units, and where both are known."""
        told = [
            None if one.at_completion is None or one.budget is None else one.at_completion - one.budget
            for one in self.costs
        ]
        return whole_known(told)

    @property
    def slip(self) -> tuple[IntArray, BoolArray]:
        """Return days of expected − planned finish, and where there is a milestone."""
        return whole_known([None if one is None else one.expected - one.planned for one in self.finish])

    @property
    def slip_ratio(self) -> list[Fraction | None]:
        """Return how much longer each takes than planned; None without a milestone or planned days."""
        starts = self.rows["start_day"].tolist()
        return [
            schedule_overrun(one.planned - start, one.expected - start) if one else None
            for one, start in zip(self.finish, starts, strict=True)
        ]

    def ratios(self, name: str) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], BoolArray]:
        """Return a ratio of the costs (``overrun``, ``performance``), and where it is known."""
        return fractions_known([getattr(one, name) for one in self.costs])


def rows_of(book: Book, wanted: Filter) -> Rows:
    """Return projects as ``projects`` takes them."""
    return book.gather(PROJECTS_OF.format(where=wanted.where), **wanted.params)


def projects(book: Book, rows: Rows, steps: Forthcoming) -> Projects:
    """Return projects as they stand on the Book's day.

    Args:
        rows: of ``rows_of``. steps: the milestones of these projects.
    """
    ends = _finishes(book, steps)
    finish = tuple(ends.get(one) for one in rows["project_id"].tolist())
    costs = tuple(Progress(one["budget"], one["spent"], one["done_bp"], one["estimate"]) for one in rows.records())
    stage = np.array(
        [
            FINISHED if one and one.reached else AHEAD if start > book.as_of_day else RUNNING
            for one, start in zip(finish, rows["start_day"].tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    found = Projects(rows, costs, finish, stage, stage)
    return Projects(rows, costs, finish, stage, _lights(found, book))


def _finishes(book: Book, steps: Forthcoming) -> dict[int, Finish]:
    """Return the end of each project: of all its milestones the last; one that has passed is expected today."""
    of: dict[int, list[tuple[int, int, bool]]] = defaultdict(list)
    held = np.where(steps.reached, steps.expected, np.maximum(steps.expected, book.as_of_day))
    names = (steps.rows["project_id"], steps.rows["planned_day"], held, steps.reached)
    for project, *one in zip(*(values.tolist() for values in names), strict=True):
        of[project].append((one[0], one[1], one[2]))
    return {
        project: Finish(max(one[0] for one in those), max(one[1] for one in those), all(one[2] for one in those))
        for project, those in of.items()
    }


def _lights(found: Projects, book: Book) -> IntArray:
    """Return the light of each: red from the company's limits on, yellow where anything is over, late or in the way."""
    rules: Rules = book.rules
    over, slip = [one.overrun for one in found.costs], found.slip[0].tolist()
    blocked = (found.rows.known("obstacle") & (found.stage != FINISHED)).tolist()
    due, told = found.rows["step_due_day"], found.rows.known("step_due_day")
    missed = (told & (due < book.as_of_day) & (found.stage != FINISHED)).tolist()
    limit, days = Fraction(rules.number("delivery.overrun_red"), BP_PER_WHOLE), rules.number("delivery.slip_red")
    lights = []
    for cost, late, stuck, gone in zip(over, slip, blocked, missed, strict=True):
        red = (cost is not None and cost >= limit) or late >= days or (stuck and gone)
        yellow = (cost is not None and cost > 0) or late > 0 or stuck or gone
        lights.append(RED if red else YELLOW if yellow else GREEN)
    return np.array(lights, dtype=np.int64)
