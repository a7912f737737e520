"""Targets of a fiscal year: agreed in January, split exactly, changed on dated days.

A unit's target is at all times the sum of its units' and its people's, in the tree of
that day. All targets are whole 万元.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.money import split, split_many
from dacheng.core.period import FAR_DAY, first_day_of, ym_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.core.tree import Tree
from dacheng.demo.achieved import MEASURES
from dacheng.demo.framing import framed, missing_where
from dacheng.demo.organisation import TOP, People, Units
from dacheng.demo.timeline import SEASON, Timeline

WAN = 10_000 * 100
"""One 万元 in minor units."""

YEARLY_STEP = 10
"""A unit's year is agreed in steps of ten 万元."""

AGREED_AFTER_DAYS = 7
RAISED_PERCENT = 5
MISSING = -1

TRUSTED_SHARE = 0.3
"""From this share of the year's season on, what is done tells the pace; before, last year's capacity does too."""

LEAST_OF_CAPACITY, MOST_OF_CAPACITY = 0.25, 3
"""No unit's year is agreed outside these multiples of what its reps usually bring."""

ROUNDS = 4
"""Rounds in which yearly targets are brought to the attainment that is told."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Who can have a target where: one row per person and home unit, shape (n,)."""

    person: IntArray
    unit: IntArray

    @classmethod
    def of(cls, people: People) -> Cells:
        """Return the cells of all reps, movers with two."""
        reps = people.reps
        movers = reps[people.moved[reps - 1] < FAR_DAY]
        person = np.concatenate([reps, movers])
        return cls(person, np.concatenate([people.home[reps - 1], people.home_after[movers - 1]]))

    def active(self, people: People, day: int) -> BoolArray:
        """Tell which cells carry a target on a day."""
        here = people.home_on(self.person, day) == self.unit
        return np.asarray(people.sells_on(day)[self.person - 1] & here, dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The targets as they stood from each change day on, in 万元.

    Args:
        days: shape (t,), the day of agreement, then each day of change.
        cells: shape (t, 2, cells, 12); ``units``: shape (t, 2, units + 1, 12), row = unit id.
            MISSING where nothing was set; the first axis of two is 合同额, 毛利.
    """

    days: IntArray
    cells: IntArray
    units: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Everything that targets depend on besides the yearly amounts.

    Args:
        timeline: until the end of the year, or until today.
        known_until: today: whose targets of a year that is over are cut anew when a unit gets another parent.
    """

    timeline: Timeline
    known_until: int
    units: Units
    people: People
    cells: Cells

    @property
    def agreed_day(self) -> int:
        """Return the day in January on which the year's targets were agreed; never after the as-of day."""
        day = int(self.timeline.on_or_after(np.array([self.timeline.year_start + AGREED_AFTER_DAYS]))[0])
        return min(day, self.timeline.as_of)

    @property
    def raised_day(self) -> int:
        """Return the first day of the half year, the quarter or the month: the last that can be told."""
        months_gone = ym_of(self.timeline.as_of) - self.timeline.year_ym
        begin = 6 if months_gone >= 6 else 3 if months_gone >= 3 else months_gone
        return first_day_of(self.timeline.year_ym + begin)

    def change_days(self) -> IntArray:
        """Return the day of agreement and every later day on which a target changed."""
        people, units = self.people, self.units.change_days()
        days = np.concatenate([people.moved, people.left, people.joined, [self.raised_day]])
        days = np.concatenate([days[days <= self.timeline.as_of], units[units <= self.known_until]])
        return np.unique(np.append(days[days > self.agreed_day], self.agreed_day))

    def gone_by_unit(self) -> tuple[FloatArray, FloatArray]:
        """Return how much of each month has gone by for each unit, (units + 1, 12), and the season in it, (units + 1,).

        Months after a unit was closed never come for it.
        """
        gone = np.tile(self.timeline.elapsed_season(), (len(self.units) + 1, 1))
        begins = first_day_of(self.timeline.year_ym + np.arange(12))
        gone[1:][begins >= self.units.closed[:, None]] = 0.0
        return gone, np.asarray(gone @ SEASON / SEASON.sum(), dtype=np.float64)

    def raised(self) -> IntArray:
        """Return the selling units of the first region: it is doing well, so its target is raised."""
        tree = Tree.of(np.arange(1, len(self.units) + 1), self.units.parent_on(self.raised_day))
        region = int(np.flatnonzero(self.units.parent == TOP)[0]) + 1
        return self.units.selling[tree.is_under(self.units.selling, region)]

    def month_at(self, day: int) -> int:
        """Return the first month, 0 to 11, that a change of a day touches; more when the year is over."""
        return 0 if day == self.agreed_day else ym_of(day) - self.timeline.year_ym


def course_of(setting: Setting, yearly: IntArray) -> Course:
    """Return the targets through the year; on the raised day the months to come of some units are raised.

    Args:
        yearly: shape (2, units + 1), 万元, the selling units' year as agreed.
    """
    raised = setting.raised()
    months = np.array([[split(int(one), SEASON) for one in row] for row in yearly])
    cells = np.full((2, len(setting.cells.person), 12), MISSING, dtype=np.int64)
    days, states, sums = setting.change_days(), [], []
    for day in days.tolist():
        first = setting.month_at(day)
        months = _moved(setting, months, cells, day)
        if day == setting.raised_day and day > setting.agreed_day:
            months[:, raised, first:] += months[:, raised, first:] * RAISED_PERCENT // 100
        cells = cells.copy()
        cells[:, :, first:] = _shared(setting, months[:, :, first:], day)
        states.append(cells)
        sums.append(_rolled_up(setting, cells, day))
    return Course(days, np.stack(states), np.stack(sums))


def _moved(setting: Setting, months: IntArray, cells: IntArray, day: int) -> IntArray:
    """Return the units' months after those who move that day took their remaining targets along."""
    months, people, first = months.copy(), setting.people, setting.month_at(day)
    moves = people.moved[setting.cells.person - 1] == day
    leaves = moves & (people.home[setting.cells.person - 1] == setting.cells.unit)
    person = setting.cells.person[leaves]
    taken = np.maximum(cells[:, leaves, first:], 0)
    for measure in range(len(MEASURES)):
        np.subtract.at(months[measure, :, first:], setting.cells.unit[leaves], taken[measure])
        np.add.at(months[measure, :, first:], people.home_after[person - 1], taken[measure])
    return months


def _shared(setting: Setting, months: IntArray, day: int) -> IntArray:
    """Split each unit's months among those who carry a target there on a day, by capacity."""
    active = setting.cells.active(setting.people, day)
    unit, group = np.unique(setting.cells.unit[active], return_inverse=True)
    weight = setting.people.capacity[setting.cells.person[active] - 1]
    shared = np.full((2, len(active), months.shape[2]), MISSING, dtype=np.int64)
    for measure, month in np.ndindex(2, months.shape[2]):
        shared[measure, active, month] = split_many(months[measure, unit, month], weight, group)
    return shared


def _rolled_up(setting: Setting, cells: IntArray, day: int) -> IntArray:
    """Return every unit's target: the sum of its people's and its units', in the tree of the day."""
    ids = np.arange(1, len(setting.units) + 1)
    tree = Tree.of(ids, setting.units.parent_on(day))
    at = tree.position_of(setting.cells.unit)
    sums = np.full((2, len(ids) + 1, 12), MISSING, dtype=np.int64)
    for measure in range(len(MEASURES)):
        known = tree.roll_up((cells[measure] != MISSING).astype(np.int64), at)
        total = tree.roll_up(np.maximum(cells[measure], 0), at)
        sums[measure, tree.unit_ids] = np.where(known > 0, total, MISSING)
    return sums


def agreed_year(setting: Setting, done: IntArray, capacity: IntArray, attained: FloatArray) -> IntArray:
    """Return the yearly targets with which each unit has attained what is told of it, 万元.

    Early in the year what is done says little; then last year's capacity stands in.

    Args:
        done: shape (2, units + 1), the fiscal year so far; capacity: the same for a whole year.
        attained: shape (2, units + 1), done over the target to date that is told.
    """
    gone, share = setting.gone_by_unit()
    trust = np.minimum(share / TRUSTED_SHARE, 1.0)
    wanted = (trust * done + (1 - trust) * capacity * share) / attained / WAN
    wanted = np.maximum(wanted, LEAST_OF_CAPACITY * capacity * share / WAN)
    yearly = _stepped(_ratio(wanted, np.broadcast_to(share, wanted.shape)))
    for _ in range(ROUNDS):
        units = course_of(setting, yearly).units[-1]
        to_date = (np.maximum(units, 0) * gone).sum(axis=2)
        yearly = _stepped(yearly * _ratio(wanted, to_date))
    return np.minimum(yearly, _stepped(MOST_OF_CAPACITY * capacity / WAN))


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Return above / below, 0 where there is nothing below."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _stepped(yearly: FloatArray) -> IntArray:
    return np.asarray(np.round(yearly / YEARLY_STEP), dtype=np.int64) * YEARLY_STEP


def targets_frame(years: Sequence[tuple[Setting, Course]]) -> Frame:
    """Return the targets of several years."""
    parts = [_versions(setting, course) for setting, course in years]
    return framed({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _versions(setting: Setting, course: Course) -> dict[str, NDArray[Any]]:
    """Return the cells of units (both measures) and of people (合同额), a version from each change on."""
    units, cells = len(setting.units), len(setting.cells.person)
    ids = np.arange(1, units + 1)
    unit = np.concatenate([ids, ids, setting.cells.unit])
    person = np.concatenate([np.zeros(2 * units, dtype=np.int64), setting.cells.person])
    measure = np.repeat([*MEASURES, CONTRACT], [units, units, cells])
    states = np.concatenate([course.units[:, 0, 1:], course.units[:, 1, 1:], course.cells[:, 0]], axis=1)
    row, month, at = _changes(states)
    day = course.days[at]
    same = (row[1:] == row[:-1]) & (month[1:] == month[:-1])
    until = np.append(np.where(same, day[1:], FAR_DAY), FAR_DAY)
    amount = states[at, row, month]
    return {
        "unit_id": unit[row],
        "person_id": person[row],
        "measure_id": measure[row],
        "ym": setting.timeline.year_ym + month,
        "amount": missing_where(amount == MISSING, amount * WAN),
        "from_day": day,
        "to_day": until[: len(row)],
    }


def _changes(states: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return row, month and state of every change, in this order; states have shape (t, rows, 12)."""
    changes = np.empty(states.shape, dtype=np.bool_)
    changes[0] = states[0] != MISSING
    changes[1:] = states[1:] != states[:-1]
    row, month, at = np.nonzero(changes.transpose(1, 2, 0))
    return row, month, at
