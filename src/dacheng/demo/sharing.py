"""Deals that two people of different units share (业绩分成): about one of twenty-five."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.company import Frame
from dacheng.core.period import FAR_DAY
from dacheng.demo.framing import framed
from dacheng.demo.lives import Lives
from dacheng.demo.organisation import People
from dacheng.demo.owners import Owners
from dacheng.demo.timeline import Timeline

SHARED_SHARE = 0.04
FROM_THE_START = 0.4
"""Of the shared deals: those shared from their first day on; the others on their way."""

SHARES_BP = (2000, 3000, 4000, 5000)
TRIES = 4
"""Draws for a partner; who is of the owner's unit, or has not come yet, is drawn again."""


@dataclass(frozen=True, slots=True, eq=False)
class Sharing:
    """With whom each deal is shared: the partner (0: nobody), his share, and from which day on (FAR_DAY: never)."""

    partner: IntArray
    share_bp: IntArray
    since: IntArray


def drawn_sharing(
    rng: np.random.Generator, timeline: Timeline, people: People, lives: Lives, owners: Owners
) -> Sharing:
    """Draw partners among the reps who stay, at another unit than the owner's on the day the split begins."""
    count = len(lives)
    wanted = rng.random(count) < SHARED_SHARE
    way = np.where(rng.random(count) < FROM_THE_START, 0.0, rng.random(count))
    on_the_way = lives.created + (way * (lives.until(timeline.as_of) - lives.created).clip(0)).astype(np.int64)
    since = np.maximum(timeline.on_or_before(on_the_way), lives.created)
    share = np.array(SHARES_BP)[rng.integers(0, len(SHARES_BP), count)]
    partner = np.zeros(count, dtype=np.int64)
    stay = people.reps[people.left[people.reps - 1] == FAR_DAY]
    unit = people.home_on(owners.on(since), since)
    for _ in range(TRIES):
        drawn = stay[rng.integers(0, len(stay), count)]
        there = (people.joined[drawn - 1] <= since) & (people.home_on(drawn, since) != unit)
        another = (drawn != owners.first) & (drawn != owners.second)
        partner = np.where((partner == 0) & wanted & there & another, drawn, partner)
    return Sharing(partner, np.where(partner > 0, share, 0), np.where(partner > 0, since, FAR_DAY))


def splits_frame(sharing: Sharing) -> Frame:
    """Return the splits, in the order of their deals; each holds until further notice."""
    deal = np.flatnonzero(sharing.partner)
    return framed(
        {
            "deal_id": deal + 1,
            "person_id": sharing.partner[deal],
            "share_bp": sharing.share_bp[deal],
            "before_bp": np.zeros(len(deal), dtype=np.int64),
            "from_day": sharing.since[deal],
            "to_day": np.full(len(deal), FAR_DAY),
        }
    )
