"""Channel partners of the invented company (渠道): one in each region, which resells what it buys (R057)."""

from __future__ import annotations

import numpy as np

from dacheng.core.history.schema import SOLD_ON, UNDIVIDED
from dacheng.core.period import last_day_of, ym_of
from dacheng.core.targets.schema import CONTRACT
from dacheng.demo.goals import WAN
from dacheng.demo.market import Customers
from dacheng.demo.organisation import TOP, Units
from dacheng.demo.timeline import Timeline, stream

SIGNED_PERCENT = (100, 95, 0)
"""What partners signed of their targets, one after the other; 0 = nothing yet."""

USUAL, SILENT = 30 * WAN, 5
"""What a partner sells on in a month; in every so-manieth month he does not tell."""

Line = tuple[int, int, int, int, int, int, int]


def partners_of(units: Units, customers: Customers, day: int) -> dict[int, int]:
    """Return unit -> account of the partners: the first lowest unit with accounts below each region."""
    above = units.parent_on(day)
    here = (units.founded <= day) & (units.closed > day)
    found: dict[int, int] = {}
    for region in (np.flatnonzero((above == TOP) & here) + 1).tolist():
        for unit in range(1, len(above) + 1):
            lowest = here[unit - 1] and not np.any((above == unit) & here)
            if lowest and _below(above.tolist(), unit, region) and customers.count[unit]:
                found[unit] = int(customers.first[unit]) + 1
                break
    return found


def sold_on(seed: int, timeline: Timeline, partners: dict[int, int]) -> list[Line]:
    """Return (unit, measure, segment, day, amount, kind, customer) of what partners sold on this year."""
    rows = []
    for place, (unit, customer) in enumerate(partners.items()):
        rng = stream(seed, f"partner {customer}")
        for month in range(timeline.year_ym, ym_of(timeline.as_of)):
            amount = round(USUAL * (0.6 + 0.8 * rng.random()) / WAN) * WAN
            if (month + place) % SILENT:
                rows.append((unit, CONTRACT, UNDIVIDED, int(last_day_of(month)), amount, SOLD_ON, customer))
    return rows


def _below(above: list[int], unit: int, region: int) -> bool:
    while unit not in (0, region):
        unit = above[unit - 1]
    return unit == region
