"""Who works elsewhere beside his home (借调与兼职): two are lent for a project, one helps out part-time."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.org.schema import PART_TIME, SECONDMENT
from dacheng.core.period import FAR_DAY
from dacheng.core.tree import Tree
from dacheng.demo.framing import framed
from dacheng.demo.organisation import TOP, People, Units
from dacheng.demo.timeline import Timeline

LENT = (
    (1, 0, SECONDMENT, 5_000, 3, None, "重点项目攻坚"),
    (2, 1, PART_TIME, 3_000, 2, None, "兼管行业方案支持"),
    (0, 2, SECONDMENT, 10_000, 8, 5, "新区域开拓"),
)
"""Region of the home, region that is the host, kind, share, months back from which and until which, why."""


def engagements_frame(timeline: Timeline, units: Units, people: People) -> Frame:
    """Return the engagements of people who have been with us, in one region, all the time."""
    regions = np.flatnonzero(units.parent == TOP) + 1
    tree = Tree.of(np.arange(1, len(units) + 1), units.parent_on(timeline.as_of))
    steady = _steady(timeline, people)
    lent = [_reps_under(tree, people, steady, int(regions[home]))[0] for home, *_ in LENT]
    return framed(
        {
            "person_id": lent,
            "host_id": [int(regions[host]) for _, host, *_ in LENT],
            "kind": [kind for _, _, kind, *_ in LENT],
            "share_bp": [share for _, _, _, share, *_ in LENT],
            "from_day": [timeline.month_start(since) for *_, since, _, _ in LENT],
            "to_day": [FAR_DAY if until is None else timeline.month_start(until) for *_, until, _ in LENT],
        },
        reason=[why for *_, why in LENT],
    )


def _steady(timeline: Timeline, people: People) -> BoolArray:
    there = people.sells_on(timeline.first) & people.sells_on(timeline.as_of)
    steady: BoolArray = there & (people.moved == FAR_DAY) & (people.left == FAR_DAY)
    return steady


def _reps_under(tree: Tree, people: People, steady: BoolArray, region: int) -> IntArray:
    """Return the ids of the steady ones of a region, ascending."""
    return np.flatnonzero(steady & tree.is_under(people.home, region)) + 1
