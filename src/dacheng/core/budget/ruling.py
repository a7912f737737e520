"""What a company's dated rules say of its budgets: bands of release, warning shares, the tilt."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from dacheng.core.budget.banding import BANDS_RULE, BP_PER_PERCENT, read_bands
from dacheng.core.budget.releasing import Bands
from dacheng.core.money import BP_PER_WHOLE
from dacheng.core.months import Months
from dacheng.core.period import Period
from dacheng.core.rules import Rules


def bands_in(rules: Rules) -> Bands:
    """Return the bands of release in force.

    Raises:
        RuleError: they cannot be read, or do not rise.

    Source: R036; golden case G09.
    """
    return read_bands(rules.word(BANDS_RULE))


def bands_of(rules: Rules, months: Months, periods: Sequence[Period]) -> list[Bands]:
    """Return the bands of each period: those in force on the day it begins, whatever was decided later (R036)."""
    return [bands_in(rules.on(months.from_day(one))) for one in periods]


def warnings_in(rules: Rules) -> tuple[int, int]:
    """Return the warning shares in force, basis points, ascending (R037)."""
    return rules.number("budget.warn_from") * BP_PER_PERCENT, BP_PER_WHOLE


def overspends_wait(rules: Rules) -> bool:
    """Tell whether an expense that would overspend waits for approval (R037)."""
    return bool(rules.number("budget.overspend_waits"))


def high_potential_in(rules: Rules) -> int:
    """Return what the tilt means for high potential, basis points; the rest is for new markets (R039)."""
    return rules.number("budget.high_potential_share") * BP_PER_PERCENT


def tilt_limit_in(rules: Rules) -> Fraction:
    """Return the deviation that is not flagged yet, percentage points (R039)."""
    return Fraction(rules.number("budget.tilt_limit"))
