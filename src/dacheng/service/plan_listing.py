"""The plans somebody has a part in, with what he may do to each (目标方案列表)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import numpy as np

from dacheng.core.access import Viewer, may
from dacheng.core.book import Book
from dacheng.core.errors import NotFound, Text
from dacheng.core.plans.listing import plans_seen
from dacheng.core.plans.schema import APPROVED, LOCKED, STATES, SUPERSEDED
from dacheng.core.plans.sheet import Plan
from dacheng.service.labels import DatabaseNames
from dacheng.service.names import Name
from dacheng.store.access import tree_on
from dacheng.store.actions.plans import STEPS
from dacheng.store.standing import Standing, standing

NOBODY = Name("", "")
LOCK = "lock"


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan as its pages show it.

    Args:
        version: of its record, to change it by. base: the version it was made from; empty = none.
        steps: what this viewer may do to it now: names of ``STEPS``, and ``lock``.
        may_copy: he may make the next version of it.
    """

    uid: UUID
    name: str
    plan: Plan
    unit: Name
    base: str
    version: int
    steps: tuple[str, ...]
    may_copy: bool

    @property
    def state(self) -> Text:
        """Return the state in words."""
        return next(label for number, _, label in STATES if number == self.plan.state)

    @property
    def settled(self) -> bool:
        """Tell whether its figures are decided: they are changed by a new version only."""
        return self.plan.state in (APPROVED, LOCKED, SUPERSEDED)


def plans_shown(viewer: Viewer, book: Book) -> list[PlanShown]:
    """Return the plans that somebody has a part in, the latest first."""
    rows = plans_seen(book)
    rows = rows.only(np.argsort(-rows["plan_id"]))
    plans = [Plan(*line) for line in zip(*(column.tolist() for column in rows.columns.values()), strict=True)]
    records = standing("plans", {one.plan_id for one in plans} | {one.base_id for one in plans if one.base_id})
    units = DatabaseNames().names("units", {one.unit_id for one in plans})
    tree = book.tree if book.org_day == book.today else tree_on(book.today)

    def right(action: str, plan: Plan) -> bool:
        return may(viewer, action, tree, unit_id=plan.unit_id)

    return [
        PlanShown(
            uid=records[one.plan_id].uid,
            name=str(records[one.plan_id].row["name"]),
            plan=one,
            unit=units.get(one.unit_id, NOBODY),
            base=_called(records.get(one.base_id)),
            version=int(records[one.plan_id].row["version"]),
            steps=tuple(step for step, (action, *_) in _open_steps(one).items() if right(action, one)),
            may_copy=right("plan.edit", one),
        )
        for one in plans
        if one.plan_id in records
    ]


def plan_shown(viewer: Viewer, book: Book, uid: UUID) -> PlanShown:
    """Return one plan.

    Raises:
        NotFound: there is none, or the viewer has no part in it.
    """
    for one in plans_shown(viewer, book):
        if one.uid == uid:
            return one
    raise NotFound(Text("没有这个目标方案。", "There is no such plan."))


def units_to_plan(viewer: Viewer, book: Book) -> list[Name]:
    """Return the units that somebody may make a plan of, in the tree's order."""
    tree = book.tree if book.org_day == book.today else tree_on(book.today)
    units = [one for one in book.scope.units if may(viewer, "plan.edit", tree, unit_id=one)]
    names = DatabaseNames().names("units", units)
    return [names[one] for one in sorted(units, key=book.tree.position_of) if one in names]


def _called(record: Standing | None) -> str:
    return f"{record.row['name']} V{record.row['number']}" if record else ""


def _open_steps(plan: Plan) -> dict[str, tuple[str, int]]:
    """Return the steps that start from the plan's state, with the right each needs."""
    found = {step: (right, state) for step, (right, states, state) in STEPS.items() if plan.state in states}
    return found | ({LOCK: ("plan.lock", LOCKED)} if plan.state == APPROVED else {})
