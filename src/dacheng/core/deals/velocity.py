"""Sales velocity and what a target asks of the pipeline (销售流速、反推漏斗): exact, from whole numbers and fractions.

Rates are fractions, so that the one rounding is the last step.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from dacheng.core.money import round_half_away

A_QUARTER = 90
"""Velocity is told for so many days."""


def velocity(amount: int, rate: Fraction, cycle: Fraction, over: int = 1) -> int:
    """Return what open deals bring in a number of days, minor units, rounded half away from zero.

    Defined as::  number of deals × average amount × win rate ÷ cycle × days

    Args:
        amount: what the open deals are worth together, that is their number × their average.
        rate: the win rate, 0–1. cycle: days from creation to winning, > 0.
        over: for how many days.

    Source: R120; golden case G20.

    >>> velocity(40 * 25_000_00, Fraction(25, 100), Fraction(90))
    277778
    >>> velocity(40 * 25_000_00, Fraction(25, 100), Fraction(90), A_QUARTER)
    25000000
    """
    brought = amount * rate * over / cycle
    return round_half_away(brought.numerator, brought.denominator)


def pipeline_needed(gap: int, rate: Fraction) -> int:
    """Return the open pipeline that a gap asks for, minor units; nothing when the target is reached.

    Args:
        gap: target − done. rate: the win rate, > 0.

    Source: R012; golden case G02b.

    >>> pipeline_needed(30_000_000_00 - 12_000_000_00, Fraction(25, 100))
    7200000000
    """
    needed = Fraction(max(gap, 0)) / rate
    return round_half_away(needed.numerator, needed.denominator)


def wins_needed(gap: int, average: Fraction) -> Fraction:
    """Return how many wins of an average amount close a gap; none when the target is reached.

    >>> wins_needed(120_000_000_00, Fraction(2_500_000_00))
    Fraction(48, 1)
    """
    return Fraction(max(gap, 0)) / average


def entries_needed(wins: Fraction, conversions: Sequence[Fraction | None]) -> list[Fraction | None]:
    """Return how many deals must enter each step so that so many are won; None from where a rate lacks or is zero.

    Args:
        conversions: the share that moves on from each step, first to last, the last one to winning.

    Source: R012, R047; golden case G02.

    >>> found = entries_needed(Fraction(48), [Fraction(one, 100) for one in (30, 50, 40, 60)])
    >>> [str(one) for one in found]
    ['4000/3', '400', '200', '80']
    """
    needed: list[Fraction | None] = []
    ahead: Fraction | None = wins
    for rate in reversed(conversions):
        ahead = ahead / rate if ahead is not None and rate else None
        needed.append(ahead)
    return needed[::-1]


def shrunk_rate(hits: int, count: int, prior: Fraction, weight: int) -> Fraction:
    """Return a rate drawn towards a prior that counts for ``weight`` deals (R121).

    >>> shrunk_rate(1, 2, Fraction(1, 5), 10)
    Fraction(1, 4)
    """
    return (hits + weight * prior) / (count + weight)
