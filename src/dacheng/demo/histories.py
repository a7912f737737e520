"""Deals as dated versions: one from each day on which something changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.deals.schema import BEST, COMMIT, LOST, OMITTED, OPEN, PIPELINE, WHOLE_BP, WON
from dacheng.core.period import FAR_DAY, ym_of
from dacheng.demo.framing import framed, missing_where
from dacheng.demo.market import Customers, Products, Stages
from dacheng.demo.pipeline import Pipeline
from dacheng.demo.timeline import stream
from dacheng.demo.vocabulary import INDUSTRIES, LOSSES, NEXT_STEPS, PHASES, PRODUCTS

COMMIT_BELOW = (0.0, 0.0, 0.03, 0.16, 0.62)
BEST_BELOW = (0.0, 0.05, 0.28, 0.74, 0.94)
"""Running share of the deals in each open stage that are called 承诺, and 承诺 or 力争."""

OMITTED_FROM = 0.965
"""Deals that lean above this are left out of the forecast while they are young."""

UNKNOWN_PRODUCT, UNKNOWN_MARGIN = (0.90, 0.93), 0.12
"""Leaning of the deals without a product, and share of those without a margin."""

GRADED_FROM_STAGE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Versions:
    """One row per version, deals in order, days ascending.

    Args:
        deal: position of the deal.
        day, until: the interval ``[day, until)``.
        stage: position of the open stage last entered.
        closed: whether the deal has ended.
    """

    deal: IntArray
    day: IntArray
    until: IntArray
    stage: IntArray
    closed: BoolArray

    def at_least(self, days: IntArray) -> IntArray:
        """Count, for each version, the days of its deal's row that have come; ``days`` has shape (deals, k)."""
        come = np.zeros(len(self.day), dtype=np.int64)
        for column in days.T:
            come += column[self.deal] <= self.day
        return come


def versions_of(pipeline: Pipeline) -> Versions:
    """Return when each deal changed, and in which stage it was then."""
    lives = pipeline.lives
    days = np.column_stack(
        [
            pipeline.entered,
            pipeline.dates.pushed,
            pipeline.amounts.changed,
            pipeline.owners.handed,
            pipeline.override,
            lives.closed,
            pipeline.effective,
            pipeline.sharing.since,
        ]
    )
    days[:, 0] = lives.created
    days.sort(axis=1)
    changes = days < FAR_DAY
    changes[:, 1:] &= days[:, 1:] != days[:, :-1]
    deal = np.nonzero(changes)[0]
    day = days[changes]
    until = np.full(len(day), FAR_DAY)
    until[:-1] = np.where(deal[1:] == deal[:-1], day[1:], FAR_DAY)
    stage = np.zeros(len(day), dtype=np.int64)
    for at, column in enumerate(pipeline.entered.T):
        stage[column[deal] <= day] = at
    return Versions(deal, day, until, stage, lives.closed[deal] <= day)


Texts = dict[str, NDArray[np.object_]]
"""Labels by column, one text per deal."""


def deals_frame(seed: int, pipeline: Pipeline, products: Products, stages: Stages, texts: Texts) -> Frame:
    """Return every version of every deal with all derived columns."""
    versions = versions_of(pipeline)
    deal, lives = versions.deal, pipeline.lives
    won = versions.closed & lives.won[deal]
    lost = versions.closed & ~won
    columns = {
        "deal_id": deal + 1,
        "owner_id": _owner(pipeline, versions),
        "customer_id": pipeline.customer[deal],
        "product_id": _product(pipeline)[deal],
        "stage_id": np.where(won, stages.won_id, np.where(lost, stages.lost_id, stages.open_ids[versions.stage])),
        "stage_day": _stage_day(pipeline, versions),
        "state": np.where(won, WON, np.where(lost, LOST, OPEN)),
        **_amount_columns(pipeline, versions, won),
        "tax_bp": products.tax_bp[pipeline.product - 1][deal],
        "margin_bp": _margin(seed, pipeline, products)[deal],
        "category": _category(pipeline, versions, won, lost),
        "win_bp": _manual_rate(pipeline, versions),
        **_date_columns(pipeline, versions),
        "closed_day": np.where(versions.closed, lives.closed[deal], FAR_DAY),
        "contracted": pipeline.effective[deal] <= versions.day,
        "own_bp": WHOLE_BP - np.where(pipeline.sharing.since[deal] <= versions.day, pipeline.sharing.share_bp[deal], 0),
        **_loss_columns(seed, texts["lost_reason"], versions, lost),
        "from_day": versions.day,
        "to_day": versions.until,
    }
    return framed(columns, **{name: column[deal] for name, column in texts.items()})


def _loss_columns(
    seed: int, reasons: NDArray[np.object_], versions: Versions, lost: BoolArray
) -> dict[str, NDArray[Any]]:
    """Return what the owner said and what the manager found: two of three losses are reviewed, a third differs."""
    rng = stream(seed, "reviews")
    category = {reason: (told, found) for reason, told, _, found in LOSSES}
    told, otherwise = np.array([category.get(one, (0, 0)) for one in reasons.tolist()], dtype=np.int64).T
    reviewed, differs = rng.random(len(told)) < REVIEWED, rng.random(len(told)) < FOUND_OTHERWISE
    found = np.where(differs, otherwise, told)
    return {
        "loss_reason_id": missing_where(~lost, told[versions.deal]),
        "verified_reason_id": missing_where(~(lost & reviewed[versions.deal]), found[versions.deal]),
    }


REVIEWED, FOUND_OTHERWISE = 2 / 3, 1 / 3


def _owner(pipeline: Pipeline, versions: Versions) -> IntArray:
    owners, deal = pipeline.owners, versions.deal
    return np.where(owners.handed[deal] <= versions.day, owners.second[deal], owners.first[deal])


def _product(pipeline: Pipeline) -> NDArray[np.object_]:
    low, high = UNKNOWN_PRODUCT
    open_choice = (pipeline.leaning >= low) & (pipeline.leaning < high)
    return missing_where(open_choice & ~pipeline.amounts.estimated, pipeline.product)


def _stage_day(pipeline: Pipeline, versions: Versions) -> IntArray:
    entered = pipeline.entered[versions.deal, versions.stage]
    return np.where(versions.closed, pipeline.lives.closed[versions.deal], entered)


def _amount_columns(pipeline: Pipeline, versions: Versions, won: BoolArray) -> dict[str, NDArray[Any]]:
    amounts, deal = pipeline.amounts, versions.deal
    changes = versions.at_least(amounts.changed)
    amount = np.where(won, amounts.signed[deal], amounts.worth[deal, changes])
    guess = (changes == 0) & ~won
    unknown = guess & amounts.unknown[deal]
    ungraded = unknown | (versions.stage < GRADED_FROM_STAGE)
    return {
        "amount": missing_where(unknown, amount),
        "estimated": guess & amounts.estimated[deal],
        "grade": missing_where(ungraded & ~won, amounts.grade[deal]),
    }


def _margin(seed: int, pipeline: Pipeline, products: Products) -> NDArray[np.object_]:
    rng = stream(seed, "margins")
    usual = products.margin_bp[pipeline.product - 1]
    expected = (usual + 400 * rng.standard_normal(len(pipeline))).astype(np.int64) // 50 * 50
    return missing_where(rng.random(len(pipeline)) < UNKNOWN_MARGIN, expected.clip(500, 8000))


def _category(pipeline: Pipeline, versions: Versions, won: BoolArray, lost: BoolArray) -> IntArray:
    leaning = pipeline.leaning[versions.deal]
    commit, best = (np.array(limits)[versions.stage] for limits in (COMMIT_BELOW, BEST_BELOW))
    called = np.where(leaning < commit, COMMIT, np.where(leaning < best, BEST, PIPELINE))
    left_out = lost | ((leaning > OMITTED_FROM) & (versions.stage < 3))
    return np.where(won, COMMIT, np.where(left_out, OMITTED, called))


def _manual_rate(pipeline: Pipeline, versions: Versions) -> NDArray[np.object_]:
    holds = (pipeline.override[versions.deal] <= versions.day) & ~versions.closed
    return missing_where(~holds, pipeline.override_bp[versions.deal])


def _date_columns(pipeline: Pipeline, versions: Versions) -> dict[str, IntArray]:
    pushes = versions.at_least(pipeline.dates.pushed)
    return {
        "created_day": pipeline.lives.created[versions.deal],
        "expected_day": pipeline.dates.expected[versions.deal, pushes],
        "first_expected_day": pipeline.dates.expected[versions.deal, 0],
        "push_count": pushes,
    }


def deal_texts(seed: int, pipeline: Pipeline, customers: Customers) -> Texts:
    """Return code, name, next step and lost reason of each deal."""
    rng = stream(seed, "words")
    count, lives = len(pipeline), pipeline.lives
    last_stage = (pipeline.entered < FAR_DAY).cumsum(axis=1).argmax(axis=1)
    steps = np.array(NEXT_STEPS_TABLE, dtype=object)[last_stage, rng.integers(0, NEXT_STEP_CHOICES, count)]
    shares = np.cumsum([share for _, _, share, _ in LOSSES])
    said = np.searchsorted(shares, rng.random(count) * shares[-1], side="right")
    reasons = np.array([reason for reason, *_ in LOSSES], dtype=object)[said]
    lost = (lives.closed < FAR_DAY) & ~lives.won
    return {
        "code": numbered("SJ", lives.created),
        "name": _names(pipeline, customers),
        "next_step": np.where(lives.closed == FAR_DAY, steps, ""),
        "lost_reason": np.where(lost, reasons, ""),
    }


NEXT_STEP_CHOICES = min(len(steps) for steps in NEXT_STEPS)
NEXT_STEPS_TABLE = [steps[:NEXT_STEP_CHOICES] for steps in NEXT_STEPS]


def numbered(prefix: str, days: IntArray) -> NDArray[np.object_]:
    """Return numbers like SJ26-0001, counted within the year of each day; days ascend."""
    year = ym_of(days) // 12
    within = np.arange(len(days)) - np.searchsorted(year, year) + 1
    width = max(len(str(len(days))), 4)
    texts = [f"{prefix}{y % 100:02d}-{n:0{width}d}" for y, n in zip(year.tolist(), within.tolist(), strict=True)]
    return np.array(texts, dtype=object)


def _names(pipeline: Pipeline, customers: Customers) -> NDArray[np.object_]:
    """Return a project name per deal; the projects of one customer all differ.

    With each product a customer walks through phase × place in steps that reach every combination.
    """
    places = [several.split() for _, several in INDUSTRIES]
    purposes = [purpose for *_, purpose in PRODUCTS]
    again = _turn(pipeline.customer * (len(PRODUCTS) + 1) + pipeline.product)
    number = pipeline.customer * 7 + pipeline.product * 11 + again
    phase, place = np.unravel_index(number * STEP % (len(PHASES) * PLACES), (len(PHASES), PLACES))
    industry = customers.industry[pipeline.customer - 1]
    parts = zip(phase.tolist(), place.tolist(), industry.tolist(), pipeline.product.tolist(), strict=True)
    names = [f"{PHASES[a]}{places[i][b]}{purposes[product - 1]}" for a, b, i, product in parts]
    return np.array(names, dtype=object)


PLACES = 4
STEP = 37
"""Has no divisor in common with the number of combinations, 14 × 4."""


def _turn(of: IntArray) -> IntArray:
    """Return how many deals of the same kind came before each deal."""
    order = np.argsort(of, kind="stable")
    ordered = of[order]
    turn = np.empty(len(of), dtype=np.int64)
    turn[order] = np.arange(len(of)) - np.searchsorted(ordered, ordered)
    return turn
