"""Every deal of the invented company as columns: its stages, dates, amounts and owners.

Days that never come are FAR_DAY. Everything a person does falls on a working day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import FloatArray, IntArray
from dacheng.core.period import FAR_DAY, first_day_of, ym_of
from dacheng.demo.evenly import in_turn
from dacheng.demo.lives import Lives, drawn_lives
from dacheng.demo.market import Customers, lines_at, price_list
from dacheng.demo.organisation import People, Units
from dacheng.demo.owners import Owners, drawn_owners
from dacheng.demo.pricing import LINE_MEDIAN, Amounts, drawn_amounts, drawn_sizes
from dacheng.demo.sharing import Sharing, drawn_sharing
from dacheng.demo.timeline import Timeline, stream

STAGE_LENGTHS = (0.20, 0.22, 0.24, 0.20, 0.14)
SKIPPED_STAGE = 0.18

MOST_PUSHES = 3
DAYS_PER_PUSH, SHORTEST_PUSH, LONGEST_PUSH = 30, 12, 95
PUSHES_RUNNING = (0.6, 0.86, 0.96)
"""Running share of deals whose date was never pushed, once, twice; the rest three times."""

CONTRACTED_SHARE = 0.96
OVERRIDE_SHARE = 0.25
"""Of the deals that reached the proposal."""

OVERRIDES_BP = (3000, 4500, 5000, 5500, 7000, 7500, 9000)


@dataclass(frozen=True, slots=True, eq=False)
class Dates:
    """Expected signing days: shape (n, 3) days of pushing, (n, 4) the day expected before and after each."""

    pushed: IntArray
    expected: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Pipeline:
    """All deals in the order of their creation; the id of a deal is its position + 1.

    Args:
        entered: shape (n, stages), day on which each open stage was entered.
        override, override_bp: a manual win rate and the day from which it holds.
        leaning: uniform draws, 0 to 1, for what only tends to be so.
        effective: day on which the deal's contract took effect.
        sharing: with whom it is shared.
    """

    lives: Lives
    owners: Owners
    customer: IntArray
    product: IntArray
    entered: IntArray
    dates: Dates
    amounts: Amounts
    override: IntArray
    override_bp: IntArray
    leaning: FloatArray
    effective: IntArray
    sharing: Sharing

    def __len__(self) -> int:
        return len(self.lives)


def drawn_pipeline(
    seed: int, count: int, timeline: Timeline, units: Units, people: People, customers: Customers
) -> Pipeline:
    """Draw all deals of a company."""
    lives = drawn_lives(stream(seed, "lives"), timeline, count)
    owners = drawn_owners(stream(seed, "owners"), timeline, people, lives)
    market, products = stream(seed, "market"), price_list()
    customer = customers.drawn(market, people.home_on(owners.first, lives.created))
    line = lines_at(in_turn(market, lives.turn, 2))
    product = products.drawn(market, line)
    usual = LINE_MEDIAN[line] * customers.size[customer - 1]
    pull = np.append(0.0, people.capacity * units.told[0, people.home_after])
    last_owner = owners.on(np.minimum(lives.closed, timeline.as_of))
    size = drawn_sizes(stream(seed, "sizes"), timeline, lives, last_owner, usual, pull)
    entered = _entered(stream(seed, "stages"), timeline, lives, len(STAGE_LENGTHS))
    override, override_bp = _overrides(stream(seed, "overrides"), timeline, lives, entered)
    return Pipeline(
        lives=lives,
        owners=owners,
        customer=customer,
        product=product,
        entered=entered,
        dates=_dates(stream(seed, "dates"), timeline, lives),
        amounts=drawn_amounts(stream(seed, "amounts"), timeline, lives, size, products.price[product - 1]),
        override=override,
        override_bp=override_bp,
        leaning=stream(seed, "leaning").random(count),
        effective=_effective(stream(seed, "contracts"), timeline, lives),
        sharing=drawn_sharing(stream(seed, "splits"), timeline, people, lives, owners),
    )


def _entered(rng: np.random.Generator, timeline: Timeline, lives: Lives, stages: int) -> IntArray:
    """Return when each stage was entered: by its share of the way to the horizon."""
    lengths = rng.gamma(4.0, 1.0, (len(lives), stages)) * np.array(STAGE_LENGTHS)
    before = np.cumsum(lengths, axis=1) - lengths
    before /= lengths.sum(axis=1, keepdims=True)
    way = (lives.horizon - lives.created)[:, None] * before
    entered = timeline.on_or_before(lives.created[:, None] + way.astype(np.int64))
    entered[:, 1:][rng.random((len(lives), stages - 1)) < SKIPPED_STAGE] = FAR_DAY
    entered[entered > lives.until(timeline.as_of)[:, None]] = FAR_DAY
    return entered


def _dates(rng: np.random.Generator, timeline: Timeline, lives: Lives) -> Dates:
    """Draw when the expected day was pushed or will be; it is pushed when it is about to pass."""
    count = len(lives)
    pushed = _pushes(rng, timeline, lives)
    times = (pushed < FAR_DAY).sum(axis=1)
    slip = np.where(lives.won, rng.integers(-14, 8, count), np.where(lives.closed == FAR_DAY, 0, 5))
    expected = np.empty((count, MOST_PUSHES + 1), dtype=np.int64)
    latest_push = np.where(pushed < FAR_DAY, pushed, 0).max(axis=1)
    expected[:, -1] = timeline.on_or_after(np.maximum(lives.aim + slip, latest_push + 3))
    for at in reversed(range(MOST_PUSHES)):
        following = expected[:, at + 1]
        about = pushed[:, at] + rng.integers(-3, 22, count)
        about = np.clip(about, following - LONGEST_PUSH, following - SHORTEST_PUSH)
        expected[:, at] = np.where(at < times, timeline.on_or_before(about), following)
    return Dates(np.where(pushed <= timeline.as_of, pushed, FAR_DAY), expected)


def _pushes(rng: np.random.Generator, timeline: Timeline, lives: Lives) -> IntArray:
    """Return the days of pushing, also those to come, ascending and all different, FAR_DAY where there is none."""
    times = np.searchsorted(PUSHES_RUNNING, rng.random(len(lives)), side="right")
    until = np.minimum(lives.ends - 1, lives.aim - 3)
    times = np.minimum(times, (until - lives.created).clip(0) // DAYS_PER_PUSH)
    days = timeline.on_or_before(lives.moments(rng, until, MOST_PUSHES))
    days[(np.arange(MOST_PUSHES) >= times[:, None]) | (days <= lives.created[:, None])] = FAR_DAY
    days.sort(axis=1)
    days[:, 1:][days[:, 1:] == days[:, :-1]] = FAR_DAY
    days.sort(axis=1)
    return days


def _overrides(
    rng: np.random.Generator, timeline: Timeline, lives: Lives, entered: IntArray
) -> tuple[IntArray, IntArray]:
    """Return a manual win rate for a few deals that reached the proposal."""
    proposal = entered[:, -2]
    reached = np.where(proposal == FAR_DAY, timeline.as_of, proposal)
    day = timeline.on_or_after(reached + rng.integers(2, 20, len(lives)))
    holds = (proposal < FAR_DAY) & (rng.random(len(lives)) < OVERRIDE_SHARE)
    holds &= day <= lives.until(timeline.as_of)
    return np.where(holds, day, FAR_DAY), rng.choice(OVERRIDES_BP, len(lives))


def _effective(rng: np.random.Generator, timeline: Timeline, lives: Lives) -> IntArray:
    """Return when the contract of a won deal took effect: days after the signing, and within its year."""
    lag = np.minimum(1 + rng.exponential(7.0, len(lives)), 35).astype(np.int64)
    closed = np.minimum(lives.closed, timeline.as_of)
    last = timeline.on_or_before(first_day_of(ym_of(closed) // 12 * 12 + 12) - 1)
    day = np.minimum(timeline.on_or_after(closed + lag), np.maximum(last, closed))
    holds = lives.won & (rng.random(len(lives)) < CONTRACTED_SHARE) & (day <= timeline.as_of)
    return np.where(holds, day, FAR_DAY)
