"""Spreading a target over months (时间分解): evenly, or by weeks where a company counts its months in weeks."""

from __future__ import annotations

import numpy as np

from dacheng.core.arrays import IntArray
from dacheng.core.money import split
from dacheng.core.months import Months
from dacheng.core.period import Period


def spread(amount: int, period: Period, months: Months) -> IntArray:
    """Split an amount over the months of a period so that the parts add up to it.

    Args:
        amount: minor units, any sign.

    Returns:
        Shape (months,): the same share each, one unit apart; where the company counts its months in
        weeks, a share of each by its days, so that 52 over a year of 4-4-5 is 4, 4, 5, 4, 4, 5, ….

    Source: R042; golden case G68.
    """
    return split(amount, month_weights(period, months))


def month_weights(period: Period, months: Months) -> IntArray:
    """Return what each month of a period weighs, shape (months,): 1, or its days where months are weeks."""
    if not months.rules:
        return np.ones(len(period), dtype=np.int64)
    first: IntArray = months.first_day_of(np.arange(period.from_ym, period.to_ym + 1))
    return np.diff(first)
