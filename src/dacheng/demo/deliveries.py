"""Delivery projects of the larger contracts: milestones that slip and why, costs beside the budget, managers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.delivery.schema import ACCEPTANCE, ARRIVAL, OBSTACLES
from dacheng.core.money import BP_PER_WHOLE, share_of
from dacheng.core.period import FAR_DAY
from dacheng.demo.contracts import Contracts
from dacheng.demo.framing import cut, framed, missing_where
from dacheng.demo.timeline import Timeline, stream

ON_TIME, LATE_BY = 0.62, (6, 70)
"""Milestones that come as planned; by how many days the others slip."""

NOTICED = (-20, 16)
"""Days from the planned one on which a slip is told: some are told late, when their day has passed."""

BUDGET_BP, UNKNOWN_COST_BP = 9_700, 6_800
"""A budget as part of the cost that was calculated, or of the amount excl. tax where none was."""

OVER_BP = (-600, -300, 0, 0, 0, 200, 500, 900, 1_500)
"""By how much projects end beside their budget."""

NO_BUDGET_EVERY, BLOCKED = 23, 0.2
"""Every so many projects have no budget; so many of those that slip are blocked until they are reached."""

AT_START, AT_ARRIVAL = 3_500, 7_000
"""How much is done a while after the start and on arrival."""

STEPS = ("约客户现场负责人确认条件", "请供货方给出到货日", "与客户开验收协调会", "补充两名实施工程师")


@dataclass(frozen=True, slots=True, eq=False)
class Deliveries:
    """Deliveries of contracts; ``contract`` is a position among them, the project's id its own position + 1.

    Args:
        days: shape (n, 2), of arrival and acceptance as they come; planned: as they were planned.
        noticed: the day a slip is known, ``FAR_DAY`` = it comes as planned. why: numbers of ``OBSTACLES``.
    """

    contract: IntArray
    days: IntArray
    planned: IntArray
    noticed: IntArray
    why: IntArray


def delivery_frames(
    seed: int, timeline: Timeline, contracts: Contracts, large: BoolArray, days: IntArray, codes: list[str], part: int
) -> dict[str, Frame]:
    """Return delivery projects and their milestones.

    Args:
        large: contracts that are delivered by a project. days: shape (contracts, 2), of arrival and acceptance.
        part: percent of a contract that is recognised on arrival, the rest on acceptance.
    """
    rng = stream(seed, "deliveries")
    found = _drawn(rng, timeline, contracts, np.flatnonzero(large), days)
    return {
        "projects": _project_frame(rng, timeline, contracts, found, codes),
        "milestones": _milestone_frame(timeline, contracts, found, codes, part),
    }


def _drawn(
    rng: np.random.Generator, timeline: Timeline, contracts: Contracts, contract: IntArray, days: IntArray
) -> Deliveries:
    own = days[contract]
    late = rng.random(own.shape) >= ON_TIME
    slip = np.where(late, rng.integers(*LATE_BY, own.shape), 0)
    first = contracts.effective[contract][:, np.newaxis] + np.array([5, 10])
    planned = timeline.on_or_after(np.maximum(own - slip, first))
    planned = np.minimum(planned, own)
    noticed = np.maximum(planned + rng.integers(*NOTICED, own.shape), first)
    noticed = np.where((planned < own) & (noticed <= timeline.as_of) & (noticed < own), noticed, FAR_DAY)
    why = rng.integers(1, len(OBSTACLES), own.shape)
    return Deliveries(contract, own, planned, noticed, why)


def _known(timeline: Timeline, days: IntArray) -> IntArray:
    """Return days that have come, and ``FAR_DAY`` for the others."""
    return np.where(days <= timeline.as_of, days, FAR_DAY)


def _milestone_frame(timeline: Timeline, contracts: Contracts, found: Deliveries, codes: list[str], part: int) -> Frame:
    count = len(found.contract)
    project, kind = np.repeat(np.arange(count), 2), np.tile(np.arange(2), count)
    contract = found.contract[project]
    planned, happens = found.planned[project, kind], found.days[project, kind]
    noticed, reached = found.noticed[project, kind], _known(timeline, happens)
    row, begins, ends = cut(contracts.effective[contract], noticed, reached)
    done, told = reached[row] <= begins, noticed[row] <= begins
    nothing = missing_where(np.ones(len(row), dtype=np.bool_), row)
    shares = np.array([part, 100 - part]) * 100
    why = found.why[project, kind][row]
    return framed(
        {
            "milestone_id": row + 1,
            "project_id": project[row] + 1,
            "contract_id": contract[row] + 1,
            "kind": np.array([ARRIVAL, ACCEPTANCE])[kind[row]],
            "planned_day": planned[row],
            "forecast_day": missing_where(~told, happens[row]),
            "reached_day": missing_where(~done, np.where(done, happens[row], 0)),
            "share_bp": shares[kind[row]],
            "term_id": nothing,
            "reason": missing_where(~told, why),
            "owner_id": contracts.owner[contract][row],
            "effective_day": contracts.effective[contract][row],
            "from_day": begins,
            "to_day": ends,
        },
        code=[f"JF-{codes[one]}/{at + 1}" for one, at in zip(contract[row].tolist(), kind[row].tolist(), strict=True)],
        name=[("到货", "终验")[at] for at in kind[row].tolist()],
        reason_note=[""] * len(row),
    )


def _project_frame(
    rng: np.random.Generator, timeline: Timeline, contracts: Contracts, found: Deliveries, codes: list[str]
) -> Frame:
    own, count = found.contract, len(found.contract)
    started = contracts.effective[own]
    cost = np.where(contracts.costed[own], contracts.cost[own], share_of(contracts.amount_ex[own], UNKNOWN_COST_BP))
    budget = np.maximum(share_of(cost, BUDGET_BP), 100)
    whole = budget + share_of(budget, np.array(OVER_BP)[rng.integers(0, len(OVER_BP), count)])
    managers = np.unique(contracts.owner)
    manager = managers[rng.integers(0, len(managers), count)]
    half = _known(timeline, (started + found.days[:, 0]) // 2)
    arrived, accepted = (_known(timeline, found.days[:, at]) for at in (0, 1))
    slips = found.noticed.min(axis=1)
    blocked = (rng.random(count) < BLOCKED) & (slips < FAR_DAY)
    stuck = np.where(blocked, slips, FAR_DAY)
    kind = np.argmin(found.noticed, axis=1)
    free = _known(timeline, np.where(blocked, found.days[np.arange(count), kind], FAR_DAY))
    row, begins, ends = cut(started, half, arrived, accepted, stuck, free)
    done = np.select(
        [accepted[row] <= begins, arrived[row] <= begins, half[row] <= begins], [BP_PER_WHOLE, AT_ARRIVAL, AT_START], 0
    )
    is_stuck = (stuck[row] <= begins) & (begins < free[row])
    unplanned = row % NO_BUDGET_EVERY == NO_BUDGET_EVERY - 1
    why = found.why[np.arange(count), kind][row]
    words = [STEPS[one % len(STEPS)] if on else "" for one, on in zip(row.tolist(), is_stuck.tolist(), strict=True)]
    return framed(
        {
            "project_id": row + 1,
            "contract_id": own[row] + 1,
            "manager_id": manager[row],
            "start_day": started[row],
            "budget": missing_where(unplanned, budget[row]),
            "spent": share_of(whole[row], done),
            "estimate": missing_where((arrived[row] > begins) | unplanned, whole[row]),
            "done_bp": done,
            "obstacle": missing_where(~is_stuck, why),
            "step_due_day": missing_where(~is_stuck, begins + 21),
            "owner_id": contracts.owner[own][row],
            "effective_day": contracts.effective[own][row],
            "from_day": begins,
            "to_day": ends,
        },
        code=[f"JF-{codes[one]}" for one in own[row].tolist()],
        name=[f"{codes[one]} 交付" for one in own[row].tolist()],
        obstacle_note=["" for _one in words],
        step=words,
    )
