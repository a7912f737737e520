"""The strategy of the invented company: markets, two themes, six goals, an OGSM page, assigned opportunities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.company import Frame
from dacheng.core.period import FAR_DAY, date_of
from dacheng.core.strategy.schema import (
    ACCEPTED,
    ACTIVE,
    AMOUNT,
    BUSINESS,
    COUNT,
    DRAFT,
    FROM_STRATEGY,
    GOAL,
    GROWTH,
    MEASURE,
    NEW_CUSTOMER,
    NEW_CUSTOMERS,
    NEW_PRODUCT,
    NEW_REGION,
    OBJECTIVE,
    READING,
    REFUSED,
    SHARE,
    STRATEGY,
    WAITING,
    WON_AMOUNT,
)
from dacheng.core.tree import Tree
from dacheng.demo.framing import framed, missing_where
from dacheng.demo.organisation import TOP, People, Units
from dacheng.demo.pipeline import Pipeline
from dacheng.demo.timeline import Timeline

WAN = 10_000 * 100
AGREED_AFTER_DAYS = 10
"""The year's strategy is agreed in January, after the targets."""

WAITS, ANSWERED, REFUSED_AGO = 9, 20, 12
"""Days ago on which the three opportunities were assigned; the first has not been answered."""

HORIZONED = 60
"""So many of the largest open opportunities say their horizon."""

SEGMENTS = (
    ("水务", 7_0000, 800, 1200, 5500),
    ("化工", 10_8000, -300, 700, 6800),
    ("数据中心", 5_0000, 1800, 400, 7200),
)
"""Segment, size in 万元, growth, our share and the rivals' in basis points."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What the strategy is about: open opportunities by worth, the regions and who leads them."""

    timeline: Timeline
    units: Units
    people: People
    pipeline: Pipeline

    @property
    def agreed(self) -> int:
        """Return the day on which the strategy was agreed."""
        day = int(self.timeline.on_or_after(np.array([self.timeline.year_start + AGREED_AFTER_DAYS]))[0])
        return min(day, self.timeline.as_of)

    @property
    def regions(self) -> IntArray:
        """Return the ids of the regions that somebody leads."""
        standing = np.flatnonzero((self.units.parent == TOP) & (self.units.closed == FAR_DAY)) + 1
        return standing[np.isin(standing, self.people.over)]

    def leader(self, unit: int) -> int:
        """Return who leads a unit."""
        return int(np.flatnonzero(self.people.over == unit)[0]) + 1

    def largest(self, unit: int = TOP, before: int | None = None) -> IntArray:
        """Return positions of open opportunities of a unit, the largest first.

        Args:
            before: only those that were created by that day.
        """
        day = self.timeline.as_of
        home = self.people.home_on(self.pipeline.owners.on(np.full(len(self.pipeline), day)), day)
        tree = Tree.of(np.arange(1, len(self.units) + 1), self.units.parent_on(day))
        keep = (self.pipeline.lives.closed == FAR_DAY) & tree.is_under(home, unit)
        keep &= self.pipeline.lives.created <= (day if before is None else before)
        found = np.flatnonzero(keep)
        return found[np.argsort(-self.pipeline.amounts.worth[found, 0], kind="stable")]


def strategy_frames(timeline: Timeline, units: Units, people: People, pipeline: Pipeline) -> dict[str, Frame]:
    """Return the frames of the strategy."""
    setting = Setting(timeline, units, people, pipeline)
    return {
        "market_facts": _markets(setting),
        "themes": _themes(setting),
        "goals": _goals(setting),
        "goal_deals": _links(setting),
        "deal_strategy": _attributes(setting),
        "ogsm_nodes": _nodes(setting),
    }


def _always(setting: Setting, count: int) -> dict[str, Any]:
    return {"from_day": [setting.agreed] * count, "to_day": [FAR_DAY] * count}


def _markets(setting: Setting) -> Frame:
    rows = [(int(region), *one) for region in setting.regions for one in SEGMENTS]
    unit, name, size, growth, own, rivals = zip(*rows, strict=True)
    sourced = np.arange(len(rows)) % len(SEGMENTS) > 0
    return framed(
        {
            "market_id": range(1, len(rows) + 1),
            "unit_id": unit,
            "year": [date_of(setting.timeline.as_of).year] * len(rows),
            "size": [one * WAN for one in size],
            "growth_bp": growth,
            "own_share_bp": own,
            "rivals_share_bp": rivals,
            "sourced_day": missing_where(~sourced, np.full(len(rows), setting.timeline.year_start)),
            **_always(setting, len(rows)),
        },
        code=[f"SC{at:03d}" for at in range(1, len(rows) + 1)],
        name=name,
        source=["行业协会年报" if one else "" for one in sourced],
    )


def _themes(setting: Setting) -> Frame:
    year = date_of(setting.timeline.as_of).year
    return framed(
        {"theme_id": [1, 2], "unit_id": [TOP, TOP], "year": [year, year], **_always(setting, 2)},
        code=["Z1", "Z2"],
        name=["高端产品突破", "县域下沉"],
    )


GOAL_COLUMNS = (
    "goal_id", "unit_id", "person_id", "theme_id", "parent_id", "aim", "form", "metric", "product_id", "target_count",
    "target_amount", "target_bp", "base_count", "base_amount", "reading_count", "reading_amount", "reading_bp",
    "start_ym", "due_ym", "horizon", "state", "from_day", "to_day",
)  # fmt: skip


def _goals(setting: Setting) -> Frame:
    """Return six goals: a share, amounts of two regions, new customers, a count read twice, a draft."""
    due, middle = setting.timeline.year_ym + 11, max(setting.agreed, setting.timeline.as_of - 30)
    boss = setting.leader(TOP)
    common = {"due_ym": due, "state": ACTIVE, "unit_id": TOP, "person_id": boss, "from_day": setting.agreed}
    counted = {"goal_id": 4, "theme_id": 2, "aim": NEW_REGION, "form": COUNT, "metric": READING, "target_count": 200}
    rows: list[dict[str, int]] = [
        {"goal_id": 1, "theme_id": 1, "aim": NEW_PRODUCT, "form": SHARE, "metric": WON_AMOUNT, "product_id": 1}
        | {"target_bp": 3000, "horizon": 1},
        _of_a_region(setting, 2, 0),
        {"goal_id": 3, "theme_id": 2, "aim": NEW_CUSTOMER, "form": COUNT, "metric": NEW_CUSTOMERS}
        | {"target_count": 40, "horizon": 2},
        counted | {"reading_count": 86, "horizon": 2, "to_day": middle},
        counted | {"reading_count": 121, "horizon": 2, "from_day": middle},
        {"goal_id": 5, "theme_id": 2, "aim": BUSINESS, "form": GROWTH, "metric": WON_AMOUNT, "target_bp": 4000}
        | {"person_id": 0, "state": DRAFT},
        _of_a_region(setting, 6, 1),
    ]
    every = ({"to_day": FAR_DAY, **common, **row} for row in rows)
    whole = [row for row in every if row["from_day"] < row["to_day"]]
    columns: dict[str, Any] = {name: np.array([row.get(name) for row in whole], dtype=object) for name in GOAL_COLUMNS}
    names = {1: "控制系统占比 30%", 3: "新客户 40 家", 4: "县域站点 200 个", 5: "比去年增长 40%"}
    first, second = (setting.units.names[one - 1] for one in setting.regions[:2].tolist())
    names |= {2: f"{first}签下重点项目", 6: f"{second}签下重点项目"}
    ids = [row["goal_id"] for row in whole]
    return framed(
        columns,
        code=[f"M{at}" for at in ids],
        name=[names[at] for at in ids],
        source=["县域站点台账" if at == 4 else "" for at in ids],
    )


def _of_a_region(setting: Setting, number: int, at: int) -> dict[str, int]:
    """Return the goal of a region: half as much again as its largest open opportunities."""
    region = int(setting.regions[at])
    worth = int(setting.pipeline.amounts.worth[_of_region(setting, at), 0].sum())
    step = 100 * WAN
    goal = {"goal_id": number, "theme_id": 1, "aim": BUSINESS, "form": AMOUNT, "metric": WON_AMOUNT, "horizon": 1}
    of = {"unit_id": region, "person_id": setting.leader(region)}
    return goal | of | {"target_amount": worth * 3 // 2 // step * step + step}


def _of_region(setting: Setting, at: int) -> IntArray:
    return setting.largest(int(setting.regions[at]))[:6]


def _links(setting: Setting) -> Frame:
    """Return what carries the goals; the count of sites is carried by nothing yet."""
    day = setting.timeline.as_of
    every = setting.largest()
    pairs = sorted({(1, at) for at in every[:3].tolist()} | {(2, at) for at in _of_region(setting, 0).tolist()})
    pairs += [(3, at) for at in sorted(every[8:10].tolist())]
    pairs += [(6, at) for at in sorted(_of_region(setting, 1).tolist())]
    goals, deals = zip(*pairs, strict=True)
    created = setting.pipeline.lives.created[np.array(deals)]
    begins = np.minimum(np.maximum(created, setting.agreed), day)
    return framed(
        {
            "goal_id": goals,
            "deal_id": np.array(deals) + 1,
            "from_day": begins,
            "to_day": [FAR_DAY] * len(pairs),
        }
    )


def _attributes(setting: Setting) -> Frame:
    """Return the horizon of the largest open opportunities, three of them assigned: accepted, refused, waiting."""
    day = setting.timeline.as_of
    asked = {day - ANSWERED: ACCEPTED, day - REFUSED_AGO: REFUSED, day - WAITS: WAITING}
    old = [int(setting.largest(one, day - ANSWERED)[0]) for one in setting.regions[:3].tolist()]
    others = [one for one in setting.largest()[:HORIZONED].tolist() if one not in old]
    owners = setting.pipeline.owners.on(np.full(len(setting.pipeline), day))
    rows = [_said(one, at, setting) for at, one in enumerate(others)]
    for one, (asked_day, answer) in zip(old, asked.items(), strict=False):
        rows += _assigned(one, int(owners[one]), asked_day, answer)
    rows.sort(key=lambda row: (row["deal_id"], row["from_day"]))
    names = ("came_from", "strategic_type", "horizon", "assignee_id", "asked_day", "answer", "answered_day")
    columns: dict[str, Any] = {
        name: np.array([row.get(name) for row in rows], dtype=object)
        for name in ("deal_id", *names, "from_day", "to_day")
    }
    return framed(columns, reason=["客户今年不立项" if row.get("answer") == REFUSED else "" for row in rows])


def _said(deal: int, at: int, setting: Setting) -> dict[str, int]:
    begins = max(int(setting.pipeline.lives.created[deal]), setting.agreed)
    horizon = 3 if at % 10 == 9 else 2 if at % 10 in (4, 7) else 1
    return {"deal_id": deal + 1, "came_from": 1, "horizon": horizon, "from_day": begins, "to_day": FAR_DAY}


def _assigned(deal: int, owner: int, asked_day: int, answer: int) -> list[dict[str, int]]:
    """Return the versions of an assigned opportunity: it waits, and a few days later is answered."""
    waiting = {"deal_id": deal + 1, "came_from": FROM_STRATEGY, "strategic_type": NEW_REGION, "horizon": 2}
    waiting |= {"assignee_id": owner, "asked_day": asked_day, "answer": WAITING, "from_day": asked_day}
    if answer == WAITING:
        return [waiting | {"to_day": FAR_DAY}]
    answered = asked_day + 5
    said = {"answer": answer, "answered_day": answered, "from_day": answered, "to_day": FAR_DAY}
    return [waiting | {"to_day": answered}, waiting | said]


NODES = (
    (1, OBJECTIVE, None, None, "成为工业能效第一选择"),
    (2, GOAL, 1, 1, "控制系统占赢单三成"),
    (3, STRATEGY, 2, None, "重点客户一客一策做高端替换"),
    (4, MEASURE, 3, 2, "重点项目签约额，每月看"),
    (5, GOAL, 1, 3, "新客户四十家"),
    (6, STRATEGY, 5, None, "县域合作伙伴铺开"),
    (7, MEASURE, 6, 4, "县域站点数，每季看"),
    (8, STRATEGY, 5, None, "老客户转介绍"),
)
"""Entry, kind, the entry it serves, its goal, its words; the last strategy has no measure yet."""


def _nodes(setting: Setting) -> Frame:
    """Return the company's page, and the objective that each region took over from it."""
    year = date_of(setting.timeline.as_of).year
    regions = setting.regions.tolist()
    below, count = len(regions), len(NODES) + len(regions)
    _number, kind, parent, goal, name = (list(column) for column in zip(*NODES, strict=True))
    nothing: list[int | None] = [None] * len(NODES)
    columns: dict[str, Any] = {
        "node_id": range(1, count + 1),
        "unit_id": [*[TOP] * len(NODES), *regions],
        "person_id": [*[setting.leader(TOP)] * len(NODES), *map(setting.leader, regions)],
        "year": [year] * count,
        "kind": [*kind, *[OBJECTIVE] * below],
        "parent_id": np.array([*parent, *nothing[:below]], dtype=object),
        "source_id": np.array([*nothing, *[3] * below], dtype=object),
        "goal_id": np.array([*goal, *nothing[:below]], dtype=object),
        "due_ym": [setting.timeline.year_ym + 11] * count,
        "position": range(1, count + 1),
        **_always(setting, count),
    }
    return framed(
        columns,
        code=[f"N{at}" for at in range(1, count + 1)],
        name=[*name, *[NODES[2][4]] * below],
        due_reason=[""] * count,
    )
