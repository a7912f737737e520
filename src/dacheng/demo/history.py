"""What the invented company did before the contracts that are told, as monthly figures of its regions.

合同额 and 毛利 end where the contracts begin, 回款 where receipts count (``counted_from``), so that nothing stands
twice: a year after the contracts, as the money of those before them still comes in. Every calendar year until then
begins with what customers still owed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dacheng.core.arrays import FloatArray, IntArray
from dacheng.core.company import Frame
from dacheng.core.history.schema import CUSTOMER, LINE, OPENING, TOTAL, UNDIVIDED
from dacheng.core.money import MINOR_PER_UNIT
from dacheng.core.period import FAR_DAY, FIRST_DAY, MONTHS_PER_YEAR, first_day_of, last_day_of, ym_of, ym_text
from dacheng.core.targets.schema import CASH, CONTRACT, MARGIN
from dacheng.demo.framing import framed, missing_where
from dacheng.demo.market import FIRST_TYPE, INDUSTRY_NAMES, LINE_NAMES
from dacheng.demo.organisation import TOP, Units
from dacheng.demo.partners import Line
from dacheng.demo.timeline import EVEN, GROWTH, SEASON, YEARS, Timeline, stream
from dacheng.demo.vocabulary import INDUSTRIES_EN

YEARS_BEFORE = 2
"""Fiscal years told by monthly figures, before those of contracts."""

SHARES: IntArray = np.array([5, 3, 2], dtype=np.int64)
"""How the product lines share what a region does; further lines have the last one's share."""

MARGIN_RATE, CASH_RATE, OWED_RATE = 0.42, 0.94, 0.17
"""毛利 and 回款 of 合同额, and what customers owe when a year begins, of a year's 合同额."""

NOISE = 0.08


def counted_from(timeline: Timeline) -> int:
    """Return the month from which receipts are 回款: the second year of contracts."""
    return timeline.year_ym - MONTHS_PER_YEAR * (YEARS - 2)


def segments_frame() -> Frame:
    """Return the product lines as segments, and after them the industries as customer types."""
    names = [*LINE_NAMES, *INDUSTRY_NAMES]
    numbers = np.arange(1, len(names) + 1)
    always = {"from_day": np.full(len(numbers), FIRST_DAY), "to_day": np.full(len(numbers), FAR_DAY)}
    codes = [
        *(f"LINE{number}" for number, _ in enumerate(LINE_NAMES, 1)),
        *(f"TYPE{number}" for number, _ in enumerate(INDUSTRY_NAMES, 1)),
    ]
    return framed(
        {"segment_id": numbers, "dimension": np.where(numbers < FIRST_TYPE, LINE, CUSTOMER), **always},
        code=codes,
        name=names,
        name_en=[*[""] * len(LINE_NAMES), *INDUSTRIES_EN],
    )


def actuals_frame(seed: int, timeline: Timeline, units: Units, done: IntArray, sold_on: Sequence[Line] = ()) -> Frame:
    """Return the monthly figures of the regions, and what partners sold on.

    Args:
        sold_on: what partners told.
        done: shape (units + 1,), 合同额 of each unit's own people in the first fiscal year of contracts, minor units.
    """
    rows: list[tuple[int, int, int, int, int, int]] = []
    regions = (np.flatnonzero((units.parent == TOP) & (units.founded == FIRST_DAY) & (units.closed == FAR_DAY))) + 1
    for region in regions.tolist():
        rng = stream(seed, f"history of {region}")
        rows += _of_region(rng, timeline, region, int(done[_under(units, region)].sum()))
    return _frame(units, [*((*one, 0) for one in rows if one[4]), *sold_on])


def _of_region(
    rng: np.random.Generator, timeline: Timeline, region: int, yearly: int
) -> list[tuple[int, int, int, int, int, int]]:
    """Return (unit, measure, segment, day, amount, kind) of a region's lines."""
    told = timeline.year_ym - 12 * (YEARS - 1)
    first = told - 12 * YEARS_BEFORE
    months = np.arange(first, ym_of(timeline.as_of))
    signed = _monthly(rng, months, told, yearly, SEASON)
    paid = _monthly(rng, months, told, int(yearly * CASH_RATE), EVEN)
    rows = []
    for month, amount, cash in zip(months.tolist(), signed.tolist(), paid.tolist(), strict=True):
        day = int(last_day_of(month))
        if month < ym_of(timeline.start):
            for segment, part in enumerate(_parts(amount), 1):
                rows.append((region, CONTRACT, segment, day, part, TOTAL))
                rows.append((region, MARGIN, segment, day, _whole(part * MARGIN_RATE), TOTAL))
        if month < counted_from(timeline):
            rows.append((region, CASH, UNDIVIDED, day, cash, TOTAL))
        if month % 12 == 0 and month <= counted_from(timeline):
            year = yearly * GROWTH ** ((month - told) // 12)
            rows.append((region, CASH, UNDIVIDED, int(first_day_of(month)), _whole(year * OWED_RATE), OPENING))
    return rows


def _monthly(rng: np.random.Generator, months: IntArray, told: int, yearly: int, season: IntArray) -> FloatArray:
    """Return an amount for each month: the year's by its season, growing from year to year, with some noise."""
    shares = season[months % 12] / season.sum() * GROWTH ** ((months - told) // 12)
    noise = 1 + NOISE * (2 * rng.random(len(months)) - 1)
    return np.asarray(np.rint(yearly * shares * noise / MINOR_PER_UNIT) * MINOR_PER_UNIT)


def _parts(amount: float) -> list[int]:
    shares = [int(SHARES[min(at, len(SHARES) - 1)]) for at in range(len(LINE_NAMES))]
    return [_whole(amount * share / sum(shares)) for share in shares]


def _whole(amount: float) -> int:
    """Return an amount in whole 元, as minor units."""
    return round(amount / MINOR_PER_UNIT) * MINOR_PER_UNIT


def _under(units: Units, region: int) -> IntArray:
    """Return the ids of a region and of every unit below it, as founded."""
    inside = {region}
    for at, parent in enumerate(units.parent.tolist(), 1):
        if parent in inside:
            inside.add(at)
    return np.array(sorted(inside))


def _frame(units: Units, rows: list[Line]) -> Frame:
    unit, measure, segment, day, amount, kind, customer = np.array(rows, dtype=np.int64).reshape(-1, 7).T
    nobody = np.zeros(len(rows), dtype=np.int64)
    codes = [f"LS-{units.codes[one[0] - 1]}-{ym_text(int(ym_of(one[3])))}-{one[1]}-{one[2]}-{one[5]}" for one in rows]
    return framed(
        {
            "actual_id": np.arange(1, len(rows) + 1),
            "unit_id": unit,
            "person_id": nobody,
            "customer_id": missing_where(customer == 0, customer),
            "segment_id": segment,
            "measure_id": measure,
            "day": day,
            "amount": amount,
            "kind": kind,
            "one_off": nobody,
            "from_day": day,
            "to_day": np.full(len(rows), FAR_DAY),
        },
        code=codes,
        name=[""] * len(codes),
    )
