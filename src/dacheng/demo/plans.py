"""Plans of the invented company (目标方案): this year's two versions, and next year's while it is talked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Rows
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import MONTHS_PER_YEAR, ym_of
from dacheng.core.plans.breaking_down import broken_down
from dacheng.core.plans.schema import (
    CHANNEL,
    LOCKED,
    NOBODY,
    PERSON,
    PROPOSED,
    SUPERSEDED,
    UNIT,
    UNSAID,
)
from dacheng.core.plans.sheet import Plan, Sheet, laid_out
from dacheng.demo.goals import MISSING, WAN, Course, Setting
from dacheng.demo.organisation import TOP
from dacheng.demo.timeline import SEASON

GROWTH_PERCENT = 115
"""Next year's target of this year's."""

STEP = 100 * WAN
PROPOSED_DAYS_AGO = 20

PARTNER_PERCENT = 12
"""What a partner shall bring of what his unit has."""

Partners = Mapping[int, tuple[int, str]]
"""Unit, or position of a row -> account and its name."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A plan with its figures.

    Args:
        code, name: how it is called. since: the day it was made.
        parent, kind, unit, person: shape (rows,), the row above as its number from 1; rows above come first.
        amount: shape (measures, rows, 12), minor units; negative one = none.
        partners: position of a channel's row -> account and its name.
    """

    plan_id: int
    code: str
    name: str
    number: int
    base: int
    from_ym: int
    effective_ym: int
    states: Sequence[tuple[int, int]]
    since: int
    parent: IntArray
    kind: IntArray
    unit: IntArray
    person: IntArray
    amount: IntArray
    partners: Partners = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.parent)


def drawn_plans(setting: Setting, course: Course, partners: Partners) -> list[Drawn]:
    """Return this year's plan as agreed and as raised in mid-year, and next year's in negotiation."""
    raised = int(np.searchsorted(course.days, setting.raised_day, side="right")) - 1
    first = _of_course(setting, course, 0, 1)
    plans = [first]
    if raised > 0:
        plans = [_until(first, setting.raised_day), _of_course(setting, course, raised, 2)]
    plans.append(_next_year(setting, plans[-1], partners))
    return plans


def _until(plan: Drawn, day: int) -> Drawn:
    return replace(plan, states=[(plan.since, LOCKED), (day, SUPERSEDED)])


def _of_course(setting: Setting, course: Course, at: int, number: int) -> Drawn:
    """Return the plan that the targets of a day of change were locked from."""
    day, year = int(course.days[at]), setting.timeline.year_ym
    cells, units = course.cells[at], course.units[at]
    here = np.flatnonzero(np.any(cells != MISSING, axis=(0, 2)))
    parent, kind, unit, person = _rows(setting, day, np.any(units != MISSING, axis=(0, 2)), here)
    amount = np.concatenate((units[:, unit[kind == UNIT]], cells[:, here]), axis=1)
    effective = year if number == 1 else ym_of(setting.raised_day)
    label = "年度目标" if number == 1 else "年中调整"
    return Drawn(
        plan_id=number,
        code=f"FA-{year // MONTHS_PER_YEAR}-{number}",
        name=f"{year // MONTHS_PER_YEAR} {label}",
        number=number,
        base=number - 1,
        from_ym=year,
        effective_ym=effective,
        states=[(day, LOCKED)],
        since=day,
        parent=parent,
        kind=kind,
        unit=unit,
        person=person,
        amount=np.where(amount == MISSING, MISSING, amount * WAN),
    )


def _rows(
    setting: Setting, day: int, present: BoolArray, cells: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return parent, kind, unit and person of rows: units level by level, then people."""
    above = setting.units.parent_on(day)
    order, numbers = [TOP], {TOP: 1}
    for unit in order:
        below = [int(one) for one in np.flatnonzero(above == unit) + 1 if present[one]]
        numbers |= {one: len(order) + at + 1 for at, one in enumerate(below)}
        order += below
    units = np.array(order, dtype=np.int64)
    parents = np.array([0, *(numbers[int(above[unit - 1])] for unit in order[1:])], dtype=np.int64)
    homes, people = setting.cells.unit[cells], setting.cells.person[cells]
    return (
        np.concatenate((parents, [numbers[int(home)] for home in homes])).astype(np.int64),
        np.concatenate((np.full(len(units), UNIT), np.full(len(people), PERSON))),
        np.concatenate((units, homes)),
        np.concatenate((np.full(len(units), NOBODY), people)),
    )


def _next_year(setting: Setting, now: Drawn, partners: Partners) -> Drawn:
    """Return next year's plan: a larger total, broken down as this year's and to partners, open for talks."""
    day = setting.timeline.as_of - PROPOSED_DAYS_AGO
    active = set(np.flatnonzero(setting.cells.active(setting.people, setting.timeline.as_of)).tolist())
    pairs = {(int(setting.cells.person[at]), int(setting.cells.unit[at])) for at in active}
    places = zip(now.person.tolist(), now.unit.tolist(), strict=True)
    keep = (now.kind == UNIT) | np.array([pair in pairs for pair in places], dtype=np.bool_)
    keep &= _with_people(now, keep)
    number = np.cumsum(keep)
    parent = np.where(now.parent[keep] == 0, 0, number[np.maximum(now.parent[keep] - 1, 0)])
    kind, unit, person = now.kind[keep], now.unit[keep], now.person[keep]
    years = np.maximum(now.amount[:, keep], 0).sum(axis=2)
    above = np.array([at for at in np.flatnonzero(kind == UNIT).tolist() if int(unit[at]) in partners], dtype=np.int64)
    selling = {len(kind) + at: partners[int(unit[one])] for at, one in enumerate(above.tolist())}
    parent, unit = np.append(parent, above + 1), np.append(unit, unit[above])
    kind, person = np.append(kind, np.full(len(above), CHANNEL)), np.append(person, np.full(len(above), NOBODY))
    years = np.concatenate((years, years[:, above] * PARTNER_PERCENT // 100), axis=1)
    ym = now.from_ym + MONTHS_PER_YEAR
    plan_id = now.plan_id + 1
    amount = np.stack(
        [
            broken_down(_sheet(plan_id, ym, parent, kind, one), _raised(int(one[0])), SEASON).amount[order]
            for one, order in ((one, _order(parent)) for one in years)
        ]
    )
    year = ym // MONTHS_PER_YEAR
    return Drawn(
        plan_id=plan_id,
        code=f"FA-{year}-1",
        name=f"{year} 年度目标",
        number=1,
        base=0,
        from_ym=ym,
        effective_ym=ym,
        states=[(day, PROPOSED)],
        since=day,
        parent=parent,
        kind=kind,
        unit=unit,
        person=person,
        amount=amount,
        partners=selling,
    )


def _with_people(plan: Drawn, keep: BoolArray) -> BoolArray:
    """Return the rows that are people or have somebody below them."""
    there: BoolArray = keep & (plan.kind == PERSON)
    for row in reversed(range(len(plan))):
        if there[row] and plan.parent[row]:
            there[plan.parent[row] - 1] = True
    return there


def _raised(total: int) -> int:
    return total * GROWTH_PERCENT // 100 // STEP * STEP


def _sheet(plan_id: int, ym: int, parent: IntArray, kind: IntArray, years: IntArray) -> Sheet:
    """Return an empty sheet whose rows weigh what this year's targets are."""
    rows = len(parent)
    nothing = np.zeros(rows, dtype=np.int64)
    columns = dict.fromkeys(
        ("unit_id", "person_id", "customer_id", "segment_id", "product_id", "from_ym", "until_ym"), nothing
    )
    ids = np.arange(1, rows + 1)
    terms = Rows.of(
        ("plan_row_id", "weight", "pinned", "floor", "cap", "buffer_bp", "fit_bp", "submitted", "agreed"),
        [
            (row, max(int(year) // WAN, 1), 0, None, None, 0, BP_PER_WHOLE, None, UNSAID)
            for row, year in zip(ids.tolist(), years.tolist(), strict=True)
        ],
    )
    cells = Rows.of(("plan_row_id", "ym", "amount", "automatic", "pinned", "floor", "cap", "submitted", "agreed"), [])
    plan = Plan(plan_id, TOP, ym, ym + MONTHS_PER_YEAR, ym, PROPOSED, 1, 0)
    given = Rows({"plan_row_id": ids, "parent_id": parent, "kind": kind, **columns})
    return laid_out(plan, 1, given, terms, cells)


def _order(parent: IntArray) -> IntArray:
    """Return the position of each row in the order of the tree."""
    one = _sheet(1, MONTHS_PER_YEAR * 2000, parent, np.full(len(parent), UNIT), np.ones(len(parent), dtype=np.int64))
    return one.tree.position_of(np.arange(1, len(parent) + 1))
