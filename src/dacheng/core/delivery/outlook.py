"""What stands beside unrecognised contracts: when they will be recognised, and how their delivery stands (R150)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Rows
from dacheng.core.delivery.forthcoming import (
    LATER,
    NOTHING,
    PASSED,
    READY,
    THIS_QUARTER,
    Forthcoming,
    family_of,
    forthcoming,
    steps_of,
)
from dacheng.core.delivery.progress import FINISHED, LIGHTS, Projects, projects, rows_of
from dacheng.core.errors import Text
from dacheng.core.filtering import Filter, prefixed
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.table import Drill, Note, TableColumn, Values, column_of

PLANNED = ("quarter_ex", "later_ex", "passed_ex", "unplanned_ex")
OF_ROW = ("unit", "direct", "owner", "customer", "contract", "state")
SAME_ROWS = Drill("tables/unrecognised", carry=OF_ROW)


def _planned(name: str, label: Text, help: Text, **more: str) -> TableColumn:
    drill = Drill("delivery/milestones", take={"contract": "contract_id"}, fixed=more) if more else None
    return TableColumn(name, "money", label, help=help, drill=drill, total_drill=SAME_ROWS)


DELIVERY = (
    _planned(
        "quarter_ex",
        Text("本季预计确收", "This quarter"),
        Text(
            "已完成还没确收的，和预计日在本季的里程碑：确收比例 × 合同额不含税，减已确收",
            "Reached and not recognised, and milestones expected this quarter: share × amount, less recognised",
        ),
        coming="now",
    ),
    _planned(
        "later_ex", Text("以后确收", "Later"), Text("预计日在本季以后", "Expected after this quarter"), coming="later"
    ),
    _planned(
        "passed_ex",
        Text("计划已过", "Passed"),
        Text("里程碑的日子过了还没有完成", "Milestones whose day has passed and that were not reached"),
        coming="passed",
    ),
    _planned("unplanned_ex", Text("未排期", "Not planned"), Text("没有里程碑覆盖的部分", "What no milestone covers")),
    column_of("projects", "project_id"),
    column_of("projects", "manager_id"),
    TableColumn(
        "milestone_id",
        "ref",
        Text("下一个里程碑", "Next milestone"),
        ref="milestones",
        help=Text("还没有完成的最早一个", "The first that was not reached"),
    ),
    TableColumn("expected", "day", Text("预计日", "Expected"), help=Text("下一个里程碑的", "Of the next milestone")),
    column_of("projects", "done_bp", name="delivered_ratio"),
    column_of("projects", "obstacle"),
    TableColumn(
        "light",
        "choice",
        Text("红黄绿", "Light"),
        choices=LIGHTS,
        help=Text("交付项目的灯，几个项目取最差的", "Of its delivery projects, the worst"),
    ),
    column_of("projects", "step_due_day"),
)
"""Columns of delivery in the unrecognised table."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is planned of unrecognised contracts, shape (n,) each, and their delivery, worked out for a page of them.

    Args:
        planned: of ``PLANNED``, minor units excl. tax; they sum to what is unrecognised, where ``known``.
        families: the contracts. projects: theirs, as gathered; steps: the milestones of these.
    """

    planned: Mapping[str, IntArray]
    known: BoolArray
    book: Book
    families: Rows
    projects: Rows
    steps: Forthcoming

    def columns(self, at: IntArray) -> dict[str, Values | tuple[Values, BoolArray]]:
        """Return the columns of delivery of the rows on a page."""
        delivery = _delivery(self, self.families.only(at))
        place, there, rows = delivery.which, delivery.there, delivery.found.rows
        ids = _of(rows["project_id"], place).tolist()
        step = [delivery.following.get(one) if on else None for one, on in zip(ids, there, strict=True)]
        told = np.array([one is not None for one in step], dtype=np.bool_)
        own: dict[str, Values | tuple[Values, BoolArray]] = {
            name: (_of(rows[name], place), there & _of(rows.known(name), place).astype(np.bool_))
            for name in ("project_id", "manager_id", "obstacle", "step_due_day")
        }
        return own | {
            "delivered_ratio": (
                _of(rows["done_bp"], place) / BP_PER_WHOLE,
                there & _of(rows.known("done_bp"), place).astype(np.bool_),
            ),
            "light": (_of(delivery.found.light, place), there),
            "milestone_id": (np.array([one[0] if one else 0 for one in step], dtype=np.int64), told),
            "expected": (np.array([one[1] if one else 0 for one in step], dtype=np.int64), told),
        }

    def notes(self, inside: BoolArray) -> tuple[Note, ...]:
        """Say what is planned for days that have passed, and what no milestone covers."""
        passed = inside & self.known & (self.planned["passed_ex"] != 0)
        none = inside & self.known & (self.planned["unplanned_ex"] != 0)
        return (
            Note.of_amounts(
                "passed",
                Text("里程碑日子已过、没有完成的待确收 {}。", "Of milestones that passed without being reached: {}."),
                [int(self.planned["passed_ex"][passed].sum())],
                int(passed.sum()),
            ),
            Note.of_amounts(
                "unplanned",
                Text(
                    f"{int(none.sum())} 份合同共 {{}} 没有排期：没有交付项目，或里程碑的确收比例不到 100%。",
                    f"{{}} is covered by no milestone: no project, or less than 100 %. Contracts: {int(none.sum())}.",
                ),
                [int(self.planned["unplanned_ex"][none].sum())],
                int(none.sum()),
            ),
        )


@dataclass(frozen=True, eq=False)
class Delivery:
    """How contracts are delivered, shape (n,) each.

    Args:
        found: their projects; which: the one shown of each contract, where ``there``: the worst, then the last to end.
        following: project -> its next milestone, and when that is expected.
    """

    found: Projects
    which: IntArray
    there: BoolArray
    following: Mapping[int, tuple[int, int]]


def _delivery(ahead: Outlook, families: Rows) -> Delivery:
    _, own = family_of(families, ahead.projects["contract_id"], ahead.projects["owner_id"])
    rows = ahead.projects.only(own)
    steps = ahead.steps.only(np.isin(ahead.steps.rows["project_id"], rows["project_id"]))
    found = projects(ahead.book, rows, steps)
    return Delivery(found, *_shown(families, found), _next(steps))


def _of(values: Values | BoolArray, place: IntArray) -> IntArray:
    taken = np.asarray(values, dtype=np.int64)
    return taken[place] if len(taken) else np.zeros(len(place), dtype=np.int64)


def outlook(book: Book, families: Rows, left: IntArray, known: BoolArray, wanted: Filter) -> Outlook:
    """Return the outlook of contracts.

    Args:
        families: rows of ``FAMILIES``. left, known: what is unrecognised of each and where that is known.
        wanted: whole contracts only: of a unit, an owner, one contract.
    """
    rows = rows_of(book, prefixed("p", wanted))
    steps = forthcoming(book, families, steps_of(book, prefixed("m", wanted)) if len(rows) else NOTHING)
    place, there = family_of(families, steps.rows["contract_id"], steps.rows["owner_id"])
    planned = {name: np.zeros(len(families), dtype=np.int64) for name in PLANNED}
    for name, comes in (("quarter_ex", (READY, THIS_QUARTER)), ("later_ex", (LATER,)), ("passed_ex", (PASSED,))):
        which = there & np.isin(steps.coming, comes)
        np.add.at(planned[name], place[which], steps.planned[which])
    told = planned["quarter_ex"] + planned["later_ex"] + planned["passed_ex"]
    planned["unplanned_ex"] = np.where(known, left - told, 0)
    return Outlook(planned, known, book, families, rows, steps)


def _shown(families: Rows, found: Projects) -> tuple[IntArray, BoolArray]:
    """Return the project that each contract shows: one not finished before one that is, then the worst, the latest."""
    which, there = np.zeros(len(families), dtype=np.int64), np.zeros(len(families), dtype=np.bool_)
    place, known = family_of(families, found.rows["contract_id"], found.rows["owner_id"])
    ends = np.array([one.expected if one else 0 for one in found.finish], dtype=np.int64)
    order = np.lexsort((found.rows["project_id"], ends, found.light, found.stage != FINISHED))
    for at in order[known[order]].tolist():
        which[place[at]], there[place[at]] = at, True
    return which, there


def _next(steps: Forthcoming) -> dict[int, tuple[int, int]]:
    """Return the first milestone of each project that was not reached, and the day it is expected."""
    found: dict[int, tuple[int, int]] = {}
    open_steps = np.flatnonzero(~steps.reached)
    order = open_steps[np.lexsort((steps.rows["milestone_id"][open_steps], steps.expected[open_steps]))]
    for at in order.tolist():
        project = int(steps.rows["project_id"][at])
        found.setdefault(project, (int(steps.rows["milestone_id"][at]), int(steps.expected[at])))
    return found
