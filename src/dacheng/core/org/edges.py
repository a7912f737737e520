"""What parent edges must be on every day: one tree without a circle, in which everybody has a home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dacheng.core.facts import Version, standing
from dacheng.core.period import FAR_DAY
from dacheng.core.tree import NO_PARENT


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the organisation of a day: which units, and how."""

    kind: Literal["circle", "tops", "orphans"]
    day: int
    units: tuple[int, ...]


def first_fault(units: Mapping[int, Sequence[Version]], parent_at: int, since_day: int) -> Fault | None:
    """Return the first fault of the organisation from a day on; None when there is none.

    Args:
        units: unit id -> its versions.
        parent_at: where the parent stands in a version's values.
        since_day: earlier days are not looked at.
    """
    days = {since_day} | {one.from_day for versions in units.values() for one in versions if one.from_day > since_day}
    for day in sorted(days):
        parents = {unit: values[parent_at] for unit, own in units.items() if (values := standing(own, day)) is not None}
        fault = _fault_of({unit: parent or NO_PARENT for unit, parent in parents.items()}, day)
        if fault is not None:
            return fault
    return None


def homeless(people: Mapping[int, int], homes: Mapping[int, Sequence[Version]]) -> tuple[int, ...]:
    """Return the people who are without a home unit on some day from their first to forever.

    Args:
        people: person id -> first day.
        homes: person id -> versions of the home unit.
    """
    return tuple(person for person, first in people.items() if not _covers(sorted(homes.get(person, ())), first))


def _covers(versions: Sequence[Version], first: int) -> bool:
    day = first
    for one in versions:
        if one.from_day > day:
            return False
        day = max(day, one.to_day)
    return day == FAR_DAY


def _fault_of(parents: Mapping[int, int], day: int) -> Fault | None:
    orphans = tuple(unit for unit, parent in parents.items() if parent != NO_PARENT and parent not in parents)
    if orphans:
        return Fault("orphans", day, orphans)
    circle = _circle(parents)
    if circle:
        return Fault("circle", day, circle)
    tops = tuple(unit for unit, parent in parents.items() if parent == NO_PARENT)
    return Fault("tops", day, tops) if len(tops) > 1 else None


def _circle(parents: Mapping[int, int]) -> tuple[int, ...]:
    """Return one circle, its first unit repeated at the end; empty when there is none."""
    reached: set[int] = {NO_PARENT}
    for unit in parents:
        path = _path(unit, parents, reached)
        if path and path[-1] in path[:-1]:
            return tuple(path[path.index(path[-1]) :])
        reached.update(path)
    return ()


def _path(unit: int, parents: Mapping[int, int], reached: Iterable[int]) -> list[int]:
    """Return the units upwards until one that is known to lead to the top, or that stands in the path already."""
    path: list[int] = []
    while unit not in reached:
        path.append(unit)
        if unit in path[:-1]:
            break
        unit = parents[unit]
    return path
