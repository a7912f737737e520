"""Cash support (回款支撑度): what of a cash target has come, is owed, falls due and is to be signed (R159, G22)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from dacheng.core.money import BP_PER_WHOLE, round_half_away


@dataclass(frozen=True, slots=True)
class Expected:
    """An amount and how much of it comes.

    Args:
        amount: minor units. rate_bp: basis points, 0 to 10,000.
    """

    amount: int
    rate_bp: int

    @property
    def coming(self) -> int:
        """Return what is expected to come, minor units, rounded once.

        >>> Expected(20_000_000_00, 8_500).coming
        1700000000
        """
        return round_half_away(self.amount * self.rate_bp, BP_PER_WHOLE)


def cash_support(collected: int, expected: list[Expected], target: int | None) -> Fraction | None:
    """Return what has come and what is expected, as a part of the cash target; None without a target above zero.

    >>> parts = [Expected(20_000, 8_500), Expected(30_000, 6_000), Expected(25_000, 3_000)]
    >>> round(float(cash_support(40_000, parts, 91_800)), 4)
    0.8987
    """
    if target is None or target <= 0:
        return None
    return Fraction(collected + sum(part.coming for part in expected), target)
