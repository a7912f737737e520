"""When the deals of the invented company begin and end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.period import FAR_DAY, first_day_of
from dacheng.demo.evenly import stratified
from dacheng.demo.timeline import EVEN, SEASON, Timeline

CURATED_DEALS = 3000
"""Deals of the company that the demo shows, in its three years."""

WON_SHARE, OPEN_SHARE = 0.27, 0.13
"""Of all deals; the rest is lost, so the win rate by count is about 31 %."""

WON_CYCLE, LOST_CYCLE, SHORTEST_CYCLE = 128, 136, 12
"""Median days from creation to the end."""

OPEN_CYCLE = 190
"""Median days an open deal will have taken: long ones are open for longer, so that as many are open as ever were."""

WOULD_WIN_SHARE = 0.36
"""Of the open deals; the others will be lost."""

HURRIED_DAYS, HURRIED_SHARE = 75, 0.6
"""Of the deals that would be won so soon after the year's end, this share is signed before it."""

FURTHEST_DAYS = 540
"""No deal is expected later than this; the calendar reaches further."""

HOPED_DAYS = 110
"""The owner of a lost deal hopes for a signing at most so long after its end."""

MONTH_END_SHARE = 0.5
"""Of the open deals: they are expected in the last days of a month."""

OVERDUE_SHARE, OVERDUE_DAYS, LONGEST_OVERDUE = 0.12, 22.0, 0.6
"""Lost and older open deals whose expected signing day has passed, how long ago on average, at most of their age."""


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """When deals live, shape (n,) each.

    Args:
        closed: day of the end, FAR_DAY while open.
        ends: day of the end, of an open deal the one to come.
        horizon: the day on which it was, is or would have been signed: its stages fill the way to it.
        aim: the day on which the owner hopes in the end to sign.
        turn: place among the won, the lost or the open ones, by closing and creation.
    """

    created: IntArray
    closed: IntArray
    won: BoolArray
    ends: IntArray
    horizon: IntArray
    aim: IntArray
    turn: IntArray

    def until(self, as_of: int) -> IntArray:
        """Return the last day before the end, or the as-of day."""
        return np.minimum(self.closed - 1, as_of)

    def moments(self, rng: np.random.Generator, until: IntArray, each: int) -> IntArray:
        """Draw days on which something happens to each deal, shape (n, each); of an open one some are to come.

        Args:
            until: shape (n,), the last day it may happen; never before a fifth of the way to it.
        """
        way = (until - self.created)[:, None] * (0.2 + 0.8 * rng.random((len(self), each)))
        return self.created[:, None] + way.astype(np.int64)

    def __len__(self) -> int:
        return len(self.created)


def drawn_lives(rng: np.random.Generator, timeline: Timeline, count: int) -> Lives:
    """Draw so many deals, in the order of their creation.

    An open deal is one like those before it, somewhere on its way: so the pipeline of today looks like that of any day.
    """
    won, still = round(WON_SHARE * count), round(OPEN_SHARE * count)
    lost = count - won - still
    closed = np.concatenate(
        [
            timeline.seasonal_days(rng, won, timeline.start, SEASON),
            timeline.seasonal_days(rng, lost, timeline.start, EVEN),
            np.full(still, FAR_DAY),
        ]
    )
    spread = np.exp(rng.standard_normal(count) * np.repeat([0.42, 0.6, 0.5], [won, lost, still]))
    cycle = np.maximum(spread * np.repeat([WON_CYCLE, LOST_CYCLE, OPEN_CYCLE], [won, lost, still]), SHORTEST_CYCLE)
    end = np.minimum(closed, timeline.as_of)
    gone = np.concatenate([stratified(rng, won + lost), stratified(rng, still)])
    age = np.where(closed == FAR_DAY, gone * cycle, cycle)
    # What would have begun before the first day begins somewhere after it.
    age = np.where(age > end - timeline.first, np.maximum(gone * (end - timeline.first), SHORTEST_CYCLE), age)
    ends = np.where(closed == FAR_DAY, timeline.as_of + 1 + ((1 - gone) * cycle).astype(np.int64), closed)
    created = timeline.on_or_before(end - age.astype(np.int64))
    wins = np.arange(count) < won
    order = np.argsort(created, kind="stable")
    created, closed, ends, wins = created[order], closed[order], ends[order], wins[order]
    likely = np.where(closed == FAR_DAY, rng.random(count) < WOULD_WIN_SHARE, wins)
    ends = np.where(likely & (closed == FAR_DAY), _before_new_year(rng, timeline, ends), ends)
    horizon = _horizon(rng, timeline, created, ends, likely)
    aim = np.minimum(horizon, ends + HOPED_DAYS)
    aim = np.where(closed == FAR_DAY, _hoped(rng, timeline, created, aim), _overdue(rng, created, ends, aim, ~wins))
    return Lives(created, closed, wins, ends, horizon, aim, _turn(created, closed, wins))


def _before_new_year(rng: np.random.Generator, timeline: Timeline, ends: IntArray) -> IntArray:
    """Return the ends to come; most of those of the first weeks of next year are hurried into this one."""
    last = first_day_of(timeline.year_ym + 12) - 1
    hurried = (ends > last) & (ends <= last + HURRIED_DAYS) & (rng.random(len(ends)) < HURRIED_SHARE)
    return np.where(hurried, np.maximum(last - rng.integers(0, 25, len(ends)), timeline.as_of + 1), ends)


def _turn(created: IntArray, closed: IntArray, won: BoolArray) -> IntArray:
    turn = np.empty(len(created), dtype=np.int64)
    turn[np.lexsort((created, closed, won))] = np.arange(len(created))
    return turn


def _horizon(
    rng: np.random.Generator, timeline: Timeline, created: IntArray, ends: IntArray, wins: BoolArray
) -> IntArray:
    """Return the signing day that was or will be, or that would have been without the loss."""
    progress = 0.12 + 0.88 * rng.random(len(created)) ** 1.4
    would = created + ((ends - created) / progress).astype(np.int64)
    return np.where(wins, ends, np.minimum(would, np.maximum(ends, timeline.as_of + FURTHEST_DAYS)))


def _hoped(rng: np.random.Generator, timeline: Timeline, created: IntArray, aim: IntArray) -> IntArray:
    """Return what is hoped for open deals: half of it the end of a month, some of it overdue."""
    count = len(created)
    month_end = (aim.astype("datetime64[D]").astype("datetime64[M]") + 1).astype("datetime64[D]").astype(np.int64)
    aim = np.where(rng.random(count) < MONTH_END_SHARE, month_end - 1 - rng.integers(0, 4, count), aim)
    aim = np.clip(aim, timeline.as_of + 1, timeline.as_of + FURTHEST_DAYS)
    older = created < timeline.as_of - 60
    return timeline.on_or_before(_overdue(rng, created, np.full(count, timeline.as_of), aim, older))


def _overdue(rng: np.random.Generator, created: IntArray, day: IntArray, aim: IntArray, may: BoolArray) -> IntArray:
    """Return the aims; a few of those that may be overdue on a day lie before it."""
    overdue = may & (rng.random(len(created)) < OVERDUE_SHARE)
    late = np.minimum(1 + rng.exponential(OVERDUE_DAYS, len(created)), LONGEST_OVERDUE * (day - created))
    return np.where(overdue, day - late.astype(np.int64), aim)
