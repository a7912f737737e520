"""When the deals of the invented company begin and end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.period import FAR_DAY
from dacheng.demo.evenly import stratified
from dacheng.demo.timeline import EVEN, SEASON, Timeline

SMALL_DEALS = 320
"""Deals of the curated company."""

WON_SHARE, OPEN_SHARE = 0.30, 0.26
"""Of all deals; the rest is lost, so the win rate by count is about 40 %."""

WON_CYCLE, LOST_CYCLE, SHORTEST_CYCLE = 98, 74, 12
"""Median days from creation to the end."""

OPEN_CYCLE = 160
"""Median days an open deal will have taken: long ones are open for longer."""

FIRST_WON_AFTER, FIRST_LOST_AFTER = 60, 40
"""Days into the window before anything is signed or lost."""

FURTHEST_DAYS = 540
"""No deal is expected later than this; the calendar reaches further."""

OVERDUE_SHARE = 0.12
"""Older open deals whose expected signing day has passed."""


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """When deals live, shape (n,) each.

    Args:
        closed: day of the end, FAR_DAY while open.
        horizon: the day on which it was, is or would have been signed.
        turn: place among the won, the lost or the open ones, by closing and creation.
    """

    created: IntArray
    closed: IntArray
    won: BoolArray
    horizon: IntArray
    turn: IntArray

    def until(self, as_of: int) -> IntArray:
        """Return the last day before the end, or the as-of day."""
        return np.minimum(self.closed - 1, as_of)

    def moments(self, rng: np.random.Generator, until: IntArray, each: int) -> IntArray:
        """Draw days on which something happens to each deal, shape (n, each); to open ones rather lately.

        Args:
            until: shape (n,), the last day it may happen; never before a fifth of the way to it.
        """
        drawn = rng.random((len(self), each))
        late = np.where((self.closed == FAR_DAY)[:, None], 1 - drawn**2, drawn)
        way = (until - self.created)[:, None] * (0.2 + 0.8 * late)
        return self.created[:, None] + way.astype(np.int64)

    def __len__(self) -> int:
        return len(self.created)


def drawn_lives(rng: np.random.Generator, timeline: Timeline, count: int) -> Lives:
    """Draw so many deals, in the order of their creation."""
    won, still = round(WON_SHARE * count), round(OPEN_SHARE * count)
    lost = count - won - still
    closed = np.concatenate(
        [
            timeline.seasonal_days(rng, won, timeline.start + FIRST_WON_AFTER, SEASON),
            timeline.seasonal_days(rng, lost, timeline.start + FIRST_LOST_AFTER, EVEN),
            np.full(still, FAR_DAY),
        ]
    )
    spread = np.exp(rng.standard_normal(count) * np.repeat([0.42, 0.6, 0.5], [won, lost, still]))
    cycle = np.maximum(spread * np.repeat([WON_CYCLE, LOST_CYCLE, OPEN_CYCLE], [won, lost, still]), SHORTEST_CYCLE)
    end = np.minimum(closed, timeline.as_of)
    gone = np.concatenate([stratified(rng, won + lost), stratified(rng, still)])
    age = np.where(closed == FAR_DAY, gone * cycle, cycle)
    # What would have begun before the window begins somewhere in it.
    age = np.where(age > end - timeline.start, np.maximum(gone * (end - timeline.start), SHORTEST_CYCLE), age)
    created = timeline.on_or_before(end - age.astype(np.int64))
    order = np.argsort(created, kind="stable")
    created, closed, is_won = created[order], closed[order], (np.arange(count) < won)[order]
    horizon = _horizon(rng, timeline, created, closed, is_won)
    return Lives(created, closed, is_won, horizon, _turn(created, closed, is_won))


def _turn(created: IntArray, closed: IntArray, won: BoolArray) -> IntArray:
    turn = np.empty(len(created), dtype=np.int64)
    turn[np.lexsort((created, closed, won))] = np.arange(len(created))
    return turn


def _horizon(
    rng: np.random.Generator, timeline: Timeline, created: IntArray, closed: IntArray, won: BoolArray
) -> IntArray:
    """Return the signing day that was, is or would have been; half of the open ones aim at a month's end."""
    count = len(created)
    progress = 0.12 + 0.88 * rng.random(count) ** 1.4
    reach = timeline.as_of + FURTHEST_DAYS
    would = created + ((np.minimum(closed, timeline.as_of) - created) / progress).astype(np.int64)
    ahead = timeline.as_of + 2 + rng.gamma(1.3, 46.0, count).astype(np.int64)
    month_end = (ahead.astype("datetime64[D]").astype("datetime64[M]") + 1).astype("datetime64[D]").astype(np.int64)
    aims = np.where(rng.random(count) < 0.5, month_end - 1 - rng.integers(0, 4, count), ahead)
    overdue = (rng.random(count) < OVERDUE_SHARE) & (created < timeline.as_of - 60)
    aims = np.where(overdue, timeline.as_of - rng.integers(1, 25, count), np.maximum(aims, timeline.as_of + 1))
    aimed = np.where(closed == FAR_DAY, timeline.on_or_before(np.minimum(aims, reach)), np.minimum(would, reach))
    return np.where(won, closed, aimed)
