"""Ageing (账龄): how long open amounts are past due, and what is set aside for them (R151, G24).

Days past due are as-of day − due day. Up to 0 an amount is not due yet: what falls due on the as-of day itself is
named apart (今日到期) and is 应收未收, but not overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import share_of
from dacheng.core.rules import Rules

NOT_DUE = 0
LIMIT_RULES = tuple(f"receivable.band_{number}" for number in range(1, 6))
PROVISION_RULES = tuple(f"receivable.provision_{number}" for number in range(7))


@dataclass(frozen=True, slots=True)
class Ageing:
    """The bands of one company.

    Args:
        limits: the last day of each band but the first and the last, ascending, > 0.
        provision_bp: basis points of an open amount to set aside, one a band.

    Raises:
        RuleError: limits do not ascend, or there is not one rate a band.
    """

    limits: tuple[int, ...]
    provision_bp: tuple[int, ...]

    def __post_init__(self) -> None:
        if any(left >= right for left, right in zip((0, *self.limits), self.limits, strict=False)):
            given = "、".join(map(str, self.limits))
            raise RuleError(
                Text(f"账龄分段的天数没有递增：{given}。", f"The limits of ageing do not ascend: {given}."),
                Text("改规则 receivable.band_1 至 receivable.band_5。", "Change the rules receivable.band_1 to _5."),
            )
        if len(self.provision_bp) != len(self.limits) + 2:
            raise RuleError(
                Text("每段账龄要有一个计提比例。", "Every band needs a rate of provision."),
                Text(f"共 {len(self.limits) + 2} 段。", f"There are {len(self.limits) + 2} bands."),
            )

    @classmethod
    def of(cls, rules: Rules) -> Ageing:
        """Return the bands in force."""
        return cls(
            tuple(rules.number(name) for name in LIMIT_RULES), tuple(rules.number(name) for name in PROVISION_RULES)
        )

    @property
    def labels(self) -> tuple[Text, ...]:
        """Return the names of the bands, from 未到期 on.

        >>> [one.zh for one in Ageing((30, 60), (0, 1, 3, 100)).labels]
        ['未到期', '1–30 天', '31–60 天', '60 天以上']
        """
        between = zip((0, *self.limits), self.limits, strict=False)
        return (
            Text("未到期", "Not due"),
            *(Text(f"{low + 1}–{high} 天", f"{low + 1}–{high} days") for low, high in between),
            Text(f"{self.limits[-1]} 天以上", f"Over {self.limits[-1]} days"),
        )

    def band_of(self, days: IntArray) -> IntArray:
        """Return the band of each amount by its days past due; the first day of a band belongs to it.

        >>> Ageing((30, 60), (0, 1, 3, 100)).band_of(np.array([-10, 0, 1, 30, 31, 61])).tolist()
        [0, 0, 1, 1, 2, 3]
        """
        return np.searchsorted(np.array((0, *self.limits)), days, side="left").astype(np.int64)

    def provision(self, open_amount: IntArray, days: IntArray) -> IntArray:
        """Return what is set aside for each amount, minor units, rounded by itself."""
        rates = np.array(self.provision_bp, dtype=np.int64)[self.band_of(days)]
        return share_of(open_amount, rates)


def is_overdue(days: IntArray) -> BoolArray:
    """Tell which amounts are past due: from the day after the due day on."""
    return days > 0


def is_due(days: IntArray) -> BoolArray:
    """Tell which amounts are 应收未收: those of the as-of day too."""
    return days >= 0


def weighted_days(open_amount: IntArray, days: IntArray) -> Fraction | None:
    """Return the days that overdue amounts are past due, weighted by amount; None when nothing is overdue.

    >>> float(weighted_days(np.array([100, 300, 50]), np.array([10, 20, -5])))
    17.5
    """
    late = is_overdue(days)
    whole = int(open_amount[late].sum())
    if whole == 0:
        return None
    return Fraction(sum(a * d for a, d in zip(open_amount[late].tolist(), days[late].tolist(), strict=True)), whole)
