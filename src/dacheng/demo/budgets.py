"""This year's budgets of the regions (费用预算): made from their targets, released twice, spent in part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from dacheng.core.access import EXECUTIVE, FINANCE
from dacheng.core.arrays import IntArray
from dacheng.core.budget.budgeting import BudgetPlan, ProjectLine, RatedTarget
from dacheng.core.budget.drafting import (
    DraftedLine,
    MeasuredTarget,
    fixed_line,
    project_line,
    release_periods,
    variable_line,
)
from dacheng.core.budget.releasing import Proposal, Release, cumulative_attainment, propose_release
from dacheng.core.budget.ruling import bands_in
from dacheng.core.budget.schema import (
    APPROVED,
    AWAITING,
    BY_BAND,
    COMMITTED,
    FIRST,
    FIXED,
    GRANTED,
    HIGH_POTENTIAL,
    NEW_MARKETS,
    NOT_ASKED,
    PROJECT,
    SPENT,
    VARIABLE,
)
from dacheng.core.company import Frame
from dacheng.core.errors import Text
from dacheng.core.money import BP_PER_WHOLE, split
from dacheng.core.months import CALENDAR_MONTHS
from dacheng.core.period import FAR_DAY, MONTHS_PER_YEAR, Period, first_day_of
from dacheng.core.rules import in_force
from dacheng.core.schema import RELATIONS
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import Tree
from dacheng.demo.achieved import Posting
from dacheng.demo.framing import framed
from dacheng.demo.organisation import TOP, People, Units
from dacheng.demo.timeline import Timeline, stream
from dacheng.exchange.defaults import default_expense_categories, default_rules

QUARTER = 3
FIXED_PER_MILLE, RATE_BP = 8, 150
STEP = 10_000_00
USED = (62, 84, 96, 103)
"""Per cent of what is released that the regions use, one after the other: from plenty left to overspent."""

ASKED = 60_000_00
ASKED_FOR = {"category_id": 3, "name": "行业峰会追加展位", "reason": "客户邀请我们同台，主办方只留到本周"}
"""An expense beyond what its region has left, which waits for approval."""

PROJECTS = (
    ("新行业试点", NEW_MARKETS, 20, 2, 9, True),
    ("战略客户驻场", HIGH_POTENTIAL, 30, 5, 17, True),
    ("区域展会", NEW_MARKETS, 15, 8, 11, False),
)
"""Name, purpose, size in 万元, months of the year from which to which, whether it is approved; one a region."""

TOPICS = (
    (1, "拜访客户差旅"),
    (2, "客户交流接待"),
    (3, "行业研讨会"),
    (4, "投标文件制作"),
    (5, "POC 测试环境"),
    (6, "外部专家咨询"),
)
"""Category and what an expense was for."""

EXPENSES_OF_A_REGION = 18
COMMITTED_EVERY = 6


class Made(NamedTuple):
    """A line with what names it."""

    line: DraftedLine
    name: str
    purpose: int | None = None
    effective: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A region with its budget.

    Args:
        number: of its budget, from 1. unit: its id. approver: who approved it.
    """

    number: int
    unit: int
    span: Period
    lines: Sequence[Made]
    releases: Sequence[tuple[int, Proposal, tuple[int | None, int | None]]]


def budget_frames(
    seed: int, timeline: Timeline, units: Units, people: People, targets: Frame, roles: Frame, done: Posting
) -> dict[str, Frame]:
    """Return budgets, their lines and months, releases and expenses of the fiscal year.

    Args:
        done: 合同额 on days, for owners.
    """
    agreed = int(timeline.on_or_after(np.array([timeline.year_start + QUARTER * 7]))[0])
    agreed = min(agreed, timeline.as_of)
    regions = [
        _region(timeline, units, people, targets, done, agreed, number, unit)
        for number, unit in enumerate((np.flatnonzero(units.parent == TOP) + 1).tolist(), 1)
    ]
    executive, finance = _holder(roles, EXECUTIVE), _holder(roles, FINANCE)
    return {
        "budgets": _budgets(regions, agreed, executive),
        **_lines(regions, agreed, executive),
        "releases": _releases(regions, finance),
        "expense_categories": default_expense_categories(),
        "expenses": _expenses(seed, timeline, units, people, regions, agreed),
    }


def _holder(roles: Frame, role: int) -> int:
    columns = roles.columns
    return int(next(who or 0 for who, held in zip(columns["person_id"], columns["role"], strict=True) if held == role))


def _region(
    timeline: Timeline,
    units: Units,
    people: People,
    targets: Frame,
    done: Posting,
    agreed: int,
    number: int,
    unit: int,
) -> Region:
    span = Period(timeline.year_ym, timeline.year_ym + MONTHS_PER_YEAR)
    months = _target(targets, unit, span, agreed)
    lines = _drafted(span, months, number)
    second = int(timeline.on_or_after(np.array([first_day_of(span.from_ym + QUARTER)]))[0])
    days = [agreed, second]
    reached = _reached(units, people, done, months, span, unit)
    releases = _proposed(lines, span, [day for day in days if day <= timeline.as_of], reached)
    return Region(number, unit, span, lines, releases)


def _target(targets: Frame, unit: int, span: Period, day: int) -> MeasuredTarget:
    """Return the unit's own target of 合同额 by month as it stood on a day."""
    found = np.zeros(len(span), dtype=np.int64)
    names = ("unit_id", "person_id", "measure_id", "ym", "amount", "from_day", "to_day")
    own = (
        row for row in zip(*(targets.columns[name] for name in names), strict=True) if row[:3] == (unit, 0, CONTRACT)
    )
    for *_, ym, amount, begins, ends in own:
        if (ym or 0) in span and (begins or 0) <= day < (ends or 0):
            found[(ym or 0) - span.from_ym] = amount or 0
    return MeasuredTarget(found, found != 0)


def _drafted(span: Period, months: MeasuredTarget, number: int) -> list[Made]:
    whole = months.whole or 0
    fixed = whole * FIXED_PER_MILLE // 1000 // STEP * STEP
    rated = RatedTarget(Text("合同额", "Contract value"), Fraction(RATE_BP, BP_PER_WHOLE), months.whole)
    name, purpose, size, first, last, approved = PROJECTS[(number - 1) % len(PROJECTS)]
    project = ProjectLine(name, size * STEP, Period(span.from_ym + first, span.from_ym + last + 1), "·")
    return [
        Made(fixed_line(fixed, span, CALENDAR_MONTHS), "日常费用"),
        Made(variable_line(rated, months, span), "商务费用", HIGH_POTENTIAL),
        Made(project_line(project, CALENDAR_MONTHS), name, purpose, approved),
    ]


def _reached(
    units: Units, people: People, done: Posting, months: MeasuredTarget, span: Period, unit: int
) -> tuple[int | None, int | None]:
    """Return done and target of the first quarter."""
    first, end = first_day_of(span.from_ym), first_day_of(span.from_ym + QUARTER)
    inside = (done.day >= first) & (done.day < end)
    home = people.home_on(done.owner[inside], done.day[inside])
    tree = Tree.of(np.arange(1, len(units) + 1), units.parent_on(end))
    target = int(months.months[:QUARTER].sum())
    return int(done.amount[inside][tree.is_under(home, unit)].sum()), target or None


def _proposed(
    lines: Sequence[Made], span: Period, days: Sequence[int], reached: tuple[int | None, int | None]
) -> list[tuple[int, Proposal, tuple[int | None, int | None]]]:
    """Return the first releases as the rules propose them: (day, proposal, what it was computed from)."""
    plan, bands = _plan(lines, span), bands_in(in_force(default_rules()[1], days[0]))
    ledger: list[Release] = []
    found = []
    for at, day in enumerate(days):
        proposal = propose_release(plan, ledger, [cumulative_attainment(*reached)] * at, bands)
        if proposal.variable is None:
            break
        ledger.append(Release(at, proposal.fixed, proposal.variable, proposal.project, approver="·"))
        found.append((day, proposal, reached if at else (None, None)))
    return found


def _plan(lines: Sequence[Made], span: Period) -> BudgetPlan:
    months = {kind: np.zeros(len(span), dtype=np.int64) for kind in (FIXED, VARIABLE, PROJECT)}
    for one in lines:
        for ym, amount in one.line.cells if one.effective else ():
            if ym in span:
                months[one.line.kind][ym - span.from_ym] += amount
    starts = np.arange(0, len(span), QUARTER)
    fixed, variable, project = (np.add.reduceat(months[kind], starts) for kind in (FIXED, VARIABLE, PROJECT))
    return BudgetPlan(release_periods(span, QUARTER), fixed, variable, project)


def _rows(rows: Iterable[Mapping[str, Any]], name: str) -> list[Any]:
    return [row[name] for row in rows]


def _framed(relation: str, rows: Sequence[Mapping[str, Any]]) -> Frame:
    """Return rows as a frame of a relation; a value that is None is not known."""
    labels = [column.name for column in RELATIONS[relation].labels]
    names = [name for name in rows[0] if name not in labels]
    columns = {name: np.array(_rows(rows, name), dtype=object) for name in names}
    return framed(columns, **{name: _rows(rows, name) for name in labels})


def _budgets(regions: Sequence[Region], day: int, approver: int) -> Frame:
    rows = [
        {
            "budget_id": one.number,
            "unit_id": one.unit,
            "first_ym": one.span.from_ym,
            "last_ym": one.span.to_ym - 1,
            "measure_id": CONTRACT,
            "release_months": QUARTER,
            "state": APPROVED,
            "approver_id": approver,
            "from_day": day,
            "to_day": FAR_DAY,
            "code": f"YS-{one.span.from_ym // MONTHS_PER_YEAR}-{one.number:02d}",
            "name": f"{one.span.from_ym // MONTHS_PER_YEAR} 年费用预算",
        }
        for one in regions
    ]
    return _framed("budgets", rows)


def _lines(regions: Sequence[Region], day: int, approver: int) -> dict[str, Frame]:
    lines: list[dict[str, Any]] = []
    cells: list[dict[str, Any]] = []
    for region in regions:
        for at, made in enumerate(region.lines, 1):
            number, variable = len(lines) + 1, made.line.kind == VARIABLE
            lines.append(
                {
                    "line_id": number,
                    "budget_id": region.number,
                    "unit_id": region.unit,
                    "kind": made.line.kind,
                    "purpose": made.purpose,
                    "measure_id": CONTRACT if variable else None,
                    "rate_bp": RATE_BP if variable else None,
                    "target": made.line.target,
                    "amount": made.line.amount,
                    "first_ym": made.line.period.from_ym,
                    "last_ym": made.line.period.to_ym - 1,
                    "effective": int(made.effective),
                    "approver_id": approver if made.line.kind == PROJECT and made.effective else None,
                    "from_day": day,
                    "to_day": FAR_DAY,
                    "code": f"YS-{region.span.from_ym // MONTHS_PER_YEAR}-{region.number:02d}-{at}",
                    "name": made.name,
                }
            )
            cells += [
                {"line_id": number, "ym": ym, "unit_id": region.unit, "amount": amount}
                | {"from_day": day, "to_day": FAR_DAY}
                for ym, amount in made.line.cells
            ]
    return {"budget_lines": _framed("budget_lines", lines), "budget_cells": _framed("budget_cells", cells)}


def _releases(regions: Sequence[Region], approver: int) -> Frame:
    rows: list[dict[str, Any]] = []
    for region in regions:
        periods = release_periods(region.span, QUARTER)
        for at, (day, proposal, (done, target)) in enumerate(region.releases):
            band = proposal.band
            rows.append(
                {
                    "release_id": len(rows) + 1,
                    "budget_id": region.number,
                    "unit_id": region.unit,
                    "first_ym": periods[at].from_ym,
                    "last_ym": periods[at].to_ym - 1,
                    "kind": BY_BAND if band else FIRST,
                    "state": GRANTED,
                    "done": done,
                    "target": target,
                    "release_bp": band.release_bp if band else BP_PER_WHOLE,
                    "fixed": proposal.fixed,
                    "variable": proposal.variable,
                    "project": proposal.project,
                    "unfrozen": proposal.unfrozen,
                    "reduced": proposal.reduced,
                    "frozen": proposal.frozen_after,
                    "approver_id": approver,
                    "from_day": day,
                    "to_day": FAR_DAY,
                    "code": f"SF-{region.number:02d}-{at + 1}",
                    "name": "",
                }
            )
    return _framed("releases", rows)


def _expenses(
    seed: int, timeline: Timeline, units: Units, people: People, regions: Sequence[Region], first: int
) -> Frame:
    """Return the expenses of every region: reps' own, some of them committed first and settled later."""
    rng = stream(seed, "expenses")
    days = timeline.worked[(timeline.worked >= first) & (timeline.worked <= timeline.as_of)]
    days = days if len(days) else np.array([first])
    tree = Tree.of(np.arange(1, len(units) + 1), units.parent_on(timeline.as_of))
    rows: list[dict[str, Any]] = []
    for region in regions:
        released = sum(one.fixed + (one.variable or 0) for _, one, _ in region.releases)
        whole = released * USED[(region.number - 1) % len(USED)] // 100
        amounts = split(whole, rng.integers(40, 160, EXPENSES_OF_A_REGION))
        reps = _reps(tree, people, timeline, region.unit)
        drawn = np.sort(rng.integers(0, len(days), EXPENSES_OF_A_REGION))
        for at, (amount, day) in enumerate(zip(amounts.tolist(), days[drawn].tolist(), strict=True)):
            rows.append(_expense(region, people, int(rng.choice(reps)), at, amount, day, len(rows) + 1))
    asked = _expense(regions[-1], people, int(_reps(tree, people, timeline, regions[-1].unit)[0]), 2, ASKED,
                     int(days[-1]), len(rows) + 1)  # fmt: skip
    rows.append(asked | {"state": COMMITTED, "overspend": AWAITING, "asked_by_id": asked["person_id"], **ASKED_FOR})
    return _framed("expenses", rows)


def _reps(tree: Tree, people: People, timeline: Timeline, unit: int) -> IntArray:
    """Return who has been at home in a region all year and sells there."""
    steady = people.sells_on(timeline.year_start) & people.sells_on(timeline.as_of) & (people.moved == FAR_DAY)
    found = np.flatnonzero(steady & tree.is_under(people.home, unit)) + 1
    return found if len(found) else np.flatnonzero(tree.is_under(people.home, unit)) + 1


def _expense(
    region: Region, people: People, person: int, at: int, amount: int, day: int, number: int
) -> dict[str, Any]:
    category, topic = TOPICS[(at + region.number) % len(TOPICS)]
    purpose = NEW_MARKETS if at % 4 == region.number % 4 else HIGH_POTENTIAL
    return {
        "expense_id": number,
        "unit_id": int(people.home[person - 1]),
        "person_id": person,
        "line_id": None,
        "day": day,
        "posted_day": day,
        "amount": amount,
        "state": COMMITTED if at % COMMITTED_EVERY == COMMITTED_EVERY - 1 else SPENT,
        "category_id": category,
        "purpose": purpose,
        "customer_id": None,
        "deal_id": None,
        "settles_id": None,
        "overspend": NOT_ASKED,
        "asked_by_id": None,
        "approver_id": None,
        "from_day": day,
        "to_day": FAR_DAY,
        "code": f"FY-{number:04d}",
        "name": topic,
        "reason": "",
        "answer": "",
    }
