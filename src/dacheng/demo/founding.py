"""Who founded the company: the curated units and people, and more of both the more deals it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.period import FAR_DAY, FIRST_DAY
from dacheng.demo import staff
from dacheng.demo import vocabulary as words
from dacheng.demo.lives import CURATED_DEALS
from dacheng.demo.organisation import Hire, People, Units, people_of
from dacheng.demo.timeline import Timeline

REPS_PER_GROUP = 10
REPS_GROWTH = 0.55
"""A company of N deals has (N / 3,000)^0.55 times the curated reps: about 2,400 at a million."""

LEAVERS, MOVERS, JOINERS = 0.06, 0.04, 0.12
"""Share of the other reps of a large company who left, moved or joined in three years."""

GROUP_DASHES = 2
"""The code of a group is its office's and a number: HD-SH-1."""

STORY_MONTHS = 30
"""How many months back such a story may lie."""

LEARNING_MONTHS = 9

LEAST_ATTAINED, MOST_ATTAINED = 0.7, 1.2
"""Of the plan, for the units of a large company that nobody told about."""

CURATED_REPS = tuple((code, name) for code, names in (*staff.FIRST_REPS, *staff.REPS) for name in names.split())
Number = Mapping[str, int]
"""Unit code -> id."""


def founded(rng: np.random.Generator, timeline: Timeline, deals: int) -> tuple[Units, People]:
    """Return the units and people of a company with so many deals: those everybody knows, then others."""
    more = max(round(len(CURATED_REPS) * ((deals / CURATED_DEALS) ** REPS_GROWTH - 1)), 0)
    groups = -(-more // REPS_PER_GROUP)
    units = _units(rng, timeline, groups)
    number = {code: at for at, code in enumerate(units.codes, 1)}
    hires = [_with_story(hire, timeline, number) for hire in _known(number)]
    taken = {hire.name for hire in hires}
    names = [name for name in people_names(rng, more + len(taken)) if name not in taken][:more]
    new = units.selling[len(units.selling) - groups :]
    hires += [
        _drawn_story(Hire(name, "rep", int(new[at % len(new)])), at, timeline, new, rank)
        for at, (name, rank) in enumerate(zip(names, rng.permutation(more) / max(more, 1), strict=True))
    ]
    return units, people_of(hires, timeline.month_start(LEARNING_MONTHS))


def _known(number: Number) -> list[Hire]:
    """Return the curated people; employee numbers count in this order."""
    top = number[staff.UNITS[0][0]]
    return [
        *(Hire(name, role, top) for name, role in staff.FIRST_HEADQUARTERS),
        *(Hire(name, "manager", number[code]) for code, name in staff.FIRST_HEADS),
        *(Hire(name, "rep", number[code]) for code, names in staff.FIRST_REPS for name in names.split()),
        *(Hire(name, role, top) for name, role in staff.HEADQUARTERS),
        *(Hire(name, "manager", number[code]) for code, name in staff.HEADS),
        *(Hire(name, "rep", number[code]) for code, names in staff.REPS for name in names.split()),
    ]


def _with_story(hire: Hire, timeline: Timeline, number: Number) -> Hire:
    """Return somebody with what happened to him in the last three years."""
    if hire.name in staff.PERSON_JOINED_MONTHS:
        hire = replace(hire, joined=_day(timeline, staff.PERSON_JOINED_MONTHS[hire.name]))
    if hire.name in staff.PERSON_LEFT_MONTHS:
        hire = replace(hire, left=_day(timeline, staff.PERSON_LEFT_MONTHS[hire.name]))
    if hire.name in staff.PERSON_MOVED_MONTHS:
        code, months = staff.PERSON_MOVED_MONTHS[hire.name]
        hire = replace(hire, moved=_day(timeline, months), moved_to=number[code])
    return hire


def _day(timeline: Timeline, months: int) -> int:
    """Return the day of a story of so many months ago."""
    return timeline.fiscal_year(1).year_start if months == staff.REORGANISED else timeline.month_start(months)


def _drawn_story(hire: Hire, at: int, timeline: Timeline, groups: IntArray, rank: float) -> Hire:
    """Return a rep with a story by his rank, 0 to 1, among all: few leave, move or join.

    Args:
        at: place among the reps; the first round of them, one a group, stays.
    """
    day = timeline.month_start(1 + at % STORY_MONTHS)
    if at < len(groups) or rank >= LEAVERS + MOVERS + JOINERS:
        return hire
    if rank < LEAVERS:
        return replace(hire, left=day)
    if rank >= LEAVERS + MOVERS:
        return replace(hire, joined=day)
    to = int(groups[(at + 1) % len(groups)])
    return hire if to == hire.unit else replace(hire, moved=day, moved_to=to)


def _units(rng: np.random.Generator, timeline: Timeline, more_groups: int) -> Units:
    """Return the curated units and more groups, shared evenly by the offices."""
    offices = _offices()
    codes = [code for code, _, _ in staff.UNITS] + [
        f"{offices[at % len(offices)]}-{11 + at // len(offices)}" for at in range(more_groups)
    ]
    number = {code: at for at, code in enumerate(codes, 1)} | {"": 0}
    names = {code: name for code, name, _ in staff.UNITS}
    parents = {code: parent for code, _, parent in staff.UNITS}
    for code in codes[len(names) :]:
        parents[code], _, place = code.rpartition("-")
        names[code] = names[parents[code]].removesuffix("代表处") + f"第 {place} 组"
    under = {code: parent for code, (parent, _) in staff.MOVED_MONTHS.items()}
    return Units(
        codes=tuple(codes),
        names=tuple(names[code] for code in codes),
        parent=np.array([number[parents[code]] for code in codes]),
        founded=_days(codes, staff.FOUNDED_MONTHS, timeline, FIRST_DAY),
        moved=_days(codes, {code: months for code, (_, months) in staff.MOVED_MONTHS.items()}, timeline, FAR_DAY),
        moved_under=np.array([number[under.get(code, "")] for code in codes]),
        closed=_days(codes, staff.CLOSED_MONTHS, timeline, FAR_DAY),
        selling=np.array([at for code, at in number.items() if code in staff.ATTAINED or at > len(staff.UNITS)]),
        told=_told(rng, codes),
    )


def _offices() -> list[str]:
    """Return the codes of the curated offices that have groups; in the others the reps are at home themselves."""
    return list(dict.fromkeys(parent for code, _, parent in staff.UNITS if code.count("-") == GROUP_DASHES))


def _days(codes: Sequence[str], months: Mapping[str, int], timeline: Timeline, otherwise: int) -> IntArray:
    days = [_day(timeline, months[code]) if code in months else otherwise for code in codes]
    return np.array(days, dtype=np.int64)


def _told(rng: np.random.Generator, codes: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return the attainment that is told of each unit and year, shape (3, units + 1)."""
    drawn = rng.uniform(LEAST_ATTAINED, MOST_ATTAINED, (len(codes), 3))
    known = [staff.ATTAINED.get(code) for code in codes]
    told = [np.array(one) / 100 if one else row for one, row in zip(known, drawn, strict=True)]
    return np.column_stack([np.ones(3), *told])


def people_names(rng: np.random.Generator, count: int) -> list[str]:
    """Return different invented names."""
    first, second = len(words.FIRST_GIVEN), len(words.SECOND_GIVEN)
    drawn = rng.permutation(len(words.SURNAMES) * first * second)[:count]
    given = [(words.FIRST_GIVEN[one // second % first], words.SECOND_GIVEN[one % second]) for one in drawn.tolist()]
    surnames = [words.SURNAMES[one // (first * second)] for one in drawn.tolist()]
    return [surname + "".join(parts) for surname, parts in zip(surnames, given, strict=True)]
