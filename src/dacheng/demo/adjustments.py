"""Adjustments of the invented company (调整登记): joiner, hand-over, leave, vacancy, mega deal, one that waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.company import Frame
from dacheng.core.period import FAR_DAY, MONTHS_PER_YEAR, first_day_of
from dacheng.core.plans.prorating import Span, prorated, ramp_of
from dacheng.core.plans.schema import (
    BY_OWN,
    GRANTED,
    NOBODY,
    PERSON,
    RAMPED,
    REQUESTED,
    WHOLE,
)
from dacheng.core.schema import RELATIONS
from dacheng.demo.achieved import MEASURES
from dacheng.demo.framing import framed
from dacheng.demo.goals import WAN, Setting
from dacheng.demo.organisation import TOP
from dacheng.demo.plans import Drawn
from dacheng.demo.timeline import SEASON

RAMP = ramp_of("50-50-50")
DECIDED_AFTER_DAYS = 5
JOINER, VACANCY, MEGA_DEAL, LEAVE, TRANSFER, LEAVER = 1, 2, 4, 7, 9, 10
ALL_OF_IT = 0
"""The row's own year, taken away."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line as the story tells it.

    Args:
        person: which person's row of the plan, in its order. month: the first month; until: the month after the last.
        full: 万元 of the whole year, signed; ``ALL_OF_IT`` = the row's own year, taken away.
    """

    person: int
    kind: int
    how: int
    month: int
    full: int
    reason: str
    evidence: str
    until: int = MONTHS_PER_YEAR
    other: int | None = None
    waits: bool = False


NO_WHOLE = 0
"""A line that is no part of a unit's line."""

THIS_YEAR = (
    Told(2, JOINER, RAMPED, 6, 300, "7 月入职，前三个月各按一半计", "入职通知 HR-2026-071"),
    Told(5, TRANSFER, BY_OWN, 8, -240, "两家重点客户 9 月起移交同组同事", "客户移交单 2026-09", other=6),
    Told(9, LEAVE, BY_OWN, 6, ALL_OF_IT, "产假两个月，目标减免", "批假单 HR-2026-064", until=8),
)
NEXT_YEAR = (
    Told(3, VACANCY, BY_OWN, 0, ALL_OF_IT, "一季度空岗，招聘未到位", "编制表 2027-01", until=3),
    Told(7, MEGA_DEAL, WHOLE, 0, -500, "一次性大单剔除，不进明年基数", "经营会纪要 2026-11"),
    Told(11, LEAVER, BY_OWN, 2, ALL_OF_IT, "2 月底离职，客户待重新分配", "离职申请 HR-2026-118", waits=True),
)


def framed_adjustments(setting: Setting, plans: Sequence[tuple[Drawn, int]]) -> Frame:
    """Return lines of this year's plan as it stands and of next year's.

    Args:
        plans: each with the number of the row before its first one.
    """
    rows: list[tuple[int | None, ...]] = []
    texts: dict[str, list[str]] = {"code": [], "name": [], "evidence": [], "decided": []}
    number = 0
    for (plan, first), told in zip(plans[-2:], (THIS_YEAR, NEXT_YEAR), strict=False):
        people = np.flatnonzero(plan.kind == PERSON).tolist()
        for one in told:
            if max(one.person, one.other or 0) >= len(people) or first_day_of(plan.from_ym) > FAR_DAY:
                continue
            number += 1
            versions = _versions(setting, plan, first, people, one, number)
            rows += versions
            for at in range(len(versions)):
                granted = at > 0
                texts["code"].append(f"TZ-{plan.from_ym // MONTHS_PER_YEAR}-{number}")
                texts["name"].append(one.reason)
                texts["evidence"].append(one.evidence)
                texts["decided"].append("同意" if granted or not one.waits else "")
    names = [*(column.name for column in RELATIONS["plan_adjustments"].facts), "from_day", "to_day"]
    columns = {name: _column([row[at] for row in rows]) for at, name in enumerate(names)}
    return framed(columns, **texts)


def _versions(
    setting: Setting, plan: Drawn, first: int, people: Sequence[int], one: Told, number: int
) -> list[tuple[int | None, ...]]:
    """Return the line as it was asked for and, unless it waits, as it was approved."""
    at = people[one.person]
    own = np.maximum(plan.amount[0, at], 0)
    year = int(own.sum())
    full = -year if one.full == ALL_OF_IT else one.full * WAN
    firsts = np.array([first_day_of(plan.from_ym + month) for month in range(MONTHS_PER_YEAR + 1)], dtype=np.int64)
    start, end = int(firsts[one.month]), FAR_DAY if one.until == MONTHS_PER_YEAR else int(firsts[one.until])
    present = np.ones(MONTHS_PER_YEAR, dtype=np.bool_)
    months = prorated(full, one.how, Span(firsts, start, end), SEASON.tolist(), own, present, RAMP)
    amount = int(months.sum())
    unit = int(plan.unit[at])
    asked_by, decided_by = _over(setting, unit), _over(setting, TOP)
    other = 0 if one.other is None else first + people[one.other] + 1
    day = min(plan.since, setting.timeline.as_of)
    decided = min(day + DECIDED_AFTER_DAYS, setting.timeline.as_of)
    about = (
        number, plan.plan_id, first + at + 1, other, unit, int(plan.person[at]), int(MEASURES[0]), one.kind, start, end,
        one.how, full, amount,
    )  # fmt: skip
    until = FAR_DAY if one.waits or decided == day else decided
    asked = (*about, None, 1, REQUESTED, asked_by, NOBODY, NO_WHOLE, day, until)
    granted = (*about, year - amount, 1, GRANTED, asked_by, decided_by, NO_WHOLE, decided, FAR_DAY)
    if one.waits:
        return [asked]
    return [granted] if decided == day else [asked, granted]


def _over(setting: Setting, unit: int) -> int:
    """Return who looks after a unit; nobody where nobody does."""
    found = np.flatnonzero(setting.people.over == unit)
    return int(found[0]) + 1 if len(found) else NOBODY


def _column(values: list[int | None]) -> np.ndarray:
    return np.array(values, dtype=object if any(one is None for one in values) else np.int64)
