"""Plans of the invented company as frames (目标方案的行、格、协商)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dacheng.core.arrays import IntArray
from dacheng.core.company import Frame
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.period import FAR_DAY, MONTHS_PER_YEAR
from dacheng.core.plans.schema import ACCEPTED, COUNTERED, IMPOSED, NOBODY, OFFERED, PERSON, UNCHOSEN, UNSAID
from dacheng.core.plans.schema import RELATIONS as OF_PLANS
from dacheng.core.plans.talking import seal
from dacheng.core.schema import RELATIONS
from dacheng.demo.achieved import MEASURES
from dacheng.demo.adjustments import framed_adjustments
from dacheng.demo.framing import framed
from dacheng.demo.goals import MISSING, Setting
from dacheng.demo.organisation import TOP, People, Units
from dacheng.demo.partners import SIGNED_PERCENT
from dacheng.demo.plans import Drawn

NOT_BROKEN_DOWN = (UNCHOSEN, 0, 0, 0)
"""The demo company's plans came from targets, not from a total: their months follow nothing."""

NO_WEIGHT = (0, 0)

ANSWERS = (ACCEPTED, OFFERED, ACCEPTED, COUNTERED, ACCEPTED, OFFERED, ACCEPTED, IMPOSED)
"""What became of the offers, person by person in turn."""

SAID = {
    ACCEPTED: "认可，下半年两个项目已经在谈",
    COUNTERED: "新区域客户少，上半年出不了单，请减一成",
    IMPOSED: "区域缺口必须有人承担，资源另外配",
}
COUNTER_PERCENT = 90


def framed_plans(setting: Setting, plans: Sequence[Drawn]) -> dict[str, Frame]:
    """Return the plans with their rows, terms and cells, and what was said of the last one."""
    firsts = np.cumsum([0, *(len(plan) for plan in plans)])[:-1]
    numbered = list(zip(plans, firsts.tolist(), strict=True))
    asked = _asked(plans[-1])
    return {
        "plans": _plans(plans),
        "plan_rows": _plan_rows(setting.units, setting.people, numbered),
        "plan_terms": _terms(numbered, asked),
        "plan_cells": _cells(numbered, asked),
        "plan_talks": _talks(setting, *numbered[-1], asked),
        "plan_adjustments": framed_adjustments(setting, numbered),
    }


def without_plans() -> dict[str, Frame]:
    """Return a company's frames of plans when it has none: a larger company sets its targets only."""
    return {
        one.name: _framed((*_names(one.name), "from_day", "to_day"), [], **_no_labels(one.name)) for one in OF_PLANS
    }


def _no_labels(relation: str) -> dict[str, Sequence[str]]:
    return {column.name: [] for column in RELATIONS[relation].labels}


def _asked(plan: Drawn) -> IntArray:
    """Return what became of each row's offer, shape (rows,)."""
    found = np.full(len(plan), UNSAID, dtype=np.int64)
    people = np.flatnonzero(plan.kind == PERSON)
    found[people] = [ANSWERS[at % len(ANSWERS)] for at in range(len(people))]
    return found


def _plans(plans: Sequence[Drawn]) -> Frame:
    rows = [
        (
            plan.plan_id, TOP, plan.from_ym, plan.from_ym + MONTHS_PER_YEAR, plan.effective_ym, state, plan.number,
            plan.base, day, until,
        )
        for plan in plans
        for (day, state), until in zip(plan.states, [*(day for day, _ in plan.states[1:]), FAR_DAY], strict=True)
    ]  # fmt: skip
    names = ("plan_id", "unit_id", "from_ym", "until_ym", "effective_ym", "state", "number", "base_id")
    called = {plan.plan_id: (plan.code, plan.name) for plan in plans}
    codes, titles = ([called[row[0]][at] for row in rows] for at in (0, 1))
    return _framed((*names, "from_day", "to_day"), rows, code=codes, name=titles)


def _plan_rows(units: Units, people: People, plans: Sequence[tuple[Drawn, int]]) -> Frame:
    rows, codes, names = [], [], []
    for plan, first in plans:
        for at in range(len(plan)):
            parent = int(plan.parent[at])
            unit, person = int(plan.unit[at]), int(plan.person[at])
            above = first + parent if parent else 0
            partner, called = plan.partners.get(at, (0, ""))
            rows.append(
                (
                    first + at + 1,
                    plan.plan_id,
                    above,
                    int(plan.kind[at]),
                    unit,
                    person,
                    partner,
                    0,
                    0,
                    0,
                    0,
                    plan.since,
                    FAR_DAY,
                )
            )
            codes.append(f"{plan.code}-{at + 1:05d}")
            names.append(called or (people.names[person - 1] if person else units.names[unit - 1]))
    columns = (
        "plan_row_id",
        "plan_id",
        "parent_id",
        "kind",
        "unit_id",
        "person_id",
        "customer_id",
        "segment_id",
        "product_id",
        "from_ym",
        "until_ym",
        "from_day",
        "to_day",
    )
    return _framed(columns, rows, code=codes, name=names)


def _terms(plans: Sequence[tuple[Drawn, int]], asked: IntArray) -> Frame:
    plan, first = plans[-1]
    rows = []
    signed = dict(zip(plan.partners, cycle(SIGNED_PERCENT)))
    for at in [*np.flatnonzero(asked != UNSAID).tolist(), *(at for at, percent in signed.items() if percent)]:
        year = int(plan.amount[0, at].sum())
        submitted = year * COUNTER_PERCENT // 100 if asked[at] in (COUNTERED, IMPOSED) else None
        submitted = year * signed[at] // 100 if at in signed else submitted
        rows.append(
            (
                first + at + 1,
                int(MEASURES[0]),
                plan.plan_id,
                int(plan.unit[at]),
                int(plan.person[at]),
                1,
                0,
                None,
                None,
                0,
                BP_PER_WHOLE,
                *NOT_BROKEN_DOWN,
                submitted,
                int(asked[at]),
                plan.since,
                FAR_DAY,
            )
        )
    return _framed((*_names("plan_terms"), "from_day", "to_day"), rows)


def _cells(plans: Sequence[tuple[Drawn, int]], asked: IntArray) -> Frame:
    rows = []
    for plan, first in plans:
        for measure, at, month in np.argwhere(plan.amount != MISSING).tolist():
            amount = int(plan.amount[measure, at, month])
            rows.append(
                (
                    first + at + 1,
                    int(MEASURES[measure]),
                    plan.from_ym + month,
                    plan.plan_id,
                    int(plan.unit[at]),
                    int(plan.person[at]),
                    amount,
                    amount,
                    *NO_WEIGHT,
                    0,
                    None,
                    None,
                    None,
                    UNSAID,
                    plan.since,
                    FAR_DAY,
                )
            )
    return _framed((*_names("plan_cells"), "from_day", "to_day"), rows)


def _talks(setting: Setting, plan: Drawn, first: int, asked: IntArray) -> Frame:
    """Return who said what of next year's targets: every one is offered, most are answered."""
    rows, said, seals = [], [], []
    manager = int(np.flatnonzero(setting.people.over == TOP)[0]) + 1 if np.any(setting.people.over == TOP) else NOBODY
    for at in np.flatnonzero(asked != UNSAID).tolist():
        year = int(plan.amount[0, at].sum())
        exchange = _exchange(int(asked[at]), year, int(plan.person[at]), manager)
        for number, (kind, amount, by, text) in enumerate(exchange):
            day = min(plan.since + 3 * number, setting.timeline.as_of)
            rows.append(
                (
                    first + at + 1,
                    int(MEASURES[0]),
                    number + 1,
                    plan.plan_id,
                    int(plan.unit[at]),
                    int(plan.person[at]),
                    0,
                    kind,
                    amount,
                    by,
                    day,
                    FAR_DAY,
                )
            )
            said.append(text)
            months = {plan.from_ym + month: int(plan.amount[0, at, month]) for month in range(MONTHS_PER_YEAR)}
            sealed = kind == ACCEPTED
            seals.append(seal(months) if sealed else "")
    return _framed((*_names("plan_talks"), "from_day", "to_day"), rows, said=said, seal=seals)


def _exchange(end: int, year: int, person: int, manager: int) -> Iterable[tuple[int, int, int, str]]:
    yield OFFERED, year, manager, ""
    if end in (COUNTERED, IMPOSED):
        yield COUNTERED, year * COUNTER_PERCENT // 100, person, SAID[COUNTERED]
    if end == ACCEPTED:
        yield ACCEPTED, year, person, SAID[ACCEPTED]
    if end == IMPOSED:
        yield IMPOSED, year, manager, SAID[IMPOSED]


def _names(relation: str) -> tuple[str, ...]:
    return tuple(column.name for column in RELATIONS[relation].facts)


def _framed(names: Sequence[str], rows: Sequence[tuple[Any, ...]], **labels: Sequence[str]) -> Frame:
    columns: Mapping[str, Any] = {name: _column([row[at] for row in rows]) for at, name in enumerate(names)}
    return framed(columns, **labels)


def _column(values: list[Any]) -> NDArray[Any]:
    return np.array(values, dtype=object if any(one is None for one in values) else np.int64)
