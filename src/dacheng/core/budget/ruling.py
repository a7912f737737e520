"""What a company's dated rules say of its budgets: bands of release, warning shares, the tilt."""

from __future__ import annotations

from fractions import Fraction

from dacheng.core.budget.releasing import Band, Bands
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.rules import Rules

BP_PER_PERCENT = 100
HUNDRED_PERCENT = 100


def bands_in(rules: Rules) -> Bands:
    """Return the bands of release in force.

    Raises:
        RuleError: the middle band does not begin below the highest one.

    Source: R036; golden case G09.
    """
    return Bands(
        (
            Band(None, rules.number("release.lowest_share") * BP_PER_PERCENT),
            Band(
                Fraction(rules.number("release.middle_from"), HUNDRED_PERCENT),
                rules.number("release.middle_share") * BP_PER_PERCENT,
            ),
            Band(Fraction(rules.number("release.highest_from"), HUNDRED_PERCENT), BP_PER_WHOLE, unfreezes=True),
        )
    )


def warnings_in(rules: Rules) -> tuple[int, int]:
    """Return the warning shares in force, basis points, ascending (R037)."""
    return rules.number("budget.warn_from") * BP_PER_PERCENT, BP_PER_WHOLE


def high_potential_in(rules: Rules) -> int:
    """Return what the tilt means for high potential, basis points; the rest is for new markets (R039)."""
    return rules.number("budget.high_potential_share") * BP_PER_PERCENT


def tilt_limit_in(rules: Rules) -> Fraction:
    """Return the deviation that is not flagged yet, percentage points (R039)."""
    return Fraction(rules.number("budget.tilt_limit"))
