"""What the deals of the invented company are worth, from the first guess to the signing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, FloatArray, IntArray
from dacheng.core.money import MINOR_PER_UNIT
from dacheng.core.period import FAR_DAY
from dacheng.demo.evenly import in_turn, normal
from dacheng.demo.lives import CURATED_DEALS, Lives
from dacheng.demo.timeline import Timeline

LINE_MEDIAN: FloatArray = np.array([2_400_000, 620_000, 1_500_000, 420_000], dtype=np.float64)
"""Usual size of a deal in 元, by line."""

GRADE_FROM = (5_000_000, 2_000_000, 700_000)
"""Least amount in 元 of a grade A, B and C deal."""

VOLUME_DISCOUNT = 0.3
"""A company with many deals has smaller ones: amounts scale with (3,000 / N)^0.3."""

SPREAD = 0.7
"""Of the logarithm of a size around its median; the largest deals are bounded."""

BALANCE, BALANCE_LIMITS = 0.85, (0.4, 2.2)
"""How far a rep's deals are brought to what he should bring, and between which factors."""

LEAST_DAYS = 240
"""What a rep brings is told by the fiscal year, in its first months by so many days."""

ESTIMATED_SHARE, UNKNOWN_SHARE = 0.12, 0.03
CHANGES_RUNNING = (0.66, 0.93)
"""Running share of deals whose amount never changes, and changes once; the rest changes twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """What a deal is worth in minor units.

    Args:
        changed: shape (n, 2), days of the changes, ascending.
        worth: shape (n, 3), from creation and from each change.
        signed: what a won deal was signed for.
        estimated, unknown: until the first change the amount is list price × quantity, or missing.
        grade: 1 = A … 4 = D.
    """

    changed: IntArray
    worth: IntArray
    signed: IntArray
    estimated: BoolArray
    unknown: BoolArray
    grade: IntArray


def drawn_sizes(
    rng: np.random.Generator, timeline: Timeline, lives: Lives, owner: IntArray, usual: FloatArray, pull: FloatArray
) -> FloatArray:
    """Draw the size of each deal in 元; a rep's deals are of the size that lets him tell his part of the story.

    Args:
        owner: who owns each deal in the end.
        usual: shape (n,), the median.
        pull: shape (people + 1,), by person: what he brings, in any unit.
    """
    spread = np.exp(SPREAD * normal(in_turn(rng, lives.turn, 1)).clip(-2.0, 1.8))
    size = usual * (CURATED_DEALS / len(lives)) ** VOLUME_DISCOUNT * spread
    recent = lives.won & (lives.closed >= min(timeline.year_start, timeline.as_of - LEAST_DAYS))
    brought = np.bincount(owner[recent], size[recent], minlength=len(pull))
    share = np.divide(pull, brought, out=np.zeros(len(pull)), where=(brought > 0) & (pull > 0))
    level = brought.sum() / max(float(pull[brought > 0].sum()), 1e-9)
    # Softened, so that luck stays visible: one large project may still make a year.
    factor = np.where(share > 0, np.clip((share * level) ** BALANCE, *BALANCE_LIMITS), 1.0)
    return np.asarray(size * factor[owner], dtype=np.float64)


def drawn_amounts(
    rng: np.random.Generator, timeline: Timeline, lives: Lives, first: FloatArray, price: IntArray
) -> Amounts:
    """Draw the amounts: a first figure, up to two changes, and a discount when it is signed."""
    count = len(lives)
    factors = rng.choice([0.8, 0.85, 0.9, 1.1, 1.15, 1.2], (count, 2))
    discount = np.where(rng.random(count) < 0.35, 1.0, rng.uniform(0.93, 0.995, count))
    kind = rng.random(count)
    worth = _round_figures(np.column_stack([first, first * factors[:, 0], first * factors[:, 0] * factors[:, 1]]))
    changed = _changes(rng, timeline, lives, kind < ESTIMATED_SHARE + UNKNOWN_SHARE)
    last = np.take_along_axis(worth, (changed < FAR_DAY).sum(axis=1)[:, None], axis=1)[:, 0]
    signed = np.maximum((last * discount).astype(np.int64) // 10_000 * 10_000, 10_000)
    grade = 1 + np.searchsorted(-_grade_limits(count), -worth[:, 2])
    estimated, unknown = kind < ESTIMATED_SHARE, (kind - ESTIMATED_SHARE) % 1.0 < UNKNOWN_SHARE
    worth[:, 0] = np.where(estimated, price * np.maximum(np.round(worth[:, 0] / price), 1), worth[:, 0])
    return Amounts(
        changed=changed,
        worth=worth,
        signed=signed,
        estimated=estimated,
        unknown=unknown,
        grade=grade,
    )


def _grade_limits(count: int) -> FloatArray:
    scale = MINOR_PER_UNIT * (CURATED_DEALS / count) ** VOLUME_DISCOUNT
    return np.asarray(np.array(GRADE_FROM) * scale, dtype=np.float64)


def _round_figures(yuan: FloatArray) -> IntArray:
    """Return 元 as minor units, rounded as people do: to 万元, small ones to thousands."""
    step = np.where(yuan >= 500_000, 10_000, 1_000)
    return np.asarray(np.maximum(np.round(yuan / step), 1) * step * MINOR_PER_UNIT, dtype=np.int64)


def _changes(rng: np.random.Generator, timeline: Timeline, lives: Lives, surely: BoolArray) -> IntArray:
    """Return up to two days of changed amounts; a guess is surely replaced, sooner or later."""
    times = np.searchsorted(CHANGES_RUNNING, rng.random(len(lives)), side="right")
    times = np.maximum(times, surely)
    days = timeline.on_or_before(lives.moments(rng, lives.ends - 1, 2))
    come = (days > lives.created[:, None]) & (days <= timeline.as_of)
    days[(np.arange(2) >= times[:, None]) | ~come] = FAR_DAY
    days.sort(axis=1)
    days[days[:, 0] == days[:, 1], 1] = FAR_DAY
    return days
