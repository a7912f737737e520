"""The lines of a budget and their months (预算行与分月), drafted from targets: what is saved and then summed.

Every line is spread over its own months and sums to its whole exactly, so that months, quarters and years of a
budget are plain sums of one set of cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dacheng.core.arrays import BoolArray, IntArray
from dacheng.core.budget.budgeting import ProjectLine, RatedTarget, budget_of
from dacheng.core.budget.schema import FIXED, PROJECT, VARIABLE
from dacheng.core.errors import RuleError, Text
from dacheng.core.money import split
from dacheng.core.months import Months
from dacheng.core.period import Period
from dacheng.core.targets.spreading import spread

LONGEST_BUDGET = 24


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredTarget:
    """The target of one measure over the months of a budget.

    Args:
        months: shape (n,), minor units, 0 where not known. known: shape (n,).
    """

    months: IntArray
    known: BoolArray

    @property
    def whole(self) -> int | None:
        """Return the target of all months; None where no month has one."""
        return int(self.months.sum()) if self.known.any() else None

    @property
    def season(self) -> IntArray:
        """Return what each month weighs, shape (n,): its target where that is positive; even where none is."""
        weights = np.maximum(self.months, 0)
        return weights if weights.any() else np.ones_like(weights)


@dataclass(frozen=True, slots=True, eq=False)
class DraftedLine:
    """A line as it is saved.

    Args:
        amount: minor units; None where the target has not been set.
        target: the target it rests on; None on other lines or where none is set.
        cells: month -> minor units; they sum to the amount.
    """

    kind: int
    amount: int | None
    period: Period
    cells: tuple[tuple[int, int], ...]
    target: int | None = None


def fixed_line(amount: int, period: Period, months: Months) -> DraftedLine:
    """Return the fixed part, evenly over its months (R034, R035; golden case G08).

    Raises:
        RuleError: it is negative.
    """
    whole = budget_of(amount, []).fixed
    return DraftedLine(FIXED, whole, period, _cells(period, spread(whole, period, months)))


def variable_line(rated: RatedTarget, of_months: MeasuredTarget, period: Period) -> DraftedLine:
    """Return rate × target, by the season of the target itself (R034, R035; golden case G08).

    Raises:
        RuleError: the rate is negative.
    """
    (part,) = budget_of(0, [rated]).parts
    if part.amount is None:
        return DraftedLine(VARIABLE, None, period, ())
    spent = split(part.amount, of_months.season)
    return DraftedLine(VARIABLE, part.amount, period, _cells(period, spent), rated.target)


def project_line(line: ProjectLine, months: Months) -> DraftedLine:
    """Return a project over its own months, which may reach into other years (R038).

    Raises:
        RuleError: it is negative.
    """
    budget_of(0, [], [line])
    return DraftedLine(PROJECT, line.amount, line.period, _cells(line.period, spread(line.amount, line.period, months)))


def check_span(period: Period, release_months: int) -> None:
    """Refuse a budget of no sensible length, or whose releases do not fit into it.

    Raises:
        RuleError: names what is possible.
    """
    if len(period) > LONGEST_BUDGET:
        raise RuleError(
            Text(f"预算有 {len(period)} 个月。", f"The budget has {len(period)} months."),
            Text(f"最多 {LONGEST_BUDGET} 个月，请按财年分开。", f"At most {LONGEST_BUDGET}: make one a fiscal year."),
        )
    if not 1 <= release_months <= len(period):
        raise RuleError(
            Text(f"不能每 {release_months} 个月释放一次。", f"It cannot be released every {release_months} months."),
            Text(f"请填 1 到 {len(period)}。", f"Enter 1 to {len(period)}."),
        )


def release_periods(period: Period, release_months: int) -> tuple[Period, ...]:
    """Return the periods of release of a budget; the last one may be shorter.

    >>> [len(one) for one in release_periods(Period(0, 8), 3)]
    [3, 3, 2]
    """
    starts = range(period.from_ym, period.to_ym, release_months)
    return tuple(Period(start, min(start + release_months, period.to_ym)) for start in starts)


def refuse_overlap(period: Period, others: Sequence[Period]) -> None:
    """Refuse a second budget of the same unit in the same months.

    Raises:
        RuleError: names the months of the one that stands.
    """
    for other in others:
        if period.from_ym < other.to_ym and other.from_ym < period.to_ym:
            name = other.label()
            raise RuleError(
                Text(f"这个组织已有{name.zh}的预算。", f"The unit has a budget of {name.en} already."),
                Text("请修改那一份，或选不重叠的月份。", "Change that one, or choose months that do not overlap."),
            )


def _cells(period: Period, amounts: IntArray) -> tuple[tuple[int, int], ...]:
    return tuple(zip(period.months().tolist(), amounts.tolist(), strict=True))
