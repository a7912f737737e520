"""Another version of a plan beside the one on the page (版本对比): what each cell was there (R033, R041)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from dacheng.core.access import Viewer
from dacheng.core.book import Book
from dacheng.core.errors import NotFound, Text
from dacheng.core.plans.comparing import ABSENT, Compared, compared
from dacheng.core.plans.schema import BUFFER
from dacheng.service.plan_grid import PlanGrid
from dacheng.service.plan_listing import PlanShown, plans_shown
from dacheng.service.plans import OpenPlan, open_plan


@dataclass(frozen=True)
class Beside:
    """A version beside another one of the same months, as far as the viewer sees both."""

    shown: PlanShown
    opened: OpenPlan
    both: Compared

    @property
    def called(self) -> str:
        """Return how the version is called: its name and number."""
        return f"{self.shown.name} V{self.shown.plan.number}"

    @cached_property
    def places(self) -> dict[int, int]:
        """Return position in the plan on the page -> position in this version."""
        pairs = zip(self.both.at_after.tolist(), self.both.at_before.tolist(), strict=True)
        return {here: there for here, there in pairs if ABSENT not in (here, there)}

    @property
    def gone(self) -> list[int]:
        """Return the positions in this version of rows that the plan on the page does not have."""
        return [int(one) for one in self.both.at_before[self.both.at_after == ABSENT]]

    def new(self, position: int) -> bool:
        """Tell whether only the plan on the page has a row."""
        return position not in self.places

    def was(self, position: int, months: Sequence[int]) -> int | None:
        """Return what months of a row were; None where nothing was set or there was no such row.

        A buffer is told above zero, as the page shows it.
        """
        there = self.places.get(position)
        if there is None:
            return None
        amount, columns = self.opened.sheet.cells.amount, list(months)
        known = amount.known[there, columns]
        if not known.any():
            return None
        total = int(amount.value[there, columns][known].sum())
        return -total if int(self.opened.sheet.kind[there]) == BUFFER else total


def versions_beside(viewer: Viewer, book: Book, grid: PlanGrid) -> list[PlanShown]:
    """Return the other plans of the same months that somebody has a part in, the latest first."""
    plan = grid.sheet.plan
    return [
        one
        for one in plans_shown(viewer, book)
        if (one.plan.from_ym, one.plan.until_ym) == (plan.from_ym, plan.until_ym) and one.plan.plan_id != plan.plan_id
    ]


def beside(viewer: Viewer, book: Book, grid: PlanGrid, uid: UUID) -> Beside:
    """Return a version beside the plan of a grid.

    Raises:
        NotFound: there is no such plan of the same months, or the viewer has no part in it.
    """
    for one in versions_beside(viewer, book, grid):
        if one.uid == uid:
            opened = open_plan(book, uid, grid.measure_id)
            return Beside(one, opened, compared(opened.sheet, grid.sheet))
    raise NotFound(
        Text("没有这个同期间的方案。", "There is no such plan of the same months."),
        Text("选一个同年度的版本对比。", "Choose a version of the same year."),
    )
