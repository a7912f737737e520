"""How far an open term is escalated and how bad its risk is, by dated rules (升级与坏账风险, R151)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.errors import Text
from dacheng.core.money import MINOR_PER_UNIT
from dacheng.core.rules import Rules

NONE, OWNER, MANAGER, DIRECTOR, EXECUTIVE = range(5)
LEVELS = (
    (NONE, "none", Text("未升级", "None")),
    (OWNER, "owner", Text("负责人", "Owner")),
    (MANAGER, "manager", Text("直属经理", "Manager")),
    (DIRECTOR, "director", Text("分管领导", "Director")),
    (EXECUTIVE, "executive", Text("高管与法务", "Executives and legal")),
)
LOW, MEDIUM, HIGH = range(1, 4)
RISKS = (
    (LOW, "low", Text("低", "Low")),
    (MEDIUM, "medium", Text("中", "Medium")),
    (HIGH, "high", Text("高", "High")),
)


@dataclass(frozen=True, slots=True)
class Escalation:
    """The rules of escalation on one day.

    Args:
        days: days overdue from which a term is at the owner, the manager, the director, the executives.
        large: minor units; as much open is one level higher.
    """

    days: tuple[int, int, int, int]
    large: int

    @classmethod
    def of(cls, rules: Rules) -> Escalation:
        """Return them as the rules of a day say."""
        at = tuple(rules.number(f"dunning.level_{level}_days") for level in range(1, 5))
        return cls((at[0], at[1], at[2], at[3]), rules.number("dunning.large_amount") * MINOR_PER_UNIT)

    def level(self, overdue: IntArray, open_amount: IntArray, broken: BoolArray) -> IntArray:
        """Return the level of terms, numbers of ``LEVELS``: by days, one higher if large, one if a promise broke.

        Args:
            overdue: days past due, 0 or below = none. open_amount: minor units. broken: whether a promise was broken.
        """
        by_days = np.searchsorted(np.array(self.days), overdue, side="right")
        raised = by_days + (open_amount >= self.large) + broken
        level: IntArray = np.where(by_days > 0, np.minimum(raised, EXECUTIVE), NONE).astype(np.int64)
        return level


def risk_of(level: IntArray, disputed: BoolArray) -> IntArray:
    """Return the risk of terms, numbers of ``RISKS``: high from the director on, or where it is disputed."""
    high = (level >= DIRECTOR) | disputed
    risk: IntArray = np.select([high, level == MANAGER], [HIGH, MEDIUM], LOW).astype(np.int64)
    return risk
