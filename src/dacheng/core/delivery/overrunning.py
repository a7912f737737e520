"""Overrun (超支超期): what a delivery will cost and when it will end, beside its budget and plan (R161, G22)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.money import BP_PER_WHOLE, round_half_away


@dataclass(frozen=True, slots=True)
class Progress:
    """A delivery project on one day, minor units; None = not known, which is not zero.

    Args:
        budget: what it may cost (BAC). cost: what it has cost (AC). done_bp: how much is done, 0 to 10,000.
        estimate: what the project manager thinks it will cost in all (EAC).
    """

    budget: int | None
    cost: int | None = None
    done_bp: int | None = None
    estimate: int | None = None

    @property
    def earned(self) -> int | None:
        """Return the earned value: the part of the budget that is done (EV)."""
        if self.budget is None or self.done_bp is None:
            return None
        return round_half_away(self.budget * self.done_bp, BP_PER_WHOLE)

    @property
    def performance(self) -> Fraction | None:
        """Return earned value ÷ cost (CPI); None when either is zero or not known.

        >>> Progress(1_000, cost=600, done_bp=4_800).performance
        Fraction(4, 5)
        """
        return Fraction(self.earned, self.cost) if self.earned and self.cost else None

    @property
    def by_performance(self) -> int | None:
        """Return what it will cost if it goes on as it went (BAC ÷ CPI); None where that is not known.

        >>> Progress(1_000_000, cost=600_000, done_bp=4_800).by_performance
        1250000
        """
        rate = self.performance
        if rate is None or self.budget is None:
            return None
        return round_half_away(self.budget * rate.denominator, rate.numerator)

    @property
    def at_completion(self) -> int | None:
        """Return what it will cost: the manager's estimate, else by performance (EAC)."""
        return self.by_performance if self.estimate is None else self.estimate

    @property
    def overrun(self) -> Fraction | None:
        """Return (EAC − budget) ÷ budget; None without a budget above zero.

        >>> Progress(1_000_000, estimate=1_150_000).overrun
        Fraction(3, 20)
        """
        total = self.at_completion
        if total is None or self.budget is None or self.budget <= 0:
            return None
        return Fraction(total - self.budget, self.budget)


def schedule_overrun(planned_days: int, days: int) -> Fraction | None:
    """Return how much longer a delivery takes than planned; None when no time was planned.

    >>> schedule_overrun(120, 138)
    Fraction(3, 20)
    """
    return Fraction(days - planned_days, planned_days) if planned_days > 0 else None
