"""How deals pass through the stages of their set: what became of each that entered one (R120).

Every deal that entered a stage stands in exactly one line:

1. 继续 moved on — it reached a later stage of the set, or was won;
2. 仍在 here — it is in the stage;
3. 丢单 lost — it is lost and never came further;
4. 退回 back — it is open in an earlier stage and never came further;
5. 转出 gone — the view has it no more, or it follows another stage set.

Beside them stand 跳过 skipped (came further without ever being in the stage), 曾退回
returned (left it at least once for an earlier stage) and 停留过久 stalled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.book import Book, Ever, Rows
from dacheng.core.deals.flags import stalled_after
from dacheng.core.deals.histories import Stays, stays_of, versions_in_view
from dacheng.core.deals.schema import LOST, OPEN, WON
from dacheng.core.errors import Text
from dacheng.core.period import Period

ENTERED, ON, HERE, LOST_HERE, BACK, GONE, SKIPPED, RETURNED, STALLED = range(1, 10)
LINES = (
    (ENTERED, "entered", Text("进入", "Entered")),
    (ON, "on", Text("继续", "Moved on")),
    (HERE, "here", Text("仍在", "Still there")),
    (LOST_HERE, "lost", Text("丢单", "Lost")),
    (BACK, "back", Text("退回", "Back in an earlier stage")),
    (GONE, "gone", Text("转出", "Gone")),
    (SKIPPED, "skipped", Text("跳过", "Skipped")),
    (RETURNED, "returned", Text("曾退回", "Ever went back")),
    (STALLED, "stalled", Text("停留过久", "Stalled")),
)
FATES = (ON, HERE, LOST_HERE, BACK, GONE)
"""Lines of which each deal that entered stands in exactly one."""

COHORTS = (
    ("cohort", Text("期间内创建的商机", "Opportunities created in the period")),
    ("period", Text("期间内进入阶段的", "What entered the stage in the period")),
)

STAGES = "SELECT stage_id, set_id, position, state, baseline_bp, benchmark_days FROM stages ORDER BY stage_id"
OTHER_SET, NOWHERE = -2, -1
"""Ranks of a stage that is no step of the set: of another set, lost."""


@dataclass(frozen=True)
class Passing:
    """The stays of a view with the rank of their stages, and which of them are asked about.

    Args:
        stages: the stages of the Book's day, by id.
        asked: shape (n,), stays that were entered by the deals, or on the days, asked about.
        as_of_day: the last day looked at.
    """

    book: Book
    stages: Rows
    stays: Stays
    asked: BoolArray

    @cached_property
    def rank(self) -> IntArray:
        """Return the place of each stay's stage in its set: 0, 1, …; won stands after all, lost nowhere."""
        return self._of_stage(ranks(self.stages), NOWHERE)

    @cached_property
    def set_id(self) -> IntArray:
        """Return the stage set of each stay."""
        return self._of_stage(self.stages["set_id"], 0)

    @cached_property
    def state(self) -> IntArray:
        """Return the state of each stay: open, won or lost."""
        return self.stays.versions["state"]

    @cached_property
    def firsts(self) -> IntArray:
        """Return the first stay asked about of each deal in each stage."""
        at = np.flatnonzero(self.asked)
        pairs = np.stack((self.stays.deal_id[at], self.stays.stage_id[at]), axis=1)
        _, first = np.unique(pairs, axis=0, return_index=True)
        return at[np.sort(first)]

    @cached_property
    def fate(self) -> IntArray:
        """Return what became of the deal after each stay, one of ``FATES``."""
        end = _last_of_deal(self.stays)
        other = self.set_id[end] != self.set_id
        there = self.stays.standing[end]
        same = self.stays.stage_id[end] == self.stays.stage_id
        fates = [self._highest_later > self.rank, ~there | other, self.state[end] == LOST, same]
        return np.select(fates, [ON, GONE, LOST_HERE, HERE], BACK)

    @cached_property
    def _highest_later(self) -> IntArray:
        """Return the highest rank in the same set that the deal reached after each stay."""
        deals, sets = self.stays.deal_id, self.set_id
        latest_first = np.lexsort((-np.arange(len(deals)), sets, deals))
        return _running_highest(self.rank, latest_first, _begins(deals[latest_first], sets[latest_first]))

    @cached_property
    def next_rank(self) -> IntArray:
        """Return the rank of the stage each stay was left for, ``OTHER_SET`` where it was not, or for another set."""
        going = self.stays.going
        known = (going >= 0) & (self.set_id[going] == self.set_id)
        return np.where(known, self.rank[going], OTHER_SET)

    @cached_property
    def stalled(self) -> BoolArray:
        """Return the stays of open deals that last too long by the stage's benchmark or the limit (R119)."""
        now = self.stays.standing & (self.state == OPEN)
        too_long: BoolArray = now & (self.stays.days >= stalled_after(self.book, self.stages, self.stays.stage_id))
        return too_long

    def line(self, number: int, stage_id: int) -> IntArray:
        """Return one stay for each deal of a line of a stage."""
        of_stage = self.stays.stage_id == stage_id
        firsts: IntArray = self.firsts[of_stage[self.firsts]]
        if number == ENTERED:
            return firsts
        if number in FATES:
            found: IntArray = firsts[self.fate[firsts] == number]
            return found
        if number == SKIPPED:
            return self._skipped(stage_id)
        chosen = (
            self.stalled if number == STALLED else self.asked & (self.next_rank >= 0) & (self.next_rank < self.rank)
        )
        return _one_a_deal(self.stays, np.flatnonzero(chosen & of_stage))

    def _skipped(self, stage_id: int) -> IntArray:
        """Return the first stay beyond a stage of each deal that was never in it."""
        row = int(np.searchsorted(self.stages["stage_id"], stage_id))
        rank, set_id = int(ranks(self.stages)[row]), int(self.stages["set_id"][row])
        beyond = self.asked & (self.set_id == set_id) & (self.rank > rank)
        were = np.unique(self.stays.deal_id[self.stays.stage_id == stage_id])
        return _one_a_deal(self.stays, np.flatnonzero(beyond & ~np.isin(self.stays.deal_id, were)))

    def _of_stage(self, values: IntArray, otherwise: int) -> IntArray:
        """Return a value of each stay's stage; ``otherwise`` where the stage does not stand."""
        if not len(self.stages):
            return np.full(len(self.stays), otherwise, dtype=np.int64)
        ids = self.stages["stage_id"]
        row = np.minimum(np.searchsorted(ids, self.stays.stage_id), len(ids) - 1)
        return np.where(ids[row] == self.stays.stage_id, values[row], otherwise)


def passing(
    book: Book,
    *,
    period: Period,
    by: str,
    unit: int | None,
    direct: bool = False,
    owner: int | None = None,
    cohort_alone: bool = False,
) -> Passing:
    """Return how the deals of a view passed through stages up to the as-of day.

    Args:
        by: ``cohort`` deals created in the period; ``period`` stages entered in it.
        cohort_alone: read no other deals than those created in the period; then ``STALLED`` is of them alone.
    """
    first, end = book.months.from_day(period), book.months.to_day(period)
    ever = Ever("created_day", first, end) if cohort_alone else None
    stages = book.gather(STAGES)
    stays = stays_of(versions_in_view(book, unit, direct, owner, ever=ever), book.as_of_day)
    day = stays.versions["created_day"] if by == "cohort" else stays.entered
    asked = stays.seen & (day >= first) & (day < end)
    return Passing(book, stages, stays, asked)


def ranks(stages: Rows) -> IntArray:
    """Return the rank of each stage in its set: open ones in their order, won after them, lost ``NOWHERE``."""
    found = np.full(len(stages), NOWHERE, dtype=np.int64)
    for set_id in np.unique(stages["set_id"]):
        own = np.flatnonzero((stages["set_id"] == set_id) & (stages["state"] == OPEN))
        ordered = own[np.lexsort((stages["stage_id"][own], stages["position"][own]))]
        found[ordered] = np.arange(len(ordered))
        found[(stages["set_id"] == set_id) & (stages["state"] == WON)] = len(ordered)
    return found


def _begins(deals: IntArray, sets: IntArray) -> BoolArray:
    """Return where another deal, or another stage set of it, begins."""
    begins = np.ones(len(deals), dtype=np.bool_)
    begins[1:] = (deals[1:] != deals[:-1]) | (sets[1:] != sets[:-1])
    return begins


def _running_highest(rank: IntArray, order: IntArray, begins: BoolArray) -> IntArray:
    """Return for each place the highest rank before it in its group; ``OTHER_SET`` where nothing is before it."""
    found = np.full(len(rank), OTHER_SET, dtype=np.int64)
    group = np.cumsum(begins)
    room = int(rank.max(initial=0)) - OTHER_SET + 1  # so that the groups do not overlap
    so_far = np.maximum.accumulate(group * room + rank[order] - OTHER_SET) - group * room + OTHER_SET
    inner = np.flatnonzero(~begins)
    found[order[inner]] = so_far[inner - 1]
    return found


def _last_of_deal(stays: Stays) -> IntArray:
    """Return for each stay the place of the last stay of its deal."""
    ends = np.flatnonzero(stays.last)
    found: IntArray = ends[np.searchsorted(ends, np.arange(len(stays)))]
    return found


def _one_a_deal(stays: Stays, at: IntArray) -> IntArray:
    """Return the first of some stays of each deal."""
    _, first = np.unique(stays.deal_id[at], return_index=True)
    return at[first]
