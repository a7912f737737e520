"""What the units of the invented company have done in a fiscal year, and how much a full quota brings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.period import FAR_DAY
from dacheng.core.targets.schema import CONTRACT, MARGIN
from dacheng.demo.contracts import Contracts
from dacheng.demo.organisation import People, Units
from dacheng.demo.pipeline import Pipeline
from dacheng.demo.timeline import Timeline

MEASURES = (CONTRACT, MARGIN)
YEAR_DAYS = 365


@dataclass(frozen=True, slots=True, eq=False)
class Posting:
    """Amounts of one measure on days, for owners; shape (n,) each, minor units."""

    owner: IntArray
    day: IntArray
    amount: IntArray


def postings(pipeline: Pipeline, contracts: Contracts) -> tuple[Posting, Posting]:
    """Return 合同额 and 毛利: contracts on their effective day, won deals without one on their closing day."""
    bare = np.flatnonzero(pipeline.lives.won & (pipeline.effective == FAR_DAY))
    closed = pipeline.lives.closed[bare]
    signed = Posting(
        np.concatenate([contracts.owner, pipeline.owners.on(pipeline.lives.closed)[bare]]),
        np.concatenate([contracts.effective, closed]),
        np.concatenate([contracts.amount, pipeline.amounts.signed[bare]]),
    )
    known = contracts.costed
    margin = (contracts.amount_ex - contracts.cost)[known]
    return signed, Posting(contracts.owner[known], contracts.effective[known], margin)


def done_this_year(timeline: Timeline, units: Units, people: People, posting: Posting) -> IntArray:
    """Return what each unit's own people did in the fiscal year, shape (units + 1,), by unit id."""
    inside = (posting.day >= timeline.year_start) & (posting.day <= timeline.as_of)
    home = people.home_on(posting.owner[inside], posting.day[inside])
    done = np.zeros(len(units) + 1, dtype=np.int64)
    np.add.at(done, home, posting.amount[inside])
    return done


def yearly_capacity(timeline: Timeline, units: Units, people: People, posting: Posting) -> IntArray:
    """Return what each unit's reps of the year's start would do in a year at the company's usual pace."""
    recent = posting.amount[(posting.day > timeline.as_of - YEAR_DAYS) & (posting.day <= timeline.as_of)].sum()
    sells = people.sells_on(timeline.year_start)
    quota = np.zeros(len(units) + 1, dtype=np.int64)
    np.add.at(quota, people.home_on(people.reps, timeline.year_start), (people.capacity * sells)[people.reps - 1])
    return np.asarray(quota * int(recent) // max(int(quota.sum()), 1), dtype=np.int64)
