"""Who owns the deals of the invented company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.period import FAR_DAY
from dacheng.demo.evenly import in_turn
from dacheng.demo.lives import Lives
from dacheng.demo.organisation import HANDOVER_DAYS, People
from dacheng.demo.timeline import Timeline

HANDED_TO_JOINER = 0.35
"""Share of the deputy's open deals that a joiner takes over."""


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """Who owns a deal: the first owner, and from ``handed`` on another."""

    first: IntArray
    handed: IntArray
    second: IntArray

    def on(self, day: IntArray) -> IntArray:
        """Return the owner of each deal on a day."""
        return np.where(self.handed <= day, self.second, self.first)


def drawn_owners(rng: np.random.Generator, timeline: Timeline, people: People, lives: Lives) -> Owners:
    """Draw owners; who was not there (yet, or any more) is represented by his deputy."""
    reps = people.reps
    pull = np.cumsum(np.exp(0.15 * rng.standard_normal(len(reps))))
    owner = reps[np.searchsorted(pull, in_turn(rng, lives.turn, 0) * pull[-1], side="right")]
    gives = np.where(people.left == FAR_DAY, FAR_DAY, timeline.on_or_before(people.left - HANDOVER_DAYS))
    there = (lives.created >= people.joined[owner - 1]) & (lives.created < gives[owner - 1])
    owner = np.where(there, owner, people.deputy[owner - 1])
    second, handed = people.deputy[owner - 1], gives[owner - 1]
    takes, takes_day = _successors(timeline, people)
    taken = (handed == FAR_DAY) & (takes[owner - 1] > 0) & (rng.random(len(lives)) < HANDED_TO_JOINER)
    second, handed = np.where(taken, takes[owner - 1], second), np.where(taken, takes_day[owner - 1], handed)
    never = (handed <= lives.created) | (handed >= lives.closed) | (handed > timeline.as_of)
    return Owners(owner, np.where(never, FAR_DAY, handed), np.where(never, owner, second))


def _successors(timeline: Timeline, people: People) -> tuple[IntArray, IntArray]:
    """Return who takes over some deals of each person, and when: joiners, after a week."""
    takes, day = np.zeros(len(people), dtype=np.int64), np.full(len(people), FAR_DAY)
    joiner = np.flatnonzero((people.capacity > 0) & (people.joined > 0) & (people.left == FAR_DAY)) + 1
    deputy = people.deputy[joiner - 1]
    takes[deputy - 1] = joiner
    day[deputy - 1] = timeline.on_or_after(people.joined[joiner - 1] + 7)
    return takes, day
