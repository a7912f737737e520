"""Pro-rating an adjustment (分摊): how much of a year's amount falls into the months from its first day on.

Months weigh by the season of the past, by the row's own months, alike, or by their days; a month that is only
partly concerned counts by its days; somebody who is being trained counts less in his first months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import round_half_away, split
from dacheng.core.months import Months
from dacheng.core.period import date_of
from dacheng.core.plans.schema import BY_DAYS, BY_OWN, EVENLY, RAMPED, WHOLE
from dacheng.core.plans.sheet import Plan

PERCENT = 100


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """The days of an adjustment in the months of a plan.

    Args:
        first: shape (m + 1,), the first day of each month and of the one after the last.
        since, until: days, ``[since, until)``.
    """

    first: IntArray
    since: int
    until: int

    @property
    def days(self) -> IntArray:
        """Return how many days each month has, shape (m,)."""
        return np.diff(self.first)

    @property
    def there(self) -> IntArray:
        """Return how many days of each month are concerned, shape (m,)."""
        within = np.minimum(self.first[1:], self.until) - np.maximum(self.first[:-1], self.since)
        found: IntArray = np.maximum(within, 0)
        return found


def span_in(plan: Plan, months: Months, since: int, until: int) -> Span:
    """Return the days of an adjustment in the months of a plan."""
    return Span(months.first_day_of(np.arange(plan.from_ym, plan.until_ym + 1)), since, until)


def prorated(
    full: int,
    how: int,
    span: Span,
    season: Sequence[int],
    own: IntArray,
    present: BoolArray,
    ramp: Sequence[int] = (),
) -> IntArray:
    """Return what a year's amount comes to in each month, shape (m,); nothing before the first day.

    Defined as::  amount = full × Σ weight of the days concerned × ramp ÷ Σ weight of all months;
                  rounded once and spread over the months by the same weights, to the 分

    Args:
        full: minor units, signed, of all months of the plan. how: one of ``PRORATINGS``; ``WHOLE`` takes all of it.
        season: weight of each month by the past. own: the row's own months. present: in which the row is there.
        ramp: percent of a full target in the first, second, … calendar month, then all of it; for ``RAMPED`` only.

    Raises:
        RuleError: no month with any weight is concerned.

    Source: R030, R033; golden cases G44, G46.
    """
    basis = _basis(how, span, season, own)
    taught = _taught(span, ramp) if how == RAMPED else [PERCENT] * len(basis)
    parts = [
        Fraction(weight * there * percent, days * PERCENT) if here else Fraction(0)
        for weight, there, days, percent, here in zip(
            basis, span.there.tolist(), span.days.tolist(), taught, present.tolist(), strict=True
        )
    ]
    if not any(parts):
        raise _nothing(span)
    share = Fraction(1) if how == WHOLE else sum(parts, Fraction(0)) / sum(basis)
    total = full * share
    return split(round_half_away(total.numerator, total.denominator), parts)


def ramp_of(word: str) -> list[int]:
    """Return the percents of a ramp as its rule names them: ``50-50-50``; ``none`` = no ramp.

    >>> ramp_of("30-60-90"), ramp_of("none")
    ([30, 60, 90], [])
    """
    return [] if word == "none" else [int(one) for one in word.split("-")]


def _basis(how: int, span: Span, season: Sequence[int], own: IntArray) -> list[int]:
    if how == BY_OWN:
        return [abs(one) for one in own.tolist()]
    if how == EVENLY:
        return [1] * len(own)
    if how == BY_DAYS:
        return [int(one) for one in span.days]
    return [int(one) for one in season]


def _taught(span: Span, ramp: Sequence[int]) -> list[int]:
    """Return the percent of each month: the first month concerned is the first of the ramp."""
    concerned = np.flatnonzero(span.there)
    begin = int(concerned[0]) if len(concerned) else 0
    return [ramp[month - begin] if 0 <= month - begin < len(ramp) else PERCENT for month in range(len(span.days))]


def _nothing(span: Span) -> RuleError:
    day = date_of(span.since).isoformat()
    return RuleError(
        Text(f"从 {day} 起没有可以分摊的月份。", f"From {day} on no month of this row has anything to pro-rate by."),
        Text(
            "换一个日期或分摊规则；按本行各月时，这一行要先有数。", "Choose another day or rule; the row needs figures."
        ),
    )
