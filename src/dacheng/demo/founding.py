"""Who founded the company: the curated one, and ones of any size for benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.demo import vocabulary as words
from dacheng.demo.lives import SMALL_DEALS
from dacheng.demo.organisation import TOP, Hire, People, Units, people_of
from dacheng.demo.timeline import Timeline

UNIT_MOVED_MONTHS, JOINED_MONTHS, REP_MOVED_MONTHS, UNIT_CLOSED_MONTHS, LEFT_MONTHS, SUCCEEDED_MONTHS = 9, 8, 6, 5, 2, 1
"""What happened in the organisation, in months before the as-of month; always on a first day of a month."""

REPS_PER_GROUP, GROUPS_PER_OFFICE, OFFICES_PER_REGION = 10, 5, 6
SMALL_REPS, REPS_GROWTH = 27, 0.565
"""A company of N deals has 27 · (N / 320)^0.565 reps: about 2,500 at a million."""

LEAVERS, MOVERS, JOINERS = 0.02, 0.02, 0.04
"""Share of the reps of a large company."""


LEAST_ATTAINED, MOST_ATTAINED = 0.65, 1.2
"""Of the plan to date, for the units of a large company."""


def curated(timeline: Timeline) -> tuple[Units, People]:
    """Return the units and people that the demo shows."""
    codes = [code for code, _, _ in words.UNITS]
    number = {code: at for at, code in enumerate(codes, 1)} | {"": 0}
    units = Units(
        codes=tuple(codes),
        names=tuple(name for _, name, _ in words.UNITS),
        parent=np.array([number[parent] for _, _, parent in words.UNITS]),
        moved=number[words.MOVED_UNIT],
        moved_under=number[words.MOVED_UNDER],
        moved_day=timeline.month_start(UNIT_MOVED_MONTHS),
        closed=number[words.CLOSED_UNIT],
        closed_day=timeline.month_start(UNIT_CLOSED_MONTHS),
        selling=np.array([number[code] for code, _ in words.REPS]),
        told=np.array([words.ATTAINED.get(code, 100) / 100 for code in ("", *codes)]),
    )
    staff = [Hire(name, role, TOP) for name, role in words.HEADQUARTERS]
    staff += [Hire(name, "manager", number[code]) for code, name in words.HEADS]
    staff += [_with_story(Hire(name, "rep", number[code]), timeline, number) for code, name in _reps()]
    return units, people_of(staff)


def _reps() -> list[tuple[str, str]]:
    return [(code, name) for code, names in words.REPS for name in names.split()]


def _with_story(hire: Hire, timeline: Timeline, number: dict[str, int]) -> Hire:
    """Return the rep with what happened to him in the last months."""
    if hire.name == words.JOINER:
        return replace(hire, joined=timeline.month_start(JOINED_MONTHS))
    if hire.name == words.SUCCESSOR:
        return replace(hire, joined=timeline.month_start(SUCCEEDED_MONTHS))
    if hire.name == words.LEAVER:
        return replace(hire, left=timeline.month_start(LEFT_MONTHS))
    if hire.name == words.MOVER:
        return replace(hire, moved=timeline.month_start(REP_MOVED_MONTHS), moved_to=number[words.MOVER_TO])
    if hire.unit == number[words.CLOSED_UNIT]:
        return replace(hire, moved=timeline.month_start(UNIT_CLOSED_MONTHS), moved_to=number[words.CLOSED_INTO])
    return hire


def composed(rng: np.random.Generator, timeline: Timeline, deals: int) -> tuple[Units, People]:
    """Return a company that carries so many deals, with names put together from parts."""
    reps = max(round(SMALL_REPS * (deals / SMALL_DEALS) ** REPS_GROWTH), 3 * REPS_PER_GROUP)
    units = _composed_units(rng, timeline, groups=max(reps // REPS_PER_GROUP, 3))
    offices = np.unique(units.parent[units.selling - 1])
    regions = np.flatnonzero(units.parent == TOP) + 1
    names = people_names(rng, reps + len(offices) + len(regions) + len(words.HEADQUARTERS))
    staff = [Hire(names.pop(), role, TOP) for _, role in words.HEADQUARTERS]
    staff += [Hire(names.pop(), "manager", int(unit)) for unit in (*regions, *offices)]
    homes = units.selling[np.arange(reps) % len(units.selling)]
    stories = rng.permutation(reps) / reps
    staff += [
        _drawn_story(Hire(names.pop(), "rep", int(home)), float(story), timeline, units)
        for home, story in zip(homes, stories, strict=True)
    ]
    return units, people_of(staff)


def _drawn_story(hire: Hire, story: float, timeline: Timeline, units: Units) -> Hire:
    """Return the rep with a story by his rank, 0 to 1, among all: few leave, move or join."""
    if hire.unit == units.closed:
        return replace(hire, moved=units.closed_day, moved_to=int(units.selling[0]))
    if story < LEAVERS:
        return replace(hire, left=timeline.month_start(LEFT_MONTHS))
    if story < LEAVERS + MOVERS and hire.unit != units.selling[0]:
        return replace(hire, moved=timeline.month_start(REP_MOVED_MONTHS), moved_to=int(units.selling[0]))
    if story < LEAVERS + MOVERS + JOINERS:
        return replace(hire, joined=timeline.month_start(JOINED_MONTHS))
    return hire


def _composed_units(rng: np.random.Generator, timeline: Timeline, groups: int) -> Units:
    offices = max(-(-groups // GROUPS_PER_OFFICE), 3)
    regions = max(-(-offices // OFFICES_PER_REGION), 2)
    region, office = np.arange(2, 2 + regions), np.arange(2 + regions, 2 + regions + offices)
    group = np.arange(2 + regions + offices, 2 + regions + offices + groups)
    parent = np.concatenate([[0], np.full(regions, TOP), region[np.arange(offices) % regions]])
    parent = np.concatenate([parent, office[np.arange(groups) % offices]])
    moved = int(office[-1])
    return Units(
        codes=("HQ", *_numbered("R{}", region), *_numbered("O{}", office), *_numbered("G{}", group)),
        names=(
            words.COMPANY,
            *_numbered("第 {} 大区", region),
            *_numbered("第 {} 代表处", office),
            *_numbered("第 {} 组", group),
        ),
        parent=parent,
        moved=moved,
        moved_under=int(region[region != parent[moved - 1]][0]),
        moved_day=timeline.month_start(UNIT_MOVED_MONTHS),
        closed=int(group[-1]),
        closed_day=timeline.month_start(UNIT_CLOSED_MONTHS),
        selling=group,
        told=rng.uniform(LEAST_ATTAINED, MOST_ATTAINED, len(parent) + 1),
    )


def _numbered(form: str, units: Sequence[int] | IntArray) -> list[str]:
    return [form.format(at) for at in range(1, len(units) + 1)]


def people_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return different invented names."""
    first, second = len(words.FIRST_GIVEN), len(words.SECOND_GIVEN)
    drawn = rng.permutation(len(words.SURNAMES) * first * second)[:count]
    given = [(words.FIRST_GIVEN[one // second % first], words.SECOND_GIVEN[one % second]) for one in drawn.tolist()]
    surnames = [words.SURNAMES[one // (first * second)] for one in drawn.tolist()]
    return [surname + "".join(parts) for surname, parts in zip(surnames, given, strict=True)]
